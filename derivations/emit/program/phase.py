"""A phase of a program: work that needs no other array than the one at hand."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.symbols import Component, G
from derivations.emit.program.names import is_internal, is_old
from derivations.lazy import lazy


@dataclass(frozen=True)
class Assign:
    """`target` takes `value` in each component, or once for a scalar target."""

    target: sp.Symbol
    value: sp.Expr
    label: str


@dataclass(frozen=True)
class Take:
    """`target` is the sum of `value` over the parameter set, as the arrays are at this point.

    A `norm` is the root of the sum of its squares instead.
    """

    target: sp.Symbol
    value: sp.Expr
    label: str
    norm: bool = False


@dataclass(frozen=True)
class Phase:
    """Work that needs no other array than the one at hand.

    `evaluates` asks for the gradient at w before the phase. `work` goes from component to
    component; the sums that it takes are known when all its arrays are done. `scalars` are
    assigned then, from totals that are known. A phase that does not write keeps what it computes
    to itself, and only its totals are left.
    """

    evaluates: bool
    work: tuple[Assign | Take, ...]
    scalars: tuple[Assign, ...] = ()
    writes: bool = True

    @property
    def takes(self) -> tuple[Take, ...]:
        """The sums and norms that are known after the phase."""
        return tuple(item for item in self.work if isinstance(item, Take))

    @property
    def totals(self) -> tuple[sp.Symbol, ...]:
        """The symbols of the sums that are known after the phase."""
        return tuple(take.target for take in self.takes)

    @lazy
    def assigned(self) -> tuple[sp.Symbol, ...]:
        """The scalars that move when the arrays are done, without spare copies."""
        return tuple(dict.fromkeys(x.target for x in self.scalars if not is_old(x.target)))

    @lazy
    def scalar_reads(self) -> tuple[sp.Symbol, ...]:
        """What the scalar work reads, as it is before the work, by name."""
        known, found = set[sp.Symbol](), set[sp.Symbol]()
        for item in self.scalars:
            found |= item.value.free_symbols - known
            known.add(item.target)
        return tuple(sorted(found, key=str))

    @property
    def reads_gradient(self) -> bool:
        """Whether the phase needs the gradient."""
        return any(item.value.has(G) for item in self.work)

    @lazy
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """The scalars that the array work reads, by name."""
        found = set().union(*(item.value.free_symbols for item in self.work))
        return tuple(sorted((x for x in found if not isinstance(x, Component)), key=str))

    @property
    def locals(self) -> tuple[sp.Symbol, ...]:
        """Arrays that live only inside the phase."""
        found = (item.target for item in self.work if isinstance(item, Assign))
        return tuple(dict.fromkeys(x for x in found if is_internal(x) or not self.writes))

    @property
    def written(self) -> tuple[sp.Symbol, ...]:
        """The arrays that the phase leaves changed."""
        found = dict.fromkeys(item.target for item in self.work if isinstance(item, Assign))
        return tuple(x for x in found if x not in self.locals)

    @lazy
    def arrays(self) -> tuple[sp.Symbol, ...]:
        """The arrays in memory that the phase reads or writes, by name."""
        found = set().union(*(item.value.free_symbols for item in self.work))
        found |= {item.target for item in self.work if isinstance(item, Assign)}
        own = (x for x in found if isinstance(x, Component) and not is_internal(x))
        return tuple(sorted(own, key=str))
