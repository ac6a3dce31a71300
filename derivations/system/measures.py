"""Metrics of known methods, each put together once: what is averaged, and g as a function of it."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derivations.algebra.symbols import Component, G, X, beta, beta_g, gamma_g, parameter, velocity
from derivations.system import metrics, profiles
from derivations.system.metric import HOT, Metric
from derivations.system.thermal import ThermalLaw

#: Moments by the letter of what they keep: second moment, largest one, mean, surprise.
V, R, S = (Component(name, nonnegative=True) for name in "VRS")
M, P = Component("M"), Component("P")
#: Moments that are one number for the whole system: how far the gradient turned, and the way.
A, B = (sp.Symbol(name, real=True, nonnegative=True) for name in "AB")
#: Averages that begin at zero and are not corrected for it.
COLD = ThermalLaw(profiles.exponential(beta, gamma_g))
_eps, _share, _floor = map(parameter, ("eps", "share", "floor"))
_SQUARES = ((V, metrics.square(G)),)


def root_mean_square(eps: sp.Expr = _eps, law: ThermalLaw = HOT) -> Metric:
    """√⟨G²⟩ + ε, of RMSProp and Adam. Source: Kingma and Ba, arXiv:1412.6980."""
    return Metric(_SQUARES, metrics.root(V, eps), law)


def deviation(eps: sp.Expr = _eps, law: ThermalLaw = COLD) -> Metric:
    """√(⟨G²⟩ − ⟨G⟩²) + ε, of centred RMSProp. Source: Graves, arXiv:1308.0850, equation 39."""
    spread = metrics.clipped(metrics.variance(V, M))
    return Metric((*_SQUARES, (M, G)), metrics.root(spread, eps), law)


def largest(eps: sp.Expr = _eps) -> Metric:
    """√(max⟨G²⟩) + ε, of AMSGrad as PyTorch has it. Source: arXiv:1904.09237, algorithm 2."""
    tensor = metrics.root(metrics.filled(R, beta_g), eps)
    return Metric(_SQUARES, tensor, COLD, ((R, V),))


def belief(eps: sp.Expr = _eps, floor: sp.Expr = sp.S.Zero, beta_0: sp.Expr = sp.S.One) -> Metric:
    """√(⟨(G − m)²⟩ + floor) + ε with the raw mean m, of AdaBelief. Source: arXiv:2010.07468."""
    mean = X * beta / profiles.hot_weight(beta, beta_0)
    return Metric(((S, metrics.surprise(G, mean) + floor),), metrics.root(S, eps))


def power(exponent: sp.Expr, eps: sp.Expr = _eps, law: ThermalLaw = HOT) -> Metric:
    """⟨G²⟩^a + ε: a = 1 is the diagonal Fisher matrix. Source: arXiv:2504.05279."""
    return Metric(_SQUARES, metrics.power(V, exponent, eps), law)


def felt(share: sp.Expr = _share, floor: sp.Expr = _floor) -> Metric:
    """⟨|v·(G − P)|⟩/(share·⟨v²⟩), P the latest gradient: the curvature felt along the way."""
    averages = ((A, metrics.bend(velocity, G, P)), (B, metrics.way(velocity)))
    return Metric(averages, metrics.felt(A, B, share, floor), COLD, kept=((P, G),))


def holding_velocity(metric: Metric) -> Metric:
    """The same metric for moments that are velocities: those of the natural gradient."""
    return replace(metric, holds_velocity=True)
