"""Section "Constant temperature": the undamped accumulation of gradients, which is not SGD."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.notation import At, Determinant, I
from derivations.algebra.symbols import G, L, X, beta, c, h, lamda, parameter, t, tau, w
from derivations.document import Equation, Section, line, prose
from derivations.paper.velocity_and_force import mass, momentum_update
from derivations.proofs.proof import Step

#: Size of a drift and of a kick.
eta, zeta = parameter("eta"), parameter("zeta")
_M = sp.Symbol("M")


def section() -> Section:
    """Build the section."""
    return Section(
        "Constant temperature",
        (
            prose(
                "If the thermal mass stands still there is no friction, and nothing is forgotten."
            ),
            Equation(
                ("a thermal mass that does not change",), (line(mass(t), beta),)
            ),
            Equation(
                ("the impulse of a step",),
                (line(I, beta * tau * c**2 / h * G),),
                (
                    Step(
                        "the integral of a constant mass",
                        "integration",
                        beta * (at_constant_mass(X) - X),
                        beta * tau * c**2 / h * G,
                    ),
                ),
            ),
            Equation(
                ("the momentum update at constant mass: gradients accumulate",),
                (line(At(X, t), at_constant_mass(At(X, t - tau))),),
                (
                    Step(
                        "put the constant mass into the update",
                        "integration",
                        at_constant_mass(X),
                        X + tau * c**2 / h * G,
                    ),
                ),
            ),
            Equation(
                ("with ", sp.Eq(eta, tau / h), " and ", sp.Eq(zeta, tau * c**2 / h)),
                (
                    line(At(X, t), accumulated(At(X, t - tau))),
                    line(At(w, t), drifted(At(w, t - tau), At(X, t)), "≈"),
                ),
                (
                    Step(
                        "the same step in the new letters",
                        "substitution",
                        at_constant_mass(X).subs(c, sp.sqrt(zeta * h / tau)),
                        accumulated(X),
                    ),
                ),
            ),
            prose(
                "The paper calls this stochastic gradient descent. It is not: on a quadratic loss "
                "with curvature ", lamda, " one step is the matrix ", _M,
                " on (w, X), which neither shrinks nor grows anything.",
            ),
            Equation(
                ("the step on ", sp.Eq(L, lamda * w**2 / 2), ": drift after kick"),
                (line(_M, quadratic_step()), line(Determinant(_M), sp.S.One)),
                (undamped(), *_on_the_circle()),
            ),
            prose(
                "For ", eta * zeta * lamda < 4,
                " both eigenvalues lie on the unit circle: the weights oscillate for ever. "
                "Gradient descent is a limit of exponential cooling, below.",
            ),
        ),
    )  # fmt: skip


def at_constant_mass(before: sp.Expr) -> sp.Expr:
    """The momentum update under β(t) = β."""
    update = momentum_update(before).replace(mass, lambda _: beta)
    return sp.expand(sp.simplify(update.doit()))


def accumulated(moments: sp.Expr, gradient: sp.Expr = G) -> sp.Expr:
    """The update X += ζ∇L that the paper calls gradient descent."""
    return moments + zeta * gradient


def drifted(weights: sp.Expr, moments: sp.Expr) -> sp.Expr:
    """The update w −= ηX."""
    return weights - eta * moments


def quadratic_step() -> sp.Matrix:
    """The matrix of one step on the loss ½λw²."""
    moments = accumulated(X, lamda * w)
    return sp.Matrix([drifted(w, moments), moments]).jacobian(sp.Matrix([w, X]))


def undamped() -> Step:
    """One step keeps the area of the phase plane."""
    return Step(
        "the determinant of one step", "det of a 2 × 2 matrix", quadratic_step().det(), sp.S.One
    )


def _on_the_circle() -> tuple[Step, ...]:
    """For 0 < ηζλ < 4 the eigenvalues are a complex pair e^{±iφ} with cos φ = 1 − ηζλ/2."""
    step = quadratic_step()
    angle = sp.Symbol("phi", real=True)
    turned = step.subs(lamda, 2 * (1 - sp.cos(angle)) / (eta * zeta))
    value = sp.Symbol("x")
    polynomial = turned.charpoly(value).as_expr()
    residuals = [polynomial.subs(value, sp.exp(sign * sp.I * angle)) for sign in (1, -1)]
    return tuple(
        Step(
            f"exp({'' if sign > 0 else '−'}iφ) is an eigenvalue where ηζλ = 2(1 − cos φ)",
            "characteristic polynomial",
            sp.expand(residual.rewrite(sp.exp)),
            sp.S.Zero,
        )
        for sign, residual in zip((1, -1), residuals, strict=True)
    )
