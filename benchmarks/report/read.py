"""The rows of a race that was written before, as they were when it was raced."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

from benchmarks.engine.contestants import KINDS
from benchmarks.engine.row import Arrival, Row, Stage, Status
from benchmarks.errors import UnreadableResults
from benchmarks.report.results import COLUMNS, CURVE_COLUMNS, TARGETS

Line = Mapping[str, Any]
INTERRUPTED = "This race was interrupted: its results are those of what had finished."
WORDS: Mapping[str, tuple[str, ...]] = {
    "kind": KINDS, "stage": get_args(Stage), "status": get_args(Status),
}  # fmt: skip
"""The columns that hold one of a few words."""


def read_rows(folder: Path) -> list[Row]:
    """Every run in the folder's results.csv, with the curves of the reported ones.

    Raises `UnreadableResults` for a file that is not there, or that the race did not write.
    """
    curves: dict[tuple[str, str, int], list[float | None]] = {}
    for place, gap in _each(folder / "curves.csv", CURVE_COLUMNS, _point):
        curves.setdefault(place, []).append(gap)

    def with_curve(line: Line) -> Row:
        return _row(line, curves.get(_place(line), []))

    return list(_each(folder / "results.csv", COLUMNS, with_curve))


def read_facts(folder: Path) -> dict[str, Any]:
    """The manifest of a race; empty where it left none."""
    try:
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return {}


def told(folder: Path) -> list[str]:
    """What a reader of a race has to know: that it was interrupted, and its notices."""
    facts = read_facts(folder)
    return [*([INTERRUPTED] if facts.get("finished") is False else []), *facts.get("notices", ())]


def _each(path: Path, columns: Mapping[str, type], read: Callable[[Line], Any]) -> Iterator[Any]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            if reader.fieldnames != list(columns):
                raise ValueError(f"its columns are not those of a {path.name}")
            for line in reader:
                if None in line or None in line.values():
                    raise ValueError(f"line {reader.line_num} is not whole")
                yield read({name: _value(line[name], kind) for name, kind in columns.items()})
    except (OSError, ValueError, TypeError, KeyError, csv.Error) as error:
        raise UnreadableResults(
            f"{path} cannot be read as results of a race ({type(error).__name__}: {error}); give "
            "a folder that 'python -m benchmarks -o FOLDER' wrote, or race again into it: finished "
            "runs are kept there, so that only the tables are made anew."
        ) from error


def _value(text: str, kind: type) -> Any:
    return text if kind is str else kind(text) if text else None


def _point(line: Line) -> tuple[tuple[str, str, int], float | None]:
    return _place(line), line["gap"]


def _place(line: Line) -> tuple[str, str, int]:
    return line["problem"], line["optimizer"], line["seed"]


def _row(line: Line, curve: list[float | None]) -> Row:
    for name, known in WORDS.items():
        if line[name] not in known:
            raise ValueError(f"{name} is {line[name]!r}; due is one of {', '.join(known)}")
    own = {name: line[name] for name in Row.__dataclass_fields__ if name in line}
    return Row(
        **own
        | {
            "parameters": json.loads(line["parameters"]),
            "arrivals": [_arrival(line, n) for n in range(1, TARGETS + 1)],
            "curve": curve if line["stage"] == "report" else [],
        }
    )


def _arrival(line: Line, n: int) -> Arrival | None:
    values = [line[f"{name}_{n}"] for name in Arrival._fields]
    return None if values[0] is None else Arrival(*values)
