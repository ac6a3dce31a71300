"""Programs for loops that compute faster than memory delivers: each number is written once.

Work waits until a gradient at new weights is due, or the step ends. The sums that it needs are
taken before it, by phases that do not write: each repeats what little work its sums depend on. A
sum that was taken before and would come out the same is not taken again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

from derivations.algebra.symbols import Component
from derivations.emit.arrays.infix import Hoist
from derivations.emit.program.program import Assign, Builder, Phase, Program, summand
from derivations.step.rule import Rule

#: The label of what is kept for a sum alone; no letter of a word reads so.
_SUMMED = "summed"


def fused(rule: Rule) -> Program:
    """Cut a rule into reductions and one pass that writes, between any two gradients.

    >>> from derivations.algebra.components import Total
    >>> from derivations.step.rule import Stage
    >>> from derivations.algebra.symbols import G, X, lr, w
    >>> length = sp.sqrt(Total((X + G) ** 2))
    >>> stages = (Stage("K", ((X, X + G),)), Stage("D", ((w, w - lr * X / length.subs(G, 0)),)))
    >>> [(phase.writes, len(phase.totals)) for phase in fused(Rule("normed", stages)).phases]
    [(False, 1), (True, 0)]
    """
    return _Fused().program(rule)


def is_sure(program: Program) -> bool:
    """Tell whether no number that a phase needs can be undefined once something is written.

    >>> from derivations.algebra.components import Total
    >>> from derivations.emit.program.program import program
    >>> from derivations.step.rule import Stage
    >>> from derivations.algebra.symbols import X, lr, w
    >>> length = sp.sqrt(Total(X**2))
    >>> cool = Stage("C", ((X, X / 2 + w),))
    >>> drifts = (Stage("D", ((w, w - lr * X / size),)) for size in (length, 1 + length))
    >>> [is_sure(program(Rule("normed", (cool, drift)))) for drift in drifts]
    [False, True]
    """
    written = False
    for phase in program.phases:
        hoist = Hoist()
        for value in [item.value for item in phase.work] + [value for _, value in phase.totals]:
            hoist(value)
        if written and not all(map(_is_defined, hoist.names)):
            return False
        written = written or any(item.target not in phase.locals for item in phase.work)
    return True


def _is_defined(number: sp.Expr) -> bool:
    """Tell whether a formula of numbers has a finite value, as far as signs say it."""
    for part in number.atoms(sp.Pow, sp.Function):
        if isinstance(part, sp.exp):
            sure = part.args[0].is_nonpositive
        elif isinstance(part, sp.log):
            sure = part.args[0].is_positive
        else:
            base, exponent = part.as_base_exp()
            is_plain = exponent.is_integer and exponent.is_nonnegative
            sure = is_plain or base.is_positive or (base.is_nonnegative and exponent.is_nonnegative)
        if not sure:
            return False
    return True


@dataclass
class _Level:
    """Sums that can be taken in one pass, and the places of the work that they depend on."""

    places: set[int] = field(default_factory=set)
    totals: list[tuple[sp.Symbol, sp.Expr]] = field(default_factory=list)


class _Fused(Builder):
    """Keeps work back, and takes sums before it."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[_Level] = []
        self.level_of: dict[sp.Symbol, int] = {}
        self.taken: dict[tuple[tuple[Assign, ...], sp.Expr], sp.Symbol] = {}

    def sums(self, parts: list[sp.Expr]) -> dict[sp.Expr, sp.Symbol]:
        """Put sums into the first pass in which all that they depend on is known."""
        return {part: self._taken(part) for part in parts}

    def _taken(self, part: sp.Expr) -> sp.Symbol:
        body = summand(part)
        places = self._needed(body)
        key = (tuple(self.work[place] for place in places), body)
        if key not in self.taken:
            read = set(body.free_symbols).union(*(item.value.free_symbols for item in key[0]))
            level = 1 + max((self.level_of.get(symbol, 0) for symbol in read), default=0)
            self.taken[key] = symbol = self.named(part)
            self.level_of[symbol] = level
            self._put(level, places, symbol, body)
        return self.taken[key]

    def _put(self, level: int, places: list[int], symbol: sp.Symbol, body: sp.Expr) -> None:
        """Enter a sum into a level; what is summed is kept as it is at this point of the work."""
        while len(self.levels) < level:
            self.levels.append(_Level())
        own = self.levels[level - 1]
        if any(isinstance(x, Component) for x in body.free_symbols):
            self.shared += 1
            kept = Component(f"shared_{self.shared}")
            places = [*places, len(self.work)]
            self.work.append(Assign(kept, body, _SUMMED))
            body = kept
        own.places |= set(places)
        own.totals.append((symbol, body))

    def _needed(self, body: sp.Expr) -> list[int]:
        """Return the places of the work that a formula at this point depends on, in order."""
        due, places = set(body.free_symbols), []
        for place in range(len(self.work) - 1, -1, -1):
            item = self.work[place]
            if item.target in due:
                due = (due - {item.target}) | item.value.free_symbols
                places.append(place)
        return places[::-1]

    def close(self, totals: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()) -> None:
        """End with the passes that take sums, and one that writes."""
        for level in self.levels:
            work = tuple(self.work[place] for place in sorted(level.places))
            phase = Phase(self.evaluates, work, tuple(level.totals), writes=False)
            self.phases.append(phase)
            self.evaluates = False
        self.work = [self.work[place] for place in self._kept()]
        self.levels, self.taken = [], {}
        super().close(totals)

    def _kept(self) -> list[int]:
        """Return the places of all work but what only sums read."""
        return [place for place, item in enumerate(self.work) if item.label != _SUMMED]
