"""The machinery of machine code: threads, references, the cache, processes, what it is made of."""

from __future__ import annotations

import gc
import os
import platform
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hermosis as hm
from derivations.emit.llvm import kernel as llvm
from derivations.emit.program.fused import fused
from hermosis import optimizers
from hermosis.compile.native import engine, layout
from hermosis.errors import BackendError, HyperparameterError

from .test_native import METHODS, each_method, numbers, walked


def test_many_threads_may_step_states_of_their_own() -> None:
    opt = METHODS["Adam"](backend="llvm")
    due, _ = walked(METHODS["Adam"](backend="llvm"), numbers(50), steps=200)
    found: list[Any] = [None] * 4

    def work(place: int) -> None:
        found[place] = walked(opt, numbers(50), steps=200)[0]

    workers = [threading.Thread(target=work, args=(place,)) for place in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert all(np.array_equal(due, own) for own in found)


def test_no_reference_is_lost_or_left() -> None:
    opt = METHODS["Adam"](backend="llvm")
    w, g = numbers(5), numbers(5, seed=1)
    state = opt.init(w)
    opt.step(w, g, state)
    watched = [w, g, np.ndarray, np.dtype(float), state.arrays["X"], state.arrays["X"][0]]
    gc.collect()
    before = [sys.getrefcount(item) for item in watched]
    for _ in range(1000):
        opt.step(w, g, state)
    gc.collect()
    after = [sys.getrefcount(item) for item in watched]
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 50


def test_the_layout_of_arrays_is_looked_at() -> None:
    assert layout.is_known()


def test_without_a_known_layout_steps_run_in_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layout, "is_known", lambda: False)
    assert METHODS["Adam"](backend="auto").program.backend == "numpy"
    with pytest.raises(BackendError, match="'llvm' reads NumPy's arrays where CPython"):
        METHODS["Adam"](backend="llvm")


def test_arrays_and_lists_that_lie_otherwise_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    for field, wrong in (("HEAD", layout.HEAD + 8), ("ORDER", layout.ORDER + 1)):
        with monkeypatch.context() as patch:
            patch.setattr(layout, field, wrong)
            assert not layout.is_known.__wrapped__()


@pytest.mark.parametrize("damage", ["truncated", "another library", "not text"])
def test_damaged_machine_code_is_compiled_anew(
    damage: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = llvm.write(fused(optimizers.Momentum(lr=0.1).rule))
    monkeypatch.setenv("HERMOSIS_CACHE", str(tmp_path))
    engine.forget()
    due = engine.load(source).address("phase_1")
    (kept,) = tmp_path.glob("*.json")
    whole = kept.read_bytes()
    kept.write_bytes(
        {
            "truncated": whole[: len(whole) // 2],
            "another library": whole.replace(b"A", b"B"),
            "not text": bytes(range(256)),
        }[damage]
    )
    engine.forget()
    assert due and engine.load(source).address("phase_1")
    assert kept.read_bytes() == whole


def test_a_second_process_needs_neither_sympy_nor_numba(tmp_path: Path) -> None:
    """And none that this package does not need for a step."""
    code = (
        "import sys, numpy as np, hermosis as hm\n"
        "opt = hm.optimizers.Adam(lr=0.1, backend='llvm'); w = np.ones(3)\n"
        "opt.step(w, np.ones(3), opt.init(w))\n"
        "large = ('sympy', 'numba', 'scipy', 'matplotlib')\n"
        "print(*(name for name in large if name in sys.modules), opt.program.is_native)"
    )
    run = [sys.executable, "-c", code]
    environment = os.environ | {"HERMOSIS_CACHE": str(tmp_path)}
    first, second = (
        subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    )
    assert first.split() == ["sympy", "True"] and second.split() == ["True"]


@pytest.mark.parametrize("bad", [0, -1, 1.5, True, "two"])
def test_a_bad_number_of_threads(bad: Any) -> None:
    with pytest.raises(HyperparameterError, match="give a whole number of at least 1"):
        hm.set_num_threads(bad)


@pytest.mark.skipif("86" not in platform.machine(), reason="the assembly of x86 is looked at")
@each_method
def test_loops_run_on_several_numbers_at_once(name: str) -> None:
    """The assembly has packed arithmetic on wide registers, and no library call."""
    text = engine.assembly(llvm.write(fused(METHODS[name]().rule), "double"))
    start = text.index("block_1:")
    block = text[start : text.index(".Lfunc_end", start)]
    assert any(f"p{kind}" in block for kind in ("d\t%ymm", "d\t%zmm", "d\t%xmm", "d213pd"))
    assert "pd\t" in block and "callq" not in block
