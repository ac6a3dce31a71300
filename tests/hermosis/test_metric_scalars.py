"""Metrics of numbers for the whole system, of kept gradients, and energies that name g."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hermosis as hm
from hermosis.errors import DefinitionError

MOMENTUM, SHARE, LR = 0.9, 0.5, 0.05


class Felt(hm.Metric):
    """The curvature along the way, as one number."""

    share: float = SHARE
    floor: float = 1e-150
    profile: hm.Profile = dataclasses.field(default=hm.Exponential(), kw_only=True)

    def keeps(self, G):
        return {"P": G}

    def averages(self, G, v, P):
        return {"A": hm.Abs(hm.total(v * (G - P))), "B": hm.total(v**2)}

    def tensor(self, A, B):
        return A / (self.share * (B + self.floor)) + self.floor


class RestMass(hm.Hamiltonian):
    """Relativistic, with g as rest mass."""

    def kinetic(self, X, beta, g):
        n = hm.total(1)
        return beta / hm.k * n * hm.sqrt(g**2 + hm.norm2(X) / n)


def optimizer(backend="auto", **changes):
    settings = {"lr": LR, "momentum": MOMENTUM, "averaging": MOMENTUM} | changes
    return RestMass(metric=Felt()).optimizer(integrator="M R C K D", backend=backend, **settings)


def slope(w):
    """The gradient of a loss that is not convex."""
    return np.array([3.0, 0.2, 1.0, 5.0]) * w + 0.3 * np.sin(3.0 * w)


def by_hand(w, steps):
    """The same motion, written out."""
    X, P = np.zeros_like(w), np.zeros_like(w)
    A = B = 0.0
    n = w.size

    def velocity():
        mass = A / (SHARE * (B + 1e-150)) + 1e-150
        return X / np.sqrt(mass**2 + X @ X / n)

    for _ in range(steps):
        G = slope(w)
        v = velocity()
        A = MOMENTUM * A + (1 - MOMENTUM) * abs(v @ (G - P))
        B = MOMENTUM * B + (1 - MOMENTUM) * (v @ v)
        P = G
        X = (MOMENTUM * X if X @ G > 0 else 0.0 * X) + G
        w = w - LR * velocity()
    return w


@pytest.mark.parametrize("backend", ["numpy", "auto"])
@settings(max_examples=20)
@given(start=st.lists(st.floats(-5, 5).filter(lambda x: abs(x) > 1e-3), min_size=4, max_size=4))
def test_the_derived_step_is_the_one_written_by_hand(backend, start):
    w = np.array(start)
    opt = optimizer(backend)
    state = opt.init(w)
    due = by_hand(w, 12)
    for _ in range(12):
        opt.step(w, slope(w), state)
    np.testing.assert_allclose(w, due, rtol=1e-9, atol=1e-11)


def test_numbers_of_the_whole_system_are_no_arrays():
    opt = optimizer()
    w = np.ones(4)
    state = opt.init(w)
    assert set(state.arrays) == {"X", "P"}
    assert {name: state.scalars[name] for name in "AB"} == {"A": 0.0, "B": 0.0}
    for _ in range(3):
        opt.step(w, slope(w), state)
    assert state.scalars["A"] > 0.0 and state.scalars["B"] > 0.0


def test_a_parameter_set_of_single_precision_moves_as_one_vector_does():
    split = {"a": np.array([1.0, -2.0], np.float32), "b": [np.array([0.5, 3.0], np.float32)]}
    opt = optimizer()
    state = opt.init(split)
    for _ in range(5):
        whole = slope(np.concatenate([split["a"], split["b"][0]])).astype(np.float32)
        opt.step(split, {"a": whole[:2], "b": [whole[2:]]}, state)
    due = by_hand(np.array([1.0, -2.0, 0.5, 3.0]), 5)
    np.testing.assert_allclose(np.concatenate([split["a"], split["b"][0]]), due, rtol=1e-4)


def test_a_checkpoint_keeps_the_numbers(tmp_path):
    opt = optimizer()
    w = np.array([1.0, 2.0, -1.0, 0.3])
    state = opt.init(w)
    for _ in range(4):
        opt.step(w, slope(w), state)
    opt.save(tmp_path / "state.npz", w, state)
    again, back = opt.load(tmp_path / "state.npz")
    for _ in range(4):
        opt.step(w, slope(w), state)
        opt.step(again, slope(again), back)
    np.testing.assert_array_equal(w, again)
    assert state.scalars == back.scalars


@settings(max_examples=15)
@given(unit=st.sampled_from([2.0**-30, 0.25, 8.0, 2.0**40]))
def test_the_path_does_not_depend_on_the_unit_of_the_loss(unit):
    paths = []
    for scale in (1.0, unit):
        w = np.array([1.0, 2.0, -1.0, 0.3])
        opt = optimizer()
        state = opt.init(w)
        for _ in range(10):
            opt.step(w, scale * slope(w), state)
        paths.append(w)
    np.testing.assert_allclose(paths[0], paths[1], rtol=1e-12)


def test_without_a_metric_g_is_one():
    X = np.array([0.3, -0.4])
    w = np.zeros(2)
    opt = RestMass().optimizer(lr=1.0, momentum=0.5)
    opt.step(w, X, opt.init(w))
    np.testing.assert_allclose(w, -X / np.sqrt(1.0 + X @ X / 2), rtol=1e-12)


def test_a_matrix_cannot_be_named():
    with pytest.raises(DefinitionError, match="takes g, which is a matrix for the metric Fisher"):
        RestMass(metric=hm.metrics.Fisher(full=True)).optimizer(lr=0.1, momentum=0.9)


def test_equations_and_derivation_say_what_is_kept(tmp_path):
    system = RestMass(metric=Felt())
    assert [str(moment) for moment, _ in system.equations().moments] == ["A", "B"]
    page = system.derivation("M R C K D").write(tmp_path / "felt.md")
    text = page.read_text(encoding="utf-8") if hasattr(page, "read_text") else ""
    text = text or (tmp_path / "felt.md").read_text(encoding="utf-8")
    assert "what keeps the latest value" in text


starts = st.lists(st.floats(-5, 5).filter(lambda x: abs(x) > 1e-3), min_size=4, max_size=4)


@given(start=starts, share=st.floats(0.05, 2.0))
def test_the_built_in_method_moves_as_the_one_written_by_hand(start, share):
    w = np.array(start)
    theirs = RestMass(metric=Felt(share=share)).optimizer(
        lr=LR, momentum=MOMENTUM, averaging=MOMENTUM, integrator="M R C K D"
    )
    ours = hm.optimizers.RestMass(lr=LR, momentum=MOMENTUM, share=share)
    found, due = (
        hm.minimize(lambda w: (0.0, slope(w)), w, opt, jac=True, steps=15).x
        for opt in (ours, theirs)
    )
    np.testing.assert_allclose(found, due, rtol=1e-9, atol=1e-12)


@given(start=starts, lr=st.floats(1e-3, 1.0))
def test_no_step_is_longer_than_lr_in_the_root_mean_square(start, lr):
    opt = hm.optimizers.RestMass(lr=lr)
    run = hm.minimize(
        lambda w: (0.0, 1e6 * slope(w)), np.array(start), opt, jac=True, steps=30, keep=True
    )
    lengths = np.sqrt(np.mean(np.diff(run.trace.w, axis=0) ** 2, axis=1))
    assert np.all(lengths <= lr * (1 + 1e-9)) and lengths[0] == pytest.approx(lr)


@given(curvature=st.floats(1e-6, 1e6), share=st.floats(0.05, 0.9), start=st.floats(0.1, 10.0))
def test_on_a_parabola_the_mass_is_its_curvature(curvature, share, start):
    """As soon as a step was made: lr·λ/share."""
    opt = hm.optimizers.RestMass(lr=0.01, share=share, momentum=0.5)
    w = np.array([start, -2.0 * start])
    state = opt.init(w)
    for _ in range(2):
        opt.step(w, curvature * w, state)
    A, B = (state.scalars[name] for name in "AB")
    assert A / (share * B) == pytest.approx(0.01 * curvature / share, rel=1e-9)


@given(start=starts, unit=st.sampled_from([2.0**-30, 0.25, 2.0**60]))
def test_the_built_in_path_has_no_unit_of_the_loss_above_the_floor(start, unit):
    found = [
        hm.minimize(
            lambda w, unit=unit: (0.0, unit * slope(w)), np.array(start),
            hm.optimizers.RestMass(lr=0.1), jac=True, steps=20,
        ).x
        for unit in (1.0, unit)
    ]  # fmt: skip
    np.testing.assert_allclose(*found, rtol=1e-5, atol=1e-6)


def test_below_the_floor_of_its_mass_it_is_slower():
    w = np.array([1.0, -2.0, 0.5, 3.0])
    opt = hm.optimizers.RestMass(lr=0.1)
    run = hm.minimize(lambda w: (0.0, 2.0**-80 * slope(w)), w, opt, jac=True, steps=20)
    assert np.abs(run.x - w).max() < 1e-3
