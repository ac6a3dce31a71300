"""Functions of matrices against explicit coordinates, against JAX's derivatives, and in print."""

from __future__ import annotations

from xml.dom.minidom import parseString

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from derivations.algebra.arrays import nuclear, outer, over_singular_values
from derivations.algebra.components import Total, coordinate, explicit, is_component, norm2, slope
from derivations.algebra.eigenvalues import function_of_matrix
from derivations.algebra.limits import limit
from derivations.algebra.matrices import (
    EIGENVALUE,
    SINGULAR_VALUE,
    Entry,
    Outer,
    QuadraticForm,
    Singular,
    SingularTotal,
    Through,
    has_matrices,
    is_entry,
)
from derivations.algebra.symbols import G, X, beta, k, momentum, parameter, w
from derivations.emit.mathematics.latex import latex
from derivations.emit.mathematics.mathml import mathml
from derivations.errors import EnergyError, NoLimitError, NotScalarError
from derivations.proofs.proof import equal
from derivations.system.coordinates import in_coordinates

a, eps = parameter("a"), parameter("eps")
K = Entry("K")
BODIES = {
    "nuclear": lambda x: x,
    "cubic": lambda x: x**3 / 3,
    "soft": lambda x: sp.log(sp.cosh(a * x)) / a,
    "relativistic": lambda x: sp.sqrt(1 + a * x**2) / a,
}
METRICS = {
    "root": 1 / sp.sqrt(EIGENVALUE),
    "damped": 1 / (sp.sqrt(EIGENVALUE) + eps),
    "natural": 1 / (EIGENVALUE + eps),
    "power": EIGENVALUE**-a,
}
numbers = st.fractions(-3, 3, max_denominator=7).map(
    lambda q: sp.Rational(q.numerator, q.denominator)
)


def at_point(expr: sp.Expr, values: dict[sp.Symbol, sp.Expr]) -> float:
    return float(expr.xreplace(values | {a: sp.Rational(7, 5), eps: sp.Rational(1, 3)}).evalf(30))


@settings(max_examples=15)
@given(st.sampled_from(sorted(BODIES)), st.lists(numbers, min_size=4, max_size=4))
def test_the_gradient_over_singular_values_in_coordinates_of_2_by_2(
    name: str, entries: list[sp.Expr]
) -> None:
    """U f′(σ) Vᵀ = X h(XᵀX) with h(s) = f′(√s)/√s, and σ² are the eigenvalues of XᵀX."""
    symbols = sp.symbols("X11 X12 X21 X22", real=True)
    matrix, values = sp.Matrix(2, 2, symbols), dict(zip(symbols, entries, strict=True))
    square, size = (matrix.T * matrix).trace(), matrix.det() ** 2
    assume(matrix.xreplace(values).det() != 0 and (square**2 - 4 * size).xreplace(values) != 0)
    both = [sp.sqrt((square + sign * sp.sqrt(square**2 - 4 * size)) / 2) for sign in (1, -1)]
    value = sum(BODIES[name](sigma) for sigma in both)
    velocity = slope(over_singular_values(BODIES[name], X), X)
    (node,) = velocity.atoms(Singular)
    factor = velocity / node
    mine = matrix * function_of_matrix(
        lambda s: node.applied(sp.sqrt(s)) / sp.sqrt(s), matrix.T * matrix
    )
    for place, symbol in zip(mine, symbols, strict=True):
        due = at_point(sp.diff(value, symbol), values)
        assert at_point(factor * place, values) == pytest.approx(due, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("dimension", [1, 2])
@pytest.mark.parametrize("body", METRICS.values(), ids=METRICS)
def test_the_gradient_of_a_quadratic_form_in_coordinates(body: sp.Expr, dimension: int) -> None:
    scalar = sp.sqrt(1 + QuadraticForm(body, EIGENVALUE, K, X))
    whole = explicit(scalar, dimension)
    for index in range(dimension):
        mine = explicit(slope(scalar, X), dimension, index)
        assert equal(mine, sp.diff(whole, coordinate(X, index)))


@pytest.mark.parametrize(
    "energy",
    [
        beta / k * nuclear(X),
        beta / k * over_singular_values(BODIES["soft"], X),
        sp.sqrt(k + over_singular_values(BODIES["cubic"], beta * X)),
        beta / (2 * k) * QuadraticForm(1 / sp.sqrt(EIGENVALUE), EIGENVALUE, K, X),
        QuadraticForm(EIGENVALUE, EIGENVALUE, K, X * norm2(X)),
    ],
    ids=str,
)
@pytest.mark.parametrize("dimension", [1, 2])
def test_equations_of_motion_agree_with_the_poisson_matrix(energy: sp.Expr, dimension: int) -> None:
    assert in_coordinates(energy, dimension).holds


def test_the_closed_form_of_a_function_of_a_matrix() -> None:
    matrix = sp.Matrix([[3, 1], [1, 2]])
    assert sp.simplify(function_of_matrix(sp.sqrt, matrix) ** 2 - matrix) == sp.zeros(2)
    assert sp.simplify(function_of_matrix(lambda x: 1 / x, matrix) - matrix.inv()) == sp.zeros(2)
    assert function_of_matrix(sp.sqrt, 4 * sp.eye(2)) == 2 * sp.eye(2)
    with pytest.raises(EnergyError, match="one or two dimensions"):
        function_of_matrix(sp.sqrt, sp.eye(3))


def test_who_is_a_component_and_who_is_a_number() -> None:
    through, form = (f(1 / EIGENVALUE, EIGENVALUE, K, X) for f in (Through, QuadraticForm))
    assert is_component(through) and is_component(Singular(1, SINGULAR_VALUE, X))
    assert is_component(outer(G, G)) and not is_component(form) and not is_component(nuclear(X))
    assert is_entry(K + a * outer(G, X)) and not is_entry(through) and not is_entry(X)
    assert has_matrices(w + nuclear(X)) and has_matrices(K + X) and not has_matrices(Total(X))
    assert form.free_symbols == {K, X} and nuclear(a * X).free_symbols == {a, X}
    assert Total(form * X) == form * Total(X)


def test_short_forms() -> None:
    x, s = EIGENVALUE, SINGULAR_VALUE
    assert Through(a, x, K, X) == a * X and QuadraticForm(2, x, K, X) == 2 * norm2(X)
    assert Through(1 / x, x, 4 * K, -a * X) == -a * Through(1 / x, x, K, X) / 4
    assert QuadraticForm(1 / x, x, K, a * X) == a**2 * QuadraticForm(1 / x, x, K, X)
    assert Total(X * Through(1 / x, x, K, X)) == QuadraticForm(1 / x, x, K, X)
    assert Total(X * Singular(1, s, X)) == nuclear(X)
    assert Singular(1, s, -a * X) == -Singular(1, s, X) and nuclear(-a * X) == a * nuclear(X)
    assert Singular(s, s, X + G) == X + G and SingularTotal(s**2, s, X) == norm2(X)
    assert Singular(0, s, X) == Singular(1, s, sp.S.Zero) == Through(1 / x, x, K, 0) == 0
    assert outer(a * G, X) == a * outer(G, X) and Outer(sp.S.Zero, X) == 0
    assert slope(nuclear(X), w) == 0 and sp.diff(nuclear(X), beta) == 0
    assert slope(nuclear(momentum * X + G), X) == momentum * Singular(1, s, momentum * X + G)


def test_derivatives_by_a_parameter() -> None:
    scalar = over_singular_values(BODIES["soft"], X)
    (mine, due) = sp.diff(explicit(scalar, 2), a), explicit(sp.diff(scalar, a), 2)
    assert equal(mine, due)
    assert sp.diff(outer(a**2 * G, X), a) == 2 * a * outer(G, X)
    assert sp.diff(Through(1 / (EIGENVALUE + eps), EIGENVALUE, K, X), eps) == -Through(
        1 / (EIGENVALUE + eps) ** 2, EIGENVALUE, K, X
    )


def test_what_one_component_cannot_know_stays_a_derivative() -> None:
    """So a drift that would need it is refused, and never silently wrong."""
    for value in (Singular(1, SINGULAR_VALUE, X), Through(1 / EIGENVALUE, EIGENVALUE, K, X)):
        assert sp.diff(value, X).has(sp.Derivative)
    assert sp.diff(QuadraticForm(1 / EIGENVALUE, EIGENVALUE, beta + K, X), beta).has(sp.Derivative)


def test_equality_multiplies_arrays_out_and_keeps_different_ones_apart() -> None:
    def polar(array: sp.Expr) -> sp.Expr:
        return Singular(1, SINGULAR_VALUE, array)

    assert equal(polar(momentum * X + (1 - momentum) * G), polar(G + momentum * (X - G)))
    assert not equal(polar(momentum * X + (1 - momentum) * G), polar(momentum * X + G))
    assert not equal(polar(X), X / sp.sqrt(norm2(X)))  # the same for one column only


def test_limits_are_taken_for_each_singular_value() -> None:
    velocity = Singular(sp.tanh(a * SINGULAR_VALUE), SINGULAR_VALUE, X)
    assert limit(velocity / a, a, sp.S.Zero) == X
    assert limit(velocity, a, sp.oo) == Singular(1, SINGULAR_VALUE, X)
    with pytest.raises(NoLimitError):
        limit(nuclear(X + a * G), a, sp.S.Zero)


def test_what_is_no_array_or_no_function_is_refused() -> None:
    with pytest.raises(NotScalarError, match="is one number and no array"):
        nuclear(norm2(X))
    with pytest.raises(NotScalarError, match="differs between components"):
        over_singular_values(lambda x: x * X, X)
    with pytest.raises(EnergyError, match="function of a singular value"):
        over_singular_values(lambda x: "x", X)


@pytest.mark.parametrize("shape", [(5,), (4, 3), (3, 4)])
@pytest.mark.parametrize("name", sorted(BODIES))
def test_emitted_velocities_are_the_gradients_of_jax(name: str, shape: tuple[int, ...]) -> None:
    jax = pytest.importorskip("jax", reason="JAX is an extra")
    from .test_emit_matrices import velocity_of

    start = np.random.default_rng(4).normal(size=shape)
    function = sp.lambdify([SINGULAR_VALUE, a], BODIES[name](SINGULAR_VALUE), "jax")

    def energy(array):  # type: ignore[no-untyped-def]
        matrix = array.reshape(shape[0], -1)
        return jax.numpy.sum(function(jax.numpy.linalg.svd(matrix, compute_uv=False), 1.4))

    with jax.enable_x64(True):
        due = np.asarray(jax.grad(energy)(start))
    mine = velocity_of(over_singular_values(BODIES[name], X), start)
    assert mine == pytest.approx(due, rel=1e-10, abs=1e-12)


@pytest.mark.parametrize("body", METRICS.values(), ids=METRICS)
def test_emitted_full_metrics_are_the_gradients_of_jax(body: sp.Expr) -> None:
    jax = pytest.importorskip("jax", reason="JAX is an extra")
    from .test_emit_matrices import velocity_of

    chance = np.random.default_rng(5)
    start, root = chance.normal(size=(2, 3)), chance.normal(size=(6, 6))
    metric = root @ root.T
    function = sp.lambdify([EIGENVALUE, a, eps], body, "jax")

    def energy(array):  # type: ignore[no-untyped-def]
        values, vectors = np.linalg.eigh(metric)
        along = vectors.T @ array.reshape(-1)
        return jax.numpy.sum(along**2 * function(values, 1.4, 0.3)) / 2

    with jax.enable_x64(True):
        due = np.asarray(jax.grad(energy)(start))
    mine = velocity_of(QuadraticForm(body, EIGENVALUE, K, X) / 2, start, metric)
    assert mine == pytest.approx(due, rel=1e-9, abs=1e-12)


PRINTED = {
    nuclear(X): r"\lVert \mathbf{X} \rVert_{*}",
    Singular(
        1, SINGULAR_VALUE, X
    ): r"\left[\mathbf{U} \mathbf{V}^{\top}\right]_{i}\!\left(\mathbf{X}\right)",
    Singular(sp.tanh(SINGULAR_VALUE), SINGULAR_VALUE, X): (
        r"\left[\mathbf{U} \tanh{\left(\mathbf{\Sigma} \right)} \mathbf{V}^{\top}\right]_{i}"
        r"\!\left(\mathbf{X}\right)"
    ),
    over_singular_values(lambda x: sp.exp(x) - x, X): (
        r"\sum_{\sigma(\mathbf{X})} \left(e^{\sigma} - \sigma\right)"
    ),
    QuadraticForm(1 / sp.sqrt(EIGENVALUE), EIGENVALUE, K, X): (
        r"\mathbf{X}^{\top} \mathbf{K}^{- \frac{1}{2}} \mathbf{X}"
    ),
    Through(1 / (EIGENVALUE + eps), EIGENVALUE, K, X + G): (
        r"\left(\left(\epsilon + \mathbf{K}\right)^{-1} "
        r"\left(\nabla L + \mathbf{X}\right)\right)_{i}"
    ),
    a * K + outer(G, G): r"a K_{ij} + \partial_{i} L \, \partial_{j} L",
}


@pytest.mark.parametrize(("expr", "text"), PRINTED.items(), ids=PRINTED.values())
def test_print(expr: sp.Expr, text: str) -> None:
    assert latex(expr) == text
    parseString(f"<math>{mathml(expr)}</math>")
    assert "value" not in mathml(expr)
    assert r"\mathbf" in latex(expr, bold=True)
