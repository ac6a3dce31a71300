"""Words are what users write: what can be read is read back, all else is refused by name."""

from __future__ import annotations

import math
import time
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derivations.algebra.components import explicit
from derivations.algebra.symbols import Component, G, L, U, X, beta, gamma, h, tau, w
from derivations.errors import WordError
from derivations.step.composition import compose
from derivations.step.words import LETTERS, Letter, check, evaluate, names_in, parse, spell
from derivations.system import energies
from derivations.system.energy import Energy
from derivations.system.metric import Metric
from derivations.system.thermal import ThermalLaw

joint = st.lists(st.sampled_from("DKCSNMR"), min_size=1, max_size=3, unique=True).map("".join)


@st.composite
def words(draw: st.DrawFn) -> str:
    """A word whose letters each add to one, in any order and any of the spellings."""
    tokens = []
    for letters in draw(st.lists(joint, min_size=1, max_size=3, unique_by=frozenset)):
        if any(set(letters) & set(other) for _, other in tokens):
            continue
        parts = draw(st.lists(st.integers(1, 9), min_size=1, max_size=4))
        tokens += [(Fraction(part, sum(parts)), letters) for part in parts]
    texts = []
    for fraction, letters in draw(st.permutations(tokens)):
        name = letters if len(letters) == 1 else f"[{letters}]"
        plain = f"{fraction.numerator}{name}/{fraction.denominator}"
        texts.append(draw(st.sampled_from([plain, f"{{{fraction}}}{name}"])))
    if draw(st.booleans()):
        ahead = draw(st.sampled_from(["(D)", "(3D/4)", "([CK])", "({log(2)}[CK])"]))
        texts.insert(draw(st.integers(0, len(texts))), ahead)
        held = "D" if "D" in ahead else "[CK]"
        if held == "[CK]":
            texts += [x for x in "CK" if not any(x in letters for _, letters in tokens)]
        elif not any("D" in letters for _, letters in tokens):
            texts.append("D")
    return draw(st.sampled_from([" ", "  "])).join(texts)


@given(words())
def test_what_is_spelt_is_read_back(word: str) -> None:
    letters = parse(word)
    assert parse(spell(letters)) == letters
    assert spell(parse(spell(letters))) == spell(letters)


@given(words())
def test_fractions_of_each_letter_add_to_one(word: str) -> None:
    sums = {name: Fraction(0) for name in LETTERS}
    for letter in parse(word):
        for name in letter.letters:
            sums[name] += 0 if letter.ahead else evaluate(letter.fraction, number=Fraction)
    assert set(sums.values()) <= {0, 1}


def test_examples() -> None:
    assert parse("C K D") == (Letter("C"), Letter("K"), Letter("D"))
    assert parse("[CK] D")[0] == Letter("CK")
    assert parse("C (D) K D")[1] == Letter("D", ahead=True)
    assert [letter.fraction for letter in parse("3D/4 D/4")] == ["3/4", "1/4"]
    assert parse("{1/(2 - 2**(1/3))}D {1 - 1/(2-2**(1/3))}D")[0].fraction == "1/(2-2**(1/3))"
    assert names_in("alpha/(1 + alpha)") == {"alpha"}
    assert evaluate("a/2", {"a": sp.Integer(3)}, sp.Rational) == sp.Rational(3, 2)


def test_letters_of_metrics_and_restarts_and_kicks_that_look_ahead() -> None:
    word = parse("R [CK]/2 M/2 ({ahead}[CK]) D [CK]/2 M/2")
    assert [letter.letters for letter in word] == ["R", "CK", "M", "CK", "D", "CK", "M"]
    assert word[3] == Letter("CK", "ahead", ahead=True)
    assert LETTERS["M"] == "measure" and LETTERS["R"] == "restart"
    with pytest.raises(WordError, match="the fractions of M in .* add to 1/2, not to 1"):
        parse("C K M/2 D")


def test_a_logarithm_may_stand_in_a_fraction_and_nothing_else_be_called() -> None:
    text = "log(beta_1)/log(beta_2) - 1"
    assert names_in(text) == {"beta_1", "beta_2"}
    numbers = {"beta_1": 0.9, "beta_2": 0.99}
    assert evaluate(text, numbers) == pytest.approx(math.log(0.9) / math.log(0.99) - 1)
    assert evaluate("log(2)", {}, sp.Rational, {"log": sp.log}) == sp.log(2)
    calls = ("exp(1)", "log(1, 2)", "log(x=1)", "log()", "log(*1)", "(1).log(2)", "log(log)")
    for text in (*calls, "log.x", "abs(1)", "[log][0](1)", "(lambda: 1)()", "log(0)", "log(-1)"):
        with pytest.raises(WordError, match="is not an exact number"):
            evaluate(text)


def system(metric: Metric | None = None) -> tuple[Energy, ThermalLaw]:
    law = ThermalLaw(gamma * beta)
    kinetic, heat = energies.classical(X, beta), energies.thermal(U, law.rate)
    energy = Energy(kinetic, energies.potential(L, beta), heat)
    return (energy if metric is None else energy.in_metric(metric)), law


@pytest.mark.parametrize(
    ("word", "due"),
    [
        ("([CK]) [CK] D", "needs a kick before it, at the same weights"),
        ("D ([CK]) [CK]", "needs a kick before it, at the same weights"),
        ("[CK] D ([CK])", "needs a kick before it, at the same weights"),
        ("[CK] D/2 ([CK]) D/2", "needs a kick before it, at the same weights"),
        ("D [CK] ([CK])", "looks ahead and then takes neither a gradient nor a drift there"),
        ("C K D/2 (D) D/2", "looks ahead and then takes neither a gradient nor a drift there"),
    ],
)
def test_a_look_ahead_that_reads_nothing_is_refused(word: str, due: str) -> None:
    with pytest.raises(WordError, match=due):
        compose(word, *system())


def test_a_look_ahead_kick_is_read_by_the_next_drift_and_forgotten() -> None:
    plain, ahead = (compose(f"[CK] {extra} D", *system()) for extra in ("", "([CK]/2)"))
    assert plain.one_stage()[X] == ahead.one_stage()[X]
    ((_, kicked),) = ahead.stages[0].assignments
    flowed = kicked.xreplace({tau: 3 * tau / 2})  # G is frozen, so the flows join
    gap = ahead.one_stage()[w] - (w - tau * flowed / h)
    assert sp.simplify(gap) == 0


def test_a_restart_forgets_what_points_uphill() -> None:
    rule = compose("R [CK] D", *system())
    assert rule.stages[0].label == "R" and rule.stages[0].targets == (X,)
    ((_, value),) = rule.stages[0].assignments
    one = explicit(value, 1, 0)
    x, g = (next(s for s in one.free_symbols if s.name == name) for name in ("X1", "G1"))
    assert one.subs({x: 3, g: 2}) == 3 and one.subs({x: 3, g: -2}) == 0


def test_measuring_without_a_metric_does_nothing() -> None:
    assert compose("C K M D", *system()).stages == compose("C K D", *system()).stages
    V = Component("V", nonnegative=True)
    measured = compose("C K M D", *system(Metric(((V, G**2),), V + 1)))
    assert [stage.label for stage in measured.stages] == ["C", "K", "M", "D"]


def test_hyperparameters_in_fractions_add_to_one_as_an_identity() -> None:
    parse("{alpha}D K {1 - alpha}D")
    for word in ("{alpha}D K {alpha}D", "{ab}D {1 - ba}D", "{2*alpha}D"):
        with pytest.raises(WordError, match="the fractions of D .* not to 1"):
            parse(word)


@pytest.mark.parametrize(
    ("word", "due"),
    [
        ("", "the word is empty; write the flows of one step, such as 'C K D'"),
        ("C Q D", r"has the unknown letter 'Q'; known: D \(drift\), K \(kick\)"),
        ("C k D", "unknown letter 'k'"),
        ("C/2 K D", "the fractions of C in 'C/2 K D' add to 1/2, not to 1"),
        ("C K D D/2", "the fractions of D .* add to 3/2, not to 1; each letter must move"),
        ("(D) K", "the fractions of D .* add to 0"),
        ("[CC] D", "repeats a letter inside the joint flow"),
        ("C/0 K D", "divides by zero at 'C/0'"),
        ("C K D-", "cannot be read at 'D-'; write letters with exact fractions"),
        ("C [K D", "cannot be read"),
        ("C (K D", "cannot be read"),
        ("CKD", "cannot be read"),
        ("{}D K", "is not an exact number"),
        ("{1/0}D K", "'1/0' is not an exact number"),
        ("{0**-1}D K", "is not an exact number"),
        ("{f(1)}D K", r"use digits, \+ - \* / \*\* and brackets"),
        ("{__import__('os')}D K", "is not an exact number"),
        ("{0x10}D K", "0x10 is no decimal"),
        ("{True}D K", "is not an exact number"),
        ("{2j}D K", "is not an exact number"),
        ("{(-1)**(1/2)}D K", "not a real number"),
        ("{1e300*1e300}D K", "not a real number"),
        ("{9**9**9}D K", "exponent above 64"),
        ("{1 + (1/9)**9**9}D K", "exponent above 64"),
        ("({9**9**9}D) K D", "exponent above 64"),
        ("{1e400}D K", "number 1e400, which no fraction of a step needs"),
        ("{1e-400000000}D K", "which no fraction of a step needs"),
        ("{" + "-" * 5000 + "1}D K", "too long for a fraction"),
        ("{" + "(" * 900 + "}D K", "is not an exact number"),
        ("D/" + "1" * 5000, "cannot be read"),
    ],
    ids=lambda text: text[:24],
)
def test_what_cannot_be_read_is_refused_at_once(word: str, due: str) -> None:
    begun = time.monotonic()
    with pytest.raises(WordError, match=due):
        parse(word)
    assert time.monotonic() - begun < 1.0


def test_letters_that_were_not_parsed_are_checked_too() -> None:
    with pytest.raises(WordError, match="unknown letter"):
        check((Letter("Z"),))
    with pytest.raises(WordError, match="add to 1/3"):
        check((Letter("D", "1/3"),))


@given(st.text(max_size=12))
def test_any_text_is_a_word_or_a_word_error(text: str) -> None:
    try:
        assert parse(spell(parse(text))) == parse(text)
    except WordError as error:
        assert str(error)
