"""Guests from PyTorch: a class of `torch.optim` on tensors that share the harness's numbers."""

from __future__ import annotations

import inspect
from collections.abc import Callable

from benchmarks.engine.contestant import Hyperparameters
from benchmarks.engine.extras import extra
from benchmarks.engine.objective import Objective
from benchmarks.engine.parameters import Parameters, leaves, mapped
from benchmarks.guests.library import LibraryMethod
from benchmarks.guests.signature import arguments_of, space_of

SPARSE = {"SparseAdam"}
"""Those that take sparse gradients only, which no problem here has."""


class TorchMethod(LibraryMethod):
    """One of PyTorch's optimizers."""

    def prepare(self, chosen: Hyperparameters, start: Parameters) -> Callable[[Objective], str]:
        """The training loop, with a closure for the methods that ask more than once in a step."""
        torch = extra("torch")
        w = mapped(lambda array: array.copy(), start)
        tensors = [torch.from_numpy(array).requires_grad_() for array in leaves(w)]
        optimizer = self.build(tensors, **arguments_of(self.method, self.build, dict(chosen)))

        def minimizer(objective: Objective) -> str:
            def closure() -> float:
                value, gradient = objective(w)
                for tensor, part in zip(tensors, leaves(gradient), strict=True):
                    tensor.grad = torch.from_numpy(part.copy())
                return value

            while True:
                optimizer.step(closure)
                objective.step_made()

        return minimizer


def named(name: str) -> TorchMethod:
    """The optimizer of that name."""
    build = getattr(extra("torch").optim, name)
    space = space_of(name, build)
    searched = ", ".join(space) or "nothing"
    return TorchMethod(f"torch:{name}", build, space, f"PyTorch's {name}; searched: {searched}.")


def names() -> tuple[str, ...]:
    """Whom PyTorch can send."""
    optim = extra("torch").optim
    classes = {n: c for n, c in vars(optim).items() if inspect.isclass(c)}
    base = optim.Optimizer
    fit = {n for n, c in classes.items() if issubclass(c, base) and c is not base}
    return tuple(sorted(fit - SPARSE))
