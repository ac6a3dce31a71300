"""Loss landscapes in one and two dimensions: critical points, curvature, ridges, basins, paths."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.analyse.drawing import COLOURS, GREY, WIDTH
from hermosis.experiments.experiment import Answer, Experiment

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Müller and Brown's potential: amplitudes, exponents, centres.
A = np.array([-200.0, -100.0, -170.0, 15.0])
EXPONENTS = np.array([[-1.0, 0.0, -10.0], [-1.0, 0.0, -10.0], [-6.5, 11.0, -6.5], [0.7, 0.6, 0.7]])
CENTRES = np.array([[1.0, 0.0], [0.0, 0.5], [-0.5, 1.5], [-1.0, 1.0]])
#: Published critical points: where, the value there, and how many curvatures are negative.
KNOWN = (
    ((-0.558, 1.442), -146.700, 0),
    ((0.623, 0.028), -108.167, 0),
    ((-0.050, 0.467), -80.768, 0),
    ((-0.822, 0.624), -40.665, 1),
    ((0.212, 0.293), -72.249, 1),
)
START = np.array([0.8, 0.9])
BOX = ((-1.5, 1.3), (-0.4, 2.0))


def surface(w: Any) -> Any:
    """Return Müller and Brown's potential, in units of a hundred."""
    x, y = w[0], w[1]
    total: Any = 0.0
    for a, (p, q, r), (cx, cy) in zip(A, EXPONENTS, CENTRES, strict=True):
        dx, dy = x - cx, y - cy
        total = total + a * ad.exp(p * dx * dx + q * dx * dy + r * dy * dy)
    return total / 100


def line(x: Any) -> Any:
    """Return a loss of one weight with two wells of different depth and width."""
    return (x * x - 1.0) ** 2 + 0.3 * x


def critical(near: Any) -> Any:
    """Return the critical point near a place, by Newton's method."""
    w = np.array(near)
    for _ in range(30):
        w = w - np.linalg.solve(ad.hessian(surface)(w), ad.grad(surface)(w))
    return w


def optimizers() -> dict[str, hm.Optimizer]:
    """Those whose paths are drawn."""
    return {
        "momentum": hm.optimizers.Momentum(lr=2e-3, momentum=0.9),
        "RMSProp": hm.optimizers.RMSProp(lr=1e-2),
        "Adam": hm.optimizers.Adam(lr=3e-2),
        "RGD": hm.optimizers.Relativistic(lr=2e-3, momentum=0.9, delta=1.0, alpha=1.0),
    }


class LossLandscapes(Experiment):
    """Müller and Brown's surface, which has three wells and two saddles between them."""

    title = "Loss landscapes"
    claim = (
        "At a minimum all curvatures are positive, at a saddle one is not. From one start "
        "optimizers take different paths, and end in different wells."
    )
    source = "K. Müller, L. D. Brown, Theor. Chim. Acta 53 (1979); published critical points"
    size = (13.0, 4.5)

    @cached_property
    def points(self) -> list[Any]:
        """The critical points, by Newton's method from the published ones."""
        return [critical(place) for place, _, _ in KNOWN]

    @cached_property
    def runs(self) -> dict[str, Any]:
        """A run of each optimizer."""
        return {
            name: hm.minimize(surface, START, opt, steps=3000, tol=1e-9, keep=True)
            for name, opt in optimizers().items()
        }

    def answers(self) -> Iterator[Answer]:
        for found, (place, value, negative) in zip(self.points, KNOWN, strict=True):
            where = f"({place[0]}, {place[1]})"
            off = float(np.abs(found - place).max())
            yield Answer(f"distance of a critical point from {where}", off, 0.0, within=1e-3)
            yield Answer(f"value at {where}", 100 * float(surface(found)), value, within=1e-3)
            slope = float(np.abs(ad.grad(surface)(found)).max())
            yield Answer(f"gradient at {where}", slope, 0.0, within=1e-12)
            curvatures = np.linalg.eigvalsh(ad.hessian(surface)(found))
            yield Answer(f"negative curvatures at {where}", int((curvatures < 0).sum()), negative)
        reached = set()
        for name, run in self.runs.items():
            apart: list[float] = [float(np.abs(run.x - m).max()) for m in self.points[:3]]
            reached.add(int(np.argmin(apart)))
            yield Answer(f"{name} ends at a minimum: distance", min(apart), 0.0, within=0.02)
        yield Answer("wells that are reached from one start", len(reached), 2, relation=">=")

    def draw(self, figure: Figure) -> None:
        left, middle, right = figure.subplots(1, 3, width_ratios=[1, 1.2, 1.2])
        x = np.linspace(-1.6, 1.6, 321)
        curvature = ad.jvp(lambda x: ad.jvp(line)(x, np.ones_like(x)))(x, np.ones_like(x))
        left.plot(x, line(x), color=COLOURS[0], linewidth=WIDTH, label="loss")
        left.plot(x, curvature / 10, color=COLOURS[1], linewidth=1, label="curvature / 10")
        left.fill_between(x, -1.0, 3.0, where=curvature < 0, color="0.92", label="concave")
        left.set(xlabel="w", ylim=(-1.0, 3.0))
        left.legend(frameon=False, loc="upper center")
        grid = np.stack(np.meshgrid(*(np.linspace(*side, 241) for side in BOX)))
        heights = np.clip(surface(grid), None, 1.5)
        for axes in (middle, right):
            axes.contour(*grid, heights, levels=28, colors=GREY, linewidths=0.5)
            axes.set(xlabel="w₁", ylabel="w₂", xlim=BOX[0], ylim=BOX[1])
        least = np.array(
            [[least_curvature(w) for w in row] for row in grid.transpose(1, 2, 0)[::6, ::6]]
        )
        coarse = grid[:, ::6, ::6]
        middle.contourf(*coarse, least, levels=[-1e9, 0.0], colors=["0.85"])
        for point, (_, _, negative) in zip(self.points, KNOWN, strict=True):
            middle.plot(*point, "x" if negative else "*", color="black", markersize=9)
        middle.set_title("grey: a negative curvature; ★ minima, × saddles", fontsize=9)
        for (name, run), colour in zip(self.runs.items(), COLOURS, strict=False):
            right.plot(*np.array(run.trace.w).T, color=colour, linewidth=1, label=name)
            right.plot(*run.x, "o", color=colour, markersize=5)
        right.plot(*START, "ks", markersize=6)
        right.legend(frameon=False)


def least_curvature(w: Any) -> float:
    """Return the least eigenvalue of the Hessian, whose sign tells ridges from bowls."""
    return float(np.linalg.eigvalsh(ad.hessian(surface)(w))[0])
