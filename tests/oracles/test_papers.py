"""Methods that no library has, against their papers' formulas typed here in NumPy."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import hermosis as hm
from hermosis import optimizers

from .support import (
    Arrays,
    Problem,
    assert_close,
    doubles,
    in_mid_step,
    momentum_sizes,
    ours,
    problems,
    written,
)  # fmt: skip

rates = st.floats(1e-4, 1.0)
momenta = st.floats(0.0, 0.999)
decays = st.floats(0.0, 0.5)


def zeros(problem: Problem) -> Arrays:
    return [np.zeros_like(array) for array in problem.weights]


@given(problems(), rates, momenta)
def test_the_moving_average(problem: Problem, lr: float, momentum: float) -> None:
    """Hermosis, Learning Dynamics, the integral form: X ← μX + (1 − μ)∇L, w ← w − ηX."""
    moments = zeros(problem)

    def step(weights: Arrays, slope: Arrays) -> None:
        for w, X, g in zip(weights, moments, slope, strict=True):
            X[...] = momentum * X + (1 - momentum) * g
            w[...] = w - lr * X

    due = written(problem, step)
    opt = optimizers.MovingAverage(lr=lr, momentum=momentum, backend="numpy")
    sizes = momentum_sizes(problem, lr, momentum)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates, st.floats(0.5, 0.999))
def test_the_hot_start_is_the_bias_correction(problem: Problem, lr: float, momentum: float) -> None:
    """Kingma and Ba, arXiv:1412.6980: m ← μm + (1 − μ)g, w ← w − lr·m/(1 − μᵗ)."""
    moments, count = zeros(problem), [0]

    def step(weights: Arrays, slope: Arrays) -> None:
        count[0] += 1
        for w, m, g in zip(weights, moments, slope, strict=True):
            m[...] = momentum * m + (1 - momentum) * g
            w[...] = w - lr * m / (1 - momentum ** count[0])

    due = written(problem, step)
    H = hm.Hamiltonian(profile=hm.HotStart())
    opt = H.optimizer(lr=lr, momentum=momentum, integrator="[CK] D", backend="numpy")
    sizes = momentum_sizes(problem, lr, 1.0)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@given(problems(), rates)
def test_the_accumulated_gradient(problem: Problem, lr: float) -> None:
    """Hermosis, Learning Dynamics, constant temperature: X ← X + ζ∇L, w ← w − ηX, ζ = 1."""
    moments = zeros(problem)

    def step(weights: Arrays, slope: Arrays) -> None:
        for w, X, g in zip(weights, moments, slope, strict=True):
            X[...] = X + g
            w[...] = w - lr * X

    due = written(problem, step)
    opt = optimizers.Accumulated(lr=lr, backend="numpy")
    assert_close(ours(opt, problem), due, momentum_sizes(problem, lr, 1.0), problem.dtype)


@given(problems(), rates, momenta, decays)
def test_decoupled_decay(problem: Problem, lr: float, momentum: float, decay: float) -> None:
    """Loshchilov and Hutter 2019, with e^(−lr·λ) for its first order 1 − lr·λ."""
    moments = zeros(problem)

    def step(weights: Arrays, slope: Arrays) -> None:
        for w, X, g in zip(weights, moments, slope, strict=True):
            X[...] = momentum * X + g
            w[...] = np.exp(-lr * decay) * w - lr * X

    due = written(problem, step)
    opt = optimizers.Momentum(
        lr=lr, momentum=momentum, weight_decay=decay, decoupled=True, backend="numpy"
    )
    sizes = momentum_sizes(problem, lr, momentum)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


def franca(
    problem: Problem, epsilon: float, mu: float, delta: float, alpha: float
) -> tuple[Arrays, list[Arrays], list[Arrays]]:
    """RGD, algorithm 1 of França et al., arXiv:1903.04100; also the half points and the sizes."""
    x, v = problem.weights, zeros(problem)
    root = np.sqrt(mu)
    spent, points, sizes = [np.zeros(a.shape) for a in x], [], []

    def squared(arrays: Arrays) -> float:
        return float(sum(np.sum(array.astype(float) ** 2) for array in arrays))

    for slope in problem.slopes:
        gauge = np.sqrt(mu * delta * squared(v) + 1)
        half = [a + root * b / gauge for a, b in zip(x, v, strict=True)]
        half = [np.asarray(a, dtype=problem.dtype) for a in half]
        kick = [root * b - epsilon * g for b, g in zip(v, slope, strict=True)]
        gauge_after = np.sqrt(delta * squared(kick) + 1)
        now = []
        for used, a, b, g in zip(spent, x, v, slope, strict=True):
            # an error of v is scaled by 1/gauge at most, and by its norm where the speed saturates
            used += 2 * np.abs(b.astype(float)) + np.abs(epsilon * g.astype(float))
            now.append(np.abs(a.astype(float)) + used)
        for a, b, m, p in zip(x, v, half, kick, strict=True):
            a[...] = alpha * m + (1 - alpha) * a + p / gauge_after
            b[...] = root * p
        points.append(half)
        sizes.append(now)
    return x, points, sizes


blends = st.one_of(st.sampled_from((0.0, 0.5, 1.0)), st.floats(0.0, 1.0))
deltas = st.one_of(st.just(0.0), st.floats(1e-3, 1e3))


@settings(max_examples=100)
@given(problems(), rates, st.floats(1e-3, 0.999), deltas, blends)
def test_relativistic_descent(
    problem: Problem, epsilon: float, mu: float, delta: float, alpha: float
) -> None:
    opt = optimizers.Relativistic(
        lr=epsilon, momentum=mu, delta=delta, alpha=alpha, backend="numpy"
    )
    found, points = in_mid_step(opt, problem)
    due, halves, sizes = franca(problem, epsilon, mu, delta, alpha)
    for n, (point, half) in enumerate(zip(points, halves, strict=True), 1):
        assert_close(point, half, sizes[:n], problem.dtype)
    assert_close(found, due, sizes, problem.dtype)


@given(problems(), rates, momenta)
def test_sign_descent(problem: Problem, lr: float, momentum: float) -> None:
    """Bernstein et al., arXiv:1802.04434, algorithm 2 (Signum), its average without (1 − μ)."""
    moments, least = zeros(problem), [np.inf]

    def step(weights: Arrays, slope: Arrays) -> None:
        for w, X, g in zip(weights, moments, slope, strict=True):
            X[...] = momentum * X + g
            least[0] = min(least[0], float((np.abs(X) / np.abs(g)).min()))
            w[...] = w - lr * np.sign(X)

    due = written(problem, step)
    assume(least[0] >= 1e-3)  # a moment that cancels to rounding has no sign of its own
    opt = optimizers.SignSGD(lr=lr, momentum=momentum, backend="numpy")
    reach = [[np.abs(w) + (n + 1) * lr for w in due] for n in range(len(problem.slopes))]
    assert_close(ours(opt, problem), due, reach, problem.dtype)


@given(problems(), rates, momenta)
def test_normalised_descent(problem: Problem, lr: float, momentum: float) -> None:
    """w ← w − lr·X/‖X‖, with the norm of the whole set (Hazan et al., arXiv:1507.02030)."""
    moments, sizes = zeros(problem), []

    def step(weights: Arrays, slope: Arrays) -> None:
        for X, g in zip(moments, slope, strict=True):
            X[...] = momentum * X + g
        norm = np.sqrt(sum(np.sum(X.astype(float) ** 2) for X in moments))
        top = max(float(np.abs(array).max()) for array in (*moments, *slope))
        peak[0] = max(momentum * peak[0], top)
        for w, X in zip(weights, moments, strict=True):
            w[...] = w - lr * X / norm
        sizes.append(
            [np.abs(w) + lr * (1 + len(problem.slopes) * peak[0] / norm) for w in doubles(weights)]
        )

    peak = [0.0]
    due = written(problem, step)
    opt = optimizers.NormalizedGD(lr=lr, momentum=momentum, backend="numpy")
    assert_close(ours(opt, problem), due, sizes, problem.dtype)
