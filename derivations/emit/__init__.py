"""From a rule to text: one program, written in each language."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from derivations.errors import BackendError

if TYPE_CHECKING:
    from collections.abc import Collection

    from derivations.emit.program.plan import NativePlan, PhasePlan, StepPlan
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
    made = _program(rule, backend)
    if backend == "llvm" and made.has_matrices:
        backend = "numpy"  # LAPACK does its work
    writer = importlib.import_module(f"derivations.emit.{BACKENDS[backend]}")
    return str(writer.write(made))


def plan(
    rule: Rule, backend: str, gauge: Rule | None = None, shares: Collection[str] = ()
) -> StepPlan:
    """Write one step of `rule`, with what a driver needs to run it.

    `gauge` measures the energies at a state; the rule does so too, at the start of a step. `shares`
    are the names of parameters that are from zero to one at every step.
    """
    from derivations.algebra.matrices import Entry
    from derivations.emit.arrays import numba, numpy
    from derivations.emit.program.plan import StepPlan
    from derivations.emit.program.safety import may_be_refused_late

    if backend not in RUNNING:
        raise BackendError(f"steps run on the backends {', '.join(RUNNING)}, not on {backend!r}")
    made = _program(rule, "numba" if backend == "numba" else "numpy")
    measured = None if gauge is None else _program(gauge, "numpy")
    writer = numba if backend == "numba" else numpy
    native = None if backend != "llvm" or made.has_matrices else _native(rule, gauge, shares)
    energies = () if gauge is None else tuple(x.name for x in gauge.stages[0].targets)
    return StepPlan(
        word=rule.word,
        states=tuple(x.name for x in rule.states),
        matrices=tuple(x.name for x in rule.states if isinstance(x, Entry)),
        whole=made.has_matrices,
        scalars=tuple(x.name for x in rule.scalars if x.name not in energies),
        parameters=tuple(x.name for x in rule.parameters),
        noises=len(rule.noises),
        gradient_at_start=rule.gradient_at_start,
        starts_with_gradient=rule.starts_with_gradient,
        ends_with_gradient=rule.ends_with_gradient,
        gradients_per_step=rule.gradients_per_step,
        energies=energies,
        guarded=made.has_matrices or may_be_refused_late(made, shares),
        source=writer.write(made, measured),
        inputs=tuple(x.name for x in (*rule.scalars, *rule.parameters)),
        outputs=tuple(x.name for x in rule.scalars),
        buffers=0 if backend == "numba" else numpy.buffers(made, measured),
        phases=_phases(made),
        gauge=() if measured is None else _phases(measured),
        native=native,
    )


def _native(rule: Rule, gauge: Rule | None, shares: Collection[str]) -> NativePlan:
    """Write a step as LLVM source, once for each precision."""
    from derivations.emit.arrays import scalars
    from derivations.emit.llvm import kernel
    from derivations.emit.program.fused import fused
    from derivations.emit.program.plan import NativePlan
    from derivations.emit.program.safety import may_be_refused_late

    made = fused(rule)
    measured = None if gauge is None else fused(gauge)
    modules = {kind: kernel.Module(made, kind, measured) for kind in kernel.PRECISIONS}
    widest = modules["double"]
    return NativePlan(
        sources={kind: module.text() for kind, module in modules.items()},
        python=scalars.write(made),
        arrays=tuple(x.name for x in widest.arrays),
        numbers=tuple(x.name for x in widest.rows),
        phases=_phases(made),
        segments=tuple(first + 1 for first, _ in made.segments),
        slots=widest.slots,
        factors=widest.factors,
        guarded=may_be_refused_late(made, shares),
    )


def _phases(program: Program) -> tuple[PhasePlan, ...]:
    """Return what each phase reads and leaves, as plain data."""
    from derivations.emit.program.plan import PhasePlan

    return tuple(
        PhasePlan(
            evaluates=phase.evaluates,
            works=bool(phase.work),
            writes=phase.writes,
            parameters=tuple(x.name for x in phase.parameters),
            totals=tuple(x.name for x in phase.totals),
            norms=tuple(take.target.name for take in phase.takes if take.norm),
            assigned=tuple(x.name for x in phase.assigned),
            reads=tuple(x.name for x in phase.scalar_reads),
        )
        for phase in program.phases
    )


def _program(rule: Rule, backend: str) -> Program:
    """Cut a rule into phases as it suits a language.

    NumPy writes early, unless it would find out later that a step is not defined.
    """
    from derivations.emit.program.fused import fused
    from derivations.emit.program.program import program
    from derivations.emit.program.safety import is_sure

    made = program(rule)
    if made.has_matrices:
        return made
    if backend == "llvm":
        return fused(rule)
    early = backend != "numpy" or not rule.gradient_at_start or is_sure(made)
    return made if early else fused(rule)
