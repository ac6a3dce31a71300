"""A name is given to one method alone, and what begins or changes otherwise has none."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations import textbook
from derivations.algebra.symbols import X, parameter, w
from derivations.errors import NotHamiltonianError, UndefinedNameError, UpdateError
from derivations.identify import identify
from derivations.text.update import update

NAMES = ("lr", "mu", "a", "b1", "b2", "eps", "kp", "ki", "kd", "nu")
lr, mu, eps = map(parameter, ("lr", "mu", "eps"))
V = "v = b2*v + (1 - b2)*g**2; "
MEAN = "m = b1*m + (1 - b1)*g; "
ROOT = "(sqrt(v) + eps)"
TOLD_APART = {
    "Adam, without bias correction": (MEAN + V + f"theta -= lr*m/{ROOT}", "[CK] M D"),
    "LaProp": (
        V + "m = b1*m + (1 - b1)*g/(sqrt(v/(1 - b2**t)) + eps); theta -= lr*m/(1 - b1**t)",
        "M [CK] D",
    ),
    "RMSProp, with momentum": (V + f"m = mu*m + g/{ROOT}; theta -= lr*m", "M C K D"),
    "QHM": ("m = mu*m + (1 - mu)*g; theta -= lr*((1 - nu)*g + nu*m)", "[CK] ({ahead}[CK]) D"),
}
#: Each is like one that has a name, and has other numbers.
UNNAMED = {
    "LaProp without correction": V + f"m = b1*m + (1 - b1)*g/{ROOT}; theta -= lr*m",
    "a sum of gradients in the metric": V + f"m = mu*m + g; theta -= lr*m/{ROOT}",
    "Adam with one correction": MEAN + V + "theta -= lr*m/(sqrt(v/(1 - b2**t)) + eps)",
    "the metric of the step before": MEAN + f"theta -= lr*m/{ROOT}; " + V,
}
POLYAK = "new = theta - lr*g + mu*(theta - prev); prev = theta; theta = new"


def found(text: str, **starts: str | float):
    return identify(update(text, parameters=NAMES, starts=starts))


@pytest.mark.parametrize("name", TOLD_APART)
def test_methods_that_are_alike_have_their_own_names(name):
    text, word = TOLD_APART[name]
    made = found(text)
    assert (made.name, made.word) == (name, word)
    assert made.proof.proved


@pytest.mark.slow
@pytest.mark.parametrize("what", UNNAMED)
def test_what_has_other_numbers_has_no_name(what):
    assert found(UNNAMED[what]).name is None


def test_weights_before_the_first_step_count():
    at_rest = found(POLYAK, prev="theta")
    assert (at_rest.name, at_rest.starts) == ("Momentum", ())
    from_zero = found(POLYAK)
    assert from_zero.name is None and from_zero.starts == ((X, -w / lr),)
    assert "before the first step" in from_zero.proof.steps[-1].claim
    assert "X begins at -w/lr" in str(from_zero)


@pytest.mark.parametrize(
    ("text", "starts", "due"),
    [
        ("m = mu*m + g; theta -= lr*m", {"m": 2}, 2),
        ("m = mu*m + g; theta -= lr*m", {"m": "mu/2"}, mu / 2),
        ("m = mu*m - lr*g; theta += m", {"m": "theta + 1"}, -(w + 1) / lr),
        (V + f"theta -= lr*g/{ROOT}", {"v": 1}, 1),
    ],
)
def test_a_start_is_kept_in_the_units_of_the_theory(text, starts, due):
    made = found(text, **starts)
    assert made.name is None
    ((_, begin),) = made.starts
    assert sp.simplify(begin - due) == 0


def test_a_start_that_an_average_of_all_steps_cannot_have_is_refused():
    with pytest.raises(NotHamiltonianError, match="the state v begins at a value of its own"):
        found(f"v = v + g**2; theta -= lr*g/{ROOT}", v=0.1)


@pytest.mark.parametrize(
    "starts",
    [{"new": "theta"}, {"theta": 1}, {"x": 1}, {"prev": "theta**2"}, {"prev": "norm(theta)"},
     {"prev": None}, {"prev": True}, {"prev": "1; lr = 2"}, {"prev": "theta > 1"}, ["prev"],
     {"prev": "exp(exp(exp(9)))"}, {3: 1}],
)  # fmt: skip
def test_a_start_that_is_none_is_refused(starts):
    with pytest.raises(UpdateError):
        update(POLYAK, parameters=NAMES, starts=starts)


def test_a_start_reads_what_there_is_before_the_first_step():
    with pytest.raises(UndefinedNameError, match="reads 'g'; before the first step"):
        update(POLYAK, parameters=NAMES, starts={"prev": "g"})


def test_a_first_step_of_its_own_has_no_name():
    made = identify(textbook.rule("dampened"))
    assert made.name is None and "first step apart" in made.notes[0]


@pytest.mark.parametrize("edge", ["t < 100", "t > 3", "t*t >= 50"])
def test_a_schedule_that_changes_late_is_one(edge):
    made = found(f"theta -= where({edge}, lr, lr/10)*g")
    assert made.parameters["lr"].has(sp.Piecewise)
    assert any("schedule" in note for note in made.notes)


def test_a_method_that_becomes_another_one_is_refused_with_the_step():
    with pytest.raises(NotHamiltonianError, match="from one formula to another") as caught:
        found(MEAN + V + f"theta -= lr*where(t < 100, m/{ROOT}, m)")
    assert "100" in str(caught.value.witness)


def test_radam_is_refused_with_the_test_that_turns():
    text = (
        MEAN
        + V
        + """r = 2/(1 - b2) - 1; rt = r - 2*t*b2**t/(1 - b2**t); mh = m/(1 - b1**t)
    scale = sqrt((rt - 4)*(rt - 2)*r/((r - 4)*(r - 2)*rt))*sqrt(1 - b2**t)
    theta = theta - lr*where(rt > 5, mh*scale/(sqrt(v) + eps), mh)"""
    )
    with pytest.raises(NotHamiltonianError) as caught:
        found(text)
    assert caught.value.witness.has(textbook.count)


PID = "m = b1*m + (1 - b1)*g; d = b1*d + (1 - b1)*(g - pg); pg = g; "


def test_a_controller_with_one_decay_is_qhm():
    made = found(PID + "theta -= lr*(kp*g + ki*m + kd*d)")
    assert (made.name, made.word) == ("QHM", "[CK] ({ahead}[CK]) D")
    kp, ki, kd, b = map(parameter, ("kp", "ki", "kd", "b1"))
    kept = b ** (made.parameters["ahead"] + 1)
    nu = sp.powsimp(kept) / b  # of QHM with lr(kp + ki) as its learning rate
    due = (ki - kd * (1 - b) / b) / (kp + ki)
    assert sp.simplify(nu - due) == 0
    assert sp.simplify(made.parameters["lr"] - lr * (kp + ki)) == 0
    assert made.proof.steps[0].claim.startswith("d is")


def test_a_state_that_is_a_multiple_of_another_is_no_other():
    made = found("m = mu*m + g; n = mu*n + 2*g; theta -= lr*(m + n)")
    assert (made.name, made.parameters["lr"]) == ("Momentum", 3 * lr)


def test_a_difference_term_alone_goes_against_the_gradient():
    with pytest.raises(NotHamiltonianError, match="opposite signs"):
        found("d = b1*d + (1 - b1)*(g - pg); pg = g; theta -= lr*(g + kd*d)")


def test_two_decays_stay_two_states():
    with pytest.raises(NotHamiltonianError):
        found("m = b1*m + g; n = b2*n + g; theta -= lr*(m + n)")
