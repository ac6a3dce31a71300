"""What integrators are called, what is refused, and in which words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from derivations.errors import WordError
from derivations.step import words
from hermosis import integrators
from hermosis.integrators import Integrator, compose, names, resolve
from hermosis.integrators.composition import Palindrome, stages
from hermosis.integrators.errors import (
    IntegratorError,
    OrderError,
    SymmetryError,
    UnknownIntegratorError,
)
from hermosis.integrators.splitting import ROWS, build


def test_a_wrong_order_is_refused() -> None:
    message = "'C K D' was declared of order 2, but it is of order 1; declare order=1"
    with pytest.raises(OrderError, match=message):
        Integrator("C K D", order=2)


def test_an_order_that_is_too_modest_is_refused_too() -> None:
    with pytest.raises(OrderError, match="declared of order 1, but it is of order 2"):
        Integrator("C/2 D/2 K D/2 C/2", name="mine", order=1)


def test_coefficients_of_fifteen_digits_are_enough() -> None:
    """Yoshida (1990), table 2, solution D, as printed."""
    printed = (
        *("0.914844246229740", "0.253693336566229", "-1.44485223686048", "-0.158240635368243"),
        *("1.93813913762276", "-1.96061023297549", "0.102799849391985"),
    )
    row = Palindrome(8, "", printed, stages)
    assert row.build("printed").order == 8
    with pytest.raises(OrderError, match="of order 8, but it is of order 2"):
        replace(row, half=("0.91484424", *printed[1:])).build("Typo")


def test_a_wrong_symmetry_is_refused() -> None:
    with pytest.raises(SymmetryError, match="symmetric=True, but it is no palindrome"):
        Integrator("C K D", symmetric=True)
    with pytest.raises(SymmetryError, match="symmetric=False, but it is a palindrome"):
        Integrator("D/2 [CK] D/2", symmetric=False)


def test_fractions_that_do_not_add_to_one_are_refused() -> None:
    with pytest.raises(WordError, match="fractions of D in .* add to 3/4, not to 1"):
        Integrator("C/2 D/2 K D/4 C/2")


def test_a_fraction_that_is_not_real_is_refused() -> None:
    with pytest.raises(WordError, match="not a real number"):
        Integrator("{(-8)**(1/3)}D {1-(-8)**(1/3)}D K")


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ("leapfrg", "no integrator called 'leapfrg'; did you mean 'Leapfrog'"),
        ("CKD", "did you mean 'C K D'"),
        ("Quux", r"there are: SymplecticEuler, .*Tao"),
        (4, "cannot be made of 4; give a name such as 'Leapfrog'"),
    ],
)
def test_an_unknown_name_is_refused_with_near_ones(asked: object, answer: str) -> None:
    with pytest.raises(UnknownIntegratorError, match=answer):
        resolve(asked)  # type: ignore[arg-type]


def test_only_first_order_words_are_composed() -> None:
    with pytest.raises(IntegratorError, match="'D/2 K D/2' cannot be composed"):
        compose("Yoshida4", "D/2 K D/2")
    with pytest.raises(IntegratorError, match="'SymplecticEuler' is no palindrome to compose"):
        compose("SymplecticEuler", "C K D")


def test_names_resolve_to_what_they_name() -> None:
    for name in names():
        assert resolve(name).name == name
        assert name in dir(integrators)
    assert resolve(" Leapfrog ") is integrators.Leapfrog is resolve(integrators.Leapfrog)
    assert names("Yoshida?") == ("Yoshida4", "Yoshida6", "Yoshida8")
    assert not hasattr(integrators, "Yoshida5")


def test_every_word_reads_back() -> None:
    for name in ROWS:
        assert words.parse(str(build(name))) == build(name).word
        assert build(name).reference


def test_integrators_compare_by_value() -> None:
    assert Integrator("C K D") == Integrator("C K D") != Integrator("K C D")
    assert len({Integrator("C K D"), Integrator("C K D")}) == 1
    assert build("LookAheadBlend").parameters == ("alpha",)
    assert build("LookAhead").looks_ahead and not build("Leapfrog").looks_ahead


def test_the_text_of_a_word_is_enough() -> None:
    mine = resolve("D/4 D/4 [CK] D/2")
    assert (mine.order, mine.symmetric, mine.name) == (2, True, "D/4 D/4 [CK] D/2")
