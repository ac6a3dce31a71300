"""Many runs at once in NumPy: each formula over all members, where there is no machine code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hermosis.compile.step import functions_of
from hermosis.derive import cache
from hermosis.run.job import Job
from hermosis.run.parameters import Array
from hermosis.run.progress import Progress


def run(job: Job, progress: bool) -> tuple[NDArray[np.bool_], Array]:
    """Make all steps of a job; return which members stayed finite, and their losses.

    `job.x` takes their weights.
    """
    step, plan = _step(job), job.opt.program.plan
    w = job.x
    w[...] = job.starts
    members = _Members(job, np.zeros(len(w), dtype=bool))
    arrays = [np.zeros_like(w) for _ in plan.states]
    known, gradient = False, None
    with np.errstate(all="ignore"), Progress(len(job.numbers), progress) as line:
        for number, row in enumerate(job.numbers):
            job.frame(number, w)
            if plan.asks_first and not known:
                gradient = members.evaluate(w)
            moved, *arrays, gradient = step(
                members.evaluate, w, *arrays, gradient, *job.columns(row)
            )
            known = plan.ends_with_gradient
            members.bad |= ~np.isfinite(moved).all(axis=1)
            w[...] = np.where(members.bad[:, None], w, moved)
            line.at(number + 1, members.value)
        job.frame(len(job.numbers), w)
        members.evaluate(w)
    return ~members.bad, members.values


class _Members:
    """Asks for the loss of all members, and notes where it or its gradient is not finite."""

    def __init__(self, job: Job, bad: NDArray[np.bool_]) -> None:
        self.fun, self.bad = job.fun, bad
        self.values = np.zeros(len(bad), job.x.dtype)

    @property
    def value(self) -> float:
        """The least loss of all members."""
        return float(np.min(self.values, initial=np.inf))

    def evaluate(self, w: Array) -> Array:
        """Return the gradients at w, of shape (members, d)."""
        self.values, gradient = self.fun.vectorised(w)
        self.bad |= ~np.isfinite(self.values) | ~np.isfinite(gradient).all(axis=1)
        return gradient


def _step(job: Job) -> Callable[..., Any]:
    """Return the step of a job's rule for all members, from the cache if it was written before."""
    own = job.opt.blueprint.key()
    key = None if own is None else f"members\n{own}"
    text = cache.load(key) if key else None
    if not isinstance(text, str):
        from derivations.emit.arrays import members

        text = members.write(job.opt.rule)
        if key:
            cache.save(key, text)
    return functions_of(text)["step"]
