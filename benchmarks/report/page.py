"""The race as one HTML page: it works offline, in light and dark, and holds all it shows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from benchmarks.problem import Problem
from benchmarks.report.card import Card
from benchmarks.report.plots import INK
from benchmarks.report.summary import Line, gap_text, number, of_problem, whole

Cell = tuple[str, str, str]
"""A table cell: its HTML, the value it sorts by, its class."""


def page(
    problems: Sequence[Problem],
    lines: Sequence[Line],
    svgs: Mapping[str, bytes],
    cards: Sequence[Card],
    facts: Mapping[str, Any],
    finished: bool,
    notices: Sequence[str],
) -> str:
    """The whole page as text. `svgs` holds a figure for each problem that has finished runs."""
    template = Template(Path(__file__).with_suffix(".html").read_text(encoding="utf-8"))
    shown = [problem for problem in problems if problem.name in svgs]
    return template.substitute(
        title=_title(facts),
        notice=_notices(finished, notices),
        lede=_lede(facts),
        overall=_overall(shown, lines) if len(shown) > 1 else "",
        problems="\n".join(
            _section(p, of_problem(lines, p.name), svgs[p.name], facts) for p in shown
        ),
        cards="\n".join(map(_card, cards)),
        rules=_rules(facts),
        command=escape(str(facts["command"])),
        facts=_facts(facts),
    )


def _title(facts: Mapping[str, Any]) -> str:
    optimizers, problems = len(facts["optimizers"]), len(facts["problems"])
    return f"The race: {_count(optimizers, 'optimizer')}, {_count(problems, 'problem')}"


def _count(n: int, noun: str) -> str:
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def _notices(finished: bool, notices: Sequence[str]) -> str:
    interrupted = (
        "This race was interrupted. What is shown is what had finished; the command below "
        "continues it."
    )
    told = [*([] if finished else [interrupted]), *notices]
    return "\n".join(f'<p class="notice">{escape(text)}</p>' for text in told)


def _lede(facts: Mapping[str, Any]) -> str:
    return (
        '<p class="lede">Each optimizer had the same number of gradient evaluations and the same '
        f"search for its hyperparameters ({facts['tuning_trials']} trials), then ran once on each "
        f"of {_count(len(facts['seeds']), 'seed')} that the search had not seen. Numbers are "
        "medians; those in green cannot be told apart from the best by their quartiles.</p>"
    )


def _rules(facts: Mapping[str, Any]) -> str:
    budgets = ", ".join(f"{escape(name)} {n}" for name, n in facts["problems"].items())
    return f"""
<p>Gradients are counted where the problem is evaluated, for guests and line searches too:
{budgets}. A curve shows the least loss seen at any point where a gradient was asked for.</p>
<p>Half of the tuning trials are spread evenly over the ranges (a Halton sequence), the rest over
smaller and smaller boxes around the best so far. The ranges belong to the hyperparameter, not to
the optimizer or the problem. Tuning uses seeds of its own.</p>
<p>A run that diverges or raises an error stays, as an infinitely bad result: it is never dropped.
The time for one step is the optimizer's own; the clock stops while the problem is evaluated. A
user's class is searched in its learning rate, its momentum, and each positive field of its own.</p>
<p class="soft">The gradients are exact, over all the data: a race in noise would be another one.
Few trials and few seeds tell large differences, not small ones.</p>"""


def _overall(problems: Sequence[Problem], lines: Sequence[Line]) -> str:
    at = {(line.problem, line.optimizer): line for line in lines}
    names = dict.fromkeys(line.optimizer for line in lines)
    rows = []
    for name in sorted(names, key=lambda name: (-_leads(lines, name), _places(lines, name))):
        cells: list[Cell] = [(escape(name), name, "")]
        for problem in problems:
            line = at.get((problem.name, name))
            cells.append(_gap(problem, line) if line else ("–", "Infinity", "n"))
        cells.append((str(_leads(lines, name)), str(-_leads(lines, name)), "n"))
        rows.append((name, False, cells))
    heads = ["optimizer", *(f"{p.name}, {_quantity(p)}" for p in problems), "leads in"]
    return _table(heads, rows)


def _leads(lines: Sequence[Line], name: str) -> int:
    return sum(line.leads for line in lines if line.optimizer == name)


def _places(lines: Sequence[Line], name: str) -> int:
    """The sum of a contestant's places; lines stand in their order within each problem."""
    return sum(place for place, line in enumerate(lines) if line.optimizer == name)


def _quantity(problem: Problem) -> str:
    return "loss" if problem.minimum is None else "gap"


def _gap(problem: Problem, line: Line) -> Cell:
    known = line.gap[1] < float("inf")
    text = gap_text(problem, line.gap[1]) if known else line.state or "–"
    return escape(text), _sortable(line.gap[1]), "n lead" if line.leads else "n"


def _section(problem: Problem, lines: Sequence[Line], svg: bytes, facts: Mapping[str, Any]) -> str:
    heads = ["optimizer", _quantity(problem), "quartiles", problem.measure.name]
    heads += [f"gradients to {problem.targets[-1]:g}", "µs/step", "tuned to"]
    rows = [(line.optimizer, line.leads, _cells(problem, line)) for line in lines]
    known = (
        "The least loss is not known; the loss itself is shown."
        if problem.minimum is None
        else f"The least loss is {problem.minimum:.6g}; the gap above it is shown."
    )
    return f"""<section>
<h2>{escape(problem.name)}</h2>
<p>{escape(problem.summary)} {known} {facts["problems"][problem.name]} gradients for each run.</p>
<figure>{_inline(svg, problem.name)}</figure>
{_table(heads, rows)}
<p class="soft">Data: {escape(problem.data)}.</p>
</section>"""


def _cells(problem: Problem, line: Line) -> list[Cell]:
    low, middle, high = (gap_text(problem, gap) for gap in line.gap)
    told = _chosen(line.parameters) if not line.state else f"{line.state}: {line.message}"
    return [
        (escape(line.optimizer), line.optimizer, ""),
        (middle, _sortable(line.gap[1]), "n"),
        (f'<span class="range">{low} … {high}</span>', _sortable(line.gap[0]), ""),
        (number(line.measure), _sortable(line.measure), "n"),
        (whole(line.tolls[-1].gradients), _sortable(line.tolls[-1].gradients), "n"),
        (whole(line.own_microseconds), _sortable(line.own_microseconds), "n"),
        (escape(told), told, "words"),
    ]


def _chosen(parameters: dict[str, float]) -> str:
    """Hyperparameters in a line."""
    return ", ".join(f"{name} {value:.4g}" for name, value in parameters.items())


def _sortable(value: float) -> str:
    return repr(value) if value < float("inf") else "Infinity"


def _table(heads: Sequence[str], rows: Sequence[tuple[str, bool, Sequence[Cell]]]) -> str:
    kinds = [cell[2] for cell in rows[0][2]]
    head = "".join(
        f'<th class="{"n" if "n" in kind.split() else ""}"><button>{escape(text)}</button></th>'
        for text, kind in zip(heads, kinds, strict=True)
    )
    body = "\n".join(
        f'<tr data-name="{escape(name)}"{" class=lead" if lead else ""}>'
        + "".join(f'<td class="{k}" data-value="{escape(v)}">{html}</td>' for html, v, k in cells)
        + "</tr>"
        for name, lead, cells in rows
    )
    return (
        f'<div class="wide"><table><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _inline(svg: bytes, name: str) -> str:
    """The figure as part of the page: in the reader's own ink, its ids kept apart from others'."""
    text = svg.decode("utf-8")
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<!--.*?-->", "", text, flags=re.DOTALL)
    text = text.replace(INK, "currentColor").replace(' width="', ' data-width="', 1)
    text = re.sub(r'id="(?:curve|band) ', 'data-curve="', text)
    text = re.sub(r'( id="|url\(#|href="#)', rf"\g<1>{name}-", text)
    return text.replace(' height="', ' data-height="', 1)


def _card(card: Card) -> str:
    parts = [f"<h3>{escape(card.name)}<span>{escape(card.kind)}</span></h3>"]
    parts.append(f"<p>{escape(card.note)}</p>")
    parts += [f'<div class="wide">{card.mathml}</div>'] if card.mathml else []
    parts += [f'<p class="soft">{escape(claim)}</p>' for claim in card.claims]
    parts += [
        f"<details><summary>{title}</summary><pre>{escape(text)}</pre></details>"
        for title, text in (("LaTeX", card.latex), ("The step that ran, in NumPy", card.source))
        if text
    ]
    return f'<article class="card">{"".join(parts)}</article>'


def _facts(facts: Mapping[str, Any]) -> str:
    machine = facts["machine"]
    told = {
        "finished": facts["written"],
        "commit": facts["commit"] or "not in a checkout",
        "versions": ", ".join(f"{name} {v}" for name, v in facts["versions"].items()),
        "machine": f"{machine['processor']}, {machine['cores']} cores, {machine['system']}",
        "seeds": f"{facts['seeds']}; for tuning {facts['tuning_seeds']}",
    }
    rows = "".join(f"<dt>{k}</dt><dd>{escape(str(v))}</dd>" for k, v in told.items())
    return f"<dl>{rows}</dl>"
