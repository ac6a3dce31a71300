"""Section "Velocity and force": the classical H, and the update rules that it gives."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.notation import At, F, H, I, v
from derivations.algebra.symbols import G, X, beta, c, h, t, tau, w
from derivations.document import Equation, Section, line, prose
from derivations.paper.energies import E, classical, potential
from derivations.paper.integral_form import moment, over_step
from derivations.proofs.proof import Step
from derivations.system.coordinates import in_coordinates
from derivations.system.equations import hermosis_equations

#: The thermal mass as a function of time, under any thermal profile.
mass = sp.Function("beta", positive=True)


def section() -> Section:
    """Build the section."""
    energy = classical() + potential() + E
    equations = hermosis_equations(energy)
    velocity = -equations.w
    force = -(beta * equations.X + X * equations.beta)
    impulse = c**2 / h * over_step(mass(moment)) * G
    return Section(
        "Velocity and force",
        (
            prose(
                "The simplest energy has a classical kinetic part and the loss as its potential; "
                "how the system cools is left open."
            ),
            Equation(
                ("kinetic energy, potential, and an energy that sets the thermal profile",),
                (line(H, energy),),
            ),
            Equation(
                ("velocity and force of the integral form, for this H",),
                (line(v, velocity), line(F, sp.simplify(force))),
                (
                    *(in_coordinates(energy, d) for d in (1, 2, 3)),
                    Step("v = X/h", "∂H/∂X = βX/k", velocity, X / h),
                    Step("F = −(βc²/h)∂L", "∂H/∂w = (βc²/k)∂L", force, -beta * c**2 / h * G),
                ),
            ),
            Equation(
                ("the velocity at the end of a step, held over the step (Euler)",),
                (line(At(w, t), At(w, t - tau) - tau / h * At(X, t), "≈"),),
                (
                    Step(
                        "the integral of a constant velocity",
                        "integration",
                        over_step(X / h).doit(),
                        tau / h * X,
                    ),
                ),
            ),
            Equation(
                ("the impulse: minus the integral of the force, the gradient held over the step",),
                (line(I, impulse),),
                (
                    Step(
                        "the integral of −F along β(t)",
                        "a constant factor leaves the integral",
                        over_step(-force.subs(beta, mass(moment))).doit(),
                        impulse,
                    ),
                ),
            ),
            Equation(
                ("the impulse put into the integral form, divided by β(t)",),
                (line(At(X, t), momentum_update(At(X, t - tau))),),
                _solves(equations.X, equations.beta),
            ),
            prose(
                "The moments are updated by time averages of the thermal mass; a thermal profile "
                "decides how much of the past remains and how much of the gradient enters."
            ),
        ),
    )


def momentum_update(before: sp.Expr, start: sp.Expr = t - tau) -> sp.Expr:
    """X(t) after a step with the gradient held, under any thermal mass β(t)."""
    average = sp.Integral(mass(moment), (moment, start, t)) / mass(t)
    return mass(start) / mass(t) * before + c**2 / h * average * G


def _solves(moment_rate: sp.Expr, mass_rate: sp.Expr) -> tuple[Step, Step]:
    """Differentiate the update: it satisfies the equation of X, from any start."""
    start = sp.Symbol("t_0", nonnegative=True)
    update = momentum_update(X, start)
    (heating,) = mass_rate.atoms(sp.Derivative)
    factor = sp.cancel(mass_rate / heating)
    law = moment_rate.subs(heating, sp.diff(mass(t), t) / factor)
    expected = law.subs(X, update).subs(beta, mass(t))
    return (
        Step(
            "it solves the equation of X for any β(t)",
            "derivative in t",
            sp.diff(update, t),
            expected,
        ),
        Step("and starts at X", "t = start", update.subs(t, start).doit(), X),
    )
