"""Covariant gradient descent in interpolating metrics, with diagonal and full covariances.

Guskov and Vanchurin, arXiv:2504.05279; Vanchurin, Geometric learning dynamics, equations 6.4 and
6.5 in both readings: g = c₀ + c₁√κ + c₂κ, or the root of the sum of their squares.
"""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from .budgets import by_steps
from .support import Arrays, Problem, assert_close, in_doubles, method, ours, problems, zeros

rates = st.floats(1e-4, 1.0)
firsts = st.floats(0.1, 0.99)
averages = st.floats(0.5, 0.999)
Coefficients = tuple[float, float, float]
coefficients = st.tuples(st.floats(1e-3, 1.0), st.floats(0.0, 2.0), st.floats(0.0, 2.0))


def metric(kappa: np.ndarray, each: Coefficients, one_root: bool) -> np.ndarray:
    """The metric of a covariance, or of its eigenvalues."""
    parts = [c * kappa**a for c, a in zip(each, (0.0, 0.5, 1.0), strict=True)]
    return np.sqrt(sum(part**2 for part in parts)) if one_root else sum(parts)


def given_as(each: Coefficients) -> dict[str, float]:
    return dict(zip(("flat", "efficient", "natural"), each, strict=True))


@settings(max_examples=100)
@given(problems(), rates, firsts, averages, coefficients, st.booleans())
def test_the_diagonal(
    problem: Problem,
    lr: float,
    first: float,
    second: float,
    each: Coefficients,
    one_root: bool,
) -> None:
    mean, square, top = zeros(problem), zeros(problem), zeros(problem)
    steps: list[list[tuple[np.ndarray, np.ndarray]]] = []

    def step(weights: Arrays, slope: Arrays) -> None:
        n, now = len(steps) + 1, []
        for w, m, v, most, s in zip(weights, mean, square, top, slope, strict=True):
            np.maximum(most, np.abs(s), out=most)
            m[...] = first * m + (1 - first) * s
            v[...] = second * v + (1 - second) * s**2
            rate = lr / metric(v / (1 - second**n), each, one_root)
            moved = rate * m / (1 - first**n)
            w -= moved
            now.append((moved, rate * most + n / 2 * np.abs(moved)))
        steps.append(now)

    due = in_doubles(problem, step)
    opt = method(
        "CovariantGradient", lr=lr, betas=(first, second), one_root=one_root, **given_as(each)
    )
    assert_close(ours(opt, problem), due, by_steps(problem, iter(steps)), problem.dtype)


@settings(max_examples=40)
@given(
    problems(dtypes=(np.float64,), steps=6), rates, firsts, averages, coefficients, st.booleans()
)
def test_the_full_covariance(
    problem: Problem,
    lr: float,
    first: float,
    second: float,
    each: Coefficients,
    one_root: bool,
) -> None:
    """By the eigenvectors of ⟨g gᵀ⟩; the step is known to its size over the smallest eigenvalue."""
    mean = zeros(problem)
    matrices = [np.zeros((w.size, w.size)) for w in problem.weights]
    steps: list[list[tuple[np.ndarray, np.ndarray]]] = []
    largest = [0.0]

    def step(weights: Arrays, slope: Arrays) -> None:
        n, now = len(steps) + 1, []
        for w, m, K, s in zip(weights, mean, matrices, slope, strict=True):
            largest[0] = max(largest[0], float(np.linalg.norm(s)))
            m[...] = first * m + (1 - first) * s
            K[...] = second * K + (1 - second) * np.outer(s.ravel(), s.ravel())
            values, vectors = np.linalg.eigh(K / (1 - second**n))
            g = metric(np.maximum(values, 0.0), each, one_root)
            along = vectors.T @ m.ravel() / (1 - first**n) / g
            moved = lr * (vectors @ along).reshape(w.shape)
            w -= moved
            # an eigenvalue of zero is known to ε·‖g‖², and its root to the root of that
            root = np.sqrt(np.finfo(float).eps) * each[1] * largest[0]
            blurred = 1 + (g.max() + root / np.finfo(float).eps) / g.min()
            lost = lr * largest[0] / g.min() * blurred * w.size
            now.append((moved, np.full(w.shape, lost)))
        steps.append(now)

    due = in_doubles(problem, step)
    opt = method(
        "CovariantGradient", lr=lr, betas=(first, second), full=True, one_root=one_root,
        **given_as(each),
    )  # fmt: skip
    assert_close(ours(opt, problem), due, by_steps(problem, iter(steps)), problem.dtype)


@given(problems(), rates, firsts, averages, coefficients)
def test_the_variance(
    problem: Problem, lr: float, first: float, second: float, each: Coefficients
) -> None:
    """Centred on the diagonal, κ = ⟨g²⟩ − ⟨g⟩², with averages that begin at zero."""
    force, mean, square, top = (zeros(problem) for _ in range(4))
    steps: list[list[tuple[np.ndarray, np.ndarray]]] = []

    def step(weights: Arrays, slope: Arrays) -> None:
        n, now = len(steps) + 1, []
        for w, F, m, v, most, s in zip(weights, force, mean, square, top, slope, strict=True):
            np.maximum(most, np.abs(s), out=most)
            F[...] = first * F + (1 - first) * s
            m[...] = second * m + (1 - second) * s
            v[...] = second * v + (1 - second) * s**2
            spread = v - m**2
            rate = lr / metric(spread, each, one_root=False)
            w -= rate * F
            lost = (n + 1) * v / spread
            now.append((rate * F, rate * (most + np.abs(F) * lost)))
        steps.append(now)

    due = in_doubles(problem, step)
    opt = method("CovariantGradient", lr=lr, betas=(first, second), centered=True, **given_as(each))
    assert_close(ours(opt, problem), due, by_steps(problem, iter(steps)), problem.dtype)
