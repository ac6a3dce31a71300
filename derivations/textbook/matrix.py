"""Methods that read an array as a matrix, or keep a matrix over its components."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.matrices import EIGENVALUE, SINGULAR_VALUE, Entry, Outer, Singular, Through
from derivations.algebra.symbols import G, X, averaging, lr, momentum, w, weight_decay
from derivations.step.rule import Rule, textbook
from derivations.textbook.letters import exponent

#: One entry of the covariance of the gradient.
K = Entry("K")


def muon(nesterov: bool = True, averaged: bool = True, decay: bool = False) -> Rule:
    """Muon with the exact polar factor: w ← (1 − lr·λ)w − lr·UVᵀ.

    The matrix U Σ Vᵀ that is orthogonalised is the momentum buffer X, or with `nesterov` the
    buffer taken once more towards the same gradient. Jordan et al. (2024), the blog post on Muon,
    accumulate, X ← μX + g; `torch.optim.Muon` averages, X ← μX + (1 − μ)g. Decoupled decay is that
    of Liu et al., arXiv:2502.16982. They orthogonalise by five Newton–Schulz iterations.
    """
    new = (1 - momentum) * G if averaged else G
    ahead = momentum * X + new if nesterov else X
    kept = (1 - lr * weight_decay) * w if decay else w
    return textbook(
        "Muon",
        ("moments", {X: momentum * X + new}),
        ("weights", {w: kept - lr * Singular(sp.S.One, SINGULAR_VALUE, ahead)}),
    )


def full_covariance() -> Rule:
    """Descent in the metric K^a, K ← bK + (1 − b)g gᵀ: w ← w − lr·K^(−a) g.

    a = 1 is natural gradient with the empirical Fisher matrix (Amari, Neural Computation 10
    (1998)), a = 0 gradient descent; the family is that of Guskov and Vanchurin, arXiv:2504.05279.
    """
    body = EIGENVALUE**-exponent
    return textbook(
        "FullCovariance",
        ("metric", {K: averaging * K + (1 - averaging) * Outer(G, G)}),
        ("weights", {w: w - lr * Through(body, EIGENVALUE, K, G)}),
    )
