"""What cautious masking keeps and what it breaks: the loss never grows, but no H makes the flow.

Source: Liang, Chen, Liu and Liu, arXiv:2411.16085.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy as sp

from derivations.algebra.components import Total, explicit, norm2, slope
from derivations.algebra.symbols import G, L, X, beta, c, h, k, w
from derivations.algebra.tidy import tidy
from derivations.proofs.inequality import AtMost
from derivations.proofs.proof import Proof, Step
from derivations.reductions.along import Rates, summed
from derivations.reductions.energy_balance import (
    PROFILE,
    QUIET,
    SPEEDY,
    VELOCITY,
    change,
    friction,
    mechanical,
    motion,
    whole,
)

#: How far a scale is from one.
q = sp.Symbol("q", nonnegative=True)


def mask(product: sp.Expr) -> sp.Expr:
    """1 where the velocity and the gradient agree in sign, else 0."""
    return sp.Heaviside(product, 0)


def masked(velocity: sp.Expr = VELOCITY, scale: sp.Expr = 1 + q) -> Rates:
    """The Hermosis flow with w' = −scale·1[∇κ·∂L > 0]·∇κ/h in the place of −∇κ/h."""
    return {**motion(), w: -scale * mask(G * velocity) * velocity / h}


def gain(scale: sp.Expr = 1 + q) -> sp.Expr:
    """What the mask adds to the fall of κ + c²L: (c²/h)Σ(scale·max(∇κ·∂L, 0) − ∇κ·∂L)."""
    product = G * VELOCITY
    return c**2 / h * summed(scale * mask(product) * product - product)


def cautious() -> Proof:
    """A cautious mask lets neither the loss nor, faster than before, the energy grow."""
    held, free = change(mechanical(), masked()), friction(Total(X * VELOCITY))
    short = {**motion(QUIET), w: masked(X, 1 / (1 + q))[w]}
    slowed = change(mechanical(QUIET), short)
    still = {PROFILE: sp.S.Zero}
    return Proof(
        "energy under a cautious mask",
        "with the mask 1[∇κ·∂L > 0] and a scale 1 + q ≥ 1 the loss never grows along the flow, and "
        "κ + c²L falls at least as fast as from the same state without it; but H is not "
        "conserved, and the masked flow is no Hermosis flow",
        (
            AtMost("the loss never grows", "each sign of ∇κ and ∂L", change(L, masked()),
                   sp.S.Zero),
            Step("the energy falls by friction, and by what the mask adds", "chain rule", held,
                 free - gain()),
            AtMost("what it adds is never negative", "each sign of ∇κ and ∂L", sp.S.Zero, gain()),
            AtMost("so the energy falls at least as fast as by friction alone", "the two before",
                   held, free),
            Step("and H, conserved before, falls by the same times β/k", "chain rule",
                 change(whole(), masked()), -beta / k * gain()),
            AtMost("with a scale 1/(1 + q) below 1 the energy may fall more slowly",
                   "κ = ½X²; the scale d/(n + 1) is such a one where all n = d agree", slowed,
                   friction(norm2(X)), differs=True),
            AtMost("and without friction it may even grow", "f = 0, a point where it does",
                   sp.expand(slowed.doit()).xreplace(still), sp.S.Zero, differs=True),
            *_no_hamiltonian(),
        ),
    )  # fmt: skip


def circulation(speed: Callable[[sp.Expr, sp.Expr], sp.Expr]) -> sp.Expr:
    """∮ v dX around −1 ≤ w ≤ 1, 1 ≤ X ≤ 2, of a velocity v(w, X); zero for v = ∂H/∂X.

    The force adds nothing where it is −∂L/∂w: it is the same at X = 1 and at X = 2.
    """
    p = sp.Symbol("p", positive=True)
    return sp.Integral(speed(sp.S.One, p) - speed(-sp.S.One, p), (p, 1, 2))


def curl(kinetic: sp.Expr, second: sp.Expr = sp.S.One) -> sp.Expr:
    """∂v₁/∂X₂ − ∂v₂/∂X₁ of v = ∇κ in the plane, with a mask on its second component."""
    v_1, v_2 = (explicit(tidy(slope(kinetic, X)), 2, index) for index in (0, 1))
    X_1, X_2 = (explicit(X, 2, index) for index in (0, 1))
    return sp.diff(v_1, X_2) - sp.diff(second * v_2, X_1)


def _no_hamiltonian() -> tuple[Step, ...]:
    """With friction aside the velocity of a Hermosis flow is ∂H/∂X, and has no circulation."""
    around = "integral around the rectangle, d = 1"
    return (
        Step("the velocity of κ = ½X² has no circulation in the plane of w and X", around,
             circulation(lambda w, X: X), sp.S.Zero),
        Step("the masked one, for L = ½w², has: it is no ∂H/∂X", around,
             circulation(lambda w, X: mask(w * X) * X), sp.S.Zero, True),
        Step("that of the relativistic κ, its second component masked, has a curl even where the "
             "mask does not change", "cross derivatives, d = 2", curl(SPEEDY, mask(-sp.S.One)),
             sp.S.Zero, True),
    )  # fmt: skip


PROOFS = {"energy under a cautious mask": cautious}
