"""A folder belongs to one race at a time, and whatever a killed one left half written is removed.

The claim is a lock that the system takes back from a process that ends, however it ends.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from benchmarks.engine.store import UNFINISHED
from benchmarks.errors import StorageError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

BEHIND = 1 << 20
"""The byte that is locked where a lock hides what it holds: behind the name of who holds it."""


@contextmanager
def claimed(folder: Path) -> Iterator[None]:
    """Hold the folder while the body runs.

    Raises `StorageError` if it cannot be written to, or another race holds it: two would do the
    same runs, and each would write its own half of the results.
    """
    try:
        cells = folder / "cells"
        cells.mkdir(parents=True, exist_ok=True)
        file = (cells / ".lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise StorageError(
            f"{folder} cannot be written to ({error.strerror}); give another folder."
        ) from error
    with file:
        if not _locked(file):
            file.seek(0)
            raise StorageError(
                f"another race (process {file.read() or 'unknown'}) is writing to {folder}; "
                "wait for it, or give another folder."
            )
        _sign(file)
        for left in [*folder.glob(f".*{UNFINISHED}"), *cells.glob(f"*/.*{UNFINISHED}")]:
            left.unlink(missing_ok=True)
        yield


def _locked(file: IO[str]) -> bool:
    """Whether the lock is ours now; where a disk knows no locks, it is nobody else's."""
    if sys.platform == "win32":
        file.seek(BEHIND)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return True
    return True


def _sign(file: IO[str]) -> None:
    """Say who holds the lock, as far as the disk has room for it."""
    try:
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
    except OSError:
        return
