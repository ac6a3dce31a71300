"""What a user states in ten lines, and what is refused in it by name."""

from __future__ import annotations

import ast
from typing import Any

import numpy as np
import pytest
import sympy as sp

import hermosis as hm
from derivations.algebra.symbols import G, U, X, beta, gamma, h, parameter, w
from hermosis.errors import (
    DefinitionError,
    EnergyError,
    HyperparameterError,
    NoExactFlowError,
    NotScalarError,
    NotSplitError,
)


class SoftSign(hm.Hamiltonian):
    """Momenta that saturate one by one: a smooth sign descent."""

    sharpness: float = 1.0

    def kinetic(self, X: Any, beta: Any) -> Any:
        return beta / hm.k * hm.total(hm.log(hm.cosh(self.sharpness * X))) / self.sharpness**2


class Metric(hm.Hamiltonian):
    """A metric in the kinetic energy: no sum of terms with exact flows."""

    def energy(self, w: Any, X: Any, U: Any, beta: Any, L: Any) -> Any:
        kinetic = beta / (2 * hm.k) * hm.total(X**2 / (1 + w**2))
        return kinetic + self.potential(L, w, beta) + self.thermal(U, beta)


def test_ten_lines_become_an_optimizer() -> None:
    opt = SoftSign(sharpness=2.0).optimizer(lr=0.1, momentum=0.9, backend="numpy")
    weights, gradient = np.array([1.0, -2.0]), np.array([0.5, -3.0])
    opt.step(weights, gradient, opt.init(weights))
    assert weights == pytest.approx(np.array([1.0, -2.0]) - 0.1 * np.tanh(2 * gradient) / 2)


def test_fields_are_symbols_while_deriving_and_numbers_while_running() -> None:
    model = SoftSign(sharpness=2.0)
    sharpness = parameter("sharpness")
    assert model.sharpness == 2.0
    assert sharpness in model.expression().free_symbols
    assert model.symbolic().sharpness == sharpness
    assert model.hyperparameters() == {"sharpness": 2.0}
    assert model.all_hyperparameters() == {"sharpness": 2.0, "gamma": 1.0}
    assert SoftSign.fields() == ("sharpness",)


def test_equations_of_motion() -> None:
    rates = SoftSign().equations()
    sharpness = parameter("sharpness")
    assert sp.simplify(rates.w + sp.tanh(sharpness * X) / (h * sharpness)) == 0
    assert sp.simplify(rates.beta - gamma * beta) == 0
    assert rates.X.has(G) and rates.U.has(U) and not rates.w.has(w)
    assert rates.latex().count(r"\dot") == 4
    assert rates._repr_latex_().startswith("$")


def test_rule_source_and_derivation() -> None:
    rule = SoftSign().rule("C K D")
    assert rule.word == "C K D" and rule.gradients_per_step == 1
    for backend in ("numpy", "numba", "jax", "torch"):
        assert isinstance(ast.parse(rule.source(backend)), ast.Module)
    assert "define i64 @phase_1(" in rule.source("llvm")
    document = SoftSign().derivation("C K D")
    assert document is not None
    assert SoftSign().rule("Leapfrog").word == "C/2 D/2 K D/2 C/2"


def test_instances_are_frozen_and_compare_by_value() -> None:
    assert SoftSign(2.0) == SoftSign(sharpness=2.0) != SoftSign(3.0)
    shown = "SoftSign(profile=Exponential(gamma=1.0), sharpness=2.0)"
    assert repr(SoftSign(2.0)) == shown
    with pytest.raises(AttributeError):
        SoftSign().sharpness = 3.0  # type: ignore[misc]


def test_a_subclass_inherits_fields_and_terms() -> None:
    class Heavier(SoftSign):
        mass: float = 2.0

        def kinetic(self, X: Any, beta: Any) -> Any:
            return super().kinetic(X, beta) / self.mass

    assert Heavier.fields() == ("sharpness", "mass")
    assert sp.simplify(Heavier().equations().w * parameter("mass") - SoftSign().equations().w) == 0


def test_a_whole_energy_that_splits_takes_the_same_path() -> None:
    class Whole(hm.Hamiltonian):
        def energy(self, w: Any, X: Any, U: Any, beta: Any, L: Any) -> Any:
            return (
                beta / 2 / hm.k * hm.norm2(X)
                + beta * hm.c**2 / hm.k * L
                + hm.h / hm.k * (U * self.profile.rate(beta))
            )

    assert Whole.is_whole() and not SoftSign.is_whole()
    assert Whole().rule("C K D").stages == hm.Hamiltonian().rule("C K D").stages


@pytest.mark.parametrize("name", ["w", "X", "lr", "momentum", "beta", "tau", "step"])
def test_names_of_the_theory_are_no_fields(name: str) -> None:
    due = f"has a field {name!r}, a name that the theory .*; choose another, such as"
    with pytest.raises(DefinitionError, match=due):
        type("Taken", (hm.Hamiltonian,), {"__annotations__": {name: float}, name: 1.0})


@pytest.mark.parametrize("name", ["work", "factor_2", "total_1", "np", "math", "i"])
def test_names_in_generated_code_are_no_fields(name: str) -> None:
    with pytest.raises(DefinitionError, match="generated code already uses"):
        type("Taken", (hm.Hamiltonian,), {"__annotations__": {name: float}, name: 1.0})


def test_a_field_needs_a_default() -> None:
    with pytest.raises(DefinitionError, match="cannot be built: .*give each field a default"):

        class Half(SoftSign):
            other: float


def test_a_name_in_the_class_and_its_profile_is_refused() -> None:
    class Both(hm.Hamiltonian):
        gamma: float = 1.0

    with pytest.raises(DefinitionError, match="Both and its profile Exponential both have .*gamma"):
        Both()
    assert Both(profile=hm.Constant()).gamma == 1.0


def test_a_profile_that_is_none_is_refused() -> None:
    with pytest.raises(DefinitionError, match="not a thermal profile; give one such as"):
        SoftSign(profile=0.1)  # type: ignore[arg-type]


@pytest.mark.parametrize("value", [-1.0, float("nan"), float("inf"), "much", None, 1j])
def test_a_field_must_be_a_number_that_is_not_negative(value: Any) -> None:
    with pytest.raises(HyperparameterError, match="SoftSign: sharpness is"):
        SoftSign(sharpness=value)


def test_a_kinetic_energy_that_uses_w_is_refused() -> None:
    class Wrong(hm.Hamiltonian):
        def kinetic(self, X: Any, beta: Any) -> Any:
            from derivations.algebra.symbols import w

            return beta * hm.total(X**2 * w**2)

    with pytest.raises(EnergyError, match=r"kinetic energy .* uses w, but may use only X, beta"):
        Wrong().optimizer(lr=0.1, momentum=0.9)


def test_an_energy_for_each_component_is_refused() -> None:
    class Wrong(hm.Hamiltonian):
        def kinetic(self, X: Any, beta: Any) -> Any:
            return beta * X**2

    with pytest.raises(NotScalarError, match="sum over the components with total"):
        Wrong().equations()
    with pytest.raises(NotScalarError, match="sum over the components with total"):
        Wrong().optimizer(step=0.1)


def test_an_energy_written_with_numpy_is_refused() -> None:
    class Wrong(hm.Hamiltonian):
        def kinetic(self, X: Any, beta: Any) -> Any:
            return np.sqrt(X) * beta

    with pytest.raises(DefinitionError, match=r"Wrong.\w+ cannot be derived .*hm.total"):
        Wrong().equations()


def test_an_energy_that_does_not_split_has_equations_but_no_word() -> None:
    assert Metric().equations().w.has(w)
    with pytest.raises(NotSplitError, match="no exact flow; use the integrator ImplicitMidpoint"):
        Metric().optimizer(step=0.1, integrator="C K D")
    with pytest.raises(HyperparameterError, match=r"no lr and momentum; use optimizer\(step=…\)"):
        Metric().optimizer(lr=0.1, momentum=0.9)


def test_a_thermal_energy_that_is_not_its_profiles_has_no_flow() -> None:
    class Odd(hm.Hamiltonian):
        def thermal(self, U: Any, beta: Any) -> Any:
            return U**2 * beta

    with pytest.raises(NoExactFlowError, match=r"thermal energy .* is not \(h/k\)·U·f"):
        Odd().optimizer(step=0.1)


def test_a_profile_with_its_own_friction_takes_no_momentum() -> None:
    with pytest.raises(HyperparameterError, match="Power sets its own friction .*leave momentum"):
        hm.Hamiltonian(profile=hm.Power(3)).optimizer(lr=0.1, momentum=0.9)


def test_no_learning_rate_at_all_is_refused() -> None:
    with pytest.raises(HyperparameterError, match="needs a value for .*; give it by name"):
        hm.Hamiltonian().optimizer()
