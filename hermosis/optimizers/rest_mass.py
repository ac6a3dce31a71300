"""A relativistic particle whose rest mass is the curvature that it has felt."""

from __future__ import annotations

from hermosis import metrics
from hermosis.derive.blueprint import Blueprint
from hermosis.model.hamiltonians import RestMass as Energy
from hermosis.model.method import Hyper, Method, damped, decay_of


class RestMass(Method):
    """κ = n√(g² + X²/n) with g the curvature felt along the way: `M R C K D`.

    `lr` is the longest step, in the root of the mean square of its components; `share` says how
    far a step goes of the way to the bottom of the parabola that was felt; momentum is forgotten
    where it points uphill. One gradient a step, and the path does not depend on the unit of the
    loss, as long as lr·curvature/share is far above 1e-18. It was found with this framework, and
    raced: docs/race/rest_mass.md.

    >>> import numpy as np, hermosis as hm
    >>> valley = lambda w: (0.5 * (w[0] ** 2 + 100 * w[1] ** 2), np.array([w[0], 100 * w[1]]))
    >>> run = hm.minimize(valley, np.array([3.0, 1.0]), RestMass(lr=0.5), jac=True, steps=200)
    >>> bool(run.fun < 1e-12)
    True
    """

    proof = "rest mass"
    lr: Hyper = 1e-2
    momentum: Hyper = 0.9
    share: Hyper = 0.3
    weight_decay: Hyper = 0.0

    def plan(self) -> Blueprint:
        """Return `M R C K D` of the system whose rest mass is the curvature felt."""
        system = Energy(metric=metrics.FeltCurvature())
        meaning = (("averaging", "momentum"),)
        return damped(system, "M R C K D", decay_of(self.weight_decay), meaning=meaning)
