"""From a rule to text: one program, written in each language."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from derivations.errors import BackendError

if TYPE_CHECKING:
    from derivations.rule import Rule

#: The languages that a rule can be written in, each a module here with a `write(program)`.
BACKENDS = ("numpy", "numba", "jax", "torch")


def source(rule: Rule, backend: str) -> str:
    """Write one step of `rule` as source code. Raises `BackendError` for an unknown backend."""
    from derivations.emit.program import program

    if backend not in BACKENDS:
        raise BackendError(f"unknown backend {backend!r}; known: {', '.join(BACKENDS)}")
    writer = importlib.import_module(f"derivations.emit.{backend}")
    return str(writer.write(program(rule)))


def plan(rule: Rule, backend: str) -> dict[str, object]:
    """Write one step of `rule` for `numpy` or `numba`, with what a driver needs to run it."""
    from derivations.emit import module
    from derivations.emit.program import program

    if backend not in ("numpy", "numba"):
        raise BackendError(f"steps run on the backends numpy and numba, not on {backend!r}")
    writer = importlib.import_module(f"derivations.emit.{backend}")
    made = program(rule)
    buffers = importlib.import_module("derivations.emit.numpy").buffers(made)
    return module.plan(made, writer.write(made), buffers if backend == "numpy" else 0)
