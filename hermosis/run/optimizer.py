"""Optimizers: a compiled step, its hyperparameters, and the state that it carries."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

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
    POSITIVE,
    SHARE,
    Range,
    check_number,
    check_one_clock,
    is_array,
    is_grouped,
    number_at,
)
from hermosis.run.ledger import Energies
from hermosis.run.parameters import ParameterSet
from hermosis.run.state import State, at_rest

if TYPE_CHECKING:
    from derivations.proofs.proof import Proof
    from derivations.step.rule import Rule
    from hermosis.derive.blueprint import Blueprint
    from hermosis.model.hamiltonian import Hamiltonian
    from hermosis.run.schedule import Clock


class Optimizer:
    """A step that can be run: `init` a state, `step` in place, or `minimize` a function.

    Built by `Hamiltonian.optimizer` or one of `hm.optimizers`. It is also a callable that
    `scipy.optimize.minimize` takes as its `method`. Hyperparameters are changed by `set`, or
    follow a schedule: a callable of the step number.
    """

    #: The ranges of hyperparameters that are not just finite and not negative.
    ranges: ClassVar[Mapping[str, Range]] = {"momentum": SHARE, "averaging": SHARE}
    #: After how many steps the thermal time begins anew; never for zero.
    period: int = 0
    _ready: bool = False

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
        self.hyperparameters: Mapping[str, Any] = MappingProxyType(dict(hyperparameters))
        self.backend = backend
        self.hamiltonian = hamiltonian
        self.version = object()
        self._reduction = reduction
        known = {*self.hyperparameters, "t", "count", "L"}
        missing = [name for name in self.program.plan.parameters if name not in known]
        if missing:
            needed = f"{self.name} needs a value for {', '.join(missing)}"
            raise HyperparameterError(f"{needed}; give it by name, such as {missing[0]}=0.1")

        self._ready = True

    def __setattr__(self, name: str, value: Any) -> None:
        """Refuse what would have no effect: an optimizer is changed by `set`."""
        if self._ready:
            raise HyperparameterError(
                f"{name} of {self.name} cannot be assigned; opt.set({name}=…) changes a "
                "hyperparameter in a run, and a callable of the step number is a schedule"
            )
        super().__setattr__(name, value)

    @property
    def name(self) -> str:
        """The name of the optimizer."""
        return self.blueprint.name

    def __repr__(self) -> str:
        read = [n for n in self.program.plan.parameters if n in self.hyperparameters]
        values = ", ".join(f"{n}={self.hyperparameters[n]!r}" for n in read)
        return f"{self.name}({values})"

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy keeps."""
        return self.__dict__ | {"hyperparameters": dict(self.hyperparameters), "version": None}

    def __setstate__(self, kept: dict[str, Any]) -> None:
        hyperparameters = MappingProxyType(kept["hyperparameters"])
        self.__dict__.update(kept | {"hyperparameters": hyperparameters, "version": object()})

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

    @cached_property
    def program(self) -> Step:
        """The compiled step."""
        derive = lambda: (self.blueprint.rule(), None)  # noqa: E731
        step = compile_rule(self.blueprint.key(), derive, self.backend, self.shares)
        assert step is not None
        return step

    @cached_property
    def followed(self) -> Step | None:
        """The compiled step that keeps the energies too; None where none are defined.

        Groups with hyperparameters of their own have none.
        """
        if not self.blueprint.has_ledger or any(map(is_grouped, self.hyperparameters.values())):
            return None
        key = self.blueprint.key()
        own = None if key is None else f"energies\n{key}"
        return compile_rule(own, self.blueprint.followed, self.backend, self.shares)

    @property
    def shares(self) -> tuple[str, ...]:
        """The names of hyperparameters that are from zero to one."""
        return tuple(sorted(n for n, own in self.ranges.items() if (own.low, own.high) == (0, 1)))

    @property
    def gradients_per_step(self) -> int:
        """How many gradients a step takes."""
        return self.program.plan.gradients_per_step

    def set(self, **hyperparameters: Any) -> None:
        """Change hyperparameters in a run, from the next step on.

        Raises `HyperparameterError` for a name that the step does not read, or a value that it
        does not take, and then changes nothing.

        >>> import hermosis as hm
        >>> opt = hm.optimizers.Momentum(lr=0.1)
        >>> opt.set(lr=0.05)
        >>> opt
        Momentum(lr=0.05, momentum=0.9)
        """
        values = self.renamed(hyperparameters)
        known = [n for n in (*self.program.plan.parameters, "tau") if n in self.hyperparameters]
        for name, value in values.items():
            if name not in known:
                raise HyperparameterError(
                    f"the step of {self.name} does not read {name}; it reads {', '.join(known)}"
                )
            if is_array(value) or is_array(self.hyperparameters[name]):
                raise HyperparameterError(
                    f"{self.name}: {name} cannot change between a number and an array of its own "
                    "for each component; build another optimizer"
                )
            check_number(name, value, self.name, self.range_of(name))
        self.__dict__["hyperparameters"] = MappingProxyType({**self.hyperparameters, **values})
        self.__dict__["version"] = object()
        self.__dict__.pop("followed", None)

    def replaced(self, hyperparameters: Mapping[str, Any]) -> Optimizer:
        """Return an optimizer with other numbers in the same step."""
        other = copy.copy(self)
        other.__dict__["hyperparameters"] = MappingProxyType(dict(hyperparameters))
        other.__dict__.pop("followed", None)
        return other

    def renamed(self, hyperparameters: dict[str, Any]) -> dict[str, Any]:
        """Return hyperparameters under the names that the rule reads."""
        return hyperparameters

    def range_of(self, name: str) -> Range:
        """Return the numbers that a hyperparameter may be."""
        return self.ranges.get(name, POSITIVE)

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

    def values(self, state: State | Clock) -> dict[str, Any]:
        """Return the hyperparameters at the present step: callables are asked, groups are kept."""
        step = state.step
        values = {
            name: number_at(step, value, name, self.name, self.range_of(name))
            for name, value in self.hyperparameters.items()
            if not is_array(value)
        }
        if "t" in self.program.plan.parameters:
            check_one_clock(values, self.name)
        return values | {"t": state.time, "count": step + 1}

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
