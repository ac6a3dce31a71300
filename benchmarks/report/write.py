"""Everything a race leaves behind: the table, results.json, the figures and the page."""

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
from benchmarks.report.figures import draw
from benchmarks.report.looks import looks
from benchmarks.report.page import INTERRUPTED, page
from benchmarks.report.summary import Line, summarize
from benchmarks.report.trials import searches
from benchmarks.row import Row
from benchmarks.store import write


def report(
    plan: Plan,
    rows: Sequence[Row],
    facts: Mapping[str, Any],
    folder: Path,
    finished: bool,
    notices: Sequence[str] = (),
    figures: bool = False,
) -> list[Line]:
    """Write results.json, the figures (`figures`: all of them) and index.html; return the lines.

    `notices` are what a reader of the page has to know first.
    """
    rows = sorted(rows, key=_place)
    lines = summarize(rows)
    write(folder / "results.json", _results(rows, lines, facts, finished))
    tried = searches(plan, rows)
    contestants = [enlist(spec) for spec in plan.specs]
    styles = looks(contestants)
    draw(plan, lines, tried, styles, folder / "figures", everything=figures)
    finishers = {line.optimizer for line in lines}
    cards = [_card(contestant) for contestant in contestants if contestant.name in finishers]
    told = [*([] if finished else [INTERRUPTED]), *notices]
    write(folder / "index.html", page(plan, lines, tried, styles, cards, facts, told))
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


def _card(contestant: Contestant) -> Card:
    middle = {name: each.range.at(0.5) for name, each in contestant.space.items()}
    return card(contestant, middle)
