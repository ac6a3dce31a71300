"""Optimizers: a compiled step, its hyperparameters, and the state that it carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from derivations.lazy import lazy
from hermosis.compile.step import Step, compile_rule
from hermosis.errors import (
    GradientPlaceError,
    HyperparameterError,
    MissingLossError,
    StateError,
)
from hermosis.run import arguments
from hermosis.run.executor import Ask, Executor, Rebind, bind
from hermosis.run.hyperparameters import (
    is_grouped,
    spread_arrays,
)
from hermosis.run.ledger import Energies
from hermosis.run.parameters import ParameterSet
from hermosis.run.settings import Settings
from hermosis.run.state import State, at_rest

if TYPE_CHECKING:
    from derivations.proofs.proof import Proof
    from derivations.step.rule import Rule
    from hermosis.derive.blueprint import Blueprint
    from hermosis.model.hamiltonian import Hamiltonian


class Optimizer(Settings):
    """A step that can be run: `init` a state, `step` in place, or `minimize` a function.

    Built by `Hamiltonian.optimizer` or one of `hm.optimizers`. It is also a callable that
    `scipy.optimize.minimize` takes as its `method`. Hyperparameters are changed by `set`, or
    follow a schedule: a callable of the step number.
    """

    #: After how many steps the thermal time begins anew; never for zero.
    period: int = 0

    def __init__(
        self,
        blueprint: Blueprint,
        hyperparameters: Mapping[str, Any],
        *,
        backend: str = "auto",
        hamiltonian: Hamiltonian | None = None,
        reduction: str | None = None,
    ) -> None:
        self.blueprint = blueprint
        super().__init__(hyperparameters)
        self.backend = backend
        self.hamiltonian = hamiltonian
        self._reduction = reduction
        known = {*self.hyperparameters, "t", "count", "L"}
        missing = [name for name in self.program.plan.parameters if name not in known]
        if missing:
            needed = f"{self.name} needs a value for {', '.join(missing)}"
            raise HyperparameterError(f"{needed}; give it by name, such as {missing[0]}=0.1")

        self._ready = True

    @property
    def name(self) -> str:
        """The name of the optimizer."""
        return self.blueprint.name

    def __repr__(self) -> str:
        read = [n for n in self.program.plan.parameters if n in self.hyperparameters]
        values = ", ".join(f"{n}={self.hyperparameters[n]!r}" for n in read)
        return f"{self.name}({values})"

    @property
    def rule(self) -> Rule:
        """The update rule: `.latex()`, `.source(backend)`."""
        return self.blueprint.rule()

    @property
    def reduction(self) -> Proof | None:
        """The proof that the step is the method it is named after; None where there is none."""
        if self._reduction is None:
            return None
        from derivations.reductions import reduction

        return reduction(self._reduction)

    @lazy
    def program(self) -> Step:
        """The compiled step."""
        key, arrays = self.blueprint.key(), self.arrays
        if key is not None and arrays:
            key = f"arrays {' '.join(arrays)}\n{key}"
        step = compile_rule(key, self._derive, self.backend, self.shares)
        assert step is not None
        return step

    def _derive(self) -> tuple[Rule, None]:
        rule = self.blueprint.rule()
        read = {x.name for x in rule.parameters}
        unread = [name for name in self.arrays if name not in read]
        if unread or "t" in read and "tau" in self.arrays:
            raise HyperparameterError(
                f"{self.name}: {(unread or ['tau'])[0]} is an array, but the step reads no number "
                "of it for each component; give one number"
            )
        return rule.with_arrays(self.arrays), None

    @lazy
    def followed(self) -> Step | None:
        """The compiled step that keeps the energies too; None where none are defined.

        Groups and components with hyperparameters of their own have none.
        """
        values = self.hyperparameters.values()
        if not self.blueprint.has_ledger or any(map(is_grouped, values)) or self.arrays:
            return None
        key = self.blueprint.key()
        own = None if key is None else f"energies\n{key}"
        return compile_rule(own, self.blueprint.followed, self.backend, self.shares)

    @property
    def reads(self) -> tuple[str, ...]:
        """The names of what a step reads, but for the length of the step itself."""
        return self.program.plan.parameters

    @property
    def gradients_per_step(self) -> int:
        """How many gradients a step takes."""
        return self.program.plan.gradients_per_step

    def init(self, w: ParameterSet, *, seed: int = 0) -> State:
        """Return the state at rest before the first step of parameters `w`.

        `seed` starts the random numbers of a word with N. Raises `StructureError`,
        `MatrixSizeError`.
        """
        leaves, structure = arguments.writable(w)
        plan = self.program.plan
        if plan.matrices:
            arguments.check_squares(leaves, structure)
        state = at_rest(leaves, structure, plan)
        for name in self.arrays:
            own = spread_arrays(name, self.hyperparameters[name], leaves, structure)
            state.arrays[name] = own
        if plan.noises:
            state.random = np.random.default_rng(seed)
        return state

    def step(
        self, w: ParameterSet, grad: ParameterSet, state: State, value: float | None = None
    ) -> None:
        """Move `w` and `state` by one step, in place.

        Parameters
        ----------
        w : the parameters, float32 or float64, any structure.
        grad : the gradient at `w`, of the same structure and shapes.
        state : from `init`, or the step before.
        value : the loss at `w`; with it the internal energy is kept, and `energies` measures H.

        Raises `StructureError`, `StateError`, `NonFiniteGradientError`, `NonFiniteStepError`,
        `GradientPlaceError`, `MissingLossError`, and then changes nothing.
        """
        plan = self.program.plan
        if not plan.gradient_at_start:
            raise GradientPlaceError(
                f"the word '{plan.word}' of {self.name} takes a gradient in the middle of a step, "
                "which step(w, grad, state) does not have; use hm.minimize, or "
                "advance(w, state, value_and_gradient)"
            )
        if value is None:
            if "L" in plan.parameters:
                raise MissingLossError(
                    f"the step of {self.name} reads the loss itself; give it by value=, the loss "
                    "at w"
                )
            self._make(w, grad, state, None, None, None, False)
        else:
            loss = arguments.loss_value(value)
            self._make(w, grad, state, loss, None, None, self.followed is not None)

    def advance(
        self,
        w: ParameterSet,
        state: State,
        value_and_gradient: Ask,
        grad: ParameterSet | None = None,
        value: float | None = None,
        observe: Callable[[], None] | None = None,
        energies: bool = True,
    ) -> None:
        """Move `w` and `state` by one step, in place, with gradients taken where they are due.

        `grad` and `value` are those at `w` if they are known; `observe()` is called after
        each gradient in mid-step; `energies` keeps the internal energy. If anything is refused
        or raised, `w` and `state` are as before.
        """
        plan = self.program.plan
        if plan.asks_first and grad is None or "L" in plan.parameters and value is None:
            value, grad = value_and_gradient(w)
        follows = energies and self.followed is not None
        if follows and value is None:
            value = 0.0
        self._make(w, grad, state, value, value_and_gradient, observe, follows)

    def energies(self, w: ParameterSet, state: State, value: float) -> Energies | None:
        """Measure the energies at a state, for each unit of thermal mass, given the loss there.

        None for a method without a Hamiltonian.
        """
        if self.followed is None:
            return None
        loss = arguments.loss_value(value)
        try:
            return self.executor(w, state, True).measure(w, state, loss)
        except Rebind:
            state.bound.pop(True, None)
            return self.executor(w, state, True).measure(w, state, loss)

    def executor(self, w: ParameterSet, state: State, energies: bool) -> Executor:
        """Return what makes the steps of a state, bound to its arrays when first asked for."""
        if not isinstance(state, State):
            raise StateError(f"the state is a {type(state).__name__}; make one by opt.init(w)")
        bound = state.bound.get(energies)
        if bound is None or bound.version is not self.version:
            program = self.followed if energies else self.program
            assert program is not None
            bound = state.bound[energies] = bind(self, program, state.leaves(w), state)
        return bound

    def _make(
        self,
        w: ParameterSet,
        grad: ParameterSet,
        state: State,
        value: float | None,
        ask: Ask | None,
        observe: Callable[[], None] | None,
        energies: bool,
    ) -> None:
        """Make a step by the executor of a state, bound anew where the arrays are others."""
        try:
            self.executor(w, state, energies).step(w, grad, state, value, ask, observe)
        except Rebind:
            state.bound.pop(energies, None)
            self.executor(w, state, energies).step(w, grad, state, value, ask, observe)

    def minimize(self, fun: Any, w0: ParameterSet, **options: Any) -> Any:
        """Minimize `fun` from `w0`; see `hm.minimize`."""
        from hermosis.run.minimize import minimize

        return minimize(fun, w0, self, **options)

    def __call__(self, fun: Any, x0: Any, args: tuple[Any, ...] = (), **options: Any) -> Any:
        """Run as the `method` of `scipy.optimize.minimize`; returns its `OptimizeResult`."""
        from hermosis.run.scipy_method import scipy_method

        return scipy_method(self, fun, x0, args, **options)

    def save(self, path: str | Path, w: ParameterSet, state: State) -> Path:
        """Write parameters and state to a checkpoint; see `hermosis.run.checkpoint`."""
        from hermosis.run.checkpoint import save

        return save(path, self, w, state)

    def load(self, path: str | Path) -> tuple[ParameterSet, State]:
        """Read a checkpoint of this optimizer; the run goes on bit for bit."""
        from hermosis.run.checkpoint import load

        return load(path, self)
