"""Reductions of kinetic energies beyond the relativistic one: brakes, dual energies, powers."""

from __future__ import annotations

import sympy as sp

from derivations import textbook
from derivations.algebra.components import Total, explicit, norm2, slope
from derivations.algebra.cubic import CubicRoot, written_out
from derivations.algebra.symbols import X, beta, k, t, w
from derivations.algebra.tidy import tidy
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import BETAS, HOT, carried, derived, same_step
from derivations.system import energies, measures, metrics
from derivations.system.measures import V
from derivations.textbook import beta_1, beta_2, eps
from derivations.textbook.letters import A, a, beta_3, mass


def braking() -> Proof:
    """The brake of VRAdam in flat space is a gradient, of an energy that is not convex."""
    energy = energies.braking(X, beta, beta_3)
    size = sp.Symbol("x", positive=True)
    along = explicit(energy * k / beta, 1).subs(sp.Symbol("X1", real=True), size)
    return Proof(
        "VRAdam's braking",
        "C K D of κ = log(1 + β₃X²)/(2β₃) is momentum braked by 1/(1 + β₃‖X‖²); κ is convex up to "
        "‖X‖ = 1/√β₃ and not beyond",
        (
            *same_step(derived("C K D", energy), textbook.rule("braking"), "∇κ = X/(1 + β₃X²)"),
            Step(
                "the second derivative of κ along a ray",
                "it has the sign of 1 − β₃x²",
                sp.diff(along, size, 2),
                (1 - beta_3 * size**2) / (1 + beta_3 * size**2) ** 2,
            ),
        ),
    )


def vradam() -> Proof:
    """In Adam's metric the brake is a gradient only if its norm is that of the metric."""
    metric = measures.root_mean_square(eps)
    rule = derived(
        "[CK] M D",
        energies.braking(X, beta, beta_3),
        HOT,
        change=lambda energy: energy.in_metric(metric),
    ).subs(BETAS)
    g = metric.tensor
    due = textbook.rule("vradam", capped=False, in_metric=True)
    euclidean, natural = (_curl(brake) for brake in (norm2(X), Total(X**2 / g)))
    return Proof(
        "VRAdam in the metric norm",
        "[CK] M D of the braking energy in Adam's metric brakes Adam by the norm of the metric; "
        "by the Euclidean norm, as VRAdam has it, the braked velocity is the gradient of nothing",
        (
            *carried(
                rule,
                due,
                {X: (1 - beta_1**t) * X, textbook.V: (1 - beta_2**t) * V},
                "∇κ = g⁻¹X/(1 + β₃Xᵀg⁻¹X), hot starts",
            ),
            Step(
                "the curl of the braked velocity in two dimensions, metric norm",
                "∂v₁/∂X₂ = ∂v₂/∂X₁",
                natural,
                sp.S.Zero,
            ),
            Step(
                "the curl of the braked velocity in two dimensions, Euclidean norm",
                "where the metric differs between components",
                euclidean,
                sp.S.Zero,
                differs=True,
            ),
        ),
    )


def quartic() -> Proof:
    """The dual of the quartic energy of the velocity moves along X at the cubic's speed."""
    speed, velocity = sp.symbols("s v", positive=True)
    momentum_of = sp.diff(mass * velocity**2 / 2 + beta_3 * velocity**4 / 4, velocity)
    dual = (velocity * momentum_of - mass * velocity**2 / 2 - beta_3 * velocity**4 / 4).subs(
        velocity, speed
    )
    square = sp.Symbol("Q", positive=True)
    root = CubicRoot(square, mass, beta_3)
    rule = derived("C K D", energies.quartic(X, beta, mass, beta_3))
    angle = sp.Symbol("theta", positive=True)
    return Proof(
        "quartic kinetic energy",
        "C K D of the dual of ½mv² + ¼β₃v⁴ moves along X at the speed s with β₃s³ + ms = ‖X‖",
        (
            Step(
                "the momentum of a velocity",
                "derivative of ½mv² + ¼β₃v⁴",
                momentum_of,
                beta_3 * velocity**3 + mass * velocity,
            ),
            Step(
                "the dual energy, at the speed s",
                "Legendre transform: sX − ½ms² − ¼β₃s⁴",
                dual,
                (energies.quartic(X, beta, mass, beta_3) * k / beta).subs(
                    CubicRoot(norm2(X), mass, beta_3), speed
                ),
            ),
            Step(
                "s solves its cubic",
                "sinh 3θ = 4 sinh³θ + 3 sinh θ",
                _cubic(root, angle),
                sp.S.Zero,
            ),
            Step(
                "w after one step",
                "∇κ = X/(m + β₃s²)",
                written_out(rule.one_stage()[w]),
                textbook.rule("quartic").one_stage()[w],
            ),
        ),
    )


def descent() -> Proof:
    """Hamiltonian descent has the power family for its kinetic energy."""
    whole = derived("C K D", energies.descent(X, beta, a, A))
    each = derived("C K D", energies.componentwise_descent(X, beta, a, A))
    why = "∇κ of the power family"
    special = {a: sp.Integer(2), A: sp.S.One}
    return Proof(
        "Hamiltonian descent",
        "C K D of κ = ((‖X‖^a + 1)^{A/a} − 1)/A is Hamiltonian descent, in the norm and component "
        "by component; a = 2, A = 1 is the relativistic system with δ = 1",
        (
            *same_step(whole, textbook.rule("hamiltonian_descent"), why),
            *same_step(each, textbook.rule("hamiltonian_descent", componentwise=True), why),
            Step(
                "the velocity at a = 2, A = 1",
                "the same as that of the relativistic energy",
                slope(energies.descent(X, beta, *special.values()), X),
                slope(energies.relativistic(X, beta, sp.S.One), X),
            ),
        ),
    )


def _curl(brake: sp.Expr) -> sp.Expr:
    """∂v₁/∂X₂ − ∂v₂/∂X₁ of v = g⁻¹X/(1 + β₃·brake), with a metric of its own for each component."""
    velocity = tidy(X / (metrics.root(V, eps) * (1 + beta_3 * brake)))
    first, second = (explicit(velocity, 2, index=index) for index in range(2))
    along = [sp.Symbol(f"X{number}", real=True) for number in (1, 2)]
    return sp.simplify(sp.diff(first, along[1]) - sp.diff(second, along[0]))


def _cubic(root: CubicRoot, angle: sp.Symbol) -> sp.Expr:
    """β₃s³ + ms − √Q at √Q for which the closed form has the angle θ."""
    square, m, b = root.args
    size = 2 * m / 3 * sp.sqrt(m / (3 * b)) * sp.sinh(3 * angle)
    speed = 2 * sp.sqrt(m / (3 * b)) * sp.sinh(angle)
    gap = b * speed**3 + m * speed - size
    return sp.expand(sp.expand_trig(gap).rewrite(sp.exp))


PROOFS = {
    "VRAdam's braking": braking,
    "VRAdam in the metric norm": vradam,
    "quartic kinetic energy": quartic,
    "Hamiltonian descent": descent,
}
