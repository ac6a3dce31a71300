"""Rest mass: a relativistic particle that is as heavy as the curvature that it has felt.

Source: Barzilai and Borwein 1988, for the curvature along a step.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import norm2, total
from derivations.algebra.symbols import Component, G, X, averaging, beta, lr, momentum, parameter, w
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import derived
from derivations.step.rule import Rule
from derivations.system import energies, measures
from derivations.system.measures import A, B, P
from derivations.system.metrics import bend, way

share, floor = map(parameter, ("share", "floor"))
#: A curvature, a unit of the loss, and the velocity that is known to have been.
curvature, unit = (sp.Symbol(name, positive=True) for name in ("lambda", "u"))
v = Component("v")
METRIC = measures.felt(share, floor)
n = total(sp.S.One)


def step() -> Rule:
    """`M R C K D` in lr and momentum, which is the memory of the metric too."""
    kinetic = energies.rest_mass(X, beta, METRIC.tensor)
    rule = derived("M R C K D", kinetic, change=lambda energy: energy.with_metric(METRIC))
    return rule.subs({averaging: momentum})


def rest_mass() -> Proof:
    """What a step of it is on a parabola, how long it may be, and that no unit matters."""
    whole = {x: value.subs(floor, 0) for x, value in step().one_stage().items()}
    g = METRIC.tensor.subs(floor, 0)
    drift = dict(step().stages[-1].assignments)[w].subs(floor, 0) - w
    turned = sp.Subs(bend(v, G, P), P, G + lr * curvature * v)
    grown = {A: lr * curvature * B}
    scaled = {G: unit * G, P: unit * P, X: unit * X, A: unit * A}
    return Proof(
        "rest mass",
        "on a parabola of curvature λ the rest mass is lr·λ/share, so that slow steps are "
        "−(share/λ)X; no step is longer than lr in the root mean square of its components; and w "
        "moves as it would in any other unit of the loss, where the floor under g is small",
        (
            Step(
                "a step −lr·v on a parabola turns the gradient by −lr·λv",
                "∇L = λ(w − w*)",
                turned,
                lr * curvature * way(v),
            ),
            Step(
                "so both averages keep their ratio",
                "A = lr·λB",
                momentum * A.subs(grown) + (1 - momentum) * turned.doit(),
                lr * curvature * (momentum * B + (1 - momentum) * way(v)),
            ),
            Step("the rest mass", "A = lr·λB", sp.Subs(g, A, grown[A]), lr * curvature / share),
            Step(
                "a slow step",
                "‖X‖ ≪ g",
                sp.Subs(drift.subs(norm2(X), 0), A, grown[A]),
                -share / curvature * X,
            ),
            Step(
                "what is missing to the longest step",
                "n·lr² − ‖Δw‖², never negative",
                n * lr**2 - total(drift**2),
                n * lr**2 * g**2 / (g**2 + norm2(X) / n),
            ),
            Step("without mass: the longest", "g = 0", total(drift.subs(A, 0) ** 2), n * lr**2),
            *(
                Step(f"{name} in a unit u times as small", "L → uL", whole[x].xreplace(scaled), due)
                for name, x, due in (
                    ("w", w, whole[w]), ("X", X, unit * whole[X]),
                    ("A", A, unit * whole[A]), ("B", B, whole[B]),
                )
            ),
        ),
    )  # fmt: skip


PROOFS = {"rest mass": rest_mass}
