"""The user's own names: what is found, or refused, is told in the names of the update.

The theory has letters of its own, so a state or parameter that is called like one of them is set
apart while the system is looked for, by a mark that no user should have to read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import sympy as sp

from derivations.algebra.symbols import Component, G, X, w
from derivations.errors import NotHamiltonianError
from derivations.identify.reading import OLD
from derivations.step.rule import Rule
from derivations.text.typed import Typed
from derivations.textbook import count


class Names:
    """What the symbols of an update are called by the user."""

    def __init__(self, update: object) -> None:
        self.given = dict(update.names) if isinstance(update, Typed) else {}
        own = set(self.given.values())
        if isinstance(update, Rule) and not own:
            own = {x.name for x in (*update.states, *update.scalars, *update.parameters)}
        self.own = frozenset(own)

    def of(self, symbol: sp.Symbol) -> str:
        """Return what the user calls a symbol; its name where it is none of the user's."""
        if symbol in self.given:
            return self.given[symbol]
        if symbol == X and X.name in self.own:
            return "X_H"
        bare = symbol.name.removesuffix(OLD)
        for name in (bare, bare.rstrip("_")):
            known = {x.name: shown for x, shown in self.given.items()}
            if name in known or name in self.own:
                return known.get(name, name)
        return bare

    def shown(self, expr: sp.Expr) -> sp.Expr:
        """Write a formula in the user's names."""
        names = {}
        for symbol in expr.free_symbols:
            name = self.of(symbol)
            if name != symbol.name:
                kind = Component if isinstance(symbol, Component) else sp.Symbol
                names[symbol] = kind(name, **_sign(symbol))
        return expr.xreplace(names)

    def refusal(self, error: NotHamiltonianError) -> NotHamiltonianError:
        """Tell a refusal in the user's names."""
        witness = error.witness
        if isinstance(witness, sp.Expr):
            witness = self.shown(witness)
        return NotHamiltonianError(self.said(error.reason), witness)

    def said(self, text: str, kept: Iterable[sp.Symbol] = ()) -> str:
        """Write a sentence in the user's names: those that were marked, and the step's number.

        `kept` are symbols that keep their mark.
        """
        steps = self.given.get(count, count.name)
        marked = {f"{name}{mark}": name for name in self.own for mark in ("_", "__")}
        marked |= {x.name: n for x, n in self.given.items() if x.name != n and x not in (w, G)}
        marked = {name: new for name, new in marked.items() if name not in self.own}
        marked = {name: new for name, new in marked.items() if name not in set(map(str, kept))}
        marked |= {count.name: steps} if count.name not in self.own else {}
        return re.sub(r"\w+", lambda word: marked.get(word[0], word[0]), text)

    def kept_apart(self, symbols: Iterable[sp.Symbol]) -> tuple[str, ...]:
        """Say of each symbol that is called like a letter of the theory whose it is."""
        remarks = []
        for symbol in sorted(symbols, key=str):
            name = symbol.name.rstrip("_")
            if name != symbol.name and symbol.name not in self.own and name in self.own:
                remarks.append(
                    f"{symbol.name} is the update's own {name}, not the theory's letter {name}"
                )
        return tuple(remarks)


def _sign(symbol: sp.Symbol) -> dict[str, bool]:
    if isinstance(symbol, Component):
        return {"nonnegative": True} if symbol.is_nonnegative else {}
    return {"positive": True} if symbol.is_positive else {"real": True}
