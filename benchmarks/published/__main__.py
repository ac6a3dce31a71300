"""The command: `python -m benchmarks.published`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.arguments import positive
from benchmarks.errors import RaceError
from benchmarks.places import Here, Processes
from benchmarks.plan import Plan
from benchmarks.problem import Problem, select_problems
from benchmarks.progress import shown
from benchmarks.published.family import numbers
from benchmarks.published.numbers import COLUMNS, EQUAL_TRIALS, NUMBERS, TRIALS
from benchmarks.published.page import page
from benchmarks.published.run import plan_of, rows_of, values
from benchmarks.report.manifest import commit, processor
from benchmarks.row import Row
from benchmarks.runner import Runner
from benchmarks.store import Store, write

NAMES = (*COLUMNS, "relativistic", "Hamiltonian descent", "Adam", "AdaBelief", "rest mass")
"""Who takes part at equal budgets."""
EVERYONE = ("all", EQUAL_TRIALS)


def main(argv: Sequence[str] | None = None) -> int:
    """Race the published problems as `argv` says, and write the page."""
    asked = _parser().parse_args(argv)
    try:
        chosen = [p for p in select_problems(asked.problems or ["rgd"]) if p.name in NUMBERS]
        with Processes(asked.jobs) if asked.jobs > 1 else Here() as place:
            runner = Runner(Store(Path(asked.cells)), place)
            own = _raced([plan_of(chosen, n, _share(k, asked)) for n, k in TRIALS.items()], runner)
            equal = _raced(_equal(chosen, asked), runner)
    except RaceError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    facts = (
        f"written {datetime.now(UTC).isoformat(timespec='seconds')}, commit {commit() or 'none'}, "
        f"{processor()}."
    )
    trials = {name: _share(count, asked) for name, count in (*TRIALS.items(), EVERYONE)}
    path = Path(asked.output) / "published.md"
    write(path, page(values(own), values(equal), trials, tuple(numbers()), facts))
    print(path.read_text(encoding="utf-8"))
    return 0


def _equal(problems: Sequence[Problem], asked: argparse.Namespace) -> list[Plan]:
    return [plan_of(problems, name, _share(EQUAL_TRIALS, asked)) for name in NAMES]


def _share(trials: int, asked: argparse.Namespace) -> int:
    return max(4, round(trials * asked.share))


def _raced(plans: Sequence[Plan], runner: Runner) -> list[Row]:
    return list(shown(rows_of(plans, runner), sum(plan.cells for plan in plans)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.published",
        description="Race the published table of relativistic gradient descent again. Finished "
        "runs are kept: the same command continues.",
    )
    parser.add_argument("problems", nargs="*", metavar="PROBLEM", help="of the suite rgd; all")
    parser.add_argument(
        "--share", type=float, default=1.0, metavar="S", help="of the evaluations, for a look (1)"
    )
    parser.add_argument("--jobs", type=positive, default=os.cpu_count() or 1, metavar="N")
    parser.add_argument("--cells", default="report/published", metavar="DIR")
    parser.add_argument("-o", "--output", default="docs/race", metavar="DIR")
    return parser


if __name__ == "__main__":
    sys.exit(main())
