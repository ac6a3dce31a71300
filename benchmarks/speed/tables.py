"""The page of a run, speed.md: every table and the summary, all of it computed from the rows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.speed.claims import (
    BY_HAND,
    CLAIMS,
    EAGER,
    GRADIENT,
    LIMIT,
    LOOP,
    OTHERS,
    OURS,
    SCAN,
    best,
    places,
    verdict,
)
from benchmarks.speed.methods import METHODS
from benchmarks.speed.row import OK, Row
from benchmarks.speed.stolen import PATIENCE

SCALES = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))
TITLES = {
    "step": "One step of one array",
    "sets": "Parameter sets of many arrays",
    "growth": "Growth: nanoseconds for each number",
    "memory": "Memory of a step beyond parameters, gradient and state",
    "ensemble": "Ensembles: all members, 100 steps each, on f(x, y) = (x² − 1)² + y²",
    "numpy": "Without native code",
    "minimize": "Whole runs: 200 steps of `hm.minimize` on a quadratic, and the loop by hand",
    "gradients": "Gradients: a loss on handwritten digits, forward and backward",
    "start": "Cold start: from the start of Python to the first finished step",
}
NOTHING = "–"
COMPARED = {
    "best of PyTorch and optax / hermosis": (OTHERS + SCAN, False),
    "NumPy by hand / hermosis": (BY_HAND, False),
    "hermosis / copy loop": (LIMIT, True),
    "hermosis / Numba loop by hand": (LOOP, True),
    "PyTorch eager / hermosis.autodiff": (EAGER, False),
}
"""The columns of ratios: whom hermosis is compared with, and whether its time is on top."""


def page(rows: Sequence[Row], facts: Mapping[str, Any], pictures: Sequence[str]) -> str:
    """The whole page as Markdown."""
    parts = [_head(facts)]
    for part, title in TITLES.items():
        own = [row for row in rows if row.part == part]
        if own:
            parts += [f"## {title}", _table(own, part), *_pictures(part, pictures), _absent(own)]
    parts += ["## Summary", summary(rows)]
    return "\n\n".join(text for text in parts if text) + "\n"


def _head(facts: Mapping[str, Any]) -> str:
    machine, versions = facts["machine"], facts["versions"]
    names = ", ".join(f"{name} {version}" for name, version in versions.items())
    notes = "; ".join(f"{m.name}: {m.note}" for m in METHODS.values() if m.note)
    return "\n\n".join(
        (
            "# Speed",
            f"`{facts['command']}`, finished {facts['finished']}: {machine['processor']}, "
            f"{machine['cores']} cores, {machine['threads']} threads for every library, "
            f"load average at the start {machine['load']}. {names}. "
            f"Commit {facts['commit'] or 'unknown'}.",
            f"Times are medians of up to {facts['repeats']} rounds in which every contestant has "
            "one sample; quartiles are in speed.csv. A sample during which the hypervisor took a "
            f"processor away is taken again, for {PATIENCE} s at most. Everything is warm but "
            "the cold starts. Ratios are the other's time over that of hermosis on its default "
            "backend, so that more than 1 means that hermosis is faster; where that was not "
            "measured they are left out. The copy loop only moves the memory that a step must "
            "move: the gradient once for the check of bad input, once more with the state where a "
            "norm is due, and in a last pass the gradient, the weights and every state array. "
            f"{notes}.",
        )
    )


def _table(rows: Sequence[Row], part: str) -> str:
    contestants = list(dict.fromkeys(row.contestant for row in rows))
    cell = CELLS.get(part, _time)
    lines = []
    for (method, dtype, n), here in places(rows, part).items():
        by_name = {row.contestant: row for row in here}
        cells = {name: cell(by_name[name]) if name in by_name else "" for name in contestants}
        lines.append({"method": method, "dtype": dtype, "n": f"{n:,}"} | cells | _ratios(here))
    empty = {name for name in COMPARED if all(line[name] == NOTHING for line in lines)}
    columns = [name for name in lines[0] if name not in empty]
    return _markdown(columns, [[line[name] for name in columns] for line in lines])


def _markdown(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *lines))


def _ratios(here: Sequence[Row]) -> dict[str, str]:
    """The ratios of a line, by the name of their column."""
    own = best(here, OURS + GRADIENT)
    found = {}
    for name, (others, inverted) in COMPARED.items():
        other = best(here, others)
        value = math.nan if own is None or other is None else other / own
        found[name] = number(1 / value if inverted else value)
    return found


def _time(row: Row) -> str:
    return time(row.median_s) if row.counts and row.median_s is not None else NOTHING


def _each(row: Row) -> str:
    return f"{1e9 * row.median_s / row.n:.3g}" if row.counts and row.median_s else NOTHING


def _bytes(row: Row) -> str:
    return NOTHING if row.bytes is None else f"{row.bytes / 1e3:,.0f} kB"


CELLS = {"growth": _each, "memory": _bytes}
"""How a part shows a row, where it is not by its time."""


def _pictures(part: str, pictures: Sequence[str]) -> list[str]:
    own = [name for name in pictures if name.startswith(f"{part}-")]
    return [" ".join(f"![{name}]({name}.svg)" for name in own)] if own else []


def _absent(rows: Sequence[Row]) -> str:
    """The rows without a time, by status: nobody is dropped in silence."""
    reasons: dict[str, tuple[dict[str, None], dict[str, None]]] = {}
    for row in rows:
        if row.status != OK:
            names, where = reasons.setdefault(row.status, ({}, {}))
            names[row.contestant] = None
            where[f"{row.method} {row.dtype} at {row.n:,}"] = None
    lines = [
        f"* {', '.join(names)}: {status} ({_some(list(where))})"
        for status, (names, where) in reasons.items()
    ]
    return "Without a time:\n\n" + "\n".join(lines) if lines else ""


def _some(places: Sequence[str], most: int = 3) -> str:
    more = f", and {len(places) - most} more" if len(places) > most else ""
    return ", ".join(places[:most]) + more


def summary(rows: Sequence[Row]) -> str:
    """The table of claims: the bound, the worst ratio, and whether it holds."""
    head = ("claim", "hermosis / other, at most", "worst", "at", "places", "verdict")
    lines = []
    for claim in CLAIMS:
        found = verdict(claim, rows)
        worst = NOTHING if found.worst is None else number(found.worst.value)
        where = NOTHING if found.worst is None else found.worst.where
        known = (claim.statement, number(claim.bound), worst, where, str(found.count), found.word)
        lines.append(known)
    return _markdown(head, lines)


def time(seconds: float) -> str:
    """A time with three digits and a fitting unit.

    >>> time(0.00123), time(4.5e-7)
    ('1.23 ms', '450 ns')
    """
    scale, unit = next((s for s in SCALES if seconds >= s[0]), SCALES[-1])
    return f"{seconds / scale:.3g} {unit}"


def number(value: float) -> str:
    """A ratio with three digits, or a dash."""
    return f"{value:.3g}" if math.isfinite(value) else NOTHING
