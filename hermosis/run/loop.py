"""The loop of a run, step by step: where it is, what it has seen, and how it ends."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray, vdot

from hermosis.errors import (
    DecompositionError,
    HyperparameterError,
    NonFiniteGradientError,
    NonFiniteStepError,
    ThermalOverflowError,
)
from hermosis.run import arguments
from hermosis.run.executor import Rebind
from hermosis.run.ledger import energies_of
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import Array, ParameterSet, flatten, leaves_of
from hermosis.run.state import State
from hermosis.run.trace import Trace

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult

#: What a run's status says.
MESSAGES = {
    0: "The gradient norm is within the tolerance.",
    1: "The number of steps is used up.",
    3: "The run diverged: the loss, its gradient or the next step is not finite.",
    99: "The callback stopped the run.",
}
#: What ends a run as diverged, where a step raises it.
_DIVERGED = (
    NonFiniteGradientError,
    NonFiniteStepError,
    DecompositionError,
    ThermalOverflowError,
    OverflowError,
)
#: The squares that keep their digits in double precision.
_LEAST, _LARGEST = 1e-280, 1e280
_DOUBLE = np.dtype(np.float64)

Objective = Callable[[ParameterSet], tuple[float, ParameterSet]]


class Stop(Exception):
    """Ends a run with a status."""

    def __init__(self, status: int) -> None:
        super().__init__(MESSAGES[status])
        self.status = status


class Loop:
    """The loop's state: where it is, what it has seen, and how often it asked."""

    def __init__(
        self,
        objective: Objective,
        w: ParameterSet,
        state: State,
        opt: Optimizer,
        tol: float | None,
        callback: Callable[..., Any] | None,
        ledger: bool | None,
        keep: bool,
    ) -> None:
        self.w, self.state, self.begun = w, state, state.step
        self.leaves, self.structure = state.leaves(w), state.structure
        self.single = state.structure.tree is None
        self.objective, self.opt, self.tol, self.keep = objective, opt, tol, keep
        self.tell, self.is_told = _teller(callback), callback is not None
        self.trace = Trace()
        self.evaluations = 0
        self.value = np.inf
        self.gradient: ParameterSet = None
        self.norm = math.inf
        self.best_value, self.best = np.inf, self.copied()
        self.known = False
        plan = opt.program.plan
        self.at_start, self.ends_known = plan.asks_first, plan.ends_with_gradient
        self.reads_loss = "L" in plan.parameters
        wanted = self.at_start if ledger is None else ledger
        self.measures = bool(wanted) and opt.followed is not None
        self.seen = False
        self.bound = opt.executor(w, state, self.measures)

    def advance(self) -> None:
        """Make one step; the gradient is taken where the rule asks for it."""
        if self.at_start:
            if not self.known:
                self.evaluate(self.w)
            self.record()
        elif (self.measures or self.reads_loss) and not self.known:
            self.evaluations += 1
            self.value = self._loss(self.objective(self.copied())[0])
        self.seen, value = False, self.value
        observe = None if self.at_start else self.record
        try:
            self._step(observe)
        except _DIVERGED as error:
            raise Stop(3) from error
        if self.measures:
            measured = self.bound.energies
            if math.isnan(sum(measured)):
                measured = energies_of(measured, value)
            self.trace.measure(measured)
        self.known = self.ends_known

    def _step(self, observe: Callable[[], None] | None) -> None:
        """Make a step by the executor, bound anew if hyperparameters were set meanwhile."""
        gradient, norm = (self.gradient, self.norm) if self.at_start else (None, None)
        given = self.w, gradient, self.state, self.value, self.evaluate, observe, norm
        if self.bound.version is self.opt.version:
            try:
                self.bound.step(*given)
                return
            except Rebind:
                self.state.bound.pop(self.measures, None)
        self.bound = self.opt.executor(self.w, self.state, self.measures)
        self.bound.step(*given)

    def finish(self) -> None:
        """Evaluate the last point, so that the result says what was reached."""
        if not self.known:
            self.evaluate(self.w)
        self.known, self.seen = True, False
        self.record()
        if self.measures:
            self.trace.measure(self.bound.measure(self.w, self.state, self.value))

    def evaluate(self, w: ParameterSet) -> tuple[float, ParameterSet]:
        """Take the loss and its gradient at a copy of the weights, and count."""
        self.evaluations += 1
        own = (
            w.copy()
            if self.single
            else self.structure.rebuild(
                [leaf.copy() for leaf in leaves_of(w, self.structure) or ()]
            )
        )
        value, self.gradient = self.objective(own)
        if type(value) is not float or not math.isfinite(value):
            value = self._loss(value)
        self.value = value
        return value, self.gradient

    def _loss(self, value: Any) -> float:
        """Return a loss as a float; one that is not finite ends the run."""
        value = arguments.real_number(value, "the loss")
        if not math.isfinite(value):
            self.value = value
            raise Stop(3)
        return value

    def record(self) -> None:
        """Note the present point, tell the callback, and stop where it is time to."""
        if self.seen:
            return
        self.seen = True
        self.norm = norm = self._norm()
        if not math.isfinite(norm):
            raise Stop(3)
        self.trace.add(self.value, norm)
        if self.keep:
            self.trace.w.append(self.copied())
        if self.value < self.best_value:
            self.best_value = self.value
            self._note_best()
        if self.is_told:
            self.tell(self)
        if self.tol is not None and norm <= self.tol:
            raise Stop(0)

    def _norm(self) -> float:
        """Return the Euclidean norm of the latest gradient."""
        gradient = self.gradient
        if self.single and type(gradient) is ndarray and gradient.dtype is _DOUBLE:
            square = float(vdot(gradient, gradient)) if gradient.shape == self.w.shape else 0.0
            if _LEAST < square < _LARGEST:
                return math.sqrt(square)
        found = arguments.gradients(gradient, self.leaves, self.structure, self.leaves)
        return math.hypot(*map(_length, found))

    def _note_best(self) -> None:
        """Keep the present point as the best one."""
        if self.single:
            self.best[...] = self.w
        else:
            self.best = self.copied()

    def copied(self) -> ParameterSet:
        """Return a copy of the present parameters."""
        if self.single:
            return self.w.copy()
        return self.structure.rebuild([leaf.copy() for leaf in self.leaves])

    def result(self, status: int) -> OptimizeResult:
        """Pack the result as SciPy does."""
        from scipy.optimize import OptimizeResult

        wanted = self.tol is not None
        return OptimizeResult(
            x=self.w,
            fun=self.value,
            jac=self.gradient,
            x_best=self.best,
            fun_best=self.best_value,
            nit=self.state.step - self.begun,
            nfev=self.evaluations,
            njev=self.evaluations,
            status=status,
            success=status == 0 or (status == 1 and not wanted),
            message=MESSAGES[status],
            trace=self.trace,
            state=self.state,
        )


def start_of(w0: ParameterSet) -> ParameterSet:
    """Return a copy of a start that a run may move; lists and integers become float arrays."""
    if isinstance(w0, int | float) or _is_row_of_numbers(w0):
        w0 = np.asarray(w0, dtype=float)
    leaves, structure = flatten(w0)
    return structure.rebuild([_as_start(leaf) for leaf in leaves])


def _is_row_of_numbers(w0: Any) -> bool:
    """Tell whether a start is a list of numbers, as SciPy takes it."""
    is_row = isinstance(w0, list | tuple) and bool(w0)
    return is_row and all(isinstance(x, int | float | np.number) for x in w0)


def _as_start(leaf: Any) -> Any:
    if not isinstance(leaf, np.ndarray):
        return leaf
    plain = np.array(leaf, subok=True)
    return plain.astype(float) if leaf.dtype.kind in "iub" and type(leaf) is np.ndarray else plain


def _teller(callback: Callable[..., Any] | None) -> Callable[[Loop], None]:
    """Return what tells the callback of a point, in the form that it takes."""
    if callback is None:
        return lambda run: None
    if not callable(callback):
        raise HyperparameterError(
            f"callback is {callback!r}; give a function of the point, or none"
        )
    named = "intermediate_result" in inspect.signature(callback).parameters

    def tell(run: Loop) -> None:
        from scipy.optimize import OptimizeResult

        try:
            if named:
                point = OptimizeResult(x=run.copied(), fun=run.value, nit=run.state.step)
                callback(intermediate_result=point)
            else:
                callback(run.copied())
        except StopIteration as stop:
            raise Stop(99) from stop

    return tell


def _length(array: Array) -> float:
    """Return the Euclidean length of an array in double precision, however large it is."""
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        square = float(np.add.reduce(np.square(array, dtype=np.float64), axis=None))
        if _LEAST < square < _LARGEST:
            return math.sqrt(square)
        largest = float(np.max(np.abs(array), initial=0.0))
        if not 0 < largest < math.inf:
            return largest
        scaled = np.divide(array, largest, dtype=np.float64)
        return largest * math.sqrt(float(np.add.reduce(np.square(scaled), axis=None)))
