"""hermosis at work: the public step, on the backend that it chooses or on NumPy."""

from __future__ import annotations

import hermosis as hm
from benchmarks.engine.parameters import Array
from benchmarks.speed.comparison import Contestant
from benchmarks.speed.work import Work, sampled


class Steps:
    """One optimizer with its weights and state."""

    def __init__(self, work: Work, **backend: str) -> None:
        hm.set_num_threads(work.threads)
        opt = work.method.optimizer(**backend)
        self.arrays = work.weights()
        self.weights = work.whole(self.arrays)
        self.gradient = work.whole(work.gradients)
        self.state = opt.init(self.weights)
        self.step = opt.step

    def run(self, calls: int) -> None:
        """Make steps."""
        step, weights, gradient, state = self.step, self.weights, self.gradient, self.state
        for _ in range(calls):
            step(weights, gradient, state)

    def values(self) -> Array:
        """The weights."""
        return sampled(self.arrays)


def _on_numpy(work: Work) -> Steps:
    return Steps(work, backend="numpy")


HERMOSIS = Contestant("hermosis", Steps)
HERMOSIS_NUMPY = Contestant("hermosis, NumPy backend", _on_numpy)
