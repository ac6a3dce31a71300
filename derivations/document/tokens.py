"""The tokens of words in which formulas may stand: numbers, letters, signs, brackets."""

from __future__ import annotations

import re
from dataclasses import dataclass

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵗᵀⁱ", "0123456789−+ntTi", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₙₖ", "0123456789ijnk", strict=True))
RELATIONS = "=≠≈≤≥<>←→↦∈∝≡"
SIGNS = RELATIONS + "+−·×±⊙∧/"
PAIRS = {"(": ")", "[": "]", "{": "}", "⟨": "⟩", "‖": "‖", "|": "|"}
_GREEK = "Α-Ωα-ωϵϕ"
_TOKEN = re.compile(
    rf"(?P<space> +)|(?P<half>[½¼])|(?P<number>\d+(?:\.\d+)*)"
    rf"|(?P<word>[A-Za-zÀ-ÖØ-öø-ɏ]+(?:['’][a-z]+)?(?:-[A-Za-z]+)*)"
    rf"|(?P<letter>[{_GREEK}∂∇∞ℓ𝒦ΣΠ∏∑∫])|(?P<raised>[{''.join(RAISED)}]+)"
    rf"|(?P<lowered>[{''.join(LOWERED)}]+)|(?P<prime>[′']+)|(?P<hat>\u0302)|(?P<star>\*)"
    rf"|(?P<power>\^)|(?P<below>_)|(?P<root>√)|(?P<sign>[{SIGNS}])"
    rf"|(?P<open>[(\[{{⟨])|(?P<close>[)\]}}⟩])|(?P<bar>[‖|])|(?P<comma>,)|(?P<other>.)",
    re.DOTALL,
)


@dataclass(frozen=True)
class Token:
    """A piece of a text: its kind, and from where to where it goes."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> list[Token]:
    """Split a text into tokens; together they are the whole text.

    >>> [token.kind for token in tokens("μ^2 ≤ x")]
    ['letter', 'power', 'number', 'space', 'sign', 'space', 'word']
    """
    found = _TOKEN.finditer(text)
    return [Token(str(match.lastgroup), match[0], match.start(), match.end()) for match in found]
