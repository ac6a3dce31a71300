"""What is identified has the numbers of the libraries' own methods, and of the update by hand."""

from __future__ import annotations

import copy
import pickle
import warnings
from functools import lru_cache

import numpy as np
import pytest

import hermosis as hm
from hermosis import errors

from ..derivations.updates import run_by_hand

START = [1.0, -2.0, 0.5, -0.25]
NAMES = {"lr": 0.05, "mu": 0.8, "b1": 0.9, "b2": 0.99, "eps": 1e-3, "d": 0.4, "gam": 0.7, "nu": 0.6}
V, M = "v = b2*v + (1 - b2)*g**2; ", "m = b1*m + (1 - b1)*g; "
STEPS = 12


def gradient(at):
    return [np.sin(x) + 0.3 * x for x in at]


def read(text, **starts):
    given = {name: value for name, value in starts.items() if value is not None}
    return hm.update(text, parameters=tuple(NAMES), starts=given)


@lru_cache
def identified(text, **starts):
    return hm.identify(read(text, **starts))


def stepped(text, backend="numpy", **starts):
    found = identified(text, **starts)
    known = {"lr", *map(str, found.rule.parameters)}
    optimizer = found.optimizer(backend=backend, **{n: v for n, v in NAMES.items() if n in known})
    weights = np.array(START)
    state = optimizer.init(weights)
    for _ in range(STEPS):
        optimizer.step(weights, np.array(gradient(weights)), state)
    return weights


def of_optax(name):
    jax = pytest.importorskip("jax", reason="JAX is an extra")
    optax = pytest.importorskip("optax", reason="optax is an extra")
    lr, b1, b2, eps = (NAMES[n] for n in ("lr", "b1", "b2", "eps"))
    made = {
        "adam": lambda: optax.adam(lr, b1, b2, eps),
        "nesterov": lambda: optax.sgd(lr, NAMES["mu"], nesterov=True),
        "lion": lambda: optax.lion(lr, b1, b2, weight_decay=0.0),
        "amsgrad": lambda: optax.amsgrad(lr, b1, b2, eps),
    }[name]()
    with jax.enable_x64(True) if hasattr(jax, "enable_x64") else jax.experimental.enable_x64():
        weights = jax.numpy.asarray(START)
        state = made.init(weights)
        for _ in range(STEPS):
            grad = jax.numpy.asarray(gradient(np.asarray(weights)))
            change, state = made.update(grad, state, weights)
            weights = optax.apply_updates(weights, change)
        return np.asarray(weights)


def of_torch(name):
    torch = pytest.importorskip("torch", reason="PyTorch is an extra")
    lr, b1, b2, eps = (NAMES[n] for n in ("lr", "b1", "b2", "eps"))
    weights = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    made = {
        "rmsprop": lambda: torch.optim.RMSprop([weights], lr, b2, eps, momentum=NAMES["mu"]),
        "momentum": lambda: torch.optim.SGD([weights], lr, momentum=NAMES["mu"]),
        "adamw": lambda: torch.optim.AdamW([weights], lr, (b1, b2), eps, weight_decay=0.3),
    }[name]()
    for _ in range(STEPS):
        weights.grad = torch.tensor(gradient(weights.detach().numpy()), dtype=torch.float64)
        made.step()
    return weights.detach().numpy()


STEP = "theta = theta - lr*m"
ROOT = "(sqrt(v/(1 - b2**t)) + eps)"
LIBRARIES = {
    "adam": (of_optax, M + V + f"theta -= lr*m/(1 - b1**t)/{ROOT}"),
    "nesterov": (of_optax, "m = mu*m + g; theta -= lr*(g + mu*m)"),
    "lion": (of_optax, "theta -= lr*sign(b1*m + (1 - b1)*g); m = b2*m + (1 - b2)*g"),
    "amsgrad": (
        of_optax,
        M + V + "r = max(r, v/(1 - b2**t)); theta -= lr*m/(1 - b1**t)/(sqrt(r) + eps)",
    ),
    "rmsprop": (of_torch, V + "m = mu*m + g/(sqrt(v) + eps); " + STEP),
    "momentum": (of_torch, "new = theta - lr*g + mu*(theta - old); old = theta; theta = new"),
    "adamw": (of_torch, M + V + f"theta -= lr*(m/(1 - b1**t)/{ROOT} + 0.3*theta)"),
}


@pytest.mark.parametrize("name", LIBRARIES)
def test_it_steps_as_the_library_does(name):
    library, text = LIBRARIES[name]
    old = "theta" if "old" in text else None
    np.testing.assert_allclose(stepped(text, old=old), library(name), rtol=1e-9)


BY_HAND = {
    "a schedule": ("theta = theta - lr/sqrt(t)*g", {}),
    "a late one": ("m = mu*m + g; theta = theta - where(t < 5, lr, lr/10)*m", {}),
    "Huber": ("m = mu*m + g; theta = theta - lr*max(-d, min(d, m))", {}),
    "where": ("m = mu*m + g; theta = theta - lr*where(abs(m) > d, d*sign(m), m)", {}),
    "Sophia": (M + V + "theta = theta - lr*max(-1, min(1, m/max(gam*v, eps)))", {}),
    "QHM": (M + "d1 = b1*d1 + (1 - b1)*(g - pg); pg = g; theta -= lr*(g + nu*m + d1/9)", {}),
    "LaProp": (
        V + f"m = b1*m + (1 - b1)*g/{ROOT}; theta = theta - lr*m/(1 - b1**t)", {},
    ),
    "from zero": ("new = theta - lr*g + mu*(theta - old); old = theta; theta = new", {}),
    "from one": (V + "theta = theta - lr*g/(sqrt(v) + eps)", {"v": 1}),
    "from a moment": ("m = mu*m + g; theta = theta - lr*m", {"m": "theta/2 - mu"}),
}  # fmt: skip


def by_hand(text, starts):
    from derivations.algebra.symbols import parameter, w

    rule = read(text, **starts)
    at = {w: START, **{parameter(name): [value] * 4 for name, value in NAMES.items()}}
    begin = {
        symbol: [complex(formula.subs({x: value[i] for x, value in at.items()})) for i in range(4)]
        for symbol, formula in rule.starts
    }
    return run_by_hand(rule, START, gradient, NAMES, STEPS, begin)


@pytest.mark.parametrize("backend", ["numpy", "numba", "llvm"])
@pytest.mark.parametrize("name", BY_HAND)
def test_it_steps_as_the_update_by_hand(name, backend):
    text, starts = BY_HAND[name]
    due = by_hand(text, starts)
    np.testing.assert_allclose(stepped(text, backend, **starts), due, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("text", [BY_HAND[n][0] for n in ("Huber", "from zero", "Sophia")])
def test_it_can_be_copied_and_sent(text):
    found = identified(text)
    for other in (copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert other == found and str(other) == str(found) and other.proof.proved
    known = {n: v for n, v in NAMES.items() if n in map(str, found.rule.parameters)}
    one = found.optimizer(**known, backend="numpy")
    other = pickle.loads(pickle.dumps(one))
    here, there = np.array(START), np.array(START)
    for optimizer, weights in ((one, here), (other, there)):
        state = optimizer.init(weights)
        optimizer.step(weights, np.array(gradient(weights)), state)
    assert np.array_equal(here, there)


def test_a_refusal_can_be_sent():
    with pytest.raises(errors.NotHamiltonianError) as caught:
        hm.identify(read("theta = theta + lr*g"))
    other = pickle.loads(pickle.dumps(caught.value))
    assert (other.reason, other.witness) == (caught.value.reason, caught.value.witness)


@pytest.mark.parametrize(
    ("name", "value"), [("mu", 1.5), ("mu", -0.1), ("lr", -1.0), ("lr", "x"), ("lr", float("nan"))]
)
def test_a_parameter_out_of_its_range_is_refused(name, value):
    found = hm.identify(read("m = mu*m + g; theta = theta - lr*m"))
    with pytest.raises(errors.HyperparameterError, match=name):
        found.optimizer(**{"mu": 0.9, "lr": 0.1, name: value})


def test_a_start_needs_plain_numbers():
    found = hm.identify(read(BY_HAND["from zero"][0]))
    optimizer = found.optimizer(lr=np.full(4, 0.1), mu=0.9)
    with pytest.raises(errors.HyperparameterError, match="X begins at"):
        optimizer.init(np.array(START))


#: What each built-in rule is found to be; None where it is refused, with what the refusal says.
BUILT_IN = {
    "SGD": "SGD", "Momentum": "Momentum", "Nesterov": "Nesterov", "MovingAverage": "MovingAverage",
    "Accumulated": "Accumulated", "SignSGD": "SignSGD", "Lion": "Lion", "Muon": "Muon",
    "RMSProp": "RMSProp", "Quartic": "Quartic", "HamiltonianDescent": "HamiltonianDescent",
    "Adam": "Adam", "AdamW": "AdamW", "AMSGrad": "Adam, amsgrad", "AdaBelief": "AdaBelief",
    "Bregman": "Bregman", "NormalizedGD": None, "LionK": None, "CovariantGradient": None,
    "VRAdam": None,
}  # fmt: skip
REFUSED = {
    "NaturalGradient": "a row and a column for each component",
    "Relativistic": "drifts more than once",
    "RestMass": "does not relax at a rate that is a number",
    "PaperRelativistic": "number of the step",
}
SLOW = {"Adam", "AdamW", "AMSGrad", "AdaBelief", "Bregman", "CovariantGradient", "VRAdam", "LionK",
        "HamiltonianDescent"}  # fmt: skip


def built_in(name):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a kinetic energy that is not convex
        settings = {} if name == "PaperRelativistic" else {"lr": 0.1}
        return getattr(hm.optimizers, name)(**settings).rule


@pytest.mark.parametrize(
    "name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in BUILT_IN]
)
def test_a_built_in_rule_is_found(name):
    found = hm.identify(built_in(name))
    assert found.name == BUILT_IN[name] and found.proof.proved


@pytest.mark.parametrize("name", REFUSED)
def test_a_built_in_rule_is_refused_with_a_witness(name):
    with pytest.raises(errors.NotHamiltonianError, match=REFUSED[name]) as caught:
        hm.identify(built_in(name))
    assert caught.value.witness is not None


def test_every_built_in_is_in_a_table():
    assert {*BUILT_IN, *REFUSED} == set(hm.optimizers.names())
