"""Section "Exponential cooling": moving averages, momentum, and gradient descent as a limit."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.notation import At, Determinant, H, I, Rate
from derivations.algebra.symbols import G, U, X, beta, c, gamma, h, momentum, parameter, t, tau, w
from derivations.document import Cite, Equation, Section, line, prose
from derivations.paper.constant_temperature import drifted, eta, zeta
from derivations.paper.energies import classical, potential, thermal
from derivations.paper.integral_form import moment, over_step
from derivations.paper.velocity_and_force import mass, momentum_update
from derivations.proofs.proof import Step
from derivations.system.coordinates import in_coordinates
from derivations.system.equations import hermosis_equations
from derivations.system.geometry import coordinate_equations
from derivations.system.thermal import ThermalLaw

#: The learning rate of gradient descent.
rate = parameter("alpha")
#: The thermal profile of the section.
LAW = ThermalLaw(gamma * beta)


def section() -> Section:
    """Build the section."""
    energy = classical() + potential() + thermal(LAW.rate)
    equations = hermosis_equations(energy)
    grown = LAW.mass * beta
    return Section(
        "Exponential cooling",
        (
            prose(
                "A thermal energy that is proportional to the thermal mass lets it grow "
                "exponentially. The friction is then constant."
            ),
            Equation(
                ("a thermal energy proportional to β",),
                (line(H, energy), line(Rate(beta), equations.beta)),
                tuple(in_coordinates(energy, d) for d in (1, 2, 3)),
            ),
            Equation(
                ("its solution",),
                (line(mass(t), grown),),
                (
                    Step(
                        "it solves the equation of β",
                        "derivative in t",
                        sp.diff(grown, t),
                        equations.beta.subs(beta, grown),
                    ),
                ),
            ),
            Equation(
                ("the impulse of a step; the paper leaves out the gradient",),
                (line(I, impulse()),),
                (impulse_is_integral(),),
            ),
            Equation(
                ("the momentum update under this mass: a moving average ", Cite("brown")),
                (line(At(X, t), moving_average(At(X, t - tau))),),
                (
                    Step(
                        "put the mass into the update",
                        "integration",
                        momentum_update(X).replace(mass, _grown).doit(),
                        moving_average(X),
                    ),
                ),
            ),
            Equation(
                ("with ", sp.Eq(momentum, LAW.decay(tau)), ", ", sp.Eq(zeta, c**2 / (gamma * h)),
                 " and ", sp.Eq(eta, tau / h), ": momentum and friction ", Cite("bottou")),
                (
                    line(At(X, t), averaged(At(X, t - tau))),
                    line(At(w, t), drifted(At(w, t - tau), At(X, t))),
                ),
                (
                    Step(
                        "the same step in the new letters",
                        "substitution",
                        moving_average(X).subs(tau, -sp.log(momentum) / gamma),
                        averaged(X).subs(zeta, c**2 / (gamma * h)),
                    ),
                ),
            ),
            Equation(
                ("strong friction, γτ → ∞ with ", sp.Eq(rate, tau * c**2 / (gamma * h**2)),
                 " fixed: gradient descent"),
                (line(At(w, t), At(w, t - tau) - rate * G),),
                (gradient_descent_limit(),),
            ),
            Equation(
                ("one step shrinks the volume in (w, X); ", sp.Symbol("M"), " is its Jacobian"),
                (line(Determinant(sp.Symbol("M")), sp.exp(-sp.Symbol("d") * gamma * tau)),),
                tuple(_divergence(energy, dimension) for dimension in (1, 2, 3)),
            ),
            prose(
                "Friction comes from cooling alone. The heat goes into ", U, ", and ", H,
                " is conserved all the while.",
            ),
        ),
    )  # fmt: skip


def moving_average(before: sp.Expr) -> sp.Expr:
    """X(t) after a step with the gradient held, in the profile's own decay and impulse."""
    return LAW.decay(tau) * before + LAW.impulse(tau) * c**2 / h * G


def averaged(moments: sp.Expr) -> sp.Expr:
    """The moving average in the letters of practice."""
    return momentum * moments + (1 - momentum) * zeta * G


def impulse() -> sp.Expr:
    """The impulse of a step, in units of the mass at its end."""
    return c**2 / h * LAW.impulse(tau) * beta * sp.exp(gamma * t) * G


def impulse_is_integral() -> Step:
    """The impulse is the integral of minus the force."""
    return Step(
        "the integral of −F along β(t)",
        "integration",
        over_step(c**2 / h * G * _grown(moment)).doit(),
        impulse(),
    )


def gradient_descent_limit() -> Step:
    """[CK] D tends to gradient descent when friction is strong."""
    step = w - tau / h * moving_average(X)
    scaled = step.subs(c, h * sp.sqrt(rate * gamma / tau))
    return Step(
        "the weights after one step",
        "limit γ → ∞ at fixed learning rate",
        sp.limit(sp.expand(scaled), gamma, sp.oo),
        w - rate * G,
    )


def _grown(time: sp.Expr) -> sp.Expr:
    return beta * LAW.mass.subs(t, time)


def _divergence(energy: sp.Expr, dimension: int) -> Step:
    """The rate at which volume in (w, X) shrinks; G does not depend on X."""
    rates = coordinate_equations(energy, dimension)
    moving = [z for z in rates if z.name[0] in "wX"]
    divergence = sp.Add(*(sp.diff(rates[z], z) for z in moving))
    return Step(
        f"the divergence of the flow is −dγ, d = {dimension}",
        "sum of derivatives",
        divergence,
        -dimension * gamma,
    )
