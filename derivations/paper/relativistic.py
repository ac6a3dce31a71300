"""Section "Relativistic": a speed limit, with β inside the root (the paper) and outside it."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total, norm2
from derivations.algebra.notation import Rate
from derivations.algebra.symbols import G, X, beta, c, gamma, h, k, t
from derivations.algebra.tidy import tidy
from derivations.document import Cite, Equation, Section, Table, line, prose
from derivations.paper.energies import (
    delta,
    potential,
    relativistic_inside,
    relativistic_outside,
    thermal,
)
from derivations.proofs.proof import Step, limit
from derivations.system.coordinates import in_coordinates
from derivations.system.equations import hermosis_equations


def section() -> Section:
    """Build the section."""
    inside, outside = relativistic_inside(), relativistic_outside()
    rest = potential() + thermal(gamma * beta)
    energies = (inside + rest, outside + rest)
    factored = k / beta * sp.sqrt(sp.expand(inside**2 * beta**2 / k**2))
    flow = hermosis_equations(outside + rest)
    return Section(
        "Relativistic",
        (
            prose(
                "The paper puts the thermal mass inside the root. The same energy with β outside, "
                "the Hamiltonian of relativistic gradient descent ", Cite("franca"),
                ", has another thermal behaviour. Both are derived here, side by side.",
            ),
            Equation(
                ("β inside the root, and outside",),
                (line(sp.Symbol("H_1"), energies[0]), line(sp.Symbol("H_2"), energies[1])),
                tuple(in_coordinates(whole, d) for whole in energies for d in (1, 2)),
            ),
            Equation(
                ("small moments: the rest energy, the classical energy, the first correction",),
                (line(inside, factored), line(None, expansion(inside), "≈")),
                (
                    Step("the factor before the root is k/β", "squares agree", inside, factored),
                    *series_steps(),
                ),
            ),
            Equation(
                ("β outside: no rest energy, and the classical energy at δ → 0",),
                (
                    line(outside, expansion(outside), "≈"),
                    line(sp.Limit(outside, delta, 0), beta / (2 * k) * norm2(X)),
                ),
                (
                    Step(
                        "the classical limit",
                        "limit δ → 0",
                        limit(outside, delta, sp.S.Zero),
                        beta / (2 * k) * norm2(X),
                    ),
                ),
            ),
            _side_by_side(),
            Equation(
                ("the velocities, from the equation of w",),
                (
                    line(sp.Symbol("v_1"), velocity(inside)),
                    line(sp.Symbol("v_2"), velocity(outside)),
                ),
                (
                    Step(
                        "with β inside, the velocity has the printed form",
                        "root of a product",
                        velocity(inside),
                        X / (h * sp.sqrt(beta**2 * norm2(X) / k**2 + 1)),
                    ),
                    Step(
                        "with β outside, the velocity does not depend on β",
                        "derivative in β",
                        sp.diff(velocity(outside), beta),
                        sp.S.Zero,
                    ),
                    stalls(),
                ),
            ),
            prose(
                "The first stops as ", beta, " grows, and the paper concludes that learning ceases "
                "until the potential is put into the metric. The second keeps its speed limit; its "
                "flow under exponential cooling is the dissipative relativistic flow of ",
                Cite("franca"), ":",
            ),
            Equation(
                ("the Hermosis equations of the second",),
                (line(Rate(sp.Symbol("w_i")), tidy(flow.w)), line(Rate(X), tidy(flow.X))),
                (
                    Step(
                        "a relativistic drift",
                        "∂H/∂X",
                        flow.w,
                        -X / (h * sp.sqrt(1 + delta * norm2(X))),
                    ),
                    Step("friction and force", "∂H/∂w, ∂H/∂U", flow.X, c**2 / h * G - gamma * X),
                ),
            ),
            prose(
                "At constant β neither has friction, so that the paper's update is relativistic "
                "gradient descent only without its decay, μ = 1."
            ),
        ),
    )  # fmt: skip


def velocity(kinetic: sp.Expr) -> sp.Expr:
    """The learning velocity v = −dw/dt of a kinetic energy."""
    return tidy(-hermosis_equations(kinetic).w)


def speed_limit(kinetic: sp.Expr) -> sp.Expr:
    """The speed |v| at unbounded moments."""
    size = sp.Symbol("size", positive=True)
    speed = velocity(kinetic).xreplace({norm2(X): size**2}).subs(X, size)
    return sp.limit(speed, size, sp.oo)


def when_cold(kinetic: sp.Expr) -> sp.Expr:
    """The velocity after long exponential cooling."""
    return limit(velocity(kinetic).subs(beta, beta * sp.exp(gamma * t)), t, sp.oo)


def expansion(kinetic: sp.Expr) -> sp.Expr:
    """The first terms in the size of the moments."""
    size = sp.Symbol("size", positive=True)
    series = sp.series(kinetic.xreplace({norm2(X): size**2}), size, 0, 6).removeO()
    return sp.expand(series).subs(size, sp.sqrt(norm2(X)))


def series_steps() -> tuple[Step, ...]:
    """The printed series, term by term: derivatives at rest."""
    size = sp.Symbol("size", positive=True)
    energy = relativistic_inside().xreplace({Total(X**2): size**2})
    terms = {0: k / beta, 2: beta / (2 * k), 4: -(beta**3) / (8 * k**3)}
    return tuple(
        Step(
            f"the term of order {order}",
            "Taylor's formula at X = 0",
            sp.diff(energy, size, order).subs(size, 0) / sp.factorial(order),
            term,
        )
        for order, term in terms.items()
    )


def stalls() -> Step:
    """With β inside the root, cooling stops the weights."""
    return Step(
        "with β inside, the velocity vanishes as the system cools",
        "limit t → ∞ of exponential cooling",
        when_cold(relativistic_inside()),
        sp.S.Zero,
    )


def _side_by_side() -> Table:
    inside, outside = relativistic_inside(), relativistic_outside()
    rows = (
        ("kinetic energy", inside, outside),
        ("velocity", velocity(inside), velocity(outside)),
        ("speed limit", speed_limit(inside), speed_limit(outside)),
        ("velocity when cold", when_cold(inside), when_cold(outside)),
    )
    return Table(
        ("", "β inside the root", "β outside"),
        tuple(((name,), (left,), (right,)) for name, left, right in rows),
    )
