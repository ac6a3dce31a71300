"""Feedback alignment: credit goes back through weights of its own, and the others follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from hermosis import autodiff as ad
from hermosis.errors import ShapeError
from hermosis.run.parameters import Array


def angle(a: Any, b: Any) -> float:
    """Return the angle between two arrays of one shape, in degrees.

    >>> angle([1.0, 0.0], [0.0, 2.0])
    90.0
    """
    a, b = (np.ravel(x) / np.linalg.norm(x) for x in (a, b))
    return float(np.degrees(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))))


@dataclass(frozen=True)
class FeedbackLayer:
    """A layer whose output's derivative goes back through B in place of the weights' transpose.

    The weights get their own derivative; what is below gets that of B: T. Lillicrap et al.,
    arXiv:1411.0247.
    """

    B: Array

    def __call__(self, x: Any, W: Any) -> Any:
        """Return x @ W, for x of shape (N, n) and W of shape (n, m); B has the shape of W."""
        if np.shape(self.B) != np.shape(W):
            raise ShapeError(
                f"the feedback has shape {np.shape(self.B)}, but the weights {np.shape(W)}"
            )
        # Forward x @ W; backward to x only through B, and to W only through x.
        through_x = x @ self.B
        return ad.detach(x) @ W + (through_x - ad.detach(through_x))
