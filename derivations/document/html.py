"""A document as one HTML page that needs no network and no script: formulas are MathML."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files
from itertools import starmap

from derivations.document.breaking import Row, broken
from derivations.document.drawing import svg
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
from derivations.document.text import citation, how, joined, spans
from derivations.document.typeset import typed_mathml
from derivations.emit.mathematics.mathml import mathml

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body class="{kind}">
{body}
</body>
</html>
"""

#: The width of a formula that a page shows without scrolling, in em.
_ROOM = 27.0


def html(document: Document) -> str:
    """Return the document as one self-contained page."""
    writer = _Writer(document)
    parts = [f'<main><header id="top"><h1>{escape(document.title)}</h1>']
    parts += [f"<p>{writer.text(note.parts)}</p>" for note in document.notes]
    parts.append(f'<p class="tally">✓ {_count(document.checks)} confirmed by machine</p></header>')
    parts += [writer.section(section, 2) for section in document.sections]
    if document.bibliography:
        parts.append(_bibliography(document))
    parts.append("</main>")
    contents = writer.contents() if len(document.sections) > 1 else ""
    # A book's contents stand beside its text, those of a short document under its title.
    parts.insert(0 if document.is_book else len(document.notes) + 2, contents)
    return _PAGE.format(
        title=escape(document.title),
        style=_style(),
        kind="book" if document.is_book else "article",
        body="\n".join(parts),
    )


@cache
def _style() -> str:
    return files("derivations.document").joinpath("page.css").read_text(encoding="utf-8")


def _count(checks: int) -> str:
    return f"{checks} step{'' if checks == 1 else 's'}"


def words(text: str) -> str:
    """Write words, with the code and the formulas in them."""

    def write(kind: str, piece: str, parts: tuple[Node, ...]) -> str:
        if kind == "formula":
            return f"<math>{typed_mathml(parts)}</math>"
        return f"<code>{escape(piece)}</code>" if kind == "code" else escape(piece)

    return "".join(starmap(write, spans(text)))


class _Writer:
    """Writes the blocks of one document, and knows its numbers and its literature."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.numbers = numbered(document)

    def contents(self) -> str:
        """Write the table of contents."""

        def item(section: Section) -> str:
            place = self.numbers.of(section)
            inner = "".join(map(item, section.sections))
            return (
                f'<li><a href="#{place.anchor}"><span>{place.number}</span> '
                f"{words(section.title)}</a>{f'<ol>{inner}</ol>' if inner else ''}</li>"
            )

        items = "".join(map(item, self.document.sections))
        if self.document.is_book and self.document.bibliography:
            items += '<li><a href="#references">References</a></li>'
        title = '<a class="title" href="#top">Contents</a>' if self.document.is_book else ""
        return f'<nav aria-label="Contents">{title}<ol>{items}</ol></nav>'

    def text(self, parts: tuple[Part, ...]) -> str:
        """Write running text."""

        def write(part: Part) -> str:
            if isinstance(part, Cite):
                number = citation(self.document, part)
                return f'<a class="cite" href="#reference-{number}">[{number}]</a>'
            if isinstance(part, Ref) and not self.numbers.has(part):
                return words(part.text)
            if isinstance(part, Ref):
                place = self.numbers.find(part)
                return f'<a href="#{place.anchor}">{escape(part.text or place.shown)}</a>'
            if isinstance(part, str):
                return words(part)
            return f"<math>{mathml(part)}</math>"

        return joined(parts, write)

    def section(self, section: Section, level: int) -> str:
        """Write a section with all that is in it."""
        place = self.numbers.of(section)
        number = f'<span class="count">{place.number}</span> ' if self.document.is_book else ""
        title = f"<h{level}>{number}{words(section.title)}</h{level}>"
        parts = [f'<section id="{place.anchor}" class="{place.kind}">{title}']
        parts += [self.block(block, level) for block in section.blocks]
        parts += [self.section(inner, level + 1) for inner in section.sections]
        return "\n".join([*parts, "</section>"])

    def block(self, block: Block, level: int) -> str:
        """Write one block; `level` is that of the title above it."""
        match block:
            case Prose(parts):
                return f"<p>{self.text(parts)}</p>"
            case Equation():
                return self.equation(block)
            case Heading(text):
                return f"<h{level + 1}>{words(text)}</h{level + 1}>"
            case Listing(source, language):
                return (
                    f'<figure class="listing"><figcaption>{escape(language)}</figcaption>'
                    f"<pre><code>{escape(source.rstrip())}</code></pre></figure>"
                )
            case Table():
                return self.table(block)
            case Figure(drawing, caption):
                place = self.numbers.of(block)
                drawn = svg(drawing, self.text)
                title = f"<b>Figure {place.number}.</b> {self.text(caption)}"
                return (
                    f'<figure class="drawing" id="{place.anchor}"><div>{drawn}</div>'
                    f"<figcaption>{title}</figcaption></figure>"
                )

    def equation(self, equation: Equation) -> str:
        """Write an equation with the rule beside it and the note on its proof under it."""
        checked = f'<p class="how">{self.text((how(equation),))}</p>' if equation.proof else ""
        parts = [f'<p class="rule">{self.text(equation.rule)}</p>', checked]
        place = ""
        if equation.lines:
            found = self.numbers.of(equation)
            rows = "".join(_row(row) for line in equation.lines for row in broken(line, _ROOM)[0])
            formula = f'<math display="block"><mtable>{rows}</mtable></math>'
            parts.insert(1, f'<p class="number">({found.number})</p>')
            parts.insert(1, f'<div class="formula">{formula}</div>')
            place = f' id="{found.anchor}"'
        kind = "equation" + (" confirmed" if equation.proof else "")
        return (
            f'<div class="{kind}{"" if equation.lines else " words"}"{place}>{"".join(parts)}</div>'
        )

    def table(self, table: Table) -> str:
        """Write a table."""
        titles = "".join(f"<th>{words(title)}</th>" for title in table.head)
        names = [f' id="{anchor(label)}"' for label in table.labels] or [""] * len(table.rows)
        body = "".join(
            f"<tr{name}>" + "".join(f"<td>{self.text(cell)}</td>" for cell in row) + "</tr>"
            for name, row in zip(names, table.rows, strict=True)
        )
        caption, place = "", ""
        if table.caption:
            found = self.numbers.of(table)
            caption = f"<caption><b>Table {found.number}.</b> {self.text(table.caption)}</caption>"
            place = f' id="{found.anchor}"'
        checked = f'<p class="how">{words(how(table))}</p>' if table.proof else ""
        return (
            f'<div class="table"{place}><table>{caption}<thead><tr>{titles}</tr></thead>'
            f"<tbody>{body}</tbody></table></div>{checked}"
        )


def _row(row: Row) -> str:
    left = "" if row.left is None else mathml(row.left)
    right = "" if row.right is None else mathml(row.right)
    if row.right is None:
        return f'<mtr><mtd class="alone" columnspan="2"><mrow>{left}</mrow></mtd></mtr>'
    if row.continues:
        plus = "" if right.startswith("<mrow><mo>&#8722;</mo>") else "<mi></mi><mo>+</mo>"
        right = f'<mspace width="1.6em"/>{plus}{right}'
    elif row.sign:
        right = f"<mi></mi><mo>{escape(row.sign)}</mo>{right}"
    return (
        f'<mtr><mtd class="left"><mrow>{left}</mrow></mtd><mtd class="right">'
        f"<mrow>{right}</mrow></mtd></mtr>"
    )


def _bibliography(document: Document) -> str:
    items = []
    for number, entry in enumerate(document.bibliography, 1):
        url = escape(entry.url)
        link = f' <a href="{url}">{url}</a>' if url.startswith("https://") else ""
        items.append(f'<li id="reference-{number}">{escape(entry.text)}{link}</li>')
    return (
        '<section class="references" id="references"><h2>References</h2>'
        f"<ol>{''.join(items)}</ol></section>"
    )
