"""Any name that generated code uses may be that of a state or a parameter of an update."""

from __future__ import annotations

import builtins
import inspect
import keyword
import re
from dataclasses import dataclass

import numpy as np
import pytest

import hermosis as hm
from derivations.algebra.symbols import G, w
from derivations.emit.program.names import name
from derivations.step.rule import Rule
from derivations.text.update import update
from derivations.textbook import RULES
from hermosis.derive.blueprint import Blueprint
from hermosis.run.optimizer import Optimizer

from ..derivations.runners import function_of
from ..derivations.updates import run_by_hand

SHOWN = ("adam", "lion", "braking", "rmsprop", "bregman", "cautious_adam")
OTHERS = (
    "state", "A", "A_old", "A_new", "old", "next", "done", "begin", "end", "job", "jobs", "row",
    "rows", "work", "gradient", "factor", "total", "shared", "phase", "scalars", "slope", "count",
    "t", "tau", "L", "U", "X", "G", "w", "k", "h", "c", "beta", "beta_g", "gamma", "lr_", "noise",
    "noise_1", "step", "run", "out", "momentum", "averaging", "ahead", "temperature",
    "weight_decay", "eigenvalue", "singular_value", "np", "jnp", "math", "numba", "torch", "i",
    "self", "value", "numbers", "arrays", "kernel", "eps_", "__name__", "_total_1", "_part_1",
    "_old_A", "float64", "entry", "lane", "starts", "names", "alpha",
)  # fmt: skip
START = [1.0, -2.0, 0.5, -0.25]


def gradient(at):
    return [np.sin(x) + 0.3 * x for x in at]


def identifiers() -> list[str]:
    """What the sources of some rules call things, in every language, and Python's own words."""
    languages = ("numpy", "numba", "jax", "torch")
    sources = [RULES[name]().source(each) for name in SHOWN for each in languages]
    plain = {name for name in dir(builtins) if name.islower()}
    found = set(re.findall(r"[A-Za-z_]\w*", "\n".join(sources))) | {*OTHERS, *plain}
    return sorted(found - {*keyword.kwlist, "mu", "theta", "g", "lr", *_functions()})


def _functions() -> set[str]:
    from derivations.text.vocabulary import FUNCTIONS

    return set(FUNCTIONS)


@dataclass(frozen=True)
class Written(Blueprint):
    """A rule as it stands."""

    written: Rule
    name = "Written"

    def key(self):
        return None

    def rule(self):
        return self.written


GROUPS = 4


def of_states(group: int) -> Rule:
    """An update with a state of each name of a group, each with a share of its own."""
    names = identifiers()[group::GROUPS]
    lines = [f"{n} = mu*{n} + g/{i + 2}" for i, n in enumerate(names)]
    text = "\n".join([*lines, f"theta = theta - lr*({' + '.join(names)})/{len(names)}"])
    return update(text, step="the_step", parameters=("lr", "mu"))


def of_parameters(group: int) -> tuple[Rule, dict[str, float]]:
    """An update with a parameter of each name of a group."""
    names = identifiers()[group::GROUPS]
    text = f"m = mu*m + g; theta = theta - lr*({' + '.join(names)})*m/{len(names)}"
    rule = update(text, step="the_step", parameters=("lr", "mu", *names))
    values = {shown: 0.1 + 0.8 * i / len(names) for i, shown in enumerate(names)}
    return rule, values | {"lr": 0.1, "mu": 0.8}


def stepped(rule: Rule, values: dict[str, float], backend: str) -> np.ndarray:
    called = {shown: symbol.name for symbol, shown in rule.names}
    own = {called[shown]: value for shown, value in values.items()}
    optimizer = Optimizer(Written(rule), own, backend=backend)
    weights = np.array(START)
    state = optimizer.init(weights)
    for _ in range(4):
        optimizer.step(weights, np.array(gradient(weights)), state)
    return weights


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize(
    "backend", ["numpy", "llvm", pytest.param("numba", marks=pytest.mark.slow)]
)
def test_states_may_have_any_name(backend, group):
    rule, values = of_states(group), {"lr": 0.1, "mu": 0.8}
    due = run_by_hand(rule, START, gradient, values, 4)
    np.testing.assert_allclose(stepped(rule, values, backend), due, rtol=1e-12)


@pytest.mark.parametrize("group", range(GROUPS))
@pytest.mark.parametrize("backend", ["numpy", "numba", "llvm"])
def test_parameters_may_have_any_name(backend, group):
    rule, values = of_parameters(group)
    own = {symbol.name: values[shown] for symbol, shown in rule.names if shown in values}
    due = run_by_hand(rule, START, gradient, own, 4)
    np.testing.assert_allclose(stepped(rule, values, backend), due, rtol=1e-12)


@pytest.mark.parametrize("backend", ["jax", "torch"])
@pytest.mark.parametrize("group", range(GROUPS))
def test_so_they_may_in_sources(backend, group):
    rule, values = of_states(group), {"lr": 0.1, "mu": 0.8}
    now = {symbol: np.zeros(4) for symbol in rule.states} | {w: np.array(START)}
    step = function_of(rule.source(backend))
    order = [w, *rule.states]
    for _ in range(4):
        now[G] = np.array(gradient(now[w]))
        given = {name(symbol): _array(backend, value) for symbol, value in now.items()}
        read = inspect.signature(step).parameters
        made = step(**{x: v for x, v in (given | values).items() if x in read})
        now |= {x: np.asarray(v) for x, v in zip(order, made, strict=True)}
    due = run_by_hand(rule, START, gradient, values, 4)
    np.testing.assert_allclose(now[w], due, rtol=1e-12 if backend == "torch" else 1e-6)


def _array(backend, value):
    if backend == "torch":
        return pytest.importorskip("torch", reason="PyTorch is an extra").from_numpy(value.copy())
    return pytest.importorskip("jax.numpy", reason="JAX is an extra").asarray(value)


@pytest.mark.parametrize("own_name", ["t", "tau", "count", "L", "U", "X", "lr_", "state", "A_old"])
def test_an_identified_update_takes_such_a_parameter(own_name):
    text = f"m = mu*m + g; theta = theta - {own_name}*m"
    found = hm.identify(update(text, step="n", parameters=("mu", own_name)))
    rule, values = found.found.update, {"mu": 0.8, own_name: 0.3}
    own = {symbol.name: values[shown] for symbol, shown in rule.names if shown in values}
    due = run_by_hand(rule, START, gradient, own, 4)
    optimizer = found.optimizer(**{"mu": 0.8, own_name: 0.7})
    optimizer.set(**{own_name: 0.3})
    weights = np.array(START)
    state = optimizer.init(weights)
    for _ in range(4):
        optimizer.step(weights, np.array(gradient(weights)), state)
    np.testing.assert_allclose(weights, due, rtol=1e-12)
