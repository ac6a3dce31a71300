"""Checkpoints resume bit for bit, and nothing but an intact one of this optimizer is read."""

from __future__ import annotations

import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import CheckpointError
from hermosis.run.optimizer import Optimizer


class Metric(hm.Hamiltonian):
    def energy(self, w: Any, X: Any, U: Any, beta: Any, L: Any) -> Any:
        kinetic = beta / (2 * hm.k) * hm.total(X**2 / (1 + w**2))
        return kinetic + self.potential(L, w, beta) + self.thermal(U, beta)


OPTIMIZERS: dict[str, Optimizer] = {
    "Momentum": optimizers.Momentum(lr=lambda step: 0.1 / (1 + step), backend="numpy"),
    "Adam": optimizers.Adam(lr=0.01, backend="numpy"),
    "NormalizedGD": optimizers.NormalizedGD(lr=0.01, backend="numpy"),
    "hot start": hm.Hamiltonian(profile=hm.HotStart()).optimizer(
        lr=0.1, momentum=0.9, integrator="[CK] D", backend="numpy"
    ),
    "leapfrog": hm.Hamiltonian().optimizer(
        step=0.1, integrator="C/2 D/2 K D/2 C/2", backend="numpy"
    ),
    "noise": hm.Hamiltonian().optimizer(
        lr=0.1, momentum=0.5, integrator="N/2 K D N/2", temperature=0.1, backend="numpy"
    ),
    "midpoint": Metric().optimizer(step=0.1, integrator="ImplicitMidpoint"),
    "Tao": Metric().optimizer(step=0.05, integrator="Tao"),
}


def loss(w: Any) -> tuple[float, Any]:
    value = sum(float(np.sum(np.cos(a.astype(float)) + a.astype(float) ** 2)) for a in w["x"])
    value += float(np.sum(w["y"] ** 4))
    return value, {"x": [2 * a - np.sin(a) for a in w["x"]], "y": 4 * w["y"] ** 3}


def start() -> dict[str, Any]:
    chance = np.random.default_rng(1)
    matrix = np.asfortranarray(chance.normal(size=(2, 3)))
    return {"x": [matrix, np.float32([0.3, -0.2])], "y": np.array(0.7)}


def bits(w: Any, state: Any) -> list[Any]:
    arrays = [*w["x"], w["y"], *(a for own in state.arrays.values() for a in own)]
    seen = [(a.dtype, a.shape, a.tobytes()) for a in arrays]
    chance = None if state.random is None else state.random.bit_generator.state
    return [seen, state.step, state.time, state.scalars, chance, list(state.arrays)]


def go(opt: Optimizer, w: Any, state: Any, steps: int) -> None:
    for _ in range(steps):
        opt.advance(w, state, loss)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_a_run_goes_on_bit_for_bit(name: str, tmp_path: Path) -> None:
    opt, w = OPTIMIZERS[name], start()
    state = opt.init(w, seed=3)
    go(opt, w, state, 3)
    path = opt.save(tmp_path / "run.npz", w, state)
    again, resumed = opt.load(path)
    assert bits(again, resumed) == bits(w, state)
    go(opt, w, state, 4)
    go(opt, again, resumed, 4)
    assert bits(again, resumed) == bits(w, state)


def test_it_is_a_numpy_archive_without_pickle(tmp_path: Path) -> None:
    opt, w = OPTIMIZERS["Adam"], start()
    path = opt.save(tmp_path / "run.npz", w, opt.init(w))
    with np.load(path, allow_pickle=False) as archive:
        assert np.array_equal(archive["w/0"], w["x"][0])
        assert all(archive[name].dtype != object for name in archive.files)
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None


def test_keys_and_nesting_come_back(tmp_path: Path) -> None:
    opt = optimizers.SGD(lr=0.1, backend="numpy")
    w = {1: [np.ones(1), (np.zeros(()),)], "two": {"three": np.ones((1, 2), np.float32)}}
    again, _ = opt.load(opt.save(tmp_path / "run.npz", w, opt.init(w)))
    assert list(again) == [1, "two"] and isinstance(again[1][1], tuple)
    assert again["two"]["three"].dtype == np.float32 and again[1][1][0].shape == ()
    strange = {(1, 2): np.ones(1)}
    with pytest.raises(CheckpointError, match=r"keys that are text or integers, not \(1, 2\)"):
        opt.save(tmp_path / "other.npz", strange, opt.init(strange))
    assert os.listdir(tmp_path) == ["run.npz"]


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    opt, w = OPTIMIZERS["Momentum"], start()
    state = opt.init(w)
    go(opt, w, state, 2)
    return opt.save(tmp_path / "run.npz", w, state)


DAMAGED = "is truncated, damaged, or no hermosis checkpoint: .* use an earlier one"


def test_truncated_files_are_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    lengths = {*range(0, len(whole), len(whole) // 18), 1, len(whole) - 33, len(whole) - 1}
    for length in lengths:
        saved.write_bytes(whole[:length])
        with pytest.raises(CheckpointError, match=DAMAGED):
            OPTIMIZERS["Momentum"].load(saved)
    saved.write_bytes(whole + b"\0")
    with pytest.raises(CheckpointError, match=DAMAGED):
        OPTIMIZERS["Momentum"].load(saved)


def test_files_with_a_flipped_bit_are_refused(saved: Path) -> None:
    whole = saved.read_bytes()
    chance = random.Random(0)
    for _ in range(40):
        place, bit = chance.randrange(len(whole)), chance.randrange(8)
        damaged = bytearray(whole)
        damaged[place] ^= 1 << bit
        saved.write_bytes(damaged)
        with pytest.raises(CheckpointError, match=DAMAGED):
            OPTIMIZERS["Momentum"].load(saved)


FOREIGN: dict[str, Callable[[Path], object]] = {
    "text": lambda path: path.write_text("epoch 3\n"),
    "empty": lambda path: path.write_bytes(b""),
    "npz": lambda path: np.savez(path, a=np.ones(3)),
    "npy": lambda path: np.save(path.open("wb"), np.ones(3)),
    "pickle": lambda path: np.savez(path, a=np.array([{}], dtype=object), allow_pickle=True),
    "a header of another kind": lambda path: np.savez(path, header=np.zeros(3), digest=np.ones(2)),
}


@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")
@pytest.mark.parametrize("kind", FOREIGN)
def test_foreign_files_are_refused(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "foreign.npz"
    FOREIGN[kind](path)
    with pytest.raises(CheckpointError, match=DAMAGED):
        OPTIMIZERS["Momentum"].load(path)


def test_folders_and_missing_files(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="is a folder, not a checkpoint"):
        OPTIMIZERS["Momentum"].load(tmp_path)
    with pytest.raises(FileNotFoundError):
        OPTIMIZERS["Momentum"].load(tmp_path / "none.npz")


def test_checkpoints_of_another_optimizer_are_refused(saved: Path, tmp_path: Path) -> None:
    due = r"\[CK\] M D, HotStart, RootMeanSquare"
    came = rf"of Momentum \(C K D, Exponential\), not of Adam \({due}\); build that"
    with pytest.raises(CheckpointError, match=came):
        OPTIMIZERS["Adam"].load(saved)
    with pytest.raises(CheckpointError, match=r"not of Hamiltonian \(C/2 D/2 K D/2 C/2, "):
        OPTIMIZERS["leapfrog"].load(saved)
    w = np.ones(2)
    plain, centered = (optimizers.RMSProp(centered=c, backend="numpy") for c in (False, True))
    path = plain.save(tmp_path / "plain.npz", w, plain.init(w))
    with pytest.raises(
        CheckpointError, match="RootMeanSquare\\), not of RMSProp .*Deviation\\); build that"
    ):
        centered.load(path)


def test_a_failing_write_leaves_the_old_file(saved: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = saved.read_bytes()
    opt, w = OPTIMIZERS["Momentum"], start()
    state = opt.init(w)

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, full)
            with pytest.raises(OSError, match="no space left"):
                opt.save(saved, w, state)
        assert saved.read_bytes() == before
        assert os.listdir(saved.parent) == ["run.npz"]
    opt.save(saved, w, state)
    assert opt.load(saved)[1].step == 0
