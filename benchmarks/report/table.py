"""The result as text: one table per problem, for the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.problem import Problem
from benchmarks.report.summary import Line, gap_text, number, of_problem, whole


def tables(problems: Sequence[Problem], lines: Sequence[Line]) -> str:
    """A table for each problem that has finished runs, best first."""
    shown = [(problem, of_problem(lines, problem.name)) for problem in problems]
    return "\n\n".join(_table(problem, its) for problem, its in shown if its)


def _table(problem: Problem, lines: Sequence[Line]) -> str:
    gap = "loss" if problem.minimum is None else "gap"
    head = [
        "",
        "optimizer",
        gap,
        "quartiles",
        problem.measure.name,
        f"grads to {problem.targets[-1]:g}",
    ]
    head += ["µs/gradient", ""]
    body = [
        [
            "•" if line.leads else "",
            line.optimizer,
            gap_text(problem, line.gap[1]),
            f"{gap_text(problem, line.gap[0])} … {gap_text(problem, line.gap[2])}",
            number(line.measure),
            whole(line.tolls[-1].gradients),
            whole(line.own_microseconds),
            line.state,
        ]
        for line in lines
    ]
    failures = [f"  {line.optimizer}: {first_line(line.message)}" for line in lines if line.raised]
    return "\n".join([f"{problem.name}: {problem.summary}", *aligned([head, *body]), *failures])


def first_line(text: str) -> str:
    """The first line of a message that may have many."""
    return text.strip().partition("\n")[0]


def aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    """Lines of a table whose first row is its head."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    return [lines[0], "─" * max(map(len, lines)), *lines[1:]]
