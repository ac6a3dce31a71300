"""Stages with less work, where the motion needs sums over all arrays.

A state that is only multiplied by a number waits with it until it is assigned otherwise, so that
sums over it stay as they are; and moves along the same array, one after the other, are one move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from derivations.algebra.components import Sum, is_component
from derivations.algebra.matrices import has_matrices
from derivations.algebra.symbols import Component, w
from derivations.step.rule import Rule, Stage


def waiting(rule: Rule) -> tuple[Stage, ...]:
    """Return the stages of a rule, or others that do the same with fewer sums and moves.

    >>> from derivations.algebra.components import norm2
    >>> from derivations.algebra.symbols import X, lr, momentum, w
    >>> drift = Stage("D", ((w, w - lr * X / sp.sqrt(1 + norm2(X))),))
    >>> stages = waiting(Rule("relativistic", (drift, Stage("C", ((X, momentum * X),)), drift)))
    >>> [stage.label for stage in stages]
    ['D D', 'C']
    """
    moves = [v for stage in rule.stages for x, v in stage.assignments if isinstance(x, Component)]
    sums = set[sp.Expr]().union(*(value.atoms(Sum) for value in moves))
    if not sums or any(map(has_matrices, moves)):
        return rule.stages
    return tuple(_joined(_late(rule, sums)))


def _late(rule: Rule, sums: set[sp.Expr]) -> Iterator[Stage]:
    """Yield stages in which what is only multiplied by a number is not, until it must be."""
    late: dict[sp.Symbol, tuple[sp.Expr, str]] = {}
    for stage in rule.stages:
        if stage.evaluates and w in late:
            yield _due(w, *late.pop(w))
        known = {array: factor * array for array, (factor, _) in late.items()}
        kept = []
        for target, value in stage.assignments:
            value = value.xreplace(known)
            factor = _factor(target, value)
            if factor is None or factor.has(*rule.scalars) or not _goes_through(target, sums):
                kept.append((target, value))
                late.pop(target, None)
            else:
                late[target] = (factor, stage.label)
        if kept or stage.evaluates:
            yield replace(stage, assignments=tuple(kept))
    for array, (factor, label) in late.items():
        yield _due(array, factor, label)


def _due(array: sp.Symbol, factor: sp.Expr, label: str) -> Stage:
    return Stage(label, ((array, factor * array),))


def _factor(target: sp.Symbol, value: sp.Expr) -> sp.Expr | None:
    """Return the number by which a value multiplies its target, if that is all it does."""
    factor, own = value.as_independent(*value.atoms(Component), as_Add=False)
    return factor if own == target and isinstance(target, Component) else None


def _goes_through(array: sp.Symbol, sums: set[sp.Expr]) -> bool:
    """Tell whether a factor of an array is a factor of every sum over it."""
    factor = sp.Dummy(positive=True)
    scaled = (part.xreplace({array: factor * array}) for part in sums if part.has(array))
    return not any(part.has(factor) for value in scaled for part in value.atoms(Sum))


def _joined(stages: Iterator[Stage]) -> Iterator[Stage]:
    """Yield stages in which moves along the same array, one after the other, are one."""
    before = next(stages)
    for stage in stages:
        first, second = _move(before), _move(stage)
        if first is None or second is None or first[:2] != second[:2] or stage.evaluates:
            yield before
            before = stage
            continue
        target, along, factor = first
        moved = target + _gathered(factor + second[2]) * along
        before = Stage(f"{before.label} {stage.label}", ((target, moved),), before.evaluates)
    yield before


def _gathered(factor: sp.Expr) -> sp.Expr:
    """Add up terms that have the same sums in the same form."""
    shares: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(factor):
        number, own = term.as_independent(Sum, as_Add=False)
        shares[own] = shares.get(own, sp.S.Zero) + number
    return sp.Add(*(sp.expand(number) * own for own, number in shares.items()))


def _move(stage: Stage) -> tuple[sp.Symbol, sp.Symbol, sp.Expr] | None:
    """Return what a stage moves, along which other array, and how far."""
    if len(stage.assignments) != 1:
        return None
    ((target, value),) = stage.assignments
    way = value - target
    for along in sorted(way.atoms(Component) - {target}, key=str):
        factor = way / along
        if not is_component(factor) and not factor.has(target):
            return target, along, factor
    return None
