"""Textbook rules: their variants in four languages, their sources, and what they contain."""

from __future__ import annotations

import inspect
import itertools
import re
from typing import Any

import numpy as np
import pytest
import sympy as sp

from derivations import textbook
from derivations.algebra.components import norm2
from derivations.algebra.symbols import G, X, averaging, lr, momentum, w, weight_decay
from derivations.proofs.proof import equal
from derivations.step.rule import Rule
from derivations.textbook import letters

from .runners import function_of

NUMBERS: dict[str, float] = {
    "lr": 0.03, "momentum": 0.8, "dampening": 0.2, "weight_decay": 0.1, "alpha": 0.95,
    "eps": 1e-3, "eps_root": 1e-4, "beta_1": 0.9, "beta_2": 0.99, "beta_3": 0.5, "mass": 2.0,
    "a": 1.5, "A": 1.2, "averaging": 0.95, "exponent": 0.5, "C": 0.1, "p": 3.0, "cutoff": 5.0,
    "max_norm": 1.0, "trust": 0.01,
}  # fmt: skip
SIZE, STEPS = 7, 4
zero = sp.S.Zero
Arrays = dict[str, np.ndarray]


def variants() -> dict[str, Rule]:
    """Every textbook rule with every choice of its options."""
    found = {}
    for name, made in textbook.RULES.items():
        options = tuple(inspect.signature(made).parameters)
        for chosen in itertools.product((False, True), repeat=len(options)):
            flags = dict(zip(options, chosen, strict=True))
            named = "-".join((name, *(option for option in options if flags[option])))
            found[named] = made(**flags)
    return found


VARIANTS = variants()
DECAYED = {name: textbook.rule(name, decay=True) for name in textbook.RULES}
every_variant = pytest.mark.parametrize("rule", VARIANTS.values(), ids=VARIANTS)


def start(rule: Rule) -> tuple[Arrays, list[np.ndarray]]:
    """States at rest, and gradients whose sizes differ, the last a thousand times the first."""
    chance = np.random.default_rng(5)
    arrays = {name: np.zeros(SIZE) for name in ("w", *(x.name for x in rule.states))}
    arrays["w"] = chance.normal(size=SIZE)
    scales = np.logspace(-2, 1, SIZE)
    return arrays, [chance.normal(size=SIZE) * scales for _ in range(STEPS)]


def numbers(step: Any, count: int) -> dict[str, float]:
    names = inspect.signature(getattr(step, "py_func", step)).parameters
    return {name: (NUMBERS | {"count": count})[name] for name in names if name in NUMBERS or
            name == "count"}  # fmt: skip


def in_place(rule: Rule, backend: str) -> Arrays:
    """The arrays after some steps of NumPy or Numba source."""
    step = function_of(rule.source(backend))
    arrays, gradients = start(rule)
    names = list(inspect.signature(getattr(step, "py_func", step)).parameters)
    for count, gradient in enumerate(gradients, 1):
        known = arrays | numbers(step, count) | {"gradient": gradient.copy()}
        step(*(known[n] if n in known else np.empty(SIZE) for n in names))
    return arrays


def pure(rule: Rule, backend: str) -> Arrays:
    """The same with JAX or PyTorch source."""
    step = function_of(rule.source(backend))
    if backend == "torch":
        made = pytest.importorskip("torch", reason="PyTorch is an extra").from_numpy
    else:
        made = pytest.importorskip("jax.numpy", reason="JAX is an extra").asarray
    arrays, gradients = start(rule)
    for count, gradient in enumerate(gradients, 1):
        known = {name: made(array) for name, array in arrays.items()}
        results = step(**known, gradient=made(gradient), **numbers(step, count))
        results = results if isinstance(results, tuple) else (results,)
        order = ["w", *(x.name for x in rule.states)]
        arrays = {n: np.asarray(v) for n, v in zip(order, results, strict=True)}
    return arrays


def assert_same(found: Arrays, due: Arrays) -> None:
    for name, array in due.items():
        scale = np.maximum(1.0, np.abs(array))
        assert np.max(np.abs(found[name] - array) / scale) < 1e-12, name


def in_double_jax(rule: Rule) -> Arrays:
    jax = pytest.importorskip("jax", reason="JAX is an extra")
    with jax.enable_x64(True):
        return pure(rule, "jax")


@every_variant
def test_every_language_says_the_same(rule: Rule) -> None:
    due = in_place(rule, "numpy")
    assert not np.array_equal(due["w"], start(rule)[0]["w"])
    assert_same(pure(rule, "torch"), due)
    assert_same(in_double_jax(rule), due)
    pytest.importorskip("numba", reason="Numba is an extra")
    assert_same(in_place(rule, "numba"), due)


@pytest.mark.parametrize("rule", DECAYED.values(), ids=DECAYED)
def test_every_language_says_the_same_with_weight_decay(rule: Rule) -> None:
    due = in_place(rule, "numpy")
    assert_same(pure(rule, "torch"), due)
    assert_same(in_double_jax(rule), due)


@pytest.mark.parametrize("name", textbook.RULES)
def test_weight_decay_is_read_with_the_gradient(name: str) -> None:
    """Each value that reads g reads λw too, and at λ = 0 is what it was."""
    plain, decayed = textbook.rule(name).one_stage(), DECAYED[name].one_stage()
    for x, value in plain.items():
        assert decayed[x].has(weight_decay) >= value.has(G)
        off = {weight_decay: zero}
        assert equal(decayed[x].xreplace(off), value.xreplace(off)), x


def one(rule: Rule, values: dict[sp.Expr, sp.Expr] | None = None) -> dict[sp.Symbol, sp.Expr]:
    """The whole step as one map, with values for some of its letters."""
    chosen = values or {}
    return {x: value.xreplace(chosen) for x, value in rule.one_stage().items()}


def same(mine: Rule, other: Rule, values: dict[sp.Expr, sp.Expr] | None = None) -> bool:
    """Whether two rules move the weights alike when some letters have values."""
    return bool(equal(one(mine, values)[w], one(other, values)[w]))


def test_what_a_rule_contains_is_found_in_it() -> None:
    """Where an option is off, a parameter zero or a power plain, the simpler method is left."""
    assert same(textbook.dampened(), textbook.heavy_ball(), {letters.dampening: zero})
    assert same(textbook.dampened(), textbook.heavy_ball(), {letters.count: sp.S.One})
    assert not same(textbook.dampened(), textbook.heavy_ball(), {letters.count: sp.Integer(2)})
    assert same(textbook.adamw(), textbook.adam(), {weight_decay: zero})
    assert same(textbook.adamw(exact=True), textbook.adam(), {weight_decay: zero})
    assert same(textbook.vradam(capped=False), textbook.adam(), {letters.beta_3: zero})
    assert same(textbook.vradam(in_metric=True), textbook.adam(), {letters.beta_3: zero})
    assert same(textbook.braking(), textbook.heavy_ball(), {letters.beta_3: zero})
    assert same(textbook.adabelief(), textbook.adabelief(rooted=False), {letters.eps_root: zero})
    assert same(textbook.rmsprop(momentum=True), textbook.rmsprop(), {momentum: zero})
    assert same(textbook.lion(decoupled=True), textbook.lion(), {weight_decay: zero})
    assert same(textbook.clipped_momentum(), textbook.heavy_ball(), {letters.max_norm: sp.oo})
    natural = {letters.exponent: sp.S.One, letters.beta_1: zero}
    averaged = {letters.beta_2: averaging}
    covariant = textbook.covariant_gradient().subs(natural | averaged)
    assert same(covariant, textbook.natural_gradient())


def test_the_power_family_contains_momentum_and_the_relativistic_system() -> None:
    step = textbook.hamiltonian_descent().subs({letters.a: sp.Integer(2)})
    assert same(step, textbook.heavy_ball(), {letters.A: sp.Integer(2)})
    moved = one(textbook.hamiltonian_descent(), {letters.a: sp.Integer(2), letters.A: sp.S.One})
    force = momentum * X + G
    assert equal(moved[w], w - lr * force / sp.sqrt(1 + norm2(force)))


def test_the_quartic_step_solves_its_cubic() -> None:
    """w moves by lr·v, and p = (m + β₃‖v‖²)v gives the moment back."""
    moved = one(textbook.quartic(), {G: zero, momentum: sp.S.One})
    velocity = (w - moved[w]) / lr
    speed = (velocity / X).xreplace({norm2(X): sp.Symbol("n", positive=True) ** 2})
    for size in (1e-6, 0.3, 1.0, 40.0, 1e6):
        values = {sp.Symbol("n", positive=True): size, letters.mass: 1.3, letters.beta_3: 0.7}
        s = float((speed * size).subs(values))
        assert 0.7 * s**3 + 1.3 * s == pytest.approx(size, rel=1e-13)


@pytest.mark.parametrize("name", textbook.RULES)
def test_every_rule_names_its_source(name: str) -> None:
    text = inspect.getdoc(textbook.RULES[name]) or ""
    unsourced = {"moving_average", "accumulated"}
    cited = re.search(r"arXiv:\d{4}\.\d{4,5}|\b(19|20)\d\d\b|PyTorch|torch\.optim|optax", text)
    assert cited or name in unsourced


def test_the_rules_are_all_of_them() -> None:
    """What returns a rule and is public is in the table, under its own name."""
    made = {
        name
        for name in textbook.__all__
        if inspect.isfunction(value := getattr(textbook, name))
        and value.__annotations__.get("return") == "Rule"
    }
    assert made - set(textbook.RULES) == {"lion_k", "rule", "with_l2"}
    assert all(made.__name__ == name for name, made in textbook.RULES.items())
