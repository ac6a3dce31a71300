"""Networks that classify handwritten digits, by the cross-entropy of their scores."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from benchmarks import data
from benchmarks.data import Split
from benchmarks.measures.accuracy import Accuracy
from benchmarks.parameters import Array, Parameters
from benchmarks.problem import Problem
from hermosis import autodiff as ad


class Network(Problem):
    """A network is its scores; `hermosis.autodiff` finds the gradient."""

    minimum = None
    targets = (3e-1, 1e-1, 1e-2)
    measure = Accuracy()
    count: ClassVar[int | None] = None
    """How many digits it is trained on; all of them unless told."""

    @staticmethod
    @abstractmethod
    def scores(f: Any, pixels: Any, w: Parameters) -> Any:
        """Scores of ten classes for rows of 64 pixels, by the functions of a library f."""

    def loss(self, w: Parameters) -> Any:
        """The mean cross-entropy on the training digits."""
        digits = data.digits()
        scores = self.scores(ad, digits.train[: self.count], w)
        return ad.cross_entropy(scores, digits.train_labels[: self.count])

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        value, gradient = ad.value_and_grad(self.loss)(w)
        return float(value), gradient

    def split(self) -> Split:
        """The digits to train on and to test on."""
        return data.digits()

    def classes(self, pixels: Array, w: Parameters) -> Array:
        """The class of each row."""
        scores: Array = self.scores(ad, pixels, w)
        return scores.argmax(axis=1)
