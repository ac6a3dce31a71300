"""Everything a run leaves behind: speed.csv, manifest.json, the pictures and speed.md."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.engine.store import write
from benchmarks.speed import plots, tables
from benchmarks.speed.row import Row, table


def report(rows: Sequence[Row], facts: Mapping[str, Any], folder: Path) -> Path:
    """Write all files, each whole or not at all; return the path of the page."""
    pictures = []
    for name, contents in plots.figures(rows):
        pictures.append(name)
        for kind, content in contents.items():
            write(folder / f"{name}.{kind}", content)
    write(folder / "speed.csv", table(rows))
    write(folder / "manifest.json", json.dumps(dict(facts), indent=1))
    write(folder / "speed.md", tables.page(rows, facts, pictures))
    return folder / "speed.md"
