"""Limits: those that exist have a value, those that do not have a name."""

from __future__ import annotations

import pytest
import sympy as sp

from derivations import reductions
from derivations.algebra.components import Total, norm2
from derivations.algebra.limits import limit
from derivations.algebra.symbols import X, parameter
from derivations.errors import DerivationError, NoLimitError
from derivations.proofs.proof import Proof, Step
from hermosis import cli, errors

x, delta = sp.Symbol("x", real=True), parameter("delta")

EXISTING = [
    (sp.sin(x) / x, x, sp.S.Zero, "+-", sp.S.One),
    (1 / x, x, sp.oo, "+-", sp.S.Zero),
    (1 / x, x, sp.S.Zero, "+", sp.oo),
    (1 / x, x, sp.S.Zero, "-", -sp.oo),
    (sp.Abs(x) / x, x, sp.S.Zero, "+", sp.S.One),
    (sp.Abs(x) / x, x, sp.S.Zero, "-", -sp.S.One),
    (sp.Abs(x), x, sp.S.Zero, "+-", sp.S.Zero),
    (X / sp.sqrt(1 + delta * norm2(X)), delta, sp.oo, "+", sp.S.Zero),
]
NONE = [
    (sp.sin(x), x, sp.oo, "+"),
    (sp.sin(1 / x), x, sp.S.Zero, "+"),
    (sp.Abs(x) / x, x, sp.S.Zero, "+-"),
    (1 / x, x, sp.S.Zero, "+-"),
    (sp.exp(1 / x), x, sp.S.Zero, "+-"),
    (x * sp.cos(x), x, sp.oo, "+"),
    (norm2(X) * sp.sin(x), x, sp.oo, "+"),
    (Total(X / (1 + delta * X)), delta, sp.S.Zero, "+"),
]


@pytest.mark.parametrize(("expr", "variable", "target", "side", "value"), EXISTING, ids=str)
def test_a_limit_that_exists_has_its_value(expr, variable, target, side, value):
    assert limit(expr, variable, target, side) == value
    assert Step("", "", sp.Limit(expr, variable, target, side), value).holds


@pytest.mark.parametrize(("expr", "variable", "target", "side"), NONE, ids=str)
def test_a_limit_that_does_not_exist_is_named(expr, variable, target, side):
    place = "∞" if target is sp.oo else str(target)
    with pytest.raises(NoLimitError) as caught:
        limit(expr, variable, target, side)
    message = str(caught.value)
    assert message.startswith(f"{expr} has no limit for {variable} → {place}: ")


@pytest.mark.parametrize(("expr", "variable", "target", "side"), NONE, ids=str)
@pytest.mark.parametrize("differs", (False, True))
def test_a_step_with_no_limit_does_not_hold(expr, variable, target, side, differs):
    step = Step("", "", sp.Limit(expr, variable, target, side), sp.S.Zero, differs)
    assert not step.holds
    assert "has no limit for" in step.obstacle
    assert not Proof("p", "", (step,)).proved


def test_the_two_sides_are_named():
    with pytest.raises(NoLimitError, match=r"1 from the side \+ and -1 from the side -"):
        limit(sp.Abs(x) / x, x, sp.S.Zero, "+-")


def test_a_step_that_holds_or_is_merely_false_has_no_obstacle():
    assert Step("", "", X, X).obstacle == ""
    assert Step("", "", X, 2 * X).obstacle == ""


def test_the_error_is_one_of_the_public_ones():
    assert errors.NoLimitError is NoLimitError
    assert issubclass(NoLimitError, DerivationError)


def test_the_command_says_which_limit_does_not_exist(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    step = Step("it settles", "t → ∞", sp.Limit(sp.sin(x), x, sp.oo), sp.S.Zero)
    monkeypatch.setattr(reductions, "PROOFS", {"p": lambda: Proof("p", "a claim", (step,))})
    monkeypatch.setattr("derivations.proofs.errata.ERRATA", ())
    assert cli.main(["prove", "--jobs", "1"]) == 1
    out = capsys.readouterr().out
    assert "FAILED  p: a claim" in out
    assert "not shown: it settles: Limit(sin(x), x, oo, dir='-') = 0" in out
    assert "sin(x) has no limit for x → ∞: SymPy gives" in out
