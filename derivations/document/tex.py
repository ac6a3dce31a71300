r"""A document as LaTeX, with packages of texlive-latex-base and -recommended only."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import quote

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
from derivations.document.text import citation, how, joined, spans
from derivations.emit.latex import latex

_PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper,margin=32mm]{geometry}
\usepackage{amsmath,mathtools,booktabs,microtype}
\usepackage[numbers]{natbib}
\usepackage[hidelinks]{hyperref}
%(characters)s\setlength{\parindent}{0pt}
\setlength{\parskip}{0.6\baselineskip}
\allowdisplaybreaks
%% The rule that leads to an equation stands before it, what the machine checked behind it.
\newcommand{\because}[1]{\par{\small\itshape #1}}
\newcommand{\checked}[1]{\par\nobreak\vskip-0.5\baselineskip\nobreak
  {\raggedleft\footnotesize $\surd$\ #1\par}}
\newcommand{\unchecked}{\par\penalty0}
\postdisplaypenalty=10000
\AtBeginDocument{\abovedisplayskip=5pt \abovedisplayshortskip=5pt
  \belowdisplayskip=7pt \belowdisplayshortskip=7pt}
\newenvironment{code}{\par\ttfamily\footnotesize\raggedright\parskip=0pt}{\par}
\hypersetup{pdftitle={%(title)s}}
\begin{document}
{\LARGE\bfseries\raggedright %(title)s\par}\bigskip
%(body)s
\end{document}
"""

_SPECIAL = {
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
    "¹": "^1", "₀": "_0", "₁": "_1", "₂": "_2", "₃": "_3", "ᵗ": "^t", "ᵀ": "^T", "✓": r"\surd",
    "ℓ": r"\ell", "⟨": r"\langle", "⟩": r"\rangle", "′": "'", "°": r"^\circ", "±": r"\pm",
    "ẇ": r"\dot w", "Ẋ": r"\dot X", "¬": r"\neg",
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
#: Greek capitals that differ from Latin ones.
_CAPITALS = {
    "gamma", "delta", "theta", "lambda", "xi", "pi", "sigma", "upsilon", "phi", "psi", "omega",
}  # fmt: skip

#: The signs of an equation line.
RELATIONS = {"=": "=", "≠": r"\neq", "≈": r"\approx", "←": r"\leftarrow"}


def tex(document: Document) -> str:
    """Return the document as a LaTeX file."""
    parts = [_paragraph(document, note) for note in document.notes]
    for section in document.sections:
        parts.append(r"\section{%s}" % escape(section.title))
        parts.extend(_block(document, block) for block in section.blocks)
    if document.bibliography:
        parts.append(_bibliography(document))
    body = "\n\n".join(parts)
    return _PREAMBLE % {
        "title": escape(document.title),
        "body": body,
        "characters": _characters(document.title + body),
    }


def escape(text: str) -> str:
    r"""Write text so that LaTeX prints it as it is; characters beyond ASCII stay.

    >>> escape("50 % of x_1 \\")
    '50 \\% of x\\_1 \\textbackslash{}'
    """
    clean = "".join(sign for sign in text if sign in "\n\t" or not _is_control(sign))
    written = "".join(_SPECIAL.get(sign, sign) for sign in clean)
    return re.sub(r'"([^"]*)"', r"``\1''", written)


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn")


def _characters(text: str) -> str:
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
    base, *accents = tuple(unicodedata.normalize("NFD", sign))
    if len(accents) == 1 and accents[0] in _ACCENTS and base.isascii() and base.isalpha():
        return r"\%s{%s}" % (_ACCENTS[accents[0]], {"i": r"\i", "j": r"\j"}.get(base, base))
    return r"\texttt{[U+%04X]}" % ord(sign)


def _text(document: Document, parts: tuple[Part, ...], style: str = "") -> str:
    def write(part: Part) -> str:
        if isinstance(part, Cite):
            citation(document, part)
            return r"\cite{%s}" % part.key
        if isinstance(part, str):
            return "".join(
                r"\texttt{%s}" % escape(piece) if code else escape(piece)
                for code, piece in spans(part)
            )
        return f"${style}{latex(part)}$"

    return joined(parts, write)


def _paragraph(document: Document, block: Prose) -> str:
    return _text(document, block.parts)


def _block(document: Document, block: Block) -> str:
    match block:
        case Prose():
            return _paragraph(document, block)
        case Equation():
            return _equation(document, block)
        case Heading(text):
            return r"\subsection{%s}" % escape(text)
        case Listing(source):
            return "\\begin{code}\n%s\n\\end{code}" % "\n".join(
                map(_code_line, source.splitlines())
            )
        case Table():
            return _table(document, block)


def _equation(document: Document, equation: Equation) -> str:
    rows = " \\\\\n".join(map(_line, equation.lines))
    if len(equation.lines) > 1:
        rows = f"\\begin{{aligned}}\n{rows}\n\\end{{aligned}}"
    else:
        rows = rows.replace("&", "", 1)
    shown = rf"\because{{{_text(document, equation.rule)}}}" + (
        f"\n\\begin{{equation}}\n{rows}\n\\end{{equation}}"
    )
    return shown + (rf"\checked{{{escape(how(equation))}}}" if equation.proof else r"\unchecked")


def _line(line: Line) -> str:
    left = "" if line.left is None else latex(line.left)
    return f"{left} &{RELATIONS[line.sign]} {latex(line.right)}"


def _code_line(line: str) -> str:
    """A line of code: every space counts, and ligatures such as -- and '' are broken up."""
    written = "".join(
        _SPECIAL.get(sign, sign) for sign in line.expandtabs(4) if not _is_control(sign)
    )
    spaced = re.sub(r"([-'`,<>])(?=\1)", r"\1{}", written).replace(" ", "~")
    return (spaced or r"\mbox{}") + r"\\"


def _table(document: Document, table: Table) -> str:
    head = " & ".join(rf"\textbf{{{escape(title)}}}" for title in table.head)
    rows = " \\\\\n\\addlinespace\n".join(
        " & ".join(_text(document, cell, r"\displaystyle ") for cell in row) for row in table.rows
    )
    columns = f"p{{{0.94 / len(table.head):.3f}\\linewidth}}" * len(table.head)
    return (
        f"{{\\small\n\\begin{{tabular}}{{@{{}}{columns}@{{}}}}\n\\toprule\n{head} \\\\\n\\midrule\n"
        f"{rows} \\\\\n\\bottomrule\n\\end{{tabular}}}}"
    )


def _bibliography(document: Document) -> str:
    items = "\n".join(
        r"\bibitem{%s} %s%s"
        % (entry.key, escape(entry.text), rf" \url{{{_url(entry.url)}}}" if entry.url else "")
        for entry in document.bibliography
    )
    return f"\\begin{{thebibliography}}{{99}}\n{items}\n\\end{{thebibliography}}"


def _url(url: str) -> str:
    r"""An address as it may stand in \url: whatever else is in it is percent-encoded."""
    return quote(url, safe="%/:?#[]@!$&'()*+,;=-._~")
