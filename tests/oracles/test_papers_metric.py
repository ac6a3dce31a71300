"""Metrics that no library has, against their papers' formulas typed here in NumPy."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from .budgets import Scaled, by_steps, scaled
from .support import (
    Arrays,
    Problem,
    assert_close,
    both,
    in_doubles,
    method,
    norm,
    ours,
    pick,
    problems,
    textbook,
    zeros,
)

rates = st.floats(1e-4, 1.0)
firsts = st.floats(0.1, 0.99)
averages = st.floats(0.5, 0.999)
stiffness = st.floats(1e-3, 1e3)
guards = st.sampled_from((1e-8, 1e-4))
decays = st.floats(1e-4, 0.9)


def hats(a: Scaled, betas: tuple[float, float], eps: float) -> tuple[np.ndarray, np.ndarray]:
    """Adam's corrected mean, and its metric √v̂ + ε."""
    first, second = betas
    return a.mean / (1 - first**a.n), np.sqrt(a.square / (1 - second**a.n)) + eps


def braked(
    problem: Problem, lr: float, betas: tuple[float, float], eps: float, beta_3: float, cap: float
) -> Iterator[list[tuple[np.ndarray, np.ndarray]]]:
    """The steps of VRAdam; its norm loses what its terms lose, divided by 1 + β₃‖·‖²."""
    metric = cap < 0
    for now in scaled(problem, betas):
        pairs = [hats(a, betas, eps) for a in now]
        if metric:
            square = sum(float(np.sum(m**2 / g)) for m, g in pairs)
            lost = sum(
                float(np.sum(np.abs(m) * a.top / g)) for (m, g), a in zip(pairs, now, strict=True)
            )
        else:
            square = sum(float(np.sum(a.mean**2)) for a in now)
            lost = sum(float(np.sum(np.abs(a.mean) * a.top)) for a in now)
        brake = 1 + (beta_3 * square if metric else min(beta_3 * square, cap))
        gain = 1 + 4 * beta_3 * lost / (1 + beta_3 * square)
        yield [
            (lr / brake * m / g, lr / brake * (a.top + np.abs(m) * gain) / g)
            for (m, g), a in zip(pairs, now, strict=True)
        ]


def vradam(
    problem: Problem, lr: float, betas: tuple[float, float], eps: float, beta_3: float, cap: float
) -> Arrays:
    """Algorithm 1 of arXiv:2505.13196; the norm is that of the metric where there is no cap."""
    first, second = betas
    mean, square, count = zeros(problem), zeros(problem), [0]

    def step(weights: Arrays, slope: Arrays) -> None:
        count[0] += 1
        for m, v, g in zip(mean, square, slope, strict=True):
            m[...] = first * m + (1 - first) * g
            v[...] = second * v + (1 - second) * g * g
        m_hat = [m / (1 - first ** count[0]) for m in mean]
        root = [np.sqrt(v / (1 - second ** count[0])) + eps for v in square]
        if cap < 0:
            brake = beta_3 * norm([m / np.sqrt(r) for m, r in zip(m_hat, root, strict=True)]) ** 2
        else:
            brake = min(beta_3 * norm(mean) ** 2, cap)
        for w, m, r in zip(weights, m_hat, root, strict=True):
            w -= lr / (1 + brake) * m / r

    return in_doubles(problem, step)


@given(problems(), rates, firsts, averages, guards, stiffness, st.floats(0.1, 30.0))
def test_vradam_as_its_paper_has_it(
    problem: Problem,
    lr: float,
    first: float,
    second: float,
    eps: float,
    beta_3: float,
    cap: float,
) -> None:
    betas = first, second
    opt = textbook("vradam", lr=lr, betas=betas, eps=eps, beta_3=beta_3, cutoff=cap)
    due = vradam(problem, lr, betas, eps, beta_3, cap)
    sizes = by_steps(problem, braked(problem, lr, betas, eps, beta_3, cap))
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, firsts, averages, guards, stiffness)
def test_vradam_with_the_norm_of_its_metric(
    side: str, problem: Problem, lr: float, first: float, second: float, eps: float, beta_3: float
) -> None:
    betas = first, second
    same = {"lr": lr, "betas": betas, "eps": eps, "beta_3": beta_3}
    opt = pick(
        side,
        lambda: textbook("vradam", capped=False, in_metric=True, **same),
        lambda: method("VRAdam", **same),
    )
    due = vradam(problem, lr, betas, eps, beta_3, cap=-1.0)
    sizes = by_steps(problem, braked(problem, lr, betas, eps, beta_3, cap=-1.0))
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


def natural(
    problem: Problem, lr: float, keep: float, eps: float, unbiased: bool = False
) -> tuple[Arrays, list[Arrays]]:
    """Amari 1998, w ← w − lr·(F + ε)⁻¹g with F = ⟨g²⟩; each step loses as many places as steps."""
    fisher, count = zeros(problem), [0]
    steps: list[list[tuple[np.ndarray, np.ndarray]]] = []

    def step(weights: Arrays, slope: Arrays) -> None:
        count[0] += 1
        now = []
        for w, F, g in zip(weights, fisher, slope, strict=True):
            F[...] = keep * F + (1 - keep) * g**2
            moved = lr * g / (F / (1 - keep ** count[0] if unbiased else 1.0) + eps)
            w -= moved
            now.append((moved, (1 + count[0] / 2) * np.abs(moved)))
        steps.append(now)

    due = in_doubles(problem, step)
    return due, by_steps(problem, iter(steps))


dampings = st.sampled_from((1e-4, 1e-2, 1.0))


@both
@given(problems(), rates, averages, dampings)
def test_natural_gradient_on_the_diagonal(
    side: str, problem: Problem, lr: float, keep: float, eps: float
) -> None:
    same = {"lr": lr, "averaging": keep, "eps": eps}
    opt = pick(
        side,
        lambda: textbook("natural_gradient", **same),
        lambda: method("NaturalGradient", diagonal=True, **same),
    )
    due, sizes = natural(problem, lr, keep, eps)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates, averages, dampings)
def test_natural_gradient_without_bias(
    problem: Problem, lr: float, keep: float, eps: float
) -> None:
    opt = textbook("natural_gradient", unbiased=True, lr=lr, averaging=keep, eps=eps)
    due, sizes = natural(problem, lr, keep, eps, unbiased=True)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@settings(max_examples=60)
@given(problems(dtypes=(np.float64,)), st.floats(1e-3, 1.0), averages, st.floats(1e-2, 1.0))
def test_natural_gradient_with_the_full_matrix(
    problem: Problem, lr: float, keep: float, eps: float
) -> None:
    """(F + ε)⁻¹g by the eigenvectors of F = ⟨g gᵀ⟩ over each array; ε is relative to ‖g‖² here."""
    scale = max(float(np.sum(g.astype(float) ** 2)) for slope in problem.slopes for g in slope)
    guard = eps * scale
    opt = method("NaturalGradient", lr=lr * scale, averaging=keep, eps=guard)
    matrices = [np.zeros((w.size, w.size)) for w in problem.weights]

    def step(weights: Arrays, slope: Arrays) -> None:
        for w, F, g in zip(weights, matrices, slope, strict=True):
            F[...] = keep * F + (1 - keep) * np.outer(g.ravel(), g.ravel())
            values, vectors = np.linalg.eigh(F)
            along = vectors.T @ g.ravel() / (values + guard)
            w -= lr * scale * (vectors @ along).reshape(w.shape)

    due = in_doubles(problem, step)
    reach = [
        np.abs(w) + lr * np.sqrt(scale) / eps * len(problem.slopes) * (4 + w.size / eps)
        for w in due
    ]
    assert_close(ours(opt, problem), due, [reach], problem.dtype)


@given(
    problems(), rates, firsts, averages, guards, st.floats(0.25, 1.0), st.booleans(), st.booleans()
)
def test_covariant_gradient_on_the_diagonal(
    problem: Problem,
    lr: float,
    first: float,
    second: float,
    eps: float,
    exponent: float,
    unbiased: bool,
    centered: bool,
) -> None:
    """Guskov and Vanchurin, arXiv:2504.05279: ⟨f⟩ ← f/(1 + T) + T/(1 + T)·⟨f⟩, q̇ = −γg⁻¹F.

    A power a loses a·ln of what it is taken of; a mean square of deviations 2·max|g|/deviation.
    """
    memory = [b / (1 - b) for b in (first, second)]
    mean, square, top, count = zeros(problem), zeros(problem), zeros(problem), [0]
    steps: list[list[tuple[np.ndarray, np.ndarray]]] = []

    def step(weights: Arrays, slope: Arrays) -> None:
        count[0] += 1
        n, now = count[0], []
        share = [1 - b**n if unbiased else 1.0 for b in (first, second)]
        for q, M1, M2, most, g in zip(weights, mean, square, top, slope, strict=True):
            np.maximum(most, np.abs(g), out=most)
            M1[...] = g / (1 + memory[0]) + memory[0] / (1 + memory[0]) * M1
            drawn = (g - M1 if centered else g) ** 2
            M2[...] = drawn / (1 + memory[1]) + memory[1] / (1 + memory[1]) * M2
            spread = M2 / share[1]
            rate = lr / share[0] / (eps + spread**exponent)
            q -= rate * M1
            cancelled = 2 * most / np.sqrt(spread) if centered else 0.0
            lost = n / 2 + np.abs(np.log(spread)) + cancelled
            now.append((rate * M1, rate * (most + np.abs(M1) * lost)))
        steps.append(now)

    due = in_doubles(problem, step)
    opt = textbook(
        "covariant_gradient", unbiased=unbiased, centered=centered, lr=lr, betas=(first, second),
        eps=eps, exponent=exponent,
    )  # fmt: skip
    assert_close(ours(opt, problem), due, by_steps(problem, iter(steps)), problem.dtype)
