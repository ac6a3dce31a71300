"""The libraries of the extras, imported when first needed, or missed by name."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.errors import MissingExtra

EXTRAS = {"dask": "bench,cluster", "distributed": "bench,cluster", "torch": "bench,torch"}
EXTRAS |= {"jax": "bench,jax", "optax": "bench,jax"}
"""The extras to install for a library, where `bench` alone does not bring it."""


def extra(module: str) -> Any:
    """A module of an extra; raises `MissingExtra` where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        library = module.partition(".")[0]
        raise MissingExtra(
            f"the race needs {library!r} here, which is not installed. "
            f"Run: pip install 'hermosis[{EXTRAS.get(library, 'bench')}]'"
        ) from error
