"""`hermosis race scores FOLDER [SUITE ...]`: who was fast on how many of these problems."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.engine.contestants import KINDS
from benchmarks.errors import UnknownOptimizer, UnreadableResults
from benchmarks.problem import select_problems
from benchmarks.report.markup import count
from benchmarks.report.overview import costs
from benchmarks.report.page import LEFT_OUT
from benchmarks.report.profiles import behind, ratios, scores
from benchmarks.report.read import read_rows, told
from benchmarks.report.summary import Line, summarize, whole_problems
from benchmarks.report.table import aligned

COSTS = ("gradients", "steps", "seconds")


def main(argv: Sequence[str]) -> int:
    """Print the scores; raises `UnreadableResults` or `UnknownProblem`."""
    asked = _parser().parse_args(argv)
    lines = _lines(Path(asked.folder))
    raced = {line.problem for line in lines}
    problems = [p for p in select_problems(asked.problems) if p.name in raced]
    if not problems:
        raise UnreadableResults(
            f"{asked.folder} has no runs of {' or '.join(asked.problems)}; its problems: "
            f"{', '.join(sorted(raced))}."
        )
    names = _names(lines)
    if asked.against not in (None, *names):
        raise UnknownOptimizer(
            f"{asked.folder} has no runs of {asked.against!r}; its optimizers: {', '.join(names)}."
        )
    spent, owners = costs(problems, lines, names, asked.cost)
    areas, near = scores(spent, owners), ratios(spent)
    order = sorted(range(len(names)), key=lambda at: -areas[at].area)
    leader = names.index(asked.against) if asked.against else order[0]
    apart = behind(spent, owners, leader)
    head = ["optimizer", "score", "95 % interval", "group", "fastest on", "solved"]
    body = [
        [
            names[at],
            f"{areas[at].area:.2f}",
            f"{areas[at].low:.2f} … {areas[at].high:.2f}",
            str(areas[at].group),
            f"{100 * np.mean(near[:, at] <= 1.0):.0f} %",
            f"{100 * np.mean(np.isfinite(near[:, at])):.0f} %",
            f"{apart[at][0]:+.2f} ({apart[at][1]:+.2f} … {apart[at][2]:+.2f})",
        ]
        for at in order
    ]
    counted = f"{count(len(problems), 'problem')}, {len(spent)} targets, by {asked.cost}:"
    print("\n".join([counted, *aligned([[*head, f"behind {names[leader]}"], *body])]))
    return 0


def _lines(folder: Path) -> list[Line]:
    """The race's lines on problems that it has finished; what a reader has to know goes before."""
    rows = read_rows(folder)
    lines, partial = whole_problems(summarize(rows), {row.optimizer for row in rows})
    for notice in (*told(folder), *map(LEFT_OUT.format, partial)):
        print(notice, file=sys.stderr)
    return lines


def _names(lines: Sequence[Line]) -> list[str]:
    kinds = {line.optimizer: line.kind for line in lines}
    return sorted(kinds, key=lambda name: (KINDS.index(kinds[name]), name))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks scores",
        description="Areas under the performance profiles of a race, on all of its problems or "
        "on some: 1 for a method that is the fastest to every target.",
    )
    parser.add_argument("folder", metavar="FOLDER", help="what a race wrote")
    parser.add_argument("problems", nargs="*", metavar="SUITE", help="suites, tags, names; all")
    parser.add_argument("--cost", choices=COSTS, default=COSTS[0], help="(gradients)")
    parser.add_argument("--against", metavar="NAME", help="compare with this one (the best)")
    return parser
