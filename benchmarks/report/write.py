"""Everything a race leaves behind: the table, results.json, the curves and the page."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.contestant import Contestant
from benchmarks.contestants import enlist
from benchmarks.plan import Plan
from benchmarks.report.card import Card, card
from benchmarks.report.page import page
from benchmarks.report.plots import figures, styles
from benchmarks.report.summary import Line, of_problem, summarize
from benchmarks.row import Row
from benchmarks.store import write


def report(
    plan: Plan, rows: Sequence[Row], facts: Mapping[str, Any], folder: Path, finished: bool
) -> list[Line]:
    """Write results.json, a PNG and an SVG per problem, and index.html; return the lines."""
    rows = sorted(rows, key=_place)
    lines = summarize(rows)
    write(folder / "results.json", _results(rows, lines, facts, finished))
    svgs = _curves(plan, lines, folder)
    finishers = {line.optimizer for line in lines}
    cards = [_card(c) for c in map(enlist, plan.specs) if c.name in finishers]
    write(folder / "index.html", page(plan.problems, lines, svgs, cards, facts, finished))
    return lines


def _results(
    rows: Sequence[Row], lines: Sequence[Line], facts: Mapping[str, Any], finished: bool
) -> str:
    content = {
        "manifest": dict(facts),
        "finished": finished,
        "summary": [dataclasses.asdict(line) for line in lines],
        "rows": [dataclasses.asdict(row) for row in rows],
    }
    return json.dumps(_plain(content), indent=1, allow_nan=False)


def _place(row: Row) -> tuple[Any, ...]:
    """Where a row stands in the results: the same whatever the order in which runs finished."""
    return row.problem, row.optimizer, row.stage, tuple(row.parameters.items()), row.seed


def _plain(content: Any) -> Any:
    """The same with None for what JSON has no number for."""
    if isinstance(content, dict):
        return {key: _plain(value) for key, value in content.items()}
    if isinstance(content, (list, tuple)):
        return [_plain(value) for value in content]
    if isinstance(content, float) and not math.isfinite(content):
        return None
    return content


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
