"""The derivation of a user's own Hamiltonian, from its energy to its source code."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derivations.algebra.components import norm2, total
from derivations.algebra.symbols import G, L, U, X, beta, c, gamma, h, k, parameter, w
from derivations.book import derivation as module
from derivations.book.derivation import derivation
from derivations.errors import ProofError
from derivations.proofs.proof import Proof, Step
from derivations.step.composition import compose
from derivations.step.rule import textbook
from derivations.system.energy import Energy
from derivations.system.flows import Flow
from derivations.system.thermal import ThermalLaw

delta = parameter("delta")
KINETIC = {
    "soft sign": total(sp.log(sp.cosh(delta * X))) / delta**2,
    "relativistic": norm2(X) / (1 + sp.sqrt(1 + delta * norm2(X))),
    "sign": total(sp.Abs(X)),
}
LAWS = {
    "exponential": ThermalLaw(gamma * beta),
    "constant": ThermalLaw(sp.S.Zero),
    "power": ThermalLaw(3 * beta ** sp.Rational(2, 3), start=sp.S.Zero),
    "hot start": ThermalLaw(gamma * (beta + 1), start=sp.S.Zero, weight=beta + 1),
}
TITLES = ["Hamiltonian", "Hermosis equations", "Thermal profile", "Exact flows"]


def derived(kinetic: str, law: str, word: str):
    profile = LAWS[law]
    potential = profile.weight * c**2 / k * L
    energy = Energy(beta / k * KINETIC[kinetic], potential, h / k * U * profile.rate)
    return derivation("Mine", energy, profile, compose(word, energy, profile))


@pytest.mark.parametrize("kinetic", KINETIC)
@pytest.mark.parametrize("word", ("C K D", "C/2 D/2 K D/2 C/2", "[CK] D"))
def test_every_step_of_a_derivation_holds(kinetic, word):
    document = derived(kinetic, "exponential", word)
    document.verify()
    assert [section.title for section in document.sections][:4] == TITLES
    assert document.sections[-1].title == "Source code"
    assert document.checks > 10


@pytest.mark.parametrize("law", LAWS)
def test_every_thermal_profile_is_verified(law):
    derived("relativistic", law, "C K D").verify()


@pytest.mark.parametrize("suffix", ("tex", "html", "md"))
def test_a_derivation_is_written(suffix, tmp_path):
    path = derived("soft sign", "exponential", "C K D").write(tmp_path / f"mine.{suffix}")
    assert "def step" in path.read_text() or r"def\ step" in path.read_text()


def test_a_wrong_flow_is_not_confirmed(monkeypatch):
    right = module.flow

    def wrong(letters: str, energy: Energy, law: ThermalLaw) -> Flow:
        found = right(letters, energy, law)
        return replace(found, w=2 * w - found.w)

    monkeypatch.setattr(module, "flow", wrong)
    with pytest.raises(ProofError, match="section 'Exact flows'"):
        derived("relativistic", "exponential", "C K D").verify()


def test_a_wrong_rule_is_not_confirmed(monkeypatch):
    right = module.compose

    def wrong(*arguments, **options):
        rule = right(*arguments, **options)
        first, *others = rule.stages
        return replace(rule, stages=tuple(others))

    monkeypatch.setattr(module, "compose", wrong)
    with pytest.raises(ProofError, match="the whole step begins along the Hermosis equations"):
        derived("relativistic", "exponential", "C K D").verify()


def test_reductions_are_shown_and_checked():
    law = LAWS["exponential"]
    energy = Energy(beta / k * KINETIC["sign"], beta * c**2 / k * L, h / k * U * law.rate)
    rule = compose("C K D", energy, law)
    good = Proof("a name", "a claim", (Step("it is so", "algebra", X + X, 2 * X),))
    document = derivation("Mine", energy, law, rule, (good,))
    document.verify()
    assert "What it reduces to" in [section.title for section in document.sections]
    bad = replace(good, steps=(Step("it is so", "algebra", X, 2 * X),))
    with pytest.raises(ProofError, match="What it reduces to"):
        derivation("Mine", energy, law, rule, (bad,)).verify()


def test_a_rule_without_a_word_is_shown_as_it_is():
    law = LAWS["constant"]
    energy = Energy(beta / k * KINETIC["sign"], beta * c**2 / k * L, sp.S.Zero)
    document = derivation("Plain", energy, law, textbook("plain", ("D", {w: w - G})))
    document.verify()
    assert "Exact flows" not in [section.title for section in document.sections]
