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
from hermosis.compile.native import threads
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


def alive() -> int:
    return sum(worker.is_alive() for worker in threading.enumerate())


def test_workers_end_when_their_number_changes() -> None:
    before, kept = threads.get_num_threads(), alive()
    try:
        for count in [2, 3, 5, 2, 4, 3] * 10:
            threads.set_num_threads(count)
            assert np.array_equal(run(SIZES[1], (0.0, 0.0)), alone(SIZES[1], 2))
            assert alive() <= kept + 4
        threads.set_num_threads(1)
        assert threads.crew() is None and alive() <= kept
    finally:
        threads.set_num_threads(before)


def test_one_thread_is_enough_where_no_other_can_start(monkeypatch: pytest.MonkeyPatch) -> None:
    before = threads.get_num_threads()
    threads.set_num_threads(1)

    def refused(self: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    try:
        with monkeypatch.context() as patch:
            patch.setattr(threading.Thread, "start", refused)
            threads.set_num_threads(3)
            assert np.array_equal(run(SIZES[1], (0.0,)), alone(SIZES[1], 1))
            assert threads.get_num_threads() == 1
    finally:
        threads.set_num_threads(before)


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="needs Linux")
def test_no_thread_is_bound_to_a_processor(crew: threads.Crew) -> None:
    allowed = os.sched_getaffinity(0)
    run(SIZES[-1], (0.0, 0.0, 0.003))
    tasks = [int(name) for name in os.listdir("/proc/self/task")]
    assert all(os.sched_getaffinity(task) == allowed for task in tasks)
