"""Symmetry charges: what a symmetry of the loss makes dynamics keep, or lose at a known rate."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, WIDTH
from hermosis.experiments.experiment import Answer, Experiment
from hermosis.experiments.flows import gradient_flow

if TYPE_CHECKING:
    from matplotlib.figure import Figure

IN, HIDDEN, OUT, SAMPLES = 4, 3, 2, 20
GAMMA, TAU, STEPS = 0.4, 0.05, 400


class SymmetryCharges(Experiment):
    """A linear network of two layers: the loss depends on W₂W₁ alone."""

    title = "Symmetry charges"
    claim = (
        "W₁ → RW₁, W₂ → W₂Rᵀ leaves the loss as it is. So the gradient flow keeps W₂ᵀW₂ − W₁W₁ᵀ, "
        "and with momentum Q = P₁W₁ᵀ − W₁P₁ᵀ + P₂ᵀW₂ − W₂ᵀP₂ decays as e^(−γt): exactly so by the "
        "conformal leapfrog, for every step."
    )
    source = "Noether's theorem with conformal friction; the balance of linear networks"

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.x = random.normal(size=(SAMPLES, IN))
        self.y = random.normal(size=(SAMPLES, OUT))
        self.start = {
            "W1": random.normal(size=(HIDDEN, IN)) / 2,
            "W2": random.normal(size=(OUT, HIDDEN)) / 2,
        }
        self.push = {name: random.normal(size=w.shape) for name, w in self.start.items()}

    def loss(self, w: Any) -> Any:
        """The squared error of the network."""
        return ad.mse(self.x @ w["W1"].T @ w["W2"].T, self.y)

    @cached_property
    def flow(self) -> tuple[Any, Any]:
        """How far W₂ᵀW₂ − W₁W₁ᵀ is from where it began, along the gradient flow, and times."""
        t, points = gradient_flow(self.loss, self.start, 20.0)
        kept = [w["W2"].T @ w["W2"] - w["W1"] @ w["W1"].T for w in points]
        return t, np.array([np.abs(k - kept[0]).max() for k in kept])

    @cached_property
    def charges(self) -> Any:
        """Q at each step of the conformal leapfrog, one matrix for each."""
        H = hm.Hamiltonian(profile=hm.Exponential(GAMMA))
        opt = H.optimizer(step=TAU, integrator="C/2 K/2 D K/2 C/2")
        w = {name: array.copy() for name, array in self.start.items()}
        state = opt.init(w)
        for X, push in zip(state.arrays["X"], self.push.values(), strict=True):
            X[...] = push
        both, found = ad.value_and_grad(self.loss), []
        for step in range(STEPS + 1):
            P1, P2 = state.arrays["X"]
            found.append(P1 @ w["W1"].T - w["W1"] @ P1.T + P2.T @ w["W2"] - w["W2"].T @ P2)
            if step < STEPS:
                opt.advance(w, state, both)
        return np.array(found)

    def answers(self) -> Iterator[Answer]:
        yield Answer("change of W₂ᵀW₂ − W₁W₁ᵀ along the flow", self.flow[1].max(), 0.0, 1e-9)
        size = np.abs(self.charges[0]).max()
        due = np.exp(-GAMMA * TAU * np.arange(STEPS + 1))[:, None, None] * self.charges[0]
        apart = float(np.abs(self.charges - due).max() / size)
        yield Answer("Q, apart from e^(−γt)Q(0)", apart, 0.0, within=1e-14)
        yield Answer("Q at the start", float(size), 0.1, relation=">=")

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        t, apart = self.flow
        left.semilogy(t, np.maximum(apart, 1e-17), color=COLOURS[0], linewidth=WIDTH)
        left.set(xlabel="time of the flow", ylabel="change of W₂ᵀW₂ − W₁W₁ᵀ", ylim=(1e-17, 1e-6))
        time = TAU * np.arange(STEPS + 1)
        entries = [(0, 1), (0, 2), (1, 2)]
        for (i, j), colour in zip(entries, COLOURS, strict=False):
            Q = self.charges[:, i, j]
            right.plot(time, Q, color=colour, linewidth=WIDTH, label=f"Q[{i + 1},{j + 1}]")
            right.plot(time, Q[0] * np.exp(-GAMMA * time), "k:", linewidth=1)
        right.set(xlabel="time", ylabel="charge (dotted: e^(−γt))")
        right.legend(frameon=False)
