"""Optimizers of identified updates: their states begin where those of the update do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from hermosis.errors import HyperparameterError
from hermosis.run import arguments
from hermosis.run.hyperparameters import (
    ANY,
    POSITIVE,
    SHARE,
    Range,
    check_number,
    is_array,
    is_grouped,
    number_at,
)
from hermosis.run.optimizer import Optimizer
from hermosis.run.parameters import ParameterSet
from hermosis.run.state import State

if TYPE_CHECKING:
    from hermosis.derive.identification import IdentifiedBlueprint


class IdentifiedOptimizer(Optimizer):
    """Runs an identified system; `called` is what the update calls hyperparameters of the rule."""

    blueprint: IdentifiedBlueprint

    def __init__(
        self,
        blueprint: IdentifiedBlueprint,
        values: Mapping[str, Any],
        called: Mapping[str, str],
        backend: str,
    ) -> None:
        self.own = {shown: name for name, shown in called.items()}
        super().__init__(blueprint, self.renamed(dict(values)), backend=backend)
        for name, value in values.items():
            check_number(name, value, self.name, self.range_of(self.own[name]))

    def renamed(self, hyperparameters: dict[str, Any]) -> dict[str, Any]:
        """Return hyperparameters under the names that the rule reads."""
        return {self.own.get(name, name): value for name, value in hyperparameters.items()}

    def range_of(self, name: str) -> Range:
        """Return the numbers that a hyperparameter may be: a share where it is one that is kept."""
        return SHARE if name in self.blueprint.shares else POSITIVE

    def init(self, w: ParameterSet, *, seed: int = 0) -> State:
        """Return the state before the first step of parameters `w`, as the update begins."""
        state = super().init(w, seed=seed)
        leaves, _ = arguments.writable(w)
        for name, start in self.blueprint.starts.items():
            scale, offset = (self._number(name, each) for each in start)
            for own, leaf in zip(state.arrays[name], leaves, strict=True):
                own[...] = scale * leaf + offset
        return state

    def _number(self, state: str, value: Any) -> float:
        """Return what a formula of hyperparameters is at the first step."""
        read = {}
        for symbol in value.free_symbols:
            given = self.hyperparameters[symbol.name]
            if is_grouped(given) or is_array(given):
                raise HyperparameterError(
                    f"the state {state} begins at a multiple of {value}, so that {symbol} is one "
                    f"number for all parameters, not {given!r}"
                )
            read[symbol] = number_at(0, given, symbol.name, self.name, ANY)
        return float(value.subs(read))
