"""Drawings of boxes and lines, which HTML shows as SVG and LaTeX as a picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivations.document.model import Part


@dataclass(frozen=True)
class Box:
    """A short text in a rectangle; (x, y) is its upper left corner, y grows downwards."""

    x: float
    y: float
    width: float
    height: float
    parts: tuple[Part, ...]
    framed: bool = True


@dataclass(frozen=True)
class Drawing:
    """Boxes, and horizontal and vertical lines (x1, y1, x2, y2), in points."""

    width: float
    height: float
    boxes: tuple[Box, ...]
    lines: tuple[tuple[float, float, float, float], ...] = ()


#: Writes the parts of a text in the form of the page that the drawing stands on.
Writer = Callable[["tuple[Part, ...]"], str]


def svg(drawing: Drawing, write: Writer) -> str:
    """Return the drawing as an SVG element; the texts in it are HTML."""
    strokes = "".join(
        f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}"/>'
        for x1, y1, x2, y2 in drawing.lines
    )
    return (
        f'<svg viewBox="0 0 {drawing.width:g} {drawing.height:g}" width="{drawing.width:g}" '
        f'height="{drawing.height:g}" role="img">{strokes}'
        + "".join(_svg_box(box, write) for box in drawing.boxes)
        + "</svg>"
    )


def picture(drawing: Drawing, write: Writer) -> str:
    """Return the drawing as a LaTeX picture environment."""
    top = drawing.height
    parts = [
        f"\\begin{{picture}}({drawing.width:g},{drawing.height:g})",
        *(_tex_line(line, top) for line in drawing.lines),
        *(_tex_box(box, top, write) for box in drawing.boxes),
        "\\end{picture}",
    ]
    return "{\\setlength{\\unitlength}{1pt}\\footnotesize%\n" + "%\n".join(parts) + "}"


def _svg_box(box: Box, write: Writer) -> str:
    place = f'x="{box.x:g}" y="{box.y:g}" width="{box.width:g}" height="{box.height:g}"'
    frame = f'<rect {place} rx="4"/>' if box.framed else ""
    style = "framed" if box.framed else "plain"
    text = f'<div class="{style}">{write(box.parts)}</div>'
    return f"{frame}<foreignObject {place}>{text}</foreignObject>"


def _tex_line(line: tuple[float, float, float, float], top: float) -> str:
    x1, y1, x2, y2 = line
    x, y = min(x1, x2), top - max(y1, y2)
    flat = y1 == y2
    size = abs(x2 - x1) if flat else abs(y2 - y1)
    return f"\\put({x:g},{y:g}){{\\line({'1,0' if flat else '0,1'}){{{size:g}}}}}"


def _tex_box(box: Box, top: float, write: Writer) -> str:
    corner = f"{box.x:g},{top - box.y - box.height:g}"
    size = f"{box.width:g},{box.height:g}"
    frame = f"\\put({corner}){{\\framebox({size}){{}}}}" if box.framed else ""
    place = "" if box.framed else "[l]"
    text = f"\\fitted{{{box.width - 4:g}pt}}{{{write(box.parts)}}}"
    return f"{frame}\\put({corner}){{\\makebox({size}){place}{{{text}}}}}"
