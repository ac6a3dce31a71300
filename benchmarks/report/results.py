"""Every run as a line of a table: results.csv, its curves, and Parquet where the library is there.

The order of the lines says nothing about the order in which runs finished, numbers are printed so
that they come back as they were, and every column that holds a time has `seconds` in its name: two
races of the same grid agree in all others, byte for byte.
"""

from __future__ import annotations

import csv
import importlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from benchmarks.engine.row import Row, checkpoints

Value = str | int | float | None
Targets = Mapping[str, Sequence[float]]
"""The targets of each problem, by its name."""

TARGETS = 3
OF_A_TARGET = {
    "target": float, "gradients": int, "steps": int, "own_seconds": float, "problem_seconds": float,
}  # fmt: skip
COLUMNS: Mapping[str, type] = {
    "problem": str, "optimizer": str, "kind": str, "stage": str, "seed": int, "budget": int,
    "status": str, "message": str, "gradients": int, "steps": int,
    "loss": float, "last_loss": float, "gap": float, "measure": float, "parameters": str,
    **{f"{name}_{n}": kind for n in range(1, TARGETS + 1) for name, kind in OF_A_TARGET.items()},
    "own_seconds": float, "problem_seconds": float,
}  # fmt: skip
"""The columns of results.csv; `gradients_2` is what had been spent when `target_2` was reached."""

CURVE_COLUMNS: Mapping[str, type] = {
    "problem": str, "optimizer": str, "seed": int, "gradients": int, "gap": float,
}  # fmt: skip
"""The columns of curves.csv, which holds the reported runs."""


def in_order(rows: Iterable[Row]) -> list[Row]:
    """The rows in an order that does not tell which of them finished first."""
    return sorted(rows, key=_place)


def _place(row: Row) -> tuple[Any, ...]:
    return row.problem, row.optimizer, row.stage, tuple(row.parameters.items()), row.seed


def results(rows: Sequence[Row], targets: Targets) -> bytes:
    """The text of results.csv."""
    return _csv(COLUMNS, (_line(row, targets[row.problem]) for row in rows))


def curves(rows: Sequence[Row]) -> bytes:
    """The text of curves.csv."""
    return _csv(CURVE_COLUMNS, (point for row in rows if row.curve for point in _points(row)))


def _points(row: Row) -> Iterator[dict[str, Value]]:
    for gradients, gap in zip(checkpoints(row.budget), row.curve, strict=True):
        values = (row.problem, row.optimizer, row.seed, gradients, gap)
        yield dict(zip(CURVE_COLUMNS, values, strict=True))


def parquet(rows: Sequence[Row], targets: Targets) -> bytes | None:
    """The columns of results.csv as a Parquet file; None where pyarrow is not installed."""
    try:
        arrow = importlib.import_module("pyarrow")
        writer = importlib.import_module("pyarrow.parquet")
    except ImportError:
        return None
    kinds = {str: arrow.string(), int: arrow.int64(), float: arrow.float64()}
    schema = arrow.schema([(name, kinds[kind]) for name, kind in COLUMNS.items()])
    lines = [_line(row, targets[row.problem]) for row in rows]
    buffer = io.BytesIO()
    writer.write_table(arrow.Table.from_pylist(lines, schema=schema), buffer)
    return buffer.getvalue()


def _line(row: Row, targets: Sequence[float]) -> dict[str, Value]:
    line: dict[str, Value] = {name: getattr(row, name, None) for name in COLUMNS}
    line["parameters"] = json.dumps(row.parameters, allow_nan=False)
    for n, (target, arrival) in enumerate(zip(targets, row.arrivals, strict=True), 1):
        line[f"target_{n}"] = target
        if arrival is not None:
            line |= {f"{name}_{n}": value for name, value in arrival._asdict().items()}
    return line


def _csv(columns: Mapping[str, type], lines: Iterable[Mapping[str, Value]]) -> bytes:
    """Lines end as RFC 4180 has it, so that a message may hold either half of that ending."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(columns), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(lines)  # which prints floats by repr, and None as nothing
    return text.getvalue().encode()
