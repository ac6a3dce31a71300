"""What a user's own Hamiltonian reduces to: found by limits of its parameters, then proved."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.components import Total, slope
from derivations.energy import Energy
from derivations.proof import Proof, Step, equal, limit
from derivations.symbols import X, momentum
from derivations.thermal import ThermalLaw
from derivations.tidy import tidy

#: Powers of a parameter that a step size may absorb when the parameter goes to a limit.
POWERS = (sp.S.Zero, sp.Rational(1, 2), sp.S.One, sp.Integer(2))


@dataclass(frozen=True)
class Known:
    """A method by its velocity ∇κ(X)."""

    name: str
    velocity: sp.Expr


KNOWN = (
    Known("momentum", X),
    Known("sign descent", sp.sign(X)),
    Known("normalised descent", X / sp.sqrt(Total(X**2))),
)


def of_energy(name: str, energy: Energy, law: ThermalLaw) -> tuple[Proof, ...]:
    """Find the known methods that `C K D` of an energy is, as it stands or in a limit.

    Each parameter of the kinetic energy is taken to zero and to infinity; a power of it may go
    into the step size. Only what a proof confirms is returned. The profile must cool
    exponentially for the moments to be those of momentum.

    >>> from derivations import energies
    >>> from derivations.reductions.derived import COOLING, system
    >>> from derivations.symbols import beta, parameter
    >>> kinetic = energies.relativistic(X, beta, parameter("delta"))
    >>> [proof.name for proof in of_energy("H", system(kinetic), COOLING)]
    ['H, delta → 0: momentum', 'H, delta → ∞: normalised descent']
    """
    kappa = energy.kappa
    if kappa is None or sp.diff(law.decay(sp.Symbol("s", positive=True)), sp.Symbol("t")) != 0:
        return ()
    velocity = tidy(slope(kappa, X))
    found = [_as_it_stands(name, velocity, known) for known in KNOWN]
    for parameter in sorted(velocity.free_symbols - {X, momentum}, key=str):
        for target, sign in ((sp.S.Zero, "0"), (sp.oo, "∞")):
            found.append(_in_the_limit(name, velocity, parameter, target, sign))
    return tuple(proof for proof in found if proof is not None and proof.proved)


def _as_it_stands(name: str, velocity: sp.Expr, known: Known) -> Proof | None:
    if not equal(velocity, known.velocity):
        return None
    step = Step("the velocity ∇κ(X)", "gradient of the kinetic energy", velocity, known.velocity)
    return Proof(f"{name}: {known.name}", f"C K D of {name} is {known.name}", (step,))


def _in_the_limit(
    name: str, velocity: sp.Expr, parameter: sp.Symbol, target: sp.Expr, sign: str
) -> Proof | None:
    for known in KNOWN:
        for power in POWERS:
            proof = _proof(name, velocity, parameter, target, sign, known, power)
            if proof is not None and proof.proved:
                return proof
    return None


def _proof(
    name: str,
    velocity: sp.Expr,
    parameter: sp.Symbol,
    target: sp.Expr,
    sign: str,
    known: Known,
    power: sp.Expr,
) -> Proof | None:
    scaled = tidy(velocity * parameter**power)
    absorbed = f"; the step size takes up {parameter**power}" if power != 0 else ""
    rule = f"{parameter} → {sign}{absorbed}"
    steps = []
    for side, value in _signs():
        try:
            reached = limit(scaled.subs(X, value), parameter, target)
        except (NotImplementedError, ValueError):
            return None
        due = known.velocity.subs(X, value)
        if not equal(reached, due):
            return None
        shown = sp.Limit(scaled.subs(X, value), parameter, target, "-" if target is sp.oo else "+")
        steps.append(Step(f"the velocity of a {side} component", rule, shown, due))
    return Proof(
        f"{name}, {parameter} → {sign}: {known.name}",
        f"C K D of {name} becomes {known.name} as {parameter} → {sign}",
        tuple(steps),
    )


def _signs() -> tuple[tuple[str, sp.Expr], ...]:
    """A component of either sign; sums over components keep their own symbols."""
    size = sp.Symbol("x", positive=True)
    return (("positive", size), ("negative", -size))
