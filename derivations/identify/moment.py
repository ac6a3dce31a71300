"""The energy moments of an update: the state that the weights follow, in the theory's scale."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.symbols import G, X, beta
from derivations.errors import NotHamiltonianError
from derivations.identify.points import may_be_positive, reads, same
from derivations.identify.profile import Fading, fading
from derivations.identify.scalars import put, ratios, short
from derivations.identify.states import Average, force
from derivations.textbook import count


@dataclass(frozen=True)
class Moment:
    """The state that is X, and how the velocity reads it.

    Parameters
    ----------
    state : the state; None where X is the gradient itself, the overdamped limit.
    fading : its thermal profile.
    weight : the power of time with which the force is weighed, zero unless the profile is one.
    joint : whether cooling and kick flow together, [CK], so that X is a moving average.
    kept : what is left of the old X where the weights read it: ahead of the kick, or after it.
    read : c = state + ratio·G is what the velocity reads, with the state before the step.
    unit : what one X is in the units of the state, but for the correction of a hot start.
    """

    state: Average | None
    fading: Fading
    weight: sp.Expr = sp.S.Zero
    joint: bool = True
    kept: sp.Expr | None = None
    ratio: sp.Expr = sp.S.Zero
    unit: sp.Expr = sp.S.One

    @property
    def ahead(self) -> sp.Expr | None:
        """How many further steps of the kick the velocity looks ahead; None if it does not."""
        if self.kept is None:
            return None
        if self.fading.kind == "constant":
            return short(self.kept)
        keep = self.fading.number
        steps = short(sp.log(self.kept) / sp.log(keep)) - 1
        for whole in (1, 2, 3):
            if same(self.kept, keep ** (whole + 1)):
                return sp.Integer(whole)
        return steps

    def scale(self, hot: bool) -> sp.Expr:
        """The value of the state after a step at X = 1."""
        if not hot:
            return self.unit
        whole = self.unit if self.joint else self.unit / (1 - self.fading.number)
        return short(whole) * self.fading.filled

    def seen(self, hot: bool) -> sp.Expr:
        """What the velocity reads, c, at X = 1."""
        assert self.state is not None
        if self.kept is None:
            return self.scale(hot) / self.state.keep
        if self.fading.kind == "constant":
            return self.unit
        whole = self.unit + self.ratio
        return (
            whole * (1 - self.kept / self.fading.number * self.fading.number**count)
            if hot
            else whole
        )

    def mass_of(self, expr: sp.Expr) -> sp.Expr:
        """Write the hot start's thermal mass for powers of the decay: μⁿ = 1/(β + 1)."""
        if self.fading.kind not in ("exponential", "hot"):
            return expr
        return expr.xreplace({self.fading.number**count: 1 / (beta + 1)})


def overdamped() -> Moment:
    """Return the moment that forgets all but the last gradient."""
    return Moment(None, Fading("exponential", sp.S.Zero))


def moment(state: Average, velocity: sp.Expr) -> tuple[Moment, sp.Expr]:
    """Return a state as the moment X, and the velocity as a formula of c alone, written X.

    `velocity` is in the old state and G. Raises `NotHamiltonianError` where it reads the gradient
    otherwise than along the state.
    """
    push = force(state)
    if push is None:
        raise NotHamiltonianError(
            f"the state {state.new} is not driven by the gradient: under H = (β/k)[κ(X) + c²L] + … "
            "the force on X is a number times ∇L, whatever the size of the gradient and wherever "
            "the weights are; this force is that of no potential",
            state.gain,
        )
    faded = fading(state.keep, state.new.name)
    ratio = _ratio(state, velocity)
    along = put(velocity, {state.old: X, G: sp.S.Zero})
    plain = same(ratio, push / state.keep) if state.keep != 0 else False
    return _made(state, push, faded, ratio, plain, along), along


def _ratio(state: Average, velocity: sp.Expr) -> sp.Expr:
    """Return r where the velocity reads old state + r·G."""
    if not reads(velocity, (G,)):
        return sp.S.Zero
    for ratio in ratios(velocity, G, state.old):
        if same(velocity, put(velocity, {state.old: state.old + ratio * G, G: sp.S.Zero})):
            return ratio
    raise NotHamiltonianError(
        f"the velocity reads the gradient beside the moment {state.new}, and not as a sum of "
        "both: under H the weights move along −∇κ(X), which knows the gradient through X alone",
        velocity,
    )


def _made(
    state: Average,
    push: sp.Expr,
    faded: Fading,
    ratio: sp.Expr,
    plain: bool,
    velocity: sp.Expr,
) -> Moment:
    name = state.new.name
    if faded.kind == "power":
        _check(plain, name)
        whole = _area(push, faded.number)
        if whole is not None:
            return Moment(state, faded, whole[0], unit=whole[1])
        weight = _weight(push, name)
        return Moment(state, faded, weight, False, unit=short(push / count**weight))
    if faded.kind == "hot":
        _check(plain, name)
        unit = short(push * (1 - faded.number**count) / (1 - faded.number))
        _check_fixed(unit, name)
        return Moment(state, faded, unit=unit)
    _check_fixed(push, name, velocity)
    _check_fixed(ratio, name)
    if faded.kind == "constant":
        kept = None if plain else short(ratio / push - 1)
        return Moment(state, faded, joint=False, kept=kept, ratio=ratio, unit=push)
    unit = short(push / (1 - faded.number))
    if plain:
        joint = _is_average(state, push, unit, faded, velocity)
        return Moment(state, faded, joint=joint, ratio=ratio, unit=unit if joint else push)
    kept = short(unit / (unit + ratio))
    if not may_be_positive(kept):
        raise NotHamiltonianError(
            f"the velocity reads {name} and the gradient with opposite signs, or beyond any "
            "look-ahead along the kick, which leaves a positive part of the old moment",
            kept,
        )
    return Moment(state, faded, kept=kept, ratio=ratio, unit=unit)


def _is_average(
    state: Average, push: sp.Expr, unit: sp.Expr, faded: Fading, velocity: sp.Expr
) -> bool:
    """Whether X is an average and not a sum: then the learning rate has no friction in it."""
    own = faded.number.free_symbols
    averaged, summed = (
        reads(velocity.xreplace({X: scale * X / state.keep}), own) for scale in (unit, push)
    )
    return not averaged if averaged != summed else not unit.free_symbols & own


def _area(push: sp.Expr, power: sp.Expr) -> tuple[sp.Expr, sp.Expr] | None:
    """Return q and what one X is, where the force is that of [CK] under β = tᴺ, N = `power`.

    It is then unit·n⁻ᴺ∫tᴺ⁺ᵠdt over the step from n − 1 to n.
    """
    exponents = [x.exp for x in push.atoms(sp.Pow) if sp.expand(x.base - count + 1) == 0]
    for exponent in sorted(exponents, key=sp.default_sort_key):
        area = (count**exponent - (count - 1) ** exponent) / (exponent * count**power)
        if not reads(push / area, (count,)):
            unit = sp.cancel((push * exponent).xreplace({count: sp.S.One}))
            return sp.expand(exponent - 1 - power), short(unit)
    return None


def _weight(push: sp.Expr, name: str) -> sp.Expr:
    """Return q where the force grows as the power n^q of the step."""
    power = sp.simplify(count * sp.diff(push, count) / push)
    _check_fixed(power, name)
    return power


def _check(plain: bool, name: str) -> None:
    if not plain:
        raise NotHamiltonianError(
            f"the velocity looks ahead of the moment {name}, whose friction changes with time; a "
            "look-ahead is known for constant friction"
        )


def _check_fixed(number: sp.Expr, name: str, velocity: sp.Expr | None = None) -> None:
    if reads(number, (count,)):
        raise NotHamiltonianError(
            f"the force on the moment {name} is weighed by a schedule that is explicit in time, "
            "which is not covered: the flows of the engine are exact, and none of them has this "
            "weight. A Hamiltonian may still give it to some order of the step"
            + _bregman(number, velocity),
            number,
        )


def _bregman(push: sp.Expr, velocity: sp.Expr | None) -> str:
    """Say where late forces and velocities grow with the powers of the p-Bregman family."""
    if velocity is None:
        return ""
    rise, fall = (_growth(x.xreplace({X: sp.S.One})) for x in (push, velocity))
    if rise is None or fall is None or sp.expand(rise + 2 * fall + 3) != 0:
        return ""
    return (
        f"; late in a run its powers of time are those of the profile Bregman, β = t^({-fall}), "
        "whose exact step agrees with BrAVO's, of the same powers, to first order only"
    )


def _growth(expr: sp.Expr) -> sp.Expr | None:
    """The power of the step's number with which a product of powers grows in the end."""
    late = sp.S.Zero
    for factor in sp.Mul.make_args(sp.powsimp(sp.factor_terms(expr))):
        base, exponent = factor.as_base_exp()
        if exponent.has(count) or (base.has(count) and sp.degree(base, count) != 1):
            return None
        late += exponent if base.has(count) else 0
    return late
