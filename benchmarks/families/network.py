"""Networks that classify, by the cross-entropy of their scores."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, ClassVar

from numpy.typing import NDArray

from benchmarks.engine.parameters import Array, Parameters
from benchmarks.families.data import Split
from benchmarks.measure import Measure
from benchmarks.measures.accuracy import Accuracy
from benchmarks.problem import Problem
from hermosis import autodiff as ad


class Network(Problem):
    """A network is its scores and its data; `hermosis.autodiff` finds the gradient."""

    minimum = None
    targets = (3e-1, 1e-1, 1e-2)
    measure: ClassVar[Measure] = Accuracy()

    @abstractmethod
    def split(self) -> Split:
        """The rows to train on and to test on."""

    @staticmethod
    @abstractmethod
    def scores(f: Any, features: Any, w: Parameters) -> Any:
        """Scores of the classes for rows of features, by the functions of a library f."""

    def entropy(self, features: Any, labels: NDArray[Any], w: Parameters) -> Any:
        """The mean cross-entropy of the labels of some rows, in nats."""
        return ad.cross_entropy(self.scores(ad, features, w), labels)

    def loss(self, w: Parameters) -> Any:
        """The mean cross-entropy on the training rows."""
        rows = self.split()
        return self.entropy(rows.train, rows.train_labels, w)

    def value_and_gradient(self, w: Parameters) -> tuple[float, Parameters]:
        value, gradient = ad.value_and_grad(self.loss)(w)
        return float(value), gradient

    def classes(self, features: Array, w: Parameters) -> Array:
        """The class of each row."""
        scores: Array = self.scores(ad, features, w)
        return scores.argmax(axis=1)
