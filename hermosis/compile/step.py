"""The compiled step: the one place where derived source becomes code that runs."""

from __future__ import annotations

import hashlib
import importlib.util
import linecache
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations.emit.program.plan import StepPlan
from derivations.lazy import lazy
from hermosis.derive import cache
from hermosis.errors import (
    BackendError,
    DecompositionError,
    ThermalOverflowError,
    UndefinedStepError,
)
from hermosis.run.progress import announced

if TYPE_CHECKING:
    from derivations.step.rule import Rule
    from hermosis.compile.native.kernel import Kernel

#: The packages that the backends need.
_NEEDS = {"llvm": "llvmlite", "numba": "numba", "numpy": ""}


@dataclass(frozen=True)
class Step:
    """One step of a rule, as functions of arrays: a plan, and the code that it was written as.

    A phase runs over every array of the parameter set before the next begins, so that sums
    couple all of them.
    """

    plan: StepPlan
    backend: str
    functions: dict[str, Any] = field(repr=False, compare=False)
    kernels: dict[Any, Kernel] = field(default_factory=dict, repr=False, compare=False)

    def __reduce__(self) -> tuple[Callable[..., Step], tuple[StepPlan, str]]:
        """Return how a copy is made: its code is compiled again where it is."""
        return _of_plan, (self.plan, self.backend)

    @property
    def is_native(self) -> bool:
        """Whether the step runs as machine code; a rule with matrices leaves its work to LAPACK."""
        return self.plan.native is not None

    def kernel(self, precision: Any) -> Kernel:
        """Return the machine code for arrays of a precision; compiled when first needed."""
        if precision not in self.kernels:
            from hermosis.compile.native.kernel import Kernel

            assert self.plan.native is not None
            self.kernels[precision] = Kernel(self.plan, np.dtype(precision))
        return self.kernels[precision]

    @lazy
    def factors(self) -> dict[str, Any]:
        """The functions that say why the factors of a phase in machine code are not finite."""
        assert self.plan.native is not None
        return functions_of(self.plan.native.python)

    def refusal(
        self, phase: int, known: Sequence[Mapping[str, float]], error: Exception | None = None
    ) -> Exception:
        """Say at which numbers a phase could not be carried out, and why.

        `known` are the numbers of each group of arrays; without an `error` it is looked for.
        """
        if isinstance(error, np.linalg.LinAlgError):
            return DecompositionError(
                "a matrix of the step has no eigenvalues or singular values that could be found "
                f"({error}); nothing was changed; lower the learning rate or clip the gradient"
            )
        phases = self.plan.phases if self.plan.native is None else self.plan.native.phases
        names = phases[phase - 1].parameters
        at, error = known[0], error
        for numbers in known if error is None else ():
            found = self._why(phase, [numbers[name] for name in names])
            if found is not None:
                at, error = numbers, found
                break
        shown = ", ".join(f"{name} = {at[name]:g}" for name in names)
        if isinstance(error, OverflowError):
            return ThermalOverflowError(
                f"a factor of the step overflows at {shown}; the thermal mass has grown too "
                "large: take fewer or shorter steps, or a slower profile; nothing was changed"
            )
        why = "a factor is not finite" if error is None else error
        return UndefinedStepError(
            f"the step is not defined at {shown} ({why}); keep hyperparameters and norms away from "
            "where it divides by zero, such as by a small eps; nothing was changed"
        )

    def _why(self, phase: int, numbers: list[float]) -> Exception | None:
        """Compute factors once more, in Python, which raises an error where they are none."""
        try:
            self.factors[f"factors_{phase}"](*numbers)
        except (ArithmeticError, ValueError) as error:
            return error
        return None


#: What a rule is derived as: with what measures its energies, or without.
Derive = Callable[[], "tuple[Rule, Rule | None] | None"]


def compile_rule(
    key: str | None, derive: Derive, backend: str, shares: tuple[str, ...] = ()
) -> Step | None:
    """Return the step of a rule, from the cache if `key` was compiled before.

    `derive` is called, and SymPy imported, only when it was not. None stands for no rule. `shares`
    are the names of hyperparameters that are always from zero to one.
    """
    backend = choose(backend)
    full = None if key is None else f"step\n{backend}\n{' '.join(shares)}\n{key}"
    plan = StepPlan.from_json(cache.load(full)) if full else None
    if plan is None:
        with announced("deriving a step for the first time; it is kept for the next"):
            from derivations.emit import plan as write

            derived = derive()
            if derived is None:
                return None
            rule, gauge = derived
            plan = write(rule, backend, gauge, shares)
        if full:
            cache.save(full, plan.to_json())
    return _of_plan(plan, backend)


def _of_plan(plan: StepPlan, backend: str) -> Step:
    return Step(plan, backend, {} if plan.native is not None else functions_of(plan.source))


def choose(backend: str) -> str:
    """Return the backend that steps run on: machine code where llvmlite is, for "auto"."""
    if backend not in ("auto", *_NEEDS):
        known = ", ".join(map(repr, ("auto", *_NEEDS)))
        raise BackendError(f"backend is {backend!r}; known: {known}")
    wanted = "llvm" if backend == "auto" else backend
    package = _NEEDS[wanted]
    missing = f"needs {package}: pip install 'hermosis[fast]'"
    if package and not _is_here(package):
        problem = missing
    elif wanted == "llvm" and not _is_readable():
        problem = "reads NumPy's arrays where CPython with a global lock has them, on 64 bits"
    else:
        return wanted
    if backend == "auto":
        return "numpy"
    raise BackendError(f"the backend {backend!r} {problem}; 'numpy' needs nothing")


def _is_here(package: str) -> bool:
    """Whether a package can be imported; one that is imported is known at once."""
    return bool(sys.modules.get(package)) or importlib.util.find_spec(package) is not None


def _is_readable() -> bool:
    """Whether machine code knows where arrays have their memory."""
    from hermosis.compile.native import layout

    return layout.is_known()


@lru_cache(maxsize=256)
def functions_of(source: str) -> dict[str, Any]:
    """Turn source into functions, once in a process; the text stays readable in tracebacks."""
    filename = f"<hermosis step {hashlib.sha256(source.encode()).hexdigest()[:24]}>"
    linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
    namespace: dict[str, Any] = {}
    exec(compile(source, filename, "exec"), namespace)
    return namespace
