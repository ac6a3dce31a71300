"""Documents as files: the suffix says which form, and a file appears whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from derivations.document.html import html
from derivations.document.markdown import markdown
from derivations.document.model import Document
from derivations.document.pdf import pdf
from derivations.document.tex import tex
from derivations.errors import DocumentError

#: The form that each suffix asks for.
FORMS: dict[str, Callable[[Document], str | bytes]] = {
    ".tex": tex,
    ".pdf": pdf,
    ".html": html,
    ".md": markdown,
}


def render(document: Document, suffix: str) -> bytes:
    """Return the content of the file with this suffix. Raises `DocumentError` on an unknown one."""
    if suffix not in FORMS:
        known = ", ".join(FORMS)
        came = f"the suffix {suffix!r}" if suffix else "no suffix"
        raise DocumentError(f"a derivation cannot be written with {came}; known suffixes: {known}")
    content = FORMS[suffix](document)
    return content if isinstance(content, bytes) else content.encode()


def write(document: Document, path: str | Path) -> Path:
    """Verify a document and write it; the file appears by renaming, so never half written.

    Raises `DocumentError` for an unknown suffix or a missing folder, `ProofError` where a step of
    the derivation fails, `TexError` where a PDF cannot be made.
    """
    target = Path(path)
    if target.suffix not in FORMS:
        render(document, target.suffix)
    if not target.parent.is_dir():
        raise DocumentError(f"the folder {target.parent} does not exist; create it first")
    document.verify()
    content = render(document, target.suffix)
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, target)
    except BaseException:
        os.unlink(name)
        raise
    return target


def _umask() -> int:
    """The mask for new files; it can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
