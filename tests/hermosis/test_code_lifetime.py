"""Machine code lives as long as anything that can call it, and no longer; forks and copies."""

from __future__ import annotations

import copy
import gc
import multiprocessing
import os
import pickle
import subprocess
import sys
import weakref
from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import optimizers
from hermosis.compile.native import engine


def made(k: int) -> Any:
    """A formula that differs from others in a number."""
    return hm.symbolic(lambda x: k * x**2 + 10)


def pickled(thing: Any) -> Any:
    return pickle.loads(pickle.dumps(thing))


def test_code_that_is_still_used_is_not_freed() -> None:
    """However much is compiled meanwhile, and though it is let go of on purpose."""
    first, w = made(3), np.array([2.0])
    opt = optimizers.Momentum(lr=0.1)
    state = opt.init(w)
    due, _ = first(w)
    opt.step(w.copy(), np.ones(1), copy.deepcopy(state))
    for k in range(80):
        made(100 + k)(w)
        engine.forget()
        gc.collect()
    assert first(w)[0] == due == 22.0
    opt.step(w, np.ones(1), state)
    assert w[0] == pytest.approx(1.9)


def test_code_that_nobody_can_call_is_freed() -> None:
    loss, w = made(7), np.array([1.0])
    loss(w)
    library = weakref.ref(loss.library(np.float64))
    assert library() is not None
    del loss
    engine.forget()
    gc.collect()
    assert library() is None


@pytest.mark.parametrize("again", [copy.deepcopy, pickled])
def test_a_loss_may_be_copied_and_pickled_after_a_call(again: Any) -> None:
    loss, w = made(5), np.array([2.0])
    due = loss(w)
    found = again(loss)(w)
    assert found[0] == due[0] and np.array_equal(found[1], due[1])


@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("name", ["Adam", "Muon", "RestMass", "Bregman"])
def test_an_optimizer_may_be_copied_and_pickled_in_a_run(name: str, again: Any) -> None:
    opt, w = getattr(optimizers, name)(lr=0.1), np.ones(4)
    state = opt.init(w)
    opt.step(w, np.sin(w), state)
    other, kept, own = again(opt), copy.deepcopy(state), w.copy()
    opt.step(w, np.sin(w), state)
    other.step(own, np.sin(own), kept)
    assert np.array_equal(w, own)
    other.set(lr=0.5)
    assert opt.hyperparameters != other.hyperparameters and opt.lr == 0.1


def stepped(opt: Any) -> list[float]:
    w = np.ones(3)
    opt.step(w, np.sin(w), opt.init(w))
    return [float(x) for x in w]


def test_a_pool_of_processes_uses_an_optimizer() -> None:
    opt = optimizers.Adam(lr=0.1)
    due = stepped(opt)
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        assert pool.map(stepped, [opt, opt]) == [due, due]


FORKING = """
import os, threading, warnings
import numpy as np, hermosis as hm
from hermosis.compile.native import engine
warnings.simplefilter("ignore")
begun, w = threading.Event(), np.ones(2)
original = engine._object
def slow(source):
    begun.set()
    return original(source)
engine._object = slow
hard = hm.symbolic(lambda x: sum(hm.sin(a * k) for a in x for k in range(1, 60)), size=2)
worker = threading.Thread(target=lambda: hard(w))
worker.start()
begun.wait(60)
child = os.fork()
if child == 0:
    found = hm.symbolic(lambda x, y: x**2 + y**2)(w)[0]
    os._exit(0 if found == 2.0 else 1)
worker.join()
raise SystemExit(os.waitpid(child, 0)[1])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_fork_while_another_thread_compiles_compiles_too(tmp_path: Any) -> None:
    environment = os.environ | {"HERMOSIS_CACHE": str(tmp_path)}
    subprocess.run([sys.executable, "-c", FORKING], check=True, timeout=120, env=environment)
