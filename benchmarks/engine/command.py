"""What the command line asks for: the plan, the place, the folder."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from benchmarks.engine.arguments import positive
from benchmarks.engine.cluster import Cluster
from benchmarks.engine.contestants import line_up
from benchmarks.engine.places import Here, Place, Processes, cores
from benchmarks.engine.plan import FIRST_TUNING_SEED, Plan, seeds
from benchmarks.problem import Problem, select_problems


class Command:
    """A command line that has been read; raises `RaceError` for what it names in vain."""

    def __init__(self, words: Sequence[str]) -> None:
        asked = _parser().parse_intermixed_args(words)
        self._asked = asked
        self.folder = Path(asked.output)
        self.jobs: int = asked.jobs or cores()
        self.figures: bool = asked.figures
        self.problems = select_problems(asked.problems)
        self.specs = line_up(asked.optimizer)

    def plan(self, problems: Sequence[Problem]) -> Plan:
        """The race on these problems."""
        asked, full = self._asked, self._asked.full
        return Plan(
            problems=problems,
            specs=self.specs,
            trials=asked.trials or (60 if full else 18),
            tuning_seeds=seeds(2 if full else 1, FIRST_TUNING_SEED),
            report_seeds=seeds(asked.seeds or (10 if full else 3)),
            budget=asked.budget,
            quick=not full,
        )

    def place(self) -> Place:
        """Where it is to run."""
        if self._asked.dask:
            return Cluster(self._asked.dask)
        return Processes(self.jobs) if self.jobs > 1 else Here()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks",
        description="Race optimizers on the same problems with the same budgets. Finished runs "
        "are kept in the folder: stop at any time, and the same command continues.",
    )
    parser.add_argument(
        "problems",
        nargs="*",
        metavar="SUITE",
        help="suites, tags or names of problems, such as real, rgd, booth; all",
    )
    parser.add_argument(
        "--optimizer",
        action="append",
        default=[],
        metavar="NAME | path.py:Class",
        help="race only these; guests enter as torch:NAME, optax:NAME or scipy:NAME, and a class "
        "of your own joins the field (repeatable)",
    )
    parser.add_argument("--budget", type=positive, metavar="N", help="gradients for each run")
    parser.add_argument("--seeds", type=positive, metavar="N", help="runs to report (3; full: 10)")
    parser.add_argument(
        "--trials", type=positive, metavar="N", help="trials of each search (18; full: 60)"
    )
    parser.add_argument("--jobs", type=positive, metavar="N", help="processes (one for each core)")
    parser.add_argument(
        "--dask",
        metavar="ADDRESS",
        help="run on the workers of this Dask scheduler; start them in a checkout of the same "
        "commit: dask worker ADDRESS --nthreads 1",
    )
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true", help="a few minutes; so unless told")
    size.add_argument("--full", action="store_true", help="whole budgets, more trials and seeds")
    parser.add_argument(
        "--figures", action="store_true", help="draw every figure for papers: PNG, landscapes"
    )
    parser.add_argument("-o", "--output", metavar="DIR", default="report", help="folder (report)")
    return parser
