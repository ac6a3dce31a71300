"""What was derived before, kept on disk as checked JSON and never trusted beyond its checksum.

The folder is `HERMOSIS_CACHE`, or `hermosis` in the user's cache folder. An entry is named by a
digest of all that determines it. A damaged, foreign or unreadable entry counts as absent; writing
goes to a temporary name first, so that processes at the same time are safe.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from hermosis.derive.fingerprint import environment


def folder() -> Path:
    """Return the folder of the cache."""
    chosen = os.environ.get("HERMOSIS_CACHE")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    try:
        return Path(base).expanduser() / "hermosis"
    except RuntimeError:  # a user without a home keeps nothing
        return Path(os.devnull) / "hermosis"


def name(key: str) -> str:
    """Return the digest that names the entry of a key under this version of hermosis."""
    return hashlib.sha256(f"{environment()}\n{key}".encode()).hexdigest()


def load(key: str) -> Any:
    """Return what was saved under `key`, or None; it is shared, and not to be changed."""
    path = folder() / f"{name(key)}.json"
    try:
        stamp = _stamp(path)
        if path in _READ and _READ[path][0] == stamp:
            return _READ[path][1]
        entry = json.loads(path.read_text(encoding="utf-8"))
        value, checksum = entry["value"], entry["checksum"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if checksum != _checksum(key, value):
        return None
    if len(_READ) >= _MOST:
        _READ.clear()
    _READ[path] = stamp, value
    return value


#: What this process has read, as long as the file stays the same: a search for hyperparameters
#: makes a method again for each of its trials.
_READ: dict[Path, tuple[tuple[int, ...], Any]] = {}
_MOST = 256


def _stamp(path: Path) -> tuple[int, ...]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino


def save(key: str, value: Any) -> None:
    """Keep a JSON value under `key`; a cache that cannot be written to is no error."""
    entry = json.dumps({"checksum": _checksum(key, value), "value": value})
    write_text(folder() / f"{name(key)}.json", entry)


def write_text(path: Path, text: str) -> bool:
    """Write a file under a temporary name and rename it; tell whether that went well."""
    temporary = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(temporary, path)
    except OSError:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
        return False
    return True


def _checksum(key: str, value: Any) -> str:
    return hashlib.sha256(f"{key}\n{json.dumps(value, sort_keys=True)}".encode()).hexdigest()
