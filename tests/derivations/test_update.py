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
