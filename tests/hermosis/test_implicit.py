"""Laws of the implicit methods, on two Hamiltonians that do not split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from hermosis.integrators import Implicit, ImplicitMidpoint, Phase, State, Tao, resolve
from hermosis.integrators.errors import ConvergenceError, IntegratorError
from hermosis.integrators.implicit import Array, Partials

GAMMA = 0.4


def loss(w: Array) -> float:
    return float(np.sum(w**4) / 4 + w[0] * w[1] / 3)


def slope(w: Array) -> Array:
    return w**3 + w[::-1] / 3


def metric_energy(w: Array, X: Array, U: float, beta: float) -> float:
    """H = (β/2) Σ g(w) X² + βL + γUβ with the metric g = 1/(1 + w²)."""
    return beta * float(np.sum(X**2 / (1 + w**2))) / 2 + beta * loss(w) + GAMMA * U * beta


def metric(w: Array, X: Array, U: float, beta: float) -> tuple[Array, Array, float, float]:
    g = 1 / (1 + w**2)
    by_beta = -float(np.sum(g * X**2)) / 2 + loss(w) + GAMMA * U
    return beta * (slope(w) - w * (g * X) ** 2), g * X, GAMMA * beta, by_beta


def born_infeld_energy(w: Array, X: Array, U: float, beta: float) -> float:
    """H = β √((2 + L)(1 + ‖X‖²)) + γUβ."""
    return beta * float(np.sqrt((2 + loss(w)) * (1 + X @ X))) + GAMMA * U * beta


def born_infeld(w: Array, X: Array, U: float, beta: float) -> tuple[Array, Array, float, float]:
    potential, gauge = np.sqrt(2 + loss(w)), np.sqrt(1 + X @ X)
    by_w = beta * gauge * slope(w) / (2 * potential)
    return by_w, potential * X / gauge, GAMMA * beta, float(potential / gauge) + GAMMA * U


@dataclass(frozen=True)
class Problem:
    energy: Callable[[Array, Array, float, float], float]
    partials: Partials


PROBLEMS = {
    "metric": Problem(metric_energy, metric),
    "BornInfeld": Problem(born_infeld_energy, born_infeld),
}
METHODS: dict[str, Implicit] = {"ImplicitMidpoint": ImplicitMidpoint(), "Tao": Tao(omega=4.0)}
START = Phase(np.array([0.8, -0.5]), np.array([0.3, 0.6]), 0.2, 1.1)

every_problem = pytest.mark.parametrize("problem", PROBLEMS.values(), ids=PROBLEMS)
every_method = pytest.mark.parametrize("method", METHODS.values(), ids=METHODS)


def canonical(state: State) -> Array:
    return np.concatenate([np.r_[w, U, beta * X, beta] for w, X, U, beta in state])


def working(z: Array) -> State:
    d = START.w.size
    return tuple(
        Phase(part[:d], part[d + 1 : -1] / part[-1], float(part[d]), float(part[-1]))
        for part in z.reshape(-1, 2 * d + 2)
    )


def differential(function: Callable[[Array], Array], z: Array, small: float = 1e-3) -> Array:
    """Jacobian by central differences of fourth order."""
    columns = []
    for unit in small * np.eye(z.size):
        near = function(z + unit) - function(z - unit)
        far = function(z + 2 * unit) - function(z - 2 * unit)
        columns.append((8 * near - far) / (12 * small))
    return np.array(columns).T


def run(method: Implicit, partials: Partials, steps: int, time: float) -> State:
    state = method.start(START)
    for _ in range(steps):
        state = method.step(partials, state, time / steps)
    return state


@every_problem
def test_partials_belong_to_the_energy(problem: Problem) -> None:
    z = canonical((START,))
    measured = differential(lambda point: np.array([problem.energy(*working(point)[0])]), z)[0]
    by_w, by_Y, by_U, by_beta = problem.partials(*START)
    assert measured == pytest.approx(np.r_[by_w, by_U, by_Y, by_beta], abs=1e-9)


@every_problem
@every_method
def test_a_step_is_symplectic(method: Implicit, problem: Problem) -> None:
    z = canonical(method.start(START))
    jacobian = differential(
        lambda point: canonical(method.step(problem.partials, working(point), 0.2)), z
    )
    n = START.w.size + 1
    one = np.block([[np.zeros((n, n)), np.eye(n)], [-np.eye(n), np.zeros((n, n))]])
    form = np.kron(np.eye(method.copies), one)
    assert np.max(np.abs(jacobian.T @ form @ jacobian - form)) < 1e-8


@every_problem
@every_method
def test_a_step_back_returns(method: Implicit, problem: Problem) -> None:
    state = method.start(START)
    there = method.step(problem.partials, state, 0.2)
    back = method.step(problem.partials, there, -0.2)
    assert canonical(back) == pytest.approx(canonical(state), abs=1e-13)


@every_problem
@every_method
def test_halving_the_step_shows_order_two(method: Implicit, problem: Problem) -> None:
    exact = reference(problem, 1.0)
    errors = [
        np.max(np.abs(canonical(run(method, problem.partials, n, 1.0)[:1]) - exact))
        for n in (64, 128)
    ]
    assert abs(np.log2(errors[0] / errors[1]) - method.order) < 0.2


def reference(problem: Problem, time: float) -> Array:
    """The flow −h z' = k {z, H} by an explicit Runge–Kutta method of order 8."""

    def velocity(_: float, z: Array) -> Array:
        by_w, by_Y, by_U, by_beta = problem.partials(*working(z)[0])
        return np.r_[-by_Y, -by_beta, by_w, by_U]

    start = canonical((START,))
    return solve_ivp(velocity, (0, time), start, "DOP853", rtol=1e-12, atol=1e-13).y[:, -1]


@every_problem
@every_method
def test_energy_stays_near_over_a_long_run(method: Implicit, problem: Problem) -> None:
    """A symplectic step of order 2: the error of H is O(τ²), though β grows fourfold."""
    before = problem.energy(*START)
    drifts = [
        abs(problem.energy(*run(method, problem.partials, n, 4.0)[0]) - before) for n in (100, 200)
    ]
    assert drifts[0] < 1e-3 and 3 < drifts[0] / drifts[1] < 5


def test_units_scale_the_time() -> None:
    method = ImplicitMidpoint()
    once = method.step(metric, method.start(START), 0.2)
    scaled = method.step(metric, method.start(START), 0.1, rate=2.0)
    assert canonical(once) == pytest.approx(canonical(scaled), abs=1e-14)


def stiff(w: Array, X: Array, U: float, beta: float) -> tuple[Array, Array, float, float]:
    """H = (β/2)(X² + 400 w²): iteration contracts only for steps below 1/10."""
    return 400 * beta * w, X, 0.0, float(400 * w @ w - X @ X) / 2


def test_newton_takes_over_where_iteration_does_not_contract() -> None:
    start = Phase(np.array([0.5]), np.array([1.0]), 0.0, 1.0)
    (after,) = ImplicitMidpoint(tolerance=1e-11).step(stiff, (start,), 0.25)
    energy = [float(400 * z.w @ z.w + z.X @ z.X) for z in (start, after)]
    assert energy[1] == pytest.approx(energy[0], rel=1e-9)


def test_a_step_without_a_midpoint_is_refused_and_leaves_the_state() -> None:
    def broken(w: Array, X: Array, U: float, beta: float) -> tuple[Array, Array, float, float]:
        return np.full_like(w, np.nan), X, 0.0, 0.0

    start = Phase(np.array([0.5]), np.array([1.0]), 0.0, 1.0)
    with pytest.raises(ConvergenceError, match="found no midpoint for a step of 0.1 .*smaller"):
        ImplicitMidpoint().step(broken, (start,), 0.1)
    assert start.w == 0.5 and start.X == 1.0


@every_method
def test_a_step_leaves_what_it_was_given(method: Implicit) -> None:
    state = method.start(Phase(START.w.copy(), START.X.copy(), START.U, START.beta))
    before = canonical(state)
    method.step(metric, state, 0.2)
    assert np.array_equal(canonical(state), before)


def test_a_binding_that_does_not_bind_is_refused() -> None:
    for omega in (0.0, -1.0, float("nan")):
        with pytest.raises(IntegratorError, match="omega is .*; it must be a positive number"):
            Tao(omega=omega)


def test_names_and_classes_resolve() -> None:
    assert resolve("Tao") == resolve(Tao) == Tao()
    assert resolve("ImplicitMidpoint") == ImplicitMidpoint()
    assert (Tao().order, Tao().symmetric, Tao().name) == (2, True, "Tao")
