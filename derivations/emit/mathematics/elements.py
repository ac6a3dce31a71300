"""The elements that MathML is built of: signs, rows, fences and thin spaces."""

from __future__ import annotations

from xml.dom.minidom import Document, Element

#: Elements higher than a line of text.
_TALL = ("mfrac", "munder", "munderover", "msqrt", "mtable", "msubsup")
_PAGE = Document()


def element(tag: str, *children: Element | str, **attributes: str) -> Element:
    """Return an element with its children; text is escaped when it is written.

    >>> element("mi", "x", mathvariant="normal").toxml()
    '<mi mathvariant="normal">x</mi>'
    """
    made = _PAGE.createElement(tag)
    for name, value in attributes.items():
        made.setAttribute(name, value)
    for child in children:
        made.appendChild(_PAGE.createTextNode(child) if isinstance(child, str) else child)
    return made


def sign(text: str) -> Element:
    """Return an operator, fence or relation."""
    return element("mo", text)


def space() -> Element:
    """Return a thin space."""
    return element("mspace", width="0.17em")


def fenced(left: str, right: str, *children: Element) -> Element:
    """Put fences around; they grow only with what is higher than a line."""
    tall = any(
        child.tagName in _TALL or any(map(child.getElementsByTagName, _TALL)) for child in children
    )
    stretchy = str(tall).lower()
    before = element("mo", left, stretchy=stretchy)
    return element("mrow", before, *children, element("mo", right, stretchy=stretchy))


def in_brackets(child: Element) -> Element:
    """Put round brackets around."""
    return fenced("(", ")", child)
