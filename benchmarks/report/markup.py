"""Small parts of HTML that the pages share; every text from outside goes through `escape`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Cell:
    """A table cell: its HTML, its class, and what it sorts by where its text will not do."""

    html: str
    kind: str = ""
    value: str | float = ""


@dataclass(frozen=True)
class Head:
    """A column's head, what it means in more words, and further attributes."""

    text: str
    title: str = ""
    more: str = ""


@dataclass(frozen=True)
class TableRow:
    """Cells of a row, with its further attributes."""

    cells: Sequence[Cell]
    more: str = ""


def text_cell(text: str, kind: str = "") -> Cell:
    """A cell of plain text."""
    return Cell(escape(text), kind)


def number_cell(text: str, value: float, kind: str = "n") -> Cell:
    """A cell that sorts by its number; what is not finite comes last."""
    return Cell(escape(text), kind, value if math.isfinite(value) else math.inf)


def table(heads: Sequence[Head], rows: Sequence[TableRow], more: str = "") -> str:
    """A table whose columns a click sorts."""
    kinds = [cell.kind for cell in rows[0].cells] if rows else [""] * len(heads)
    head = "".join(_head(head, kind) for head, kind in zip(heads, kinds, strict=True))
    body = "\n".join(
        f"<tr{_spaced(row.more)}>" + "".join(map(_cell, row.cells)) + "</tr>" for row in rows
    )
    return (
        f'<div class="wide"><table{_spaced(more)}><thead><tr>{head}</tr></thead>'
        f"<tbody>\n{body}\n</tbody></table></div>"
    )


def _head(head: Head, kind: str) -> str:
    numeric = ' class="n"' if "n" in kind.split() else ""
    title = f' title="{escape(head.title)}"' if head.title else ""
    words = " ".join(map(_unbroken, head.text.split()))
    return f"<th{numeric}{title}{_spaced(head.more)}><button>{words}</button></th>"


def _unbroken(word: str) -> str:
    """A word that stays in one line; a browser would break it at its hyphens."""
    return f"<i>{escape(word)}</i>" if "-" in word else escape(word)


def _cell(cell: Cell) -> str:
    kind = f' class="{cell.kind}"' if cell.kind else ""
    value = cell.value
    shown = f"{value:.5g}" if isinstance(value, float) else escape(str(value))
    shown = shown.replace("inf", "Infinity") if isinstance(value, float) else shown
    told = "" if value == "" or shown == cell.html else f' data-v="{shown}"'
    return f"<td{kind}{told}>{cell.html}</td>"


def _spaced(attributes: str) -> str:
    return f" {attributes}" if attributes else ""


def plot(kind: str, problem: int | None = None) -> str:
    """A place where the script draws; empty, and of no height, without one."""
    which = "" if problem is None else f' data-problem="{problem}"'
    return f'<figure class="plot" data-plot="{kind}"{which}></figure>'


def definitions(told: dict[str, str]) -> str:
    """Names with their texts."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(t)}</dd>" for name, t in told.items())
    return f"<dl>{rows}</dl>"


def notices(texts: Sequence[str]) -> str:
    """What a reader has to know first."""
    return "\n".join(f'<p class="notice">{escape(text)}</p>' for text in texts)


def count(n: int, noun: str) -> str:
    """A number with its noun."""
    return f"{n} {noun}" if n == 1 else f"{n} {noun}s"


def style() -> str:
    """The style sheet of every page."""
    return (HERE / "page.css").read_text(encoding="utf-8")


def script(*names: str) -> str:
    """These files of `browser/`, one after the other, as one program with names of its own."""
    texts = [(HERE / "browser" / f"{name}.js").read_text(encoding="utf-8") for name in names]
    return "(() => {\n'use strict';\n" + "\n".join(texts) + "\n})();"
