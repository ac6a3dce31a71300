"""The sources in four languages compute what SymPy says, and PyTorch's carries derivatives too.

Tolerance: each assignment may add a few units in the last place of the largest number in it.
"""

from __future__ import annotations

import inspect
from typing import Any

import jax
import mpmath as mp
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from derivations.step.rule import Rule

from .exactly import DIGITS, Point, advance, exact
from .systems import CURVATURE, W0, X0, slope
from .table import PRODUCT, SAMPLE, Case, sourced, without_ledger

numbers = st.integers(-16, 16).map(lambda n: n / 128)
shifts = st.lists(numbers, min_size=3, max_size=3).map(np.array)
lengths = st.sampled_from((1 / 64, 1 / 16, 1 / 8))
HEAT, LOSS = 0.375, 1.25
#: Compiling takes seconds, so Numba sees one word of each kind, the longest decimals among them.
FOR_NUMBA = [
    case
    for case in SAMPLE
    if case.word in ("KahanLi6", "Leapfrog", "LookAheadBlend", "SymplecticEulerJoint", "C K S D")
]


def rounding(rule: Rule, dtype: type = np.float64) -> float:
    """A few units in the last place for each assignment of a rule."""
    count = sum(len(stage.assignments) for stage in rule.stages)
    return 16 * count * float(np.finfo(dtype).eps)


def by_sympy(case: Case, w: np.ndarray, X: np.ndarray, tau: float) -> list[float]:
    """w, X and U after a step, evaluated with thirty digits at these very numbers."""
    with mp.workdps(DIGITS):
        values = {name: mp.mpf(value) for name, value in case.values.items()}
        begin = Point({"w": exact(w), "X": exact(X)}, mp.mpf(HEAT), mp.mpf(case.cooling.begin))
        curvature = CURVATURE.astype(object)
        after = advance(
            case.rule, begin, tau, values, lambda w: mp.mpf(LOSS), lambda w: slope(w, curvature)
        )
        return [float(number) for number in after.flat()]


def by_source(
    case: Case, backend: str, w: Any, X: Any, tau: float, curvature: Any, dtype: Any = np.float64
) -> list[float]:
    """The same by the source of a backend."""
    rule, step = case.rule, sourced(case.rule, backend)
    known = {
        **case.values,
        "t": case.cooling.begin,
        "tau": tau,
        "U": HEAT,
        "L": LOSS,
        "w": w,
        "X": X,
    }
    known["gradient"] = lambda point: slope(point, curvature)
    if rule.gradient_at_start:
        known["gradient"] = slope(w, curvature)
    names = inspect.signature(step).parameters.values()
    scratch = {p.name: np.empty_like(w) for p in names if p.name.startswith("work")}
    given = {p.name: (known | scratch)[p.name] for p in names}
    keywords = {p.name for p in names if p.kind is p.KEYWORD_ONLY}
    positional = [value for name, value in given.items() if name not in keywords]
    found = step(*positional, **{name: given[name] for name in keywords})
    w, X, U = found if isinstance(found, tuple) else (w, X, found)
    assert w.dtype == X.dtype == dtype
    return [*(float(x) for x in w), *(float(x) for x in X), float(U)]


def check(found: list[float], due: list[float], tolerance: float) -> None:
    scale = max(map(abs, due)) + 1
    assert np.abs(np.subtract(found, due)).max() < tolerance * scale


@pytest.mark.parametrize("case", SAMPLE, ids=str)
@settings(max_examples=2)
@given(shifts, shifts, lengths)
def test_the_numpy_source_is_the_rule_to_rounding(case: Case, dw, dX, tau: float) -> None:
    w, X = W0 + dw, X0 + dX
    due = by_sympy(case, w, X, tau)
    check(by_source(case, "numpy", w.copy(), X.copy(), tau, CURVATURE), due, rounding(case.rule))


@pytest.mark.slow
@pytest.mark.parametrize("case", PRODUCT, ids=str)
def test_all_sources_are_the_rule_over_the_whole_product(case: Case) -> None:
    due, tolerance = by_sympy(case, W0, X0, 1 / 16), rounding(case.rule)
    check(by_source(case, "numpy", W0.copy(), X0.copy(), 1 / 16, CURVATURE), due, tolerance)
    check(by_torch(case, W0, X0, 1 / 16, torch.float64), due, tolerance)


@pytest.mark.parametrize("case", SAMPLE, ids=str)
def test_the_numpy_source_keeps_single_precision(case: Case) -> None:
    w, X = (array.astype(np.float32) for array in (W0, X0))
    due = by_sympy(case, w, X, 1 / 16)
    found = by_source(case, "numpy", w, X, 1 / 16, CURVATURE.astype(np.float32), np.float32)
    check(found, due, rounding(case.rule, np.float32))


def by_torch(case: Case, w: np.ndarray, X: np.ndarray, tau: float, dtype: Any) -> list[float]:
    arrays = (torch.tensor(a, dtype=dtype) for a in (w, X))
    return by_source(case, "torch", *arrays, tau, torch.tensor(CURVATURE, dtype=dtype), dtype)


@pytest.mark.parametrize("case", SAMPLE, ids=str)
def test_the_torch_source_agrees(case: Case) -> None:
    due = by_sympy(case, W0, X0, 1 / 16)
    check(by_torch(case, W0, X0, 1 / 16, torch.float64), due, rounding(case.rule))
    check(by_torch(case, W0, X0, 1 / 16, torch.float32), due, rounding(case.rule, np.float32))


@pytest.mark.parametrize("case", SAMPLE, ids=str)
def test_the_jax_source_agrees(case: Case) -> None:
    due = by_sympy(case, W0, X0, 1 / 16)
    with jax.enable_x64(True):
        arrays = (jax.numpy.asarray(a) for a in (W0, X0, CURVATURE))
        w, X, curvature = arrays
        check(by_source(case, "jax", w, X, 1 / 16, curvature), due, rounding(case.rule))


@pytest.mark.parametrize("case", FOR_NUMBA, ids=str)
def test_the_numba_source_agrees(case: Case) -> None:
    due = by_sympy(case, W0, X0, 1 / 16)
    found = by_source(case, "numba", W0.copy(), X0.copy(), 1 / 16, CURVATURE)
    check(found, due, rounding(case.rule))


@pytest.mark.parametrize("case", [case for case in SAMPLE if len(case.scheme.word) <= 7], ids=str)
def test_derivatives_flow_through_the_torch_source(case: Case) -> None:
    """Central differences of 1e−12 with forty digits leave the derivative exact to 1e−20."""
    rule, tau = without_ledger(case.rule), 1 / 8
    direction = np.array([0.5, -0.25, 1.0])
    moments = torch.tensor(X0, requires_grad=True)
    scalars = {**case.values, "t": case.cooling.begin, "tau": tau}
    scalars = {x.name: scalars[x.name] for x in rule.parameters}
    curvature, w = torch.tensor(CURVATURE), torch.tensor(W0)
    gradient = slope(w, curvature) if rule.gradient_at_start else lambda p: slope(p, curvature)
    after = sourced(rule, "torch")(w, moments, gradient, **scalars)
    (torch.cat(after) @ torch.arange(1.0, 7.0, dtype=torch.float64)).backward()
    with mp.workdps(40):
        nudge = mp.mpf(10) ** -12
        ends = [end(case, exact(W0), exact(X0) + sign * nudge * direction, tau) for sign in (1, -1)]
        due = float((ends[0] - ends[1]) / (2 * nudge))
    assert float(moments.grad @ torch.tensor(direction)) == pytest.approx(due, rel=1e-12)


def end(case: Case, w: np.ndarray, X: np.ndarray, tau: float) -> Any:
    values = {name: mp.mpf(value) for name, value in case.values.items()}
    begin = Point({"w": w, "X": X}, mp.mpf(0), mp.mpf(case.cooling.begin))
    curvature = CURVATURE.astype(object)
    after = advance(
        case.rule, begin, tau, values, lambda w: mp.mpf(0), lambda w: slope(w, curvature)
    )
    numbers = [x for name in ("w", "X") for x in after.arrays[name]]
    return sum(n * x for n, x in enumerate(numbers, 1))
