"""`python -m derivations -o DIR`: the whole book of derivations, checked and written anew."""

from __future__ import annotations

import argparse
import shutil
import sys
from pathlib import Path

from derivations.document import Document, write
from derivations.errors import DerivationError
from derivations.paper.book import SECTIONS, book, chapter

_ALWAYS = ("tex", "html", "md")
_WHOLE = "learning_dynamics"


def main(arguments: list[str] | None = None) -> int:
    """Derive, check and write every section and the whole; return 0 if all of it holds."""
    options = _parser().parse_args(arguments)
    formats, skipped = _formats(options.format)
    if skipped:
        print(skipped)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        sections = []
        for number, (name, build) in enumerate(SECTIONS.items(), 1):
            section = build()
            sections.append(section)
            _write(chapter(section), options.output / f"{number:02d}_{name}", formats)
            print(f"{section.title:<22} {section.checks:>3} checks, all confirmed", flush=True)
        whole = book(tuple(sections))
        _write(whole, options.output / _WHOLE, formats)
        print(f"{'the whole':<22} {whole.checks:>3} checks, written to {options.output}/")
    except (DerivationError, OSError) as error:
        print(f"python -m derivations: {error}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m derivations", description="Derive the paper anew, check it and write it."
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the files"
    )
    parser.add_argument(
        "--format",
        metavar="LIST",
        help="comma-separated: tex, html, md, pdf (default: all, pdf only where latexmk is found)",
    )
    return parser


def _formats(chosen: str | None) -> tuple[list[str], str]:
    """Return the formats to write, and a line on what is left out."""
    if chosen is not None:
        return [name.strip().lstrip(".") for name in chosen.split(",")], ""
    if shutil.which("latexmk") and shutil.which("pdflatex"):
        return [*_ALWAYS, "pdf"], ""
    return list(_ALWAYS), (
        "no PDF: latexmk is not on the path (apt-get install latexmk texlive-latex-base "
        "texlive-latex-recommended)"
    )


def _write(document: Document, stem: Path, formats: list[str]) -> None:
    for suffix in formats:
        write(document, stem.with_suffix(f".{suffix}"))


if __name__ == "__main__":
    sys.exit(main())
