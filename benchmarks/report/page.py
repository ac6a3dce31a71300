"""The race as one HTML page: it works offline, in light and dark, and holds all it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from html import escape
from string import Template
from typing import Any

from benchmarks.engine.extras import extra
from benchmarks.engine.plan import Plan
from benchmarks.errors import MissingExtra
from benchmarks.problem import Problem
from benchmarks.report import markup
from benchmarks.report.card import Card
from benchmarks.report.looks import Look
from benchmarks.report.markup import HERE, count
from benchmarks.report.overview import overview
from benchmarks.report.packed import packed, packed_data, race_data
from benchmarks.report.rules import again, rules
from benchmarks.report.section import section
from benchmarks.report.summary import Line, of_problem
from benchmarks.report.trials import Searches

SCRIPTS = (
    "choice",
    "drawing",
    "profiles",
    "overview",
    "curves",
    "tuning",
    "sorting",
    "tables",
    "boot",
)
INTERRUPTED = (
    "This race was interrupted. What is shown is what had finished; the command below continues it."
)
LEFT_OUT = "{} is left out: not every run on it has finished."
NO_PLOTS = (
    "This page has tables and no plots: Plotly was not installed when it was written. "
    "Run: pip install 'hermosis[bench]', then the command below again."
)


def page(
    plan: Plan,
    lines: Sequence[Line],
    searches: Searches,
    looks: Sequence[Look],
    cards: Sequence[Card],
    facts: Mapping[str, Any],
    notices: Sequence[str] = (),
) -> str:
    """The whole page as text. `notices` are what a reader has to know first."""
    library = _plotly()
    if not library:
        notices = [*notices, NO_PLOTS]
    template = Template((HERE / "page.html").read_text(encoding="utf-8"))
    finished = {line.problem for line in lines}
    shown = [problem for problem in plan.problems if problem.name in finished]
    places = {look.name: at for at, look in enumerate(looks)}
    sections = {
        problem.name: section(
            problem,
            of_problem(lines, problem.name),
            searches,
            places,
            plan.budget_of(problem),
            number,
        )
        for number, problem in enumerate(shown)
    }
    return template.substitute(
        title=_title(plan),
        style=markup.style(),
        notices=markup.notices(notices),
        lede=_lede(plan),
        overview=overview(shown, lines, looks) if len(shown) > 1 else "",
        contents=_contents(shown) if len(shown) > 1 else "",
        problems=_suites(shown, sections),
        cards="\n".join(_card(card, places[card.name]) for card in cards),
        rules=rules(plan),
        again=again(facts),
        plotly=library if shown else "",
        race=packed_data(race_data(plan, lines, searches, looks)) if shown else "",
        script=markup.script(*SCRIPTS),
    )


@cache
def _plotly() -> str:
    """Plotly's script, compressed: the page inflates it. Empty where it is not installed."""
    try:
        return packed(extra("plotly.offline").get_plotlyjs())
    except MissingExtra:
        return ""


def _title(plan: Plan) -> str:
    optimizers, problems = len(plan.specs), len(plan.problems)
    return f"The race: {count(optimizers, 'optimizer')}, {count(problems, 'problem')}"


def _lede(plan: Plan) -> str:
    return (
        '<p class="lede">Each optimizer had the same number of gradient evaluations and the same '
        f"search for its hyperparameters ({count(plan.trials, 'trial')}), then ran once on each "
        f"of {count(len(plan.report_seeds), 'seed')} that the search had not seen. Numbers are "
        "medians; those in green may be the best, as far as the seeds can tell.</p>"
    )


def suites(problems: Sequence[Problem]) -> dict[str, list[Problem]]:
    """Problems by the group they stand under: of a problem's tags, the one that most share."""
    shared = Counter(tag for problem in problems for tag in problem.tags)
    found: dict[str, list[Problem]] = {}
    for problem in problems:
        suite = max(problem.tags, key=lambda tag: shared[tag], default="others")
        found.setdefault(suite, []).append(problem)
    return found


def _contents(problems: Sequence[Problem]) -> str:
    rows = "".join(
        f"<dt>{escape(suite)}</dt><dd>"
        + " ".join(f'<a href="#problem-{its.name}">{escape(its.name)}</a>' for its in group)
        + "</dd>"
        for suite, group in suites(problems).items()
    )
    return f'<nav class="contents"><h2>Problem by problem</h2><dl>{rows}</dl></nav>'


def _suites(problems: Sequence[Problem], sections: Mapping[str, str]) -> str:
    return "\n".join(
        f'<details class="suite" open><summary><h2>{escape(suite)}</h2></summary>\n'
        + "\n".join(sections[problem.name] for problem in group)
        + "\n</details>"
        for suite, group in suites(problems).items()
    )


def _card(card: Card, place: int) -> str:
    parts = [f"<h3>{escape(card.name)}<span>{escape(card.kind)}</span></h3>"]
    parts.append(f"<p>{escape(card.note)}</p>")
    parts += [f'<div class="wide">{card.mathml}</div>'] if card.mathml else []
    parts += [f'<p class="soft">{escape(claim)}</p>' for claim in card.claims]
    parts += [
        f"<details><summary>{title}</summary><pre>{escape(text)}</pre></details>"
        for title, text in (("LaTeX", card.latex), ("The step that ran, in NumPy", card.source))
        if text
    ]
    return f'<article class="card" id="card-{place}">{"".join(parts)}</article>'
