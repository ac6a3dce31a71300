"""One measured line: what was timed, who ran it, how long it took, or why there is no time."""

from __future__ import annotations

import csv
import dataclasses
import io
import statistics
from collections.abc import Sequence

OK = "ok"


@dataclasses.dataclass(frozen=True)
class Row:
    """One contestant at one task. Times are seconds for one call; None where there is none."""

    part: str
    method: str
    dtype: str
    n: int
    contestant: str
    threads: int
    median_s: float | None = None
    q25_s: float | None = None
    q75_s: float | None = None
    repeats: int = 0
    status: str = OK
    bytes: int | None = None
    """Peak memory of a step beyond parameters, gradient and state; of part `memory` alone."""

    @property
    def counts(self) -> bool:
        """Whether the row holds a time that may be compared."""
        return self.status == OK and self.median_s is not None


COLUMNS = tuple(field.name for field in dataclasses.fields(Row))


def table(rows: Sequence[Row]) -> str:
    """The rows as CSV, one line each under a line of names."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(dataclasses.asdict(row) for row in rows)
    return text.getvalue()


def timed(row: Row, samples: Sequence[float]) -> Row:
    """The row with median and quartiles of its samples."""
    low, middle, high = quartiles(samples)
    return dataclasses.replace(row, median_s=middle, q25_s=low, q75_s=high, repeats=len(samples))


def quartiles(samples: Sequence[float]) -> tuple[float, float, float]:
    """Lower quartile, median, upper quartile.

    >>> quartiles([3.0, 1.0, 2.0])
    (1.5, 2.0, 2.5)
    """
    if len(samples) == 1:
        return samples[0], samples[0], samples[0]
    low, middle, high = statistics.quantiles(samples, n=4, method="inclusive")
    return low, middle, high
