"""Whole runs: an objective, a start, an optimizer, and a result that says how it ended."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from hermosis.compile.objective import Symbolic
from hermosis.errors import HyperparameterError, StructureError, missing_gradient
from hermosis.run.loop import Loop, Stop
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import ParameterSet
from hermosis.run.progress import Progress
from hermosis.run.stretches import Stretches, is_compiled, stretches

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult


def minimize(
    fun: Callable[..., Any],
    w0: ParameterSet,
    opt: Optimizer,
    jac: Callable[..., Any] | bool | None = None,
    steps: int = 1000,
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    progress: bool = False,
    *,
    ledger: bool | None = None,
    keep: bool = False,
    seed: int = 0,
) -> OptimizeResult:
    """Minimize `fun` from `w0` with an optimizer.

    Parameters
    ----------
    fun : the objective, `fun(w) -> float`, or `fun(w) -> (float, gradient)` with `jac=True`; or
        one from `hm.symbolic`, which needs no `jac`.
    w0 : the start, a parameter set; it is not changed.
    opt : an optimizer.
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

    Whole stretches of steps run as machine code where the loss is compiled (from `hm.symbolic`, or
    a Numba function with its gradient), w0 is one vector, and neither `callback`, `keep` nor
    `ledger` asks for more at each step. Such a run keeps no energies unless `ledger=True`.

    Returns
    -------
    scipy.optimize.OptimizeResult
        `x`, `fun`, `jac`: the last point; `x_best`, `fun_best`: the best one evaluated; `nit`,
        `nfev`, `njev`; `status` 0 converged, 1 all steps made, 3 diverged, 99 stopped; `success`,
        `message`; `trace`, a `Trace`; `state`, to go on from.

    Raises `MissingGradientError`, `StructureError`, `HyperparameterError`.

    >>> import numpy as np, hermosis as hm
    >>> bowl = lambda w: (0.5 * float(w @ w), w)
    >>> opt = hm.Hamiltonian().optimizer(lr=0.1, momentum=0.9)
    >>> result = minimize(bowl, np.array([1.0, -2.0]), opt, jac=True, steps=300)
    >>> result.success, bool(result.fun < 1e-10)
    (True, True)
    """
    if steps < 0:
        raise HyperparameterError(f"steps is {steps}; give a number that is not negative")
    native = ledger is not True and is_compiled(fun, jac)
    run = Loop(_objective(fun, jac), w0, opt, tol, callback, ledger, keep, seed)
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


def _objective(
    fun: Callable[..., Any], jac: Callable[..., Any] | bool | None
) -> Callable[[ParameterSet], tuple[float, ParameterSet]]:
    if isinstance(fun, Symbolic):
        if jac is None or jac is True:
            return fun
        raise StructureError("a symbolic loss has its own gradient; leave jac out")
    if jac is True:
        return fun
    if callable(jac):
        return lambda w: (fun(w), jac(w))
    if jac is not None:
        raise missing_gradient()
    from hermosis.autodiff.transforms import differentiated

    return differentiated(fun)
