"""Programs for loops that compute faster than memory delivers: each number is written once.

Work waits until a gradient at new weights is due, or the step ends. The sums that it needs are
taken before it, by phases that do not write: each repeats what little work its sums depend on. A
sum that was taken before and would come out the same is not taken again.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

from derivations.emit.program.phase import Assign, Phase, Take
from derivations.emit.program.program import Builder, Program, summand, worth
from derivations.step.rule import Rule


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


@dataclass
class _Level:
    """Sums that can be taken in one pass, each behind so many items of the work; what it reads."""

    takes: list[tuple[int, Take]] = field(default_factory=list)
    places: set[int] = field(default_factory=set)

    def items(self, work: list[Assign | Take]) -> tuple[Assign | Take, ...]:
        """Return the work that the sums depend on, and the sums, in order."""
        own = [(place + 1, 0, work[place]) for place in self.places]
        own += [(behind, 1, take) for behind, take in self.takes]
        return tuple(item for *_, item in sorted(own, key=lambda entry: entry[:2]))


class _Fused(Builder):
    """Keeps work back, and takes sums before it."""

    def __init__(self) -> None:
        super().__init__()
        self.levels: list[_Level] = []
        self.level_of: dict[sp.Symbol, int] = {}
        self.taken: dict[tuple[tuple[Assign | Take, ...], sp.Expr], Take] = {}

    def sums(self, parts: list[sp.Expr], label: str) -> dict[sp.Expr, sp.Expr]:
        """Put sums into the first pass in which all that they depend on is known."""
        return {part: worth(self._taken(part, label)) for part in parts}

    def _taken(self, part: sp.Expr, label: str) -> Take:
        body = summand(part)
        places = self._needed(body)
        key = (tuple(self.work[place] for place in places), body)
        if key not in self.taken:
            read = set(body.free_symbols).union(*(item.value.free_symbols for item in key[0]))
            level = 1 + max((self.level_of.get(symbol, 0) for symbol in read), default=0)
            self.taken[key] = take = self.take(part, label)
            self.level_of[take.target] = level
            self.levels += [_Level() for _ in range(level - len(self.levels))]
            own = self.levels[level - 1]
            own.places |= set(places)
            own.takes.append((len(self.work), take))
        return self.taken[key]

    def _needed(self, body: sp.Expr) -> list[int]:
        """Return the places of the work that a formula at this point depends on, in order."""
        due, places = set(body.free_symbols), []
        for place in range(len(self.work) - 1, -1, -1):
            item = self.work[place]
            if isinstance(item, Assign) and item.target in due:
                due = (due - {item.target}) | item.value.free_symbols
                places.append(place)
        return places[::-1]

    def close(self) -> None:
        """End with the passes that take sums, and one that writes."""
        for level in self.levels:
            phase = Phase(self.evaluates, level.items(self.work), writes=False)
            self.phases.append(phase)
            self.evaluates = False
        self.levels, self.taken = [], {}
        super().close()
