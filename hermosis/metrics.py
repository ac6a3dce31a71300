"""Built-in metrics: how adaptive methods measure the moments."""

from __future__ import annotations

import dataclasses
from typing import Any, ClassVar

from hermosis.model.metric import Metric
from hermosis.model.profiles import Exponential, Profile

__all__ = [
    "Belief",
    "CenteredNaturalKick",
    "Covariant",
    "Deviation",
    "FeltCurvature",
    "Fisher",
    "Interpolating",
    "NaturalKick",
    "Power",
    "Record",
    "RootMeanSquare",
]


class RootMeanSquare(Metric):
    """g = √⟨G²⟩ + ε: the metric of RMSProp and Adam; `inside` puts ε under the root.

    Source: Kingma and Ba, arXiv:1412.6980, algorithm 1.
    """

    eps: float = 1e-8
    inside: bool = False

    def averages(self, G: Any, X: Any) -> dict[str, Any]:
        """Return the raw second moment."""
        from derivations.system import metrics

        return {"V": metrics.square(G)}

    def tensor(self, V: Any) -> Any:
        """Return g."""
        from derivations.system import metrics

        return metrics.root(V, self.eps, self.inside)


class Deviation(Metric):
    """g = √(⟨G²⟩ − ⟨G⟩²) + ε: the metric of centred RMSProp; `inside` puts ε under the root.

    Source: Graves, arXiv:1308.0850, equation 39.
    """

    eps: float = 1e-8
    inside: bool = False

    def averages(self, G: Any, X: Any) -> dict[str, Any]:
        """Return the first and second moments."""
        from derivations.system import metrics

        return {"V": metrics.square(G), "M": G}

    def tensor(self, V: Any, M: Any) -> Any:
        """Return g."""
        from derivations.system import metrics

        spread = metrics.clipped(metrics.variance(V, M))
        return metrics.root(spread, self.eps, self.inside)


class NaturalKick(RootMeanSquare):
    """g = √⟨G²⟩ + ε, and X averages g⁻¹G, so that it is a velocity: RMSProp with momentum."""

    holds_velocity: ClassVar[bool] = True


class CenteredNaturalKick(Deviation):
    """g = √(⟨G²⟩ − ⟨G⟩²) + ε, and X averages g⁻¹G: centred RMSProp with momentum."""

    holds_velocity: ClassVar[bool] = True


class Record(Metric):
    """g = √(max⟨G²⟩) + ε: the metric of AMSGrad, which never shrinks.

    The largest raw average is divided by 1 − 1/β, as PyTorch has it: the part of it that has
    filled. Source: Reddi, Kale and Kumar, arXiv:1904.09237, algorithm 2.
    """

    eps: float = 1e-8

    profile: Profile = dataclasses.field(default=Exponential(), kw_only=True)

    def averages(self, G: Any, X: Any) -> dict[str, Any]:
        """Return the raw second moment."""
        from derivations.system import metrics

        return {"V": metrics.square(G)}

    def records(self, V: Any) -> dict[str, Any]:
        """Return the largest second moment yet."""
        return {"R": V}

    def tensor(self, R: Any, beta: Any) -> Any:
        """Return g."""
        from derivations.system import metrics

        return metrics.root(metrics.filled(R, beta), self.eps)


class Belief(Metric):
    """g = √(⟨(G − m)²⟩ + floor) + ε: the metric of AdaBelief.

    m is the raw average of the gradients, not yet corrected for its beginning. The paper adds its
    ε to the average at each step, which makes a floor of ε/(1 − β₂). Source: Zhuang et al.,
    arXiv:2010.07468, algorithm 2.
    """

    eps: float = 1e-16
    floor: float = 1e-13

    def averages(self, G: Any, raw: Any) -> dict[str, Any]:
        """Return the squared deviation of the gradient from its moving average."""
        from derivations.system import metrics

        return {"S": metrics.surprise(G, raw) + self.floor}

    def tensor(self, S: Any) -> Any:
        """Return g."""
        from derivations.system import metrics

        return metrics.root(S, self.eps)


class Covariant(Metric):
    """A metric that is a function of the covariance κ of the gradients, ⟨G²⟩ on the diagonal.

    `full` takes the whole matrix ⟨G Gᵀ⟩ over each array, of up to 4096 numbers; `centered`
    subtracts the mean gradient, ⟨G²⟩ − ⟨G⟩². A subclass gives g by `tensor(self, kappa)`. Source:
    Guskov and Vanchurin, arXiv:2504.05279.
    """

    full: bool = False
    centered: bool = False

    def averages(self, G: Any) -> dict[str, Any]:
        """Return the second moment, and the first if it is subtracted."""
        from derivations.algebra.arrays import outer
        from derivations.system import metrics

        second = {"K": outer(G, G) if self.full else metrics.square(G)}
        return second | ({"M": G} if self.centered else {})

    def covariance(self, K: Any, M: Any = None) -> Any:
        """Return κ."""
        from derivations.algebra.arrays import outer
        from derivations.system import metrics

        if M is None:
            return K
        return K - outer(M, M) if self.full else metrics.clipped(metrics.variance(K, M))


class Fisher(Covariant):
    """g = κ + ε: the empirical Fisher matrix, damped.

    Source: Amari, Neural Computation 10 (1998) 251.
    """

    eps: float = 1e-4

    def tensor(self, kappa: Any) -> Any:
        """Return g."""
        from derivations.system import metrics

        return metrics.power(kappa, 1, self.eps)


class Power(Covariant):
    """g = κ^a + ε: a = 0 is flat, a = ½ Adam's metric, a = 1 the natural gradient's.

    Source: Guskov and Vanchurin, arXiv:2504.05279; Vanchurin, Geometric learning dynamics,
    equation 2.9.
    """

    exponent: float = 0.5
    eps: float = 1e-8

    def tensor(self, kappa: Any) -> Any:
        """Return g."""
        from derivations.system import metrics

        return metrics.power(kappa, self.exponent, self.eps)


class Interpolating(Covariant):
    """g = c₀ + c₁√κ + c₂κ; `one_root` puts the squares under one root.

    `flat`, `efficient` and `natural` are c₀, c₁ and c₂, of the regimes a = 0, ½ and 1. Source:
    Vanchurin, Geometric learning dynamics, equations 6.4 (natural = 0) and 6.5.
    """

    flat: float = 1e-8
    efficient: float = 1.0
    natural: float = 0.0
    one_root: bool = False

    def tensor(self, kappa: Any) -> Any:
        """Return g."""
        from derivations.system import metrics

        return metrics.interpolating(kappa, self.flat, self.efficient, self.natural, self.one_root)


class FeltCurvature(Metric):
    """g = ⟨|v·ΔG|⟩/(share·⟨v²⟩): how much the gradient changed along the way, one number.

    On a parabola it is lr/share times its curvature. `share` is how far a step may go of the way to
    the bottom; `floor` keeps g defined where nothing was felt, in single precision too. Source:
    Barzilai and Borwein 1988 for one step, averaged here.
    """

    share: float = 0.3
    floor: float = 1e-18
    profile: Profile = dataclasses.field(default=Exponential(), kw_only=True)

    def keeps(self, G: Any) -> dict[str, Any]:
        """Return the latest gradient."""
        return {"P": G}

    def averages(self, G: Any, v: Any, P: Any) -> dict[str, Any]:
        """Return how far the gradient turned along the way, and the way squared."""
        from derivations.system import metrics

        return {"A": metrics.bend(v, G, P), "B": metrics.way(v)}

    def tensor(self, A: Any, B: Any) -> Any:
        """Return g."""
        from derivations.system import metrics

        return metrics.felt(A, B, self.share, self.floor)
