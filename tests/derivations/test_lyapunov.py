"""Statements about energy, volume and order are proved, and each broken constant is found out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
import sympy as sp

from derivations.algebra.symbols import G, L, U, X, beta, gamma, lamda, momentum, w
from derivations.errors import DerivationError
from derivations.proofs.inequality import AtMost
from derivations.proofs.order import ToOrder
from derivations.proofs.proof import Proof, Step
from derivations.reductions import (
    PROOFS,
    accuracy,
    caution,
    energy_balance,
    lion_energy,
    lyapunov,
    volume,
)
from derivations.reductions.lion_energy import LionK
from derivations.system import flows
from derivations.system.flows import Flow

MODULES = (energy_balance, caution, lyapunov, lion_energy, volume, accuracy)
OWN = {name: prove for module in MODULES for name, prove in module.PROOFS.items()}
PROVED = {name: prove() for name, prove in OWN.items()}
STEPS = [
    pytest.param(proof, number, id=f"{name}: {step.claim}")
    for name, proof in PROVED.items()
    for number, step in enumerate(proof.steps)
]


@pytest.mark.parametrize("name", OWN)
def test_it_is_proved(name: str) -> None:
    proof = PROVED[name]
    assert proof.proved, [step.claim for step in proof.steps if not step.holds]
    assert proof.name == name


def test_each_is_one_of_the_reductions() -> None:
    assert set(OWN) <= set(PROOFS)
    assert len(OWN) == sum(len(module.PROOFS) for module in MODULES)


@pytest.mark.parametrize(("proof", "number"), STEPS)
def test_a_broken_step_is_not_proved(proof: Proof, number: int) -> None:
    for broken in spoilt(proof.steps[number]):
        steps = (*proof.steps[:number], broken, *proof.steps[number + 1 :])
        assert not broken.holds
        assert not replace(proof, steps=steps).proved


def spoilt(step: Step) -> list[Step]:
    """A step with its sides swapped, made equal or moved apart, or with another order."""
    if step.differs:
        return [replace(step, left=step.right)]
    if isinstance(step, ToOrder):
        return [replace(step, power=step.power + 1)]
    if isinstance(step, AtMost):
        return [replace(step, left=step.right, right=step.left)]
    more = sp.ones(*step.left.shape) if isinstance(step.left, sp.MatrixBase) else sp.S.One
    return [replace(step, left=step.left + more)]


@pytest.mark.parametrize(("proof", "number"), STEPS)
def test_a_step_prints_as_a_formula(proof: Proof, number: int) -> None:
    from derivations.emit.mathematics.mathml import mathml

    step = proof.steps[number]
    assert len(step.latex()) < 700
    assert "operatorname{Along" not in step.latex() and "Written" not in step.latex()
    assert all(mathml(side).startswith("<") for side in (step.left, step.shown))


Change = Callable[[Any], Any]
Mutation = tuple[str, ModuleType | type, str, Change]


def other_sign(letter: sp.Symbol) -> Change:
    """Break the sign of one rate of a flow."""

    def broken(right: Callable[..., dict[sp.Symbol, sp.Expr]]) -> Callable[..., object]:
        def flow(*arguments: object) -> dict[sp.Symbol, sp.Expr]:
            rates = dict(right(*arguments))
            return rates | {letter: -rates[letter]}

        return flow

    return broken


def put(change: Callable[[sp.Expr], sp.Expr]) -> Change:
    """Break what a function returns."""
    return lambda right: lambda *arguments: change(right(*arguments))


def of_system(change: Callable[[Any], Any]) -> Change:
    """Break a property of Lion-K."""
    return lambda right: property(lambda self: change(right.fget(self)))


def swap(expr: sp.Expr, old: sp.Expr, new: sp.Expr) -> sp.Expr:
    found = expr.subs(old, new)
    assert found != expr
    return found


ADAM, RMSPROP = "Lyapunov function of Adam", "Lyapunov function of RMSProp"
BREGMAN = "Lyapunov function of the p-Bregman flow"
LIONS = tuple(lion_energy.PROOFS)
negative, twice = put(lambda expr: -expr), put(lambda expr: 2 * expr)
LY, LI, EB, CA = lyapunov, lion_energy, energy_balance, caution
a, b, C, p, V, t, v = LY.a, LY.b, LY.C, LY.p, LY.V, LY.t, LY.v

MUTATIONS: list[Mutation] = [
    *(("energy balance", EB, "motion", other_sign(z)) for z in (w, X, U, beta)),
    ("energy balance", EB, "friction", negative),
    ("energy balance", EB, "friction", twice),
    ("exact flows conserve", EB, "carried", put(lambda e: e.subs(U, 2 * U).subs(L, 2 * L))),
    *(("energy under a cautious mask", CA, "masked", other_sign(z)) for z in (w, X)),
    ("energy under a cautious mask", CA, "gain", negative),
    ("energy under a cautious mask", CA, "gain", twice),
    ("energy under a cautious mask", CA, "mask", put(lambda e: 1 - e)),
    ("energy under a cautious mask", CA, "mask", put(lambda e: sp.S.One)),
    *((ADAM, LY, "adam_flow", other_sign(z)) for z in (w, X, V)),
    (ADAM, LY, "adam_energy", put(lambda e: swap(e, 1 / a, 2 / a))),
    (ADAM, LY, "adam_energy", put(lambda e: swap(e, L, -L))),
    (ADAM, LY, "adam_rate", negative),
    (ADAM, LY, "adam_rate", put(lambda e: e.subs(b, 2 * b))),
    (ADAM, LY, "adam_rate", put(lambda e: e.subs(LY.eps, 2 * LY.eps))),
    *((RMSPROP, LY, "rmsprop_flow", other_sign(z)) for z in (w,)),
    (RMSPROP, LY, "rmsprop_rate", negative),
    (RMSPROP, LY, "rmsprop_rate", twice),
    *((BREGMAN, LY, "bregman_flow", other_sign(z)) for z in (w, v)),
    (BREGMAN, LY, "bregman_flow", lambda right: lambda friction=p: right(friction)),
    (BREGMAN, LY, "bregman_energy", put(lambda e: swap(e, C, 2 * C))),
    (BREGMAN, LY, "bregman_energy", put(lambda e: swap(e.doit(), t / p, t))),
    (BREGMAN, LY, "bregman_divergence", negative),
    (BREGMAN, LY, "bregman_divergence", put(lambda e: swap(e.doit(), G, -G))),
    (BREGMAN, LY, "bregman_rate", negative),
    (BREGMAN, LY, "bregman_rate", put(lambda e: swap(e, p, p + 1))),
    (BREGMAN, LY, "acceleration", twice),
    *((name, LI, "fall", negative) for name in LIONS),
    *((name, LI, "fall", twice) for name in LIONS),
    *((name, LI, "blend", put(lambda e: swap(e, lamda, -lamda))) for name in LIONS),
    *((name, LI, "blend", put(lambda e: swap(e, gamma, 2 * gamma))) for name in LIONS),
    *((name, LionK, "energy", of_system(lambda e: e + lamda * LI.f)) for name in LIONS),
    *((name, LionK, "flow", of_system(lambda e: e | {LI.x: -e[LI.x]})) for name in LIONS),
    *((name, LionK, "flow", of_system(lambda e: e | {LI.m: -e[LI.m]})) for name in LIONS),
    *((LIONS[0], LionK, name, of_system(lambda e: -e)) for name in ("first", "second")),
    (LIONS[0], LI, "ahead", lambda right: lambda slope: right(-slope)),
    ("conformal volume", volume, "momentum", lambda mu: mu**2),
    ("conformal volume", volume, "divergence", negative),
    ("volume of Nesterov's step", volume, "momentum", lambda mu: mu**2),
    ("words of first order", accuracy, "step_of", put(lambda pair: pair.subs(G, 0) * 2)),
    ("words of second order", accuracy, "flow_series", put(lambda pair: pair.subs(gamma, -gamma))),
]


@pytest.mark.parametrize("mutation", MUTATIONS, ids=lambda m: f"{m[0]}: {m[2]}")
def test_a_broken_formula_is_found(mutation: Mutation, monkeypatch: pytest.MonkeyPatch) -> None:
    name, home, formula, change = mutation
    monkeypatch.setattr(home, formula, change(getattr(home, formula)))
    assert fails(name)


BROKEN: dict[str, tuple[tuple[str, ...], Callable[[Flow], Flow]]] = {
    "D": (("words of first order", "words of second order"), lambda f: replace(f, w=2 * w - f.w)),
    "K": (("words of first order", "words of second order"), lambda f: replace(f, X=2 * X - f.X)),
    "C": (("conformal volume", "words of second order"), lambda f: replace(f, X=X**2 / f.X)),
    "S": (
        ("exact flows conserve", "decoupled weight decay as the textbook has it"),
        lambda f: replace(f, w=w**2 / f.w),
    ),
    "CK": (("exact flows conserve",), lambda f: replace(f, U=f.U.subs(L, -L))),
}


@pytest.mark.parametrize("letters", BROKEN)
def test_a_broken_flow_is_found(letters: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Flow, "verify", lambda self, law: self)
    names, spoil = BROKEN[letters]
    right = flows._FLOWS[letters]
    broken = {letters: lambda energy, law: spoil(right(energy, law))}
    monkeypatch.setattr(flows, "_FLOWS", flows._FLOWS | broken)
    for name in names:
        assert fails(name), name


def fails(name: str) -> bool:
    """Whether a statement is not proved any more, or cannot even be derived."""
    try:
        return not OWN[name]().proved
    except DerivationError:
        return True


def test_the_claims_need_their_hypotheses() -> None:
    """With a symbol of any sign in the place of a hypothesis nothing is shown."""
    free = {symbol: sp.Symbol(symbol.name, real=True) for symbol in (EB.R, EB.D, LY.D, LY.r)}
    free |= {symbol: sp.Symbol(symbol.name, real=True) for symbol in (LI.first, LI.second)}
    used = 0
    for proof in PROVED.values():
        for step in proof.steps:
            if isinstance(step, AtMost) and not step.differs:
                loose = replace(step, left=step.left.doit().xreplace(free))
                if loose.left.free_symbols & set(free.values()):
                    used += 1
                    assert not loose.holds, step.claim
    assert used == 7


def test_the_volume_of_a_step_is_that_of_its_decay() -> None:
    found = volume.determinant("C K D", volume.RELATIVISTIC, volume.any_loss(), 1).doit()
    assert sp.simplify(found - momentum) == 0
