"""The head of the page: who does well over all problems, and how sure that is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.problem import Problem
from benchmarks.report.looks import Look
from benchmarks.report.markup import Cell, Head, TableRow, number_cell, plot, table
from benchmarks.report.profiles import WIDEST, ratios, scores
from benchmarks.report.section import named
from benchmarks.report.summary import Line, gap_text


def overview(problems: Sequence[Problem], lines: Sequence[Line], looks: Sequence[Look]) -> str:
    """Profiles, scores and final gaps; the script lets a reader choose suite, cost and methods."""
    return f"""<section id="overview">
<h2>Over all problems</h2>
<p>A pair is a problem with one of its three targets; its cost is what the median run had spent when
it reached the target. The performance profile shows the share of pairs that a method solved within
a factor of whoever was fastest there; the data profile, within a share of the budget.</p>
<p class="controls" data-for="overview"></p>
<div class="two">{plot("performance")}{plot("data")}</div>
<p>The score is the area under the performance profile, up to a factor of {WIDEST:g} on a
logarithmic axis: 1 for a method that is always the fastest, 0 for one that is never within that
factor. Intervals (95 %) are over problems, drawn again with replacement. Methods of one group
cannot be told apart from the best of that group by these problems.</p>
{_scores(problems, lines, looks)}
<p class="soft">A factor is to the fastest of the methods that take part: a method that is switched
off no longer counts as the fastest, and everything above is computed again.</p>
<h3>Final gaps</h3>
<p class="soft">Medians over seeds; those in green may be the best, as far as the seeds can tell.
A loss is shown where the least one is not known.</p>
{_matrix(problems, lines, looks)}
</section>"""


def costs(
    problems: Sequence[Problem], lines: Sequence[Line], names: Sequence[str], kind: str
) -> tuple[Array, list[str]]:
    """The costs of each (problem, target) pair, by method, with the problem of each pair.

    `kind` is gradients, steps or seconds.
    """
    at = {(line.problem, line.optimizer): line for line in lines}
    rows: list[list[float]] = []
    owners = []
    for problem in problems:
        for target in range(len(problem.targets)):
            rows.append([_cost(at.get((problem.name, name)), target, kind) for name in names])
            owners.append(problem.name)
    return np.array(rows).reshape(len(rows), len(names)), owners


def _cost(line: Line | None, target: int, kind: str) -> float:
    if line is None or target >= len(line.tolls):
        return math.inf
    return float(getattr(line.tolls[target], kind))


def _scores(problems: Sequence[Problem], lines: Sequence[Line], looks: Sequence[Look]) -> str:
    names = finishers(lines, looks)
    spent, owners = costs(problems, lines, names, "gradients")
    told: Any = scores(spent, owners)
    near = ratios(spent)
    order = sorted(range(len(names)), key=lambda at: -told[at].area)
    places = {look.name: at for at, look in enumerate(looks)}
    rows = []
    for at in order:
        its = told[at]
        cells = [
            named(names[at], places[names[at]]),
            Cell(str(its.group), "n"),
            Cell(f"{its.area:.3f}", "n"),
            Cell(f"{its.low:.3f} … {its.high:.3f}", "range"),
            Cell(_percent(float(np.mean(near[:, at] <= 1.0))), "n"),
            Cell(_percent(float(np.mean(np.isfinite(near[:, at])))), "n"),
        ]
        rows.append(TableRow(cells, f'data-o="{places[names[at]]}"'))
    heads = [
        Head("optimizer"),
        Head("group", "1: the best score, and all that these problems cannot tell from it"),
        Head("score", "area under the performance profile"),
        Head("95 % interval", "over problems drawn again with replacement"),
        Head("fastest on", "share of pairs on which nobody was faster"),
        Head("solved", "share of pairs solved at all"),
    ]
    return table(heads, rows, 'id="scores"')


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def finishers(lines: Sequence[Line], looks: Sequence[Look]) -> list[str]:
    """The names of those with finished runs, in the order of their looks."""
    finished = {line.optimizer for line in lines}
    return [look.name for look in looks if look.name in finished]


def _matrix(problems: Sequence[Problem], lines: Sequence[Line], looks: Sequence[Look]) -> str:
    names = finishers(lines, looks)
    places = {look.name: at for at, look in enumerate(looks)}
    at = {(line.problem, line.optimizer): line for line in lines}
    rows = [
        TableRow(
            [Cell(f'<a href="#problem-{problem.name}">{problem.name}</a>')]
            + [_gap(problem, at.get((problem.name, name)), places[name]) for name in names],
            f'data-tags="{" ".join(problem.groups)}"',
        )
        for problem in problems
    ]
    heads = [Head("problem"), *(Head(n, more=f'data-o="{places[n]}"') for n in names)]
    return table(heads, rows, 'id="gaps"')


def _gap(problem: Problem, line: Line | None, place: int) -> Cell:
    if line is None:
        return number_cell("–", math.inf)
    known = math.isfinite(line.gap[1])
    text = gap_text(problem, line.gap[1]) if known else line.state or "–"
    return number_cell(text, line.gap[1], "n lead" if line.leads else "n")
