r"""A document as LaTeX, with packages of texlive-latex-base and -recommended only."""

from __future__ import annotations

import re
from itertools import starmap
from urllib.parse import quote

from derivations.document.breaking import ROOM, Row, broken
from derivations.document.characters import SPECIAL, declared, escape, is_control
from derivations.document.drawing import picture
from derivations.document.model import (
    Block,
    Cite,
    Document,
    Equation,
    Figure,
    Heading,
    Listing,
    Part,
    Prose,
    Ref,
    Section,
    Table,
)
from derivations.document.nodes import Node
from derivations.document.numbers import anchor, numbered
from derivations.document.preamble import ARTICLE, BOOK
from derivations.document.text import citation, how, joined, spans
from derivations.document.typeset import typed_latex
from derivations.emit.mathematics.latex import latex

__all__ = ["RELATIONS", "escape", "tex"]

#: From which share of the room on, the estimate of a width is not to be trusted.
_SAFE = 0.7
#: The length of code that is not broken, in characters.
_WORD = 11
#: The largest drawing that a page holds, in points.
_WIDEST, _TALLEST = 415.0, 610.0

#: The signs of an equation line.
RELATIONS = {
    "": "", "=": "=", "≠": r"\neq", "≈": r"\approx", "←": r"\leftarrow", "≤": r"\leq",
    "≥": r"\geq", "≰": r"\not\leq", "<": "<", ">": ">", "→": r"\to", "↦": r"\mapsto",
}  # fmt: skip


def tex(document: Document) -> str:
    """Return the document as a LaTeX file."""
    writer = _Writer(document)
    notes = "\n\n".join(writer.text(note.parts) for note in document.notes)
    parts = [] if document.is_book else [notes]
    for section in document.sections:
        parts.append(writer.section(section, 0 if document.is_book else 1))
    if document.bibliography:
        parts.append(_bibliography(document))
    body = "\n\n".join(parts)
    return (BOOK if document.is_book else ARTICLE) % {
        "title": escape(document.title),
        "notes": notes,
        "body": body,
        "characters": declared(document.title + notes + body),
    }


def words(text: str, title: bool = False) -> str:
    """Write words, with the code and the formulas in them; in a title, for bookmarks too."""

    def write(kind: str, piece: str, parts: tuple[Node, ...]) -> str:
        if kind == "plain":
            return escape(piece)
        if kind == "code":
            short = len(piece) <= _WORD
            return rf"\texttt{{{escape(piece).replace(' ', '~') if short else escape(piece)}}}"
        shown = f"${typed_latex(parts)}$"
        return rf"\texorpdfstring{{{shown}}}{{{escape(piece)}}}" if title else shown

    return "".join(starmap(write, spans(text)))


class _Writer:
    """Writes the blocks of one document, and knows its numbers and its literature."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.numbers = numbered(document)

    def text(self, parts: tuple[Part, ...], style: str = "", room: str = "") -> str:
        """Write running text; formulas wider than `room`, if it is given, are made smaller."""

        def write(part: Part) -> str:
            if isinstance(part, Cite):
                citation(self.document, part)
                return r"\cite{%s}" % part.key
            if isinstance(part, Ref) and not self.numbers.has(part):
                return words(part.text)
            if isinstance(part, Ref):
                return self.reference(part)
            if isinstance(part, str):
                return words(part)
            formula = f"${style}{latex(part)}$"
            return rf"\fitted{{{room}}}{{{formula}}}" if room else formula

        return joined(parts, write)

    def reference(self, ref: Ref) -> str:
        """Write a link."""
        place = self.numbers.find(ref)
        number = rf"\ref*{{{place.anchor}}}"
        shown = f"({number})" if place.kind == "equation" else f"{place.kind}~{number}"
        return rf"\hyperref[{place.anchor}]{{{escape(ref.text) or shown}}}"

    def section(self, section: Section, level: int) -> str:
        """Write a section with all that is in it."""
        command = ("chapter", "section", "subsection")[level]
        parts = [rf"\{command}{{{words(section.title, title=True)}}}" + self.label(section)]
        for number, block in enumerate(section.blocks):
            follows = section.blocks[number + 1 : number + 2]
            parts.append(self.block(block, level) + _glue(block, number, follows))
        parts += [self.section(inner, level + 1) for inner in section.sections]
        return "\n\n".join(parts)

    def label(self, block: Section | Equation | Table | Figure) -> str:
        """Write the label that references point to, if there is one."""
        return rf"\label{{{self.numbers.of(block).anchor}}}" if block.label else ""

    def block(self, block: Block, level: int) -> str:
        """Write one block."""
        match block:
            case Prose(parts):
                return self.text(parts)
            case Equation():
                return self.equation(block)
            case Heading(text):
                return r"\subsection*{%s}" % words(text, title=True)
            case Listing(source):
                lines = "\n".join(map(_code_line, source.splitlines()))
                return f"\\begin{{code}}\n{lines}\n\\end{{code}}"
            case Table():
                return self.table(block)
            case Figure():
                return self.figure(block)

    def equation(self, equation: Equation) -> str:
        """Write an equation with the rule before it and the note on its proof behind it."""
        found = [broken(line) for line in equation.lines]
        rows = [row for line, _ in found for row in line]
        shown = " \\\\\n".join(map(_row, rows))
        if len(rows) > 1:
            shown = f"\\begin{{aligned}}\n{shown}\n\\end{{aligned}}"
        elif rows:
            shown = _row(rows[0], mark="")
        if max((size for _, size in found), default=0.0) > _SAFE * ROOM:
            shown = f"\\fitted{{\\dimexpr\\linewidth-4em}}{{$\\displaystyle {shown}$}}"
        note = how(equation)
        if not equation.lines:
            return rf"\because{{{self.text(equation.rule)}}}\checked{{{self.text((note,))}}}"
        return (
            rf"\because{{{self.text(equation.rule)}}}"
            f"\n\\begin{{equation}}{self.label(equation)}\n{shown}\n\\end{{equation}}"
            + (rf"\checked{{{self.text((note,))}}}" if equation.proof else r"\unchecked")
        )

    def table(self, table: Table) -> str:
        """Write a table; one with a caption may run over pages."""
        count = len(table.head)
        shares = table.widths or (1 / count,) * count
        column = r">{\raggedright\arraybackslash}p{\dimexpr%.3f\linewidth-%.3f\tabcolsep}"
        gap = 2 * (count - 1) / count
        columns = "".join(column % (share / sum(shares), gap) for share in shares)
        head = " & ".join(rf"\textbf{{{words(title)}}}" for title in table.head)
        head = f"\\toprule\n{head} \\\\\n\\midrule\n"
        marks = [rf"\phantomsection\label{{{anchor(label)}}}" for label in table.labels]
        rows = " \\\\\n\\addlinespace\n".join(
            mark + " & ".join(self.text(cell, r"\displaystyle ", r"\linewidth") for cell in row)
            for mark, row in zip(marks or [""] * len(table.rows), table.rows, strict=True)
        )
        kind, caption, end = "tabular", "", ""
        if table.caption:
            kind, end = "longtable", r"\endhead" + "\n\\bottomrule\n\\endlastfoot\n"
            caption = rf"\caption{{{self.text(table.caption)}}}{self.label(table)} \\" + "\n"
            head = f"{caption}{head}\\endfirsthead\n{head}{end}"
        foot = "" if table.caption else " \\\\\n\\bottomrule"
        checked = rf"\checked{{{words(how(table))}}}" if table.proof else ""
        return (
            f"{{\\small\n\\begin{{{kind}}}{{@{{}}{columns}@{{}}}}\n{head}"
            f"{rows}{foot or ' ' + chr(92) * 2}\n\\end{{{kind}}}}}{checked}"
        )

    def figure(self, figure: Figure) -> str:
        """Write a drawing, no larger than the page."""
        drawn = picture(figure.drawing, lambda parts: self.text(parts, r"\displaystyle "))
        scale = min(1.0, _TALLEST / figure.drawing.height, _WIDEST / figure.drawing.width)
        if scale < 1:
            drawn = f"\\scalebox{{{scale:.3f}}}{{{drawn}}}"
        # Not a float: it stays where it is told of, before the table that follows it.
        return (
            f"\\begin{{center}}\n{drawn}\\par\\medskip\n\\refstepcounter{{figure}}"
            rf"{self.label(figure)}{{\small Figure~\thefigure: {self.text(figure.caption)}}}"
            "\n\\end{center}"
        )


def _glue(block: Block, number: int, follows: tuple[Block, ...]) -> str:
    """Keep on one page what leads to an equation: a first paragraph, one that ends in a colon."""
    if not (isinstance(block, Prose) and follows and isinstance(follows[0], Equation)):
        return ""
    last = block.parts[-1] if block.parts else ""
    leads = number == 0 or (isinstance(last, str) and last.endswith(":"))
    return r"\par\nopagebreak" if leads else ""


def _row(row: Row, mark: str = "&") -> str:
    left = "" if row.left is None else latex(row.left)
    right = "" if row.right is None else latex(row.right)
    if row.right is None:
        return f"{mark}{left}"
    if row.continues:
        return rf"{mark}\quad {right if right.startswith('-') else '+ ' + right}"
    return f"{left} {mark}{RELATIONS[row.sign]} {right}"


def _code_line(line: str) -> str:
    """A line of code: every space counts, and ligatures such as -- and '' are broken up."""
    written = "".join(
        SPECIAL.get(sign, sign) for sign in line.expandtabs(4) if not is_control(sign)
    )
    apart = re.sub(r"([-'`,<>])(?=\1)", r"\1{}", written)
    code = apart.lstrip(" ")
    # A line that is too long may be broken at a space, but not in its indentation.
    spaced = "~" * (len(apart) - len(code)) + code.replace(" ", r"\ ")
    return (spaced or r"\mbox{}") + r"\\"


def _bibliography(document: Document) -> str:
    items = "\n".join(
        r"\bibitem{%s} %s%s"
        % (entry.key, escape(entry.text), rf" \url{{{_url(entry.url)}}}" if entry.url else "")
        for entry in document.bibliography
    )
    listed = (
        "\\clearpage\\phantomsection\\addcontentsline{toc}{chapter}{References}\n"
        if document.is_book
        else ""
    )
    return f"{listed}\\begin{{thebibliography}}{{99}}\n{items}\n\\end{{thebibliography}}"


def _url(url: str) -> str:
    r"""An address as it may stand in \url: whatever else is in it is percent-encoded."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=-._~")
