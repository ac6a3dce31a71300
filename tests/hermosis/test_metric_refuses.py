"""Metrics that cannot be used are refused by name, and leave everything as it was."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import metrics, optimizers
from hermosis.errors import (
    DefinitionError,
    EnergyError,
    HyperparameterError,
    MetricNotPositiveError,
    NonFiniteGradientError,
)

from .test_metric import Median, steps


def metric_of(**methods: Any) -> hm.Metric:
    defaults = {"averages": lambda self, G: {"V": G**2}, "tensor": lambda self, V: hm.sqrt(V) + 1}
    return type("Own", (hm.Metric,), defaults | methods)()


def use(metric: hm.Metric, **options: Any) -> hm.Optimizer:
    H = hm.Hamiltonian(metric=metric)
    return H.optimizer(lr=0.1, momentum=0.9, backend="numpy", **options)


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a list": ({"averages": lambda self, G: [G]}, r"Own.averages .*must be a dict of names"),
    "keys that are no names": ({"averages": lambda self, G: {1: G}}, "must be a dict of names"),
    "a name that is none": ({"averages": lambda self, G: {"a b": G}}, "moment 'a b', a name that"),
    "a name of the theory": ({"averages": lambda self, G: {"X": G}}, "moment 'X', a name that is"),
    "a name of generated code": ({"averages": lambda self, G: {"work": G}}, "moment 'work'"),
    "an unknown argument": (
        {"tensor": lambda self, Q: Q}, "Own.tensor asks for 'Q'; it may ask for V, beta",
    ),
    "an unknown argument of averages": (
        {"averages": lambda self, loss: {"V": loss}}, "asks for 'loss'; it may ask for G, X, raw",
    ),
    "NumPy": ({"tensor": lambda self, V: np.sqrt(V)}, "Own.tensor cannot be derived .*hm.sqrt"),
    "records that are none": ({"records": lambda self, V: V}, "Own.records returned"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_definitions_that_cannot_be_used(case: str) -> None:
    methods, words = REFUSED[case]
    with pytest.raises(DefinitionError, match=words):
        use(metric_of(**methods))


def test_what_is_missing_is_said() -> None:
    class Bare(hm.Metric):
        pass

    class Half(hm.Metric):
        def averages(self, G: Any) -> dict[str, Any]:
            return {"V": G**2}

    with pytest.raises(DefinitionError, match=r"Bare does not say what it averages; define avera"):
        use(Bare())
    with pytest.raises(DefinitionError, match=r"Half does not say what g is; define tensor"):
        use(Half())


def test_names_that_clash() -> None:
    class Momenta(hm.Hamiltonian):
        eps: float = 1.0

    with pytest.raises(DefinitionError, match="Momenta and its metric .* both have .* 'eps'"):
        Momenta(metric=metrics.RootMeanSquare())

    class Cooling(hm.Profile):
        eps: float = 1.0

        def rate(self, beta: Any) -> Any:
            return self.eps * beta

    with pytest.raises(DefinitionError, match="Cooling and the metric .* both have .* 'eps'"):
        hm.Hamiltonian(profile=Cooling(), metric=metrics.RootMeanSquare())
    with pytest.raises(DefinitionError, match="moment 'floor', a name that is already used"):
        use(type("Own", (Median,), {"averages": lambda self, G: {"floor": G**2}})())


@pytest.mark.parametrize("field", ("lr", "averaging", "metric", "beta_g", "G", "work"))
def test_names_of_the_theory_are_no_fields(field: str) -> None:
    with pytest.raises(DefinitionError, match=f"has a field '{field}'"):
        type("Own", (hm.Metric,), {"__annotations__": {field: float}, field: 1.0})


NEGATIVE: dict[str, tuple[dict[str, Any], str]] = {
    "negative": ({"averages": lambda self, G: {"V": G}, "tensor": lambda self, V: V}, r"is -\d"),
    "zero": ({"tensor": lambda self, V: 0 * V}, "is 0 at V ="),
    "complex": (
        {"averages": lambda self, G: {"V": G}, "tensor": lambda self, V: hm.sqrt(V)}, r"j at V = -",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NEGATIVE)
def test_a_metric_that_is_not_positive_says_where(case: str) -> None:
    methods, words = NEGATIVE[case]
    with pytest.raises(MetricNotPositiveError, match=f"the metric of Own, g = .*{words}"):
        use(metric_of(**methods))


def test_a_full_metric_is_positive_at_its_eigenvalues() -> None:
    class Negative(metrics.Covariant):
        def tensor(self, kappa: Any) -> Any:
            return kappa - 1

    with pytest.raises(MetricNotPositiveError, match="at eigenvalue = 1e-08"):
        use(Negative(full=True))


def test_a_full_metric_and_a_componentwise_energy() -> None:
    from hermosis.model.hamiltonians import ComponentwiseMassless, Relativistic

    full = metrics.Fisher(full=True)
    with pytest.raises(EnergyError, match="measures the norm of X, .* take a diagonal metric"):
        ComponentwiseMassless(metric=full).optimizer(lr=0.1, momentum=0.9, backend="numpy")
    opt = Relativistic(metric=full).optimizer(lr=0.1, momentum=0.9, backend="numpy")
    assert np.all(np.isfinite(steps(opt)[0]))


def test_things_that_a_metric_has_not() -> None:
    plain, measured = hm.Hamiltonian(), hm.Hamiltonian(metric=metrics.RootMeanSquare())
    with pytest.raises(HyperparameterError, match="has no metric .*; leave averaging out, or give"):
        plain.optimizer(lr=0.1, momentum=0.9, averaging=0.9)
    power = hm.Hamiltonian(metric=metrics.RootMeanSquare(profile=hm.Power()))
    with pytest.raises(HyperparameterError, match="has no metric whose profile takes"):
        power.optimizer(lr=0.1, momentum=0.9, averaging=0.9)
    for scheme in ("ImplicitMidpoint", "Tao"):
        with pytest.raises(HyperparameterError, match="and not the moments of a metric; use a wor"):
            measured.optimizer(step=0.1, integrator=scheme)
    with pytest.raises(
        DefinitionError, match="has the metric RootMeanSquare, .*; leave metric out"
    ):
        measured.flow(lambda w: float(w @ w), np.ones(2))
    with pytest.raises(DefinitionError, match="metric is 'flat', not a metric; give one such as"):
        hm.Hamiltonian(metric="flat")  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="profile is 0.9, not a thermal profile"):
        metrics.RootMeanSquare(profile=0.9)  # type: ignore[arg-type]
    with pytest.raises(DefinitionError, match="inside is 3; it is an option, True or False"):
        metrics.RootMeanSquare(inside=3)  # type: ignore[arg-type]
    assert optimizers.Adam(backend="numpy").followed is None


def test_a_gradient_that_is_not_finite_changes_no_moment() -> None:
    opt = use(Median())
    w, state = steps(opt)
    kept = [w.copy(), *(own[0].copy() for own in state.arrays.values())]
    with pytest.raises(NonFiniteGradientError):
        opt.step(w, np.array([1.0, np.nan, 1.0]), state)
    assert all(map(np.array_equal, (w, *(own[0] for own in state.arrays.values())), kept))
