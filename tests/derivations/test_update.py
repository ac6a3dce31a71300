"""Updates as text: read as a programmer reads them, and nothing of them is run."""

from __future__ import annotations

import contextlib

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.algebra.symbols import Component, G, parameter, w
from derivations.errors import DerivationError, UndefinedNameError, UpdateError
from derivations.text.update import update
from derivations.textbook import count

lr, mu = parameter("lr"), parameter("mu")


def test_lines_are_carried_out_in_order():
    rule = update("m = mu*m + g; theta = theta - lr*m", parameters="mu, lr")
    m = Component("m")
    assert rule.one_stage() == {m: mu * m + G, w: w - lr * (mu * m + G)}


def test_names_may_be_any():
    rule = update("x = x - eta*d*n", weights="x", gradient="d", step="n", parameters=("eta",))
    assert rule.one_stage() == {w: w - parameter("eta") * G * count}


@pytest.mark.parametrize("hard", ["G", "w", "X", "noise", "noise_1", "work", "i", "count", "np"])
def test_names_that_the_engine_uses_are_set_apart(hard):
    rule = update(f"{hard} = mu*{hard} + g; theta = theta - lr*{hard}", parameters="mu,lr")
    (state,) = rule.states
    assert state not in (w, G)
    assert rule.one_stage()[w] == w - lr * (mu * state + G)


def test_a_gradient_may_be_given_anew():
    rule = update("g = g + lr*theta; theta = theta - g", parameters=("lr",))
    assert rule.one_stage()[w] == w - (G + lr * w)


def test_functions_and_augmented_assignment():
    rule = update("theta -= max(abs(g), dot(g, g))*sign(sqrt(norm(g)))")
    assert rule.one_stage()[w].has(sp.Max, sp.Abs, sp.sign)


def test_an_undefined_name_is_named_with_what_is_known():
    with pytest.raises(
        UndefinedNameError, match="'mo' in 'theta = theta - lr \\* mo'.*lr, m, mu, t"
    ):
        update("m = mu*m + g; theta = theta - lr*mo", parameters=("mu", "lr"))


def test_without_parameters_a_hyperparameter_is_undefined():
    with pytest.raises(UndefinedNameError, match="parameters="):
        update("theta = theta - lr*g")


@pytest.mark.parametrize(
    "text",
    [
        "", "theta", "theta = ", "import os", "theta = theta.__class__", "theta = g[0]",
        "theta = (lambda: 1)()", "theta = __import__('os').system('true')", "theta = 'g'",
        "theta = eval('g')", "theta = exec(g)", "theta = open(g)", "theta, m = g, g",
        "theta = m = g", "theta = [g]", "theta = g if g else g", "theta = g; del g",
        "for i in g: theta = i", "theta = sqrt(g, g)", "theta = sqrt(x=g)", "theta = sqrt(*g)",
        "theta = g > 0", "theta = (g > 0)*g", "theta = where(g, g, g)", "theta = 1/0",
        "theta = log(0)", "theta = g**10**10", "theta = 64**64**64", "theta = 1e999*g",
        "theta = 1j*g", "theta = True", "theta = g @ g", "theta = g // 2", "theta = g % 2",
        "theta = f'{g}'", "theta := g", "m = g", "norm = g; theta = g", "theta = -" + "-" * 500,
        "theta = g" + "+g" * 5000, "theta = " + "(" * 300 + "g" + ")" * 300 + "+",
    ],
)  # fmt: skip
def test_what_is_no_list_of_formulas_is_refused(text):
    with pytest.raises(UpdateError):
        update(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("theta = theta - max(exp(exp(exp(100))), 2)*g", "a number that no update needs"),
        ("theta = theta - min(2, exp(-exp(9)))*g", "a number that no update needs"),
        ("theta = theta - exp(64)**64*g", "a number that no update needs"),
        ("theta = theta - g*exp(600)*g*exp(600)", "a number that no update needs"),
        ("theta = theta - sqrt(1 - 2)*g", "a number that is not real"),
        ("theta = theta - log(2 - 3)*g", "a number that is not real"),
        ("theta = theta - g**64*g**64", "an exponent above 64"),
        ("theta = theta - ((g**64)**64)**64", "an exponent above 64"),
        ("theta = theta - (g + lr + 1 + theta)**40", "terms when it is multiplied out"),
        ("theta = theta - norm(" + "*".join(f"(g + lr + {i})" for i in range(1, 9)) + ")",
         "terms when it is multiplied out"),
        ("theta = theta - where((g > 0) > 1, g, 1)", "compares a comparison"),
    ],
)  # fmt: skip
def test_what_stands_for_too_much_is_refused(text, said):
    with pytest.raises(UpdateError, match=said):
        update(text, parameters=("lr",))


@pytest.mark.parametrize(
    ("formula", "due"),
    [
        ("max(exp(100), 2)", sp.exp(100)),
        ("min(sqrt(2), 1.5)", sp.sqrt(2)),
        ("where(sqrt(2) > 1.5, 1, 2)", 2),
        ("where(exp(2) >= 7, 1, 2)", 1),
        ("sum(3)*0 + 1", 1),
    ],
)
def test_numbers_are_compared_by_their_values(formula, due):
    assert update(f"theta = theta - ({formula})*g").one_stage()[w] == w - due * G


def test_the_number_of_components_is_no_plain_number():
    from derivations.algebra.components import Total

    assert not Total(sp.S.One).is_number
    rule = update("theta = theta - where(sum(1) > abs(g), g, 1)*lr", parameters=("lr",))
    assert rule.one_stage()[w].has(Total(sp.S.One))


@pytest.mark.parametrize("own", ["t", "tau", "count", "L", "U", "w", "G"])
def test_names_of_the_step_are_set_apart_from_all_others(own):
    names = (own, f"{own}_", f"{own}__")
    text = "; ".join(f"{n} = lr*{n} + g" for n in names) + f"; x = x - {' - '.join(names)}"
    rule = update(text, weights="x", step="n", parameters=("lr",))
    assert len(rule.states) == 3 and not {w, G} & set(rule.states)
    rule = update(f"x = x - ({' + '.join(names)})*g", weights="x", step="n", parameters=names)
    assert len(rule.parameters) == 3 and not {own} & {x.name for x in rule.parameters}
    assert {shown for x, shown in rule.names if x in rule.parameters} == set(names)


@pytest.mark.parametrize("parameters", [("lr", "lr"), ("g",), ("1x",), ("sqrt",), (3,)])
def test_names_that_cannot_be_are_refused(parameters):
    with pytest.raises(UpdateError):
        update("theta = theta - g", parameters=parameters)


def test_a_parameter_is_not_assigned():
    with pytest.raises(UpdateError, match="a name of its own"):
        update("lr = lr/2; theta = theta - lr*g", parameters=("lr",))


@settings(max_examples=60, deadline=None)
@given(st.text(alphabet="thetagm=+-*/().;,0123456789 \n_'\"[]{}<>:", max_size=60))
def test_any_text_is_read_or_refused_by_name(text):
    with contextlib.suppress(DerivationError):
        update(text)
