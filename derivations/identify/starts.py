"""What the states of a system begin at, where an update does not begin them at zero."""

from __future__ import annotations

import sympy as sp

from derivations.errors import NotHamiltonianError
from derivations.identify.assembly import units
from derivations.identify.points import reads
from derivations.identify.reading import OLD, Map
from derivations.identify.scalars import put, short
from derivations.identify.search import Reading
from derivations.textbook import count

#: A state of the theory, and what it is before the first step.
Starts = tuple[tuple[sp.Symbol, sp.Expr], ...]


def starts(found: Reading, step: Map) -> Starts:
    """Return the states of the theory that do not begin at zero, in the weights at the start.

    Raises `NotHamiltonianError` where a state has a start that the theory's cannot have, since
    what it averages has no weight before the first step.
    """
    begun = []
    for old, new, unit in units(found):
        begin = step.starts.get(old, sp.S.Zero)
        if begin == 0:
            continue
        first = put(unit, {count: sp.S.Zero})
        if first.has(sp.nan, sp.zoo, sp.oo) or not reads(first * _ANY, (_ANY,)):
            raise NotHamiltonianError(
                f"the state {old.name.removesuffix(OLD)} begins at a value of its own, and the "
                "average that it is in the theory is empty before the first step, so that it "
                "begins at zero; leave the start out",
                begin,
            )
        begun.append((new, short(begin / first)))
    return tuple(begun)


_ANY = sp.Symbol("_any", positive=True)
