"""The textbook updates as a competent user writes them in NumPy: in place, and no checks."""

from __future__ import annotations

import math
from abc import abstractmethod

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.speed.comparison import Contestant
from benchmarks.speed.work import Work, sampled


class _ByHand:
    """Weights, gradients and one moment for each array."""

    def __init__(self, work: Work) -> None:
        self.weights = work.weights()
        self.gradients = work.gradients
        self.moments = [np.zeros_like(w) for w in self.weights]
        self.options = work.method.options
        self.steps = 0

    def run(self, calls: int) -> None:
        for _ in range(calls):
            self.step()

    @abstractmethod
    def step(self) -> None: ...

    def values(self) -> Array:
        return sampled(self.weights)


class _Momentum(_ByHand):
    def step(self) -> None:
        lr, mu = self.options["lr"], self.options["momentum"]
        for w, X, g in zip(self.weights, self.moments, self.gradients, strict=True):
            X *= mu
            X += g
            w -= lr * X


class _Relativistic(_ByHand):
    def step(self) -> None:
        for X, g in zip(self.moments, self.gradients, strict=True):
            X += g
        self._drift()
        for X in self.moments:
            X *= self.options["momentum"]
        self._drift()

    def _drift(self) -> None:
        lr, delta = self.options["lr"], self.options["delta"]
        square = sum(float(np.vdot(X, X)) for X in self.moments)
        factor = lr / math.sqrt(1 + delta * lr**2 * square)
        for w, X in zip(self.weights, self.moments, strict=True):
            w -= factor * X


class _Adam(_ByHand):
    def __init__(self, work: Work) -> None:
        super().__init__(work)
        self.squares = [np.zeros_like(w) for w in self.weights]

    def step(self) -> None:
        self.steps += 1
        lr, eps = self.options["lr"], self.options["eps"]
        beta_1, beta_2 = self.options["beta_1"], self.options["beta_2"]
        for w, m, v, g in zip(
            self.weights, self.moments, self.squares, self.gradients, strict=True
        ):
            m *= beta_1
            m += (1 - beta_1) * g
            v *= beta_2
            v += (1 - beta_2) * g**2
            m_hat = m / (1 - beta_1**self.steps)
            v_hat = v / (1 - beta_2**self.steps)
            w -= lr * m_hat / (np.sqrt(v_hat) + eps)


class _AdamW(_Adam):
    def step(self) -> None:
        for w in self.weights:
            w *= 1 - self.options["lr"] * self.options["weight_decay"]
        super().step()


class _Lion(_ByHand):
    def step(self) -> None:
        lr, beta_1, beta_2 = (self.options[name] for name in ("lr", "beta_1", "beta_2"))
        for w, m, g in zip(self.weights, self.moments, self.gradients, strict=True):
            w -= lr * np.sign(beta_1 * m + (1 - beta_1) * g)
            m *= beta_2
            m += (1 - beta_2) * g


UPDATES: dict[str, type[_ByHand]] = {
    "momentum": _Momentum,
    "RGD": _Relativistic,
    "Adam": _Adam,
    "AdamW": _AdamW,
    "Lion": _Lion,
}


class _Checked:
    """An update by hand that refuses a gradient that is not finite, as hermosis does."""

    def __init__(self, work: Work) -> None:
        self.update = _prepare(work)
        self.values = self.update.values

    def run(self, calls: int) -> None:
        for _ in range(calls):
            for g in self.update.gradients:
                if not np.isfinite(g).all():
                    raise ValueError("the gradient is not finite")
            self.update.step()


def _prepare(work: Work) -> _ByHand:
    return UPDATES[work.method.name](work)


BY_HAND = Contestant("NumPy by hand", _prepare)
CHECKED = Contestant("NumPy by hand, checked", _Checked)
