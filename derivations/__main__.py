"""`python -m derivations -o DIR`: the whole book of derivations, checked and written anew."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from derivations.book.contents import TITLE, book, chapters
from derivations.document import Document, Section, write
from derivations.errors import DerivationError
from derivations.paper.book import SECTIONS, chapter

_ALWAYS = ("tex", "html", "md")
_WHOLE = "learning_dynamics"


def main(arguments: list[str] | None = None) -> int:
    """Derive, check and write the book; return 0 if all of it holds."""
    options = _parser().parse_args(arguments)
    formats, skipped = _formats(options.format)
    if skipped:
        print(skipped)
    try:
        options.output.mkdir(parents=True, exist_ok=True)
        whole = book(tuple(map(_built, chapters())))
        _write(whole, options.output / _WHOLE, formats)
        print(f"{whole.checks:>4} checks  the whole, all confirmed")
        if options.sections:
            for number, (name, build) in enumerate(SECTIONS.items(), 1):
                _write(chapter(build()), options.output / f"{number:02d}_{name}", formats)
    except (DerivationError, OSError) as error:
        print(f"python -m derivations: {error}", file=sys.stderr)
        return 1
    return 0


def _built(build: Callable[[], Section]) -> Section:
    """Build a chapter, check it as soon as it is there, and say so."""
    start = monotonic()
    section = build()
    section.verify(TITLE)
    print(f"{section.checks:>4} checks  {section.title} ({monotonic() - start:.1f} s)", flush=True)
    return section


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m derivations",
        description="Derive the theory and every optimizer anew, check it, and write it as a book.",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR", help="folder for the files"
    )
    parser.add_argument(
        "--format",
        metavar="LIST",
        help="comma-separated: tex, html, md, pdf (default: all, pdf only where latexmk is found)",
    )
    parser.add_argument(
        "--sections",
        action="store_true",
        help="write each section of the paper as a document of its own, too",
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
        print(f"written      {stem.with_suffix(f'.{suffix}')}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
