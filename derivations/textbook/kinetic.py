"""Methods that are a gradient of some kinetic energy: brakes, speed limits and powers."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import norm2
from derivations.algebra.symbols import G, X, lr, momentum, w
from derivations.step.rule import Rule, textbook
from derivations.textbook.letters import A, a, beta_3, mass

MOMENTS = ("moments", {X: momentum * X + G})


def relativistic(alpha: sp.Expr, epsilon: sp.Expr, delta: sp.Expr) -> dict[str, sp.Expr]:
    """Relativistic gradient descent as its paper has it, in the velocity v (here the symbol X).

    Returns the half point x½ at which the gradient G is taken, and x and v after the step. Source:
    França et al., arXiv:1903.04100, algorithm 1.
    """
    v, mu = X, momentum
    half = w + sp.sqrt(mu) * v / sp.sqrt(mu * delta * norm2(v) + 1)
    kicked = sp.sqrt(mu) * v - epsilon * G
    after = alpha * half + (1 - alpha) * w + kicked / sp.sqrt(delta * norm2(kicked) + 1)
    return {"half": half, "x": after, "v": sp.sqrt(mu) * kicked}


def braking() -> Rule:
    """Momentum braked by its speed: X ← μX + g, w ← w − lr·X/(1 + β₃‖X‖²).

    The brake of VRAdam (arXiv:2505.13196, algorithm 1) without Adam's metric and without a cap.
    """
    return textbook("Braking", MOMENTS, ("weights", {w: w - lr * X / (1 + beta_3 * norm2(X))}))


def quartic() -> Rule:
    """Momentum with the kinetic energy ½mv² + ¼β₃v⁴ in the velocity: w ← w − lr·X/(m + β₃s²).

    The speed s is the real root of β₃s³ + ms = ‖X‖, in the hyperbolic form of the cubic's
    solution (Holmes 2002, The Mathematical Gazette 86). The kinetic energy is that from which
    VRAdam (arXiv:2505.13196) sets out, and whose step it does not take.
    """
    size = sp.sqrt(norm2(X))
    angle = sp.asinh(3 * size / (2 * mass) * sp.sqrt(3 * beta_3 / mass)) / 3
    speed = 2 * sp.sqrt(mass / (3 * beta_3)) * sp.sinh(angle)
    return textbook("Quartic", MOMENTS, ("weights", {w: w - lr * X / (mass + beta_3 * speed**2)}))


def hamiltonian_descent(componentwise: bool = False) -> Rule:
    """Hamiltonian descent with the power family φ(x) = ((xᵃ + 1)^(A/a) − 1)/A.

    X ← μX + g, w ← w − lr·∇κ(X), κ = φ(‖X‖), or the sum of all φ(|Xᵢ|) where `componentwise`.
    Maddison et al., arXiv:1809.05042, the first explicit method, p ← μp − μ·lr·g and
    w ← w + lr·∇κ(p) with μ = 1/(1 + γ·lr): here p is −X, and g the gradient of μ·lr times the loss.
    """

    def slope(x: sp.Expr) -> sp.Expr:
        return x ** (a - 1) * (x**a + 1) ** (A / a - 1)

    size = sp.sqrt(norm2(X))
    step = slope(sp.Abs(X)) * sp.sign(X) if componentwise else slope(size) * X / size
    return textbook("HamiltonianDescent", MOMENTS, ("weights", {w: w - lr * step}))
