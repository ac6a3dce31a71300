"""Composition: the exact flows of a word, one after the other, as an update rule."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.symbols import G, Noise, U, X, beta_g, noise, s, t, tau, w
from derivations.algebra.tidy import tidy
from derivations.algebra.values import written
from derivations.errors import WordError
from derivations.step.rule import Rule, Stage, compact
from derivations.step.words import Letter, evaluate, names_in, parse, spell
from derivations.system.energy import Energy
from derivations.system.flows import Flow, flow
from derivations.system.thermal import ThermalLaw, on_path


def compose(
    word: str | tuple[Letter, ...],
    energy: Energy,
    law: ThermalLaw,
    *,
    name: str = "step",
    ledger: bool = False,
    verify: bool = True,
    cautious: str = "no",
) -> Rule:
    """Compose the exact flows that a word names into an update rule over a step τ.

    `ledger` carries the internal energy U along; `verify` differentiates each flow first;
    `cautious` is "mask" to let only those components drift that go downhill, "rescale" to let
    them drift the farther the fewer they are. Raises `WordError`,
    `NoExactFlowError`.

    >>> from derivations.algebra.components import norm2
    >>> from derivations.algebra.symbols import L, beta, c, gamma, h, k
    >>> kinetic, potential = beta / (2 * k) * norm2(X), beta * c**2 / k * L
    >>> law = ThermalLaw(gamma * beta)
    >>> rule = compose("C K D", Energy(kinetic, potential, h / k * U * law.rate), law)
    >>> [stage.assignments for stage in rule.stages][2]
    ((w, -X*tau/h + w),)
    """
    letters = parse(word) if isinstance(word, str) else word
    builder = _Builder(energy, law, ledger, verify, cautious)
    for letter in letters:
        builder.add(letter)
    if builder.ahead is not None or builder.undo:
        raise WordError(
            f"'{spell(letters)}' looks ahead and then takes neither a gradient nor a drift there"
        )
    return Rule(name, compact(builder.stages), spell(letters))


class _Builder:
    """Walks a word once, and knows where the gradient is still that of the present weights."""

    def __init__(
        self, energy: Energy, law: ThermalLaw, ledger: bool, verify: bool, cautious: str
    ) -> None:
        self.energy, self.law, self.ledger, self.verify = energy, law, ledger, verify
        self.cautious = cautious
        self.flows: dict[str, Flow] = {}
        self.stages: list[Stage] = []
        self.elapsed: sp.Expr = sp.S.Zero
        self.measured: sp.Expr = sp.S.Zero
        self.undo: list[Stage] = []
        self.ahead: sp.Expr | None = None
        self.fresh = True
        self.kicked = False
        self.noises = 0

    def add(self, letter: Letter) -> None:
        """Append the stage of one letter."""
        moved = self.flow(letter.letters)
        span = exact(letter.fraction) * tau
        stage = self.stage(letter, moved, span)
        if letter.ahead and "K" in letter.letters:
            self.look_ahead(letter, stage)
            return
        if letter.ahead:
            self.undo.append(self.stage(letter, moved, -span))
        elif letter.letters == "D":
            stage = self.drifted(stage)
        if letter.letters != "D" and stage.reads_gradient:
            stage = replace(stage, evaluates=not self.fresh)
            self.fresh = True
            if self.undo:
                stage = self.with_undo(stage)
        if stage.assignments:
            self.stages.append(stage)
        if moved.records:
            self.measured += span
            self.stages.append(Stage(str(letter), self.on_path(moved.records, span)))
        elif "M" in letter.letters:
            self.measured += span
        if w in stage.targets:
            self.fresh = False
        self.kicked |= "K" in letter.letters
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
        """Write one flow over its span as assignments at the present time and thermal mass."""
        names = ("w", "X", "U") if self.ledger else ("w", "X")
        own = {x: getattr(moved, n) for x, n in zip((w, X, U), names, strict=False)}
        if "K" in letter.letters:
            own[X] = self.kick_of(own[X])
        return Stage(str(letter), self.on_path((*own.items(), *moved.moments), span))

    def kick_of(self, kicked: sp.Expr) -> sp.Expr:
        """Divide a kick by the metric where X is a velocity."""
        metric = self.energy.metric
        if metric is None or not metric.holds_velocity:
            return kicked
        kept = kicked.xreplace({G: sp.S.Zero, w: sp.S.Zero})
        return kept + (kicked - kept) / metric.tensor

    def on_path(
        self, values: Iterable[tuple[sp.Symbol, sp.Expr]], span: sp.Expr
    ) -> tuple[tuple[sp.Symbol, sp.Expr], ...]:
        """Put the present time and thermal masses into values, and drop those that change nothing.

        The mass is the profile's: what the shrink flow adds multiplies every term of H alike.
        """
        moments = set(self.energy.metric.states) if self.energy.metric else set()
        mass = self.law.mass.subs(t, t + self.elapsed)
        found = []
        for target, value in values:
            since = self.measured if target in moments else self.elapsed
            value = on_path(value.xreplace({t: t + since, s: span}), mass)
            if self.energy.metric is not None:
                own = self.energy.metric.law.mass.subs(t, t + self.measured)
                value = value.xreplace({beta_g: own})
            value = value.xreplace({noise: Noise(f"noise_{self.noises + 1}")})
            value = written(target, value)
            if value != target:
                found.append((target, value))
        return tuple(found)

    def look_ahead(self, letter: Letter, kick: Stage) -> None:
        """Keep where a further kick with the same gradient would take X, for the next drift."""
        if not (self.kicked and self.fresh):
            raise WordError(
                f"the look-ahead {letter} needs a kick before it, at the same weights, whose "
                "gradient it keeps; write it behind that kick, such as '[CK] ([CK]) D'"
            )
        self.ahead = dict(kick.assignments).get(X, X)

    def drifted(self, drift: Stage) -> Stage:
        """Let a drift read the moments ahead, and hold back the components that go uphill."""
        assignments = dict(drift.assignments)
        if w not in assignments:
            return drift
        change = assignments[w] - w
        if self.ahead is not None:
            change = change.xreplace({X: self.ahead})
            assignments = {w: w + change}
            self.ahead = None
        if self.cautious != "no":
            if not self.kicked:
                raise WordError("a cautious drift needs a gradient before it, as in 'C K D'")
            assignments[w] = w + change * downhill(change, self.cautious == "rescale")
        return replace(drift, assignments=tuple(assignments.items()))

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


def downhill(change: sp.Expr, rescaled: bool) -> sp.Expr:
    """One in the components in which a change of w lowers the loss, zero in the others.

    Rescaled, it is d/(n + 1) for the n components of d that go downhill. Source: Liang et al.,
    arXiv:2411.16085, algorithm 1.
    """
    mask = sp.Max(sp.S.Zero, sp.sign(-change * G))
    return mask * Total(sp.S.One) / (Total(mask) + 1) if rescaled else mask


def exact(fraction: str) -> sp.Expr:
    """Return the exact value of a letter's fraction, with its names as positive symbols."""
    names = {name: sp.Symbol(name, positive=True) for name in names_in(fraction)}
    return sp.together(evaluate(fraction, names, sp.Rational, {"log": sp.log}))
