"""The rows of a race that was written before, as they were when it was raced."""

from __future__ import annotations

import json
from pathlib import Path

from benchmarks.errors import UnreadableResults
from benchmarks.row import Arrival, Row


def read_rows(folder: Path) -> list[Row]:
    """Every run in the folder.

    Raises `UnreadableResults` for a folder that the race did not write.
    """
    path = folder / "results.json"
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return [_row(**line) for line in content["rows"]]
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise UnreadableResults(
            f"{path} cannot be read as results of a race ({type(error).__name__}: {error}); give "
            "a folder that 'python -m benchmarks -o FOLDER' wrote."
        ) from error


def _row(arrivals: list[list[float] | dict[str, float] | None], **rest: object) -> Row:
    found = [
        None if a is None else Arrival(**a) if isinstance(a, dict) else Arrival(*a)  # type: ignore[arg-type]
        for a in arrivals
    ]
    return Row(arrivals=found, **rest)  # type: ignore[arg-type]
