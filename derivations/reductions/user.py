"""What a user's own Hamiltonian reduces to: found by limits of its parameters, then proved."""

from __future__ import annotations

from collections.abc import Iterator

import sympy as sp

from derivations.algebra.components import slope
from derivations.algebra.symbols import G, X, lr, momentum, w
from derivations.algebra.tidy import tidy
from derivations.errors import NoLimitError
from derivations.proofs.proof import Proof, Step, equal, limit
from derivations.reductions.derived import derived
from derivations.reductions.named import (
    MOMENTUM,
    OVERDAMPED,
    VELOCITIES,
    Velocity,
    is_hot,
    metric_name,
)
from derivations.system.energy import Energy
from derivations.system.metric import Metric
from derivations.system.thermal import ThermalLaw

#: Powers of a parameter that a step size may absorb when the parameter goes to a limit.
POWERS = (sp.S.Zero, sp.Rational(1, 2), sp.S.One, sp.Integer(2))
_TARGETS = ((sp.S.Zero, "0"), (sp.oo, "∞"))


def of_energy(
    name: str, energy: Energy, law: ThermalLaw, metric: Metric | None = None
) -> tuple[Proof, ...]:
    """Find the known methods that a system is, as it stands or in a limit of one parameter.

    Each parameter of the kinetic energy is taken to zero and to infinity, where a power of it may
    go into the step size; so is each of the metric; and the friction to infinity. Only what a
    proof confirms is returned.

    Parameters
    ----------
    name : what the system is called.
    energy : its energy before a metric measures the moments.
    law : its thermal profile: exponential cooling, or a hot start.
    metric : its metric.

    >>> from derivations.system import energies
    >>> from derivations.reductions.derived import COOLING, system
    >>> from derivations.algebra.symbols import beta, parameter
    >>> kinetic = energies.relativistic(X, beta, parameter("delta"))
    >>> for proof in of_energy("H", system(kinetic), COOLING):
    ...     print(proof.name)
    H: relativistic momentum
    H, delta → 0: momentum
    H, delta → ∞: normalised descent
    """
    kappa, measured = energy.kappa, metric_name(metric)
    hot = is_hot(law)
    cools = sp.diff(law.decay(sp.Symbol("s", positive=True)), sp.Symbol("t", nonnegative=True)) == 0
    if kappa is None or measured is None or not (hot or cools) or law.rate == 0:
        return ()
    velocity = tidy(slope(kappa, X))
    found = [
        *_as_it_stands(name, velocity, measured, hot),
        *_in_limits(name, velocity, measured, hot),
    ]
    if metric is not None:
        found += _in_flat_limits(name, velocity, metric, hot)
    if cools and not hot:
        found += _overdamped(name, energy, velocity, measured)
    return tuple(proof for proof in found if proof.proved)


def method_name(velocity: Velocity, measured: str, hot: bool) -> str:
    """Return what a velocity in a metric is called.

    >>> method_name(MOMENTUM, "Adam", True), method_name(MOMENTUM, "", False)
    ('Adam', 'momentum')
    """
    if not measured:
        return f"{velocity.name}, bias-corrected" if hot else velocity.name
    if velocity is MOMENTUM and measured in ("Adam", "AdaBelief", "AMSGrad"):
        return measured if hot else f"{measured} without bias correction of the moments"
    return f"{velocity.name} in the metric of {measured}"


def _as_it_stands(name: str, velocity: sp.Expr, measured: str, hot: bool) -> Iterator[Proof]:
    for known in VELOCITIES:
        value = known.matches(velocity)
        if value is not None:
            called = method_name(known, measured, hot)
            step = Step("the velocity ∇κ(X)", "gradient of the kinetic energy", velocity, value)
            yield Proof(f"{name}: {called}", f"{name} is {called}", (step,))
            return


def _in_limits(name: str, velocity: sp.Expr, measured: str, hot: bool) -> Iterator[Proof]:
    for parameter in sorted(velocity.free_symbols - {X, momentum}, key=str):
        for target, sign in _TARGETS:
            for known in VELOCITIES[:4]:
                steps = _limit_steps(velocity, parameter, target, sign, known)
                if steps:
                    called = method_name(known, measured, hot)
                    yield Proof(
                        f"{name}, {parameter} → {sign}: {called}",
                        f"{name} becomes {called} as {parameter} → {sign}",
                        steps,
                    )
                    break


def _limit_steps(
    velocity: sp.Expr, parameter: sp.Symbol, target: sp.Expr, sign: str, known: Velocity
) -> tuple[Step, ...]:
    """Return the steps of the first power that makes the limit the known velocity; or none."""
    for power in POWERS:
        scaled = tidy(velocity * parameter**power)
        absorbed = f"; the step size takes up {parameter**power}" if power != 0 else ""
        steps = []
        for side, value in _signs():
            at, due = scaled.subs(X, value), known.value.subs(X, value)
            if not _reaches(at, parameter, target, due):
                break
            shown = sp.Limit(at, parameter, target, "-" if target is sp.oo else "+")
            rule = f"{parameter} → {sign}{absorbed}"
            steps.append(Step(f"the velocity of a {side} component", rule, shown, due))
        else:
            return tuple(steps)
    return ()


def _in_flat_limits(name: str, velocity: sp.Expr, metric: Metric, hot: bool) -> Iterator[Proof]:
    """Limits of the metric's parameters in which it becomes one number, which lr absorbs."""
    known = next((each for each in VELOCITIES if each.matches(velocity) is not None), None)
    if known is None:
        return
    own = metric.tensor.free_symbols - set(metric.states)
    for parameter in sorted((x for x in own if x.is_positive), key=str):
        scaled = metric.tensor / parameter
        if _reaches(scaled, parameter, sp.oo, sp.S.One):
            called = method_name(known, "", hot)
            step = Step(
                f"the metric in units of {parameter}",
                f"{parameter} → ∞; the step size takes up {parameter}",
                sp.Limit(scaled, parameter, sp.oo),
                sp.S.One,
            )
            yield Proof(
                f"{name}, {parameter} → ∞: {called}",
                f"{name} becomes {called} as {parameter} → ∞",
                (step,),
            )


def _overdamped(name: str, energy: Energy, velocity: sp.Expr, measured: str) -> Iterator[Proof]:
    """The limit of infinite friction, μ → 0, in which the moments are the gradient itself."""
    if measured not in OVERDAMPED or MOMENTUM.matches(velocity) is None:
        return
    moved = derived("[CK] D", energy.kinetic).one_stage()[w]
    called = OVERDAMPED[measured]
    step = Step(
        "w after one step of [CK] D, before the metric",
        "γ → ∞: μ → 0, and X is the gradient",
        sp.Limit(moved, momentum, sp.S.Zero),
        w - lr * velocity.subs(X, G),
    )
    yield Proof(
        f"{name}, γ → ∞: {called}", f"{name} becomes {called} as its friction grows", (step,)
    )


def _reaches(expr: sp.Expr, parameter: sp.Symbol, target: sp.Expr, due: sp.Expr) -> bool:
    """Whether an expression has a limit, and the limit is the one that is due."""
    try:
        return equal(limit(expr, parameter, target), due)
    except NoLimitError:
        return False


def _signs() -> tuple[tuple[str, sp.Expr], ...]:
    """A component of either sign; sums over components keep their own symbols."""
    size = sp.Symbol("x", positive=True)
    return (("positive", size), ("negative", -size))
