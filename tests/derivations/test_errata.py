"""Every erratum is proved, and stops being proved when what is right is broken."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sympy as sp

from derivations.algebra.symbols import beta, k
from derivations.proofs.errata import errata
from derivations.proofs.erratum import Erratum
from derivations.proofs.proof import different

ERRATA = errata()
NAMED = pytest.mark.parametrize("erratum", ERRATA, ids=lambda erratum: erratum.name)


def test_there_is_one_for_each_row_of_the_table():
    assert len(ERRATA) == 9
    assert len({erratum.name for erratum in ERRATA}) == 9


@NAMED
def test_it_is_proved(erratum):
    assert erratum.proved


@NAMED
def test_it_both_refutes_and_derives(erratum):
    assert any(step.differs for step in erratum.steps)
    assert any(not step.differs for step in erratum.steps)


@NAMED
def test_the_printed_and_the_correct_formula_differ(erratum):
    forms = (
        form.replace(sp.KroneckerDelta, lambda *_: 1) for form in (erratum.printed, erratum.correct)
    )
    printed, correct = (form.lhs - form.rhs for form in forms)
    assert different(printed, correct)


@NAMED
def test_a_broken_sign_is_noticed_in_every_step(erratum):
    for position, step in enumerate(erratum.steps):
        if step.differs:
            broken = replace(step, left=step.right)
        elif isinstance(step.left, sp.MatrixBase):
            broken = replace(step, left=step.left + sp.ones(*step.left.shape))
        else:
            broken = replace(step, left=step.left + 1 if step.left == 0 else -step.left)
        steps = (*erratum.steps[:position], broken, *erratum.steps[position + 1 :])
        assert not replace(erratum, steps=steps).proved, step.claim


@NAMED
def test_it_prints_both_formulas(erratum):
    printed = erratum.latex()
    assert r"\text{printed:}" in printed
    assert r"\text{correct:}" in printed


def test_the_printed_bracket_would_have_to_be_right_to_fail():
    bracket = ERRATA[0]
    assert isinstance(bracket, Erratum)
    assert bracket.correct.rhs == bracket.printed.rhs / beta


def test_the_prefactor_of_the_expansion():
    expansion = next(erratum for erratum in ERRATA if "expansion" in erratum.name)
    assert sp.simplify(expansion.printed.rhs / expansion.correct.rhs) == k / beta
