"""The p-Bregman family: accelerated descent whose rate of convergence is chosen in advance."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import total
from derivations.algebra.symbols import G, X, lr, w
from derivations.step.rule import Rule, textbook
from derivations.textbook.letters import C, count, p


def bregman(restart: bool = False) -> Rule:
    """The polynomial BrAVO step, without temporal looping: time t from 1 in steps of lr.

    X ← X + C·p·lr·t^(2p−1)·g, w ← w − lr·p·(t + lr/2)^(−p−1)·X. With `restart`, X is forgotten
    where the step went uphill, X·g < 0. Source: Duruisseaux and Leok, arXiv:2207.11460, and their
    `BrAVO_torch.py`, whose momentum is −X; the Hamiltonian is that of Wibisono, Wilson and Jordan,
    arXiv:1603.04245.
    """
    time = 1 + (count - 1) * lr
    kick = ("kick", {X: X + C * p * lr * time ** (2 * p - 1) * G})
    drift = ("drift", {w: w - lr * p * (time + lr / 2) ** (-p - 1) * X})
    if not restart:
        return textbook("Bregman", kick, drift)
    uphill = sp.Max(sp.sign(-total(X * G)), 0)
    return textbook("Bregman", kick, drift, ("restart", {X: (1 - uphill) * X}))
