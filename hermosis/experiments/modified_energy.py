"""Modified energies: symplectic steps conserve an energy exactly, though not that of the flow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis.analyse.drawing import COLOURS, WIDTH
from hermosis.experiments.experiment import Answer, Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OMEGA, TAU, STEPS = 1.0, 0.3, 2000
START = (1.0, 0.0)

Energy = Callable[[Any, Any], Any]
#: Words without friction, and what each of them keeps on p²/2 + ω²q²/2.
KEPT: dict[str, tuple[str, Energy]] = {
    "symplectic Euler": (
        "K D",
        lambda q, p: p**2 / 2 + OMEGA**2 * q**2 / 2 - TAU / 2 * OMEGA**2 * q * p,
    ),
    "kick, drift, kick": (
        "K/2 D K/2",
        lambda q, p: p**2 / 2 + OMEGA**2 * q**2 * (1 - TAU**2 * OMEGA**2 / 4) / 2,
    ),
}


def energy(q: Any, p: Any) -> Any:
    """Return the energy of the flow."""
    return p**2 / 2 + OMEGA**2 * q**2 / 2


def orbit(word: str) -> tuple[Any, Any]:
    """Return position and momentum at each step: −X, since H moves w against X."""
    opt = hm.Hamiltonian(profile=hm.Constant()).optimizer(step=TAU, integrator=word)
    w = np.array([START[0]])
    state = opt.init(w)
    state.arrays["X"][0][...] = -START[1]
    points = [START]
    for _ in range(STEPS):
        opt.advance(w, state, lambda w: (0.5 * OMEGA**2 * float(w @ w), OMEGA**2 * w))
        points.append((float(w[0]), -float(state.arrays["X"][0][0])))
    q, p = np.array(points).T
    return q, p


class ModifiedEnergy(Experiment):
    """The oscillator by two symplectic words, over two thousand steps."""

    title = "Modified energies"
    claim = (
        "A symplectic step does not conserve the energy of the flow, which oscillates; it "
        "conserves another one, near it, to rounding."
    )
    source = "E. Hairer, C. Lubich, G. Wanner, Geometric Numerical Integration, IX"

    @cached_property
    def orbits(self) -> dict[str, tuple[Any, Any]]:
        """Position and momentum for each word."""
        return {name: orbit(word) for name, (word, _) in KEPT.items()}

    def answers(self) -> Iterator[Answer]:
        for name, (_, kept) in KEPT.items():
            own = kept(*self.orbits[name])
            drift = float(np.abs(own - own[0]).max())
            yield Answer(f"{name}: change of the modified energy", drift, 0.0, within=4e-15)
            swing = np.ptp(energy(*self.orbits[name]))
            yield Answer(f"{name}: change of the energy", swing, 0.01, relation=">=")

    def draw(self, figure: Figure) -> None:
        left, right = figure.subplots(1, 2)
        for (name, (_, kept)), colour in zip(KEPT.items(), COLOURS, strict=False):
            q, p = self.orbits[name]
            left.plot(q, p, ",", color=colour)
            left.plot([], [], color=colour, label=name)
            own = energy(q, p)
            right.plot(own[:120] - own[0], color=colour, linewidth=WIDTH, label=f"energy, {name}")
            changed = kept(q, p)
            right.plot(changed[:120] - changed[0], "--", color=colour, linewidth=1)
        left.set(xlabel="q", ylabel="p")
        left.legend(frameon=False, loc="center")
        right.set(xlabel="step", ylabel="change (dashed: modified energy)")
        right.set_ylim(-0.08, 0.13)
        right.legend(frameon=False, loc="upper right", ncols=2, fontsize=8)
