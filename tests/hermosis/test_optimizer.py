"""Optimizers on any parameter set: the same numbers in every structure, precision and layout."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

import hermosis as hm
from hermosis import optimizers
from hermosis.run.optimizer import Optimizer


class SoftSign(hm.Hamiltonian):
    sharpness: float = 2.0

    def kinetic(self, X: Any, beta: Any) -> Any:
        return beta / hm.k * hm.total(hm.log(hm.cosh(self.sharpness * X))) / self.sharpness**2


class Norm(hm.Hamiltonian):
    """Couples all components: a relativistic speed limit times a componentwise saturation."""

    def kinetic(self, X: Any, beta: Any) -> Any:
        whole = hm.sqrt(1 + hm.norm2(X)) - 1
        return beta / hm.k * (whole + hm.total(hm.sqrt(1 + X**2)) / 2)


def build(name: str, backend: str = "numpy") -> Optimizer:
    if name in optimizers.names():
        return optimizers.create(name, lr=0.05, backend=backend)
    model = {"SoftSign": SoftSign, "Norm": Norm}[name]()
    return model.optimizer(lr=0.05, momentum=0.8, backend=backend)


STEPPING = ("SGD", "Momentum", "Nesterov", "Adam", "RMSProp", "NormalizedGD", "SoftSign", "Norm")
every_optimizer = pytest.mark.parametrize("name", STEPPING)
Put = Callable[[np.ndarray], Any]


def steps(opt: Optimizer, w: Any, gradients: Any, count: int = 3) -> Any:
    state = opt.init(w)
    for _ in range(count):
        opt.step(w, gradients, state)
    return w


def ends(opt: Optimizer, w: Any, put: Put, flat: Callable[[Any], np.ndarray]) -> np.ndarray:
    """Three steps in some structure, from w and with gradients of its own, as one vector."""
    gradient = np.sin(3 * w) - 0.2
    return flat(steps(opt, put(w.copy()), put(gradient)))


@pytest.fixture(scope="module", params=["numpy", "numba", "llvm"])
def backend(request: pytest.FixtureRequest) -> str:
    if request.param == "numba":
        pytest.importorskip("numba", reason="Numba is an extra")
    return str(request.param)


STRUCTURES: dict[str, tuple[Put, Callable[[Any], np.ndarray]]] = {
    "matrix": (lambda v: v.reshape(3, 4), lambda w: w.ravel()),
    "cube": (lambda v: v.reshape(2, 3, 2), lambda w: w.ravel()),
    "list": (lambda v: [v[:5].copy(), v[5:].copy()], np.concatenate),
    "tuple": (lambda v: (v[:5].copy(), v[5:].copy()), np.concatenate),
    "scalar in a dict": (
        lambda v: {"a": v[:1].reshape(()).copy(), "b": v[1:].copy()},
        lambda w: np.concatenate([w["a"].ravel(), w["b"]]),
    ),
    "nested": (
        lambda v: {"x": [v[:2].copy(), (v[2:6].reshape(2, 2).copy(),)], "y": v[6:].copy()},
        lambda w: np.concatenate([w["x"][0], w["x"][1][0].ravel(), w["y"]]),
    ),
    "Fortran order": (lambda v: np.asfortranarray(v.reshape(3, 4)), lambda w: w.ravel()),
    "every second": (lambda v: np.repeat(v, 2)[::2], lambda w: w.copy()),
    "backwards": (lambda v: v[::-1].copy()[::-1], lambda w: w.copy()),
    "with an empty array": (lambda v: [v, np.empty(0)], np.concatenate),
}


@every_optimizer
@pytest.mark.parametrize("structure", STRUCTURES)
def test_any_structure_gives_the_numbers_of_one_vector(name: str, structure: str) -> None:
    """Norms couple the whole set, so they equal those of one concatenated array, to rounding."""
    opt = build(name)
    w = np.random.default_rng(5).normal(size=12)
    due = ends(opt, w, np.copy, np.copy)
    assert ends(opt, w, *STRUCTURES[structure]) == pytest.approx(due, rel=1e-14, abs=1e-15)


def test_layouts_of_memory(backend: str) -> None:
    w = np.random.default_rng(6).normal(size=12)
    for name in ("Momentum", "Norm"):
        opt = build(name, backend)
        due = ends(build(name), w, np.copy, np.copy)
        for structure in ("Fortran order", "every second", "nested"):
            mine = ends(opt, w, *STRUCTURES[structure])
            assert mine == pytest.approx(due, rel=1e-14, abs=1e-15)


shapes = hnp.array_shapes(min_dims=0, max_dims=4, max_side=3)


@settings(max_examples=25)
@given(
    shape=shapes, dtype=st.sampled_from([np.float32, np.float64]), name=st.sampled_from(STEPPING)
)
def test_any_shape_and_precision_is_kept(shape: tuple[int, ...], dtype: Any, name: str) -> None:
    opt = build(name)
    w = np.linspace(-1, 2, int(np.prod(shape))).reshape(shape)
    mine, exact = w.astype(dtype), w.astype(dtype).astype(float)
    state = opt.init(mine)
    gradient = np.cos(w)
    for _ in range(2):
        opt.step(mine, gradient.astype(dtype), state)
    steps(opt, exact, gradient.astype(dtype).astype(float), 2)
    assert mine.dtype == dtype and mine.shape == shape
    for arrays in state.arrays.values():
        assert [(a.dtype, a.shape) for a in arrays] == [(dtype, shape)]
    assert mine == pytest.approx(exact, rel=1e-5, abs=1e-6)


def test_precisions_may_be_mixed() -> None:
    w = [np.ones(3, np.float32), np.ones(3)]
    steps(build("Norm"), w, [np.ones(3), np.ones(3, np.float32)])
    assert [a.dtype for a in w] == [np.float32, np.float64]
    assert w[0] == pytest.approx(w[1], rel=1e-6)


def test_a_gradient_that_is_the_parameters_themselves_is_read_before_they_move() -> None:
    """∇(½w²) = w, and ∇(w₁w₂) = (w₂, w₁): common gradients that share memory with w."""
    opt = build("SGD")
    pair = [np.array([1.0, 2.0]), np.array([3.0, 4.0])]
    opt.step(pair, [pair[1], pair[0]], opt.init(pair))
    assert pair[0] == pytest.approx([0.85, 1.8]) and pair[1] == pytest.approx([2.95, 3.9])
    ahead = hm.Hamiltonian().optimizer(
        lr=0.1, momentum=0.9, integrator="C (D) K D", backend="numpy"
    )
    shared = hm.minimize(lambda w: (0.0, w), np.ones(2), ahead, jac=True, steps=4).x
    copied = hm.minimize(lambda w: (0.0, w.copy()), np.ones(2), ahead, jac=True, steps=4).x
    assert np.array_equal(shared, copied)


def test_the_step_works_in_place_and_leaves_the_gradient() -> None:
    w, gradient = np.ones(3), np.array([1.0, -2.0, 3.0])
    address = w.ctypes.data
    steps(build("Momentum"), w, gradient)
    assert w.ctypes.data == address
    assert np.array_equal(gradient, [1.0, -2.0, 3.0])


def test_keys_of_a_gradient_may_come_in_another_order() -> None:
    w = {"a": np.zeros(2), "b": np.zeros(3)}
    steps(build("SGD"), w, {"b": np.full(3, 2.0), "a": np.ones(2)}, count=1)
    assert np.array_equal(w["a"], [-0.05] * 2) and np.array_equal(w["b"], [-0.1] * 3)


# -- hyperparameters


def test_a_hyperparameter_may_be_a_callable_of_the_step() -> None:
    asked: list[int] = []

    def schedule(step: int) -> float:
        asked.append(step)
        return 0.1 / (1 + step)

    w = np.zeros(1)
    steps(optimizers.SGD(lr=schedule, backend="numpy"), w, np.ones(1), count=3)
    assert asked == [0, 1, 2]
    assert w[0] == pytest.approx(-0.1 * (1 + 1 / 2 + 1 / 3))
    w = np.zeros(1)
    opt = hm.Hamiltonian().optimizer(
        lr=0.1, momentum=lambda step: [0.5, 0.9][step], backend="numpy"
    )
    steps(opt, w, np.ones(1), count=2)
    assert w[0] == pytest.approx(-0.1 - 0.1 * 1.9)


def test_groups_have_hyperparameters_of_their_own() -> None:
    lr = {"body": 0.1, "head": {"weight": 1.0, "bias": lambda step: 2.0}}
    w = {"body": [np.zeros(2), np.zeros(1)], "head": {"weight": np.zeros(2), "bias": np.zeros(1)}}
    ones = {"body": [np.ones(2), np.ones(1)], "head": {"weight": np.ones(2), "bias": np.ones(1)}}
    opt = optimizers.Momentum(lr=lr, momentum=0.5, backend="numpy")
    steps(opt, w, ones, count=1)
    assert np.array_equal(w["body"][1], [-0.1]) and np.array_equal(w["head"]["bias"], [-2.0])
    result = hm.minimize(lambda w: (1.0, ones), w, opt, jac=True, steps=2)
    assert result.status == 1 and result.trace.energy is None


def test_groups_of_a_coupled_system_share_the_norm() -> None:
    w = [np.zeros(2), np.zeros(2)]
    opt = optimizers.NormalizedGD(lr=[1.0, 2.0], momentum=0.0, backend="numpy")
    steps(opt, w, [np.full(2, 3.0), np.full(2, 3.0)], count=1)
    assert w[0] == pytest.approx([-0.5] * 2) and w[1] == pytest.approx([-1.0] * 2)


@pytest.mark.parametrize("momentum", [0.0, 1.0])
@pytest.mark.parametrize("word", ["C K D", "[CK] D", "C/2 D/2 K D/2 C/2", "K/2 C D K/2"])
def test_the_ends_of_the_range_of_momentum(word: str, momentum: float) -> None:
    """No friction is defined at momentum 0, and no energy; but the motion is."""
    opt = hm.Hamiltonian().optimizer(lr=0.1, momentum=momentum, integrator=word, backend="numpy")
    result = hm.minimize(lambda w: (float(w @ w), 2 * w), np.ones(2), opt, jac=True, steps=3)
    assert result.status == 1 and np.all(np.isfinite(result.x))


def test_no_learning_rate_moves_nothing() -> None:
    w = np.array([1.0, -2.0])
    for name in ("SGD", "Momentum", "Adam"):
        opt = optimizers.create(name, lr=0.0, backend="numpy")
        result = hm.minimize(lambda w: (float(w @ w), 2 * w), w, opt, jac=True, steps=2)
        assert np.array_equal(result.x, w)


# -- randomness


def test_noise_is_seeded_and_has_the_temperature_that_was_asked_for() -> None:
    opt = hm.Hamiltonian().optimizer(
        lr=0.1, momentum=0.5, integrator="K N D", temperature=0.25, backend="numpy"
    )
    runs = []
    for seed in (0, 0, 1):
        w = np.zeros(20_000)
        state = opt.init(w, seed=seed)
        for _ in range(8):
            opt.step(w, np.zeros_like(w), state)
        runs.append(state.arrays["X"][0].copy())
    assert np.array_equal(runs[0], runs[1]) and not np.array_equal(runs[0], runs[2])
    assert np.var(runs[0]) == pytest.approx(0.25, rel=0.05)
