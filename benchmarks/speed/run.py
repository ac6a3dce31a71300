"""The run: every case of the plan in order, kept as it finishes, then the report."""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.engine.versions import versions
from benchmarks.speed.manifest import LIBRARIES, load_average, manifest
from benchmarks.speed.parts import cases
from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.progress import shown
from benchmarks.speed.report import report
from benchmarks.speed.row import Row
from benchmarks.speed.threads import blas
from benchmarks.speed.unfinished import Unfinished, key

KEPT = "unfinished.json"
BUSY = 0.5
"""A load average from which on times of several threads mean little."""


def run(plan: Plan, folder: Path, argv: Sequence[str]) -> list[Row]:
    """Measure what an interrupted run of the same plan has not, write the report, return the rows.

    Files of an earlier report stay as they are until all is measured.
    """
    kept = Unfinished(folder / KEPT, key(plan, versions(LIBRARIES)))
    rows: list[Row] = []
    load = load_average()
    if load is not None and load > BUSY:
        print(f"The load average is {load}: others run here, and times will scatter.",
              file=sys.stderr)  # fmt: skip
    with blas(plan.threads):
        for case in shown(cases(plan)):
            found = kept.get(case.label)
            if found is None:
                found = measured(case, plan.threads)
                kept.put(case.label, found)
            rows += found
    report(rows, manifest(plan, argv, load), folder)
    kept.remove()
    return rows


def measured(case: Case, threads: int) -> list[Row]:
    """The rows of a case; if it cannot even begin, one row that says why."""
    try:
        return case.measure()
    except Exception as error:  # the other cases go on
        status = f"raised {type(error).__name__}: {error}"
        return [Row(case.part, case.method, case.dtype, case.n, "all", threads, status=status)]
    finally:
        gc.collect()
