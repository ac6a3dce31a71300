"""Every textbook update is found again: as it is typed, and as scrambled as it can be written."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations import textbook
from derivations.algebra.arrays import nuclear
from derivations.algebra.components import Total, slope
from derivations.algebra.symbols import G, X, beta, k, parameter
from derivations.identify import identify
from derivations.proofs.proof import equal
from derivations.system import energies
from derivations.text.update import update

from .updates import TEXTS, scrambled, typed

#: Those whose scrambled forms take little time.
QUICK = [name for name in TEXTS if not name.startswith(("Ada", "AMS", "RMS", "Hamil"))]
lr, mu, b1, b2, eps = map(parameter, ("lr", "mu", "b1", "b2", "eps"))


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_found_as_typed(name):
    found = identify(typed(name))
    assert found.name == name
    assert found.proof.proved


@pytest.mark.parametrize("name", [*QUICK, "Adam, L2 weight decay", "RMSProp"])
def test_it_is_found_scrambled(name):
    found = identify(scrambled(name, 1))
    assert found.name == name
    assert found.proof.proved


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 8))
@pytest.mark.parametrize("name", TEXTS)
def test_it_is_found_however_it_is_scrambled(name, seed):
    assert identify(scrambled(name, seed)).name == name


def test_muon_is_the_nuclear_norm():
    text = """M = mu*M + (1 - mu)*g
    theta = (1 - lr*wd)*theta - lr*polar(mu*M + (1 - mu)*g)"""
    found = identify(update(text, parameters=("lr", "mu", "wd")))
    assert (found.name, found.word) == ("Muon", "[CK] ([CK]) S D")
    assert found.kinetic == nuclear(X)


def test_the_quartic_energy_is_named():
    text = """m = mu*m + g; s = 2*sqrt(a/(3*b))*sinh(asinh(3*norm(m)/(2*a)*sqrt(3*b/a))/3)
    theta = theta - lr*m/(a + b*s**2)"""
    found = identify(update(text, parameters=("lr", "mu", "a", "b")))
    assert found.name == "Quartic" and found.parameters["lr"] == lr
    due = energies.quartic(X, sp.S.One, parameter("a"), parameter("b")) * k
    assert sp.expand(found.kinetic - due) == 0


def test_the_exact_step_of_p_bregman_is_found():
    text = """x = ((n - 1)/n)**(p + 1)*x + C*p*(n**(2*p) - (n - 1)**(2*p))/(2*n**(p + 1))*g
    theta = theta - lr*x"""
    found = identify(update(text, step="n", parameters=("p", "C", "lr")))
    p, C = parameter("p"), parameter("C")
    assert (found.name, found.word) == ("Bregman", "[CK] D")
    assert equal(found.profile.rate, (p + 1) * beta ** (p / (p + 1)))
    assert equal(found.profile.weight, beta ** ((2 * p - 1) / (p + 1)))
    assert equal(found.parameters["lr"], lr * C * p**2)


def test_results_are_told_in_the_names_of_the_update():
    text = "momentum = lr*momentum + g**2; theta = theta - X/sqrt(n)*g/(sqrt(momentum) + ahead)"
    found = identify(update(text, step="n", parameters=("lr", "X", "ahead")))
    assert "n)" in str(found) and "count" not in str(found)
    assert not any(x in str(found) for x in ("lr_", "momentum_", "ahead_", "n_"))


def test_a_state_that_is_called_like_a_letter_of_the_theory_is_explained():
    text = "X = b2*X + (1 - b2)*g**2; theta = theta - lr*g/(sqrt(X) + eps)"
    found = identify(update(text, parameters=("lr", "b2", "eps")))
    assert "X_ is the update's own X, not the theory's letter X" in found.notes


def test_a_rule_that_the_engine_composed_is_found():
    from derivations.reductions.derived import derived

    delta = parameter("delta")
    found = identify(derived("C K D", energies.relativistic(X, beta, delta)))
    assert equal(slope(found.kinetic, X), X / sp.sqrt(1 + delta * Total(X**2)))


def test_pairs_of_symbols_and_expressions_are_read():
    from derivations.algebra.symbols import Component, w

    m = Component("m")
    found = identify([(m, mu * m + G), (w, w - lr * m)])
    assert found.name == "Momentum"


def test_adam_is_what_the_theory_says():
    found = identify(typed("Adam"))
    v = found.metric.states[0]
    assert found.word == "[CK] M D"
    assert found.profile.rate == parameter("gamma") * (beta + 1)
    assert found.profile.start == 0
    assert found.metric.tensor == sp.sqrt(v) + eps
    assert found.metric.averages == ((v, G**2),)
    assert found.parameters == {"lr": lr, "momentum": b1, "averaging": b2}
    assert found.energy.kinetic == beta / (2 * k) * Total(X**2 / (sp.sqrt(v) + eps))


def test_lion_looks_ahead_by_the_ratio_of_the_logarithms():
    found = identify(typed("Lion"))
    assert found.parameters["ahead"] == sp.log(b1) / sp.log(b2) - 1
    assert found.kinetic == Total(sp.Abs(X))


def test_a_new_method_has_no_name_but_a_proof():
    found = identify(update("m = mu*m + g\ntheta = theta - lr*tanh(3*m)", parameters=("mu", "lr")))
    assert found.name is None
    assert equal(slope(found.kinetic, X), sp.tanh(3 * X))
    assert found.proof.proved


def test_quasi_hyperbolic_momentum_looks_ahead():
    text = "m = b*m + (1 - b)*g; theta = theta - lr*((1 - nu)*g + nu*m)"
    found = identify(update(text, parameters=("lr", "b", "nu")))
    assert equal(found.parameters["ahead"], sp.log(parameter("nu")) / sp.log(parameter("b")))


def test_clipped_descent_without_momentum_has_the_energy_of_a_capped_speed():
    text = "theta = theta - lr*g*min(1, c/norm(g))"
    found = identify(update(text, parameters=("lr", "c")))
    assert "overdamped" in found.notes[0]


def test_weights_of_the_step_before_are_a_moment():
    polyak = "new = theta - lr*g + mu*(theta - old); old = theta; theta = new"
    start = {"old": "theta"}
    assert identify(update(polyak, parameters=("lr", "mu"), starts=start)).name == "Momentum"
    nesterov = "new = theta - lr*g; theta = new + mu*(new - x); x = new"
    start = {"x": "theta"}
    assert identify(update(nesterov, parameters=("lr", "mu"), starts=start)).name == "Nesterov"


def test_adams_efficient_form_has_its_epsilon_grow():
    text = """m = b1*m + (1 - b1)*g; v = b2*v + (1 - b2)*g**2
    theta = theta - lr*sqrt(1 - b2**t)/(1 - b1**t)*m/(sqrt(v) + eps)"""
    found = identify(update(text, parameters=("lr", "b1", "b2", "eps")))
    assert found.proof.proved
    assert found.metric.tensor.has(parameter("beta_g"))


def test_a_schedule_goes_to_the_learning_rate():
    found = identify(update("m = mu*m + g\ntheta = theta - lr/sqrt(t)*m", parameters=("lr", "mu")))
    assert found.parameters["lr"] == lr / sp.sqrt(textbook.count)
    assert any("schedule" in note for note in found.notes)


def test_power_law_friction_is_a_profile():
    found = identify(update("m = ((t - 1)/t)**3*m + g\ntheta = theta - lr*m", parameters=("lr",)))
    assert found.profile.start == 0
    assert found.profile.mass == sp.Symbol("t", nonnegative=True) ** 3


def test_a_kinetic_energy_that_is_not_convex_is_said_to_be():
    assert any("not convex" in note for note in identify(typed("Braking")).notes)


def test_a_result_reads_and_prints():
    found = identify(typed("AdamW"))
    assert "AdamW" in str(found) and "metric" in str(found) and "proved" in str(found)
    assert found.latex().startswith(r"\begin{aligned}")
