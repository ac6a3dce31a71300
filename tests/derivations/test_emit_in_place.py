"""The NumPy source works in place: nothing of the size of an array is allocated, dtypes stay."""

from __future__ import annotations

import inspect
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy as sp
from numpy.typing import DTypeLike, NDArray

from derivations import textbook
from derivations.algebra.components import Total, norm2, total
from derivations.algebra.symbols import L, U, X, beta, c, gamma, h, k, parameter
from derivations.step.composition import compose
from derivations.step.rule import Rule
from derivations.system.energies import componentwise_relativistic, massless, relativistic
from derivations.system.energy import Energy
from derivations.system.thermal import ThermalLaw

Array = NDArray[np.floating[Any]]
NUMBERS = {
    "lr": 0.03, "momentum": 0.8, "weight_decay": 0.1, "alpha": 0.95, "eps": 1e-3, "beta_1": 0.9,
    "beta_2": 0.99, "count": 3, "gamma": 0.3, "tau": 0.1, "delta": 0.7, "dampening": 0.2,
    "eps_root": 1e-4, "beta_3": 0.5, "mass": 2.0, "a": 1.5, "A": 1.2, "averaging": 0.95,
    "exponent": 0.5, "C": 0.1, "p": 3.0, "cutoff": 5.0, "max_norm": 1.0, "trust": 0.01,
}  # fmt: skip
LAW = ThermalLaw(gamma * beta)
delta, eps = parameter("delta"), parameter("eps")
KINETIC = {
    "classical": beta / (2 * k) * norm2(X),
    "relativistic": relativistic(X, beta, delta),
    "componentwise": componentwise_relativistic(X, beta, delta),
    "massless": massless(X, beta, eps),
    "softsign": beta / k * total(sp.log(sp.cosh(X))),
}


def derived(name: str) -> Rule:
    energy = Energy(KINETIC[name], beta * c**2 / k * L, h / k * U * LAW.rate)
    return compose("C K D", energy, LAW, name=name).subs({k: 1, h: 1, c: 1})


RULES = {name: derived(name) for name in KINETIC} | {
    name: textbook.rule(name) for name in textbook.RULES
}
every_rule = pytest.mark.parametrize("rule", RULES.values(), ids=RULES)


def arrays_of(rule: Rule, size: int, dtype: DTypeLike) -> dict[str, Array]:
    chance = np.random.default_rng(7)
    names = ["w", *(x.name for x in rule.states), "gradient"]
    made = {name: chance.normal(size=size).astype(dtype) for name in names}
    return made | {name: np.abs(made[name]) for name in ("V", "S") if name in made}


def step_of(rule: Rule, arrays: dict[str, Array]) -> Callable[[], None]:
    """Bind the emitted step to arrays and numbers."""
    namespace: dict[str, Any] = {}
    exec(compile(rule.source("numpy"), "<source>", "exec"), namespace)
    step = namespace["step"]
    known = arrays | NUMBERS
    names = inspect.signature(step).parameters
    given = [known[n] if n in known else np.empty_like(arrays["w"]) for n in names]
    return lambda: step(*given)


@every_rule
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_nothing_of_the_size_of_an_array_is_allocated(rule: Rule, dtype: DTypeLike) -> None:
    arrays = arrays_of(rule, 200_000, dtype)
    step = step_of(rule, arrays)
    step()
    tracemalloc.start()
    try:
        step()
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < arrays["w"].nbytes / 4


@every_rule
def test_float32_stays_float32_and_near_the_double(rule: Rule) -> None:
    single, double = arrays_of(rule, 50, np.float32), arrays_of(rule, 50, np.float32)
    double = {name: array.astype(np.float64) for name, array in double.items()}
    step_of(rule, single)()
    step_of(rule, double)()
    for name, array in single.items():
        assert array.dtype == np.float32
        assert array == pytest.approx(double[name], rel=2e-5, abs=2e-6)


@every_rule
def test_a_step_is_what_lambdify_computes_to_a_few_last_places(rule: Rule) -> None:
    arrays = arrays_of(rule, 20, np.float64)
    by_name = {name: array.copy() for name, array in arrays.items()}
    for stage in rule.stages:
        fresh = {target.name: evaluate(value, by_name) for target, value in stage.assignments}
        by_name |= fresh
    step_of(rule, arrays)()
    for name in ("w", *(x.name for x in rule.states)):
        np.testing.assert_allclose(arrays[name], by_name[name], rtol=4e-15, atol=4e-16)


def evaluate(expr: sp.Expr, now: dict[str, Array]) -> Array:
    """Evaluate by `lambdify`, with each sum over components replaced by its value."""

    def total_of(summand: sp.Expr) -> sp.Expr:
        each = np.broadcast_to(evaluate(summand, now), now["w"].shape)
        return sp.Float(float(np.sum(each)), 17)

    sums = {part: total_of(part.args[0]) for part in expr.atoms(Total)}
    expr = expr.xreplace(sums)
    symbols = sorted(expr.free_symbols, key=str)
    values = [now["gradient" if x.name == "G" else x.name] if is_array(x, now) else NUMBERS[x.name]
              for x in symbols]  # fmt: skip
    return np.asarray(sp.lambdify(symbols, expr, "numpy")(*values))


def is_array(symbol: sp.Symbol, now: dict[str, Array]) -> bool:
    return symbol.name == "G" or symbol.name in now


def test_every_state_is_moved_where_it_is() -> None:
    rule = RULES["classical"]
    arrays = arrays_of(rule, 8, np.float64)
    addresses = {name: array.ctypes.data for name, array in arrays.items()}
    before = {name: array.copy() for name, array in arrays.items()}
    step_of(rule, arrays)()
    assert {name: array.ctypes.data for name, array in arrays.items()} == addresses
    assert not np.array_equal(arrays["w"], before["w"])
    assert np.array_equal(arrays["gradient"], before["gradient"])
    decay, push = np.exp(-NUMBERS["gamma"] * NUMBERS["tau"]), NUMBERS["tau"]
    assert arrays["X"] == pytest.approx(decay * before["X"] + push * before["gradient"])
