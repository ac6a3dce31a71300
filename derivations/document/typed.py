"""Formulas that stand within words, such as w ← w − lr·X: where they are, and their parts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from derivations.document.nodes import Node, attached
from derivations.document.tokens import LOWERED, PAIRS, RAISED, SIGNS, Token, tokens

#: Names that are set upright, names of hyperparameters, and short words that are no products.
_NAMES = "log ln exp sin cos sinh cosh tanh asinh sign max min det tr"
FUNCTIONS = frozenset(_NAMES.split())
_WORDS = frozenset(("dampening", "averaging", "ahead"))
_SHORT = (
    "a all an and any are as at be but by can did do for had has he how if in is it its let may no "
    "nor not now of off on one or out own see set so the to two up use was we who with yet"
)
_ENGLISH = frozenset(_SHORT.split())
#: Names of code that have a letter.
_ALIASES = {"lr": "η", "eps": "ε"}
#: How deep brackets may stand in each other.
_DEEPEST = 12
#: Letters that may be words.
_ARTICLES = frozenset("aAI")


class _NotAFormula(Exception):
    """The text does not go on as a formula."""


def formulas(text: str) -> Iterator[tuple[str, tuple[Node, ...]]]:
    """Split words into pieces; a piece that is a formula comes with its parts.

    >>> [piece for piece, parts in formulas("the limit γ → ∞ of a word is w ← w − lr·g.") if parts]
    ['γ → ∞', 'w ← w − lr·g']
    """
    found = tokens(text)
    place, plain = 0, 0
    reader = _Reader(found)
    while place < len(found):
        parts, after = reader.read(place)
        if not parts:
            place += 1
            continue
        start, end = found[place].start, found[after - 1].end
        if start > plain:
            yield text[plain:start], ()
        yield text[start:end], parts
        place, plain = after, end
    if plain < len(text):
        yield text[plain:], ()


class _Reader:
    """Reads one formula from a place on, as far as it goes."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.depth = 0

    def read(self, place: int) -> tuple[tuple[Node, ...], int]:
        """Return the parts of the formula that begins here, if one does, and the place behind."""
        first = self.tokens[place]
        glued = place > 0 and self.tokens[place - 1].kind in ("word", "number", "other", "below")
        if first.kind in ("space", "close", "comma", "other", "power", "raised", "lowered"):
            return (), place
        if glued and first.kind in ("word", "number", "prime", "star") or first.text in SIGNS[:-1]:
            minus = first.text == "−" and not self._is_space(place + 1)
            if not minus:
                return (), place
        try:
            parts, after = self._row(place, "")
        except _NotAFormula:
            return (), place
        return (parts, after) if self._is_formula(place, after) else ((), place)

    def _is_space(self, place: int) -> bool:
        return place >= len(self.tokens) or self.tokens[place].kind == "space"

    def _is_formula(self, place: int, after: int) -> bool:
        """More than a number, an article, or signs alone."""
        found = [token for token in self.tokens[place:after] if token.kind != "space"]
        letters = [token for token in found if token.kind in ("word", "letter", "half", "bar")]
        if len(found) == 1:
            return (
                found[0].kind == "letter"
                or (
                    found[0].text in _ALIASES
                    or (len(found[0].text) == 1 and found[0].kind == "word")
                )
                and found[0].text not in _ARTICLES
            )
        signed = any(token.kind in ("sign", "raised", "lowered", "root") for token in found)
        named = any(token.text not in _ARTICLES for token in letters)
        return bool(letters) and (named or signed)

    def _row(self, place: int, closing: str) -> tuple[tuple[Node, ...], int]:
        """Read parts up to the closing bracket, or as far as they go."""
        nodes: list[Node] = []
        ends: list[int] = []
        here = place
        while here < len(self.tokens):
            token = self.tokens[here]
            if closing and token.text == closing and nodes:
                return tuple(nodes), here + 1
            if token.kind == "space":
                here += 1
                continue
            if token.kind == "comma" and closing:
                nodes.append(Node("sign", ","))
                ends.append(here := here + 1)
                continue
            if token.kind == "sign":
                nodes.append(Node("sign", token.text))
                ends.append(here := here + 1)
                continue
            try:
                node, after = self._part(here, place, bool(nodes))
            except _NotAFormula:
                if closing:
                    raise
                break
            nodes.append(node)
            ends.append(here := after)
        if closing:
            raise _NotAFormula
        while nodes and nodes[-1].kind == "sign":
            nodes.pop()
            ends.pop()
        if not nodes:
            raise _NotAFormula
        return tuple(nodes), ends[-1]

    def _part(self, place: int, first: int, follows: bool) -> tuple[Node, int]:
        """Read one part with what is attached to it."""
        if place >= len(self.tokens) or self.depth > _DEEPEST:
            raise _NotAFormula
        self.depth += 1
        try:
            return self._whole(place, first, follows)
        finally:
            self.depth -= 1

    def _whole(self, place: int, first: int, follows: bool) -> tuple[Node, int]:
        token = self.tokens[place]
        node, after = self._base(token, place, first, follows)
        while after < len(self.tokens):
            token = self.tokens[after]
            if token.kind == "raised":
                above = _leaves(token.text, RAISED)
                node, after = attached(node, above=above), after + 1
            elif token.kind == "lowered":
                node, after = attached(node, below=_leaves(token.text, LOWERED)), after + 1
            elif token.kind == "prime" and node.kind in ("letter", "group"):
                signs = tuple(Node("sign", "′") for _ in token.text)
                node, after = attached(node, above=signs), after + 1
            elif token.kind == "star" and node.kind == "letter":
                node, after = attached(node, above=(Node("sign", "*"),)), after + 1
            elif token.kind == "hat" and node.kind == "letter":
                node, after = replace(node, hat=True), after + 1
            elif token.kind == "below" and self._text(after + 1) == "*":
                node, after = attached(node, below=(Node("sign", "*"),)), after + 2
            elif token.text == "∞" and node.kind == "group" and node.text == "‖":
                node, after = attached(node, below=(Node("letter", "∞"),)), after + 1
            elif token.kind == "power":
                above, after = self._exponent(after + 1)
                node = attached(node, above=above)
            else:
                break
        return node, after

    def _text(self, place: int) -> str:
        return self.tokens[place].text if place < len(self.tokens) else ""

    def _exponent(self, place: int) -> tuple[tuple[Node, ...], int]:
        sign: tuple[Node, ...] = ()
        if self._text(place) in ("−", "-"):
            sign, place = (Node("sign", "−"),), place + 1
        if self._text(place) in ("(", "{"):
            inner, after = self._row(place + 1, PAIRS[self._text(place)])
            return sign + inner, after
        if place >= len(self.tokens):
            raise _NotAFormula
        token = self.tokens[place]
        if token.kind in ("number", "letter", "word", "half"):
            return (*sign, *_letters(token)), place + 1
        raise _NotAFormula

    def _base(self, token: Token, place: int, first: int, follows: bool) -> tuple[Node, int]:
        if token.kind in ("number", "half"):
            return Node(token.kind, token.text), place + 1
        if token.kind == "letter":
            return Node("letter", token.text), place + 1
        if token.kind == "root":
            node, after = self._part(place + 1, first, follows=True)
            inner = node.inner if node.text == "(" and not (node.above or node.below) else (node,)
            return Node("root", inner=inner), after
        if token.kind == "open" or (token.kind == "bar" and self._opens(place)):
            inner, after = self._row(place + 1, PAIRS[token.text])
            return Node("group", token.text, inner), after
        if token.kind == "word":
            return self._word(token, place, first, follows)
        raise _NotAFormula

    def _opens(self, place: int) -> bool:
        return not self._is_space(place + 1)

    def _word(self, token: Token, place: int, first: int, follows: bool) -> tuple[Node, int]:
        """A letter, the name of a function, or a few letters in a row that a sign stands beside."""
        text = token.text
        if text in _ALIASES:
            dotted = self._text(place + 1) == "·"
            return Node("letter", _ALIASES[text]), place + 2 if dotted else place + 1
        near = self._text(place + 1)
        if text in FUNCTIONS and (follows or self._signs(place) or near in (" ", "(")):
            beside = self.tokens[place + 2 : place + 3] if self._is_space(place + 1) else []
            if beside and beside[0].kind == "word" and len(beside[0].text) > 1:
                raise _NotAFormula
            return Node("name", text), place + 1
        if not text.isascii() or "'" in text or "’" in text or "-" in text:
            raise _NotAFormula
        spaced = place > first and self.tokens[place - 1].kind == "space"
        if len(text) == 1:
            if near == "." and not self._is_space(place + 2):
                raise _NotAFormula
            if near == "_" and self._text(place + 2) != "*":
                raise _NotAFormula
            if near.isdecimal():
                if len(near) != 2 or not text.isupper():
                    raise _NotAFormula
                return Node("letter", text, below=(Node("number", near),)), place + 2
            before = self.tokens[place - 2].kind if spaced and place - 2 >= first else "sign"
            if text in _ARTICLES and spaced and before != "sign" and not self._signs(place):
                raise _NotAFormula
            if text in _ARTICLES and not spaced and not follows and not self._signs(place):
                raise _NotAFormula
            return Node("letter", text), place + 1
        most = 2 if text.islower() else 3
        if text.lower() in _ENGLISH or (len(text) > most and text not in _WORDS):
            raise _NotAFormula
        if not self._signs(place):
            raise _NotAFormula
        if text in _WORDS:
            return Node("name", text), place + 1
        return Node("row", inner=_letters(token)), place + 1

    def _signs(self, place: int) -> bool:
        """Whether a sign, a power or a bracket of a formula stands beside a token."""
        beside = ("sign", "power", "raised", "lowered", "root", "close")
        after = place + 1
        if after < len(self.tokens) and self.tokens[after].kind in beside[1:4]:
            return True
        if self._text(after) == ")" and self._text(after + 1) in ("(", "ᵀ"):
            return True
        after += self._is_space(after)
        if after < len(self.tokens) and self.tokens[after].kind == "sign":
            return True
        before = place - 1
        if before >= 0 and self.tokens[before].kind == "space":
            before -= 1
        elif before >= 0 and self.tokens[before].kind in ("letter", "half", "number", "bar"):
            return True
        return before >= 0 and self.tokens[before].kind in ("sign", "half", "close")


def _leaves(text: str, names: dict[str, str]) -> tuple[Node, ...]:
    plain = "".join(names[sign] for sign in text)
    return tuple(
        Node("number", piece) if piece.isdigit() else
        Node("letter", "⊤" if piece == "T" else piece) if piece.isalpha() else Node("sign", piece)
        for piece in re.findall(r"\d+|\D", plain)
    )  # fmt: skip


def _letters(token: Token) -> tuple[Node, ...]:
    if token.kind != "word":
        return (Node(token.kind, token.text),)
    if token.text in _ALIASES:
        return (Node("letter", _ALIASES[token.text]),)
    return tuple(Node("letter", letter) for letter in token.text)
