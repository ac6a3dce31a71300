"""Neural dynamics as differential equations: a memory whose energy never rises, and a ring."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, GREY, WIDTH
from hermosis.experiments.experiment import Answer, Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

NEURONS, MEMORIES, GAIN = 60, 4, 4.0
RING, J0 = 128, -1.0


def energy(v: Any, W: Any) -> Any:
    """Return Hopfield's energy of activities v = tanh(gain·u): −vᵀWv/2 + ∫ arctanh / gain."""
    entropy = (1 + v) * ad.log1p(v) + (1 - v) * ad.log1p(-v)
    return -v @ (W @ v) / 2 + ad.sum(entropy) / (2 * GAIN)


#: Where the neurons of the ring stand.
THETA = 2 * np.pi * np.arange(RING) / RING


def on_ring(J1: float, u: Any) -> Any:
    """Return du/dt = −u + K tanh(u), with K = (J₀ + J₁cos(θ − θ′))/2π dθ′."""
    K = (J0 + J1 * np.cos(THETA[:, None] - THETA)) / RING
    return -u + K @ ad.tanh(u)


def growth(J1: float) -> float:
    """Return the rate at which the fastest pattern on the ring grows."""
    at_rest = ad.jacobian(lambda u: on_ring(J1, u))(np.zeros(RING))
    return float(np.linalg.eigvalsh(at_rest)[-1])


class NeuralDynamics(Experiment):
    """A symmetric Hopfield network, and the ring model of orientation tuning."""

    title = "Neural dynamics"
    claim = (
        "With symmetric weights, neurons descend an energy: they move against its gradient in a "
        "metric of their own, so that memories are minima. A ring whose neurons excite their "
        "neighbours loses its uniform state at J₁ = 2, and a bump arises."
    )
    source = (
        "J. J. Hopfield, PNAS 81 (1984); R. Ben-Yishai, R. Bar-Or, H. Sompolinsky, PNAS 92 (1995)"
    )

    def __init__(self) -> None:
        random = np.random.default_rng(0)
        self.memories = random.choice([-1.0, 1.0], size=(MEMORIES, NEURONS))
        self.W = self.memories.T @ self.memories / NEURONS
        np.fill_diagonal(self.W, 0.0)
        flipped = random.random(NEURONS) < 0.25
        self.starts = [np.where(flipped, -1, 1) * memory * 0.3 for memory in self.memories]

    @cached_property
    def runs(self) -> list[tuple[Any, Any]]:
        """Times and activities, from each memory with a quarter of it wrong."""
        from scipy.integrate import solve_ivp

        def motion(_: float, u: Any) -> Any:
            return -u + self.W @ np.tanh(GAIN * u)

        found = []
        for start in self.starts:
            run = solve_ivp(motion, (0.0, 12.0), np.arctanh(start) / GAIN, "DOP853",
                            np.linspace(0, 12, 241), rtol=1e-10, atol=1e-12)  # fmt: skip
            found.append((run.t, np.tanh(GAIN * run.y.T)))
        return found

    @cached_property
    def bump(self) -> dict[float, Any]:
        """What the ring settles at, below and above the threshold, from a little noise."""
        from scipy.integrate import solve_ivp

        noise = 1e-3 * np.random.default_rng(1).normal(size=RING)
        found = {}
        for J1 in (1.8, 2.2, 3.0):
            run = solve_ivp(lambda _, u, J1=J1: on_ring(J1, u), (0.0, 300.0), noise)
            found[J1] = run.y[:, -1]
        return found

    def answers(self) -> Iterator[Answer]:
        rises = [np.diff([float(energy(v, self.W)) for v in vs]).max() for _, vs in self.runs]
        yield Answer("greatest rise of the Hopfield energy", max(rises), 1e-12, relation="<=")
        overlaps = [
            float(np.sign(vs[-1]) @ memory) / NEURONS
            for (_, vs), memory in zip(self.runs, self.memories, strict=True)
        ]
        yield Answer("least overlap with the memory at the end", min(overlaps), 0.95, relation=">=")
        _, vs = self.runs[0]
        v = vs[20]
        u = np.arctanh(v) / GAIN
        slope = -ad.grad(lambda v: energy(v, self.W))(v)
        apart = float(np.abs(slope - (-u + self.W @ v)).max())
        yield Answer("du/dt, apart from −∂E/∂v", apart, 0.0, within=1e-12)
        from scipy.optimize import brentq

        yield Answer("the ring loses its rest at J₁", brentq(growth, 1.0, 3.0), 2.0, within=1e-9)
        yield Answer("its bump at J₁ = 1.8", float(np.ptp(self.bump[1.8])), 0.0, within=1e-6)
        yield Answer("its bump at J₁ = 2.2", float(np.ptp(self.bump[2.2])), 0.1, relation=">=")

    def draw(self, figure: Figure) -> None:
        left, middle, right = figure.subplots(1, 3)
        for (t, vs), memory, colour in zip(self.runs, self.memories, COLOURS, strict=False):
            left.plot(t, [float(energy(v, self.W)) for v in vs], color=colour, linewidth=WIDTH)
            middle.plot(t, vs @ memory / NEURONS, color=colour, linewidth=WIDTH)
        left.set(xlabel="time", ylabel="energy of the network")
        middle.set(xlabel="time", ylabel="overlap with the memory")
        theta = np.linspace(-180, 180, RING, endpoint=False)
        for (J1, u), colour in zip(self.bump.items(), COLOURS, strict=False):
            centred = np.roll(u, RING // 2 - int(np.argmax(u)))
            right.plot(theta, centred, color=colour, linewidth=WIDTH, label=f"J₁ = {J1}")
        right.axhline(0.0, color=GREY, linewidth=0.6)
        right.set(xlabel="angle from the bump (degrees)", ylabel="u")
        right.legend(frameon=False)
