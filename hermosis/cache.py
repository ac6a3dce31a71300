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

from hermosis.fingerprint import environment


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
    """Return what was saved under `key`, or None."""
    try:
        entry = json.loads((folder() / f"{name(key)}.json").read_text(encoding="utf-8"))
        value, checksum = entry["value"], entry["checksum"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return value if checksum == _checksum(key, value) else None


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
