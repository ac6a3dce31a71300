"""What was found: the Hamiltonian system that an update is, with its proof."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.symbols import w
from derivations.emit.mathematics.latex import latex
from derivations.proofs.proof import Proof
from derivations.step.rule import Rule
from derivations.system.energy import Energy
from derivations.system.metric import Metric
from derivations.system.thermal import ThermalLaw
from derivations.text.typed import Typed
from derivations.textbook import count


@dataclass(frozen=True)
class Identification:
    """An update as a Hamiltonian, a thermal profile, a metric and a word, proved.

    Parameters
    ----------
    update : the rule that was given.
    energy : the terms of H.
    kinetic : κ(X), before the metric; the kinetic energy is (β/k)κ(X/√g).
    profile : how the thermal mass grows.
    metric : the metric and its own states; None where g = 1.
    word : the flows of a step, in order.
    parameters : what learning rate, momentum and averaging are in the update's own parameters.
    name : the known method that it is; None for a new one.
    notes : what a user should know besides.
    derived : the step that the engine composes, in the update's own parameters.
    proof : that both steps are the same.
    counter : what the update calls the number of the step.
    starts : the states that do not begin at zero, in the weights at the start.
    """

    update: Rule
    energy: Energy
    kinetic: sp.Expr
    profile: ThermalLaw
    metric: Metric | None
    word: str
    parameters: dict[str, sp.Expr]
    name: str | None
    notes: tuple[str, ...]
    derived: Rule
    proof: Proof
    counter: str = count.name
    starts: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()

    @property
    def hamiltonian(self) -> sp.Expr:
        """The whole H, in the letters of the theory."""
        return self.energy.hamiltonian

    @property
    def called(self) -> dict[str, str]:
        """What the update calls its symbols, by their own names."""
        names = self.update.names if isinstance(self.update, Typed) else ()
        return {symbol.name: name for symbol, name in names}

    @property
    def linear_starts(self) -> dict[str, tuple[sp.Expr, sp.Expr]]:
        """For each state that does not begin at zero: a and b of its start a·w + b."""
        return {
            x.name: (sp.diff(value, w), value.xreplace({w: sp.S.Zero})) for x, value in self.starts
        }

    def latex(self) -> str:
        r"""Return H, the metric's equations and the step as one LaTeX `aligned` block."""
        rows = [rf"H &= {latex(self.hamiltonian)}", rf"f(\beta) &= {latex(self.profile.rate)}"]
        if self.metric is not None:
            rows.append(rf"g &= {latex(self.metric.tensor)}")
            rows += [
                rf"{latex(moment)} &= \langle {latex(drive)} \rangle"
                for moment, drive in self.metric.averages
            ]
            rows += [
                rf"{latex(moment)} &= \max {latex(value)}" for moment, value in self.metric.records
            ]
        for target, value in self.derived.one_stage().items():
            rows.append(rf"{latex(target)} &\leftarrow {latex(value)}")
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"

    def __str__(self) -> str:
        rows = [
            f"{self.name or 'a new method'}: the word {self.word} of a Hamiltonian system",
            f"  kinetic energy  κ(X) = {self.kinetic}",
            f"  thermal profile {_profile(self.profile)}",
        ]
        if self.metric is not None:
            rows.append(f"  metric          g = {self.metric.tensor}")
            rows += [f"                  {x} averages {v}" for x, v in self.metric.averages]
            rows += [f"                  {x} keeps the largest {v}" for x, v in self.metric.records]
        rows += [f"  {x} begins at {value}" for x, value in self.starts]
        step = {count: sp.Symbol(self.counter, positive=True)}
        rows += [f"  {name:<15} = {v.xreplace(step)}" for name, v in self.parameters.items()]
        rows += [f"  note: {note}" for note in self.notes]
        rows.append(f"  proved, {len(self.proof.steps)} steps: {self.proof.claim}")
        return "\n".join(rows)


def _profile(law: ThermalLaw) -> str:
    if law.rate == 0:
        return "dβ/dt = 0"
    start = "" if law.start == 1 else f", β(0) = {law.start}"
    weight = "" if str(law.weight) == "beta" else f", loss weighed by {law.weight}"
    return f"dβ/dt = {law.rate}{start}{weight}"
