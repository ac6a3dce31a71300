"""The command: `python -m benchmarks`, and `hermosis race`, which hands its arguments here."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.engine.check import sound
from benchmarks.engine.claim import claimed
from benchmarks.engine.command import Command
from benchmarks.engine.estimate import forecast
from benchmarks.engine.exits import INTERRUPTED, status_of
from benchmarks.engine.plan import Plan
from benchmarks.engine.progress import shown
from benchmarks.engine.race import race
from benchmarks.engine.row import Row
from benchmarks.engine.runner import Runner
from benchmarks.engine.store import Store
from benchmarks.errors import StorageError
from benchmarks.report.compare import main as compare
from benchmarks.report.manifest import manifest
from benchmarks.report.scores import main as scores
from benchmarks.report.summary import summarize
from benchmarks.report.table import tables
from benchmarks.report.write import report

COMMANDS = {"compare": compare, "scores": scores}


def main(argv: Sequence[str] | None = None) -> int:
    """Race as `argv` says.

    Returns 0 when finished, 2 for a request that cannot be met, 130 after Ctrl-C, 141 where nobody
    reads the output any more.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    return status_of(lambda: _obeyed(words))


def _obeyed(words: Sequence[str]) -> int:
    if words[:1] and words[0] in COMMANDS:
        return COMMANDS[words[0]](words[1:])
    command = Command(words)
    with claimed(command.folder), command.place() as place:
        return _run(command, Runner(Store(command.folder / "cells"), place), words)


def _run(command: Command, runner: Runner, words: Sequence[str]) -> int:
    print("Each problem's gradient is checked, and a short run timed …", file=sys.stderr)
    problems, left_out = sound(command.problems)
    for text in left_out:
        runner.notice(text)
    plan = command.plan(problems)
    facts = manifest(plan, words, runner.place.at_once)
    print(forecast([plan], runner.place.at_once), file=sys.stderr, flush=True)
    rows: list[Row] = []
    finished = False
    try:
        for row in shown(race(plan, runner), plan.cells):
            rows.append(row)
        finished = True
    except KeyboardInterrupt:
        print(f"\nInterrupted after {len(rows)} of {plan.cells} runs.", file=sys.stderr)
    _tell(plan, rows, finished, runner, command, facts)
    return 0 if finished else INTERRUPTED


def _tell(
    plan: Plan,
    rows: Sequence[Row],
    finished: bool,
    runner: Runner,
    command: Command,
    facts: Mapping[str, Any],
) -> None:
    folder = command.folder
    try:
        lines = report(plan, rows, facts, folder, finished, runner.notices, command.figures)
    except OSError as error:
        print(tables(plan.problems, summarize(rows)))
        raise StorageError(
            f"the report cannot be written to {folder} ({error.strerror}); free some space, or "
            "give another folder with -o, and run the same command: finished runs are kept."
        ) from error
    print(tables(plan.problems, lines) or "Only tuning runs have finished: nothing to report yet.")
    print(f"\nThe page: {folder / 'index.html'}")
    if not finished:
        print("The same command continues where it stopped.")


if __name__ == "__main__":
    sys.exit(main())
