"""Optimizers of other libraries, by name: `torch:Adam`, `optax:lion`, `scipy:CG`."""

from __future__ import annotations

import importlib

from benchmarks.engine.contestant import Contestant
from benchmarks.errors import UnknownOptimizer

LIBRARIES = ("torch", "optax", "scipy")


def is_guest(spec: str) -> bool:
    """Whether a word given to --optimizer means a guest."""
    return spec.partition(":")[0] in LIBRARIES and ":" in spec


def guest(spec: str) -> Contestant:
    """The guest of that name; raises `UnknownOptimizer` or `MissingExtra`."""
    library, _, name = spec.partition(":")
    module = importlib.import_module(f"{__name__}.{library}")
    names = module.names()
    if name not in names:
        raise UnknownOptimizer(
            f"{library} has no optimizer {name!r} here. Names: {', '.join(names)}."
        )
    found: Contestant = module.named(name)
    return found
