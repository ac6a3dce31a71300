"""What an interrupted run had measured, so that the same command goes on where it stopped."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hermosis as hm
from benchmarks.engine.store import write
from benchmarks.speed.plan import Plan
from benchmarks.speed.row import Row


class Unfinished:
    """The finished cases of a run, in one file that is written whole and goes away at the end.

    `key` says all that determines a time besides the machine's mood; a file with another key, or
    one that cannot be read, counts as absent.
    """

    def __init__(self, path: Path, key: str) -> None:
        self.path, self.key = path, key
        self.rows: dict[str, list[Row]] = _read(path, key)

    def get(self, label: str) -> list[Row] | None:
        """The rows of a case, or None."""
        return self.rows.get(label)

    def put(self, label: str, rows: list[Row]) -> None:
        """Keep the rows of a case."""
        self.rows[label] = rows
        kept = {name: [dataclasses.asdict(row) for row in of] for name, of in self.rows.items()}
        write(self.path, json.dumps({"key": self.key, "cases": kept}))

    def remove(self) -> None:
        """Forget all: the report is written."""
        self.path.unlink(missing_ok=True)


def _read(path: Path, key: str) -> dict[str, list[Row]]:
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        if saved["key"] != key:
            return {}
        return {name: [Row(**row) for row in rows] for name, rows in saved["cases"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def key(plan: Plan, versions: Mapping[str, Any]) -> str:
    """A digest of the plan without its list of parts, the versions, and the sources."""
    settings = dataclasses.asdict(dataclasses.replace(plan, parts=()))
    digest = hashlib.sha256(json.dumps([settings, dict(versions)], sort_keys=True).encode())
    package = Path(hm.__file__).parent
    for folder in (package, package.parent / "derivations", Path(__file__).parent):
        for file in sorted(folder.rglob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()
