"""The compiled step: the one place where derived source becomes code that runs."""

from __future__ import annotations

import hashlib
import importlib.util
import linecache
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis import cache
from hermosis.errors import (
    BackendError,
    DecompositionError,
    ThermalOverflowError,
    UndefinedStepError,
)
from hermosis.parameters import Array

if TYPE_CHECKING:
    from derivations.rule import Rule

Plan = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """One step of a rule, as functions of arrays that run phase by phase.

    A phase runs over every array of the parameter set before the next begins, so that sums
    couple all of them. `plan` is plain data: the source and what each phase reads.
    """

    plan: Plan
    backend: str
    functions: dict[str, Any] = field(repr=False, compare=False)

    @property
    def states(self) -> list[str]:
        """The names of the state arrays."""
        return list(self.plan["states"])

    @property
    def matrices(self) -> tuple[str, ...]:
        """The names of the states that are square matrices over the components of an array."""
        return tuple(self.plan.get("matrices", ()))

    @property
    def whole(self) -> bool:
        """Whether the step reads arrays as matrices, and so may find that it cannot."""
        return bool(self.plan.get("whole", False))

    def view(self, array: Array) -> Array:
        """Return an array as the step reads it: in its own shape, or as one axis."""
        return array if self.whole else array.reshape(-1)

    def __call__(
        self,
        weights: list[Array],
        states: list[list[Array]],
        gradients: list[Array] | None,
        buffers: list[list[Array]],
        values: list[dict[str, float]],
        scalars: dict[str, float] | None = None,
        evaluate: Callable[[], list[Array]] | None = None,
    ) -> None:
        """Carry out one step in place.

        `states`, `buffers` and `values` have one entry for each array of `weights`: its state
        arrays, its scratch arrays, its hyperparameters. `scalars` are the scalar states, which
        change too. `evaluate()` supplies the gradients that are due in mid-step.
        """
        totals: dict[str, float] = {}
        scalars = scalars if scalars is not None else {}
        slopes: list[Any] = gradients if gradients is not None else [None] * len(weights)
        for index, phase in enumerate(self.plan["phases"], 1):
            if phase["evaluates"]:
                assert evaluate is not None
                slopes = evaluate()
            if phase["works"]:
                called = self.functions["step" if self.plan["simple"] else f"phase_{index}"]
                sums = np.zeros(len(phase["totals"]))
                for weight, own, slope, buffer, value in zip(
                    weights, states, slopes, buffers, values, strict=True
                ):
                    known = [totals[n] if n in totals else value[n] for n in phase["parameters"]]
                    try:
                        partial = called(weight, *own, slope, *buffer, *known)
                    except (ArithmeticError, ValueError) as error:
                        raise self._refusal(error, phase["parameters"], known) from error
                    if phase["totals"]:
                        sums += partial
                totals.update(zip(phase["totals"], sums.tolist(), strict=True))
            if phase["scalars"] is not None:
                self._move_scalars(index, phase, totals, values[0], scalars)

    def _move_scalars(
        self,
        index: int,
        phase: dict[str, Any],
        totals: dict[str, float],
        value: dict[str, float],
        scalars: dict[str, float],
    ) -> None:
        names = self.plan["scalars"]
        read = [totals[n] if n in totals else value[n] for n in phase["scalars"]]
        try:
            moved = self.functions[f"scalars_{index}"](*(scalars[n] for n in names), *read)
        except (ArithmeticError, ValueError):  # no energy is defined here, but the motion is
            moved = [math.nan] * len(names) if len(names) > 1 else math.nan
        scalars.update(zip(names, moved if len(names) > 1 else (moved,), strict=True))

    def _refusal(self, error: Exception, names: list[str], known: list[float]) -> Exception:
        """Say at which numbers the code of a step could not be carried out."""
        if isinstance(error, np.linalg.LinAlgError):
            return DecompositionError(
                f"a matrix of the step has no eigenvalues or singular values that could be found "
                f"({error}); nothing was changed; lower the learning rate or clip the gradient"
            )
        at = ", ".join(f"{n} = {value:g}" for n, value in zip(names, known, strict=True))
        if isinstance(error, OverflowError):
            return ThermalOverflowError(
                f"a factor of the step overflows at {at}; the thermal mass has grown too large: "
                "take fewer or shorter steps, or a slower profile"
            )
        return UndefinedStepError(
            f"the step is not defined at {at} ({error}); keep hyperparameters and norms away from "
            "where it divides by zero, such as by a small eps"
        )


def compile_rule(key: str | None, derive: Callable[[], Rule | None], backend: str) -> Step | None:
    """Return the step of a rule, from the cache if `key` was compiled before.

    `derive` is called, and SymPy imported, only when it was not. None stands for no rule.
    """
    backend = choose(backend)
    full = None if key is None else f"{backend}\n{key}"
    plan = cache.load(full) if full else None
    if not isinstance(plan, dict):
        from derivations.emit import plan as write

        rule = derive()
        if rule is None:
            return None
        plan = write(rule, backend)
        if full:
            cache.save(full, plan)
    return Step(plan, backend, functions_of(plan["source"]))


def choose(backend: str) -> str:
    """Return the backend that steps run on: Numba where it is installed, for "auto"."""
    if backend not in ("auto", "numpy", "numba"):
        raise BackendError(f"backend is {backend!r}; known: 'auto', 'numpy', 'numba'")
    if backend == "numpy":
        return backend
    if importlib.util.find_spec("numba") is not None:
        return "numba"
    if backend == "numba":
        raise BackendError(
            "the backend 'numba' needs Numba: pip install 'hermosis[fast]'; 'numpy' needs nothing"
        )
    return "numpy"


@lru_cache(maxsize=256)
def functions_of(source: str) -> dict[str, Any]:
    """Turn source into functions, once in a process; the text stays readable in tracebacks."""
    filename = f"<hermosis step {hashlib.sha256(source.encode()).hexdigest()[:24]}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), namespace)
    return namespace
