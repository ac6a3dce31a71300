"""Threads share a step's jobs: none is left out or done twice, whoever comes late or sleeps."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import cache

import numpy as np
import pytest

import hermosis as hm
from hermosis.compile.native import engine, placing, threads
from hermosis.compile.native.crew import EPOCH

PAUSES = (0.0, 0.0, 0.0002, 0.0, 0.003)
SIZES = (threads.WORTHWHILE_AWAKE + 1, threads.WORTHWHILE + 13, 3 * threads.WORTHWHILE)


@pytest.fixture(params=[2, 7], ids="{} threads".format)
def crew(request: pytest.FixtureRequest) -> Iterator[threads.Crew]:
    """More workers than there may be processors."""
    before = threads.get_num_threads()
    threads.set_num_threads(request.param)
    found = threads.crew()
    assert found is not None
    yield found
    threads.set_num_threads(before)


def run(size: int, pauses: tuple[float, ...]) -> np.ndarray:
    """Steps whose norm is a sum over all jobs, with rests in which workers fall asleep."""
    random = np.random.default_rng(size)
    w, opt = random.normal(size=size), hm.optimizers.NormalizedGD(lr=0.1, momentum=0.9)
    state = opt.init(w)
    for pause in pauses:
        time.sleep(pause)
        opt.step(w, np.sin(w), state)
    return w


@cache
def alone(size: int, steps: int) -> np.ndarray:
    before = threads.get_num_threads()
    threads.set_num_threads(1)
    try:
        return run(size, (0.0,) * steps)
    finally:
        threads.set_num_threads(before)


@pytest.mark.parametrize("size", SIZES)
def test_workers_that_sleep_and_wake_change_no_bit(crew: threads.Crew, size: int) -> None:
    pauses = PAUSES * 4
    assert np.array_equal(run(size, pauses), alone(size, len(pauses)))
    if size >= threads.WORTHWHILE:  # fewer go alone while workers sleep
        assert crew.words[EPOCH] > len(pauses)


@pytest.mark.parametrize("count", [0, 1, 6, 1000])
def test_each_job_is_done_once_and_the_largest_answer_counts(
    crew: threads.Crew, count: int
) -> None:
    word, pointer = ctypes.c_int64, ctypes.c_void_p
    done: list[int] = []

    def work(task: int, first: int, last: int) -> int:
        done.extend(range(first, last))
        time.sleep(2e-4)
        return task if first <= count // 2 < last else 0

    part = ctypes.CFUNCTYPE(word, pointer, word, word)(work)
    call = ctypes.CFUNCTYPE(word, pointer, pointer, word, word)(threads.together())
    answer = call(crew.address, ctypes.cast(part, pointer), 17, count)
    assert sorted(done) == list(range(count))
    assert answer == (17 if count else 0)


def test_workers_fall_asleep_and_are_woken(crew: threads.Crew) -> None:
    run(SIZES[-1], (0.0, 0.0))
    until = time.monotonic() + 60  # where others want to run, they get all the time there is
    while not crew.asleep[1:].all() and time.monotonic() < until:
        time.sleep(0.01)
    assert crew.asleep[1:].all()
    epoch = int(crew.words[EPOCH])
    run(SIZES[-1], (0.0,))
    assert crew.words[EPOCH] > epoch


def test_two_callers_at_once_do_not_meet(crew: threads.Crew) -> None:
    """One has the crew, the other goes alone."""
    found: dict[int, np.ndarray] = {}

    def work(size: int) -> None:
        found[size] = run(size, (0.0,) * 12)

    callers = [threading.Thread(target=work, args=(size,)) for size in SIZES[1:]]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    for size in SIZES[1:]:
        assert np.array_equal(found[size], alone(size, 12))


FORKING = """
import os, warnings
import numpy as np, hermosis as hm

def run():
    w, opt = np.ones({size}), hm.optimizers.NormalizedGD(lr=0.1)
    state = opt.init(w)
    for _ in range(3):
        opt.step(w, np.sin(w), state)
    return w

hm.set_num_threads(2)
due = run()
warnings.simplefilter("ignore")  # newer Pythons warn of a fork beside threads
child = os.fork()
if child == 0:
    os._exit(0 if np.array_equal(run(), due) else 1)
raise SystemExit(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_has_workers_of_its_own() -> None:
    script = FORKING.format(size=SIZES[1])
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)


@pytest.mark.skipif(
    not placing.KNOWN or threads._cores() < 2, reason="needs Linux and two processors"
)
def test_a_worker_leaves_the_processor_of_the_first_thread_and_stays_free() -> None:
    library = engine.load(placing.SOURCE.replace("internal ", ""))
    part = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(library.address("part"))
    standing, word, allowed = (
        ctypes.CDLL(None).sched_getcpu,
        ctypes.c_int64(),
        os.sched_getaffinity(0),
    )
    moved = []
    for _ in range(20):
        word.value = before = standing()
        part(ctypes.addressof(word))
        moved.append(standing() != before)
        assert os.sched_getaffinity(0) == allowed
    assert sum(moved) >= 15  # the scheduler may move it too
    word.value = -1  # the first thread is nowhere
    kept = []
    for _ in range(20):
        before = standing()
        part(ctypes.addressof(word))
        kept.append(standing() == before)
    assert sum(kept) >= 15


@pytest.mark.skipif(not placing.KNOWN, reason="needs Linux")
def test_a_worker_with_one_processor_stays_where_it_is() -> None:
    library = engine.load(placing.SOURCE.replace("internal ", ""))
    part = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(library.address("part"))
    allowed = os.sched_getaffinity(0)
    only = {min(allowed)}
    try:
        os.sched_setaffinity(0, only)
        part(ctypes.addressof(ctypes.c_int64(min(only))))
        assert os.sched_getaffinity(0) == only
    finally:
        os.sched_setaffinity(0, allowed)
