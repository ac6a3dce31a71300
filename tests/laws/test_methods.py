"""What must not matter to any built-in method, and what it must count, keep and refuse."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import HyperparameterError, NonFiniteGradientError, WordError
from hermosis.run.optimizer import Optimizer

from .methods import METHODS, NUMBERS, PLAIN, SAMPLE, Row, pairs_of
from .systems import CURVATURE, W0, both, loss, slope

STEPS = 3
ROUNDING = 1e-12
#: One row of each method: the fullest that is not wrapped.
FULLEST = [
    max(
        (row for row in PLAIN if row.name == name),
        key=lambda r: sum(bool(v) for _, v in r.settings),
    )
    for name in METHODS
]
every_row = pytest.mark.parametrize("row", SAMPLE, ids=str)
every_method = pytest.mark.parametrize("row", FULLEST, ids=lambda row: row.name)


def test_the_table_meets_every_pair_of_settings() -> None:
    assert set(METHODS) == set(optimizers.names())
    for name, rows in METHODS.items():
        met = set().union(*(pairs_of(row) for row in PLAIN if row.name == name))
        assert met == set().union(*map(pairs_of, rows))
    assert len(set(SAMPLE)) == len(SAMPLE)


def test_a_method_that_drifts_before_its_gradient_has_no_mask() -> None:
    with pytest.raises(WordError, match="a cautious drift needs a gradient before it"):
        optimizers.Cautious(optimizers.Relativistic(backend="numpy"))


def run(opt: Optimizer, order: Any = slice(None), steps: int = STEPS) -> list[np.ndarray]:
    """Weights and states in the old order after steps with the components in another."""
    curvature = CURVATURE[order][:, order]
    w = W0[order].copy()
    state = opt.init(w)
    for _ in range(steps):
        opt.advance(
            w, state, lambda w: (float(loss(w, curvature)), slope(w, curvature)), energies=False
        )
    back = np.argsort(np.arange(3)[order])
    own = [arrays[0] for arrays in state.arrays.values()]
    return [w[back], *(x[back] if x.ndim == 1 else x[back][:, back] for x in own)]


def assert_same(one: list[np.ndarray], other: list[np.ndarray]) -> None:
    for a, b in zip(one, other, strict=True):
        assert a == pytest.approx(b, rel=ROUNDING, abs=ROUNDING)


@every_row
@settings(max_examples=2)
@given(st.permutations(range(3)))
def test_relabelling_the_components_commutes_with_a_step(row: Row, order: list[int]) -> None:
    assert_same(run(row.optimizer, order), run(row.optimizer))


@every_row
def test_a_set_of_arrays_moves_as_one_array_does(row: Row) -> None:
    """Norms run over the whole set; a method of matrices takes each array by itself."""
    opt, start = row.optimizer, W0.copy()
    parts = {"a": start[:1].reshape(()).copy(), "b": [start[1:].copy()]}
    state = opt.init(parts)

    def flat(tree: dict[str, Any]) -> np.ndarray:
        return np.concatenate([tree["a"].reshape(-1), tree["b"][0]])

    def problem(tree: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        gradient = flat(tree) ** 3 + flat(tree)
        return 0.0, {"a": gradient[0].reshape(()), "b": [gradient[1:]]}

    def alone(w: np.ndarray) -> np.ndarray:
        w, own = w.copy(), opt.init(w)
        for _ in range(STEPS):
            opt.advance(w, own, lambda w: (0.0, w**3 + w), energies=False)
        return w

    for _ in range(STEPS):
        opt.advance(parts, state, problem, energies=False)
    if not row.whole:
        due = alone(start)
    elif row.couples or row.cautious == "rescaled":
        # a sum over the whole set of what each array does by itself: no array runs as if alone
        assert np.isfinite(flat(parts)).all() and np.any(flat(parts) != start)
        return
    else:
        due = np.concatenate([alone(start[:1]), alone(start[1:])])
    assert flat(parts) == pytest.approx(due, rel=ROUNDING, abs=ROUNDING)


@every_row
def test_the_gradients_that_are_counted_are_those_that_are_called(row: Row) -> None:
    calls = 0

    def problem(w: np.ndarray) -> tuple[float, np.ndarray]:
        nonlocal calls
        calls += 1
        return both(w)

    result = hm.minimize(problem, W0, row.optimizer, jac=True, steps=STEPS)
    assert result.nfev == result.njev == calls == STEPS * row.rule.gradients_per_step + 1


@every_row
def test_a_checkpoint_goes_on_bit_for_bit(row: Row, tmp_path: Path) -> None:
    opt, w = row.optimizer, W0.copy()
    state = opt.init(w)

    def go(w: np.ndarray, state: Any) -> list[bytes]:
        for _ in range(STEPS):
            opt.advance(w, state, both, energies=False)
        own = [arrays[0].tobytes() for arrays in state.arrays.values()]
        return [w.tobytes(), *own, repr((state.step, state.time)).encode()]

    go(w, state)
    again, resumed = opt.load(opt.save(tmp_path / "run.npz", w, state))
    assert go(w, state) == go(again, resumed)


def pace(row: Row) -> str:
    """The hyperparameter that is the length of a step."""
    return "tau" if row.name == "PaperRelativistic" else "lr"


@every_method
def test_a_schedule_is_the_number_at_each_step(row: Row) -> None:
    rates = (1 / 16, 1 / 8, 1 / 32)
    scheduled = run(row.make(**{pace(row): lambda step: rates[step]}))
    opts = [row.make(**{pace(row): rate}) for rate in rates]
    w = W0.copy()
    state = opts[0].init(w)
    for opt in opts:
        opt.advance(w, state, both, energies=False)
    assert_same(scheduled, [w, *(arrays[0] for arrays in state.arrays.values())])


@every_method
def test_groups_have_rates_of_their_own(row: Row) -> None:
    rates = {"a": 1 / 16, "b": 1 / 8}
    grouped = row.make(**{pace(row): rates})
    w = {name: W0.copy() for name in rates}
    state = grouped.init(w)
    if {"t", "tau"} <= set(grouped.program.plan.parameters):
        with pytest.raises(HyperparameterError, match="clock .* one for the whole parameter set"):
            grouped.advance(w, state, lambda tree: (0.0, tree))
        return

    def cubes(tree: Any) -> tuple[float, Any]:
        if isinstance(tree, dict):
            return 0.0, {name: array**3 + array for name, array in tree.items()}
        return 0.0, tree**3 + tree

    for _ in range(STEPS):
        grouped.advance(w, state, cubes, energies=False)
    assert np.any(w["a"] != w["b"])
    if row.couples:
        return  # one norm for all groups
    for name, rate in rates.items():
        opt, alone = row.make(**{pace(row): rate}), W0.copy()
        own = opt.init(alone)
        for _ in range(STEPS):
            opt.advance(alone, own, cubes, energies=False)
        assert np.array_equal(w[name], alone), name


def numbers_of(row: Row) -> list[str]:
    fields = dataclasses.fields(row.kind)
    return [f.name for f in fields if f.name in NUMBERS]


@every_method
def test_bad_hyperparameters_are_refused_by_name(row: Row) -> None:
    for name in numbers_of(row):
        below = () if name == "dampening" else (-1.0,)  # a negative one kicks by more
        for bad in (*below, float("nan"), float("inf"), "fast", None):
            given_ = (0.5, bad) if name == "betas" else bad
            with pytest.raises(HyperparameterError, match=f"{row.name}: {name} is"):
                getattr(optimizers, row.name)(**{name: given_}, backend="numpy")


@every_method
def test_what_comes_out_bad_at_run_time_changes_nothing(row: Row) -> None:
    opt = row.make(**{pace(row): lambda step: 0.1 if step == 0 else float("nan")})
    w = W0.copy()
    state = opt.init(w)
    opt.advance(w, state, both, energies=False)
    kept = [w.copy(), *(arrays[0].copy() for arrays in state.arrays.values())]

    def unchanged() -> bool:
        now = [w, *(arrays[0] for arrays in state.arrays.values())]
        return state.step == 1 and all(map(np.array_equal, now, kept))

    name = "tau" if row.name == "Bregman" else pace(row)
    with pytest.raises(HyperparameterError, match=f"{row.name}: {name} came out as nan"):
        opt.advance(w, state, both, energies=False)
    assert unchanged()
    opt.set(**{"lr" if row.name == "Bregman" else name: 0.1})
    for bad in (float("nan"), float("inf")):
        slopes = np.array([0.5, bad, 1.0])
        with pytest.raises(NonFiniteGradientError):
            opt.advance(w, state, lambda w, slopes=slopes: (0.0, slopes), energies=False)
        assert unchanged()
