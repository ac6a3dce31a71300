"""Energies and losses by cases: from H over the derivation to steps in every language."""

import math
import xml.dom.minidom
from typing import Any

import jax
import numpy as np
import pytest
import scipy.special

import hermosis as hm

D, LR, MU = 0.8, 0.1, 0.5
GRADIENTS = (np.array([3.0, 0.0, -0.5, 0.8]), np.zeros(4), np.array([-2.0, 1e-9, 5.0, 0.1]))


class Smaller(hm.Hamiltonian):
    d: float = D

    def kinetic(self, X: Any, beta: Any) -> Any:
        m = hm.Min(hm.Abs(X), self.d)
        return beta / hm.k * hm.total(m * (hm.Abs(X) - m / 2))


class Pieces(hm.Hamiltonian):
    d: float = D

    def kinetic(self, X: Any, beta: Any) -> Any:
        far = self.d * (hm.Abs(X) - self.d / 2)
        return beta / hm.k * hm.total(hm.Piecewise((X**2 / 2, hm.Abs(X) < self.d), (far, True)))


class Norm(hm.Hamiltonian):
    d: float = D

    def kinetic(self, X: Any, beta: Any) -> Any:
        n = hm.sqrt(hm.norm2(X))
        return beta / hm.k * hm.where(n < self.d, n**2 / 2, self.d * (n - self.d / 2))


class DeadZone(hm.Hamiltonian):
    """Its logarithm has no value in the branch that is not taken."""

    d: float = D

    def kinetic(self, X: Any, beta: Any) -> Any:
        x = hm.Abs(X) / self.d
        outside = (hm.Abs(X) > self.d) | (hm.Abs(X) > 2 * self.d)
        return beta / hm.k * hm.total(hm.where(outside, x * hm.log(x) - x + 1, 0))


def clipped(x: np.ndarray) -> np.ndarray:
    return np.clip(x, -D, D)


def shortened(x: np.ndarray) -> np.ndarray:
    return x * min(1.0, D / max(float(np.linalg.norm(x)), 1e-300))


def dead(x: np.ndarray) -> np.ndarray:
    return np.sign(x) * np.log(np.maximum(np.abs(x) / D, 1.0)) / D


VELOCITIES = {Smaller: clipped, Pieces: clipped, Norm: shortened, DeadZone: dead}


def due(kind: type[hm.Hamiltonian]) -> np.ndarray:
    w, x = np.ones(4), np.zeros(4)
    for gradient in GRADIENTS:
        x = MU * x + gradient
        w = w - LR * VELOCITIES[kind](x)
    return w


@pytest.mark.filterwarnings("ignore::hermosis.errors.NonConvexKineticWarning")
@pytest.mark.parametrize("kind", VELOCITIES)
@pytest.mark.parametrize("backend", ["numpy", "llvm", "numba"])
def test_steps(kind: type[hm.Hamiltonian], backend: str) -> None:
    optimizer = kind().optimizer(lr=LR, momentum=MU, backend=backend)
    w = np.ones(4)
    state = optimizer.init(w)
    with np.errstate(all="raise"):
        for gradient in GRADIENTS:
            optimizer.step(w, gradient, state)
    np.testing.assert_allclose(w, due(kind), rtol=1e-14)


@pytest.mark.parametrize("kind", VELOCITIES)
@pytest.mark.parametrize("backend", ["jax", "torch"])
def test_emitted_sources(kind: type[hm.Hamiltonian], backend: str) -> None:
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    space: dict[str, Any] = {}
    exec(kind().rule().source(backend), space)
    array = torch.tensor if backend == "torch" else jax.numpy.asarray
    with jax.enable_x64(True):
        w, x = array(np.ones(4)), array(np.zeros(4))
        for gradient in GRADIENTS:
            w, x = space["step"](w, x, array(gradient), d=D, lr=LR, momentum=MU)
    np.testing.assert_allclose(np.asarray(w), due(kind), rtol=1e-14)


@pytest.mark.parametrize("kind", VELOCITIES)
def test_derivation_and_proofs(kind: type[hm.Hamiltonian], tmp_path: Any) -> None:
    kind().derivation().write(tmp_path / "whole.md")  # which confirms every step of it
    assert "begin{cases}" in (tmp_path / "whole.md").read_text()
    assert all(proof.proved for proof in kind().reductions())
    assert xml.dom.minidom.parseString(kind().rule().mathml()).getElementsByTagName("mtext")


def test_energy_is_conserved_through_cases() -> None:
    loss = hm.symbolic(lambda x: x**2 / 2)
    system = Pieces(profile=hm.Constant())
    drifts = []
    for step in (0.1, 0.05):
        run = hm.minimize(
            loss, [3.0], system.optimizer(step=step, integrator="C/2 D/2 K D/2 C/2"),
            steps=round(5 / step), ledger=True,
        )  # fmt: skip
        drifts.append(float(np.max(np.abs(run.trace.energy - run.trace.energy[0]))))
    assert drifts[1] < drifts[0] / 2.5


@pytest.mark.parametrize("size", [0.3, -0.3, 4.0, -4.0])
def test_losses_by_cases(size: float) -> None:
    value, slope = hm.symbolic(
        lambda x: hm.Piecewise((x**2 / 2, hm.Abs(x) < D), (D * (hm.Abs(x) - D / 2), True))
    )(np.array([size]))
    assert value == pytest.approx(scipy.special.huber(D, size), rel=1e-15)
    assert slope[0] == pytest.approx(float(np.clip(size, -D, D)), rel=1e-15)
    value, slope = hm.symbolic(lambda x: hm.where(x > 0, x * hm.log(x), x**2))(np.array([size]))
    wanted = (size * math.log(size), math.log(size) + 1) if size > 0 else (size**2, 2 * size)
    assert (value, slope[0]) == pytest.approx(wanted, rel=1e-15)
