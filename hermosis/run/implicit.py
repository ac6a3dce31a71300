"""Optimizers for an H that does not split: the implicit midpoint rule and Tao's method, in time τ.

They need the partial derivatives of H at trial points, so a step takes several gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from hermosis.analyse.flow import motion_and_energy, start_of
from hermosis.compile.step import Step
from hermosis.derive.blueprint import Blueprint
from hermosis.derive.fingerprint import fingerprint
from hermosis.errors import GradientPlaceError, HyperparameterError
from hermosis.integrators import Implicit, Phase
from hermosis.run import parameters
from hermosis.run.hyperparameters import check_number
from hermosis.run.ledger import Energies
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import ParameterSet
from hermosis.run.state import State

if TYPE_CHECKING:
    from derivations.step.rule import Rule
    from hermosis.model.hamiltonian import Hamiltonian

ValueAndGradient = Callable[[ParameterSet], tuple[float, ParameterSet]]


class ImplicitBlueprint(Blueprint):
    """A Hamiltonian and an implicit scheme: there is no word, and no rule to print."""

    def __init__(self, hamiltonian: Hamiltonian, scheme: Implicit) -> None:
        self.hamiltonian, self.scheme = hamiltonian, scheme

    @property
    def name(self) -> str:
        """The name of the Hamiltonian's class."""
        return type(self.hamiltonian).__name__

    def key(self) -> str | None:
        """Return what determines the step, or None."""
        own = fingerprint(type(self.hamiltonian))
        return None if own is None else repr((own, self.scheme))

    def rule(self, ledger: bool = False) -> Rule:
        """Refuse: an implicit step is the solution of an equation, not a rule."""
        raise GradientPlaceError(
            f"{self.scheme.name} solves for its step and has no update rule; "
            "use a word such as 'C K D' for an H that splits"
        )


class ImplicitOptimizer(Optimizer):
    """Integrates any H by a scheme that asks for its partial derivatives.

    `minimize` and `advance` run it; `step` refuses, since one gradient is not enough.
    """

    def __init__(
        self,
        hamiltonian: Hamiltonian,
        scheme: Implicit,
        step: Any,
        lr: Any = None,
        momentum: Any = None,
        weight_decay: Any = 0.0,
    ) -> None:
        if step is None or lr is not None or momentum is not None or weight_decay != 0:
            raise HyperparameterError(
                f"{scheme.name} integrates H as it stands; give optimizer(step=…) alone, and put "
                "weight decay into the potential"
            )
        check_number("step", step, type(hamiltonian).__name__)
        self.scheme = scheme
        values = hamiltonian.all_hyperparameters() | {"tau": step}
        super().__init__(
            ImplicitBlueprint(hamiltonian, scheme), values, backend="numpy", hamiltonian=hamiltonian
        )

    @cached_property
    def program(self) -> Step:
        """A step without code of its own: the scheme's."""
        plan = {
            "word": self.scheme.name,
            "parameters": ["tau"],
            "states": ["X"],
            "noises": 0,
            "gradient_at_start": False,
            "starts_with_gradient": True,
            "ends_with_gradient": False,
        }
        return Step(plan, "numpy", {})

    @cached_property
    def motion(self) -> tuple[Callable[..., Any], Callable[..., float]]:
        """The rates of change and H itself, as functions of vectors."""
        return motion_and_energy(cast("Hamiltonian", self.hamiltonian))

    def init(self, w: ParameterSet, *, seed: int = 0) -> State:
        """Return the state at rest; refuses a profile that begins at β = 0."""
        state = super().init(w, seed=seed)
        leaves, _ = parameters.flatten(w)
        mass = start_of(cast("Hamiltonian", self.hamiltonian))
        if not mass > 0:
            raise HyperparameterError(
                f"{self.scheme.name} needs a profile that begins at a positive thermal mass"
            )
        state.scalars = {"U": 0.0, "beta": mass, "start": mass}
        for copy in range(2, self.scheme.copies + 1):
            state.arrays[f"w_{copy}"] = [leaf.copy() for leaf in leaves]
            state.arrays[f"X_{copy}"] = [np.zeros_like(leaf) for leaf in leaves]
            state.scalars |= {f"U_{copy}": 0.0, f"beta_{copy}": mass}
        return state

    def advance(
        self,
        w: ParameterSet,
        state: State,
        value_and_gradient: ValueAndGradient,
        grad: ParameterSet | None = None,
        value: float | None = None,
        observe: Callable[[], None] | None = None,
        energies: bool = True,
    ) -> None:
        """Move `w` and `state` by one step, in place; nothing changes if it is refused."""
        del grad, value, observe, energies
        leaves = state.leaves(w)
        values = self.values(state)
        shapes = [leaf.shape for leaf in leaves]

        def partials(w: Any, X: Any, U: float, beta: float) -> tuple[Any, Any, float, float]:
            point = parameters.unraveled(w, state.structure, shapes)
            loss, gradient = value_and_gradient(point)
            slope = parameters.raveled(gradient)[0]
            dw, dX, (dU,), (dbeta,) = self.motion[0](
                w, X, slope, U=U, beta=beta, L=float(loss), **values
            )
            return beta * dX + dbeta * X, -dw, dbeta, -dU

        before = tuple(self._copy(leaves, state, copy) for copy in range(1, self.scheme.copies + 1))
        after = self.scheme.step(partials, before, values["tau"])
        for copy, phase in enumerate(after, 1):
            self._keep(phase, leaves, state, copy)
        state.step += 1
        state.time += values["tau"]

    def energies(self, w: ParameterSet, state: State, value: float) -> Energies:
        """Measure the energies of motion, of position and of heat by parts of H."""
        flat, X = parameters.raveled(w)[0], parameters.raveled(state.arrays["X"])[0]
        known = self.values(state) | {"beta": state.scalars["beta"], "L": float(value)}
        energy, U = self.motion[1], state.scalars["U"]
        cold = energy(flat, 0 * X, U=0.0, **known)
        warm = energy(flat, 0 * X, U=U, **known)
        whole = energy(flat, X, U=U, **known)
        cooling = state.scalars["start"] / state.scalars["beta"]
        return Energies(cooling * (whole - warm), cooling * cold, cooling * (warm - cold), cooling)

    def _copy(self, leaves: list[Any], state: State, copy: int) -> Phase:
        end = "" if copy == 1 else f"_{copy}"
        w = leaves if copy == 1 else state.arrays[f"w{end}"]
        flat, X = parameters.raveled(w)[0], parameters.raveled(state.arrays[f"X{end}"])[0]
        return Phase(flat, X, state.scalars[f"U{end}"], state.scalars[f"beta{end}"])

    def _keep(self, phase: Phase, leaves: list[Any], state: State, copy: int) -> None:
        end = "" if copy == 1 else f"_{copy}"
        w = leaves if copy == 1 else state.arrays[f"w{end}"]
        for flat, arrays in ((phase.w, w), (phase.X, state.arrays[f"X{end}"])):
            ends = np.cumsum([array.size for array in arrays])[:-1]
            for part, array in zip(np.split(flat, ends), arrays, strict=True):
                array[...] = part.reshape(array.shape)
        state.scalars[f"U{end}"], state.scalars[f"beta{end}"] = phase.U, phase.beta
