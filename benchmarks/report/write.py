"""Everything a race leaves behind: results, manifest, figures and the page."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.engine.contestant import Contestant
from benchmarks.engine.contestants import enlist
from benchmarks.engine.plan import Plan
from benchmarks.engine.row import Row
from benchmarks.engine.store import write
from benchmarks.report.card import Card, card
from benchmarks.report.figures import draw
from benchmarks.report.looks import looks
from benchmarks.report.page import INTERRUPTED, LEFT_OUT, page
from benchmarks.report.results import curves, in_order, parquet, results
from benchmarks.report.summary import Line, summarize, whole_problems
from benchmarks.report.trials import searches


def report(
    plan: Plan,
    rows: Sequence[Row],
    facts: Mapping[str, Any],
    folder: Path,
    finished: bool,
    notices: Sequence[str] = (),
    figures: bool = False,
) -> list[Line]:
    """Write the results, the figures (`figures`: all of them) and index.html; return the lines.

    `notices` are what a reader has to know of this race, such as a problem that was left out.
    """
    rows = in_order(rows)
    contestants = [enlist(spec) for spec in plan.specs]
    lines, partial = whole_problems(summarize(rows), {each.name for each in contestants})
    _results(plan, rows, {**facts, "finished": finished, "notices": list(notices)}, folder)
    tried = searches(plan, rows)
    styles = looks(contestants)
    draw(plan, lines, tried, styles, folder / "figures", everything=figures)
    finishers = {line.optimizer for line in lines}
    cards = [_card(contestant) for contestant in contestants if contestant.name in finishers]
    told = [*([] if finished else [INTERRUPTED]), *map(LEFT_OUT.format, partial), *notices]
    write(folder / "index.html", page(plan, lines, tried, styles, cards, facts, told))
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


def _card(contestant: Contestant) -> Card:
    middle = {name: each.range.at(0.5) for name, each in contestant.space.items()}
    return card(contestant, middle)
