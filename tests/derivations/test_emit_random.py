"""Any formula, written as NumPy and PyTorch: the same numbers as SymPy's own `lambdify`."""

from __future__ import annotations

import numpy as np
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.algebra.components import norm2, total
from derivations.algebra.symbols import G, X, w
from derivations.errors import BackendError
from derivations.step.rule import Rule, Stage

from .runners import close, oracle, p, q, run_in_place, run_pure, start_point

leaf = st.sampled_from(
    [w, X, G, p, q]
    + [sp.Integer(n) for n in (-3, -1, 2)]
    + [sp.Rational(-3, 4), sp.Rational(1, 3), sp.Float(-0.5), sp.Float(0.25)]
)
#: A function of one formula that has a value everywhere, and is not steep.
shapes = st.sampled_from(
    [
        sp.Abs, sp.tanh, sp.sign, sp.atan, norm2, total,
        lambda e: e**2,
        lambda e: sp.exp(-sp.Abs(e)),
        lambda e: sp.log(sp.cosh(e)),
        lambda e: sp.log(1 + e**2),
        lambda e: sp.Rational(3, 2) ** sp.tanh(e),
        *(
            lambda e, power=power: (1 + e**2) ** power
            for power in (-1, -2, sp.Rational(1, 2), sp.Rational(-3, 2), sp.Rational(-2, 5), p, -q)
        ),
    ]
)  # fmt: skip
pairs = st.sampled_from(
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: -a - b / 2,
        lambda a, b: a * b,
        lambda a, b: a / (1 + b**2),
        lambda a, b: -1 / (1 + a**2 + sp.Abs(b)),
        sp.Max,
        sp.Min,
    ]
)
formula = st.recursive(
    leaf,
    lambda inner: st.one_of(
        st.tuples(shapes, inner).map(lambda drawn: drawn[0](drawn[1])),
        st.tuples(pairs, inner, inner).map(lambda drawn: drawn[0](*drawn[1:])),
    ),
    max_leaves=6,
)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """One or two stages that assign to X and w at once, each reading both."""
    stages = []
    for targets in draw(st.lists(st.sampled_from([(X,), (w,), (X, w)]), min_size=1, max_size=2)):
        values = [draw(formula) for _ in targets]
        assume(not any(v.has(sp.nan, sp.zoo, sp.oo) for v in values))
        assume(all(v != x for x, v in zip(targets, values, strict=True)))
        stages.append(Stage("K", tuple(zip(targets, values, strict=True))))
    return Rule("random", tuple(stages))


@settings(max_examples=150)
@given(rules(), st.integers(0, 9))
def test_numpy_source_is_what_lambdify_computes(rule: Rule, seed: int) -> None:
    start = start_point(seed)
    with np.errstate(all="ignore"):
        due = oracle(rule, start)
        assume(all(np.all(np.abs(due[x]) < 1e6) for x in (w, X)))
        try:
            mine = run_in_place(rule, "numpy", start)
        except BackendError as error:
            assert "temporary arrays" in str(error)
            return
    close(mine, due)


@settings(max_examples=25)
@given(rules(), st.integers(0, 9))
def test_torch_source_is_what_lambdify_computes(rule: Rule, seed: int) -> None:
    start = start_point(seed)
    due = oracle(rule, start)
    assume(all(np.all(np.abs(due[x]) < 1e6) for x in (w, X)))
    close(run_pure(rule, "torch", start), due)
