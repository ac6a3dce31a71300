"""Named optimizers: a class that states its hyperparameters and where its step comes from."""

from __future__ import annotations

import dataclasses
import math
from abc import abstractmethod
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, dataclass_transform

from hermosis.derive.blueprint import Blueprint, Decay, HamiltonianBlueprint, TextbookBlueprint
from hermosis.errors import DefinitionError, HyperparameterError
from hermosis.model.definition import Definition
from hermosis.model.hamiltonian import Hamiltonian
from hermosis.run.hyperparameters import SHARE, Range, check_number, is_zero
from hermosis.run.optimizer import Optimizer

if TYPE_CHECKING:
    from derivations.document import Document
    from derivations.step.rule import Rule

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
    ranges: ClassVar[Mapping[str, Range]] = {
        **dict.fromkeys(("momentum", "averaging", "betas", "beta_1", "beta_2", "alpha"), SHARE),
        "dampening": Range(-math.inf, 1.0),
    }

    #: The fields that count steps.
    counts: ClassVar[tuple[str, ...]] = ()

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
        for field in dataclasses.fields(self):
            if field.name != "backend":
                self._check(field.name, values[field.name], field.default)
        plan = self.plan()
        hamiltonian = getattr(plan, "hamiltonian", None)
        own = {} if hamiltonian is None else hamiltonian.all_hyperparameters()
        super().__init__(
            plan,
            own | self.hyperparameter_values(values),
            backend=self.backend,
            hamiltonian=hamiltonian,
            reduction=self.proof_of(),
        )

    def _check(self, name: str, value: Any, default: Any) -> None:
        """Refuse an option that is none, a count that is none, and a number out of its range."""
        owner = type(self).__name__
        if isinstance(default, bool):
            if not isinstance(value, bool):
                raise HyperparameterError(
                    f"{owner}: {name} is {value!r}; it is an option, True or False"
                )
        elif name in self.counts:
            if isinstance(value, bool) or not isinstance(value, int) or value < 0:
                raise HyperparameterError(
                    f"{owner}: {name} is {value!r}; give a whole number of at least 0"
                )
        elif isinstance(default, Definition):
            if not isinstance(value, Definition):
                raise HyperparameterError(
                    f"{owner}: {name} is {value!r}; give a Hamiltonian, such as {default!r}"
                )
        else:
            check_number(name, value, owner, self.range_of(name))

    @property
    def name(self) -> str:
        """The name of the class."""
        return type(self).__name__

    @property
    def rule(self) -> Rule:
        """The update rule, under the name of the method: `.latex()`, `.source(backend)`."""
        return dataclasses.replace(super().rule, name=self.name)

    def renamed(self, hyperparameters: dict[str, Any]) -> dict[str, Any]:
        """Return what changes under the names that the rule reads."""
        before = self._numbers()
        unknown = [name for name in hyperparameters if name not in before]
        if unknown:
            raise HyperparameterError(
                f"{self.name} has no hyperparameter {unknown[0]!r} that can change in a run; it "
                f"has {', '.join(before)}"
            )
        old = self.hyperparameter_values(dict(before))
        new = self.hyperparameter_values(before | hyperparameters)
        return {n: value for n, value in new.items() if not _is_same(value, old.get(n))}

    def set(self, **hyperparameters: Any) -> None:
        super().set(**hyperparameters)
        self.__dict__.update(hyperparameters)

    def _numbers(self) -> dict[str, Any]:
        """Return the fields that are numbers, and neither options nor definitions."""
        values = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        del values["backend"]
        return {n: v for n, v in values.items() if not isinstance(v, bool | Definition)}

    def proof_of(self) -> str | None:
        """Return the name of the proof that holds for these hyperparameters."""
        return self.proof

    def derivation(self) -> Document:
        """Return the whole derivation with its proof; `.write(path)` makes a file of it.

        Raises `DefinitionError` for a rule that is written down and not derived.
        """
        if not isinstance(self.blueprint, HamiltonianBlueprint):
            raise DefinitionError(f"{self.name} is written down, and has no derivation")
        proof = self.reduction
        return self.blueprint.derivation(self.name, () if proof is None else (proof,))

    @abstractmethod
    def plan(self) -> Blueprint:
        """Return where the step comes from."""

    def hyperparameter_values(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the hyperparameters under the names that the rule reads.

        `betas` are the averaging factors β₁ of the moments and β₂ of the metric.
        """
        if "betas" in values:
            first, second = _pair(values.pop("betas"), self.name)
            values |= {"beta_1": first, "beta_2": second}
        return {n: v for n, v in values.items() if not isinstance(v, bool | Definition)}


#: Names in a rule that stand for the averaging factors of moments and metric.
BETAS = (("momentum", "beta_1"), ("averaging", "beta_2"))


def damped(
    hamiltonian: Hamiltonian, word: str, decay: Decay = "none", **options: Any
) -> HamiltonianBlueprint:
    """Return the blueprint of a Hamiltonian whose friction is set by the momentum.

    The friction of its metric, if it has one, is set by the averaging factor.
    """
    from hermosis.derive.blueprint import of_hamiltonian

    made = of_hamiltonian(
        hamiltonian,
        word,
        physical=False,
        damped=True,
        averaged=hamiltonian.metric is not None,
        decay=decay,
    )
    return dataclasses.replace(made, **options)


def decay_of(weight_decay: Hyper, decoupled: bool = False) -> Decay:
    """Return which form of weight decay is meant; none for a plain zero."""
    if is_zero(weight_decay):
        return "none"
    return "shrink" if decoupled else "l2"


def decoupled(weight_decay: Hyper, exact: bool) -> Decay:
    """Return decoupled decay by e^(−lr·λ) if `exact`, else by the textbook's 1 − lr·λ."""
    if is_zero(weight_decay):
        return "none"
    return "shrink" if exact else "textbook"


def looking_ahead(
    hamiltonian: Hamiltonian, decay: Decay = "none", **options: Any
) -> HamiltonianBlueprint:
    """Return the blueprint of `[CK] ({ahead}[CK]) D`, in β₁ and β₂.

    The kept average has the factor β₂; the drift reads it ln β₁/ln β₂ − 1 steps further on.
    """
    ahead = (("momentum", "beta_2"), ("ahead", "log(beta_1)/log(beta_2) - 1"))
    return damped(hamiltonian, "LookAheadKick", decay, meaning=ahead, at_once=True, **options)


@dataclasses.dataclass(frozen=True)
class AfterFirst:
    """A hyperparameter that is zero at the first step: the first gradient counts in full."""

    value: Hyper

    def __call__(self, step: int) -> Any:
        """Return zero at step 0, and the value after it."""
        if step == 0:
            return 0.0
        return self.value(step) if callable(self.value) else self.value


def plain_momentum(method: Any) -> None:
    """Refuse Nesterov's look-ahead without momentum, or with dampening, as PyTorch does."""
    if is_zero(method.momentum) or not is_zero(method.dampening):
        raise HyperparameterError(
            f"{method.name}: nesterov=True needs a momentum and no dampening; got "
            f"momentum={method.momentum!r}, dampening={method.dampening!r}"
        )


def _is_same(one: Hyper, other: Hyper) -> bool:
    """Tell whether two hyperparameters are the same; arrays are if they are one object."""
    plain = isinstance(one, int | float | AfterFirst) and type(one) is type(other)
    return one is other or (plain and one == other)


def _pair(betas: Any, owner: str) -> tuple[Any, Any]:
    """Return β₁ and β₂; refuse what is no pair."""
    if not isinstance(betas, tuple | list) or len(betas) != 2:
        raise HyperparameterError(
            f"{owner}: betas is {betas!r}; give two averaging factors, such as (0.9, 0.999)"
        )
    return betas[0], betas[1]


def written(name: str, weight_decay: Hyper = 0.0, **options: bool) -> TextbookBlueprint:
    """Return the blueprint of a textbook rule."""
    if decay_of(weight_decay) != "none":
        options["decay"] = True
    return TextbookBlueprint(name, tuple(sorted(options.items())))
