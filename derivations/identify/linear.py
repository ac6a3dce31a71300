"""States that are linear in one another: as few of them as the weights can tell apart.

From a start at zero, one such state may always be a combination of others, as the difference term
of a PID controller is one of the average and of the last gradient. And of several, the weights may
read one combination alone, which goes on by itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from derivations.algebra.symbols import Component, G, w
from derivations.identify.points import read_among, same
from derivations.identify.reading import Map
from derivations.identify.scalars import ratios, short
from derivations.textbook import count

#: How many linear states are looked at.
_MOST = 4


@dataclass(frozen=True)
class Relation:
    """A state that is a combination of others before every step: what it was and becomes."""

    state: Component
    value: sp.Expr
    after: sp.Expr
    due: sp.Expr


def reduced(step: Map) -> tuple[Map, tuple[Relation, ...]]:
    """Return a map with fewer linear states, and what those that are gone were."""
    rows = _rows(step)
    if not 2 <= len(rows) <= _MOST:
        return step, ()
    relations = _relations(step, rows)
    for relation in relations:
        step = _without(step, {relation.state: relation.value})
    left = {x: row for x, row in rows.items() if x in step.states}
    return _observed(step, left), relations


def _rows(step: Map) -> dict[Component, sp.Expr]:
    """The states that begin at zero and become numbers times each other, and times the gradient."""
    found = {x: sp.expand(v) for x, v in step.states.items() if _may_be_linear(x, v, step)}
    size = -1
    while size != len(found):
        size = len(found)
        symbols = (*found, G, w)
        found = {x: value for x, value in found.items() if _is_linear(value, symbols)}
    return found


def _may_be_linear(state: Component, value: sp.Expr, step: Map) -> bool:
    if state in step.starts or value.has(count) or sp.count_ops(value) > 60:
        return False
    return not value.has(sp.Max, sp.Min, sp.Abs, sp.sign, sp.Piecewise)


def _is_linear(value: sp.Expr, symbols: tuple[sp.Symbol, ...]) -> bool:
    rest = value - sp.Add(*(sp.diff(value, x) * x for x in symbols))
    slopes = [sp.diff(value, x) for x in symbols]
    return sp.expand(rest) == 0 and not any(_arrays(x) for x in slopes)


def _arrays(expr: sp.Expr) -> set[sp.Symbol]:
    return {x for x in expr.free_symbols if isinstance(x, Component)}


def _relations(step: Map, rows: dict[Component, sp.Expr]) -> tuple[Relation, ...]:
    """Express states by others, with which they agree after any gradients from zero on."""
    order = sorted(rows, key=lambda x: (len(_arrays(rows[x]) - {G, w}), x.name))
    turn = sp.Matrix([[sp.diff(rows[x], y) for y in order] for x in order])
    reach = [sp.Matrix([sp.diff(rows[x], G) for x in order])]
    for _ in order[1:]:
        reach.append((turn * reach[-1]).applyfunc(sp.cancel))
    spread = sp.Matrix.hstack(*reach)
    kept: list[int] = []
    values: dict[Component, sp.Expr] = {}
    for index, state in enumerate(order):
        shares = _shares(spread, kept, index)
        if shares is None:
            kept.append(index)
        else:
            values[state] = sp.Add(*(c * order[i] for c, i in zip(shares, kept, strict=True)))
    return tuple(
        Relation(x, value, step.states[x].xreplace(values), _after(value, step, values))
        for x, value in values.items()
    )


def _shares(spread: sp.Matrix, kept: list[int], index: int) -> list[sp.Expr] | None:
    """Return the numbers by which a row is a sum of others; None where it is none."""
    names = sp.symbols(f"share_:{len(kept)}")
    sums = sum((c * spread.row(i) for c, i in zip(names, kept, strict=True)), 0 * spread.row(0))
    found = sp.linsolve(list(sums - spread.row(index)), *names) if kept else sp.S.EmptySet
    if not found:
        return [] if not kept and spread.row(index).is_zero_matrix else None
    return [short(c.xreplace(dict.fromkeys(names, sp.S.Zero))) for c in next(iter(found))]


def _after(value: sp.Expr, step: Map, values: dict[Component, sp.Expr]) -> sp.Expr:
    return value.xreplace({x: v.xreplace(values) for x, v in step.states.items()})


def _without(step: Map, values: dict[Component, sp.Expr]) -> Map:
    """Put what some states are into every formula."""
    states = {x: value for x, value in step.states.items() if x not in values}
    return replace(step, states=states).xreplace(dict(values))


def _observed(step: Map, rows: dict[Component, sp.Expr]) -> Map:
    """Keep one combination of linear states, if it is all that is read and goes on by itself."""
    needed = _without_unread(step)
    left = [x for x in rows if x in needed.states]
    readers = [needed.weights, *(v for x, v in needed.states.items() if x not in left)]
    if len(left) < 2:
        return needed
    first, *others = sorted(left, key=lambda x: (-len(_arrays(rows[x])), x.name))
    shares = [_share(readers, other, first) for other in others]
    if any(share is None for share in shares):
        return needed
    whole = first + sp.Add(*(c * x for c, x in zip(shares, others, strict=True)))
    back = {first: 2 * first - whole}
    moved = replace(needed, states={**needed.states, first: _after(whole, needed, {})}).xreplace(
        back
    )
    alone = _without_unread(moved)
    return alone if len(alone.states) < len(needed.states) else needed


def _share(readers: list[sp.Expr], other: Component, first: Component) -> sp.Expr | None:
    """Return c where everything reads two states as first + c·other."""
    for reader in readers:
        for share in ratios(reader, other, first):
            joined = {first: first + share * other, other: sp.S.Zero}
            if all(same(x, x.xreplace(joined)) for x in readers):
                return short(share)
    return None


def _without_unread(step: Map) -> Map:
    """Drop states that neither the weights nor a state that they depend on reads."""
    read: list[Component] = []
    waiting = [step.weights]
    while waiting:
        formula = waiting.pop()
        more = [x for x in read_among(formula, step.states) if x not in read]
        read += more
        waiting += [step.states[x] for x in more]
    gone = {x: sp.S.Zero for x in step.states if x not in read}
    return _without(step, gone) if gone else step
