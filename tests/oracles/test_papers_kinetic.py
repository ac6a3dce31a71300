"""Kinetic energies that no library has, against their papers' formulas typed here in NumPy."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from hermosis.model.hamiltonians import Braking

from .budgets import by_component, by_norm
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
momenta = st.floats(1e-3, 0.999)
stiffness = st.floats(1e-3, 1e3)


def with_momentum(
    problem: Problem, momentum: float, velocity: Callable[[Arrays], Arrays], lr: float
) -> Arrays:
    """The weights after X ← μX + g, w ← w − lr·velocity(X)."""
    moments = zeros(problem)

    def step(weights: Arrays, slope: Arrays) -> None:
        for X, g in zip(moments, slope, strict=True):
            X[...] = momentum * X + g
        for w, v in zip(weights, velocity(moments), strict=True):
            w -= lr * v

    return in_doubles(problem, step)


@pytest.mark.filterwarnings("ignore::hermosis.errors.NonConvexKineticWarning")
@both
@given(problems(), rates, momenta, stiffness)
def test_braking(side: str, problem: Problem, lr: float, momentum: float, beta_3: float) -> None:
    """VRAdam's brake without Adam: the learning rate of arXiv:2505.13196, without its cap."""

    def velocity(moments: Arrays) -> Arrays:
        return [X / (1 + beta_3 * norm(moments) ** 2) for X in moments]

    opt = pick(
        side,
        lambda: textbook("braking", lr=lr, momentum=momentum, beta_3=beta_3),
        lambda: Braking(beta_3=beta_3).optimizer(lr=lr, momentum=momentum, backend="numpy"),
    )
    due = with_momentum(problem, momentum, velocity, lr)
    sizes = by_norm(problem, momentum, lambda size: lr / (1 + beta_3 * size**2), 2.0)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


def speed(size: float, mass: float, beta_3: float) -> float:
    """The real root of β₃s³ + ms = size, found by bisection between zero and size/m."""

    def excess(s: float) -> float:
        return (beta_3 * s**2 + mass) * s - size

    limit = min(size / mass, (size / beta_3) ** (1 / 3))
    return float(brentq(excess, 0.0, 2 * limit, xtol=1e-300, rtol=1e-15))


@both
@given(problems(), rates, momenta, st.floats(1e-2, 1e2), stiffness)
def test_the_quartic_kinetic_energy(
    side: str, problem: Problem, lr: float, momentum: float, mass: float, beta_3: float
) -> None:
    """∂/∂v of ½mv² + ¼β₃v⁴ is p = (m + β₃v²)v, so that v = p/(m + β₃s²) with s = ‖v‖."""

    def velocity(moments: Arrays) -> Arrays:
        s = speed(norm(moments), mass, beta_3)
        return [X / (mass + beta_3 * s**2) for X in moments]

    same = {"lr": lr, "momentum": momentum, "mass": mass, "beta_3": beta_3}
    opt = pick(side, lambda: textbook("quartic", **same), lambda: method("Quartic", **same))
    due = with_momentum(problem, momentum, velocity, lr)

    def rate(size: float) -> float:
        return lr / (mass + beta_3 * speed(size, mass, beta_3) ** 2)

    assert_close(ours(opt, problem), due, by_norm(problem, momentum, rate, 1.0), problem.dtype)


@pytest.mark.parametrize("size", (1e-9, 1e-3, 1.0, 1e3, 1e9))
def test_the_root_of_the_cubic_is_that_of_its_companion_matrix(size: float) -> None:
    roots = np.roots([0.7, 0.0, 1.3, -size])
    (real,) = roots[np.abs(roots.imag) < 1e-9 * np.abs(roots)].real
    assert speed(size, 1.3, 0.7) == pytest.approx(real, rel=1e-9)


exponents = st.floats(1.05, 4.0)


def family(x: np.ndarray | float, a: float, A: float) -> np.ndarray | float:
    """The slope of φ(x) = ((xᵃ + 1)^(A/a) − 1)/A, arXiv:1809.05042."""
    return x ** (a - 1) * (x**a + 1) ** (A / a - 1)


@both
@given(problems(), rates, momenta, exponents, exponents)
def test_hamiltonian_descent(
    side: str, problem: Problem, lr: float, momentum: float, a: float, A: float
) -> None:
    def velocity(moments: Arrays) -> Arrays:
        size = norm(moments)
        return [family(size, a, A) * X / size for X in moments]

    same = {"lr": lr, "momentum": momentum, "a": a, "A": A}
    opt = pick(
        side,
        lambda: textbook("hamiltonian_descent", **same),
        lambda: method("HamiltonianDescent", **same),
    )
    due = with_momentum(problem, momentum, velocity, lr)
    sharpness = abs(a - 2) + abs(A - a)
    sizes = by_norm(problem, momentum, lambda n: lr * float(family(n, a, A)) / n, sharpness)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), rates, momenta, exponents, exponents)
def test_hamiltonian_descent_in_each_component(
    side: str, problem: Problem, lr: float, momentum: float, a: float, A: float
) -> None:
    def velocity(moments: Arrays) -> Arrays:
        return [np.sign(X) * family(np.abs(X), a, A) for X in moments]

    same = {"lr": lr, "momentum": momentum, "a": a, "A": A, "componentwise": True}
    opt = pick(
        side,
        lambda: textbook("hamiltonian_descent", **same),
        lambda: method("HamiltonianDescent", **same),
    )
    due = with_momentum(problem, momentum, velocity, lr)
    sizes = by_component(
        problem,
        momentum,
        lambda x: lr * np.sign(x) * family(np.abs(x), a, A),
        a + A,
    )
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@given(problems(), st.floats(1e-2, 1.0), st.floats(0.1, 10.0), exponents, exponents)
def test_the_first_explicit_method_of_hamiltonian_descent(
    side: str, problem: Problem, lr: float, gamma: float, a: float, A: float
) -> None:
    """In the paper's own letters: p ← δp − εδ∇f, x ← x + ε∇κ(p) with δ = 1/(1 + γε)."""
    contraction = 1 / (1 + gamma * lr)
    momenta_of = zeros(problem)

    def step(weights: Arrays, slope: Arrays) -> None:
        for p, g in zip(momenta_of, slope, strict=True):
            p[...] = contraction * p - lr * contraction * g
        size = norm(momenta_of)
        for x, p in zip(weights, momenta_of, strict=True):
            x += lr * family(size, a, A) * p / size

    due = in_doubles(problem, step)
    scale = problem.dtype.type(lr * contraction)
    impulses = tuple([scale * g for g in slope] for slope in problem.slopes)
    scaled = Problem(problem.weights, impulses)
    same = {"lr": lr, "momentum": contraction, "a": a, "A": A}
    opt = pick(
        side,
        lambda: textbook("hamiltonian_descent", **same),
        lambda: method("HamiltonianDescent", **same),
    )
    sharpness = abs(a - 2) + abs(A - a)
    sizes = by_norm(scaled, contraction, lambda n: lr * float(family(n, a, A)) / n, sharpness)
    assert_close(ours(opt, scaled), due, sizes, problem.dtype)
