"""A rule that was read from text, and remembers what its symbols were called there."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.step.rule import Rule


@dataclass(frozen=True)
class Typed(Rule):
    """A rule with the `names` that its text has for its symbols, and what its states begin at.

    `starts` are the states that do not begin at zero, in the weights before the first step.

    >>> from derivations.text.update import update
    >>> update("x = x - X*d", weights="x", gradient="d", parameters=("X",)).names[-2:]
    ((G, 'd'), (w, 'x'))
    """

    names: tuple[tuple[sp.Symbol, str], ...] = ()
    starts: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()
