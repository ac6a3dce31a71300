"""The plan of a step: what a driver needs to run it, as plain data that can be kept on disk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from types import UnionType
from typing import Any, Self, TypeVar, Union, get_args, get_origin, get_type_hints

#: What a kept plan must say of itself; another number as soon as a field means something else.
VERSION = 2


class Kept:
    """A frozen value that goes through JSON and comes back as it was, or not at all."""

    def to_json(self) -> dict[str, Any]:
        """Return the value as dicts, lists, text and numbers."""
        return {"version": VERSION} | asdict(self)  # type: ignore[call-overload]

    @classmethod
    def from_json(cls, data: object) -> Self | None:
        """Return the value that was kept; None for data of another version or form.

        >>> phase = PhasePlan(False, True, True, ("lr",), ("total 1",), (), ("U",), ("lr",))
        >>> PhasePlan.from_json(phase.to_json()) == phase
        True
        >>> PhasePlan.from_json({"version": VERSION, "evaluates": 1}) is None
        True
        """
        if not isinstance(data, Mapping) or data.get("version") != VERSION:
            return None
        try:
            return _read(cls, {name: value for name, value in data.items() if name != "version"})
        except (TypeError, ValueError):
            return None


@dataclass(frozen=True)
class PhasePlan(Kept):
    """What a phase reads and leaves, by the names that users know.

    `totals` are the sums over the parameter set that it leaves behind, in order; those in `norms`
    are roots of sums of squares. `assigned` are the scalars that move when the phase is done, from
    what `reads` names.
    """

    evaluates: bool
    works: bool
    writes: bool
    parameters: tuple[str, ...]
    totals: tuple[str, ...]
    norms: tuple[str, ...]
    assigned: tuple[str, ...]
    reads: tuple[str, ...]


@dataclass(frozen=True)
class NativePlan(Kept):
    """A step as LLVM source.

    `sources` are modules by precision, "double" and "float"; `python` says why factors of a phase
    are not finite. A row of the table of addresses has the `arrays` in order, a row of the table
    of numbers the `numbers`, and then the length of a step. `segments` are the phases at which
    gradients are due. A job leaves up to `slots` numbers, and a phase has up to `factors`.
    `guarded` says that a step may be refused after it has written.
    """

    sources: dict[str, str]
    python: str
    arrays: tuple[str, ...]
    numbers: tuple[str, ...]
    phases: tuple[PhasePlan, ...]
    segments: tuple[int, ...]
    slots: int
    factors: int
    guarded: bool


@dataclass(frozen=True)
class StepPlan(Kept):
    """One step of a rule: its sources, and what a driver has to know of them.

    `states` are arrays like the parameters, but those in `matrices` square; `scalars` are carried
    from step to step. `source` is Python text with a function for each phase, and a `step` of one
    array that takes numbers in the order of `inputs` and returns `outputs`. `energies` are the
    names of what the step leaves of the energies at its start; empty where it keeps none.
    `guarded` says that a step may be refused after it has written.
    """

    word: str
    states: tuple[str, ...]
    matrices: tuple[str, ...]
    whole: bool
    scalars: tuple[str, ...]
    parameters: tuple[str, ...]
    noises: int
    gradient_at_start: bool
    starts_with_gradient: bool
    ends_with_gradient: bool
    gradients_per_step: int
    energies: tuple[str, ...]
    guarded: bool
    source: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    buffers: int
    phases: tuple[PhasePlan, ...]
    gauge: tuple[PhasePlan, ...]
    native: NativePlan | None

    @property
    def asks_first(self) -> bool:
        """Whether the gradient at the weights before the step is read."""
        return self.gradient_at_start or self.starts_with_gradient


@dataclass(frozen=True)
class EnsemblePlan(Kept):
    """Many runs side by side as LLVM source: blocks of so many `members`, of `room` bytes each.

    A row of what all members share has `factors` numbers.
    """

    source: str
    room: int
    factors: int
    members: int


_Value = TypeVar("_Value")


def _read(kind: type[_Value], data: Mapping[str, Any]) -> _Value:
    """Build a value from its fields, each checked; raise `TypeError` or `ValueError`."""
    hints = get_type_hints(kind)
    names = {field.name for field in fields(kind)}  # type: ignore[arg-type]
    if set(data) != names:
        raise ValueError(f"fields {sorted(set(data) ^ names)}")
    return kind(**{name: _checked(hints[name], data[name]) for name in names})


def _checked(kind: Any, value: Any) -> Any:
    """Return a value as its field has it; raise `TypeError` where it is none."""
    if get_origin(kind) in (Union, UnionType):
        own, _ = get_args(kind)
        return None if value is None else _checked(own, value)
    if get_origin(kind) is tuple:
        if not isinstance(value, list | tuple):
            raise TypeError("a list is due")
        return tuple(_checked(get_args(kind)[0], item) for item in value)
    if get_origin(kind) is dict:
        if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
            raise TypeError("a dict is due")
        return {key: _checked(get_args(kind)[1], item) for key, item in value.items()}
    if issubclass(kind, Kept):
        return _read(kind, value) if isinstance(value, dict) else _refuse()
    return value if type(value) is kind else _refuse()


def _refuse() -> Any:
    raise TypeError("another kind is due")
