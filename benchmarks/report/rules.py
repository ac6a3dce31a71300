"""The end of the page: how it was raced, where everyone was searched, how to run it again."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from benchmarks.engine.contestants import enlist
from benchmarks.engine.plan import Plan
from benchmarks.engine.quantity import Quantity, Range
from benchmarks.engine.row import HIGHER, SETTLED
from benchmarks.report.markup import Cell, Head, TableRow, count, definitions, table, text_cell

SCALES = {
    "even": "evenly",
    "log": "evenly in the logarithm",
    "whole": "evenly in the logarithm, rounded",
    "complement": "evenly in the logarithm of 1 − value",
}


def rules(plan: Plan) -> str:
    """What was counted, how hyperparameters were searched and where, what became of failures."""
    noisy = f"""<p>On a noisy problem optimizers are told less than the truth; what is shown is the
true gap, as its mean over the latest {SETTLED} gradients: one lucky point says nothing.</p>"""
    return f"""
<p>Gradients are counted where the problem is evaluated, for guests and line searches too, and a run
ends when its budget is spent. A curve shows the least loss seen at any point where a gradient was
asked for, as the median over seeds with the quartiles as a band.</p>
{noisy if any(problem.noisy for problem in plan.problems) else ""}
<p>{_search(plan)}</p>
{_ranges(plan)}
<p>Targets are gaps that each problem states itself; what it took to reach them is the median over
seeds of gradients, of steps and of seconds, where seconds are those of the optimizer and the
problem together. The time for one gradient is the optimizer's own; the clock stops while the
problem is evaluated. A median is one of the runs: of an even number the better of the two in the
middle.</p>
<p>A run that raises an error, or ends at what is not finite or {HIGHER:g} times as far up as it
began, without having met the last target before, stays as an infinitely bad result: it is never
dropped. Who leads a table is told by the
95 % bootstrap interval of the difference to the best median, seed by seed.</p>
<p>Problems state their data, least losses and curvatures with their sources. A user's class is
searched in its learning rate, its momentum, and each positive field of its own, from a tenth of its
default to ten times that.</p>
<p class="soft">Few trials and few seeds tell large differences, not small ones: three seeds
point the same way by chance one time in four.</p>"""


def _search(plan: Plan) -> str:
    return (
        f"Each optimizer had {count(plan.trials, 'trial')} for its hyperparameters on each problem "
        f"({count(len(plan.tuning_seeds), 'seed')} each, the worst counts, none of them reported). "
        f"{plan.search.words(plan.trials)} A range belongs to the quantity, and is the same for "
        "everyone who has it; some problems state their own, again for everyone."
    )


def _ranges(plan: Plan) -> str:
    every: dict[str, Quantity] = {}
    for spec in plan.specs:
        for quantity in enlist(spec).space.values():
            every.setdefault(quantity.name, quantity)
    rows = [_range("every problem", name, each.range) for name, each in every.items()]
    own = [
        _range(problem.name, name, problem.ranges[name])
        for problem in plan.problems
        for name in every
        if name in problem.ranges
    ]
    heads = [Head("searched on"), Head("quantity"), Head("from"), Head("to"), Head("spread")]
    if not rows:
        return ""
    told = table(heads, rows)
    if own:
        told += (
            "<details><summary>Where a problem states its own range</summary>"
            f"{table(heads, own)}</details>"
        )
    return told


def _range(where: str, name: str, its: Range) -> TableRow:
    ends = [Cell(f"{end:g}", "n") for end in (its.low, its.high)]
    return TableRow([text_cell(where), text_cell(name), *ends, Cell(SCALES[its.scale], "soft")])


def again(facts: Mapping[str, Any]) -> str:
    """The command, and what it ran on."""
    machine = facts["machine"]
    told = {
        "begun": str(facts.get("begun", "")),
        "commit": str(facts["commit"] or "not in a checkout"),
        "versions": ", ".join(f"{name} {v}" for name, v in facts["versions"].items()),
        "machine": f"{machine['processor']}, {machine['cores']} cores, {machine['system']}",
        "seeds": f"{facts['seeds']}; for tuning {facts['tuning_seeds']}",
    }
    return f"<pre>{escape(str(facts['command']))}</pre>{definitions(told)}"
