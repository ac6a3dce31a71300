"""The command: `python -m benchmarks`, and `hermosis race`, which hands its arguments here."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.arguments import positive
from benchmarks.contestants import line_up
from benchmarks.errors import RaceError
from benchmarks.plan import FIRST_TUNING_SEED, Plan, seeds
from benchmarks.problem import select_problems
from benchmarks.progress import shown
from benchmarks.race import race
from benchmarks.report.compare import main as compare
from benchmarks.report.manifest import manifest
from benchmarks.report.table import tables
from benchmarks.report.write import report
from benchmarks.runner import Runner
from benchmarks.store import Store

QUICK_BUDGET = 200
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Race as `argv` says.

    Returns 0 when finished, 2 for a request that cannot be met, 130 after Ctrl-C.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        if arguments[:1] == ["compare"]:
            return compare(arguments[1:])
        return _run(_parser().parse_args(arguments), arguments)
    except RaceError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2


def _run(asked: argparse.Namespace, argv: Sequence[str]) -> int:
    plan = _plan(asked)
    folder = Path(asked.output)
    runner = Runner(Store(folder / "cells"), asked.jobs, asked.dask)
    rows = []
    finished = False
    try:
        for row in shown(race(plan, runner), plan.cells):
            rows.append(row)
        finished = True
    except KeyboardInterrupt:
        print(f"\nInterrupted after {len(rows)} of {plan.cells} runs.", file=sys.stderr)
    facts = manifest(plan, argv, asked.jobs)
    lines = report(plan, rows, facts, folder, finished, runner.warnings, asked.figures)
    print(tables(plan.problems, lines) or "Only tuning runs have finished: nothing to report yet.")
    print(f"\nThe page: {folder / 'index.html'}")
    if not finished:
        print("The same command continues where it stopped.")
    return 0 if finished else INTERRUPTED


def _plan(asked: argparse.Namespace) -> Plan:
    problems = select_problems(asked.problems)
    return Plan(
        problems=problems,
        specs=line_up(asked.optimizer),
        trials=100 if asked.full else 18,
        tuning_seeds=seeds(2 if asked.full else 1, FIRST_TUNING_SEED),
        report_seeds=seeds(asked.seeds or (10 if asked.full else 3)),
        budget=asked.budget or (None if asked.full else QUICK_BUDGET),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Race optimizers on the same problems with the same budgets.",
    )
    parser.add_argument(
        "problems", nargs="*", metavar="PROBLEM", help="names or groups, such as digits; all"
    )
    parser.add_argument(
        "--optimizer",
        action="append",
        default=[],
        metavar="NAME | path.py:Class",
        help="race only these; a class of your own joins the field (repeatable)",
    )
    parser.add_argument("--budget", type=positive, metavar="N", help="gradients for each run")
    parser.add_argument("--seeds", type=positive, metavar="N", help="runs to report (5)")
    parser.add_argument(
        "--jobs", type=positive, metavar="N", default=os.cpu_count() or 1, help="processes"
    )
    parser.add_argument("--dask", metavar="ADDRESS", help="the scheduler of a Dask cluster")
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a few minutes; so unless told")
    size.add_argument("--full", action="store_true", help="whole budgets, more trials and seeds")
    parser.add_argument(
        "--figures", action="store_true", help="draw every figure for papers: PNG, landscapes"
    )
    parser.add_argument("-o", "--output", metavar="DIR", default="report", help="folder (report)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
