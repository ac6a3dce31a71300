"""Energies say which term may use what, so that every term has the flow its letter names."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derivations.algebra.components import norm2, total
from derivations.algebra.symbols import G, L, U, X, beta, c, gamma, h, k, lamda, parameter, w
from derivations.errors import EnergyError, NotScalarError, NotSplitError
from derivations.system.energy import Energy, split

KINETIC = beta / (2 * k) * norm2(X)
POTENTIAL = beta * c**2 / k * L
THERMAL = h / k * U * gamma * beta


def test_the_whole_is_the_sum_of_the_terms() -> None:
    energy = Energy(KINETIC, POTENTIAL, THERMAL)
    assert energy.hamiltonian == KINETIC + POTENTIAL + THERMAL
    assert energy.equations.w == -X / h
    assert sp.expand(energy.equations.X - G * c**2 / h + gamma * X) == 0
    assert energy.equations.beta == gamma * beta


@pytest.mark.parametrize(
    ("terms", "name", "foreign"),
    [
        ((KINETIC + norm2(w), POTENTIAL, THERMAL), "kinetic", "w"),
        ((KINETIC * U, POTENTIAL, THERMAL), "kinetic", "U"),
        ((KINETIC + L, POTENTIAL, THERMAL), "kinetic", "L"),
        ((KINETIC, POTENTIAL + norm2(X), THERMAL), "potential", "X"),
        ((KINETIC, POTENTIAL * U, THERMAL), "potential", "U"),
        ((KINETIC, POTENTIAL + total(G), THERMAL), "potential", "G"),
        ((KINETIC, POTENTIAL, THERMAL + norm2(X)), "thermal", "X"),
    ],
)
def test_a_term_with_what_is_not_its_own_is_refused(
    terms: tuple[sp.Expr, ...], name: str, foreign: str
) -> None:
    due = rf"the {name} energy .* uses {foreign}, but may use only .*; .*energy\(w, X, U, beta, L\)"
    with pytest.raises(EnergyError, match=due):
        Energy(*terms)


def test_a_term_that_is_no_number_is_refused() -> None:
    with pytest.raises(NotScalarError, match="one value for each component"):
        Energy(beta * X**2, POTENTIAL, THERMAL)


@given(st.lists(st.sampled_from([KINETIC, beta * total(sp.sqrt(1 + X**2))]), unique=True))
def test_split_undoes_the_sum(kinetic: list[sp.Expr]) -> None:
    energy = Energy(sp.Add(*kinetic), POTENTIAL + beta * norm2(w), THERMAL)
    assert split(sp.expand(energy.hamiltonian)) == Energy(
        sp.expand_mul(energy.kinetic), energy.potential, THERMAL
    )


@pytest.mark.parametrize(
    ("term", "mixes"),
    [
        (beta * total(X**2 / (1 + w**2)), "X, beta, w"),
        (beta * L * norm2(X), "L, X, beta"),
        (U * norm2(X), "U, X"),
        (beta * sp.sqrt((2 + L) * (1 + norm2(X))), "L, X, beta"),
    ],
)
def test_an_energy_that_does_not_split_is_refused(term: sp.Expr, mixes: str) -> None:
    with pytest.raises(NotSplitError, match=f"mixes {mixes} and has no .*ImplicitMidpoint or Tao"):
        split(KINETIC + POTENTIAL + THERMAL + term)


def test_kappa_is_the_kinetic_energy_for_each_mass() -> None:
    delta = parameter("delta")
    assert Energy(KINETIC, 0, 0).kappa == norm2(X) / 2
    assert Energy(beta / k * norm2(X) * delta, 0, 0).kappa == delta * norm2(X)
    assert Energy(sp.sqrt(norm2(X) + k**2 / beta**2), 0, 0).kappa is None


def test_l2_decay_scales_with_the_mass_as_the_loss_does() -> None:
    energy = Energy(KINETIC, POTENTIAL, THERMAL).with_l2()
    assert sp.expand(energy.potential - POTENTIAL) == beta * c**2 / k * lamda * norm2(w) / 2
    assert sp.expand(energy.equations.X - c**2 / h * (G + lamda * w) + gamma * X) == 0


def test_shrink_decays_the_weights_and_holds_the_moments() -> None:
    energy = Energy(KINETIC, POTENTIAL, THERMAL)
    plain, shrunk = energy.equations, energy.with_shrink().equations
    assert sp.expand(shrunk.w - plain.w) == -lamda * w
    assert sp.expand(shrunk.X - plain.X) == 0
    assert sp.expand(shrunk.beta - plain.beta) == lamda * beta
