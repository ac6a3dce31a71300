"""Composition: the exact flows of a word, one after the other, as an update rule."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derivations.energy import Energy
from derivations.flows import Flow, flow
from derivations.rule import Rule, Stage, compact
from derivations.symbols import Component, U, X, noise, s, t, tau, w
from derivations.thermal import ThermalLaw, on_path
from derivations.tidy import tidy
from derivations.values import written
from derivations.words import Letter, evaluate, names_in, parse, spell


def compose(
    word: str | tuple[Letter, ...],
    energy: Energy,
    law: ThermalLaw,
    *,
    name: str = "step",
    ledger: bool = False,
    verify: bool = True,
) -> Rule:
    """Compose the exact flows that a word names into an update rule over a step τ.

    `ledger` carries the internal energy U along; `verify` differentiates each flow first.
    Raises `WordError`, `NoExactFlowError`.

    >>> from derivations.components import norm2
    >>> from derivations.symbols import L, beta, c, gamma, h, k
    >>> kinetic, potential = beta / (2 * k) * norm2(X), beta * c**2 / k * L
    >>> law = ThermalLaw(gamma * beta)
    >>> rule = compose("C K D", Energy(kinetic, potential, h / k * U * law.rate), law)
    >>> [stage.assignments for stage in rule.stages][2]
    ((w, -X*tau/h + w),)
    """
    letters = parse(word) if isinstance(word, str) else word
    builder = _Builder(energy, law, ledger, verify)
    for letter in letters:
        builder.add(letter)
    return Rule(name, compact(builder.stages), spell(letters))


class _Builder:
    """Walks a word once, and knows where the gradient is still that of the present weights."""

    def __init__(self, energy: Energy, law: ThermalLaw, ledger: bool, verify: bool) -> None:
        self.energy, self.law, self.ledger, self.verify = energy, law, ledger, verify
        self.flows: dict[str, Flow] = {}
        self.stages: list[Stage] = []
        self.elapsed: sp.Expr = sp.S.Zero
        self.undo: list[Stage] = []
        self.fresh = True
        self.noises = 0

    def add(self, letter: Letter) -> None:
        """Append the stage of one letter."""
        moved = self.flow(letter.letters)
        span = exact(letter.fraction) * tau
        stage = self.stage(letter, moved, span)
        if letter.ahead:
            self.undo.append(self.stage(letter, moved, -span))
        if stage.reads_gradient:
            stage = replace(stage, evaluates=not self.fresh)
            self.fresh = True
            if self.undo:
                stage = self.with_undo(stage)
        if stage.assignments:
            self.stages.append(stage)
        if w in stage.targets:
            self.fresh = False
        self.noises += "N" in letter.letters
        if "C" in letter.letters:
            self.elapsed += span

    def flow(self, letters: str) -> Flow:
        """Return the exact flow of some letters, verified once."""
        if letters not in self.flows:
            found = flow(letters, self.energy, self.law)
            self.flows[letters] = found.verify(self.law) if self.verify else found
        return self.flows[letters]

    def stage(self, letter: Letter, moved: Flow, span: sp.Expr) -> Stage:
        """Write one flow over its span as assignments at the present time and thermal mass.

        The mass is the profile's: what the shrink flow adds multiplies every term of H alike.
        """
        now = {t: t + self.elapsed, s: span}
        mass = self.law.mass.subs(t, t + self.elapsed)
        names = ("w", "X", "U") if self.ledger else ("w", "X")
        assignments = []
        for target, name in zip((w, X, U), names, strict=False):
            value = on_path(getattr(moved, name).xreplace(now), mass)
            value = value.xreplace({noise: Component(f"noise_{self.noises + 1}")})
            value = written(target, value)
            if value != target:
                assignments.append((target, value))
        return Stage(str(letter), tuple(assignments))

    def with_undo(self, kick: Stage) -> Stage:
        """Take the look-ahead back in the same stage as the kick, which still reads its point."""
        back: dict[sp.Symbol, sp.Expr] = {}
        for stage in self.undo:
            for target, value in stage.assignments:
                back[target] = back.get(target, sp.S.Zero) + value - target
        self.undo = []
        assignments = dict(kick.assignments)
        for target, change in back.items():
            assignments[target] = tidy(assignments.get(target, target) + change)
        return replace(kick, assignments=tuple(assignments.items()))


def exact(fraction: str) -> sp.Expr:
    """Return the exact value of a letter's fraction, with its names as positive symbols."""
    names = {name: sp.Symbol(name, positive=True) for name in names_in(fraction)}
    return sp.together(evaluate(fraction, names, sp.Rational))
