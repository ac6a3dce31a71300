"""The libraries of the extras, imported when first needed, or missed by name."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from typing import Any

from benchmarks.errors import MissingExtra

EXTRAS = {"dask": "bench,cluster", "distributed": "bench,cluster", "torch": "bench,torch"}
EXTRAS |= {"jax": "bench,jax", "optax": "bench,jax", "optuna": "bench,published"}
"""The extras to install for a library, where `bench` alone does not bring it."""


def extra(module: str) -> Any:
    """A module of an extra; raises `MissingExtra` where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise _missing(module) from error


def folder_of(package: str) -> Path:
    """Where a package of the `bench` extra lies, without importing it; or `MissingExtra`."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise _missing(package)
    return Path(found.origin).parent


def _missing(module: str) -> MissingExtra:
    library = module.partition(".")[0]
    return MissingExtra(
        f"the race needs {library!r} here, which is not installed. "
        f"Run: pip install 'hermosis[{EXTRAS.get(library, 'bench')}]'"
    )
