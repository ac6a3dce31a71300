"""Which versions a result was made with."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib import metadata

import hermosis as hm


def versions(libraries: Iterable[str]) -> dict[str, str]:
    """The versions of Python, hermosis and these distributions; "missing" for the absent."""
    found = {"python": platform.python_version(), "hermosis": hm.__version__}
    return found | {library: _version(library) for library in libraries}


def _version(distribution: str) -> str:
    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return "missing"
