"""Two races side by side as one HTML page, in the style of the race's own."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from string import Template

from benchmarks.report.comparison import Pair, log_ratio
from benchmarks.report.markup import (
    HERE,
    Cell,
    Head,
    TableRow,
    number_cell,
    script,
    style,
    table,
    text_cell,
)
from benchmarks.report.summary import number, signed, whole

WIDTH, HEIGHT = 140, 14
REACH = 6.0
"""Decades to each side that a bar can show."""


def compare_page(
    first: str,
    second: str,
    found: Sequence[Pair],
    facts: Mapping[str, tuple[str, str]],
    counted: str,
) -> str:
    """The page as text: what differs between the races, then every pair."""
    template = Template((HERE / "compare.html").read_text(encoding="utf-8"))
    return template.substitute(
        style=style(),
        first=escape(first),
        second=escape(second),
        counted=escape(counted),
        facts=_facts(facts),
        pairs=_pairs(found),
        script=script("sorting"),
    )


def _facts(facts: Mapping[str, tuple[str, str]]) -> str:
    if not facts:
        return "<p>Nothing: versions, machine, seeds, budgets and commit are the same.</p>"
    rows = [
        TableRow([text_cell(name), *(text_cell(text or "not told", "words") for text in two)])
        for name, two in facts.items()
    ]
    return table([Head("fact"), Head("A"), Head("B")], rows)


def _pairs(found: Sequence[Pair]) -> str:
    finite = [abs(end) for pair in found for end in (pair.low, pair.high) if math.isfinite(end)]
    reach = min(max([*finite, 0.1]), REACH)
    heads = [
        Head("problem"),
        Head("optimizer"),
        Head("gap A", "median over seeds"),
        Head("gap B", "median over seeds"),
        Head("log₁₀ B/A", "below 0: B ended lower"),
        Head("95 % interval", f"over seeds; the line is 0, the ends are ±{reach:.1f} decades"),
        Head("lower"),
        Head("gradients A", "until the last target that either race reached"),
        Head("gradients B", "until the last target that either race reached"),
        Head("log₁₀ B/A", "of the gradients"),
    ]
    return table(heads, [_row(pair, reach) for pair in found], 'id="pairs"')


def _row(pair: Pair, reach: float) -> TableRow:
    spent = log_ratio(*pair.gradients)
    cells = [
        text_cell(pair.problem),
        text_cell(pair.optimizer),
        *(number_cell(number(gap), gap) for gap in pair.gaps),
        number_cell(signed(pair.ratio), pair.ratio),
        Cell(_bar(pair, reach), "", pair.low if math.isfinite(pair.low) else math.inf),
        Cell(pair.verdict, "lead" if pair.verdict in "AB" else "soft"),
        *(number_cell(whole(each), each) for each in pair.gradients),
        number_cell(signed(spent), spent),
    ]
    return TableRow(cells, f'data-verdict="{pair.verdict}"')


def _bar(pair: Pair, reach: float) -> str:
    """The interval as a bar around a line at 0, with its numbers for those who cannot see it."""
    if math.isnan(pair.low):
        return "too few seeds"
    told = f"{signed(pair.low)} … {signed(pair.high)}"
    ends = [_place(end, reach) for end in (pair.low, pair.high)]
    middle = _place(pair.ratio, reach) if not math.isnan(pair.ratio) else ends[0]
    return (
        f'<svg class="bar-{pair.verdict}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">'
        f"<title>{told}</title>"
        f'<line class="zero" x1="{WIDTH / 2:g}" x2="{WIDTH / 2:g}" y1="0" y2="{HEIGHT}"/>'
        f'<line class="span" x1="{ends[0]:.1f}" x2="{ends[1]:.1f}" y1="7" y2="7"/>'
        f'<circle cx="{middle:.1f}" cy="7" r="3.5"/></svg>'
    )


def _place(value: float, reach: float) -> float:
    inside = min(max(value / reach, -1.0), 1.0)
    return WIDTH / 2 + inside * (WIDTH / 2 - 5)
