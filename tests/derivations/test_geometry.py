"""The form, its brackets, and the equations in one-component algebra against coordinates."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations import errors
from derivations.algebra.components import coordinate, explicit, norm2, total
from derivations.algebra.forms import OneForm, Wedge, couple, entropy_form, exterior, matrix
from derivations.algebra.notation import H, Partial, any_energy
from derivations.algebra.symbols import L, U, X, beta, c, gamma, h, k, parameter, w
from derivations.proofs.proof import different, equal
from derivations.system import geometry
from derivations.system.coordinates import in_coordinates
from derivations.system.equations import Equations, hermosis_equations
from derivations.system.geometry import PhaseSpace, canonical, coupled, motion, printed

DIMENSIONS = pytest.mark.parametrize("dimension", (1, 2, 3))
delta, lamda = parameter("delta"), parameter("lamda")

#: Energies of every kind: componentwise, of norms, mixed, and coupling what need not split.
ENERGIES = {
    "classical": beta / (2 * k) * norm2(X) + beta * c**2 / k * L + h / k * U * gamma * beta,
    "componentwise": total(sp.log(sp.cosh(delta * X))) * beta / k + beta * L,
    "norm": beta / k * (sp.sqrt(1 + delta * norm2(X)) - 1) + U * beta**2,
    "paper": sp.sqrt(norm2(X) + k**2 / beta**2) + beta * c**2 / k * L,
    "mixed": norm2(X) * total(X**4) + sp.exp(total(X)) * beta,
    "decay": beta * total(X * w) + norm2(w) * lamda + U * beta,
    "a metric of the weights": total(X**2 * sp.exp(-(w**2))) + L * sp.sin(U) * norm2(X),
    "a product": norm2(X) * U * beta * L + sp.exp(-L) * norm2(w) * norm2(X),
}


@DIMENSIONS
@pytest.mark.parametrize("space", (canonical, coupled))
def test_the_brackets_are_canonical_pairs(dimension, space):
    here = space(dimension)
    pair = 1 if space is canonical else 1 / beta
    moments = here.coordinates[dimension + 1 : -1]
    for i in range(dimension):
        for j in range(dimension):
            weight = here.coordinates[i]
            assert here.bracket(weight, moments[j]) == (pair if i == j else 0)
            assert here.bracket(weight, here.coordinates[j]) == 0
            assert here.bracket(moments[i], moments[j]) == 0
    assert here.bracket(U, beta) == 1
    expected = 0 if space is canonical else -moments[0] / beta
    assert here.bracket(U, moments[0]) == expected


@DIMENSIONS
def test_the_determinant_of_the_coupled_form(dimension):
    assert sp.simplify(coupled(dimension).form.det()) == beta ** (2 * dimension)
    assert canonical(dimension).form.det() == 1


@DIMENSIONS
@pytest.mark.parametrize("space", (canonical, coupled))
def test_the_jacobi_identity_holds(dimension, space):
    assert not list(space(dimension).jacobi_failures())


@DIMENSIONS
def test_the_printed_bracket_fails_by_one_over_beta(dimension):
    failures = dict(printed(dimension).jacobi_failures())
    assert len(failures) == dimension
    for (weight, heat, moment), amount in failures.items():
        assert (weight.name[0], heat, moment.name[0]) == ("w", U, "X")
        assert amount == -1 / beta


@DIMENSIONS
@pytest.mark.parametrize("name", ENERGIES)
def test_one_component_algebra_is_right_in_coordinates(name, dimension):
    assert in_coordinates(ENERGIES[name], dimension).holds


#: Sums that depend on β, U, L or on other sums.
INSIDE = {
    "mass": total(sp.sqrt(X**2 + k**2 / beta**2)),
    "heat": total(sp.log(sp.cosh(beta * X * U))) * L,
    "loss": total(X**2 * sp.exp(-L * w**2)),
    "norm": total(sp.sqrt(1 + X**2 + norm2(X))) + L**2 * beta,
    "sum in a sum in a sum": total(sp.log(1 + X**2 * total(sp.exp(X * total(X**3))))),
}


@pytest.mark.parametrize("name", INSIDE)
def test_what_stands_inside_a_sum_is_differentiated_inside_it(name):
    assert in_coordinates(INSIDE[name], 2).holds


@pytest.mark.parametrize("name", ENERGIES)
def test_every_energy_is_conserved(name):
    space = coupled(2)
    energy = explicit(ENERGIES[name], 2).subs(L, sp.Function("L")(*space.coordinates[:2]))
    rates = motion(energy, space)
    assert equal(sp.Add(*(sp.diff(energy, z) * rate for z, rate in rates.items())), sp.S.Zero)


@pytest.mark.parametrize("term", ("w", "X", "U", "beta"))
def test_a_broken_sign_in_any_equation_is_found(term, monkeypatch):
    right = hermosis_equations

    def broken(hamiltonian: sp.Expr) -> Equations:
        rates = right(hamiltonian)
        return Equations(**{**vars(rates), term: -getattr(rates, term)})

    monkeypatch.setattr("derivations.system.coordinates.hermosis_equations", broken)
    assert not in_coordinates(ENERGIES["classical"], 2).holds


def test_the_general_energy_gives_the_partial_derivatives_by_name():
    equations = hermosis_equations(any_energy())
    assert equations.w == -k / (h * beta) * Partial(H, X)
    assert equations.beta == k / h * Partial(H, U)


@DIMENSIONS
def test_forms_and_coordinates_agree(dimension):
    form = couple(exterior(entropy_form()))
    assert matrix(form, coupled(dimension).coordinates) == coupled(dimension).form


def test_the_exterior_derivative_is_natural_and_nilpotent():
    assert exterior(couple(entropy_form())) - couple(exterior(entropy_form())) == 0
    assert exterior(OneForm(beta * U)) == 0


def test_the_wedge_is_antisymmetric():
    left, right = OneForm(beta), OneForm(U)
    assert Wedge(left, right) + Wedge(right, left) == 0
    assert Wedge(left, left) == 0


def test_a_form_with_a_wrong_sign_is_not_the_matrix():
    form = couple(exterior(entropy_form()))
    broken = form.replace(Wedge, lambda a, b: -Wedge(a, b) if X in a.free_symbols else Wedge(a, b))
    space = coupled(2)
    assert different(sp.Matrix(matrix(broken, space.coordinates)), sp.Matrix(space.form))


def test_the_leaf_of_the_gradient_takes_the_place_of_the_derivative():
    rates = geometry.coordinate_equations(ENERGIES["classical"], 2)
    assert rates[coordinate(X, 1)].free_symbols >= {sp.Symbol("G2", real=True)}


def test_a_degenerate_form_is_refused():
    with pytest.raises(errors.DerivationError, match="degenerate, so that it gives no bracket"):
        geometry._inverse(sp.zeros(2))


def test_no_weights_are_refused():
    with pytest.raises(errors.DerivationError, match="needs at least one weight, not 0"):
        canonical(0)


def test_a_phase_space_compares_by_value():
    assert coupled(1) == PhaseSpace(coupled(1).coordinates, coupled(1).poisson)
