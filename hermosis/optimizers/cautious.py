"""Cautious masking: a wrapper that lets only those components move that go downhill."""

from __future__ import annotations

import dataclasses

from hermosis.derive.blueprint import HamiltonianBlueprint
from hermosis.errors import HyperparameterError
from hermosis.run.optimizer import Optimizer


class Cautious(Optimizer):
    """A method of a Hamiltonian, of which a component drifts only if it lowers the loss.

    The method must take its gradient before it drifts; the leapfrog of `Relativistic` does not.
    The mask is the gradient of no kinetic energy. The flow's loss never grows, and its energy
    falls at least as fast as without the mask. `rescale` lets the n components of d that go
    downhill go the farther the fewer they are, by d/(n + 1), as the paper does; that is below one
    where all of them do, and the energy may fall more slowly there. Source: Liang et al.,
    arXiv:2411.16085, algorithm 1.

    >>> from hermosis import optimizers
    >>> optimizers.Cautious(optimizers.Momentum(lr=0.1))
    Cautious(Momentum(lr=0.1, momentum=0.9))
    """

    def __init__(self, method: Optimizer, *, rescale: bool = True) -> None:
        blueprint = method.blueprint
        if not isinstance(blueprint, HamiltonianBlueprint):
            raise HyperparameterError(
                f"{method.name} is not derived from a Hamiltonian, so it has no drift to mask; "
                "give a method such as Adam or Momentum"
            )
        self.method = method
        super().__init__(
            dataclasses.replace(blueprint, cautious="rescale" if rescale else "mask"),
            method.hyperparameters,
            backend=method.backend,
            hamiltonian=method.hamiltonian,
            reduction="cautious masking",
        )

    def __repr__(self) -> str:
        return f"Cautious({self.method!r})"
