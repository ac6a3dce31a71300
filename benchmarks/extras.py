"""The libraries of the `bench` extra, imported when first needed, or missed by name."""

from __future__ import annotations

import importlib
from typing import Any

from benchmarks.errors import MissingExtra


def extra(module: str) -> Any:
    """A module of the `bench` extra; raises `MissingExtra` where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise MissingExtra(
            f"the race needs {module.partition('.')[0]!r} here, which is not installed. "
            "Run: pip install 'hermosis[bench]'"
        ) from error
