"""What a user should know of an identified system besides its formulas."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import explicit
from derivations.algebra.convexity import not_convex_beyond
from derivations.algebra.cubic import CubicRoot
from derivations.algebra.symbols import Component
from derivations.identify.points import is_positive, reads
from derivations.identify.reading import Map
from derivations.identify.search import Reading
from derivations.textbook import count


def notes(found: Reading, step: Map) -> tuple[str, ...]:
    """Return remarks, each a sentence."""
    moment = found.moment
    remarks = [*step.remarks]
    if moment.state is None:
        remarks.append("it is the overdamped limit γτ → ∞, in which X is the last gradient alone")
    bent = _bent(found.kappa)
    if bent:
        remarks.append(bent)
    if not found.velocity.apart:
        remarks.append(
            "the kinetic energy reads the moments of the metric otherwise than as κ(X/√g), so that "
            "g is one and κ holds them"
        )
    if moment.kept is not None:
        remarks.append(
            "the drift reads X carried further along the kick: a look-ahead, which is a property "
            "of the integrator and not of H"
        )
        if not is_positive(moment.kept):
            remarks.append(f"the look-ahead is a real number of steps where {moment.kept} > 0")
    if found.late:
        remarks.append("the metric is that of the step before: it is measured after the drift")
    if reads(found.rate, (count,)):
        remarks.append("the learning rate follows a schedule in the number of the step, count")
    return tuple(remarks)


def _bent(kappa: sp.Expr) -> str:
    """Say where κ is not convex, for parameters of one."""
    names = {x for x in kappa.free_symbols if not isinstance(x, Component)}
    if kappa.has(sp.Integral, CubicRoot) or explicit(kappa, 1).free_symbols - names - {_FIRST}:
        return ""
    size = not_convex_beyond(kappa, dict.fromkeys(names, sp.S.One))
    if size is None:
        return ""
    return f"the kinetic energy is not convex for ‖X‖ > {size}: a larger moment moves less there"


_FIRST = sp.Symbol("X1", real=True)
