"""The reductions to Muon and to full metrics hold, and break with either of their sides."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sympy as sp
from sympy.core.cache import clear_cache

from derivations.algebra import matrices
from derivations.algebra.matrices import SINGULAR_VALUE, Singular
from derivations.algebra.symbols import G, X, lr, momentum, w
from derivations.proofs.proof import Proof
from derivations.reductions import PROOFS, spectral
from derivations.step.rule import Rule, textbook
from derivations.textbook.matrix import full_covariance, muon


@pytest.mark.parametrize("name", spectral.PROOFS)
def test_every_step_holds(name: str) -> None:
    proof = PROOFS[name]()
    assert [step.claim for step in proof.steps if not step.holds] == []
    assert proof.latex().count("&&") == len(proof.steps) >= 8


@pytest.fixture(autouse=True)
def forget() -> Iterator[None]:
    """SymPy remembers derivatives, also those of a broken engine."""
    clear_cache()
    yield
    clear_cache()


def broken(name: str) -> Proof:
    return spectral.PROOFS[name]()


def test_another_textbook_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    def accumulating(**options: Any) -> Rule:
        ahead = momentum * X + G  # the buffer of Jordan et al. with the look-ahead of PyTorch
        polar = Singular(sp.S.One, SINGULAR_VALUE, ahead)
        return textbook("Muon", ("moments", {X: ahead}), ("weights", {w: w - lr * polar}))

    monkeypatch.setattr(spectral, "muon", accumulating)
    assert not broken("Muon").proved


def test_another_sign_of_the_gradient_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    right: Callable[..., sp.Expr] = matrices.SingularTotal._eval_derivative
    monkeypatch.setattr(matrices.SingularTotal, "_eval_derivative", lambda *args: -right(*args))
    for name in ("nuclear norm", "Muon"):
        assert not broken(name).proved


def test_another_function_of_the_metric_is_not_proved(monkeypatch: pytest.MonkeyPatch) -> None:
    right = spectral.function_of_matrix
    monkeypatch.setattr(spectral, "function_of_matrix", lambda f, m: right(f, m).T * 2)
    assert not broken("full covariance").proved


def test_the_textbook_sides_read_as_their_papers_do() -> None:
    polar = r"\left[\mathbf{U} \mathbf{V}^{\top}\right]_{i}"
    ahead = r"\left(\mu \mathbf{X} + \left(1 - \mu\right) \nabla L\right)"
    decayed = r"\left(1 - \eta \lambda\right) w_{i}"
    assert rf"{decayed} - \eta {polar}\!{ahead}" in muon(decay=True).latex()
    metric, weights = full_covariance().latex().split(r" \\")
    assert metric.endswith(r"\partial_{i} L \, \partial_{j} L")
    assert r"\left(\mathbf{K}^{- \mathrm{exponent}} \nabla L\right)_{i}" in weights
