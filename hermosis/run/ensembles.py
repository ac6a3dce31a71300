"""Many runs at once: of many starts, or with many hyperparameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hermosis.compile.objective import PRECISIONS, Symbolic
from hermosis.errors import BackendError, HyperparameterError, StructureError
from hermosis.run.hyperparameters import check_number, is_grouped
from hermosis.run.job import Job
from hermosis.run.minimize import whole
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import Array
from hermosis.run.schedule import Clock, schedule

#: The most weights of members that run side by side: a step is written out for each weight.
LARGEST = 32


@dataclass(frozen=True)
class Ensemble:
    """Where the members of an ensemble are after their steps.

    Attributes
    ----------
    x : (members, d), the weights. Those of a member that diverged are the last for which its
        loss, its gradient and the weights of the next step were finite.
    fun : (members,), the loss at `x`.
    status : (members,), as `hm.minimize` has it: 1 where all steps were made, 3 where a member
        diverged.
    steps : how many steps each member was to make.
    path : (frames, members, d), the weights at the start and after every `keep` steps; None unless
        they were asked for.
    """

    x: Array
    fun: Array
    status: NDArray[np.int8]
    steps: int
    path: Array | None = None

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Which members made all steps, (members,)."""
        return np.asarray(self.status == 1)

    def __len__(self) -> int:
        """Return the number of members."""
        return len(self.x)

    def __repr__(self) -> str:
        diverged = int(np.count_nonzero(~self.finite))
        return f"Ensemble({len(self)} members, {self.steps} steps, {diverged} diverged)"


def ensemble(
    fun: Callable[..., Any],
    starts: Array,
    opt: Optimizer,
    steps: int = 1000,
    *,
    keep: int | None = None,
    progress: bool = False,
    **hyperparameters: Any,
) -> Ensemble:
    """Run an optimizer from many starts, or with many hyperparameters, all at once.

    Each member is a run of its own, as `hm.minimize` would make it. Where llvmlite is, members run
    side by side in the vector instructions of each core; otherwise in NumPy. Results do not depend
    on the number of threads, nor on the order of the members.

    Parameters
    ----------
    fun : the loss, from `hm.symbolic`, or a Numba function `fun(w) -> (value, gradient)`.
    starts : (members, d), float32 or float64; or (d,), for all members. It is not changed.
    opt : an optimizer.
    steps : the number of steps.
    keep : keep the weights at the start and after every so many steps, in `path`.
    progress : show a progress line.
    hyperparameters : numbers, or arrays with one for each member, by the names that the step of
        `opt` reads; they take the place of its own.

    Raises `errors.StructureError` for starts that do not fit, `errors.HyperparameterError` for
    hyperparameters that the step does not read or that are negative, `errors.BackendError` for a
    step with random numbers or with matrices.

    >>> import numpy as np, hermosis as hm
    >>> well = hm.symbolic(lambda x, y: (x**2 - 1) ** 2 + y**2)
    >>> starts = np.array([[0.5, 1.0], [-0.5, 1.0], [1e80, 0.0]])
    >>> found = ensemble(well, starts, hm.optimizers.Momentum(lr=0.02), steps=500)
    >>> found.x[:2].round(6) + 0.0
    array([[ 1.,  0.],
           [-1.,  0.]])
    >>> found.finite
    array([ True,  True, False])
    >>> tried = ensemble(well, starts[0], hm.optimizers.SGD(), steps=50, lr=np.array([0.001, 0.1]))
    >>> tried.fun[0] > tried.fun[1]
    np.True_
    """
    steps, keep = whole("steps", steps, 0), keep if keep is None else whole("keep", keep, 1)
    _check_rule(opt)
    own, common = _given(opt, hyperparameters)
    begun = _members(starts, own)
    if isinstance(fun, Symbolic):
        fun.check(begun[0])
    x = np.empty_like(begun)
    opt = opt.replaced(common)
    names = list(opt.program.plan.parameters)
    table = _schedule(opt, names, steps)
    frames = None if keep is None else np.empty((steps // keep + 1, *x.shape), x.dtype)
    numbers, lengths = table[:, :-1], table[:, -1]
    job = Job(fun, begun, x, opt, names, numbers, lengths, own, keep or 0, frames)
    good, values = _way(job)(job, progress)
    return Ensemble(x, values, np.where(good, np.int8(1), np.int8(3)), steps, frames)


def _way(job: Job) -> Callable[[Job, bool], tuple[NDArray[np.bool_], Array]]:
    """Return what carries a job out: machine code, or NumPy."""
    from hermosis.run import vectorised

    formula = isinstance(job.fun, Symbolic)
    if formula and not (job.opt.program.is_native and job.fun.is_native):
        return vectorised.run
    if job.opt.program.is_native:
        from hermosis.compile.native import losses, members

        if formula and job.fun.size <= LARGEST:
            return members.run
        if losses.is_compiled(job.fun, True) and losses.loss(job.fun, True, job.x.dtype):
            return members.one_by_one
    raise BackendError(
        f"the loss {job.fun!r} is not compiled; state it by hm.symbolic, or give a Numba function "
        "that returns (value, gradient), and an optimizer that runs on LLVM"
    )


def _check_rule(opt: Optimizer) -> None:
    """Refuse a step that couples what an ensemble keeps apart, or that it cannot write."""
    plan = opt.program.plan
    if plan.whole:
        what = "reads arrays as matrices"
    elif plan.noises:
        what = "draws random numbers"
    elif plan.scalars:
        what = "carries numbers of the whole system along"
    elif "L" in plan.parameters:
        what = "reads the loss itself"
    else:
        return
    raise BackendError(
        f"{opt.name} {what}, which an ensemble cannot do; call hm.minimize once for each member"
    )


def _given(
    opt: Optimizer, hyperparameters: dict[str, Any]
) -> tuple[dict[str, NDArray[np.float64]], dict[str, Any]]:
    """Return the hyperparameters that members have of their own, and those for all of them."""
    plan = opt.program.plan.parameters
    known = sorted(name for name in plan if name in opt.hyperparameters)
    own: dict[str, NDArray[np.float64]] = {}
    common = {name: opt.hyperparameters[name] for name in opt.hyperparameters}
    for name, value in hyperparameters.items():
        if name not in known:
            raise HyperparameterError(
                f"the step of {opt.name} does not read {name}; it reads {', '.join(known)}"
            )
        if callable(value) or np.ndim(value) == 0:
            check_number(name, value, opt.name, opt.range_of(name))
            common[name] = value
            continue
        found = np.asarray(value)
        check_number(name, found, opt.name, opt.range_of(name))
        if found.ndim != 1:
            raise HyperparameterError(
                f"{opt.name}: {name} has shape {found.shape}; give one number for each member"
            )
        own[name] = found.astype(float)
    if opt.arrays:
        raise HyperparameterError(
            f"{opt.name} has {opt.arrays[0]} as an array, one number for each component, which "
            "members of an ensemble do not know; give numbers to the optimizer"
        )
    if grouped := [name for name in known if is_grouped(common[name]) and name not in own]:
        raise HyperparameterError(
            f"{opt.name} has groups of {', '.join(grouped)}, but a member of an ensemble is one "
            "array; give a number"
        )
    if "tau" in own and "t" in plan:
        raise HyperparameterError(
            f"{opt.name}: tau sets the clock of the thermal mass, which is one for all members; "
            "give one number"
        )
    return own, common


def _members(starts: Any, own: dict[str, NDArray[np.float64]]) -> Array:
    """Return the starts, (members, d), one for each set of hyperparameters."""
    x = np.asarray(starts)
    if x.ndim not in (1, 2) or x.size == 0 or x.dtype not in PRECISIONS:
        raise StructureError(
            f"starts hold {x.dtype}{list(x.shape)}; give float32 or float64 of shape (members, d), "
            "or (d,) for one start of all members"
        )
    counts = {len(array) for array in own.values()} | ({len(x)} if x.ndim == 2 else set())
    if len(counts) > 1:
        lengths = ", ".join(f"{len(array)} of {name}" for name, array in own.items())
        raise StructureError(
            f"there are {len(x) if x.ndim == 2 else 'any number of'} starts, but {lengths}; "
            "give as many of each"
        )
    rows = counts.pop() if counts else 1
    return np.ascontiguousarray(np.broadcast_to(x, (rows, x.shape[-1])))


def _schedule(opt: Optimizer, names: list[str], steps: int) -> NDArray[np.float64]:
    """Return a row of hyperparameters for each step, and its length; raise as a schedule does."""
    table = schedule(opt, names, 0, 0.0, steps)
    if len(table) < steps:  # asked again, the optimizer says what is wrong
        opt.values(Clock(len(table), 0.0))
    return table
