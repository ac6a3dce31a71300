"""Names of methods by what they are made of: velocity, metric and thermal profile, as data."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.components import Total, slope
from derivations.algebra.matrices import SINGULAR_VALUE, Singular
from derivations.algebra.symbols import Component, X, beta, beta_g, k, parameter, s
from derivations.algebra.tidy import tidy
from derivations.proofs.proof import equal
from derivations.system import energies, measures, profiles
from derivations.system.metric import Metric
from derivations.system.thermal import ThermalLaw

_delta, _eps = parameter("delta"), parameter("eps")
#: Powers of a user's own parameter that may stand for the named method's.
_READINGS = (1, 2, -1, -2)


@dataclass(frozen=True)
class Velocity:
    """A kinetic energy that has a name, by its velocity ∇κ(X), with at most one parameter."""

    name: str
    value: sp.Expr
    parameter: sp.Symbol | None = None

    def matches(self, velocity: sp.Expr) -> sp.Expr | None:
        """Return this velocity in the parameter of an equal one; None where it is not equal."""
        own = velocity.free_symbols - {X}
        if self.parameter is None:
            return self.value if equal(velocity, self.value) else None
        if len(own) != 1:
            return None
        for power in _READINGS:
            value = self.value.xreplace({self.parameter: next(iter(own)) ** power})
            if equal(velocity, value):
                return value
        return None


def _velocity(kinetic: sp.Expr) -> sp.Expr:
    return tidy(slope(kinetic * k / beta, X))


MOMENTUM = Velocity("momentum", X)
VELOCITIES = (
    MOMENTUM,
    Velocity("sign descent", sp.sign(X)),
    Velocity("normalised descent", X / sp.sqrt(Total(X**2))),
    Velocity("Muon with the exact polar factor", Singular(1, SINGULAR_VALUE, X)),
    Velocity("relativistic momentum", _velocity(energies.relativistic(X, beta, _delta)), _delta),
    Velocity("braked momentum", _velocity(energies.braking(X, beta, _delta)), _delta),
)


@dataclass(frozen=True)
class Measure:
    """A metric that has a name: of the method, and whether its averages have a hot start."""

    name: str
    metric: Metric
    hot: bool = True


#: The metrics of known methods, by the name of the method that has them.
MEASURES = (
    Measure("Adam", measures.root_mean_square()),
    Measure("RMSProp", measures.root_mean_square(law=measures.COLD), hot=False),
    Measure("AdaBelief", measures.belief(floor=parameter("floor"), beta_0=parameter("beta_0"))),
    Measure("AMSGrad", measures.largest(), hot=False),
    Measure("natural gradient", measures.power(sp.S.One, law=measures.COLD), hot=False),
)
#: What momentum in a metric is in the limit of infinite friction, by the metric's name.
OVERDAMPED = {
    "": "SGD",
    "RMSProp": "RMSProp",
    "Adam": "RMSProp with bias correction",
    "natural gradient": "natural gradient",
}


def metric_name(metric: Metric | None) -> str | None:
    """Return the method whose metric this is; an empty name for none, None for an unknown one."""
    if metric is None:
        return ""
    hot = is_hot(metric.law)
    for known in MEASURES:
        if known.hot == hot and _same(metric, known.metric):
            return known.name
    return None


def is_hot(law: ThermalLaw) -> bool:
    """Whether moments cool from an infinite temperature as those of Adam do."""
    rate = sp.simplify(sp.diff(law.rate, beta))
    if law.start != 0 or rate.has(beta):
        return False
    due = ThermalLaw(profiles.hot(beta, rate, sp.S.One), sp.S.Zero)
    return equal(law.decay(s), due.decay(s))


def _same(left: Metric, right: Metric) -> bool:
    """Whether two metrics are one, up to the names of moments and of one parameter."""
    if len(left.states) != len(right.states) or left.matrix is not None:
        return False
    names = dict(zip(right.states, left.states, strict=True))
    mine, theirs = _parameters(left), _parameters(right)
    if len(mine) != len(theirs):
        return False
    names |= dict(zip(theirs, mine, strict=True))
    mine_, theirs_ = ((*(v for _, v in (*m.averages, *m.records)), m.tensor) for m in (left, right))
    return all(equal(a, b.xreplace(names)) for a, b in zip(mine_, theirs_, strict=True))


def _parameters(metric: Metric) -> list[sp.Symbol]:
    found = metric.tensor.free_symbols - {beta_g}
    return sorted((x for x in found if not isinstance(x, Component)), key=str)
