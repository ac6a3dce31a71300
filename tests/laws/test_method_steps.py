"""The compiled step of every method is its rule, evaluated by SymPy to thirty digits.

Methods that read arrays as matrices are compared with NumPy's linear algebra, typed by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from .exactly import DIGITS, Point, advance, exact
from .methods import CAUTIOUS, NUMBERS, PRODUCT, SAMPLE, Row
from .systems import CURVATURE, W0, both, loss, slope

STEPS = 3
UNITS = 64


def moved(row: Row, w: np.ndarray, problem: Any, steps: int = STEPS) -> dict[str, np.ndarray]:
    """The weights and states after some steps of the compiled step."""
    opt, w = row.optimizer, w.copy()
    state = opt.init(w)
    for _ in range(steps):
        opt.advance(w, state, problem, energies=False)
    numbers = {name: np.array([state.scalars[name]]) for name in map(str, row.rule.scalars)}
    return {"w": w} | {name: own[0] for name, own in state.arrays.items()} | numbers


def by_sympy(row: Row) -> dict[str, list[float]]:
    """The same by the rule, with thirty digits, at the numbers that the step was given."""
    opt, curvature = row.optimizer, CURVATURE.astype(object)
    state = opt.init(W0.copy())
    with mp.workdps(DIGITS):
        arrays = {name: exact(np.zeros(3)) for name in state.arrays}
        numbers = dict.fromkeys(map(str, row.rule.scalars), mp.mpf(0))
        point = Point({"w": exact(W0)} | arrays, mp.mpf(0), mp.mpf(0), numbers)
        for step in range(STEPS):
            state.step = step
            known = opt.values(state)
            tau = mp.mpf(known.get("tau", 1.0))
            assert known["count"] == step + 1
            values = {n: mp.mpf(v) for n, v in known.items() if n not in ("t", "tau")}
            point = advance(
                row.rule,
                point,
                tau,
                values,
                lambda w: loss(w, curvature),
                lambda w: slope(w, curvature),
            )
        found = {"w": point.arrays["w"]} | {name: point.arrays[name] for name in state.arrays}
        found |= {name: exact([number]) for name, number in point.numbers.items()}
        return {name: [float(x) for x in array] for name, array in found.items()}


def check_rule(row: Row) -> None:
    found, due = moved(row, W0, both), by_sympy(row)
    assert found.keys() == due.keys()
    for name, array in found.items():
        scale = max(1.0, float(np.abs(due[name]).max()))
        gap = np.abs(array - due[name]).max()
        assert gap <= UNITS * np.finfo(float).eps * scale, (name, gap)


# ---- methods that read arrays as matrices, by NumPy's linear algebra

MATRIX = np.array([[0.75, -0.5, 0.25], [0.5, 1.0, -0.75]])
lr, (beta_1, beta_2), averaging = NUMBERS["lr"], NUMBERS["betas"], NUMBERS["averaging"]
Formula = Callable[[dict[str, Any], np.ndarray, list[np.ndarray]], np.ndarray]


def cubic(w: np.ndarray) -> np.ndarray:
    """The gradient of Σw⁴/4 + Σw²/2."""
    return w**3 + w


def muon(chosen: dict[str, Any], w: np.ndarray, slopes: list[np.ndarray]) -> np.ndarray:
    """M ← μM + (1 − μ)g, and the polar factor of M, or of M carried one kick further."""
    mu = NUMBERS["momentum"]
    M = sum((1 - mu) * mu ** (len(slopes) - 1 - i) * g for i, g in enumerate(slopes))
    ahead = mu * M + (1 - mu) * slopes[-1] if chosen["nesterov"] else M
    left, _, right = np.linalg.svd(ahead, full_matrices=False)
    return left @ right


def natural(chosen: dict[str, Any], w: np.ndarray, slopes: list[np.ndarray]) -> np.ndarray:
    """(F + ε)⁻¹g with the running average F of g gᵀ, from zero."""
    flat = [g.ravel() for g in slopes]
    ages = reversed(range(len(flat)))
    F = sum(
        (1 - averaging) * averaging**n * np.outer(g, g) for n, g in zip(ages, flat, strict=True)
    )
    damped = F + NUMBERS["eps"] * np.eye(w.size)
    return np.linalg.solve(damped, flat[-1]).reshape(w.shape)


def covariant(chosen: dict[str, Any], w: np.ndarray, slopes: list[np.ndarray]) -> np.ndarray:
    """g(κ)⁻¹ times the mean gradient; averages corrected for their start but for centred ones."""
    flat, n = [g.ravel() for g in slopes], len(slopes)

    def average(beta: float, values: list[np.ndarray]) -> np.ndarray:
        total = sum((1 - beta) * beta ** (n - 1 - i) * x for i, x in enumerate(values))
        return total if chosen["centered"] else total / (1 - beta**n)

    kappa = average(beta_2, [np.outer(g, g) for g in flat])
    if chosen["centered"]:
        mean = average(beta_2, flat)
        kappa = kappa - np.outer(mean, mean)
    c0, c1, c2 = (NUMBERS[name] for name in ("flat", "efficient", "natural"))
    values, vectors = np.linalg.eigh(kappa)
    values = np.maximum(values, 0)
    metric = c0 + c1 * np.sqrt(values) + c2 * values
    if chosen["one_root"]:
        metric = np.sqrt(c0**2 + c1**2 * values + c2**2 * values**2)
    X = average(beta_1, flat)
    return (vectors @ (vectors.T @ X / metric)).reshape(w.shape)


BY_HAND: dict[str, Formula] = {
    "Muon": muon,
    "NaturalGradient": natural,
    "CovariantGradient": covariant,
}


def mask(downhill: np.ndarray, rescaled: bool) -> np.ndarray:
    """Algorithm 1 of arXiv:2411.16085."""
    return downhill * (downhill.size / (downhill.sum() + 1) if rescaled else 1.0)


def check_by_hand(row: Row) -> None:
    assert row.name in BY_HAND, "type the formula of the new method here"
    chosen = dict(row.settings)
    decay = chosen["weight_decay"]
    shrunk = (np.exp(-lr * decay) if chosen.get("exact_decay") else 1 - lr * decay, 0.0)
    factor, coupled = shrunk if "exact_decay" in chosen else (1.0, decay)
    found = moved(row, MATRIX, lambda w: (0.0, cubic(w)))["w"]
    due, slopes = MATRIX.copy(), []
    for _ in range(STEPS):
        slopes.append(cubic(due) + coupled * due)
        velocity = BY_HAND[row.name](chosen, due, slopes)
        if row.cautious:
            velocity = velocity * mask(velocity * slopes[-1] > 0, CAUTIOUS[row.cautious])
        due = factor * due - lr * velocity
    assert found == pytest.approx(due, rel=1e-11, abs=1e-11)


def check(row: Row) -> None:
    (check_by_hand if row.whole else check_rule)(row)


@pytest.mark.parametrize("row", SAMPLE, ids=str)
def test_a_compiled_step_is_its_rule(row: Row) -> None:
    check(row)


@pytest.mark.slow
@pytest.mark.parametrize("row", PRODUCT, ids=str)
def test_a_compiled_step_is_its_rule_over_the_whole_product(row: Row) -> None:
    check(row)
