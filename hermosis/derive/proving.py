"""The table of proofs, each made and checked now, on as many processes as are asked for."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivations.proofs.proof import Proof


@dataclass(frozen=True)
class Verdict:
    """What came of one proof, as text that can be sent between processes."""

    proved: bool
    text: str


def verdicts(model: str | None = None, jobs: int = 1) -> Iterator[Verdict]:
    """Yield what came of every reduction and erratum, in order, and of those of a user's class.

    `model` is a built-in Hamiltonian or `path/to/file.py:Class`; `jobs` is how many processes
    work. Raises `LoadingError` where the class cannot be loaded.
    """
    if model is not None:
        from hermosis.derive.loading import load

        load(model)  # refused before any work is done
    tasks = _tasks(model)
    if jobs > 1 and "fork" in multiprocessing.get_all_start_methods():
        context = multiprocessing.get_context("fork")
        with ProcessPoolExecutor(min(jobs, len(tasks)), mp_context=context) as pool:
            for found in pool.map(_judged, tasks):
                yield from found
    else:
        for task in tasks:
            yield from _judged(task)


def cores() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _tasks(model: str | None) -> list[tuple[str, str]]:
    """Name every proof by its kind and key, which another process makes it from."""
    from derivations.proofs.errata import ERRATA
    from derivations.reductions import PROOFS

    named = [("reduction", name) for name in PROOFS]
    found = [*named, *(("erratum", str(number)) for number in range(len(ERRATA)))]
    return found if model is None else [*found, ("class", model)]


def _judged(task: tuple[str, str]) -> list[Verdict]:
    return [_verdict(proof) for proof in _made(*task)]


def _made(kind: str, name: str) -> Iterable[Proof]:
    """Make the proofs of one task."""
    if kind == "reduction":
        from derivations.reductions import PROOFS

        return (PROOFS[name](),)
    if kind == "erratum":
        from derivations.proofs.errata import ERRATA

        return (ERRATA[int(name)](),)
    from hermosis.derive.loading import load

    return load(name).reductions()


def _verdict(proof: Proof) -> Verdict:
    """Check every step, and say which one does not hold."""
    lines = [f"{'proved' if proof.proved else 'FAILED'}  {proof.name}: {proof.claim}"]
    for step in (step for step in proof.steps if not step.holds):
        lines.append(f"        not shown: {step.claim}: {step.left} {step.sign} {step.shown}")
        if step.obstacle:
            lines.append(f"        {step.obstacle}")
    return Verdict(proof.proved, "\n".join(lines))
