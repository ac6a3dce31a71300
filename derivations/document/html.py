"""A document as one HTML page that needs no network and no script: formulas are MathML."""

from __future__ import annotations

from functools import cache
from html import escape
from importlib.resources import files

from derivations.document.model import (
    Block,
    Cite,
    Document,
    Equation,
    Heading,
    Line,
    Listing,
    Part,
    Prose,
    Table,
)
from derivations.document.text import citation, how, joined, numbered, spans
from derivations.emit.mathml import mathml

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""


def html(document: Document) -> str:
    """Return the document as one self-contained page."""
    numbers = numbered(document)
    parts = [f"<header><h1>{escape(document.title)}</h1>"]
    parts += [f"<p>{_text(document, note.parts)}</p>" for note in document.notes]
    parts.append(f'<p class="tally">✓ {_count(document.checks)} confirmed by machine</p></header>')
    if len(document.sections) > 1:
        parts.append(_contents(document))
    for position, section in enumerate(document.sections, 1):
        parts.append(f'<section id="section-{position}"><h2>{escape(section.title)}</h2>')
        parts += [_block(document, block, numbers) for block in section.blocks]
        parts.append("</section>")
    if document.bibliography:
        parts.append(_bibliography(document))
    return _PAGE.format(title=escape(document.title), style=_style(), body="\n".join(parts))


@cache
def _style() -> str:
    return files("derivations.document").joinpath("page.css").read_text(encoding="utf-8")


def _count(checks: int) -> str:
    return f"{checks} step{'' if checks == 1 else 's'}"


def _contents(document: Document) -> str:
    items = "".join(
        f'<li><a href="#section-{position}">{escape(section.title)}</a></li>'
        for position, section in enumerate(document.sections, 1)
    )
    return f'<nav aria-label="Contents"><ol>{items}</ol></nav>'


def _text(document: Document, parts: tuple[Part, ...]) -> str:
    def write(part: Part) -> str:
        if isinstance(part, Cite):
            number = citation(document, part)
            return f'<a class="cite" href="#reference-{number}">[{number}]</a>'
        if isinstance(part, str):
            return "".join(
                f"<code>{escape(piece)}</code>" if code else escape(piece)
                for code, piece in spans(part)
            )
        return f"<math>{mathml(part)}</math>"

    return joined(parts, write)


def _block(document: Document, block: Block, numbers: dict[int, int]) -> str:
    match block:
        case Prose(parts):
            return f"<p>{_text(document, parts)}</p>"
        case Equation():
            return _equation(document, block, numbers[id(block)])
        case Heading(text):
            return f"<h3>{escape(text)}</h3>"
        case Listing(source, language):
            return (
                f'<figure class="listing"><figcaption>{escape(language)}</figcaption>'
                f"<pre><code>{escape(source.rstrip())}</code></pre></figure>"
            )
        case Table(head, rows):
            return _table(document, head, rows)


def _equation(document: Document, equation: Equation, number: int) -> str:
    rows = "".join(map(_line, equation.lines))
    checked = f'<p class="how">{escape(how(equation))}</p>' if equation.proof else ""
    return (
        f'<div class="equation{" confirmed" if equation.proof else ""}" id="equation-{number}">'
        f'<p class="rule">{_text(document, equation.rule)}</p>'
        f'<div class="formula"><math display="block"><mtable>{rows}</mtable></math></div>'
        f'<p class="number">({number})</p>{checked}</div>'
    )


def _line(line: Line) -> str:
    left = "" if line.left is None else mathml(line.left)
    return (
        f'<mtr><mtd class="left"><mrow>{left}</mrow></mtd><mtd class="right">'
        f"<mrow><mi></mi><mo>{line.sign}</mo>{mathml(line.right)}</mrow></mtd></mtr>"
    )


def _table(
    document: Document, head: tuple[str, ...], rows: tuple[tuple[tuple[Part, ...], ...], ...]
) -> str:
    titles = "".join(f"<th>{escape(title)}</th>" for title in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{_text(document, cell)}</td>" for cell in row) + "</tr>"
        for row in rows
    )
    return (
        f'<div class="table"><table><thead><tr>{titles}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def _bibliography(document: Document) -> str:
    items = []
    for number, entry in enumerate(document.bibliography, 1):
        url = escape(entry.url)
        link = f' <a href="{url}">{url}</a>' if url.startswith("https://") else ""
        items.append(f'<li id="reference-{number}">{escape(entry.text)}{link}</li>')
    return f'<section class="references"><h2>References</h2><ol>{"".join(items)}</ol></section>'
