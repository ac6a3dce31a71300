"""What a run leaves behind, step by step: all of a short run, and evenly less of a long one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hermosis.run.ledger import Energies
from hermosis.run.parameters import ParameterSet

Series = NDArray[np.float64]

#: The most entries that a trace keeps. Beyond, it drops every second one, and keeps every second
#: of those to come: a run of any length takes some megabytes.
MOST = 1 << 17


@dataclass
class Trace:
    """One entry for each step, and one for the end.

    The loss and its gradient are those of the point at which the step took the gradient; the
    energies are those at its start. Energies are None where they were not kept, and for a method
    without a Hamiltonian. A run of more than 131,072 steps keeps the entries of every second,
    fourth, … step, and the last; `step` says of which.

    Attributes
    ----------
    step : the number of the step that an entry belongs to, from 0 on.
    fun, grad_norm : the loss and the Euclidean norm of its gradient.
    kinetic, potential, heat : energies for each unit of thermal mass.
    energy : H itself, in units of the thermal mass at the start; conserved up to the order of the
        word. It loses its digits once the thermal mass has grown by more than 1/ε.
    drift : (H − H at the start) for each unit of the present thermal mass: the error that does
        not lose its digits.
    w : copies of the parameters, where they were asked for.
    """

    _points: _Rows = field(default_factory=lambda: _Rows(2), repr=False)
    _energies: _Rows = field(default_factory=lambda: _Rows(len(Energies._fields)), repr=False)
    w: list[ParameterSet] = field(default_factory=list, repr=False)

    def add(self, fun: float, grad_norm: float) -> None:
        """Append a loss and the norm of its gradient."""
        self._points.add((fun, grad_norm))

    def extend(self, fun: Series, grad_norm: Series) -> None:
        """Append losses and the norms of their gradients."""
        self._points.extend(np.column_stack((fun, grad_norm)))

    def measure(self, energies: Sequence[float]) -> None:
        """Append the `Energies` at the start of a step."""
        self._energies.add(energies)

    def measured(self, energies: Series) -> None:
        """Append rows of energies, (steps, 4)."""
        self._energies.extend(energies)

    def __len__(self) -> int:
        return len(self._points)

    @property
    def step(self) -> NDArray[np.int64]:
        """The number of the step that each entry belongs to."""
        return self._points.numbers()

    @property
    def fun(self) -> Series:
        """The loss at each point."""
        return self._points.column(0)

    @property
    def grad_norm(self) -> Series:
        """The Euclidean norm of the gradient at each point."""
        return self._points.column(1)

    @property
    def kinetic(self) -> Series | None:
        """Kinetic energy for each unit of thermal mass."""
        return self._energy("kinetic")

    @property
    def potential(self) -> Series | None:
        """Potential energy for each unit of thermal mass."""
        return self._energy("potential")

    @property
    def heat(self) -> Series | None:
        """Heat, U f(β), for each unit of thermal mass."""
        return self._energy("heat")

    @property
    def energy(self) -> Series | None:
        """H, in units of the thermal mass at the start."""
        total, cooling = self._total(), self._energy("cooling")
        if total is None or cooling is None:
            return None
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return np.where(cooling > 0, total / cooling, 0.0)

    @property
    def drift(self) -> Series | None:
        """The change of H since the start, for each unit of the present thermal mass."""
        total, cooling = self._total(), self._energy("cooling")
        if total is None or cooling is None:
            return None
        ratio = cooling / cooling[0] if cooling[0] > 0 else np.zeros_like(cooling)
        drift = total - total[0] * ratio
        drift[0] = 0.0
        return drift

    def _total(self) -> Series | None:
        parts = [self._energy(name) for name in ("kinetic", "potential", "heat")]
        known = [part for part in parts if part is not None]
        return np.sum(known, axis=0) if known else None

    def _energy(self, name: str) -> Series | None:
        return self._energies.column(Energies._fields.index(name)) if len(self._energies) else None


class _Rows:
    """Rows of numbers, thinned out evenly where they become too many; the last is always there."""

    def __init__(self, width: int) -> None:
        self.width, self.stride, self.count = width, 1, 0
        self.kept: list[Sequence[float]] = []
        self.last: Sequence[float] = ()

    def add(self, row: Sequence[float]) -> None:
        """Append a row."""
        if self.stride == 1 and self.count < MOST:
            self.kept.append(row)
        elif self.count % self.stride == 0:
            if len(self.kept) >= MOST:
                self.kept = self.kept[::2]
                self.stride *= 2
            if self.count % self.stride == 0:
                self.kept.append(row)
        self.last = row
        self.count += 1

    def extend(self, rows: Series) -> None:
        """Append rows, (count, width)."""
        if not len(rows):
            return
        while len(self.kept) + len(rows) // self.stride >= MOST:
            self.kept = self.kept[::2]
            self.stride *= 2
        first = -self.count % self.stride
        self.kept.extend(map(tuple, rows[first :: self.stride].tolist()))
        self.last = tuple(rows[-1].tolist())
        self.count += len(rows)

    def numbers(self) -> NDArray[np.int64]:
        """Return the number of each row that is kept, the last one among them."""
        found = np.arange(len(self.kept), dtype=np.int64) * self.stride
        return np.append(found, self.count - 1) if self._is_cut() else found

    def column(self, place: int) -> Series:
        """Return one number of each row."""
        rows = [*self.kept, self.last] if self._is_cut() else self.kept
        return np.array([row[place] for row in rows], dtype=float)

    def __len__(self) -> int:
        return len(self.kept) + self._is_cut()

    def _is_cut(self) -> bool:
        """Whether the last row is none of those that are kept by their numbers."""
        return bool(self.count) and (self.count - 1) % self.stride != 0
