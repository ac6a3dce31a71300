"""Weight decay: the gradient that comes with λw, and the factor that shrinks the weights."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.symbols import Component, G, w
from derivations.errors import NotHamiltonianError
from derivations.identify.points import read_among, reads, same
from derivations.identify.reading import Map
from derivations.identify.scalars import at_ones, put, ratios, without
from derivations.textbook import count


@dataclass(frozen=True)
class Decay:
    """L2 decay adds `l2`·w to the gradient; decoupled decay multiplies the weights by `factor`."""

    l2: sp.Expr = sp.S.Zero
    factor: sp.Expr = sp.S.One


@dataclass(frozen=True)
class Undecayed:
    """A step w ← factor·w − velocity, whose velocity and states do not read w."""

    velocity: sp.Expr
    states: dict[Component, sp.Expr]
    decay: Decay


def undecayed(found: Map) -> Undecayed:
    """Take both forms of decay out of a map. Raises `NotHamiltonianError` for any other use of w.

    A motion under H(w, X) with friction contracts w and X alike: ∂ẇᵢ/∂wⱼ and −∂Ẋⱼ/∂Xᵢ differ by a
    multiple of δᵢⱼ. The states of a textbook relax at rates that are numbers, so ∂ẇᵢ/∂wⱼ must be a
    number times δᵢⱼ.
    """
    rate = _l2(found)
    plain = found.xreplace({G: G - rate * w}) if rate != 0 else found
    for state, value in plain.states.items():
        if reads(value, (w,)):
            raise NotHamiltonianError(
                f"the state {state.name[:-1]} reads the weights by more than G + λw, the slope of "
                "a loss with (λ/2)w² in it: no potential V(L, w) makes this force",
                put(found.states[state], {state: sp.S.Zero}),
            )
    states = {state: without(value, w) for state, value in plain.states.items()}
    factor = _factor(plain.weights)
    velocity = without(factor * w - plain.weights, w)
    return Undecayed(velocity, states, Decay(rate, factor))


def _l2(found: Map) -> sp.Expr:
    """Return the λ with which every state reads G + λw; zero if there is none."""
    for value in (*found.states.values(), found.weights - w):
        if reads(value, (w,)):
            for rate in ratios(value, w, G):
                if rate != 0 and _reads_decayed(found, rate):
                    return rate
    return sp.S.Zero


def _reads_decayed(found: Map, rate: sp.Expr) -> bool:
    """Whether states read w as G + λw does, and the weights too, besides a factor of w itself."""
    plain, together = {G: G - rate * w}, {G: G + rate * w, w: sp.S.Zero}
    states = found.states.values()
    if not all(same(value, value.xreplace(together)) for value in states):
        return False
    return not _arrays(_share(found.weights.xreplace(plain)))


def _share(weights: sp.Expr) -> sp.Expr:
    """What the new weights change with the old, for each unit of these."""
    return (weights - put(weights, {w: sp.S.Zero})) / w


def _factor(weights: sp.Expr) -> sp.Expr:
    """Return the number ρ of w ← ρw − v."""
    share = _share(weights)
    if _arrays(share) or share.has(sp.nan, sp.zoo, sp.oo):
        if reads(share, (w,)) or not _arrays(share):
            raise NotHamiltonianError(
                "the step depends on where the weights are: ∂(step)/∂w is not a number times the "
                "identity, so K(X, w) would need a force −∂K/∂w, which no state of the update has",
                weights - w,
            )
        raise NotHamiltonianError(
            "the decay of the weights depends on the state: the shrink flow is made by λX·w, whose "
            "λ is a number",
            share,
        )
    factor = at_ones(share)
    if reads(factor, (count,)):
        raise NotHamiltonianError(
            "the factor of the weights changes with the step, and the shrink flow has one rate",
            factor,
        )
    return factor


def _arrays(expr: sp.Expr) -> tuple[sp.Symbol, ...]:
    """The arrays that a formula reads."""
    return read_among(expr, (x for x in expr.free_symbols if isinstance(x, Component)))
