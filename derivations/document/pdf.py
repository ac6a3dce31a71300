"""A document as PDF: the LaTeX form, typeset by latexmk in a folder that is then removed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from derivations.document.model import Document
from derivations.document.tex import tex
from derivations.errors import TexError

_INSTALL = (
    "install it with 'apt-get install latexmk texlive-latex-base texlive-latex-recommended', "
    "or write .tex, .html or .md, which need nothing"
)
_COMMAND = (
    "latexmk",
    "-pdf",
    "-norc",
    "-interaction=nonstopmode",
    "-halt-on-error",
    "-no-shell-escape",
)
_SECONDS = 180


def pdf(document: Document) -> bytes:
    """Typeset the document. Raises `TexError` if TeX is missing or refuses it."""
    if shutil.which(_COMMAND[0]) is None or shutil.which("pdflatex") is None:
        raise TexError(f"a PDF needs latexmk and pdflatex, which are not on the path; {_INSTALL}")
    with tempfile.TemporaryDirectory(prefix="derivation-") as folder:
        source = Path(folder, "document.tex")
        source.write_text(tex(document), encoding="utf-8")
        try:
            run = subprocess.run(
                [*_COMMAND, source.name],
                cwd=folder,
                env={**os.environ, "TEXMFVAR": folder},
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise TexError(f"TeX did not finish in {_SECONDS} seconds") from error
        result = source.with_suffix(".pdf")
        if run.returncode != 0 or not result.exists():
            raise TexError(_explain(source.with_suffix(".log"), run.stdout + run.stderr))
        return result.read_bytes()


def _explain(log: Path, output: str) -> str:
    """Find TeX's own line about what is wrong."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.exists() else output
    found = re.search(r"^! .*(?:\n(?!l\.\d).*){0,6}?\n?(?:^l\.\d+.*$)?", text, re.MULTILINE)
    message = " ".join(found[0].split()) if found else " ".join(output.split())[-300:]
    hint = f"; a package is missing: {_INSTALL}" if "not found" in message else ""
    return f"TeX refused the document: {message}{hint}"
