r"""How formulas that stand within words are written: as LaTeX and as MathML."""

from __future__ import annotations

import unicodedata
from html import escape

from derivations.document.nodes import Node
from derivations.document.tokens import PAIRS, RELATIONS

_SIGNS = {
    "≠": r"\neq", "≈": r"\approx", "≤": r"\leq", "≥": r"\geq", "←": r"\leftarrow", "→": r"\to",
    "↦": r"\mapsto", "∈": r"\in", "∝": r"\propto", "≡": r"\equiv", "−": "-", "·": r"\cdot",
    "×": r"\times", "±": r"\pm", "⊙": r"\odot", "∧": r"\wedge", "′": r"\prime", "*": "*",
}  # fmt: skip
_LETTERS = {
    "∂": r"\partial", "∇": r"\nabla", "∞": r"\infty", "ℓ": r"\ell", "𝒦": r"\mathcal{K}",
    "Σ": r"\textstyle\sum", "∑": r"\textstyle\sum", "∏": r"\textstyle\prod",
    "∫": r"\textstyle\int", "⊤": r"\top", "ϵ": r"\epsilon", "ε": r"\epsilon", "ϕ": r"\phi",
}  # fmt: skip
_LARGE = {"Σ": "∑", "∑": "∑", "∏": "∏", "∫": "∫"}
_OWN_NAMES = ("log", "ln", "exp", "sin", "cos", "sinh", "cosh", "tanh", "max", "min", "det")
_HALVES = {"½": ("1", "2"), "¼": ("1", "4")}
_FENCES = {
    "(": ("(", ")"), "[": ("[", "]"), "{": (r"\{", r"\}"), "⟨": (r"\langle ", r"\rangle "),
    "‖": (r"\lVert ", r"\rVert "), "|": (r"\lvert ", r"\rvert "),
}  # fmt: skip


def typed_latex(nodes: tuple[Node, ...]) -> str:
    r"""Return a formula as LaTeX, without dollar signs.

    >>> from derivations.document.typed import formulas
    >>> [(_, parts)] = formulas("X/√(1 + δ‖X‖²)")
    >>> typed_latex(parts)
    'X/\\sqrt{1 + \\delta \\lVert X\\rVert ^{2}}'
    """
    text = ""
    for node in nodes:
        piece = _latex(node)
        touching = text[-1:].isalpha() and piece[:1].isalpha() and "\\" in text.split(" ")[-1]
        spaced = node.kind == "sign" and node.text not in "/,′*"
        text += f" {piece} " if spaced else f" {piece}" if touching else piece
    return " ".join(text.split())


def _latex(node: Node) -> str:
    match node.kind:
        case "letter":
            base = _letter(node.text)
            if node.hat:
                base = rf"\hat{{{base}}}"
        case "name":
            own = node.text in _OWN_NAMES
            base = rf"\{node.text} " if own else rf"\operatorname{{{node.text}}} "
        case "half":
            base = r"\tfrac{%s}{%s}" % _HALVES[node.text]
        case "sign":
            base = _SIGNS.get(node.text, node.text)
        case "root":
            base = rf"\sqrt{{{typed_latex(node.inner)}}}"
        case "group":
            left, right = _FENCES[node.text]
            base = f"{left}{typed_latex(node.inner)}{right}"
        case "row":
            base = typed_latex(node.inner)
        case _:
            base = node.text
    below = f"_{{{typed_latex(node.below)}}}" if node.below else ""
    above = f"^{{{typed_latex(node.above)}}}" if node.above else ""
    if node.kind == "name" and above:
        base = base.strip()
        above += " "
    return base + below + above


def _letter(sign: str) -> str:
    if sign in _LETTERS:
        return _LETTERS[sign] + " "
    name = unicodedata.name(sign, "")
    if name.startswith("GREEK"):
        kind, letter = name.split()[1], name.split()[-1].lower().replace("lamda", "lambda")
        if kind == "SMALL":
            return "o" if letter == "omicron" else rf"\{letter} "
        return rf"\{letter.capitalize()} " if sign in "ΓΔΘΛΞΠΥΦΨΩ" else rf"\mathrm{{{letter[0]}}}"
    return sign


def typed_mathml(nodes: tuple[Node, ...]) -> str:
    """Return a formula as MathML, without the `math` element around it.

    >>> from derivations.document.typed import formulas
    >>> [(_, parts)] = formulas("μ^d")
    >>> typed_mathml(parts)
    '<msup><mi>μ</mi><mi>d</mi></msup>'
    """
    text, after_sign = "", True
    for node in nodes:
        text += _mathml(node, after_sign)
        after_sign = node.kind == "sign"
    return text


def _mathml(node: Node, leads: bool) -> str:
    """Write one part; a sign that `leads` belongs to what follows it."""
    match node.kind:
        case "letter" if node.text in _LARGE:
            base = f'<mo largeop="false">{_LARGE[node.text]}</mo>'
        case "letter":
            tag = "mo" if node.text in "∂∇" else "mi"
            base = f"<{tag}>{escape(node.text)}</{tag}>"
            if node.hat:
                base = f'<mover accent="true">{base}<mo>^</mo></mover>'
        case "name":
            base = f"<mi>{node.text}</mi>"
        case "half":
            base = "<mfrac>%s</mfrac>" % "".join(f"<mn>{n}</mn>" for n in _HALVES[node.text])
        case "sign":
            spaced = "" if node.text in RELATIONS + "+−±·×⊙∧," else ' lspace="0" rspace="0"'
            if leads and node.text in "−+±":
                spaced = ' form="prefix"'
            base = f"<mo{spaced}>{escape(node.text)}</mo>"
        case "root":
            base = f"<msqrt>{typed_mathml(node.inner)}</msqrt>"
        case "group":
            left, right = (
                f'<mo fence="true" stretchy="false" form="{form}">{sign}</mo>'
                for form, sign in (("prefix", node.text), ("postfix", PAIRS[node.text]))
            )
            base = f"<mrow>{left}{typed_mathml(node.inner)}{right}</mrow>"
        case "row":
            base = f"<mrow>{typed_mathml(node.inner)}</mrow>"
        case _:
            base = f"<mn>{node.text}</mn>"
    below, above = map(_one, (node.below, node.above))
    tag = "msubsup" if below and above else "msub" if below else "msup"
    written = f"<{tag}>{base}{below}{above}</{tag}>" if below or above else base
    return f"{written}<mo>\u2061</mo>" if node.kind == "name" else written


def _one(nodes: tuple[Node, ...]) -> str:
    """One element for what stands above or below; nothing for nothing."""
    written = typed_mathml(nodes)
    return f"<mrow>{written}</mrow>" if len(nodes) > 1 else written
