r"""Characters that LaTeX reads as commands, or does not have in its standard fonts."""

from __future__ import annotations

import re
import unicodedata

SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "$": r"\ensuremath{\mathdollar}",
    "&": r"\&",
    "#": r"\#",
    "%": r"\%",
    "_": r"\_",
    "^": r"\textasciicircum{}",
    "~": r"\textasciitilde{}",
    "<": r"\ensuremath{<}",
    ">": r"\ensuremath{>}",
    "|": r"\ensuremath{|}",
}

#: Characters outside ASCII that LaTeX does not set by itself.
_SIGNS = {
    "−": "-", "×": r"\times", "·": r"\cdot", "→": r"\to", "←": r"\leftarrow",
    "↔": r"\leftrightarrow", "≈": r"\approx", "≠": r"\neq", "≤": r"\leq", "≥": r"\geq",
    "≪": r"\ll", "∞": r"\infty", "∂": r"\partial", "∇": r"\nabla", "∑": r"\sum", "Σ": r"\Sigma",
    "∏": r"\prod", "∫": r"\int", "√": r"\surd", "∧": r"\wedge", "‖": r"\Vert", "∈": r"\in",
    "½": r"\tfrac12", "¼": r"\tfrac14", "²": "^2", "³": "^3", "⁴": "^4", "ⁿ": "^n", "⁻": "^-",
    "¹": "^1", "₀": "_0", "₁": "_1", "₂": "_2", "₃": "_3", "ᵗ": "^t", "ᵀ": "^T", "✓": r"\checkmark",
    "ℓ": r"\ell", "⟨": r"\langle", "⟩": r"\rangle", "′": "'", "°": r"^\circ", "±": r"\pm",
    "∝": r"\propto", "≡": r"\equiv", "≰": r"\not\leq", "⊙": r"\odot", "∘": r"\circ",
    "⇒": r"\Rightarrow", "↦": r"\mapsto", "ẇ": r"\dot w", "Ẋ": r"\dot X", "¬": r"\neg",
}  # fmt: skip

#: Letters, quotes and dashes, and combining accents.
_LETTERS = {
    "ß": r"\ss{}", "ø": r"\o{}", "Ø": r"\O{}", "æ": r"\ae{}", "Æ": r"\AE{}", "œ": r"\oe{}",
    "Œ": r"\OE{}", "ł": r"\l{}", "Ł": r"\L{}", "ı": r"\i{}", "–": "--", "—": "---", "…": r"\dots{}",
    "‘": "`", "’": "'", "“": "``", "”": "''", "\u00a0": "~",
}  # fmt: skip
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
}  # fmt: skip
_ACCENTED = re.compile(f"([A-Za-z])([{''.join(_ACCENTS)}])")
#: Raised, lowered and script letters, by the name that Unicode has for the form.
_FORMS = {"<super>": "^{%s}", "<sub>": "_{%s}", "<font>": r"\mathcal{%s}"}
#: Greek capitals that differ from Latin ones.
_CAPITALS = {
    "gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega",
}  # fmt: skip


def escape(text: str) -> str:
    r"""Write text so that LaTeX prints it as it is; characters beyond ASCII stay.

    >>> escape("50 % of x_1 \\")
    '50 \\% of x\\_1 \\textbackslash{}'
    """
    clean = "".join(sign for sign in text if sign in "\n\t" or not is_control(sign))
    written = "".join(SPECIAL.get(sign, sign) for sign in unicodedata.normalize("NFC", clean))
    written = _ACCENTED.sub(lambda found: rf"\{_ACCENTS[found[2]]}{{{found[1]}}}", written)
    return re.sub(r'"([^"]*)"', r"``\1''", written)


def is_control(sign: str) -> bool:
    """Tell whether a character has no shape of its own."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn")


def declared(text: str) -> str:
    """Declare what each character beyond ASCII is, so that LaTeX refuses none."""
    strangers = sorted(sign for sign in set(text) if not sign.isascii())
    declare = r"\DeclareUnicodeCharacter{%04X}{%s}" + "\n"
    return "".join(declare % (ord(sign), _meaning(sign)) for sign in strangers)


def _meaning(sign: str) -> str:
    """What a character is in LaTeX; by its number where the standard fonts do not have it."""
    if sign in _SIGNS:
        return r"\ensuremath{%s}" % _SIGNS[sign]
    if sign in _LETTERS:
        return _LETTERS[sign]
    greek = re.fullmatch(r"GREEK (SMALL|CAPITAL) LETTER (\w+)", unicodedata.name(sign, ""))
    if greek:
        letter = greek[2].lower().replace("lamda", "lambda")
        if letter == "omicron" or (greek[1] == "CAPITAL" and letter not in _CAPITALS):
            return r"\ensuremath{\mathrm{%s}}" % letter[0].upper()
        return r"\ensuremath{\%s}" % (letter.capitalize() if greek[1] == "CAPITAL" else letter)
    kind, *codes = unicodedata.decomposition(sign).split() or [""]
    if kind in _FORMS and len(codes) == 1:
        plain = chr(int(codes[0], 16))
        meaning = plain if plain.isascii() else _meaning(plain)
        return r"\ensuremath{%s}" % (_FORMS[kind] % meaning)
    base, *accents = tuple(unicodedata.normalize("NFD", sign))
    if len(accents) == 1 and accents[0] in _ACCENTS and base.isascii() and base.isalpha():
        return r"\%s{%s}" % (_ACCENTS[accents[0]], {"i": r"\i", "j": r"\j"}.get(base, base))
    return r"\texttt{[U+%04X]}" % ord(sign)
