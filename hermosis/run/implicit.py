"""Optimizers for an H that does not split: the implicit midpoint rule and Tao's method, in time τ.

They need the partial derivatives of H at trial points, so a step takes several gradients.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from derivations.emit.program.plan import StepPlan
from derivations.lazy import lazy
from hermosis.analyse.flow import motion_and_energy, start_of
from hermosis.compile.step import Step
from hermosis.derive.blueprint import Blueprint
from hermosis.derive.fingerprint import fingerprint
from hermosis.errors import GradientPlaceError, HyperparameterError
from hermosis.integrators import Implicit, Phase
from hermosis.run import parameters
from hermosis.run.executor import Ask, Executor, Rebind, Undo
from hermosis.run.hyperparameters import check_number
from hermosis.run.ledger import Energies
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import ParameterSet, row_of
from hermosis.run.state import SCALARS, STEP, TIME, State, with_scalars

if TYPE_CHECKING:
    from derivations.step.rule import Rule
    from hermosis.model.hamiltonian import Hamiltonian


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

    def rule(self) -> Rule:
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

    @lazy
    def program(self) -> Step:
        """A step without code of its own: the scheme's."""
        copies = range(2, self.scheme.copies + 1)
        plan = StepPlan(
            word=self.scheme.name,
            states=("X", *(f"{name}_{copy}" for copy in copies for name in "wX")),
            matrices=(),
            whole=False,
            scalars=("beta", "start", *(f"{n}_{c}" for c in copies for n in ("U", "beta"))),
            parameters=("tau",),
            noises=0,
            gradient_at_start=False,
            starts_with_gradient=True,
            ends_with_gradient=False,
            gradients_per_step=2,
            energies=Energies._fields,
            guarded=True,
            source="",
            inputs=(),
            outputs=(),
            buffers=0,
            phases=(),
            gauge=(),
            native=None,
        )
        return Step(plan, "numpy", {})

    @property
    def followed(self) -> Step:
        """The same step: it follows U and β by itself."""
        return self.program

    @lazy
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
        mine = {"beta": mass, "start": mass}
        for copy in range(2, self.scheme.copies + 1):
            state.arrays[f"w_{copy}"] = [leaf.copy() for leaf in leaves]
            mine |= {f"U_{copy}": 0.0, f"beta_{copy}": mass}
        return with_scalars(state, mine)

    def executor(self, w: ParameterSet, state: State, energies: bool) -> Executor:
        """Return what solves for the steps of a state."""
        bound = state.bound.get(energies)
        if bound is None or bound.version is not self.version:
            made = Solver(self, self.program, state.leaves(w), state)
            bound = state.bound[energies] = made
        return bound


class Solver(Executor):
    """Makes steps of an implicit scheme, on one flat vector of all parameters."""

    optimizer: ImplicitOptimizer

    def step(
        self,
        w: ParameterSet,
        gradient: ParameterSet,
        state: State,
        value: float | None = None,
        ask: Ask | None = None,
        observe: Callable[[], None] | None = None,
        norm: float | None = None,
    ) -> None:
        leaves = row_of(w, self.structure)
        if leaves is None or not self.holds(leaves, state):
            raise Rebind
        scheme, (values,) = self.optimizer.scheme, self.values(state)
        rates = self.optimizer.motion[0]
        shapes = [leaf.shape for leaf in leaves]

        def partials(w: Any, X: Any, U: float, beta: float) -> tuple[Any, Any, float, float]:
            point = parameters.unraveled(w, state.structure, shapes)
            loss, gradient = self.asked(point, ask, None)
            slope = parameters.raveled(gradient)[0]
            dw, dX, (dU,), (dbeta,) = rates(w, X, slope, U=U, beta=beta, L=float(loss), **values)
            return beta * dX + dbeta * X, -dw, dbeta, -dU

        written = [*leaves, *(array for row in self.states for array in row)]
        with Undo(written, state)():
            before = tuple(self._copy(leaves, state, k) for k in range(1, scheme.copies + 1))
            if value is not None:
                self.energies = self._measured(before[0], state, value)
            after = scheme.step(partials, before, values["tau"])
            for k, phase in enumerate(after, 1):
                self._keep(phase, leaves, state, k)
            if not all(np.isfinite(array).all() for array in (*written, state.numbers)):
                raise self.overflow()
            state.numbers[STEP] += 1
            state.numbers[TIME] += values["tau"]

    def measure(self, w: ParameterSet, state: State, value: float) -> Energies:
        leaves = row_of(w, self.structure)
        if leaves is None or not self.holds(leaves, state):
            raise Rebind
        return self._measured(self._copy(leaves, state, 1), state, value)

    def _measured(self, at: Phase, state: State, value: float) -> Energies:
        """Measure the energies of motion, of position and of heat by parts of H."""
        known = self.values(state)[0] | {"beta": at.beta, "L": float(value)}
        energy = self.optimizer.motion[1]
        cold = energy(at.w, 0 * at.X, U=0.0, **known)
        warm = energy(at.w, 0 * at.X, U=at.U, **known)
        whole = energy(at.w, at.X, U=at.U, **known)
        cooling = state.scalars["start"] / at.beta
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
        for name, value in ((f"U{end}", phase.U), (f"beta{end}", phase.beta)):
            state.numbers[SCALARS + state.names.index(name)] = value
