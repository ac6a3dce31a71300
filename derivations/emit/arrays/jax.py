"""JAX source: a pure function that runs under `jax.jit`, `vmap`, `grad` and `lax.scan`."""

from __future__ import annotations

from derivations.emit.arrays import functional
from derivations.emit.arrays.infix import FUNCTIONS, Infix
from derivations.emit.program.program import Program

#: Numbers may be traced, so they are computed by `jax.numpy` too.
LANGUAGE = functional.Language(
    imports=("import jax.numpy as jnp",),
    package="jnp",
    scalars=Infix({key: f"jnp.{text}" for key, text in FUNCTIONS.items()}, "jnp.sqrt"),
    size="w.size",
)


def write(program: Program) -> str:
    """Write a program as a JAX module with a function `step`."""
    return functional.write(program, LANGUAGE)
