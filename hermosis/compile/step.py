"""The compiled step: the one place where derived source becomes code that runs."""

from __future__ import annotations

import hashlib
import importlib.util
import linecache
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.derive import cache
from hermosis.errors import (
    BackendError,
    DecompositionError,
    ThermalOverflowError,
    UndefinedStepError,
)
from hermosis.run.parameters import Array
from hermosis.run.progress import announced
from hermosis.run.runs import ArrayRun, Run, Work, scratch_for

if TYPE_CHECKING:
    from derivations.step.rule import Rule
    from hermosis.compile.native.kernel import Kernel

Plan = dict[str, Any]

#: The packages that the backends need.
_NEEDS = {"llvm": "llvmlite", "numba": "numba", "numpy": ""}


@dataclass(frozen=True)
class Step:
    """One step of a rule, carried out phase by phase.

    A phase runs over every array of the parameter set before the next begins, so that sums
    couple all of them. `plan` is plain data: the sources and what each phase reads.
    """

    plan: Plan
    backend: str
    functions: dict[str, Any] = field(repr=False, compare=False)
    kernels: dict[Any, Kernel] = field(default_factory=dict, repr=False, compare=False)

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

    @property
    def is_native(self) -> bool:
        """Whether the step runs as machine code; a rule with matrices leaves its work to LAPACK."""
        return "llvm" in self.plan

    @cached_property
    def phases(self) -> list[dict[str, Any]]:
        """What each phase reads and leaves."""
        return list(self.plan["llvm"]["phases"] if self.is_native else self.plan["phases"])

    def kernel(self, precision: Any) -> Kernel:
        """Return the machine code for arrays of a precision; compiled when first needed."""
        if precision not in self.kernels:
            from hermosis.compile.native.kernel import kernel

            self.kernels[precision] = kernel(self.plan, precision)
        return self.kernels[precision]

    def view(self, array: Array) -> Array:
        """Return an array as the step reads it: in its own shape, or as one axis.

        Machine code goes from number to number, so that they must lie in one piece.
        """
        if self.is_native:
            return np.require(array.reshape(-1), requirements=("C", "A"))
        return array if self.whole else array.reshape(-1)

    def __call__(
        self,
        work: Work,
        scratch: dict[Any, list[Array]],
        scalars: dict[str, float] | None = None,
        evaluate: Callable[[], list[Array]] | None = None,
    ) -> None:
        """Carry out one step in place.

        `scratch` has arrays of each precision, which are made here if they are missing. `scalars`
        are the scalar states, which change too. `evaluate()` supplies the gradients that are due
        in mid-step.
        """
        scalars = scalars if scalars is not None else {}
        totals = dict(scalars)
        run = self._begin(work, scratch)
        for index, phase in enumerate(self.phases, 1):
            if phase["evaluates"]:
                assert evaluate is not None
                run.slopes(evaluate())
            if phase["works"]:
                try:
                    sums = run.phase(index, phase, totals)
                except (ArithmeticError, ValueError) as error:
                    raise self.refusal(index, error, totals, work.values) from error
                totals.update(zip(phase["totals"], sums, strict=True))
            if phase["scalars"] is not None:
                moved = self.moved(index, phase["scalars"], scalars, work.values[0] | totals)
                scalars.update(moved)
                totals.update(scalars)

    def _begin(self, work: Work, scratch: dict[Any, list[Array]]) -> Run:
        if self.is_native:
            from hermosis.compile.native.tables import TableRun

            return TableRun(self.kernel, self.plan["llvm"]["numbers"], work)
        if work.cuts is None:
            scratch_for(work.weights, self.plan["buffers"], scratch)
        return ArrayRun(self.functions, work, scratch)

    def moved(
        self,
        index: int,
        reads: list[str],
        scalars: Mapping[str, float],
        known: Mapping[str, float],
    ) -> dict[str, float]:
        """Return the scalars after a phase that moves them, by what is known at it."""
        names = self.plan["scalars"]
        read = [known[n] for n in reads]
        try:
            found = self.functions[f"scalars_{index}"](*(scalars[n] for n in names), *read)
        except (ArithmeticError, ValueError):  # no energy is defined here, but the motion is
            found = [math.nan] * len(names) if len(names) > 1 else math.nan
        return dict(zip(names, found if len(names) > 1 else (found,), strict=True))

    def refusal(
        self,
        index: int,
        error: Exception,
        totals: Mapping[str, float],
        values: list[dict[str, float]],
    ) -> Exception:
        """Say at which numbers a phase could not be carried out, and why."""
        if isinstance(error, np.linalg.LinAlgError):
            return DecompositionError(
                f"a matrix of the step has no eigenvalues or singular values that could be found "
                f"({error}); nothing was changed; lower the learning rate or clip the gradient"
            )
        names = self.phases[index - 1]["parameters"]
        known = [totals[n] if n in totals else values[0][n] for n in names]
        for value in values if self.is_native else ():
            known = [totals[n] if n in totals else value[n] for n in names]
            try:
                self.functions[f"factors_{index}"](*known)
            except (ArithmeticError, ValueError) as reason:
                error = reason
                break
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
    plan: Any = cache.load(full) if full else None
    if not isinstance(plan, dict):
        with announced("deriving a step for the first time; it is kept for the next"):
            from derivations.emit import plan as write

            rule = derive()
            if rule is None:
                return None
            plan = write(rule, backend)
        if full:
            cache.save(full, plan)
    text = plan["llvm"]["python"] if "llvm" in plan else plan["source"]
    return Step(plan, backend, functions_of(text))


def choose(backend: str) -> str:
    """Return the backend that steps run on: machine code where llvmlite is, for "auto"."""
    if backend not in ("auto", *_NEEDS):
        known = ", ".join(map(repr, ("auto", *_NEEDS)))
        raise BackendError(f"backend is {backend!r}; known: {known}")
    wanted = "llvm" if backend == "auto" else backend
    package = _NEEDS[wanted]
    if not package or _is_here(package):
        return wanted
    if backend == "auto":
        return "numpy"
    raise BackendError(
        f"the backend {backend!r} needs {package}: pip install 'hermosis[fast]'; 'numpy' needs "
        "nothing"
    )


def _is_here(package: str) -> bool:
    """Whether a package can be imported; one that is imported is known at once."""
    return bool(sys.modules.get(package)) or importlib.util.find_spec(package) is not None


@lru_cache(maxsize=256)
def functions_of(source: str) -> dict[str, Any]:
    """Turn source into functions, once in a process; the text stays readable in tracebacks."""
    filename = f"<hermosis step {hashlib.sha256(source.encode()).hexdigest()[:24]}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), namespace)
    return namespace
