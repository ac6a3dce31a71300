"""What an optimizer carries from step to step."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from hermosis.errors import StructureError
from hermosis.parameters import Array, Structure


@dataclass
class State:
    """What an optimizer carries from step to step.

    `arrays` holds the state arrays by name, each a list with the shapes of the parameters;
    `step` counts steps, `time` is the thermal time, `scalars` holds the internal energy U.
    """

    structure: Structure
    arrays: dict[str, list[Array]]
    step: int = 0
    time: float = 0.0
    scalars: dict[str, float] = field(default_factory=lambda: {"U": 0.0})
    random: np.random.Generator | None = None
    buffers: list[list[Array]] = field(default_factory=list, repr=False, compare=False)

    def scratch(self, needed: int, views: list[Array]) -> list[list[Array]]:
        """Return scratch arrays like `views`, the same ones at every step."""
        fits = len(self.buffers) == len(views) and all(
            len(own) >= needed and (own[0].shape, own[0].dtype) == (view.shape, view.dtype)
            for own, view in zip(self.buffers, views, strict=True)
            if needed
        )
        if not fits:
            self.buffers = [[np.empty_like(view) for _ in range(needed)] for view in views]
        return [own[:needed] for own in self.buffers]

    def check_fits(self, leaves: list[Array]) -> None:
        """Raise `StructureError` unless this state was made for arrays like `leaves`."""
        for name, arrays in self.arrays.items():
            for array, leaf in zip(arrays, leaves, strict=True):
                if array.shape != leaf.shape or array.dtype != leaf.dtype:
                    raise StructureError(
                        f"the state {name} holds {array.dtype}{list(array.shape)}, but the "
                        f"parameter {leaf.dtype}{list(leaf.shape)}; make a new state by opt.init(w)"
                    )


def snapshot(leaves: list[Array], state: State) -> tuple[Any, ...]:
    """Copy parameters and state."""
    arrays = {name: [a.copy() for a in own] for name, own in state.arrays.items()}
    random = None if state.random is None else state.random.bit_generator.state
    return [a.copy() for a in leaves], arrays, dict(state.scalars), random


def restore(saved: tuple[Any, ...], leaves: list[Array], state: State) -> None:
    """Put parameters and state back to what `snapshot` copied."""
    weights, arrays, scalars, random = saved
    for leaf, old in zip(leaves, weights, strict=True):
        leaf[...] = old
    for name, own in state.arrays.items():
        for array, old in zip(own, arrays[name], strict=True):
            array[...] = old
    state.scalars.update(scalars)
    if state.random is not None:
        state.random.bit_generator.state = random
