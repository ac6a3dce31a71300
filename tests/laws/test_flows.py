"""Each letter's exact flow against SciPy's integrator, on equations from the Poisson matrix.

The judge is in explicit coordinates: `derivations.system.geometry` inverts the 2-form, while the
flows are written in one-component algebra.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from derivations.algebra.components import coordinate, explicit
from derivations.algebra.cubic import written_out
from derivations.algebra.symbols import G, L, U, X, beta, s, t, w
from derivations.algebra.symbols import weight_decay as rate
from derivations.step.parametrisation import physical_form
from derivations.system.energy import Energy
from derivations.system.flows import Flow, flow
from derivations.system.geometry import coordinate_equations

from .systems import HAMILTONIANS, PROFILES
from .table import OWN, Case

D = 2
COORDINATES = [*(coordinate(v, i) for v in (w, X) for i in range(D)), U, beta]
SLOPE = [coordinate(G, i) for i in range(D)]

KINETIC = [(name, "Exponential", "D") for name in HAMILTONIANS]
POTENTIAL = [(n, p, x) for n in ("Classical", "Tethered") for p in PROFILES for x in ("K", "CK")]
THERMAL = [("Classical", profile, letter) for profile in PROFILES for letter in ("C", "S")]
ROWS = [row for row in (*KINETIC, *POTENTIAL, *THERMAL) if row[1:] != ("Constant", "C")]

entries = st.integers(-24, 24).filter(lambda n: abs(n) > 3).map(lambda n: n / 16)
pairs = st.lists(entries, min_size=D, max_size=D)
spans = st.sampled_from((-0.375, -0.125, 0.25, 0.5, 1.0))


def energy_of(case: Case) -> Energy:
    return case.H.terms().with_shrink(rate)


@cache
def exact_flow(case: Case, letters: str) -> Flow:
    return flow(letters, energy_of(case), case.cooling.profile.law())


@cache
def functions(case: Case, letters: str):
    """The flow, and the right-hand side of its equations, as functions of coordinates."""
    found, form = exact_flow(case, letters), physical_form()
    values = [explicit(found.w, D, i) for i in range(D)] + [
        explicit(found.X, D, i) for i in range(D)
    ]
    values = [*values, explicit(found.U, D), found.beta]
    moved = [written_out(value.xreplace(form)) for value in values]
    rates = coordinate_equations(found.term, D)
    motion = [written_out(rates[z].xreplace(form)) for z in COORDINATES]
    known = sorted({*case.values}, key=str)
    scalars = [sp.Symbol(name, positive=True) for name in known]
    arguments = [*COORDINATES, *SLOPE, L, *scalars]
    numbers = [case.values[name] for name in known]
    return (
        sp.lambdify([*arguments, t, s], moved, "numpy"),
        sp.lambdify(arguments, motion, "numpy"),
        numbers,
    )


@pytest.mark.parametrize("row", ROWS, ids="-".join)
@settings(max_examples=5)
@given(pairs, pairs, pairs, entries, entries, spans)
def test_a_flow_solves_the_equations_of_its_term(row, weights, moments, at, heat, value, span):
    hamiltonian, profile, letters = row
    case = Case(hamiltonian, profile, "Leapfrog")
    moved, motion, numbers = functions(case, letters)
    begin = case.cooling.begin
    start = np.array([*weights, *moments, heat, case.cooling.mass(begin)])
    # w stays where the gradient is read, so that the gradient is frozen by the flow itself
    frozen = [*at, value, *numbers]
    due = solve_ivp(
        lambda _, z: np.array(motion(*z, *frozen), dtype=float),
        (0.0, span),
        start,
        "DOP853",
        rtol=1e-12,
        atol=1e-13,
    )
    assert due.success
    found = np.array(moved(*start, *frozen, begin, span), dtype=float)
    assert found == pytest.approx(due.y[:, -1], rel=1e-10, abs=1e-10)
    assert np.abs(due.y[:, -1] - start).max() > 1e-6, "nothing moved: the test is empty"


@pytest.mark.parametrize("letters", ("K", "CK"))
@pytest.mark.parametrize("profile", PROFILES)
def test_no_flow_that_reads_the_gradient_moves_the_weights(profile: str, letters: str) -> None:
    case = Case("Tethered", profile, "Leapfrog")
    assert exact_flow(case, letters).w == w


def test_the_shrink_rate_is_the_tables() -> None:
    assert rate.name in OWN
