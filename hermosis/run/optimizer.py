"""Optimizers: a compiled step, its hyperparameters, and the state that it carries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis.compile.step import Step, compile_rule
from hermosis.errors import GradientPlaceError, HyperparameterError
from hermosis.run import parameters
from hermosis.run.hyperparameters import check_one_clock, is_grouped, number_at, spread
from hermosis.run.ledger import Energies, measure
from hermosis.run.parameters import Array, ParameterSet
from hermosis.run.runs import Work
from hermosis.run.state import Short, State, at_rest, unchanged_if_refused

if TYPE_CHECKING:
    from derivations.proofs.proof import Proof
    from derivations.step.rule import Rule
    from hermosis.derive.blueprint import Blueprint
    from hermosis.model.hamiltonian import Hamiltonian
    from hermosis.run.quick import Quick


class Optimizer:
    """A step that can be run: `init` a state, `step` in place, or `minimize` a function.

    Built by `Hamiltonian.optimizer` or one of `hm.optimizers`. It is also a callable that
    `scipy.optimize.minimize` takes as its `method`.
    """

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
        self.hyperparameters = dict(hyperparameters)
        self.backend = backend
        self.hamiltonian = hamiltonian
        self._reduction = reduction
        known = {*self.hyperparameters, "t", "count", "L"}
        missing = [n for n in self.program.plan["parameters"] if n not in known]
        if missing:
            needed = f"{self.name} needs a value for {', '.join(missing)}"
            raise HyperparameterError(f"{needed}; give it by name, such as {missing[0]}=0.1")

    @property
    def name(self) -> str:
        """The name of the optimizer."""
        return self.blueprint.name

    def __repr__(self) -> str:
        read = [n for n in self.program.plan["parameters"] if n in self.hyperparameters]
        values = ", ".join(f"{n}={self.hyperparameters[n]!r}" for n in read)
        return f"{self.name}({values})"

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy keeps: all but the short way, which is this optimizer's own."""
        return {name: value for name, value in self.__dict__.items() if name != "quick"}

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
        """The compiled step without the energy ledger."""
        step = compile_rule(self.blueprint.key(), self.blueprint.rule, self.backend)
        assert step is not None
        return step

    @property
    def gradients_per_step(self) -> int:
        """How many gradients a step takes."""
        return int(self.program.plan["gradients_per_step"])

    @cached_property
    def quick(self) -> Quick | None:
        """What prepares the short way of a step; None where there is none."""
        from hermosis.run.quick import quick

        return quick(self, self.program)

    def short(self, w: ParameterSet, state: State) -> Short | None:
        """Return the short way of the steps of a state; None where there is none."""
        if state.short is None or state.short.owner is not self:
            state.short = None if self.quick is None else self.quick.prepare(w, state)
        return state.short

    def forget(self, state: State) -> bool:
        """Forget the short way, since hyperparameters were changed."""
        self.__dict__.pop("quick", None)
        state.short = None
        return False

    @cached_property
    def ledger(self) -> Step | None:
        """The compiled step that carries U along; None where there is no Hamiltonian."""
        return self._following("ledger", partial(self.blueprint.rule, ledger=True))

    @cached_property
    def gauge(self) -> Step | None:
        """What measures the energies at a state; None where there is no Hamiltonian."""
        return self._following("gauge", self.blueprint.gauge)

    def init(self, w: ParameterSet, *, seed: int = 0) -> State:
        """Return the state at rest before the first step of parameters `w`.

        `seed` starts the random numbers of a word with N. Raises `StructureError`,
        `MatrixSizeError`.
        """
        leaves, structure = parameters.writable(w)
        state = at_rest(leaves, structure, self.program)
        if self.program.plan["noises"]:
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

        Raises `StructureError`, `NonFiniteGradientError`, `GradientPlaceError`, and then changes
        nothing.
        """
        if value is None:
            short = state.short
            if short is None or short.owner is not self:
                short = self.short(w, state)
            if short is not None and short.make(w, grad, state):
                return
        if not self.program.plan["gradient_at_start"]:
            raise GradientPlaceError(
                f"the word '{self.program.plan['word']}' of {self.name} takes a gradient in the "
                "middle of a step, which step(w, grad, state) does not have; use hm.minimize, or "
                "advance(w, state, value_and_gradient)"
            )
        leaves = state.leaves(w)
        found = parameters.gradients(grad, leaves, state.structure)
        parameters.check_finite(found, state.structure)
        loss = None if value is None else parameters.finite_value(value)
        self._run(leaves, found, state, {} if loss is None else {"L": loss}, None)

    def advance(
        self,
        w: ParameterSet,
        state: State,
        value_and_gradient: Callable[[ParameterSet], tuple[float, ParameterSet]],
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
        asks_first = plan["gradient_at_start"] or plan["starts_with_gradient"]
        if asks_first and grad is None:
            value, grad = value_and_gradient(w)
        if not energies and (short := self.short(w, state)):
            if short.make(w, grad, state):
                return
            if short.along and short.along(w, grad, state, value_and_gradient, observe):
                return
        leaves = state.leaves(w)
        found = None
        if asks_first:
            found = parameters.gradients(grad, leaves, state.structure)
            parameters.check_finite(found, state.structure)
        losses = {"L": 0.0 if value is None else value} if energies else {}

        def evaluate() -> list[Array]:
            loss, slope = value_and_gradient(w)
            if energies:
                losses["L"] = loss
            fresh = parameters.gradients(slope, leaves, state.structure)
            parameters.check_finite(fresh, state.structure)
            if observe is not None:
                observe()
            return fresh

        self._run(leaves, found, state, losses, evaluate)

    def energies(self, w: ParameterSet, state: State, value: float) -> Energies | None:
        """Measure the energies at a state, for each unit of thermal mass, given the loss there.

        None for a method without a Hamiltonian.
        """
        if self.gauge is None:
            return None
        return measure(self.gauge, w, state, self.values(state) | {"L": float(value)})

    def values(self, state: State) -> dict[str, Any]:
        """Return the hyperparameters at the present step: callables are asked, groups are kept."""
        values = {
            name: number_at(state.step, value, name, self.name)
            for name, value in self.hyperparameters.items()
        }
        if "t" in self.program.plan["parameters"]:
            check_one_clock(values, self.name)
        return values | {"t": self.clock(state, values), "count": state.step + 1}

    def clock(self, state: State, values: dict[str, Any]) -> float:
        """Return the thermal time at which the next step begins."""
        return state.time

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

    def _run(
        self,
        leaves: list[Array],
        gradients: list[Array] | None,
        state: State,
        losses: dict[str, float],
        evaluate: Callable[[], list[Array]] | None,
    ) -> None:
        step = self.program if not losses or self.ledger is None else self.ledger
        values = spread(self.values(state) | losses, state.structure)
        views = [step.view(leaf) for leaf in leaves]
        own = [[step.view(state.arrays[n][i]) for n in step.states] for i in range(len(leaves))]
        flat = None if gradients is None else [step.view(g) for g in gradients]

        def fresh() -> list[Array]:
            assert evaluate is not None
            for view, leaf in zip(views, leaves, strict=True):
                parameters.write_back(view, leaf)
            found = [step.view(g) for g in evaluate()]
            for value in values:
                value.update(losses)
            return found

        refusing = step.whole or not step.plan["gradient_at_start"]
        with unchanged_if_refused(leaves, state) if refusing else nullcontext():
            noises = state.drawn(step.plan["noises"], views)
            step(Work(views, own, flat, noises, values), state.scratch, state.scalars, fresh)
        for view, leaf in zip(views, leaves, strict=True):
            parameters.write_back(view, leaf)
        state.take_back(step.states, own)
        state.step += 1
        state.time += float(values[0].get("tau", 1.0))

    def _following(self, what: str, rule: Callable[[], Any]) -> Step | None:
        """Compile what follows the energies; groups with hyperparameters of their own have none."""
        if not self.blueprint.has_ledger or any(map(is_grouped, self.hyperparameters.values())):
            return None
        key = self.blueprint.key()
        return compile_rule(None if key is None else f"{what}\n{key}", rule, self.backend)
