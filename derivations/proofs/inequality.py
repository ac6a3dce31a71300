"""The step of a proof that states an inequality, left ≤ right."""

from __future__ import annotations

from dataclasses import dataclass

from derivations.proofs.proof import Step, differences
from derivations.proofs.sign import negative_somewhere, nonnegative


@dataclass(frozen=True)
class AtMost(Step):
    """`left` is at most `right` for all values of the symbols (or, in a refutation, is not).

    What the symbols are assumed to be is part of the statement. A hypothesis, such as convexity,
    enters as a symbol that is not negative.

    >>> from derivations.algebra.symbols import X
    >>> AtMost("tangent below parabola", "a square", 2 * X - 1, X**2).holds
    True
    """

    @property
    def sign(self) -> str:
        """The sign between the sides."""
        return "≰" if self.differs else "≤"

    def _confirmed(self) -> bool:
        gaps = [-gap for gap in differences(self.left, self.right)]
        if self.differs:
            return any(map(negative_somewhere, gaps))
        return all(map(nonnegative, gaps))
