"""The part of the page about one problem: its curves, its table, and how it was tuned."""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from benchmarks.engine.row import SETTLED
from benchmarks.problem import Problem
from benchmarks.report.markup import Cell, Head, TableRow, number_cell, plot, table, text_cell
from benchmarks.report.packed import quantity
from benchmarks.report.rates import measured, proven
from benchmarks.report.summary import Line, gap_text, number, whole
from benchmarks.report.table import first_line
from benchmarks.report.trials import NEAR, Searches, near

LONGEST = 200
"""Letters of a failed run's message."""


def named(name: str, place: int) -> Cell:
    """A cell with an optimizer's name, which leads to its derivation."""
    return Cell(f'<a class="name" href="#card-{place}">{escape(name)}</a>', value=name)


def section(
    problem: Problem,
    lines: Sequence[Line],
    searches: Searches,
    places: dict[str, int],
    budget: int,
    number_of: int,
) -> str:
    """The section of a problem, the `number_of`-th in the script's data."""
    rows = [
        TableRow(
            _cells(problem, line, searches, places[line.optimizer], budget),
            f'data-o="{places[line.optimizer]}"' + (' class="lead"' if line.leads else ""),
        )
        for line in lines
    ]
    return f"""<section id="problem-{problem.name}" data-tags="{" ".join(problem.groups)}">
<h3>{escape(problem.name)}</h3>
<p>{escape(problem.summary)} {_known(problem)} {budget} gradients for each run.</p>
{plot("convergence", number_of)}
{table(_heads(problem), rows, f'class="results" data-problem="{number_of}"')}
<div class="two">{plot("landscape", number_of)}{plot("sensitivity", number_of)}</div>
<p class="soft">Data: {escape(problem.data)}.</p>
</section>"""


def _known(problem: Problem) -> str:
    told = [
        "The least loss is not known; the loss itself is shown."
        if problem.minimum is None
        else f"The least loss is {problem.minimum:.6g}; the gap above it is shown."
    ]
    if problem.noisy:
        told.append(f"Gradients are noisy: shown is the mean over the latest {SETTLED}.")
    if problem.smoothness is not None and problem.convexity is not None:
        told.append(f"Curvatures lie between {problem.convexity:.4g} and {problem.smoothness:.4g}.")
    return " ".join(told)


def _heads(problem: Problem) -> list[Head]:
    tolls = [
        Head(
            f"gradients to {target:g}",
            f"gradients until the {quantity(problem)} {target:g}",
            f'data-toll="{target:g}"',
        )
        for target in problem.targets
    ]
    return [
        Head("optimizer"),
        Head(quantity(problem), "median over seeds"),
        Head("quartiles", "over seeds"),
        Head(
            problem.measure.name,
            f"{problem.measure.average} over seeds, failed runs count as the worst; no optimizer "
            "sees it",
        ),
        *tolls,
        Head(
            "µs/gradient",
            "the optimizer's own time for each gradient, the problem's time taken out",
        ),
        *_rate_heads(problem),
        Head("near best", f"share of trials that ended within a factor {NEAR:g} of the best"),
        Head("tuned to"),
    ]


def _has_rate(problem: Problem) -> bool:
    return problem.quadratic and not problem.noisy


def _rate_heads(problem: Problem) -> list[Head]:
    if not _has_rate(problem):
        return []
    return [
        Head("rate", "the factor by which the median gap falls with a gradient, late in the run"),
        Head("its theory", "that factor by the spectral radius of the step that ran"),
    ]


def _rates(problem: Problem, line: Line, budget: int) -> list[Cell]:
    if not _has_rate(problem):
        return []
    rates = measured(problem, line, budget), proven(problem, line)
    return [number_cell(f"{rate:.4f}" if math.isfinite(rate) else "–", rate) for rate in rates]


def _cells(problem: Problem, line: Line, searches: Searches, place: int, budget: int) -> list[Cell]:
    low, middle, high = (gap_text(problem, gap) for gap in line.gap)
    told = _chosen(line.parameters)
    if line.state:
        said = first_line(line.message)[:LONGEST]
        told = f"{line.state}: {said}; {told}" if said else line.state
    share = near(searches.get((line.problem, line.optimizer), ()))
    return [
        named(line.optimizer, place),
        number_cell(middle, line.gap[1]),
        Cell(f"{low} … {high}", "range", line.gap[0] if math.isfinite(line.gap[0]) else math.inf),
        number_cell(number(line.measure), line.measure),
        *(number_cell(whole(toll.gradients), toll.gradients, "n toll") for toll in line.tolls),
        *(Cell("–", "n toll", math.inf) for _ in problem.targets[len(line.tolls) :]),
        number_cell(whole(line.own_microseconds), line.own_microseconds),
        *_rates(problem, line, budget),
        number_cell(f"{100 * share:.0f} %" if math.isfinite(share) else "–", share),
        text_cell(told, "words"),
    ]


def _chosen(parameters: dict[str, float]) -> str:
    """Hyperparameters in a line."""
    return ", ".join(f"{name} {value:.4g}" for name, value in parameters.items())
