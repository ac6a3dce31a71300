"""From a rule to text: one program, written in each language."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from derivations.errors import BackendError

if TYPE_CHECKING:
    from derivations.emit.program.program import Program
    from derivations.step.rule import Rule

#: The languages that a rule can be written in, each by the module that has its `write(program)`.
BACKENDS = {
    "numpy": "arrays.numpy",
    "numba": "arrays.numba",
    "jax": "arrays.jax",
    "torch": "arrays.torch",
    "llvm": "llvm.kernel",
}
#: Those that a step can run on.
RUNNING = ("numpy", "numba", "llvm")


def source(rule: Rule, backend: str) -> str:
    """Write one step of `rule` as source code. Raises `BackendError` for an unknown backend."""
    if backend not in BACKENDS:
        raise BackendError(f"unknown backend {backend!r}; known: {', '.join(BACKENDS)}")
    writer = importlib.import_module(f"derivations.emit.{BACKENDS[backend]}")
    return str(writer.write(_program(rule, backend)))


def plan(rule: Rule, backend: str) -> dict[str, object]:
    """Write one step of `rule`, with what a driver needs to run it.

    For LLVM that is one source for each precision, beside the NumPy source.
    """
    from derivations.emit.arrays import module, numpy, scalars, vector
    from derivations.emit.llvm import kernel as llvm

    if backend not in RUNNING:
        raise BackendError(f"steps run on the backends {', '.join(RUNNING)}, not on {backend!r}")
    made = _program(rule, "numba" if backend == "numba" else "numpy")
    text = source(rule, "numba" if backend == "numba" else "numpy")
    written = module.plan(made, text, 0 if backend == "numba" else numpy.buffers(made))
    if backend == "numpy":
        written["bare"] = vector.bare(made)
        written["fixed"] = vector.fixed(made)
        written["vector"] = "" if made.has_matrices else vector.write(made)
    if backend == "llvm" and not made.has_matrices:
        loops = _program(rule, backend)
        written["llvm"] = {
            "python": scalars.write(loops),
            "arrays": llvm.arrays(loops),
            "sources": {kind: llvm.write(loops, kind) for kind in llvm.PRECISIONS},
            "numbers": llvm.numbers(loops),
            "phases": module.phases(loops),
            "checks": llvm.is_checking(loops),
        }
    return written


def _program(rule: Rule, backend: str) -> Program:
    """Cut a rule into phases as it suits a language.

    NumPy writes early, unless it would find out later that a step is not defined.
    """
    from derivations.emit.program.fused import fused, is_sure
    from derivations.emit.program.program import program

    if backend == "llvm":
        return fused(rule)
    made = program(rule)
    early = backend != "numpy" or not rule.gradient_at_start or made.has_matrices or is_sure(made)
    return made if early else fused(rule)
