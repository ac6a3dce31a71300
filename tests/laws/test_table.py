"""The table is complete: what is built in is in it, and the sample meets every row and column."""

from __future__ import annotations

import inspect
from itertools import product

import pytest

import hermosis as hm
from hermosis import integrators
from hermosis.model import hamiltonians, profiles

from .systems import HAMILTONIANS, PROFILES
from .table import PRODUCT, SAMPLE, STEPS, WORDS, refined


def classes(module, base: type) -> set[str]:
    found = inspect.getmembers(module, inspect.isclass)
    return {name for name, kind in found if issubclass(kind, base) and kind is not base}


def test_every_built_in_class_has_a_row() -> None:
    matrices = {"Nuclear"}  # its laws are those of tests/hermosis/test_matrices.py
    assert classes(hamiltonians, hm.Hamiltonian) - matrices <= set(HAMILTONIANS)
    assert classes(profiles, hm.Profile) <= set(PROFILES)


def test_every_explicit_integrator_has_a_row() -> None:
    built = (integrators.resolve(name) for name in integrators.names())
    explicit = {scheme.name for scheme in built if isinstance(scheme, integrators.Integrator)}
    assert explicit <= set(WORDS)


def test_the_sample_meets_every_pair_and_every_word() -> None:
    pairs = [(case.hamiltonian, case.profile) for case in SAMPLE]
    assert sorted(pairs) == sorted(product(HAMILTONIANS, PROFILES))
    assert {case.word for case in SAMPLE} == set(WORDS)
    assert len({*SAMPLE, *PRODUCT}) == len(HAMILTONIANS) * len(PROFILES) * len(WORDS)


@pytest.mark.parametrize("name", PROFILES)
def test_the_typed_mass_is_the_derived_one(name: str) -> None:
    cooling = PROFILES[name]
    law, t = cooling.profile.law(), cooling.begin + 0.25
    known = {**cooling.profile.hyperparameters(), "t": t}
    found = law.mass.subs({x: known[x.name] for x in law.mass.free_symbols})
    assert float(found) == pytest.approx(cooling.mass(t), rel=1e-14)


@pytest.mark.parametrize("order", STEPS)
def test_an_error_of_a_lower_order_is_found_out(order: int) -> None:
    assert not refined(lambda steps: 1e6 * steps ** (1.0 - order), order, 0.4)[0]
    assert refined(lambda steps: 1e6 * steps**-order, order, 0.4)[0]
    assert refined(lambda steps: 1e-16 * steps, order, 0.4)[0], "rounding"


def test_two_terms_that_nearly_cancel_are_told_apart_by_more_steps() -> None:
    holds, errors = refined(lambda steps: abs(1 / steps - 20 / steps**2), 1, 0.4)
    assert holds
    assert len(errors) > len(STEPS[1])
