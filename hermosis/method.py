"""Named optimizers: a class that states its hyperparameters and where its step comes from."""

from __future__ import annotations

import dataclasses
from abc import abstractmethod
from typing import Any, ClassVar, dataclass_transform

from hermosis.blueprint import Blueprint, Decay, HamiltonianBlueprint, TextbookBlueprint
from hermosis.hamiltonian import Hamiltonian
from hermosis.hyperparameters import check_number
from hermosis.optimizer import Optimizer

#: A number, a callable of the step number, or numbers for the branches of a parameter set.
Hyper = Any


@dataclass_transform(eq_default=False, field_specifiers=(dataclasses.field,))
@dataclasses.dataclass(eq=False, repr=False)
class Method(Optimizer):
    """An optimizer with a name: annotated fields are its hyperparameters, in PyTorch's names.

    A subclass is abstract (like this one) or one method. Give a number, a callable of the step
    number, or a dict or list that gives the branches of the parameter set their own.
    """

    #: The name of the proof that the step is this method, in `hm.reductions()`.
    proof: ClassVar[str | None] = None

    backend: str = dataclasses.field(default="auto", kw_only=True)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        dataclasses.dataclass(eq=False, repr=False)(cls)

    def __post_init__(self) -> None:
        values = {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)
            if field.name != "backend"
        }
        for name, value in values.items():
            if not isinstance(value, bool):
                check_number(name, value, type(self).__name__)
        plan = self.plan()
        hamiltonian = getattr(plan, "hamiltonian", None)
        own = {} if hamiltonian is None else hamiltonian.all_hyperparameters()
        super().__init__(
            plan,
            own | self.hyperparameter_values(values),
            backend=self.backend,
            hamiltonian=hamiltonian,
            reduction=self.proof,
        )

    @property
    def name(self) -> str:
        """The name of the class."""
        return type(self).__name__

    @abstractmethod
    def plan(self) -> Blueprint:
        """Return where the step comes from."""

    def hyperparameter_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the hyperparameters under the names that the rule reads."""
        return {name: value for name, value in values.items() if not isinstance(value, bool)}


def damped(
    hamiltonian: Hamiltonian, word: str, decay: Decay = "none", **options: Any
) -> HamiltonianBlueprint:
    """Return the blueprint of a Hamiltonian whose friction is set by the momentum."""
    from hermosis.blueprint import of_hamiltonian

    made = of_hamiltonian(hamiltonian, word, physical=False, damped=True, decay=decay)
    return dataclasses.replace(made, **options)


def decay_of(weight_decay: Hyper, decoupled: bool = False) -> Decay:
    """Return which form of weight decay is meant; none for a plain zero."""
    if isinstance(weight_decay, int | float) and weight_decay == 0:
        return "none"
    return "shrink" if decoupled else "l2"


def written(name: str, weight_decay: Hyper = 0.0, **options: bool) -> TextbookBlueprint:
    """Return the blueprint of a textbook rule."""
    if decay_of(weight_decay) != "none":
        options["decay"] = True
    return TextbookBlueprint(name, tuple(sorted(options.items())))
