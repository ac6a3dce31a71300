"""Section "Metric" of a derivation: what g is, what its moments average, and how they move."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.matrices import EIGENVALUE, Through
from derivations.algebra.notation import At, Rate
from derivations.algebra.symbols import X, s, t, tau
from derivations.algebra.tidy import tidy
from derivations.document import Block, Equation, Line, Section, line, prose
from derivations.proofs.proof import Step
from derivations.system.metric import Metric


def metric_section(metric: Metric) -> Section:
    """Build the section."""
    drives = tuple(line(sp.Function("drive")(moment), drive) for moment, drive in metric.averages)
    blocks: list[Block] = [
        prose(
            "The kinetic energy is measured by a metric, X → X/√g. Its moments relax to what they "
            "average at the friction of a thermal profile of their own.",
        ),
        Equation(("the metric",), (_tensor(metric),)),
    ]
    if metric.averages:
        blocks += [
            Equation(("what the moments average",), drives),
            Equation(
                ("how they move, at the thermal mass of the metric",),
                tuple(line(Rate(moment), tidy(rate)) for moment, rate in metric.rates),
            ),
            Equation(
                ("after a step of length τ with the gradient frozen",),
                tuple(
                    line(At(moment, t + tau), value.subs(s, tau))
                    for moment, value in _moved(metric)
                ),
                tuple(
                    Step("its derivative in τ is its equation", "differentiate", gap, sp.S.Zero)
                    for gap in metric.residuals()
                ),
            ),
        ]
    if metric.records:
        lines = tuple(Line(moment, value, "←") for moment, value in metric.recorded())
        blocks.append(Equation(("and what keeps the largest value yet",), lines))
    if metric.kept:
        lines = tuple(Line(moment, value, "←") for moment, value in metric.kept)
        blocks.append(Equation(("and what keeps the latest value",), lines))
    return Section("Metric", tuple(blocks))


def _tensor(metric: Metric) -> Line:
    """Say what g is; what it makes of an array, where it is a matrix."""
    if metric.matrix is None:
        return line(sp.Symbol("g"), metric.tensor)
    return line(sp.Function("g")(X), Through(metric.tensor, EIGENVALUE, metric.matrix, X))


def _moved(metric: Metric) -> tuple[tuple[sp.Symbol, sp.Expr], ...]:
    return tuple((moment, tidy(value)) for moment, value in metric.moved())
