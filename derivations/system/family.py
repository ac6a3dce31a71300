"""The family of optimizers: which one is which choice of energy, profile, metric and word.

A row is data made of the engine's own objects, so that the map of the family in the book is
computed and not drawn by hand. To add a method, add a row to `FAMILY`.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.arrays import nuclear
from derivations.algebra.matrices import EIGENVALUE, Entry, QuadraticForm
from derivations.algebra.symbols import X, beta, gamma, k, parameter
from derivations.reductions import accelerated
from derivations.system import energies, measures, profiles
from derivations.system.metric import Metric
from derivations.system.thermal import ThermalLaw

_b, _n, _beta_0 = map(parameter, ("b", "n", "beta_0"))
_delta, _eps, _exponent = map(parameter, ("delta", "epsilon", "a"))
_a, _A, _mass, _beta_3 = map(parameter, ("a", "A", "m", "beta_3"))
#: The metric, in an energy that names it.
_g = sp.Symbol("g", positive=True)


@dataclass(frozen=True)
class Profile:
    """A thermal profile that has a name."""

    name: str
    law: ThermalLaw


CONSTANT = Profile("constant", ThermalLaw(profiles.constant(beta)))
EXPONENTIAL = Profile("exponential", ThermalLaw(profiles.exponential(beta, gamma)))
POWER = Profile("power", ThermalLaw(profiles.power(beta, _n, _b), sp.S.Zero))
HOT_START = Profile(
    "hot start",
    ThermalLaw(profiles.hot(beta, gamma, _beta_0), sp.S.Zero, profiles.hot_weight(beta, _beta_0)),
)
BREGMAN = Profile("Bregman", accelerated.LAW)
PROFILES = (CONSTANT, EXPONENTIAL, POWER, HOT_START, BREGMAN)

CLASSICAL = energies.classical(X, beta)


@dataclass(frozen=True)
class Member:
    """One optimizer of the family.

    Parameters
    ----------
    name : what it is called.
    kinetic : its kinetic energy K(X, β).
    profile, metric, word : its thermal profile, its metric (none is flat space), and its word.
    limit : the parameter that goes to a limit, and the limit, where the method is one.
    reduction : the name of the proof, in `derivations.reductions.PROOFS`.
    source : the key of the paper that states the method, in `derivations.paper.literature`.
    note : what else the method does, in a word.
    """

    name: str
    kinetic: sp.Expr = CLASSICAL
    profile: Profile = EXPONENTIAL
    metric: Metric | None = None
    word: str = "C K D"
    limit: tuple[sp.Symbol, sp.Expr] | None = None
    reduction: str = ""
    source: str = ""
    note: str = ""

    @property
    def kappa(self) -> sp.Expr:
        """κ(X), the kinetic energy in units of β/k."""
        return self.kinetic * k / beta

    @property
    def tensor(self) -> sp.Expr:
        """The metric g; one in flat space."""
        return sp.S.One if self.metric is None else self.metric.tensor


_RMS = measures.root_mean_square(_eps)
_COLD_RMS = measures.root_mean_square(_eps, measures.COLD)
_CENTRED, _LARGEST, _BELIEF = (
    made(_eps) for made in (measures.deviation, measures.largest, measures.belief)
)
_FISHER = measures.power(sp.S.One, _eps, measures.COLD)
_POWER = measures.power(_exponent, _eps)
_OVERDAMPED = (gamma, sp.oo)
_AHEAD = "[CK] ({ahead}[CK]) D"

_relativistic = energies.relativistic_as_printed(X, beta, _delta)
_signs = energies.componentwise_massless(X, beta)
_singular = beta / k * nuclear(X)
_full = beta / (2 * k) * QuadraticForm(EIGENVALUE**-_exponent, EIGENVALUE, Entry("K"), X)

FAMILY = (
    Member("Accumulated", CLASSICAL, CONSTANT, word="K D", reduction="accumulated gradient",
           source="hermosis"),
    Member("SGD", word="[CK] D", limit=_OVERDAMPED, reduction="SGD", source="robbins"),
    Member("Momentum", reduction="momentum", source="polyak"),
    Member("MovingAverage", word="[CK] D", reduction="moving average", source="brown"),
    Member("Nesterov", word="C (D) K D", reduction="Nesterov", source="nesterov"),
    Member("Bregman", profile=BREGMAN, word="[CK] D", reduction="p-Bregman", source="duruisseaux"),
    Member("Cautious", reduction="cautious masking", source="cautious", note="masked"),
    Member("Relativistic", _relativistic, word="C/2 D/2 K D/2 C/2", reduction="RGD",
           source="franca"),
    Member("RestMass", energies.rest_mass(X, beta, _g), metric=measures.felt(),
           word="M R C K D", reduction="rest mass", source="hermosis"),
    Member("NormalizedGD", energies.massless(X, beta, sp.S.Zero), limit=(_delta, sp.oo),
           reduction="normalised descent", source="hazan"),
    Member("SignSGD", _signs, limit=(_delta, sp.oo), reduction="sign descent",
           source="bernstein"),
    Member("Lion", _signs, word=_AHEAD, reduction="Lion", source="lion"),
    Member("LionK", _relativistic, word=_AHEAD, reduction="Lion-K", source="lionk"),
    Member("HamiltonianDescent", energies.descent(X, beta, _a, _A),
           reduction="Hamiltonian descent", source="maddison"),
    Member("Quartic", energies.quartic(X, beta, _mass, _beta_3),
           reduction="quartic kinetic energy", source="vradam"),
    Member("RMSProp", metric=_COLD_RMS, word="[CK] M D", limit=_OVERDAMPED,
           reduction="RMSProp", source="hinton"),
    Member("RMSPropCentered", metric=_CENTRED, word="[CK] M D", limit=_OVERDAMPED,
           reduction="RMSProp, centred", source="graves"),
    Member("Adam", CLASSICAL, HOT_START, _RMS, "[CK] M D", reduction="Adam", source="kingma"),
    Member("AdamW", CLASSICAL, HOT_START, _RMS, "[CK] M S D", reduction="AdamW",
           source="loshchilov"),
    Member("AMSGrad", CLASSICAL, HOT_START, _LARGEST, "[CK] M D", reduction="AMSGrad",
           source="reddi"),
    Member("AdaBelief", CLASSICAL, HOT_START, _BELIEF, "[CK] M D", reduction="AdaBelief",
           source="zhuang"),
    Member("NaturalGradient", metric=_FISHER, word="[CK] M D", limit=_OVERDAMPED,
           reduction="natural gradient", source="amari"),
    Member("CovariantGradient", CLASSICAL, HOT_START, _POWER, "[CK] M D",
           reduction="covariant gradient", source="guskov"),
    Member("VRAdam", energies.braking(X, beta, _beta_3), HOT_START, _RMS, "[CK] M D",
           reduction="VRAdam in the metric norm", source="vradam"),
    Member("Muon", _singular, word="[CK] ([CK]) D", reduction="Muon", source="muon"),
    Member("FullCovariance", _full, word="[CK] D", limit=_OVERDAMPED,
           reduction="full covariance", source="guskov"),
)  # fmt: skip
