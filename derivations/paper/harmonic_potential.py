"""Section "Harmonic potential": weight decay, and the factor β that it needs under cooling."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import norm2, slope
from derivations.algebra.notation import F, H, Rate
from derivations.algebra.symbols import G, X, beta, c, gamma, h, k, lamda, t, w
from derivations.document import Cite, Equation, Section, line, prose
from derivations.paper.energies import classical, potential, thermal
from derivations.proofs.proof import Step, limit
from derivations.system.coordinates import in_coordinates
from derivations.system.equations import hermosis_equations


def section() -> Section:
    """Build the section."""
    bare, massive = bare_decay(), massive_decay()
    lasting = classical() + potential() + massive
    return Section(
        "Harmonic potential",
        (
            prose(
                "Weight decay adds ", lamda * w, " to the gradient of the loss ", Cite("krogh"),
                ". The paper adds a harmonic potential to H:",
            ),
            Equation(("as the paper prints it",), (line(H, classical() + potential() + bare),)),
            Equation(
                ("the force of the added term",),
                (line(F, -k / h * slope(bare, w)),),
                (_force_of(bare),),
            ),
            Equation(
                ("this pull against the pull of the loss, under exponential cooling",),
                (line(sp.Limit(cooled(share(bare)), t, sp.oo), sp.S.Zero),),
                (dies_out(),),
            ),
            prose("It dies out. With the factor β of the loss it stays:"),
            Equation(
                ("weight decay that lasts",),
                (line(H, lasting),),
                tuple(in_coordinates(lasting + thermal(gamma * beta), d) for d in (1, 2, 3)),
            ),
            Equation(
                ("the equation of the moments: the textbook's gradient plus ", lamda * w),
                (line(Rate(X), sp.factor_terms(moment_rate(massive))),),
                (is_textbook(massive), stays()),
            ),
        ),
    )  # fmt: skip


def bare_decay() -> sp.Expr:
    """(λ/2)w², as printed."""
    return lamda / 2 * norm2(w)


def massive_decay() -> sp.Expr:
    """(βc²/k)(λ/2)w², the same inside the loss."""
    return beta * c**2 / k * bare_decay()


def moment_rate(decay: sp.Expr) -> sp.Expr:
    """dX/dt with a decay term in H, at constant temperature."""
    return hermosis_equations(classical() + potential() + decay).X


def share(decay: sp.Expr) -> sp.Expr:
    """The pull of a decay term in units of c²λw/h, what the textbook's term would pull."""
    return sp.simplify(slope(decay, w) / slope(massive_decay(), w))


def cooled(expr: sp.Expr) -> sp.Expr:
    """Put in the thermal mass of exponential cooling."""
    return expr.subs(beta, beta * sp.exp(gamma * t))


def dies_out() -> Step:
    """The printed term vanishes next to the loss as the system cools."""
    return Step(
        "the printed term dies out next to the loss",
        "limit of exponential cooling",
        limit(cooled(share(bare_decay())), t, sp.oo),
        sp.S.Zero,
    )


def stays() -> Step:
    """The corrected term keeps its share."""
    return Step(
        "its share does not depend on time",
        "derivative in t",
        sp.diff(cooled(share(massive_decay())), t),
        sp.S.Zero,
    )


def is_textbook(decay: sp.Expr) -> Step:
    """With the right term, λw is added to the gradient."""
    return Step(
        "λw is added to the gradient",
        "∂H/∂w",
        moment_rate(decay),
        c**2 / h * (G + lamda * w),
    )


def _force_of(decay: sp.Expr) -> Step:
    difference = hermosis_equations(potential() + decay).X - hermosis_equations(potential()).X
    return Step(
        "β times what the term adds to the rate of X is minus this force",
        "the equation of X with and without it",
        -beta * difference,
        -k / h * slope(decay, w),
    )
