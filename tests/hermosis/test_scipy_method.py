"""Optimizers as the `method` of `scipy.optimize.minimize`: SciPy's own calling convention."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

import hermosis as hm
from hermosis.errors import HyperparameterError, MissingGradientError, StructureError

START = np.array([1.0, -2.0, 0.5])
OPT = hm.Hamiltonian().optimizer(lr=0.1, momentum=0.8, backend="numpy")
LEAPFROG = hm.Hamiltonian().optimizer(lr=0.1, momentum=0.8, integrator="Leapfrog", backend="numpy")
every_optimizer = pytest.mark.parametrize("opt", [OPT, LEAPFROG], ids=["C K D", "Leapfrog"])


def both(w: np.ndarray, scale: float = 1.0) -> tuple[float, np.ndarray]:
    return scale * float(w @ w) / 2, scale * w


def value(w: np.ndarray, scale: float = 1.0) -> float:
    return both(w, scale)[0]


def slope(w: np.ndarray, scale: float = 1.0) -> np.ndarray:
    return both(w, scale)[1]


def minimize(opt: Any = OPT, fun: Any = both, jac: Any = True, x0: Any = START, **more: Any) -> Any:
    return optimize.minimize(fun, x0, method=opt, jac=jac, **more)


@every_optimizer
def test_it_is_the_run_of_hermosis(opt: Any) -> None:
    result = minimize(opt, options={"maxiter": 40})
    due = hm.minimize(both, START, opt, jac=True, steps=40)
    assert isinstance(result, optimize.OptimizeResult)
    assert np.array_equal(result.x, due.x) and result.fun == due.fun
    assert (result.nit, result.status, result.success) == (40, 1, True)
    assert len(result.trace) == 41


def test_the_gradient_as_a_function_of_its_own() -> None:
    one = minimize(options={"maxiter": 20})
    two = minimize(fun=value, jac=slope, options={"maxiter": 20})
    assert np.array_equal(one.x, two.x)


def test_arguments_reach_objective_and_gradient() -> None:
    due = hm.minimize(lambda w: both(w, 3.0), START, OPT, jac=True, steps=9).x
    for fun, jac in ((both, True), (value, slope)):
        mine = minimize(fun=fun, jac=jac, args=(3.0,), options={"maxiter": 9})
        assert np.array_equal(mine.x, due)


def test_a_tolerance_ends_the_run() -> None:
    result = minimize(tol=1e-4, options={"maxiter": 9999})
    assert (result.status, result.success) == (0, True)
    assert np.linalg.norm(result.jac) <= 1e-4


@every_optimizer
def test_callbacks_in_both_forms_can_stop(opt: Any) -> None:
    points: list[Any] = []

    def by_point(xk: np.ndarray) -> None:
        points.append(xk)
        if len(points) == 3:
            raise StopIteration

    def by_result(intermediate_result: optimize.OptimizeResult) -> None:
        points.append(intermediate_result.x)
        if intermediate_result.nit == 2:
            raise StopIteration

    for callback in (by_point, by_result):
        points.clear()
        result = minimize(opt, callback=callback)
        assert (result.status, result.success) == (99, False)
        assert len(points) == 3


def test_integers_are_begun_with_as_numbers() -> None:
    result = minimize(x0=[1, -2, 3], options={"maxiter": 5})
    assert result.x.dtype == float and result.nit == 5


def test_single_precision_is_kept() -> None:
    result = minimize(x0=START.astype(np.float32), options={"maxiter": 5})
    assert result.x.dtype == np.float32


@pytest.mark.parametrize(
    "given",
    [
        {"bounds": [(0, 1)] * 3},
        {"bounds": optimize.Bounds([0, 0, 0], [1, 1, 1])},
        {"constraints": {"type": "eq", "fun": lambda w: w[0]}},
        {"constraints": [{"type": "ineq", "fun": lambda w: w[0]}]},
        {"constraints": optimize.LinearConstraint(np.eye(3), 0, 1)},
    ],
    ids=["bounds", "Bounds", "constraint", "constraints", "LinearConstraint"],
)
def test_bounds_and_constraints_are_refused(given: dict[str, Any]) -> None:
    name = next(iter(given))
    with pytest.raises(HyperparameterError, match=f"Hamiltonian does not know {name}; leave them"):
        minimize(**given)


@pytest.mark.parametrize("jac", [None, False, "2-point"])
def test_a_missing_gradient_is_refused(jac: Any) -> None:
    with pytest.raises(MissingGradientError, match="no gradient was given; pass jac=gradient"):
        minimize(fun=value, jac=jac)


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(HyperparameterError, match="has no option ftol; known: maxiter, tol"):
        minimize(options={"ftol": 1e-3})


def test_a_complex_start_is_refused() -> None:
    with pytest.raises(StructureError, match="is complex"):
        minimize(x0=START + 1j)
