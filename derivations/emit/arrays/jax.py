"""JAX source: a pure function that runs under `jax.jit`, `vmap`, `grad` and `lax.scan`."""

from __future__ import annotations

from derivations.emit.arrays import functional
from derivations.emit.arrays.infix import FUNCTIONS, Infix
from derivations.emit.program.program import Program

_NORM = (
    "def _norm(array):",
    '    """Return the Euclidean length of an array, squaring nothing too large or too small."""',
    "    largest = jax.lax.stop_gradient(jnp.max(jnp.abs(array), initial=0.0))",
    "    scale = jnp.where((largest > 0) & (largest < jnp.inf), largest, 1.0)",
    "    square = jnp.sum((array / scale) ** 2)",
    "    some = square != 0  # at zero the length has no derivative, but its square has",
    "    return jnp.where(some, scale * jnp.sqrt(jnp.where(some, square, 1.0)), 0.0)",
)
#: Numbers may be traced, so they are computed by `jax.numpy` too.
LANGUAGE = functional.Language(
    imports=("import jax", "import jax.numpy as jnp"),
    package="jnp",
    scalars=Infix({key: f"jnp.{text}" for key, text in FUNCTIONS.items()}, "jnp.sqrt"),
    size="w.size",
    helpers={functional.NORM: _NORM},
)


def write(program: Program) -> str:
    """Write a program as a JAX module with a function `step`."""
    return functional.write(program, LANGUAGE)
