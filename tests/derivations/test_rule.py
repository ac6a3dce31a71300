"""Rules: the flows of a word in order, with every gradient counted and placed."""

from __future__ import annotations

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derivations.algebra.components import norm2
from derivations.algebra.symbols import G, L, U, X, beta, c, gamma, h, k, lamda, t, tau, w
from derivations.errors import DerivationError, NoExactFlowError, WordError
from derivations.step.composition import compose, exact
from derivations.step.rule import Rule, Stage, textbook
from derivations.system.energy import Energy
from derivations.system.thermal import ThermalLaw

LAW = ThermalLaw(gamma * beta)
CLASSICAL = Energy(beta / (2 * k) * norm2(X), beta * c**2 / k * L, h / k * U * LAW.rate)
FORM = {k: sp.S.One, h: sp.S.One, c: sp.S.One}


def rule(word: str, **options: bool) -> Rule:
    return compose(word, CLASSICAL, LAW, **options)


def test_the_stages_of_a_word_in_order() -> None:
    made = rule("C K D").subs(FORM)
    assert [stage.label for stage in made.stages] == ["C", "K", "D"]
    assert [stage.targets for stage in made.stages] == [(X,), (X,), (w,)]
    values = [stage.assignments[0][1] for stage in made.stages]
    due = [sp.exp(-gamma * tau) * X, X + tau * G, w - tau * X]
    assert all(sp.simplify(one - other) == 0 for one, other in zip(values, due, strict=True))
    assert made.word == "C K D"
    assert made.states == (X,)
    assert made.parameters == (gamma, tau)
    assert made.scalars == ()


@pytest.mark.parametrize(
    ("word", "per_step", "at_start", "starts", "ends"),
    [
        ("C K D", 1, True, True, False),
        ("[CK] D", 1, True, True, False),
        ("C D K", 1, False, False, True),
        ("C/2 D/2 K D/2 C/2", 1, False, False, False),
        ("K/2 C D K/2", 1, False, True, True),
        ("C (D) K D", 1, False, False, False),
        ("K/3 D/2 K/3 D/2 K/3 C", 2, False, True, True),
        ("D/4 K/2 D/2 K/2 D/4 C", 2, False, False, False),
        ("K/2 K/2 D C", 1, True, True, False),
    ],
)
def test_gradients_are_counted_and_placed(
    word: str, per_step: int, at_start: bool, starts: bool, ends: bool
) -> None:
    made = rule(word)
    assert made.gradients_per_step == per_step
    assert made.gradient_at_start is at_start
    assert made.starts_with_gradient is starts
    assert made.ends_with_gradient is ends


@given(st.lists(st.sampled_from("DKC"), min_size=1, max_size=8))
def test_gradients_counted_are_gradients_called(letters: list[str]) -> None:
    """In a long run: a gradient is called where the weights have moved since the last one."""
    counts = {name: letters.count(name) for name in letters}
    made = compose(
        " ".join(f"{name}/{counts[name]}" for name in letters), CLASSICAL, LAW, verify=False
    )
    called, fresh = 0, False
    for name in letters * 9:
        if name == "D":
            fresh = False
        elif name == "K" and not fresh:
            called, fresh = called + 1, True
    first = "K" in letters and "D" not in letters
    assert called == (1 if first else 9 * made.gradients_per_step + _of_the_first_step(letters))


def _of_the_first_step(letters: list[str]) -> int:
    """One more where each step begins with the gradient that the step before ended with."""
    moves = [name for name in letters if name != "C"]
    return int(len(moves) > 1 and moves[0] == moves[-1] == "K" and "D" in moves)


def test_a_gradient_is_placed_where_the_weights_have_moved() -> None:
    made = rule("C/2 D/2 K D/2 C/2")
    assert [stage.evaluates for stage in made.stages] == [False, False, True, False, False]
    assert made.stages[2].reads_gradient


def test_a_look_ahead_is_undone_with_the_kick() -> None:
    """Together they are Nesterov's step: w ← w − τ(X + τG) from w, the gradient at w − τX."""
    made = rule("(D) K D").subs(FORM)
    ahead, kick, drift = made.stages
    assert dict(ahead.assignments) == {w: w - tau * X}
    assert kick.evaluates
    assert dict(kick.assignments)[w] == w + tau * X
    whole = made.one_stage()
    assert sp.expand(whole[w] - (w - tau * (X + tau * G))) == 0


def test_from_the_gradient_point_no_other_gradient_is_needed() -> None:
    moved = rule("C (D) K D").from_gradient_point()
    assert moved.gradient_at_start
    assert moved.gradients_per_step == 1
    straight = rule("C K D")
    assert straight.from_gradient_point() == straight
    with pytest.raises(DerivationError, match="takes 2 gradients in a step; only a step with one"):
        rule("K/2 D K/2").from_gradient_point()


def test_forgetful_drops_what_a_step_does_not_read() -> None:
    made = rule("[CK] D").subs({**FORM, sp.exp(-gamma * tau): sp.S.Zero}).forgetful()
    assert [stage.targets for stage in made.stages] == [(w,)]
    assert made.states == ()
    kept = rule("C K D").forgetful()
    assert kept.states == (X,)


def test_the_ledger_carries_the_heat() -> None:
    """K over b for each unit of mass: H = β(X²/2 + L) + Uγβ stays over an exact cool."""
    made = rule("C K D", ledger=True).subs(FORM)
    assert made.scalars == (U,)
    cooled = dict(made.stages[0].assignments)
    assert sp.simplify(cooled[U] - U * sp.exp(-gamma * tau)) == 0
    kicked = dict(made.stages[1].assignments)
    assert sp.expand(kicked[U] - (U - tau * L)) == 0


def test_shrink_in_a_word() -> None:
    made = compose("C K S D", CLASSICAL.with_shrink(), LAW).subs(FORM)
    shrunk = dict(made.stages[2].assignments)
    assert sp.simplify(shrunk[w] - w * sp.exp(-lamda * tau)) == 0
    assert X not in shrunk


def test_noise_takes_fresh_numbers_for_each_letter() -> None:
    made = rule("N/2 K D N/2")
    assert len(set(made.noises)) == 2
    assert made.states == (X,)


def test_fractions_are_exact() -> None:
    assert exact("1/3") == sp.Rational(1, 3)
    assert exact("1/(2 - 2**(1/3))") == 1 / (2 - sp.Integer(2) ** sp.Rational(1, 3))
    time = sp.Symbol("alpha", positive=True)
    assert sp.simplify(exact("alpha/(1 + alpha)") - time / (1 + time)) == 0


def test_what_has_no_flow_is_refused() -> None:
    with pytest.raises(NoExactFlowError, match=r"no exact flow is known for \[DK\]"):
        rule("[DK] C")
    with pytest.raises(NoExactFlowError, match="not of the form|is not"):
        compose("C K D", Energy(CLASSICAL.kinetic, CLASSICAL.potential, h / k * U * beta**2), LAW)
    with pytest.raises(NoExactFlowError, match="heat bath N is exact only for"):
        compose("N K D", Energy(beta * norm2(X) ** 2, CLASSICAL.potential, CLASSICAL.thermal), LAW)
    with pytest.raises(WordError):
        rule("C K Z")


def test_rules_are_values() -> None:
    assert rule("C K D") == rule("C K D")
    assert rule("C K D") != rule("C D K")
    stage = Stage("K", ((X, X + G),))
    assert textbook("T", ("K", {X: X + G})) == Rule("T", (stage,))


def test_latex_shows_each_assignment_and_each_new_gradient() -> None:
    text = rule("C/2 D/2 K D/2 C/2").latex()
    assert text.count(r"&\leftarrow") == 6
    assert r"(\mathbf{w})" in text
    assert rule("C K D").latex().count(r"&\leftarrow") == 3
    assert t not in rule("C K D").parameters
