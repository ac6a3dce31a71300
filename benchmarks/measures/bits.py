"""How surprised a language model is by text that it was not trained on."""

from __future__ import annotations

import math
from typing import Any

from benchmarks.engine.parameters import Parameters
from benchmarks.measure import Measure


class Bits(Measure):
    """The mean cross-entropy of the next character in the test rows, in bits."""

    name = "test bits per character"
    better = "lower"

    def __call__(self, problem: Any, w: Parameters) -> float:
        split = problem.split()
        return float(problem.entropy(split.test, split.test_labels, w)) / math.log(2.0)
