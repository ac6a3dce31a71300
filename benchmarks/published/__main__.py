"""The command: `python -m benchmarks.published`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.engine.arguments import positive, share
from benchmarks.engine.check import sound
from benchmarks.engine.claim import claimed
from benchmarks.engine.estimate import forecast, in_words
from benchmarks.engine.exits import status_of
from benchmarks.engine.places import Here, Processes, cores
from benchmarks.engine.progress import shown
from benchmarks.engine.runner import Runner
from benchmarks.engine.store import Store, write
from benchmarks.engine.versions import versions
from benchmarks.errors import StorageError, UnknownProblem
from benchmarks.problem import Problem, select_problems
from benchmarks.published.family import numbers, raced
from benchmarks.published.numbers import COLUMNS, EQUAL_TRIALS, NUMBERS, SEARCHES, TRIALS
from benchmarks.published.page import page
from benchmarks.published.run import plan_of, rows_of, seconds_of_search, values
from benchmarks.report.manifest import commit, processor

NAMES = (*COLUMNS, "relativistic", "Hamiltonian descent", "Adam", "AdaBelief", "rest mass")
"""Who takes part at equal budgets."""
EVERYONE = ("all", EQUAL_TRIALS)
LIBRARIES = ("numpy", "numba", "optuna")
"""Whose versions the page states."""
DOCS = Path("docs/race")
"""Where the page of the whole table goes."""


def main(argv: Sequence[str] | None = None) -> int:
    """Race the published problems as `argv` says, and write the page.

    Returns 0 when finished, 2 for a request that cannot be met, 130 after Ctrl-C, 141 where nobody
    reads the page.
    """
    return status_of(lambda: _obeyed(_parser().parse_args(argv)))


def _obeyed(asked: argparse.Namespace) -> int:
    folder, jobs, target = Path(asked.cells), asked.jobs or cores(), _place(asked)
    _make_room(target)
    with claimed(folder), Processes(jobs) if jobs > 1 else Here() as place:
        text = _raced(asked, Runner(Store(folder / "cells"), place))
        _keep(text, target)
    print(text)
    return 0


def _raced(asked: argparse.Namespace, runner: Runner) -> str:
    """The page, once all runs are made."""
    problems, left_out = sound(_chosen(asked.problems))
    for text in left_out:
        runner.notice(text)
    trials = {name: _share(count, asked) for name, count in (*TRIALS.items(), EVERYONE)}
    own = [plan_of(problems, name, trials[name]) for name in TRIALS]
    equal = [plan_of(problems, name, trials["all"]) for name in NAMES]
    again = [plan_of(problems, "RGD", trials["RGD"], seed) for seed in SEARCHES]
    begun, every = datetime.now(UTC).isoformat(timespec="seconds"), [*own, *again, *equal]
    facts = [f"begun {begun}", f"commit {commit() or 'none'}", processor()]
    facts += [f"{name} {version}" for name, version in versions(LIBRARIES).items()]
    print(forecast(every, runner.place.at_once), file=sys.stderr)
    print(
        f"The searches take {in_words(seconds_of_search(every))} more.", file=sys.stderr, flush=True
    )
    first, second, *others = (
        values(list(shown(rows_of(plans, runner), sum(plan.cells for plan in plans))))
        for plans in (own, equal, *([plan] for plan in again))
    )
    known = [*numbers(), *(() if asked.problems else raced(runner, asked.share))]
    return page(first, second, trials, known, f"{', '.join(facts)}.", runner.notices, others)


def _chosen(words: Sequence[str]) -> list[Problem]:
    """The problems of the table that are named; raises `UnknownProblem` for a name of none."""
    for word in words:
        if word not in NUMBERS:
            raise UnknownProblem(
                f"no problem of the published table is called {word!r}. Its problems: "
                f"{', '.join(NUMBERS)}."
            )
    return [p for p in select_problems(["rgd"]) if p.name in (words or NUMBERS)]


def _share(trials: int, asked: argparse.Namespace) -> int:
    return max(4, round(trials * asked.share))


def _place(asked: argparse.Namespace) -> Path:
    """Where the page goes: that of a part of the table does not take the place of the whole."""
    whole = not asked.problems and asked.share == 1.0
    return Path(asked.output or (DOCS if whole else asked.cells)) / "published.md"


def _make_room(path: Path) -> None:
    """Make the page's folder, before hours go by; raises `StorageError` if that fails."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"{path.parent} is no folder and cannot be made one ({error.strerror}); give another "
            "with -o."
        ) from error


def _keep(text: str, path: Path) -> None:
    try:
        write(path, text)
    except OSError as error:
        print(text)
        raise StorageError(
            f"{path} cannot be written ({error.strerror}); free some space, or give another "
            "folder with -o, and run the same command: finished runs are kept."
        ) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.published",
        description="Race the published table of relativistic gradient descent again. Finished "
        "runs are kept: the same command continues.",
    )
    parser.add_argument("problems", nargs="*", metavar="PROBLEM", help="of the suite rgd; all")
    parser.add_argument(
        "--share", type=share, default=1.0, metavar="S", help="of the evaluations, for a look (1)"
    )
    parser.add_argument("--jobs", type=positive, metavar="N", help="processes (one for each core)")
    parser.add_argument(
        "--cells", default="report/published", metavar="DIR", help="where finished runs are kept"
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR",
        help=f"where the page goes ({DOCS}; for a part of the table, beside the runs)",
    )  # fmt: skip
    return parser


if __name__ == "__main__":
    sys.exit(main())
