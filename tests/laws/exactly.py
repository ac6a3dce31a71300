"""A rule evaluated by SymPy in explicit coordinates, to any number of digits and for any τ.

It shares no code with the emitted sources: sums over components are written out, each formula is
printed for mpmath by SymPy, and steps of negative length, which optimizers refuse, are allowed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import mpmath as mp
import numpy as np
import sympy as sp

from derivations.algebra.components import coordinate, explicit
from derivations.algebra.cubic import written_out
from derivations.algebra.symbols import Component, G, L, U, t
from derivations.step.rule import Rule

DIGITS = 30


@dataclass(frozen=True)
class Point:
    """A state: arrays by name, U, the time, and by name what else is one number."""

    arrays: dict[str, np.ndarray]
    U: Any
    t: Any
    numbers: dict[str, Any] = field(default_factory=dict)

    def flat(self) -> list[Any]:
        """All numbers but the time."""
        return [
            *(number for array in self.arrays.values() for number in array),
            self.U,
            *self.numbers.values(),
        ]


def exact(numbers: Sequence[Any]) -> np.ndarray:
    """The numbers as they are, with the working digits of mpmath."""
    return np.array(
        [number if isinstance(number, mp.mpf) else mp.mpf(float(number)) for number in numbers]
    )


def distance(one: Point, other: Point) -> Any:
    """The largest difference in units of the size of the numbers."""
    pairs = zip(one.flat(), other.flat(), strict=True)
    return max(abs(a - b) / (1 + abs(b)) for a, b in pairs)


def advance(
    rule: Rule,
    point: Point,
    tau: Any,
    values: dict[str, Any],
    loss: Callable[[Any], Any],
    slope: Callable[[Any], Any],
) -> Point:
    """One step of a rule, which may be of negative length."""
    now = {name: list(array) for name, array in point.arrays.items()}
    heat, scalars = point.U, {**values, "tau": mp.mpf(tau), "t": point.t}
    own = dict(point.numbers)
    gradient, value, fresh = slope(point.arrays["w"]), loss(point.arrays["w"]), True
    d = len(now["w"])
    for stage, compiled in zip(rule.stages, stages(rule, d), strict=True):
        if stage.evaluates:
            here = np.array(now["w"], dtype=object)
            gradient, value, fresh = slope(here), loss(here), True
        # a cautious drift compares itself with the gradient of its kick, wherever w is by then
        assert fresh or not stage.reads_gradient or list(map(str, stage.targets)) == ["w"]
        known = {**scalars, **own, "U": heat, "L": value}
        numbers = [*(x for array in now.values() for x in array), *gradient]
        found = iter(compiled(*numbers, *(known[x.name] for x in parameters(rule))))
        for target in stage.targets:
            if isinstance(target, Component):
                now[target.name] = [next(found) for _ in range(d)]
            elif target == U:
                heat = next(found)
            else:
                own[target.name] = next(found)
        if "w" in map(str, stage.targets):
            fresh = False
    arrays = {name: np.array(numbers, dtype=object) for name, numbers in now.items()}
    return Point(arrays, heat, point.t + mp.mpf(tau), own)


def parameters(rule: Rule) -> list[sp.Symbol]:
    """The scalars that a rule may read, in a fixed order."""
    return sorted({*rule.parameters, *rule.scalars, U, L, t}, key=str)


@cache
def stages(rule: Rule, d: int) -> tuple[Callable[..., Any], ...]:
    """Each stage as a function of all coordinates and scalars."""
    arrays = [sp.Symbol("w"), *rule.states, G]
    coordinates = [coordinate(variable, index) for variable in arrays for index in range(d)]
    scalars = parameters(rule)
    made = []
    for stage in rule.stages:
        values = []
        for target, value in stage.assignments:
            places = range(d) if isinstance(target, Component) else [None]
            values += [written_out(explicit(value, d, place)) for place in places]
        made.append(sp.lambdify([*coordinates, *scalars], values, "mpmath", cse=True))
    return tuple(made)
