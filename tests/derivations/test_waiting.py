"""Stages that wait: fewer sums and moves, the same map."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total, explicit, norm2
from derivations.algebra.symbols import Component, G, U, X, lr, momentum, w
from derivations.algebra.zero import is_zero
from derivations.emit.arrays.numpy import write
from derivations.emit.program.program import program
from derivations.emit.program.waiting import waiting
from derivations.step.rule import Rule, Stage

LENGTH = sp.sqrt(1 + norm2(X))
DRIFT = Stage("D", ((w, w - lr * X / LENGTH),))
COOL, KICK = Stage("C", ((X, momentum * X),)), Stage("K", ((X, X + G),))


def end(stages: tuple[Stage, ...], dimension: int = 2) -> list[sp.Expr]:
    """Where w and X are after stages with one gradient, in coordinates."""
    now: dict[sp.Symbol, list[sp.Expr]] = {
        x: [explicit(x, dimension, i) for i in range(dimension)] for x in (w, X)
    }
    start = dict(now)
    for stage in stages:
        old = {start[x][i]: now[x][i] for x in now for i in range(dimension)}
        now = now | {
            x: [explicit(value, dimension, i).xreplace(old) for i in range(dimension)]
            for x, value in stage.assignments
        }
    return [*now[w], *now[X]]


def same(*stages: Stage) -> tuple[Stage, ...]:
    """The stages that wait, which do the same as those given."""
    made = waiting(Rule("made", stages))
    for mine, due in zip(end(made), end(stages), strict=True):
        assert is_zero(mine - due)
    return made


def labels(stages: tuple[Stage, ...]) -> list[str]:
    return [stage.label for stage in stages]


def test_moves_along_the_same_array_become_one() -> None:
    made = same(DRIFT, KICK, DRIFT, COOL, DRIFT, KICK)
    assert labels(made) == ["D", "K", "D D", "K"]
    assert sum(len(phase.totals) for phase in program(Rule("made", made)).phases) == 2


def test_what_cancels_is_gone() -> None:
    back = Stage("B", ((w, w + lr * X / LENGTH),))
    (only,) = same(DRIFT, back)
    assert only.assignments == ((w, w),)


def test_a_factor_that_does_not_leave_a_sum_is_not_late() -> None:
    size = Total(sp.log(sp.cosh(X)))
    drift = Stage("D", ((w, w - lr * X / (1 + size)),))
    assert labels(same(drift, COOL, drift)) == ["D", "C", "D"]


def test_weights_are_not_late_for_a_gradient() -> None:
    shrink = Stage("S", ((w, w * (1 - lr)),))
    fresh = Stage("K", ((X, X + G),), evaluates=True)
    made = same(shrink, fresh, DRIFT)
    assert labels(made) == ["S", "K", "D"] and made[1].evaluates


def test_a_factor_that_moves_is_not_late() -> None:
    heated = Stage("T", ((X, U * X), (U, U / 2)))
    rule = Rule("heated", (DRIFT, heated, DRIFT))
    assert labels(waiting(rule)) == ["D", "T", "D"]


def test_rules_without_sums_are_as_they_were() -> None:
    plain = (COOL, KICK, Stage("D", ((w, w - lr * X),)))
    assert waiting(Rule("plain", plain)) is plain


def test_numpy_sums_squares_by_one_call_and_takes_signs_into_other_arrays() -> None:
    V = Component("V")
    sign = Stage("D", ((w, w - lr * sp.sign(X + G)),))
    text = write(program(Rule("signed", (DRIFT, Stage("M", ((V, V + Total(X * G)),)), sign))))
    assert "_total_1 = _norm(X)" in text
    assert "np.vdot(X, gradient)" in text or "np.vdot(gradient, X)" in text
    assert "np.sign(work, out=work_2)" in text
