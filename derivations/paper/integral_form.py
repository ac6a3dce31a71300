"""Section "Integral form": the equations summed over a step, as update rules."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.notation import At, F, H, Partial, Rate, any_energy, v
from derivations.algebra.symbols import X, beta, h, k, t, tau, w
from derivations.document import Equation, Section, line, prose
from derivations.proofs.proof import Step
from derivations.system.equations import hermosis_equations

#: The time that an integral runs over.
moment = sp.Symbol("s", real=True)


def section() -> Section:
    """Build the section."""
    equations = hermosis_equations(any_energy())
    force, velocity = -k / h * Partial(H, w), k / (h * beta) * Partial(H, X)
    return Section(
        "Integral form",
        (
            prose(
                "A step of an optimizer takes a finite time. The equations are integrated over "
                "such a step, with the thermal mass as a weight."
            ),
            Equation(
                ("product rule, with ", Rate(X), " and ", Rate(beta), " from the equations"),
                (line(h * Rate(beta * X), k * Partial(H, w)),),
                (
                    Step(
                        "the friction and the cooling cancel",
                        "put the equations in",
                        h * (beta * equations.X + X * equations.beta),
                        k * Partial(H, w),
                    ),
                ),
            ),
            Equation(
                ("definition of force and velocity",), (line(F, force), line(v, velocity))
            ),
            Equation(
                ("integral over a step τ of the first, and of ", Rate(w)),
                (
                    line(
                        At(beta, t) * At(X, t),
                        At(beta, t - tau) * At(X, t - tau) - over_step(At(F, moment)),
                    ),
                    line(At(w, t), At(w, t - tau) - over_step(At(v, moment))),
                ),
                (
                    Step(
                        "the rate of βX is −F",
                        "definition of the force",
                        beta * equations.X + X * equations.beta,
                        -force,
                    ),
                    Step(
                        "the rate of w is −v", "definition of the velocity", equations.w, -velocity
                    ),
                    *_fundamental_theorem(),
                ),
            ),
            prose(
                "The thermal mass ", beta, " is an inertia: the larger it is, the smaller is the "
                "velocity that a given slope of ", H, " makes.",
            ),
        ),
    )  # fmt: skip


def over_step(integrand: sp.Expr) -> sp.Expr:
    """The integral over the step that ends now."""
    return sp.Integral(integrand, (moment, t - tau, t))


def _fundamental_theorem() -> tuple[Step, Step]:
    """z(t) = z(t − τ) − ∫r holds at τ = 0, and stays true as τ grows if dz/dt = −r."""
    r, start = sp.Function("r"), sp.Symbol("z_0")

    def z(time: sp.Expr) -> sp.Expr:
        return start - sp.Integral(r(moment), (moment, 0, time))

    gap = z(t) - z(t - tau) + over_step(r(moment))
    return (
        Step("both sides agree at τ = 0", "empty integral", gap.subs(tau, 0).doit(), sp.S.Zero),
        Step("and as τ grows", "fundamental theorem", sp.diff(gap, tau), sp.S.Zero),
    )
