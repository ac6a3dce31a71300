"""The Lyapunov functions along motions that SciPy integrates: monotone, at the rates proved.

The equations of motion are typed here from their papers, apart from `derivations`; energies and
rates are the formulas that were proved, evaluated.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import sympy as sp

from derivations.algebra.notation import At, Partial
from derivations.algebra.symbols import G, L, U, X, beta, c, gamma, h, k, lamda, t, w
from derivations.reductions import caution, energy_balance, lion_energy, lyapunov, volume

from .motions import DIMENSION, Array, falls_at, landscape, motion, value

SEEDS = pytest.mark.parametrize("seed", range(5))


@SEEDS
def test_the_hermosis_flow(seed: int) -> None:
    """A relativistic system under cooling with a power of β: H stays, κ + c²L falls."""
    place, chance = landscape(seed), np.random.default_rng(seed + 100)
    fixed = dict(zip((h, c, k, energy_balance.delta), chance.uniform(0.5, 2, 4), strict=True))
    action, light, unit, bend = (float(fixed[x]) for x in (h, c, k, energy_balance.delta))

    def cooling(mass: float) -> float:
        return 0.4 * mass**0.8

    def rates(_: float, state: Array) -> Array:
        at, moment, heat, mass = split(state)
        root = np.sqrt(1 + bend * moment @ moment)
        kinetic, velocity = (root - 1) / bend, moment / root
        heating = moment @ velocity - kinetic - light**2 * place.loss(at)
        return np.concatenate(
            [
                -velocity / action,
                light**2 / action * place.slope(at) - cooling(mass) / mass * moment,
                [heating / action - heat * 0.4 * 0.8 * mass**-0.2, cooling(mass)],
            ]
        )

    def split(state: Array) -> tuple[Array, Array, float, float]:
        return state[:DIMENSION], state[DIMENSION:-2], float(state[-2]), float(state[-1])

    start = np.concatenate([chance.normal(size=2 * DIMENSION), [0.3, 1.0]])
    times, at = motion(rates, start, 6.0)
    profile = {energy_balance.PROFILE: 0.0}

    def numbers(moment: float) -> dict[sp.Basic, Array | float]:
        place_, moment_, heat, mass = split(at(moment))
        profile[energy_balance.PROFILE] = cooling(mass)
        return {**fixed, L: place.loss(place_), X: moment_, U: heat, beta: mass, **profile}

    whole, part = energy_balance.whole(energy_balance.SPEEDY), energy_balance.mechanical()
    part = part.xreplace({energy_balance.kappa: energy_balance.SPEEDY})
    power = sp.Symbol("power")
    lost = energy_balance.friction(power)

    def rate(moment: float) -> float:
        found = numbers(moment)
        root = np.sqrt(1 + bend * found[X] @ found[X])
        return value(lost, {**found, power: found[X] @ found[X] / root})

    conserved = [value(whole, numbers(moment)) for moment in times]
    assert np.ptp(conserved) < 1e-7 * (1 + np.abs(conserved).max())
    falls_at(times, lambda moment: value(part, numbers(moment)), rate)


@SEEDS
@pytest.mark.parametrize("ratio", (0.25, 0.3, 1.0, 4.0))
def test_adam(seed: int, ratio: float) -> None:
    place, chance = landscape(seed), np.random.default_rng(seed + 200)
    pace, floor = float(chance.uniform(0.2, 2)), 0.05
    first = ratio * pace

    def rates(_: float, state: Array) -> Array:
        at, moment, square = np.split(state, 3)
        slope = place.slope(at)
        return np.concatenate(
            [
                -moment / (np.sqrt(square) + floor),
                first * (slope - moment),
                pace * (slope**2 - square),
            ]
        )

    start = np.concatenate([chance.normal(size=2 * DIMENSION), chance.uniform(0.5, 2, DIMENSION)])
    times, at = motion(rates, start, 5.0)

    def numbers(moment: float) -> dict[sp.Basic, Array | float]:
        here, moments, square = np.split(at(moment), 3)
        return {
            w: here, X: moments, lyapunov.V: square, L: place.loss(here), G: place.slope(here),
            lyapunov.a: first, lyapunov.b: pace, lyapunov.eps: floor,
        }  # fmt: skip

    falls_at(
        times,
        lambda moment: value(lyapunov.adam_energy(), numbers(moment)),
        lambda moment: value(lyapunov.adam_rate(), numbers(moment)),
    )


def test_adam_may_grow_below_a_quarter() -> None:
    """On a flat loss, with a = b/5 and no ε, from a state with momentum."""
    numbers = {X: np.ones(3), lyapunov.V: np.ones(3), G: np.zeros(3), lyapunov.eps: 0.0}
    rate = value(lyapunov.adam_rate(), {**numbers, lyapunov.a: 0.2, lyapunov.b: 1.0})
    assert rate == pytest.approx(3 * (1 / 0.8 - 1))


@SEEDS
def test_rmsprop(seed: int) -> None:
    place, floor = landscape(seed), 0.05

    def rates(_: float, state: Array) -> Array:
        at, square = np.split(state, 2)
        slope = place.slope(at)
        return np.concatenate([-slope / (np.sqrt(square) + floor), 0.7 * (slope**2 - square)])

    start = np.random.default_rng(seed).uniform(0.5, 2, 2 * DIMENSION)
    times, at = motion(rates, start, 3.0)

    def rate(moment: float) -> float:
        here, square = np.split(at(moment), 2)
        numbers = {G: place.slope(here), lyapunov.V: square, lyapunov.eps: floor}
        return value(lyapunov.rmsprop_rate(), numbers)

    falls_at(times, lambda moment: place.loss(at(moment)[:DIMENSION]), rate)


@SEEDS
@pytest.mark.parametrize("order", (2.0, 3.0, 2.5))
def test_bregman(seed: int, order: float) -> None:
    """A convex loss with its minimum at zero: E falls, and the loss as t^(−p)."""
    place, constant = landscape(seed, wavy=False), 0.25

    def rates(moment: float, state: Array) -> Array:
        at, speed = np.split(state, 2)
        push = constant * order**2 * moment ** (order - 2) * place.slope(at)
        return np.concatenate([speed, -(order + 1) / moment * speed - push])

    start = np.random.default_rng(seed + 300).normal(size=2 * DIMENSION)
    times, at = motion(rates, start, 6.0, begin=1.0)

    def numbers(moment: float) -> dict[sp.Basic, Array | float]:
        here, speed = np.split(at(moment), 2)
        return {
            w: here, lyapunov.v: speed, lyapunov.w_0: np.zeros(DIMENSION), t: moment,
            L: place.loss(here), lyapunov.L_0: 0.0, G: place.slope(here),
            lyapunov.p: order, lyapunov.C: constant,
        }  # fmt: skip

    def energy(moment: float) -> float:
        return value(lyapunov.bregman_energy(), numbers(moment))

    proved = lyapunov.bregman_rate(lyapunov.bregman_divergence())
    falls_at(times, energy, lambda moment: value(proved, numbers(moment)))
    for moment in times:
        bound = energy(times[0]) / (constant * moment**order)
        assert place.loss(at(moment)[:DIMENSION]) <= bound * (1 + 1e-9)


#: K with ∇K, K*, ∇K*: momentum, and a smooth K that is Lion's at a distance from zero.
SHARP = 6.0
KINDS: dict[str, tuple[Callable[[Array], Array], ...]] = {
    "momentum": (lambda y: y**2 / 2, lambda y: y, lambda y: y**2 / 2, lambda y: y),
    "smooth Lion": (
        lambda y: np.log(np.cosh(SHARP * y)) / SHARP,
        lambda y: np.tanh(SHARP * y),
        lambda y: (y * np.arctanh(y) + np.log1p(-(y**2)) / 2) / SHARP,
        lambda y: np.arctanh(y) / SHARP,
    ),
}


@SEEDS
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("reach", (0.2, 1.0))
def test_lion_k(seed: int, kind: str, reach: float) -> None:
    place, chance = landscape(seed), np.random.default_rng(seed + 400)
    potential, gradient, dual, dual_gradient = KINDS[kind]
    strength, decay, friction = (float(x) for x in chance.uniform(0.4, 1.2, 3))
    early = reach / friction

    def ahead(here: Array, moment: Array) -> Array:
        return moment - early * (strength * place.slope(here) + friction * moment)

    def rates(_: float, state: Array) -> Array:
        here, moment = np.split(state, 2)
        return np.concatenate(
            [
                gradient(ahead(here, moment)) - decay * here,
                -strength * place.slope(here) - friction * moment,
            ]
        )

    start = np.concatenate(
        [chance.uniform(-0.8, 0.8, DIMENSION) / decay, chance.normal(size=DIMENSION)]
    )
    times, at = motion(rates, start, 4.0)
    system, li = lion_energy.general(), lion_energy
    proved = li.fall(li.first, li.second)

    def numbers(moment: float) -> dict[sp.Basic, Array | float]:
        here, moments = np.split(at(moment), 2)
        n = ahead(here, moments)
        return {
            li.x: here, li.m: moments, li.n: n, li.f: place.loss(here),
            li.K: potential(moments).sum(), li.dual: dual(decay * here).sum(),
            Partial(li.K, li.n): gradient(n), Partial(li.K, li.m): gradient(moments),
            At(Partial(li.dual, li.x), lamda * li.x): dual_gradient(decay * here),
            li.alpha: strength, lamda: decay, gamma: friction, li.eps: early,
        }  # fmt: skip

    def rate(moment: float) -> float:
        found = numbers(moment)
        products = {li.first: value(system.first, found), li.second: value(system.second, found)}
        assert min(products.values()) >= -1e-12
        return value(proved, {**found, **products})

    falls_at(times, lambda moment: value(system.energy, numbers(moment)), rate)


@SEEDS
def test_lion_comes_to_its_box_and_stays(seed: int) -> None:
    """Outside the box the distance falls at least as e^(−λt), whatever the moments do."""
    chance, decay = np.random.default_rng(seed + 500), 0.7
    outside = chance.uniform(1.5, 4, DIMENSION) * chance.choice([-1, 1], DIMENSION) / decay
    signs = chance.choice([-1.0, 1.0], size=(200, DIMENSION))
    here, step = outside, 0.05
    for number, direction in enumerate(signs, 1):
        here = direction / decay + (here - direction / decay) * np.exp(-decay * step)
        excess = np.maximum(np.abs(decay * here) - 1, 0)
        first = np.abs(decay * outside) - 1
        assert (excess <= first * np.exp(-decay * step * number) + 1e-12).all()


@SEEDS
def test_cautious(seed: int) -> None:
    """From random states: the loss falls, and the energy at least as fast as without the mask."""
    chance = np.random.default_rng(seed + 600)
    for _ in range(50):
        moment, slope = chance.normal(size=(2, DIMENSION))
        extra, action, light, cooling, mass = chance.uniform(0.1, 2, 5)
        numbers = {
            X: moment, G: slope, caution.VELOCITY: moment, caution.q: extra, h: action, c: light,
            caution.PROFILE: cooling, beta: mass,
        }  # fmt: skip
        kept = (moment * slope > 0) * moment * (1 + extra)
        loss = -slope @ kept / action
        force = light**2 / action * slope - cooling / mass * moment
        energy, plain = (
            moment @ force + light**2 * slope @ -velocity / action for velocity in (kept, moment)
        )
        assert loss <= 0 and energy <= plain + 1e-12
        gain = value(caution.gain(), numbers)
        free = -cooling / mass * moment @ moment
        assert plain == pytest.approx(free)
        assert energy == pytest.approx(free - gain)


@SEEDS
def test_the_volume_of_nesterov_on_any_quadratic(seed: int) -> None:
    """Not only along the axes of the loss: μ^d det(1 − lr·A) for any symmetric A."""
    chance = np.random.default_rng(seed)
    root = chance.normal(size=(DIMENSION, DIMENSION))
    matrix, mu, rate = root @ root.T, 0.9, 0.05
    one, zero = np.eye(DIMENSION), np.zeros((DIMENSION, DIMENSION))
    cool = np.block([[one, zero], [zero, mu * one]])
    kick = np.block([[one, zero], [matrix, one - rate * matrix]])
    drift = np.block([[one, -rate * one], [zero, one]])
    found = np.linalg.det(drift @ kick @ cool)
    assert found == pytest.approx(mu**DIMENSION * np.linalg.det(one - rate * matrix))
    curves = np.linalg.eigvalsh(matrix)
    assert found == pytest.approx(mu**DIMENSION * np.prod(1 - rate * curves))
    assert volume.PROOFS["volume of Nesterov's step"]().steps[1].holds
