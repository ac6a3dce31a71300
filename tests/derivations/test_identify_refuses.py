"""What is no Hamiltonian system is refused, for the reason that is the true one."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations import textbook
from derivations.algebra.symbols import parameter
from derivations.errors import NotHamiltonianError, UpdateError
from derivations.identify import identify
from derivations.text.update import update

ADAM = "m = b1*m + (1 - b1)*g; v = b2*v + (1 - b2)*g**2;"
NAMES = ("lr", "mu", "b1", "b2", "b3", "eps", "wd", "c")


def refused(text: str) -> NotHamiltonianError:
    with pytest.raises(NotHamiltonianError) as caught:
        identify(update(text, parameters=NAMES))
    return caught.value


def test_euclidean_braking_in_adams_metric_has_a_curl():
    error = refused(ADAM + "theta = theta - lr*m/((1 + b3*norm(m)**2)*(sqrt(v) + eps))")
    assert "curl is not zero" in error.reason
    first, second = sp.symbols("v1 v2", positive=True)
    assert error.witness.subs(first, second) == 0  # one rate for both: then it is a gradient
    assert error.witness != 0


def test_the_same_braking_in_the_metric_norm_is_hamiltonian():
    text = ADAM + "theta = theta - lr*m/((1 + b3*sum(m**2/(sqrt(v) + eps)))*(sqrt(v) + eps))"
    found = identify(update(text, parameters=NAMES))
    b3 = parameter("b3")
    X = sp.Symbol("X", real=True)
    assert found.kinetic.has(sp.log) and found.kinetic.has(b3) and X is not None


@pytest.mark.parametrize("name", ["vradam", "cautious_momentum", "clipped_momentum"])
def test_foreign_textbooks_are_refused(name):
    with pytest.raises(NotHamiltonianError):
        identify(textbook.rule(name))


def test_a_cautious_mask_reads_the_gradient_beside_the_moment():
    error = refused(ADAM + "u = m/(sqrt(v) + eps); theta = theta - lr*u*where(u*g > 0, 1, 0)")
    assert "reads the gradient beside the moment" in error.reason


def test_a_trust_ratio_makes_the_step_depend_on_the_place():
    error = refused(ADAM + "u = m/(sqrt(v) + eps); theta = theta - lr*norm(theta)/norm(u)*u")
    assert "depends on where the weights are" in error.reason


def test_lars_has_a_force_of_no_potential():
    error = refused("m = mu*m + lr*norm(theta)/norm(g)*g; theta = theta - m")
    assert "no potential" in error.reason


def test_clipping_makes_a_force_of_no_potential():
    error = refused("m = mu*m + g*min(1, c/norm(g)); theta = theta - lr*m")
    assert "not driven by the gradient" in error.reason
    assert "no potential" in error.reason


def test_a_decay_that_depends_on_the_state():
    error = refused("m = mu*m + g; theta = theta*(1 - lr*wd*norm(m)) - lr*m")
    assert "decay of the weights depends on the state" in error.reason


def test_friction_that_depends_on_the_state():
    error = refused("m = mu*m/(1 + norm(m)) + g; theta = theta - lr*m")
    assert "does not relax at a rate that is a number" in error.reason


def test_a_maximum_that_fades():
    error = refused("m = b1*m + (1 - b1)*g; u = max(b2*u, abs(g)); theta = theta - lr*m/u")
    assert "maximum that also fades" in error.reason


def test_several_moments():
    error = refused("m = b1*m + g; n = b2*n + g; theta = theta - lr*(m + n)")
    assert error.reason


def test_a_friction_of_no_profile_says_which_is_near():
    error = refused("m = (t - 1)/(t + 2)*m + g; theta = theta - lr*m")
    assert "t^3" in error.reason


def test_a_refusal_is_told_in_the_names_of_the_update():
    text = "X = lr*X + n*q; w = w - momentum*X"
    rule = update(text, "w", "q", "n", parameters=("lr", "momentum"))
    with pytest.raises(NotHamiltonianError, match="the force on the moment X is weighed") as caught:
        identify(rule)
    assert str(caught.value.witness) == "n"
    text = "X = lr*X + q; w = w - momentum*X*max(0, sign(X*q))"
    rule = update(text, "w", "q", "n", parameters=("lr", "momentum"))
    with pytest.raises(NotHamiltonianError, match="beside the moment X") as caught:
        identify(rule)
    assert {str(x) for x in caught.value.witness.free_symbols} == {"X", "lr", "momentum", "q"}


def test_powers_of_time_like_those_of_bravo_agree_to_first_order_only():
    error = refused("m = m + c*t**(2*b1 - 1)*g; theta = theta - lr*t**(-b1 - 1)*m")
    assert "not covered" in error.reason and "to first order only" in error.reason


def test_ascent():
    assert "climbs" in refused("m = mu*m + g; theta = theta + lr*m").reason


def test_no_gradient():
    assert "no gradient" in refused("theta = (1 - lr)*theta").reason


def test_several_gradients():
    from derivations.reductions.derived import CLASSICAL, derived

    with pytest.raises(NotHamiltonianError, match="gradients in a step"):
        identify(derived("K/2 D K/2", CLASSICAL))


def test_chance():
    from derivations.reductions.derived import CLASSICAL, derived

    with pytest.raises(NotHamiltonianError, match="random"):
        identify(derived("N K D", CLASSICAL))


@pytest.mark.parametrize("thing", ["theta = theta - lr*g", [1, 2], None, [("a", 1)]])
def test_what_is_no_rule_is_refused(thing):
    with pytest.raises((UpdateError, TypeError)):
        identify(thing)
