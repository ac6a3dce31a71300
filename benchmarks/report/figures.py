"""The files in `figures/`: profiles and convergence as SVG always, the rest when asked for.

A figure takes about a third of a second, twenty problems about six seconds. So a race draws what
is looked at first, and `--figures` draws everything: a PNG beside each SVG, and each search's
landscape.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from benchmarks.engine.contestants import enlist
from benchmarks.engine.parameters import Array
from benchmarks.engine.plan import Plan
from benchmarks.engine.store import write
from benchmarks.engine.tuning import ranges_of
from benchmarks.problem import Problem, all_problems
from benchmarks.report import plots
from benchmarks.report.looks import STYLE, Look
from benchmarks.report.overview import costs, finishers
from benchmarks.report.packed import quantity
from benchmarks.report.summary import Line, of_problem
from benchmarks.report.trials import Searches

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PROFILES = ("performance-profile", "data-profile")
SAVED: dict[str, dict[str, Any]] = {
    "svg": {"transparent": True, "metadata": {"Date": None}},
    "png": {"dpi": 160, "metadata": {"Software": None}},
}


def draw(
    plan: Plan,
    lines: Sequence[Line],
    searches: Searches,
    looks: Sequence[Look],
    folder: Path,
    everything: bool = False,
) -> None:
    """Draw what there is into `folder`; the same lines give the same bytes."""
    import matplotlib

    done = {line.problem for line in lines}
    problems = [problem for problem in plan.problems if problem.name in done]
    kinds = ("svg", "png") if everything else ("svg",)
    _clear(folder)
    with matplotlib.rc_context(cast(Any, STYLE)):
        if len(problems) > 1:
            for name, ax in _profiles(plan, problems, lines, looks):
                _save(ax, folder / name, ("svg", "png"))
        for problem in problems:
            course = plots.Course(problem, of_problem(lines, problem.name), plan.budget_of(problem))
            ax = plots.plot_convergence(course, looks, ax=axes())
            plots.legend(ax)
            _save(ax, folder / problem.name, kinds)
            for name, its in _landscapes(plan, problem, searches) if everything else ():
                _save(its, folder / "landscapes" / name, kinds)


def _clear(folder: Path) -> None:
    """Remove what a race before, perhaps on other problems, drew into the folder."""
    for name in (*PROFILES, *all_problems(), *(f"landscapes/{each}-*" for each in all_problems())):
        for kind in SAVED:
            for old in folder.glob(f"{name}.{kind}"):
                old.unlink()


def axes(width: float = 8.6, height: float = 4.4) -> Axes:
    """Axes on a figure of their own, which no window knows of."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    FigureCanvasAgg(figure)
    return figure.subplots()


def _profiles(
    plan: Plan, problems: Sequence[Problem], lines: Sequence[Line], looks: Sequence[Look]
) -> Iterator[tuple[str, Axes]]:
    names = finishers(lines, looks)
    shown = [look for look in looks if look.name in names]
    spent, owners = costs(problems, lines, names, "gradients")
    budgets = {problem.name: plan.budget_of(problem) for problem in problems}
    shares: Array = spent / [[budgets[owner]] for owner in owners]
    performance = plots.plot_performance_profile(plots.Spent(spent, shown), ax=axes())
    data = plots.plot_data_profile(plots.Spent(shares, shown), ax=axes())
    for name, ax in zip(PROFILES, (performance, data), strict=True):
        plots.legend(ax)
        yield name, ax


def _landscapes(plan: Plan, problem: Problem, searches: Searches) -> Iterator[tuple[str, Axes]]:
    for spec in plan.specs:
        contestant = enlist(spec)
        trials = searches.get((problem.name, contestant.name), [])
        if len(contestant.space) > 1 and trials:
            title = f"{contestant.name} on {problem.name}"
            ranges = ranges_of(contestant, problem)
            search = plots.Search(title, quantity(problem), ranges, trials)
            name = re.sub(r"[^\w.-]+", "-", f"{problem.name}-{contestant.name}")
            yield name, plots.plot_landscape(search, ax=axes(5.6, 4.2))


def _save(ax: Axes, path: Path, kinds: Sequence[str]) -> None:
    for kind in kinds:
        buffer = BytesIO()
        cast(Any, ax.figure).savefig(buffer, format=kind, **SAVED[kind])
        write(path.with_name(f"{path.name}.{kind}"), buffer.getvalue())
