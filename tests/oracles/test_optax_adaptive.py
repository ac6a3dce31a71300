"""Lion, AdaBelief and the rules that are no Hamiltonian flow against optax."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import optax
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.textbook import lion_k

from .budgets import by_norm, by_steps, scaled
from .libraries import by_optax
from .support import (
    Arrays,
    Problem,
    assert_close,
    both,
    doubles,
    in_doubles,
    method,
    norm,
    ours,
    pick,
    problems,
    run,
    textbook,
    zeros,
)

rates = st.floats(1e-4, 1.0)
firsts = st.floats(0.1, 0.99)
averages = st.floats(0.5, 0.999)
decays = st.one_of(st.just(0.0), st.floats(1e-4, 0.9))
few = settings(max_examples=20)

Steps = Iterator[list[tuple[np.ndarray, np.ndarray]]]


def looks(problem: Problem, first: float, second: float) -> Iterator[tuple[Arrays, Arrays]]:
    """Lion's c = β₁m + (1 − β₁)g at each step, and the size of what cancels in it."""
    mean = [np.zeros(w.shape) for w in problem.weights]
    top = [np.zeros(w.shape) for w in problem.weights]
    for slope in problem.slopes:
        both_parts = [
            (first * m, (1 - first) * g) for m, g in zip(mean, doubles(slope), strict=True)
        ]
        yield (
            [a + b for a, b in both_parts],
            [np.abs(a) + np.abs(b) + t for (a, b), t in zip(both_parts, top, strict=True)],
        )
        for m, t, g in zip(mean, top, doubles(slope), strict=True):
            m[...] = second * m + (1 - second) * g
            np.maximum(t, np.abs(m), out=t)


def has_clear_signs(problem: Problem, first: float, second: float) -> bool:
    """Whether no c cancels so far that its sign is a matter of rounding."""
    least = 100 * np.finfo(problem.dtype).eps
    return all(
        np.all(np.abs(c) > least * size)
        for now in looks(problem, first, second)
        for c, size in zip(*now, strict=True)
    )


@both
@few
@given(problems(), rates, firsts, firsts, decays)
def test_lion(
    side: str, problem: Problem, lr: float, first: float, second: float, decay: float
) -> None:
    assume(has_clear_signs(problem, first, second))
    same = {"lr": lr, "betas": (first, second), "weight_decay": decay}
    opt = pick(
        side, lambda: textbook("lion", decoupled=True, **same), lambda: method("Lion", **same)
    )
    due = by_optax(problem, lambda: optax.lion(lr, first, second, weight_decay=decay))
    steps = ([(lr * np.sign(c), np.full(c.shape, lr)) for c in now]
             for now, _ in looks(problem, first, second))  # fmt: skip
    sizes = by_steps(problem, steps, keep=1 - lr * decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@few
@given(problems(), rates, firsts, firsts, decays)
def test_lion_with_the_exact_decay(
    side: str, problem: Problem, lr: float, first: float, second: float, decay: float
) -> None:
    """optax's Lion with the decay (1 − e^(−lr·λ))/lr, so that its factor is the exact one."""
    assume(has_clear_signs(problem, first, second))
    same = {"lr": lr, "betas": (first, second), "weight_decay": decay}
    opt = pick(
        side,
        lambda: textbook("lion", decoupled=True, exact=True, **same),
        lambda: method("Lion", exact_decay=True, **same),
    )
    equal = -np.expm1(-lr * decay) / lr
    due = by_optax(problem, lambda: optax.lion(lr, first, second, weight_decay=equal))
    steps = ([(lr * np.sign(c), np.full(c.shape, lr)) for c in now]
             for now, _ in looks(problem, first, second))  # fmt: skip
    sizes = by_steps(problem, steps, keep=np.exp(-lr * decay))
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@few
@given(problems(), rates, firsts, firsts, decays)
def test_lion_k_of_half_the_square(
    problem: Problem, lr: float, first: float, second: float, decay: float
) -> None:
    """optax's refined Lion, whose sign is linear where |c| < 1."""
    opt = run(lion_k(lambda c: c, decoupled=True), lr=lr, betas=(first, second), weight_decay=decay)
    due = by_optax(
        problem,
        lambda: optax.chain(
            optax.scale_by_lion(first, second, mode="refined"),
            optax.add_decayed_weights(decay),
            optax.scale_by_learning_rate(lr),
        ),
    )
    inside = [np.abs(c).max() < 1 for now, _ in looks(problem, first, second) for c in now]
    assume(all(inside))
    steps = ([(lr * c, lr * size) for c, size in zip(*now, strict=True)]
             for now in looks(problem, first, second))  # fmt: skip
    sizes = by_steps(problem, steps, keep=1 - lr * decay)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


def beliefs(
    problem: Problem, lr: float, betas: tuple[float, float], eps: float, root: float
) -> Steps:
    """A mean square is a norm, so that its root is known as well as g − m is: to ε·max|g|."""
    for now in scaled(problem, betas, root):
        step = []
        for a in now:
            mean = a.mean / (1 - betas[0] ** a.n)
            spread = np.sqrt(a.belief / (1 - betas[1] ** a.n)) + eps
            lost = lr * a.top / spread * (1 + np.abs(mean) / spread)
            step.append((lr * mean / spread, lost))
        yield step


@both
@few
@given(problems(), rates, firsts, averages, st.sampled_from((1e-16, 1e-8, 1e-4)),
       st.sampled_from((1e-16, 1e-8)))  # fmt: skip
def test_adabelief(
    side: str, problem: Problem, lr: float, first: float, second: float, eps: float, root: float
) -> None:
    same = {"lr": lr, "betas": (first, second), "eps": eps, "eps_root": root}
    opt = pick(side, lambda: textbook("adabelief", **same), lambda: method("AdaBelief", **same))
    due = by_optax(problem, lambda: optax.adabelief(lr, first, second, eps, root))
    sizes = by_steps(problem, beliefs(problem, lr, (first, second), eps, root))
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@both
@few
@given(problems(), rates, firsts, averages)
def test_adabelief_without_eps_in_the_root(
    side: str, problem: Problem, lr: float, first: float, second: float
) -> None:
    """The defaults of the paper, as optax's documentation gives them: ε = 1e−8 after the root."""
    same = {"lr": lr, "betas": (first, second), "eps": 1e-8}
    opt = pick(
        side,
        lambda: textbook("adabelief", rooted=False, **same),
        lambda: method("AdaBelief", eps_root=0.0, **same),
    )
    due = by_optax(problem, lambda: optax.adabelief(lr, first, second, 1e-8, 0.0))
    sizes = by_steps(problem, beliefs(problem, lr, (first, second), 1e-8, 0.0))
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


@few
@given(problems(), rates, st.floats(1e-3, 0.999), st.floats(1e-3, 1e3))
def test_momentum_of_clipped_gradients(
    problem: Problem, lr: float, momentum: float, limit: float
) -> None:
    opt = textbook("clipped_momentum", lr=lr, momentum=momentum, max_norm=limit)
    due = by_optax(
        problem, lambda: optax.chain(optax.clip_by_global_norm(limit), optax.sgd(lr, momentum))
    )
    sizes = by_norm(problem, momentum, lambda norm: lr, 0.0)
    assert_close(ours(opt, problem), due, sizes, problem.dtype)


def alone(problem: Problem) -> Problem:
    """The first array of a problem: a layer."""
    return Problem(problem.weights[0], tuple(slope[0] for slope in problem.slopes))


@few
@given(problems(), st.floats(1e-4, 0.1), st.floats(1e-3, 0.999))
def test_the_trust_ratio_of_lars(problem: Problem, lr: float, momentum: float) -> None:
    """Without decay, where optax's ratio ‖w‖/‖g + λw‖ is that of the paper, ‖w‖/(‖g‖ + λ‖w‖)."""
    layer = alone(problem)
    opt = textbook("lars", lr=lr, momentum=momentum, trust=0.001, weight_decay=0.0)
    due = by_optax(layer, lambda: optax.lars(lr, 0.0, trust_coefficient=0.001, momentum=momentum))
    far = float(np.linalg.norm(layer.weights[0])) * (1 + lr) ** len(layer.slopes)
    sizes = [[np.abs(w) + (n + 1) * lr * far for w in due] for n in range(len(layer.slopes))]
    assert_close(ours(opt, layer), due, sizes, layer.dtype)


@few
@given(problems(), st.floats(1e-4, 0.1), st.floats(1e-3, 0.999), st.floats(1e-3, 10.0))
def test_the_decay_of_lars(problem: Problem, lr: float, momentum: float, decay: float) -> None:
    """Algorithm 1 of arXiv:1708.03888, whose ratio optax does not have: ‖w‖/(‖g‖ + λ‖w‖)."""
    layer, buffer, sizes = alone(problem), zeros(alone(problem)), []

    def step(weights: Arrays, slope: Arrays) -> None:
        (w,), (v,), (g,) = weights, buffer, slope
        ratio = 0.01 * norm([w]) / (norm([g]) + decay * norm([w]))
        v[...] = momentum * v + lr * ratio * (g + decay * w)
        w -= v
        sizes.append([np.abs(w) + (1 + len(sizes)) * lr * far])

    far = norm(layer.weights) * (1 + lr) ** len(layer.slopes)
    due = in_doubles(layer, step)
    opt = textbook("lars", lr=lr, momentum=momentum, trust=0.01, weight_decay=decay)
    assert_close(ours(opt, layer), due, sizes, layer.dtype)


@few
@given(problems(), st.floats(1e-4, 0.1), st.floats(1e-4, 0.5))
def test_the_trust_ratio_of_lamb(problem: Problem, lr: float, decay: float) -> None:
    layer = alone(problem)
    same = {"lr": lr, "betas": (0.9, 0.99), "eps": 1e-6, "weight_decay": decay}
    opt = textbook("lamb", **same)
    due = by_optax(layer, lambda: optax.lamb(lr, 0.9, 0.99, 1e-6, weight_decay=decay))
    far = float(np.linalg.norm(layer.weights[0])) * (1 + lr) ** len(layer.slopes)
    sizes = []
    for (now,) in scaled(layer, (0.9, 0.99)):
        spread = np.sqrt(now.square / (1 - 0.99**now.n)) + 1e-6
        least = np.linalg.norm(now.mean / (1 - 0.9**now.n) / spread) - decay * far
        assume(least > 1e-2)
        lost = np.linalg.norm(now.top / spread + decay * far)
        sizes.append([np.abs(due[0]) + lr * far * (1 + 2 * lost / least)])
    assert_close(ours(opt, layer), due, sizes, layer.dtype)
