"""Finished cells on disk: each written once, under a name that says all that determines it.

A file appears whole or not at all (temporary name, then rename), carries a digest of its content,
and is read back only if the digest agrees; anything else is set aside and run again.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import benchmarks
import hermosis as hm
from benchmarks.engine.cell import Cell
from benchmarks.engine.contestants import enlist
from benchmarks.engine.row import Arrival, Row
from benchmarks.engine.versions import versions
from benchmarks.problem import all_problems

ASIDE = ".unreadable"
LIBRARIES = ("numpy", "scipy", "sympy", "scikit-learn", "numba", "llvmlite", "mlxtend", "jax")
"""Those whose versions may change a result, beside Python's own."""
UNFINISHED = ".unfinished"
"""Ends the name of a file while it is written."""


def _tell(text: str) -> None:
    print(text, file=sys.stderr)


@dataclasses.dataclass(frozen=True)
class Store:
    """The folder of finished cells."""

    folder: Path

    def __post_init__(self) -> None:
        _engine()  # read before anything runs, so that it names the code that does

    def path(self, cell: Cell) -> Path:
        """The file of this cell."""
        return self.folder / cell.problem / f"{key(cell)}.json"

    def get(self, cell: Cell, tell: Callable[[str], None] = _tell) -> Row | None:
        """The finished row, or None. A file that cannot be trusted is set aside; `tell` is told."""
        path = self.path(cell)
        try:
            saved = json.loads(path.read_text(encoding="utf-8"))
            if saved["sha256"] != _digest(saved["row"]):
                raise ValueError("its content does not agree with its digest")
            return _row(saved["row"])
        except FileNotFoundError:
            return None
        except (OSError, ValueError, TypeError, KeyError) as error:
            aside = path.with_suffix(ASIDE)
            with suppress(OSError):
                os.replace(path, aside)
            tell(
                f"{path.name} is not a finished result ({type(error).__name__}: {error}); "
                f"it is kept as {aside.name} and the run is done again."
            )
            return None

    def put(self, cell: Cell, row: Row) -> None:
        """Keep a finished row."""
        content = vars(row)
        text = json.dumps({"sha256": _digest(content), "row": content}, allow_nan=False)
        write(self.path(cell), text, durable=False)


def _row(saved: dict[str, Any]) -> Row:
    arrivals = [None if a is None else Arrival(*a) for a in saved["arrivals"]]
    return Row(**(saved | {"arrivals": arrivals}))


def write(path: Path, content: str | bytes, durable: bool = True) -> None:
    """Write a file so that a reader, at any moment, sees the old one or the new one, whole.

    Unless `durable`, it does not wait for the disk: a process that is killed loses nothing, a
    machine that loses its power may leave a torn file, which its digest tells.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}{UNFINISHED}")
    try:
        with temporary.open("wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def key(cell: Cell) -> str:
    """Names the result of a cell: another name as soon as anything that determines it changes."""
    contestant, problem = enlist(cell.spec), all_problems()[cell.problem]
    known = _definitions(contestant.name, contestant.source, problem.name, problem.source())
    return _digest([cell.stage, cell.parameters, cell.seed, cell.budget, known])[:24]


@lru_cache(maxsize=1024)
def _definitions(*texts: str) -> str:
    """A digest of who runs on what, which many cells share."""
    return _digest([*texts, _engine()])


@cache
def _engine() -> str:
    """A digest of everything below the cells: hermosis, the harness, and library versions."""
    package = Path(hm.__file__).parent
    files = [
        *sorted(package.rglob("*.py")),
        *sorted((package.parent / "derivations").rglob("*.py")),
    ]
    harness = Path(benchmarks.__file__).parent
    for part in (".", "engine", "families", "guests", "measures"):
        files += sorted((harness / part).glob("*.py"))
    digest = hashlib.sha256(repr(versions(LIBRARIES)).encode())
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
