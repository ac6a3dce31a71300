"""The loop of a run, step by step: where it is, what it has seen, and how it ends."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.errors import (
    DecompositionError,
    NonFiniteGradientError,
    ThermalOverflowError,
)
from hermosis.run import parameters
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import Array, ParameterSet
from hermosis.run.state import State
from hermosis.run.trace import Trace

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

#: What a run's status says.
MESSAGES = {
    0: "The gradient norm is within the tolerance.",
    1: "The number of steps is used up.",
    3: "The run diverged: the loss or its gradient is not finite.",
    99: "The callback stopped the run.",
}


class Stop(Exception):
    """Ends a run with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(MESSAGES[status])
        self.status = status


class Loop:
    """The loop's state: where it is, what it has seen, and how often it asked."""

    def __init__(
        self,
        objective: Callable[[ParameterSet], tuple[float, ParameterSet]],
        w0: ParameterSet,
        opt: Optimizer,
        tol: float | None,
        callback: Callable[..., Any] | None,
        ledger: bool | None,
        keep: bool,
        seed: int,
    ) -> None:
        leaves, structure = parameters.flatten(w0)
        self.w = structure.rebuild([_copy(leaf) for leaf in leaves])
        self.leaves, self.structure = parameters.writable(self.w)
        self.objective, self.opt, self.tol, self.keep = objective, opt, tol, keep
        self.state: State = opt.init(self.w, seed=seed)
        self.tell, self.is_told = _teller(callback), callback is not None
        self.trace = Trace()
        self.evaluations = 0
        self.value = np.inf
        self.gradient: ParameterSet = None
        self.best: tuple[float, ParameterSet] = (np.inf, self.copy())
        self.known = False
        plan = opt.program.plan
        self.at_start = bool(plan["gradient_at_start"] or plan["starts_with_gradient"])
        self.measures = self.at_start if ledger is None else ledger
        self.ends_known = bool(plan["ends_with_gradient"])
        self.seen = False

    def advance(self) -> None:
        """Make one step; the gradient is taken where the rule asks for it."""
        if self.at_start:
            if not self.known:
                self.evaluate(self.w)
            self.record()
        self.measure()
        self.seen = False
        try:
            with np.errstate(over="ignore", invalid="ignore"):  # told by the status
                self.opt.advance(
                    self.w,
                    self.state,
                    self.evaluate,
                    self.gradient if self.at_start else None,
                    self.value if self.at_start else None,
                    None if self.at_start else self.record,
                    self.measures,
                )
        except (
            NonFiniteGradientError,
            DecompositionError,
            ThermalOverflowError,
            OverflowError,
        ) as error:
            raise Stop(3) from error
        self.known = self.ends_known
        if not parameters.all_finite(self.leaves):
            raise Stop(3)

    def finish(self) -> None:
        """Evaluate the last point, so that the result says what was reached."""
        if not self.known:
            self.evaluate(self.w)
        self.known, self.seen = True, False
        self.record()
        self.measure()

    def evaluate(self, w: ParameterSet) -> tuple[float, ParameterSet]:
        """Take the loss and its gradient, and count."""
        self.evaluations += 1
        value, gradient = self.objective(w)
        self.value, self.gradient = float(value), gradient
        if not math.isfinite(self.value):
            raise Stop(3)
        return self.value, gradient

    def measure(self) -> None:
        """Enter the energies at the end of a step into the trace."""
        if not self.measures:
            return
        if not (self.at_start or self.known):
            self.evaluations += 1
            value = float(self.objective(self.w)[0])
        else:
            value = self.value
        with np.errstate(over="ignore", invalid="ignore"):
            energies = self.opt.energies(self.w, self.state, value)
        if energies is not None:
            self.trace.measure(energies)

    def record(self) -> None:
        """Note the present point, tell the callback, and stop where it is time to."""
        if self.seen:
            return
        self.seen = True
        norm = self.norm()
        if not math.isfinite(norm):
            raise Stop(3)
        self.trace.add(self.value, norm)
        if self.keep:
            self.trace.w.append(self.copy())
        if self.value < self.best[0]:
            self.best = (self.value, self.copy())
        self.tell(self)
        if self.tol is not None and norm <= self.tol:
            raise Stop(0)

    def norm(self) -> float:
        """Return the Euclidean norm of the latest gradient."""
        return _norm(parameters.gradients(self.gradient, self.leaves, self.structure))

    def copy(self) -> ParameterSet:
        """Return a copy of the present parameters."""
        return self.structure.rebuild([leaf.copy() for leaf in self.leaves])

    def result(self, status: int) -> OptimizeResult:
        """Pack the result as SciPy does."""
        from scipy.optimize import OptimizeResult

        return OptimizeResult(
            x=self.w,
            fun=self.value,
            jac=self.gradient,
            x_best=self.best[1],
            fun_best=self.best[0],
            nit=self.state.step,
            nfev=self.evaluations,
            njev=self.evaluations,
            status=status,
            success=status in (0, 1),
            message=MESSAGES[status],
            trace=self.trace,
            state=self.state,
        )


def _teller(callback: Callable[..., Any] | None) -> Callable[[Loop], None]:
    """Return what tells the callback of a point, in the form that it takes."""
    if callback is None:
        return lambda run: None
    named = "intermediate_result" in inspect.signature(callback).parameters

    def tell(run: Loop) -> None:
        from scipy.optimize import OptimizeResult

        try:
            if named:
                point = OptimizeResult(x=run.copy(), fun=run.value, nit=run.state.step)
                callback(intermediate_result=point)
            else:
                callback(run.copy())
        except StopIteration as stop:
            raise Stop(99) from stop

    return tell


def _norm(gradients: list[Array]) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        squares = [np.add.reduce(np.square(g, dtype=np.float64), axis=None) for g in gradients]
        return math.sqrt(float(sum(squares)))


def _copy(leaf: Any) -> Any:
    return np.array(leaf) if isinstance(leaf, np.ndarray) else leaf
