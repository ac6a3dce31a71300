"""What is identified runs, and gives the numbers of the update carried out by hand."""

from __future__ import annotations

import numpy as np
import pytest

import hermosis as hm
from hermosis import errors

from ..derivations.updates import PARAMETERS, TEXTS, run_by_hand, typed

START = [1.0, -2.0, 0.5, -0.25]
VALUES = {name: 0.05 + 0.11 * i for i, name in enumerate(PARAMETERS)} | {"p": 1.5, "q": 2.5}
SOME = ["SGD", "Momentum", "Nesterov", "Adam", "AdamW", "Lion", "RMSProp, with momentum"]


def gradient(at):
    return [np.sin(x) + 0.3 * x for x in at]


@pytest.mark.parametrize("name", SOME)
def test_the_optimizer_is_the_update(name):
    rule = typed(name)
    found = hm.identify(rule)
    values = {n: v for n, v in VALUES.items() if n in {str(x) for x in rule.parameters}}
    optimizer = found.optimizer(**values, backend="numpy")
    weights = np.array(START)
    state = optimizer.init(weights)
    for _ in range(6):
        optimizer.step(weights, np.array(gradient(weights)), state)
    due = run_by_hand(rule, START, gradient, values, 6)
    np.testing.assert_allclose(weights, due, rtol=1e-12, atol=1e-14)


def test_the_parts_are_shown():
    found = hm.identify(hm.update(TEXTS["Adam"], parameters=("lr", "b1", "b2", "eps")))
    assert found.name == "Adam" and found.word == "[CK] M D"
    assert str(found.metric) == "sqrt(v) + eps"
    assert str(found.moments["v"]) == "G**2"
    assert found.proof.proved and "Adam" in str(found)
    assert found.latex() and found.hamiltonian is not None and found.notes == ()
    assert str(found.kinetic) == "Total(X**2)/2" and str(found.profile.start) == "0"


def test_a_parameter_that_is_missing_or_strange_is_named():
    found = hm.identify(hm.update("theta = theta - lr*g", parameters=("lr",)))
    with pytest.raises(errors.HyperparameterError, match="lr"):
        found.optimizer()
    with pytest.raises(errors.HyperparameterError, match="no parameter 'eta'"):
        found.optimizer(lr=0.1, eta=0.2)


def test_errors_are_public():
    with pytest.raises(errors.UndefinedNameError):
        hm.update("theta = theta - lr*g")
    with pytest.raises(errors.UpdateError):
        hm.update("theta")
    with pytest.raises(errors.NotHamiltonianError) as caught:
        hm.identify(hm.update("theta = theta + lr*g", parameters=("lr",)))
    assert "climbs" in caught.value.reason
