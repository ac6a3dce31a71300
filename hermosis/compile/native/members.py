"""Many runs at once in machine code: members side by side, or one after another.

Blocks of members are shared out among threads, a few at a time; none knows of the others, so that
no result depends on how many threads there are.
"""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from derivations.emit.program.plan import EnsemblePlan
from hermosis.compile.native import engine, threads
from hermosis.compile.native.batches import Batches
from hermosis.compile.native.executor import NativeExecutor
from hermosis.compile.native.loops import KNOWN
from hermosis.compile.native.losses import Loss, loss
from hermosis.compile.objective import PRECISIONS
from hermosis.derive import cache
from hermosis.run.job import Job
from hermosis.run.parameters import Array
from hermosis.run.progress import Progress

#: Numbers that a thread moves at once, before it takes more and Python hears of interruptions.
GRAIN = 1 << 22
#: Bytes to which a block's memory is aligned: a line of the cache.
_LINE = 64
_ENSEMBLE = None, *[ctypes.c_void_p] * 10, ctypes.c_int64, ctypes.c_int64
_PREPARE = None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int64
_ASK = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_void_p, ctypes.c_int64, ctypes.c_void_p)

Found = tuple[NDArray[np.bool_], Array]


def run(job: Job, progress: bool) -> Found:
    """Make all steps of a job on a formula, with members side by side in vector instructions.

    Returns which members stayed finite, and their losses; `job.x` takes their weights.
    """
    plan, members = _plan(job), len(job.x)
    library = engine.load(plan.source)
    call = library.function("ensemble", *_ENSEMBLE)
    prepare = library.function("prepare", *_PREPARE)
    values, good = np.empty(members, job.x.dtype), np.zeros(members, np.uint8)
    own = np.array([job.own[name] for name in sorted(job.own)], dtype=float).reshape(-1)
    varying = int(bool(len(job.numbers)) and bool(np.any(job.numbers != job.numbers[0])))
    sizes = np.array([members, len(job.numbers), job.keep, varying], dtype=np.int64)
    frames = values if job.frames is None else job.frames
    numbers = np.ascontiguousarray(job.numbers)
    factors = np.empty((len(numbers), plan.factors), job.x.dtype)
    prepare(numbers.ctypes.data, factors.ctypes.data, len(numbers))
    arrays = (job.starts, job.x, values, good, own, numbers, factors, frames, sizes)
    places = [array.ctypes.data for array in arrays]

    def work(first: int, last: int) -> int:
        space = np.empty(plan.room + _LINE, np.uint8)
        at = space.ctypes.data
        call(*places, at + -at % _LINE, first, last)
        return 0

    block = plan.members
    line = Progress(members, progress)
    _shared(work, -(-members // block), block * _effort(job), line, values, block)
    return good.astype(bool), values


def one_by_one(job: Job, progress: bool) -> Found:
    """Make all steps of a job on any compiled loss, one member after another."""
    found = loss(job.fun, True, job.x.dtype)
    assert found is not None
    values, good = np.empty(len(job.x), job.x.dtype), np.zeros(len(job.x), dtype=bool)

    def work(first: int, last: int) -> int:
        runner = _Member(job, found)
        for member in range(first, last):
            values[member], good[member] = runner(member)
        return 0

    _shared(work, len(job.x), _effort(job), Progress(len(job.x), progress), values, 1)
    return good, values


class _Member:
    """Runs one member after another with the same arrays."""

    def __init__(self, job: Job, found: Loss) -> None:
        self.job, self.w = job, job.starts[0].copy()
        self.state = job.opt.init(self.w)
        executor = NativeExecutor(job.opt, job.opt.program, [self.w], self.state)
        self.arrays = executor.rows[0]
        self.batches = Batches(executor, found, np.nan)
        names = self.batches.names
        self.table = np.ones((len(job.numbers), len(names) + 1))
        for place, name in enumerate(names):
            self.table[:, place] = job.numbers[:, job.names.index(name)]
        self.table[:, -1] = job.lengths
        self.own = {names.index(name): array for name, array in job.own.items()}
        self.ask = _ASK(found.address)
        self.none = np.empty((len(job.numbers), 0))

    def __call__(self, member: int) -> tuple[float, bool]:
        """Run a member; return its loss at the end, and whether all was finite."""
        job, w, steps = self.job, self.w, len(self.table)
        w[:] = job.starts[member]
        for array in (*self.arrays, self.state.numbers):
            array[:] = 0.0
        self.batches.flags[KNOWN] = 0
        for place, numbers in self.own.items():
            self.table[:, place] = numbers[member]
        length, made = job.keep or max(steps, 1), 0
        for begin in range(0, steps + 1, length):
            self._keep(member, begin)
            part = self.table[begin : begin + length]
            if made == begin:  # and so has not stopped
                values, norms = np.empty((2, len(part)))
                made += self.batches(part, values, norms, self.none)
        job.x[member] = w
        value = self.ask(w.ctypes.data, w.size, self.batches.gradient.ctypes.data)
        finite = np.isfinite(value) and bool(np.isfinite(self.batches.gradient).all())
        return value, finite and made == steps

    def _keep(self, member: int, step: int) -> None:
        if self.job.frames is not None and step % self.job.keep == 0:
            self.job.frames[step // self.job.keep, member] = self.w


def _effort(job: Job) -> int:
    """Return how many numbers move in the run of one member."""
    return job.x.shape[1] * max(1, len(job.numbers))


def _shared(
    work: Callable[[int, int], int],
    units: int,
    effort: int,
    progress: Progress,
    values: Array,
    members: int,
) -> None:
    """Let each thread take the next few units of so many members, until none is left."""
    length = max(1, GRAIN // effort)
    places = iter(range(0, units, length))
    main, failed = threading.get_ident(), list[BaseException]()

    def take(first: int, last: int) -> int:
        for begin in places:
            try:
                work(begin, min(begin + length, units))
            except BaseException as error:
                failed.append(error)
                for _ in places:  # so that no thread goes on
                    pass
            if threading.get_ident() == main:
                done = slice(begin * members, (begin + length) * members)
                line.at(min(done.stop, len(values)), float(np.fmin.reduce(values[done])))
        return 0

    count = len(threads.ends_of(np.full(units, effort, dtype=np.int64))) - 1
    with progress as line:
        threads.share(take, list(range(count + 1)))
    if failed:
        raise failed[0]


@lru_cache(maxsize=64)
def _written(key: str) -> EnsemblePlan | None:
    return EnsemblePlan.from_json(cache.load(key))


def _plan(job: Job) -> EnsemblePlan:
    """Return the source of a job, from the cache if it was written before."""
    kind, own = PRECISIONS[job.x.dtype], tuple(sorted(job.own))
    rule = job.opt.blueprint.key()
    key = None if rule is None else "\n".join(("ensemble", rule, job.fun.key, kind, *own))
    if key and (kept := _written(key)) is not None:
        return kept
    from derivations.emit.llvm import blocks, ensemble

    source = ensemble.Source(job.opt.rule, job.fun.objective, own, kind)
    made = EnsemblePlan(
        source=ensemble.text(source),
        room=blocks.room(source),
        factors=blocks.factors(source),
        members=blocks.members(source),
    )
    if key:
        cache.save(key, made.to_json())
        _written.cache_clear()
    return made
