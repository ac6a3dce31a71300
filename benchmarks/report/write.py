"""Everything a race leaves behind: results, manifest, curves and the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.contestant import Contestant
from benchmarks.contestants import enlist
from benchmarks.plan import Plan
from benchmarks.report.card import Card, card
from benchmarks.report.page import page
from benchmarks.report.plots import figures, styles
from benchmarks.report.results import curves, in_order, parquet, results
from benchmarks.report.summary import Line, of_problem, summarize
from benchmarks.row import Row
from benchmarks.store import write


def report(
    plan: Plan,
    rows: Sequence[Row],
    facts: Mapping[str, Any],
    folder: Path,
    finished: bool,
    notices: Sequence[str],
) -> list[Line]:
    """Write the results, a PNG and an SVG per problem, and index.html; return the lines.

    `notices` are what a reader has to know of this race, such as a problem that was left out.
    """
    rows = in_order(rows)
    lines = summarize(rows)
    _results(plan, rows, {**facts, "finished": finished, "notices": list(notices)}, folder)
    svgs = _curves(plan, lines, folder)
    finishers = {line.optimizer for line in lines}
    cards = [_card(c) for c in map(enlist, plan.specs) if c.name in finishers]
    html = page(plan.problems, lines, svgs, cards, facts, finished, notices)
    write(folder / "index.html", html)
    return lines


def _results(plan: Plan, rows: Sequence[Row], facts: Mapping[str, Any], folder: Path) -> None:
    targets = {problem.name: problem.targets for problem in plan.problems}
    write(folder / "results.csv", results(rows, targets))
    write(folder / "curves.csv", curves(rows))
    columns = parquet(rows, targets)
    if columns is None:
        (folder / "results.parquet").unlink(missing_ok=True)
    else:
        write(folder / "results.parquet", columns)
    facts = {**facts, "parquet": columns is not None}
    write(folder / "manifest.json", json.dumps(facts, indent=1, allow_nan=False) + "\n")


def _curves(plan: Plan, lines: Sequence[Line], folder: Path) -> dict[str, bytes]:
    contestants = [enlist(spec) for spec in plan.specs]
    style = styles([(contestant.name, contestant.kind) for contestant in contestants])
    svgs = {}
    for problem in plan.problems:
        its = of_problem(lines, problem.name)
        if its:
            drawn = figures(problem, its, plan.budget_of(problem), style)
            for kind, content in drawn.items():
                write(folder / f"{problem.name}.{kind}", content)
            svgs[problem.name] = drawn["svg"]
    return svgs


def _card(contestant: Contestant) -> Card:
    middle = {name: each.range.at(0.5) for name, each in contestant.space.items()}
    return card(contestant, middle)
