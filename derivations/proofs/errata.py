"""What is wrong in the paper, each with the right formula and the proof of both.

Source: Hermosis, Learning Dynamics, versions 0.1.0 and 0.1.6. An erratum quotes the printed
formula, gives the one that the 2-form and the Hermosis equations lead to, and proves in steps
that the first fails and the second holds.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sympy as sp

from derivations.algebra.components import explicit
from derivations.algebra.notation import At, Bracket, H, I, Partial, Rate, Y, any_energy, v
from derivations.algebra.symbols import G, U, X, beta, c, gamma, h, k, lamda, t, tau, w
from derivations.paper import constant_temperature as constant
from derivations.paper import coupling, equations, phase_space, relativistic
from derivations.paper import exponential_cooling as cooling
from derivations.paper import harmonic_potential as harmonic
from derivations.paper.energies import (
    classical,
    delta,
    potential,
    relativistic_inside,
    relativistic_outside,
    thermal,
)
from derivations.proofs.erratum import Erratum
from derivations.proofs.proof import Step
from derivations.step.composition import compose
from derivations.step.rule import Rule
from derivations.system.energy import Energy
from derivations.system.equations import hermosis_equations
from derivations.system.geometry import coupled
from derivations.system.thermal import ThermalLaw


def errata() -> tuple[Erratum, ...]:
    """Every erratum, in the order of the paper.

    >>> all(erratum.proved for erratum in errata())
    True
    """
    return tuple(made() for made in ERRATA)


def _bracket() -> Erratum:
    w_i, X_j = sp.symbols("w_i X_j")
    i, j = sp.symbols("i j", integer=True)
    return Erratum(
        name="the bracket after the coupling",
        claim="The bracket of weights and energy moments carries a factor 1/β.",
        steps=(
            coupling.jacobi_with_printed(),
            coupling.jacobi_fails(),
            phase_space.brackets_are(coupled(3), 1 / beta, -1 / beta),
            phase_space.jacobi_holds(coupled(3)),
        ),
        where="Evolution, brackets after the coupling",
        printed=_eq(Bracket(w_i, X_j), sp.KroneckerDelta(i, j)),
        correct=_eq(Bracket(w_i, X_j), sp.KroneckerDelta(i, j) / beta),
    )


def _uncoupled() -> Erratum:
    rates = phase_space.uncoupled_rates()
    printed = {z: rate * h if z in (Y, U) else rate for z, rate in rates.items()}
    return Erratum(
        name="the unit of action in the uncoupled equations",
        claim="The equations of Y and U carry the same h as those of w and β.",
        steps=(
            _no_change("dH/dt is not zero as printed", _change(printed), True),
            _no_change("dH/dt is zero with h", _change(rates)),
            phase_space.motion_is(rates),
        ),
        where="Evolution, equations before the coupling",
        printed=_eq(-Rate(Y), -printed[Y]),
        correct=_eq(-h * Rate(Y), -h * rates[Y]),
    )


def _appendix() -> Erratum:
    right = hermosis_equations(any_energy())
    heat = sp.expand(right.U + k / h * Partial(H, beta))
    wrong = replace(right, U=sp.expand(right.U - heat + heat / k))
    return Erratum(
        name="the unit of information in the equation of U",
        claim="Both terms of the equation of U carry the factor k.",
        steps=(
            _no_change("dH/dt is not zero as printed", equations.along_the_flow(wrong), True),
            _no_change("dH/dt is zero with k", equations.along_the_flow(right)),
            *(equations.agrees(right, dimension) for dimension in (1, 2, 3)),
        ),
        where="Appendix, equation of U (version 0.1.6)",
        printed=_eq(-h * Rate(U), sp.expand(-h * wrong.U)),
        correct=_eq(-h * Rate(U), sp.expand(-h * right.U)),
    )


def _constant_temperature() -> Erratum:
    first = constant.accumulated(sp.S.Zero, lamda * w)
    once = constant.drifted(w, first)
    twice = constant.drifted(once, constant.accumulated(first, lamda * once))
    descent = once - constant.eta * constant.zeta * lamda * once
    return Erratum(
        name="constant temperature gives SGD",
        claim="Constant temperature accumulates gradients without friction; gradient descent is "
        "the limit of strong cooling.",
        steps=(
            constant.undamped(),
            Step(
                "two steps on ½λw² from rest, against two of gradient descent with lr = ηζ",
                "the first step is the same, the second is not",
                twice,
                descent,
                True,
            ),
            cooling.gradient_descent_limit(),
        ),
        where="Application, constant temperature",
        printed=_eq(At(X, t), constant.accumulated(At(X, t - tau))),
        correct=_eq(At(w, t), At(w, t - tau) - cooling.rate * G),
    )


def _weight_decay() -> Erratum:
    bare, massive = harmonic.bare_decay(), harmonic.massive_decay()
    textbook = harmonic.is_textbook(massive)
    return Erratum(
        name="the harmonic potential",
        claim="Weight decay lasts under cooling only with the thermal mass of the loss.",
        steps=(
            replace(
                textbook,
                claim="as printed, λw is not added to the gradient",
                left=harmonic.moment_rate(bare),
                differs=True,
            ),
            harmonic.dies_out(),
            textbook,
            harmonic.stays(),
        ),
        where="Application, harmonic potential",
        printed=_eq(H, classical() + potential() + bare),
        correct=_eq(H, classical() + potential() + massive),
    )


def _impulse() -> Erratum:
    right = cooling.impulse()
    derived = cooling.impulse_is_integral()
    missing = replace(
        derived,
        claim="the integral of −F is not the printed right-hand side",
        right=right / G,
        differs=True,
    )
    return Erratum(
        name="the impulse under exponential cooling",
        claim="The impulse is proportional to the gradient of the loss.",
        steps=(missing, derived),
        where="Application, exponential cooling",
        printed=_eq(I, right / G),
        correct=_eq(I, right),
    )


def _expansion() -> Erratum:
    kinetic = relativistic_inside()
    root = sp.sqrt(1 + beta**2 / k**2 * sp.expand(kinetic**2 - k**2 / beta**2))
    printed, correct = k**2 / beta**2 * root, k / beta * root
    return Erratum(
        name="the relativistic expansion",
        claim="The factor before the root is k/β; the series that follows is right.",
        steps=(
            Step(
                "with the printed factor the two sides differ",
                "a point where they do",
                kinetic,
                printed,
                differs=True,
            ),
            Step("with k/β they are equal", "squares agree", kinetic, correct),
            *relativistic.series_steps(),
        ),
        where="Application, relativistic kinetic energy",
        printed=_eq(kinetic, printed),
        correct=_eq(kinetic, correct),
    )


def _constant_mass() -> Erratum:
    printed = compose("K D", _energy(relativistic_inside(), 0), ThermalLaw(0, start=beta))
    law = ThermalLaw(gamma * beta)
    rgd = compose("C/2 D/2 K D/2 C/2", _energy(relativistic_outside(), law.rate), law)
    flow = hermosis_equations(relativistic_outside() + potential() + thermal(law.rate)).X
    decay = law.decay(tau)
    return Erratum(
        name="relativistic gradient descent at constant temperature",
        claim="At constant β there is no friction, so that only μ = 1 is recovered.",
        steps=(
            Step("the printed step keeps the area, d = 1", "Jacobian", _area(printed), sp.S.One),
            Step("relativistic gradient descent shrinks it by μ", "Jacobian", _area(rgd), decay),
            Step(
                "the decay μ is not 1, as it would be without friction",
                "a point where it differs",
                decay,
                sp.S.One,
                differs=True,
            ),
            Step("μ = 1 without cooling", "limit γ → 0", sp.limit(decay, gamma, 0), sp.S.One),
            Step("cooling makes the friction", "∂H/∂U", flow, c**2 / h * G - gamma * X),
        ),
        where="Application, relativistic update at constant β",
        printed=_eq(Rate(X), flow.subs(gamma, 0)),
        correct=_eq(Rate(X), flow),
    )


def _cooling() -> Erratum:
    inside, outside = relativistic_inside(), relativistic_outside()
    fast, slow = relativistic.speed_limit(outside), relativistic.speed_limit(inside)
    grown = beta * ThermalLaw(gamma * beta).mass
    return Erratum(
        name="relativistic learning under cooling",
        claim="With β outside the root the speed limit stays; no metric is needed.",
        steps=(
            Step(
                "after cooling the printed velocity is not the right one",
                "limit t → ∞",
                relativistic.when_cold(inside),
                relativistic.when_cold(outside),
                differs=True,
            ),
            relativistic.stalls(),
            Step(
                "the printed speed limit vanishes",
                "limit t → ∞",
                sp.limit(slow.subs(beta, grown), t, sp.oo),
                sp.S.Zero,
            ),
            Step("the speed limit with β outside", "limit |X| → ∞", fast, 1 / (h * sp.sqrt(delta))),
            Step(
                "the velocity with β outside stays under cooling",
                "limit t → ∞",
                relativistic.when_cold(outside),
                relativistic.velocity(outside),
            ),
        ),
        where="Application, relativistic kinetic energy under cooling",
        printed=_eq(v, relativistic.velocity(inside)),
        correct=_eq(v, relativistic.velocity(outside)),
    )


def _eq(left: sp.Expr, right: sp.Expr) -> sp.Basic:
    return sp.Eq(left, right, evaluate=False)


def _change(rates: dict[sp.Symbol, sp.Expr]) -> sp.Expr:
    """dH/dt of any H in one dimension, under these rates."""
    return sp.Add(*(Partial(H, z) * rate for z, rate in rates.items()))


def _no_change(claim: str, rate: sp.Expr, differs: bool = False) -> Step:
    return Step(claim, "chain rule", rate, sp.S.Zero, differs)


def _energy(kinetic: sp.Expr, rate: sp.Expr) -> Energy:
    return Energy(kinetic, potential(), thermal(rate))


def _area(rule: Rule) -> sp.Expr:
    """The determinant of one step in one dimension, on a loss with any slope g(w)."""
    slope = sp.Function("g", real=True)
    w1, X1, G1 = (explicit(letter, 1, 0) for letter in (w, X, G))
    state = {w1: w1, X1: X1}
    for stage in rule.stages:
        values = {explicit(z, 1, 0): explicit(value, 1, 0) for z, value in stage.assignments}
        now = {**state, G1: slope(state[w1])}
        state |= {z: value.xreplace(now) for z, value in values.items()}
    return sp.Matrix(list(state.values())).jacobian([w1, X1]).det()


#: What makes each erratum, in the order of the paper.
ERRATA: tuple[Callable[[], Erratum], ...] = (
    _bracket, _uncoupled, _appendix, _constant_temperature, _weight_decay, _impulse, _expansion,
    _constant_mass, _cooling,
)  # fmt: skip
