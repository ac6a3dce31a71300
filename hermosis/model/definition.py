"""What a user's class declares: annotated fields with defaults, symbols while it is derived."""

from __future__ import annotations

import dataclasses
import re
from typing import Any, ClassVar, Self, dataclass_transform

from hermosis.errors import DefinitionError
from hermosis.run.hyperparameters import check_number

#: Letters of the theory, and what optimizers themselves are given: no field is named like them.
RESERVED = frozenset(
    ("w", "X", "G", "U", "L", "beta", "k", "h", "c", "t", "tau", "s", "noise", "gradient")
    + ("lr", "momentum", "weight_decay", "temperature", "step", "lambda", "profile", "count")
    + ("metric", "averaging", "beta_g")
)


@dataclass_transform(frozen_default=True)
class Definition:
    """A class of which each annotated field is a hyperparameter.

    A field is a positive symbol while the class is derived, and a number, or a callable of the
    step number, while it runs. A field whose default is True or False is an option, which stays
    what it is. Instances are frozen and compare by value.
    """

    _own: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        for name in cls.__dict__.get("__annotations__", {}):
            if not name.startswith("_") and name not in cls._own:
                _check_name(cls, name)
        try:
            dataclasses.dataclass(frozen=True, repr=False)(cls)
        except TypeError as error:
            raise DefinitionError(
                f"{cls.__name__} cannot be built: {error}; give each field a default, "
                "such as sharpness: float = 1.0"
            ) from error

    def __post_init__(self) -> None:
        for name, value in self.hyperparameters().items():
            check_number(name, value, type(self).__name__)
        for name, value in self.options().items():
            if not isinstance(value, bool):
                raise DefinitionError(
                    f"{type(self).__name__}: {name} is {value!r}; it is an option, True or False"
                )

    def __repr__(self) -> str:
        given = ((f.name, getattr(self, f.name)) for f in dataclasses.fields(self))  # type: ignore[arg-type]
        shown = ", ".join(f"{name}={value!r}" for name, value in given if value is not None)
        return f"{type(self).__name__}({shown})"

    @classmethod
    def fields(cls) -> tuple[str, ...]:
        """The names of the hyperparameters, in the order in which they are declared."""
        return tuple(
            field.name
            for field in dataclasses.fields(cls)  # type: ignore[arg-type]
            if field.name not in cls._own and not isinstance(field.default, bool)
        )

    def options(self) -> dict[str, bool]:
        """The options and their values: fields that are True or False."""
        return {
            field.name: getattr(self, field.name)
            for field in dataclasses.fields(self)  # type: ignore[arg-type]
            if isinstance(field.default, bool)
        }

    def hyperparameters(self) -> dict[str, Any]:
        """The hyperparameters and their values."""
        return {name: getattr(self, name) for name in self.fields()}

    def symbolic(self, **others: Any) -> Self:
        """Return the same object with a positive symbol in place of each hyperparameter."""
        from derivations.algebra.symbols import parameter

        twin = object.__new__(type(self))
        for name in self.fields():
            object.__setattr__(twin, name, parameter(name))
        for name, value in (self.options() | others).items():
            object.__setattr__(twin, name, value)
        return twin


def _check_name(cls: type, name: str) -> None:
    from derivations.text.names import GENERATED

    if name in RESERVED or re.fullmatch(GENERATED, name):
        raise DefinitionError(
            f"{cls.__name__} has a field {name!r}, a name that the theory or generated code "
            "already uses; choose another, such as " + repr(f"{name}_rate")
        )
