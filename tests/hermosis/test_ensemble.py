"""An ensemble is its members' own runs, in any order, on any number of threads."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hermosis as hm
from hermosis import optimizers
from hermosis.run import ensembles, vectorised

from .runs import RULES

WELL = hm.symbolic(lambda x, y: (x**2 - 1) ** 2 + y**2)
WAVES = hm.symbolic(lambda x, y: hm.sin(x) * hm.cos(2 * y) + (x**2 + y**2) / 4)
BOWL = hm.symbolic(lambda x: sum(k * a**2 for k, a in enumerate(x, 1)), size=5)
every_rule = pytest.mark.parametrize("rule", RULES)
NEAR = {np.float64: {"rtol": 1e-9, "atol": 1e-9}, np.float32: {"rtol": 1e-3, "atol": 1e-4}}


def starts(members: int, d: int = 2, precision: Any = np.float64) -> Any:
    return np.random.default_rng(7).uniform(-1.5, 1.5, (members, d)).astype(precision)


def in_numpy(*arguments: Any, **options: Any) -> hm.Ensemble:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ensembles, "_way", lambda job: vectorised.run)
        return hm.ensemble(*arguments, **options)


@pytest.fixture
def _one_thread() -> Iterator[None]:
    before = hm.get_num_threads()
    yield
    hm.set_num_threads(before)


# -- laws


@every_rule
@settings(max_examples=25)
@given(
    loss=st.sampled_from([WELL, WAVES]),
    members=st.integers(1, 5),
    steps=st.sampled_from([0, 1, 30]),
    precision=st.sampled_from([np.float64, np.float32]),
)
def test_each_member_is_a_run_of_its_own(
    rule: str, loss: Any, members: int, steps: int, precision: Any
) -> None:
    w0, opt = starts(members, 2, precision), RULES[rule]
    steps = min(steps, 10) if precision == np.float32 else steps
    for way in (hm.ensemble, in_numpy):
        found = way(loss, w0, opt, steps=steps)
        assert found.x.dtype == found.fun.dtype == precision
        for member, start in enumerate(w0):
            due = hm.minimize(loss, start, opt, steps=steps)
            assert found.status[member] == due.status == 1
            np.testing.assert_allclose(found.x[member], due.x, **NEAR[precision])
            np.testing.assert_allclose(found.fun[member], due.fun, **NEAR[precision])


@every_rule
def test_the_order_of_members_and_the_threads_play_no_part(rule: str, _one_thread: None) -> None:
    w0, opt = starts(4001), RULES[rule]
    due = hm.ensemble(WAVES, w0, opt, steps=100, keep=30)
    order = np.random.default_rng(1).permutation(len(w0))
    mixed = hm.ensemble(WAVES, w0[order], opt, steps=100)
    np.testing.assert_array_equal(mixed.x, due.x[order])
    for count in (1, 2, 5):
        hm.set_num_threads(count)
        again = hm.ensemble(WAVES, w0, opt, steps=100, keep=30)
        for name in ("x", "fun", "status", "path"):
            np.testing.assert_array_equal(getattr(again, name), getattr(due, name))


@pytest.mark.parametrize("precision", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("opt", "own"),
    [
        (optimizers.Momentum(), {"lr": (0.001, 0.02), "momentum": (0.0, 0.95)}),
        (optimizers.Adam(lr=0.05), {"beta_2": (0.9, 0.999)}),
        (optimizers.Adam(lr=lambda k: 0.1 / (1 + k)), {"beta_1": (0.5, 0.9), "eps": (1e-8, 0.1)}),
        (optimizers.Relativistic(), {"lr": (0.001, 0.02), "delta": (0.5, 5.0)}),
        (optimizers.NormalizedGD(), {"lr": (0.001, 0.02)}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else value.name,
)
def test_own_hyperparameters_are_separate_runs(opt: Any, own: Any, precision: Any) -> None:
    values = {name: np.linspace(*ends, 9) for name, ends in own.items()}
    start = np.array([0.4, 0.9], precision)
    for way in (hm.ensemble, in_numpy):
        found = way(WELL, start, opt, steps=25, **values)
        assert len(found) == 9
        for member in range(9):
            alone = {name: float(array[member]) for name, array in values.items()}
            due = hm.ensemble(WELL, start, opt, steps=25, **alone)
            np.testing.assert_allclose(found.x[member], due.x[0], **NEAR[precision])
    fields = {name: float(array[3]) for name, array in values.items()}
    if "beta_1" not in fields and "beta_2" not in fields:
        made = hm.minimize(WELL, start, type(opt)(**fields), steps=25)
        np.testing.assert_allclose(found.x[3], made.x, **NEAR[precision])


def test_a_member_that_diverges_is_marked_and_stops_no_other() -> None:
    w0 = starts(300)
    w0[[5, 200]] = [[1e90, 0.0], [40.0, 1.0]]
    opt = optimizers.Momentum(lr=0.01)
    for way in (hm.ensemble, in_numpy):
        found = way(WELL, w0, opt, steps=50, keep=10)
        assert np.flatnonzero(~found.finite).tolist() == [5, 200]
        assert found.status.tolist() == [3 if m in (5, 200) else 1 for m in range(300)]
        assert repr(found) == "Ensemble(300 members, 50 steps, 2 diverged)"
        np.testing.assert_array_equal(found.x[5], w0[5])
        assert np.isinf(found.fun[5]) and np.all(np.isfinite(found.x))
        good = found.finite
        alone = way(WELL, w0[good], opt, steps=50)
        np.testing.assert_allclose(found.x[good], alone.x, rtol=1e-13)
        for member in (5, 200):
            assert hm.minimize(WELL, w0[member], opt, steps=50).status == 3


def test_the_path_is_what_shorter_runs_reach() -> None:
    w0, opt = starts(10), RULES["leapfrog"]
    for way in (hm.ensemble, in_numpy):
        path = way(WAVES, w0, opt, steps=25, keep=10).path
        assert path.shape == (3, 10, 2)
        for frame in range(3):
            due = way(WAVES, w0, opt, steps=10 * frame).x
            np.testing.assert_allclose(path[frame], due, rtol=1e-12, atol=1e-14)


def test_starts_are_not_changed_and_one_start_serves_all() -> None:
    w0 = starts(3)
    kept = w0.copy()
    hm.ensemble(WELL, w0, RULES["Adam"], steps=5)
    np.testing.assert_array_equal(w0, kept)
    assert hm.ensemble(WELL, w0[0], RULES["Adam"], steps=5).x.shape == (1, 2)
    rates = hm.ensemble(WELL, w0[0], RULES["Adam"], steps=5, lr=np.full(4, 0.05))
    np.testing.assert_allclose(rates.x, np.tile(rates.x[0], (4, 1)), rtol=0)


def test_losses_of_other_sizes() -> None:
    w0, opt = starts(200, 5), RULES["RGD"]
    near = {"rtol": 1e-10, "atol": 1e-12}
    np.testing.assert_allclose(
        hm.ensemble(BOWL, w0, opt, steps=40).x, in_numpy(BOWL, w0, opt, steps=40).x, **near
    )
    large = hm.symbolic(lambda x: sum(a**2 for a in x), size=ensembles.LARGEST + 1)
    w0 = starts(20, ensembles.LARGEST + 1)
    np.testing.assert_allclose(
        hm.ensemble(large, w0, opt, steps=40).x, in_numpy(large, w0, opt, steps=40).x, **near
    )


def test_a_function_of_numba() -> None:
    numba = pytest.importorskip("numba")

    @numba.njit
    def well(w: Any) -> Any:
        a = w[0] ** 2 - 1
        return a * a + w[1] ** 2, np.array([4 * w[0] * a, 2 * w[1]])

    w0 = starts(50)
    w0[7] = [1e90, 0.0]
    opt = optimizers.Momentum(momentum=0.8)
    options = {"steps": 40, "keep": 15, "lr": np.linspace(0.001, 0.02, 50)}
    found, due = hm.ensemble(well, w0, opt, **options), hm.ensemble(WELL, w0, opt, **options)
    np.testing.assert_array_equal(found.status, due.status)
    for name in ("x", "fun", "path"):
        np.testing.assert_allclose(getattr(found, name), getattr(due, name), rtol=1e-9, atol=1e-12)


# -- oracles


@pytest.mark.parametrize("method", ["momentum", "Adam"])
def test_optax_goes_the_same_way(method: str) -> None:
    jax, optax = pytest.importorskip("jax"), pytest.importorskip("optax")
    opt, other = {
        "momentum": (optimizers.Momentum(lr=0.01, momentum=0.9), optax.sgd(0.01, momentum=0.9)),
        "Adam": (optimizers.Adam(lr=0.01), optax.adam(0.01)),
    }[method]
    slope = jax.grad(lambda w: (w[0] ** 2 - 1) ** 2 + w[1] ** 2)

    def step(carried: Any, _: None) -> Any:
        w, state = carried
        updates, state = other.update(slope(w), state, w)
        return (optax.apply_updates(w, updates), state), None

    def run(w: Any) -> Any:
        return jax.lax.scan(step, (w, other.init(w)), None, length=100)[0][0]

    w0 = starts(500) * 4 / 3
    with jax.enable_x64(True):
        due = np.asarray(jax.jit(jax.vmap(run))(jax.numpy.array(w0)))
    np.testing.assert_allclose(hm.ensemble(WELL, w0, opt, steps=100).x, due, rtol=0, atol=1e-9)


@every_rule
def test_the_loop_over_members_is_in_vector_instructions(rule: str) -> None:
    from derivations.emit.llvm import ensemble
    from hermosis.compile.native import engine

    text = ensemble.write(RULES[rule].rule, WELL.objective)
    listing = engine.assembly(text)
    if not re.search(r"\bv\w+[ps]d\b", listing):
        pytest.skip("this is no processor with AVX")
    lanes = listing[listing.index("\nlanes:") :]
    lanes = lanes[: lanes.index(".Lfunc_end")]
    packed = re.findall(r"\tv(?:add|sub|mul|div|sqrt|fn?m(?:add|sub)\d+)pd\t[^\n]*[yz]mm", lanes)
    single = re.findall(r"\tv(?:add|sub|mul|div|sqrt|fn?m(?:add|sub)\d+)sd\t", lanes)
    assert len(packed) > 8 and len(single) < len(packed)


def test_numpy_alone_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    due = hm.ensemble(WELL, starts(20), optimizers.Adam(lr=0.05), steps=30)
    monkeypatch.setitem(sys.modules, "llvmlite", None)
    plain = optimizers.Adam(lr=0.05, backend="numpy")
    found = hm.ensemble(WELL, starts(20), plain, steps=30)
    np.testing.assert_allclose(found.x, due.x, rtol=1e-12)
