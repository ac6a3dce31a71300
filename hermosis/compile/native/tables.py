"""One step under way in machine code: a table of addresses for each group of arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hermosis.compile.native import threads
from hermosis.compile.native.entry import BLOCK
from hermosis.compile.native.kernel import Kernel
from hermosis.run.parameters import Array
from hermosis.run.runs import Work


def jobs_of(sizes: list[int]) -> NDArray[np.int64]:
    """Return the pieces that arrays of these sizes are worked on in: (array, first, length)."""
    jobs = [(j, k, min(BLOCK, n - k)) for j, n in enumerate(sizes) for k in range(0, n, BLOCK)]
    return np.array(jobs, dtype=np.int64).reshape(-1, 3)


class TableRun:
    """Calls machine code for each group of arrays that have precision and hyperparameters alike."""

    def __init__(self, kernel: Callable[[Any], Kernel], names: list[str], work: Work) -> None:
        groups: dict[Any, list[int]] = {}
        for place, (weight, value) in enumerate(zip(work.weights, work.values, strict=True)):
            groups.setdefault((weight.dtype, id(value)), []).append(place)
        self.tables = [
            _Table(kernel(precision), names, work, places)
            for (precision, _), places in groups.items()
        ]
        if work.gradients is not None:
            self.slopes(work.gradients)

    def slopes(self, gradients: list[Array]) -> None:
        for table in self.tables:
            table.slopes([gradients[place] for place in table.places])

    def phase(self, index: int, phase: dict[str, Any], totals: dict[str, float]) -> list[float]:
        sums = [0.0] * len(phase["totals"])
        for table in self.tables:
            part = table.phase(index - 1, phase, totals)
            sums = [total + own for total, own in zip(sums, part, strict=True)]
        return sums


class _Table:
    """The addresses of arrays, and the jobs on them."""

    def __init__(self, code: Kernel, names: list[str], work: Work, places: list[int]) -> None:
        self.code, self.names, self.places = code, names, places
        self.value = work.values[places[0]]
        rows: list[list[Array | None]] = [
            [work.weights[place], *work.states[place], None, *work.noises[place]]
            for place in places
        ]
        self.kept = rows
        addresses = [[0 if a is None else a.ctypes.data for a in row] for row in rows]
        self.arrays = np.array(addresses, dtype=np.uintp)
        sizes = [row[0].size for row in rows if row[0] is not None]
        self.jobs = jobs_of(sizes)
        self.ends = threads.ends_of(self.jobs[:, 2])
        self.numbers = np.zeros(len(names))
        self.sums = np.zeros((len(self.jobs), code.sums))

    def slopes(self, gradients: list[Array]) -> None:
        """Enter the addresses of the gradients."""
        place = self.code.arrays.index("gradient")
        for row, kept, gradient in zip(self.arrays, self.kept, gradients, strict=True):
            kept[place] = gradient
            row[place] = gradient.ctypes.data

    def phase(self, index: int, phase: dict[str, Any], totals: dict[str, float]) -> list[float]:
        """Run one phase; raise `ArithmeticError` where a factor of it is not finite."""
        for place, name in enumerate(self.names):
            if name in phase["parameters"]:
                self.numbers[place] = totals[name] if name in totals else self.value[name]
        arrays, jobs = self.arrays.ctypes.data, self.jobs.ctypes.data
        numbers, sums = self.numbers.ctypes.data, self.sums.ctypes.data
        called = self.code.phase[index]
        refused = threads.share(
            lambda first, last: called(arrays, jobs, first, last, numbers, sums), self.ends
        )
        if refused:
            raise FloatingPointError("a factor is not finite")
        if not phase["totals"]:
            return []
        self.code.add[index](len(self.jobs), numbers, sums)
        return [float(self.numbers[self.names.index(name)]) for name in phase["totals"]]
