"""Whole runs: an objective, a start, an optimizer, and a result that says how it ended."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.compile.objective import Symbolic
from hermosis.errors import HyperparameterError, StateError, StructureError, missing_gradient
from hermosis.run.hyperparameters import as_number
from hermosis.run.loop import Loop, Objective, Stop, start_of
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import ParameterSet
from hermosis.run.progress import Progress
from hermosis.run.state import State
from hermosis.run.stretches import Stretches, is_compiled, stretches

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


def minimize(
    fun: Callable[..., Any],
    w0: ParameterSet,
    opt: Optimizer | str,
    jac: Callable[..., Any] | bool | None = None,
    steps: int = 1000,
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    progress: bool = False,
    *,
    ledger: bool | None = None,
    keep: bool = False,
    seed: int = 0,
    state: State | None = None,
) -> OptimizeResult:
    """Minimize `fun` from `w0` with an optimizer.

    Parameters
    ----------
    fun : the objective, `fun(w) -> float`, or `fun(w) -> (float, gradient)` with `jac=True`; or
        one from `hm.symbolic`, which needs no `jac`. It gets a copy of w, to keep or to change.
    w0 : the start, a parameter set; it is not changed.
    opt : an optimizer, or the name of a built-in one.
    jac : the gradient `jac(w)`, of the structure of w; or True. Without it `fun` is differentiated,
        if it is written with NumPy's operations, or those of `hermosis.autodiff`.
    steps : the number of steps.
    tol : stop when the Euclidean norm of the gradient is at most this.
    callback : called with each point, as `callback(xk)` or `callback(intermediate_result=…)`; it
        stops the run by raising `StopIteration`.
    progress : show a progress line.
    ledger : keep internal energy and H in the trace. Where a rule takes no gradient at the ends of
        its steps this needs one more evaluation of the loss for each; unless given, H is kept
        only where it needs none.
    keep : keep a copy of the parameters at each point, in `trace.w`.
    seed : of the heat bath, for a word with N.
    state : of an earlier run, to go on from; it is not changed.

    Whole stretches of steps run as machine code where the loss is compiled (from `hm.symbolic`, or
    a Numba function with its gradient), w0 is one vector, and neither `callback` nor `keep` asks
    for more at each step.

    Returns
    -------
    scipy.optimize.OptimizeResult
        `x`, `fun`, `jac`: the last point; `x_best`, `fun_best`: the best one evaluated; `nit`,
        `nfev`, `njev`; `status` 0 converged, 1 all steps made, 3 diverged, 99 stopped; `success`,
        `message`; `trace`, a `Trace`; `state`, to go on from. A run with a `tol` succeeds if it
        reaches it, any other if it makes all its steps.

    Raises `MissingGradientError`, `StructureError`, `HyperparameterError`.

    >>> import numpy as np, hermosis as hm
    >>> bowl = lambda w: (0.5 * float(w @ w), w)
    >>> opt = hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9)
    >>> result = minimize(bowl, np.array([1.0, -2.0]), opt, jac=True, steps=300)
    >>> result.success, bool(result.fun < 1e-10)
    (True, True)
    """
    flags = {"progress": progress, "keep": keep, "ledger": False if ledger is None else ledger}
    for name, value in flags.items():
        if not isinstance(value, bool):
            raise HyperparameterError(f"{name} is {value!r}; it is an option, True or False")
    opt, steps, tol = _optimizer(opt), whole("steps", steps, 0), _tolerance(tol)
    native = is_compiled(fun, jac)
    objective, w = _objective(fun, jac), start_of(w0)
    begun = _begun(opt, w, state, seed)
    run = Loop(objective, w, begun, opt, tol, callback, ledger, keep)
    fast = stretches(run, fun, jac) if native else None
    with Progress(steps, progress) as line:
        try:
            _advance(run, fast, steps, line)
            run.finish()
            status = 1
        except Stop as stop:
            status = stop.status
    return run.result(status)


def _advance(run: Loop, fast: Stretches | None, steps: int, line: Progress) -> None:
    """Make all steps: in stretches of machine code, and one by one where a step wants care."""
    step = 0
    while step < steps:
        made, careful = fast(steps - step) if fast else (0, True)
        step += made
        if careful and step < steps:
            run.advance()
            step += 1
        line.at(step, run.value)


def _objective(fun: Callable[..., Any], jac: Callable[..., Any] | bool | None) -> Objective:
    if isinstance(fun, Symbolic):
        if jac is None or jac is True:
            return fun
        raise StructureError("a symbolic loss has its own gradient; leave jac out")
    if jac is True:
        return _pairs(fun)
    if callable(jac):
        return lambda w: (fun(w), jac(w))
    if jac is not None:
        raise missing_gradient(f"jac is {jac!r}, and differences are not taken")
    from hermosis.autodiff.transforms import differentiated

    return differentiated(fun)


def _pairs(fun: Callable[..., Any]) -> Objective:
    """Return a function that returns a loss and its gradient; it refuses what is no pair."""

    def objective(w: ParameterSet) -> tuple[float, ParameterSet]:
        found = fun(w)
        if type(found) is tuple and len(found) == 2:
            return found
        raise StructureError(
            f"with jac=True the loss must return (value, gradient), but it returned a "
            f"{type(found).__name__}; leave jac out to have it differentiated"
        )

    return objective


def _optimizer(opt: Any) -> Optimizer:
    """Return an optimizer, by its name too; refuse by name what is none."""
    if isinstance(opt, Optimizer):
        return opt
    if isinstance(opt, str):
        from hermosis.optimizers import create

        return create(opt)
    said = f"a {type(opt).__name__}" if not isinstance(opt, type) else f"the class {opt.__name__}"
    hint = "call its optimizer(lr=…) first" if hasattr(opt, "optimizer") else "call it first"
    raise HyperparameterError(
        f"opt is {said}, and no optimizer: {hint}, or take one such as hm.optimizers.Adam(lr=0.01)"
    )


def _begun(opt: Optimizer, w: ParameterSet, state: Any, seed: Any) -> State:
    """Return the state at the start of a run: at rest, or a copy of that of an earlier run."""
    whole("seed", seed, 0)
    if state is None:
        return opt.init(w, seed=seed)
    if not isinstance(state, State):
        raise StateError(
            f"state is a {type(state).__name__}; give that of an earlier run, result.state"
        )
    return copy.deepcopy(state)


def _tolerance(tol: Any) -> float | None:
    number = None if tol is None else as_number(tol)
    if tol is not None and (number is None or not 0 <= number < math.inf):
        raise HyperparameterError(f"tol is {tol!r}; give a number that is not negative, or None")
    return number


def whole(name: str, value: Any, least: int) -> int:
    """Return a count; refuse all that is none."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise HyperparameterError(f"{name} is {value!r}; give a whole number of at least {least}")
    return int(value)
