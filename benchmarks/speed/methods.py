"""The methods whose steps are timed: how hermosis builds each, and what its step must move."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import hermosis as hm

Options = Mapping[str, float]


@dataclass(frozen=True)
class Method:
    """A method under one name for all contestants, with the hyperparameters that all use.

    `passes` are those over memory beside the one that updates, as (arrays only read, arrays
    updated); the check of the gradient is not among them.
    """

    name: str
    options: Options
    make: Callable[..., hm.Optimizer]
    passes: tuple[tuple[int, int], ...] = ()
    note: str = field(default="", compare=False)

    def optimizer(self, **backend: str) -> hm.Optimizer:
        """The optimizer of hermosis, on its default backend unless one is given."""
        return self.make(**self.options, **backend)

    def at(self, **options: float) -> Method:
        """The same with other hyperparameters."""
        return replace(self, options={**self.options, **options})


def _betas(make: Callable[..., hm.Optimizer]) -> Callable[..., hm.Optimizer]:
    def made(*, beta_1: float, beta_2: float, **options: Any) -> hm.Optimizer:
        return make(betas=(beta_1, beta_2), **options)

    return made


def _at_gradient(**options: Any) -> hm.Optimizer:
    return hm.optimizers.Relativistic(at_gradient=True, **options)


adam = _betas(hm.optimizers.Adam)
_ADAM = {"lr": 1e-3, "beta_1": 0.9, "beta_2": 0.999, "eps": 1e-8}
_MOVED = {"lr": 1e-3, "momentum": 0.9}
_SUM = (2, 0)
"""A pass that reads X and the gradient for the norm of their sum; both factors follow from it."""

METHODS = {
    method.name: method
    for method in (
        Method("momentum", _MOVED, hm.optimizers.SGD, note="SGD with momentum"),
        Method(
            "RGD",
            {**_MOVED, "delta": 1e3},
            _at_gradient,
            passes=(_SUM,),
            note="relativistic gradient descent with α = 1, read where its gradients are taken",
        ),
        Method("Adam", _ADAM, _betas(hm.optimizers.Adam)),
        Method("AdamW", {**_ADAM, "weight_decay": 1e-2}, _betas(hm.optimizers.AdamW)),
        Method("Lion", {"lr": 1e-3, "beta_1": 0.9, "beta_2": 0.99}, _betas(hm.optimizers.Lion)),
    )
}
