"""What hermosis has proved, as one table: reductions of methods, and errata of the paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from derivations.proofs.erratum import Erratum
    from derivations.proofs.proof import Proof


def reductions() -> tuple[Proof, ...]:
    """Return every reduction, proved now: `.name`, `.claim`, `.steps`, `.proved`, `.latex()`."""
    from derivations.reductions import reductions

    return reductions()


def errata() -> tuple[Erratum, ...]:
    """Return what was found wrong in the source paper, each with its proof."""
    from derivations.proofs.errata import errata

    return errata()
