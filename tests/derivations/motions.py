"""Motions on random smooth losses, and formulas of one-component algebra evaluated along them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import pytest
import sympy as sp
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

from derivations.algebra.components import is_component
from derivations.algebra.symbols import Component

Array = NDArray[np.float64]
DIMENSION = 4


@dataclass(frozen=True)
class Landscape:
    """A random smooth loss: convex with its minimum at zero, or with waves on it."""

    matrix: Array
    waves: Array
    phases: Array

    def loss(self, place: Array) -> float:
        bowl = place @ self.matrix @ place / 2 + np.log(np.cosh(place)).sum()
        return float(bowl + (self.waves * np.cos(3 * place + self.phases)).sum())

    def slope(self, place: Array) -> Array:
        waves = -3 * self.waves * np.sin(3 * place + self.phases)
        return self.matrix @ place + np.tanh(place) + waves


def landscape(seed: int, wavy: bool = True) -> Landscape:
    chance = np.random.default_rng(seed)
    root = chance.normal(size=(DIMENSION, DIMENSION))
    waves = chance.normal(size=DIMENSION) * (0.5 if wavy else 0.0)
    return Landscape(root @ root.T / DIMENSION, waves, chance.uniform(0, 6, DIMENSION))


def value(formula: sp.Expr, numbers: dict[sp.Basic, Array | float]) -> float:
    """Evaluate a formula of one-component algebra on arrays."""
    return float(compiled(formula, tuple(numbers))(*numbers.values()))


@cache
def compiled(formula: sp.Expr, letters: tuple[sp.Basic, ...]) -> Callable[..., float]:
    """A function of what the letters and unknown functions of a formula stand for."""
    kinds = (Component if is_component(part) else sp.Symbol for part in letters)
    named = {part: kind(f"z{n}") for n, (part, kind) in enumerate(zip(letters, kinds, strict=True))}
    modules = [{"Total": np.sum, "Heaviside": np.heaviside}, "numpy"]
    return sp.lambdify(list(named.values()), formula.doit().xreplace(named), modules)


def motion(
    rates: Callable[[float, Array], Array], start: Array, end: float, begin: float = 0.0
) -> tuple[Array, Callable[[float], Array]]:
    """Integrate, and return times to look at and the state at any time."""
    found = solve_ivp(
        rates, (begin, end), start, method="DOP853", rtol=1e-11, atol=1e-12, dense_output=True
    )
    assert found.success
    return np.linspace(begin, end, 60)[1:-1], found.sol


def slope_in_time(function: Callable[[float], float], moment: float) -> float:
    """A central difference of fourth order."""
    step = 1e-3
    near = function(moment + step) - function(moment - step)
    far = function(moment + 2 * step) - function(moment - 2 * step)
    return (8 * near - far) / (12 * step)


def falls_at(
    times: Array, energy: Callable[[float], float], rate: Callable[[float], float]
) -> None:
    """Check that an energy never grows, at the rate that was proved."""
    values = np.array([energy(moment) for moment in times])
    scale = 1 + np.abs(values).max()
    assert (np.diff(values) <= 1e-8 * scale).all()
    for moment in times:
        due = rate(moment)
        assert due <= 1e-12
        assert slope_in_time(energy, moment) == pytest.approx(due, rel=1e-5, abs=1e-6 * scale)
