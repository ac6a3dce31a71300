"""Reductions of systems that read arrays as matrices: the nuclear norm, and full metrics.

What holds for matrices of any size follows from the derivative of a function of singular values;
here it is confirmed in coordinates, for every 2×2 matrix.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.arrays import nuclear
from derivations.algebra.components import slope
from derivations.algebra.eigenvalues import function_of_matrix
from derivations.algebra.matrices import EIGENVALUE, SINGULAR_VALUE, QuadraticForm, Singular
from derivations.algebra.symbols import X, beta, k, lr, momentum, weight_decay
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import derived, same_step
from derivations.step.rule import Rule
from derivations.system.energy import Energy
from derivations.textbook import sgd
from derivations.textbook.letters import exponent
from derivations.textbook.matrix import K, full_covariance, muon

#: A matrix of moments in coordinates, and a symmetric positive matrix.
_MOMENTS = sp.Matrix(2, 2, sp.symbols("X11 X12 X21 X22", real=True))
_GRADIENT = sp.Matrix(sp.symbols("G1 G2", real=True))


def polar_factor() -> Proof:
    """The gradient of the nuclear norm is the polar factor."""
    first, second = sp.symbols("sigma_1 sigma_2", nonnegative=True)
    squares = _MOMENTS.T * _MOMENTS
    steps = [
        Step(
            "the squared singular values add to the squared Frobenius norm",
            "they are the eigenvalues of XᵀX",
            squares.trace(),
            sum(x**2 for x in _MOMENTS),
        ),
        Step(
            "and their product is the squared determinant",
            "the determinant of a product",
            squares.det(),
            _MOMENTS.det() ** 2,
        ),
        Step(
            "so the nuclear norm σ₁ + σ₂ is √(‖X‖² + 2|det X|)",
            "binomial theorem",
            (first + second) ** 2,
            first**2 + second**2 + 2 * first * second,
        ),
    ]
    for sign, side in ((1, "positive"), (-1, "negative")):
        steps += _polar_steps(sign, side)
    steps.append(
        Step(
            "the engine's gradient of the nuclear norm, for matrices of any size",
            "d Σ f(σ) = Σ (U f′(σ) Vᵀ) dX, with f′ = 1",
            slope(nuclear(X), X),
            Singular(sp.S.One, SINGULAR_VALUE, X),
        )
    )
    return Proof(
        "nuclear norm",
        "the gradient of the nuclear norm of a 2×2 matrix X is its polar factor Q = UVᵀ: "
        "QᵀQ = 1, and QᵀX is symmetric and positive",
        tuple(steps),
    )


def _polar_steps(sign: int, side: str) -> list[Step]:
    """What makes Q the polar factor, where the determinant has a sign."""
    size = sign * _MOMENTS.det()
    norm = sp.sqrt(sum(x**2 for x in _MOMENTS) + 2 * size)
    factor = _MOMENTS.applyfunc(lambda entry: sp.diff(norm, entry))
    stretch = factor.T * _MOMENTS
    why = f"gradient of √(‖X‖² + 2|det X|), {side} determinant"
    return [
        Step("Q is orthogonal", why, factor.T * factor, sp.eye(2)),
        Step("QᵀX is symmetric", why, stretch, stretch.T),
        Step("its trace is the nuclear norm, which is positive", why, stretch.trace(), norm),
        Step("its determinant is |det X|, which is positive", why, stretch.det(), size),
    ]


def muon_with_exact_polar() -> Proof:
    """The nuclear norm as kinetic energy is Muon with an exact polar factor."""
    kinetic = beta / k * nuclear(X)

    def shrunk(energy: Energy) -> Energy:
        return energy.with_shrink(-sp.log(1 - lr * weight_decay))

    pairs = (
        ("C K D", derived("C K D", kinetic), muon(nesterov=False, averaged=False)),
        ("[CK] D", derived("[CK] D", kinetic), muon(nesterov=False)),
        ("[CK] ([CK]) D", derived("[CK] ([CK]) D", kinetic), muon()),
        (
            "[CK] ([CK]) S D",
            derived("[CK] ([CK]) S D", kinetic, change=shrunk),
            muon(decay=True),
        ),
    )
    return Proof(
        "Muon",
        "κ = ‖X‖_* is Muon with the exact polar factor: C K D accumulates as Jordan et al. do, "
        "[CK] ([CK]) D averages and looks ahead as PyTorch does, S is its decoupled decay",
        tuple(
            step for word, rule, due in pairs for step in same_step(rule, due, f"{word}: κ = ‖X‖_*")
        ),
    )


def full_metric() -> Proof:
    """Descent in the metric K^a is covariant; a = 0, 1 and a diagonal K are known methods."""
    kinetic = beta / (2 * k) * QuadraticForm(EIGENVALUE**-exponent, EIGENVALUE, K, X)
    rule = derived("[CK] D", kinetic).subs({momentum: sp.S.Zero}).forgetful()
    due = Rule("descent", full_covariance().stages[1:])
    flat = rule.subs({exponent: sp.S.Zero})
    matrix = sp.Matrix(2, 2, lambda i, j: sp.Symbol(f"K{min(i, j) + 1}{max(i, j) + 1}", real=True))
    steps = [
        *same_step(rule, due, "[CK] D with γτ → ∞, κ = ½Xᵀ K^(−a) X: the moments are forgotten"),
        *same_step(flat, sgd(), "a = 0"),
        Step(
            "a = 1 is natural gradient",
            "K^(−1) by the eigenvalues of K is its inverse, d = 2",
            function_of_matrix(lambda x: 1 / x, matrix) * _GRADIENT,
            matrix.inv() * _GRADIENT,
        ),
        *_diagonal_steps(),
        *_covariant_steps(),
    ]
    return Proof(
        "full covariance",
        "w ← w − lr·K^(−a)g is gradient descent for a = 0 and natural gradient for a = 1, the "
        "diagonal metric where K is diagonal, and for a = ½ the same step in rotated coordinates",
        tuple(steps),
    )


def _diagonal_steps() -> list[Step]:
    """With K diagonal, any function of K acts on each component alone."""
    any_function = sp.Function("f", real=True)
    base = sp.Symbol("K22", positive=True)
    steps = []
    for gap, order in (
        (sp.Symbol("Delta", positive=True), "larger"),
        (sp.Symbol("Delta", negative=True), "smaller"),
    ):
        steps.append(
            Step(
                "a diagonal K measures each component by itself",
                f"any function f, K11 = K22 + Δ the {order}, d = 2",
                function_of_matrix(any_function, sp.diag(base + gap, base)) * _GRADIENT,
                sp.Matrix(
                    [any_function(base + gap) * _GRADIENT[0], any_function(base) * _GRADIENT[1]]
                ),
            )
        )
    return steps


def _covariant_steps() -> list[Step]:
    """The step with a = ½ in rotated coordinates is the rotated step.

    K = [[a, b], [b, (δ² + b²)/a]] is every positive symmetric matrix, with δ = √det K.
    """
    a, root_of_det = sp.symbols("K11 delta", positive=True)
    b, tangent = sp.symbols("K12 q", real=True)
    matrix = sp.Matrix([[a, b], [b, (root_of_det**2 + b**2) / a]])
    turn = sp.Matrix([[1 - tangent**2, -2 * tangent], [2 * tangent, 1 - tangent**2]])
    turn /= 1 + tangent**2
    turned = turn * matrix * turn.T
    bare, unit = matrix + root_of_det * sp.eye(2), sp.eye(2)
    scale = matrix.trace() + 2 * root_of_det
    return [
        Step(
            "every rotation but the half turn",
            "q is the tangent of half the angle",
            turn * turn.T,
            unit,
        ),
        Step("δ² is the determinant", "K22 = (δ² + K12²)/K11", matrix.det(), root_of_det**2),
        Step(
            "√K is (K + δ)/√(tr K + 2δ): its square is K",
            "Cayley–Hamilton: K² = K tr K − δ²",
            bare * bare,
            scale * matrix,
        ),
        Step(
            "K^(−½) is (tr K + δ − K)/(δ√(tr K + 2δ))",
            "its product with √K",
            ((matrix.trace() + root_of_det) * unit - matrix) * bare,
            root_of_det * scale * unit,
        ),
        Step(
            "the covariance of a rotated gradient is the rotated covariance",
            "(Rg)(Rg)ᵀ",
            (turn * _GRADIENT) * (turn * _GRADIENT).T,
            turn * (_GRADIENT * _GRADIENT.T) * turn.T,
        ),
        Step(
            "a = ½: the step in rotated coordinates is the rotated step",
            "K → RKRᵀ, g → Rg",
            _inverse_root(turned, root_of_det) * (turn * _GRADIENT),
            turn * _inverse_root(matrix, root_of_det) * _GRADIENT,
        ),
    ]


def _inverse_root(matrix: sp.Matrix, root_of_det: sp.Expr) -> sp.Matrix:
    trace = sp.factor(sp.together(matrix.trace()))
    bare = (trace + root_of_det) * sp.eye(2) - matrix
    return bare / (root_of_det * sp.sqrt(trace + 2 * root_of_det))


PROOFS = {
    "nuclear norm": polar_factor,
    "Muon": muon_with_exact_polar,
    "full covariance": full_metric,
}
