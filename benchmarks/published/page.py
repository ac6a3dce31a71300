"""The page that says which published numbers are met."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from benchmarks.published.family import Number
from benchmarks.published.numbers import COLUMNS, NUMBERS, TRIALS, WITHIN
from benchmarks.published.parzen import Parzen
from benchmarks.published.run import LEAST, Values


def page(
    own: Values,
    equal: Values,
    trials: Mapping[str, int],
    others: Sequence[Number],
    facts: str,
    notices: Sequence[str] = (),
    again: Sequence[Values] = (),
) -> str:
    """Markdown: the table by the paper's budgets, the one at equal budgets, and the claims.

    `again` are RGD's columns by searches of other seeds.
    """
    problems = [name for name in NUMBERS if (name, "RGD") in own]
    names = tuple(dict.fromkeys(name for _, name in equal))
    return "\n".join(
        [
            "# The published table of relativistic gradient descent",
            "",
            f"`python -m benchmarks.published`, {facts}",
            "",
            *[f"**{notice}**\n" for notice in notices],
            "log₁₀ of the final value, for matrix completion of the relative error; "
            f"{LEAST:g} stands for all that is below. Tuned and reported on the published start, "
            "as França et al. do (arXiv:1903.04100, table 1), with the published numbers of steps "
            f"and ranges. {Parzen().words(trials['all'])} Theirs is of that kind too.",
            "",
            *_claims(own, equal, problems, again),
            "",
            "## Each with its own number of evaluations",
            "",
            f"Evaluations of the search: {_spent(trials)}; in the paper: {_spent(TRIALS)}. "
            "Measured / published.",
            "",
            *_table(["problem", *COLUMNS], [_beside(own, name) for name in problems]),
            "",
            f"## With {trials['all']} evaluations for everyone",
            "",
            *_table(["problem", *names], [_row(equal, name, names) for name in problems]),
            "",
            "Matrix completion is minimized over both factors at once; the paper takes turns. The "
            "random quadratic is drawn with the least curvature that is expected, 0.02: how far "
            "700 steps can come depends on it, and one that was drawn with 0.004 went no lower "
            "than −22. Values at the floor say little: the race ranks by gradients to a target "
            "instead, and tunes on other seeds than it reports.",
            "",
            "## Other published numbers of the family",
            "",
            *_table(
                ["what", "published", "found"], [(o.what, o.published, o.found) for o in others]
            ),
            "",
            "The points of the published grid of step and friction are not stated. On ours both "
            "powers end lower; that the power 4/3 converges where 2 does not is found again, the "
            "numbers are not.",
            "",
            "Not repeated: the energy-conserving BBI of arXiv:2201.11137, which reaches the least "
            "minimum of the flat Ackley function from 83 of 100 starts and 1e−22 on Zakharov's "
            "function. It turns its momentum at random when it is stuck, which no word here does. "
            "Momentum beside it was searched by us in ranges of our own. "
            "Its two problems are raced in the suite `family`.",
            "",
        ]
    )


def _spent(trials: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {trials[name]}" for name in TRIALS)


def _claims(
    own: Values, equal: Values, problems: Sequence[str], again: Sequence[Values]
) -> list[str]:
    lines = [
        f"- RGD's column within one order of magnitude, or better: {_met(own, problems)}.",
        *[f"- The same, by another seed of the search: {_met(one, problems)}." for one in again],
        _lead("RGD ends below momentum and Nesterov", own, problems, ("momentum", "Nesterov")),
    ]
    if equal:
        lines.append(_lead("The same at equal budgets", equal, problems, ("momentum", "Nesterov")))
        lines.append(
            _lead("RGD ends below Adam and AdaBelief, equal budgets", equal, problems,
                  ("Adam", "AdaBelief"))
        )  # fmt: skip
    lines.append(
        _lead(
            "The published momentum and Nesterov are beaten by ours",
            {
                **{(n, "RGD"): min(own[n, "momentum"], own[n, "Nesterov"]) for n in problems},
                **{(n, "paper"): min(NUMBERS[n].momentum, NUMBERS[n].nesterov) for n in problems},
            },
            problems,
            ("paper",),
        )
    )
    return lines


def _met(values: Values, problems: Sequence[str]) -> str:
    missed = [name for name in problems if values[name, "RGD"] > NUMBERS[name].rgd + WITHIN]
    met = len(problems) - len(missed)
    return f"{met} of {len(problems)} problems; not: {', '.join(missed) or 'none'}"


def _lead(claim: str, values: Values, problems: Sequence[str], others: Sequence[str]) -> str:
    best = {name: min(values[name, other] for other in others) for name in problems}
    ahead = sum(values[name, "RGD"] < best[name] for name in problems)
    ties = sum(values[name, "RGD"] == best[name] for name in problems)
    return f"- {claim}: on {ahead} of {len(problems)}, with {ties} ties."


def _beside(values: Values, name: str) -> list[str]:
    cells = [f"{_number(values[name, ours])} / {_number(getattr(NUMBERS[name], theirs))}"
             for ours, theirs in COLUMNS.items()]  # fmt: skip
    return [name, *cells]


def _row(values: Values, name: str, names: Sequence[str]) -> list[str]:
    return [name, *(_number(values[name, each]) for each in names)]


def _number(value: float) -> str:
    if value == math.inf:
        return "diverged"
    return "≤ −60" if value <= LEAST else f"{value:.1f}".replace("-", "−")


def _table(head: Sequence[str], body: Sequence[Sequence[str]]) -> list[str]:
    rows = [head, ["---"] * len(head), *body]
    return ["| " + " | ".join(row) + " |" for row in rows]
