"""Exact flows: each term of H moves the state for a finite time in closed form, and is verified.

The letters of a word name them: D drift, K kick, C cool, S shrink, M measure, and [CK] the joint
flow of cooling and kick with the gradient frozen. N noise and R restart are no flows of an H. A
flow is written in the state before it (w, X, U, β and the moments of a metric), the time t at
which it begins and its length s.
"""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.components import Total, slope
from derivations.algebra.stand_ins import under_one_sum
from derivations.algebra.symbols import G, L, U, X, beta, h, k, noise, s, t, temperature, w
from derivations.algebra.tidy import sizes, tidy
from derivations.algebra.zero import expands_to_zero, is_zero
from derivations.errors import NoExactFlowError
from derivations.system.energy import Energy
from derivations.system.equations import hermosis_equations
from derivations.system.metric import Moments
from derivations.system.thermal import ThermalLaw, stable


@dataclass(frozen=True)
class Flow:
    """Where one term of H takes the state in a time s.

    `w`, `X`, `U` and `beta` are the values after the flow, `moments` those of a metric, `records`
    what the metric writes down after them; `term` is the part of H that makes the flow (zero for
    what no Hamiltonian makes).
    """

    letters: str
    term: sp.Expr
    w: sp.Expr = w
    X: sp.Expr = X
    U: sp.Expr = U
    beta: sp.Expr = beta
    moments: Moments = ()
    records: Moments = ()

    def residuals(self, law: ThermalLaw) -> tuple[sp.Expr, ...]:
        """Differentiate the flow and subtract the Hermosis equations of its term: zeros."""
        rates = hermosis_equations(self.term)
        now = {w: self.w, X: self.X, U: self.U, beta: self.beta}
        found = []
        for name in ("w", "X", "U", "beta"):
            moved = sp.diff(getattr(self, name), s)
            due = getattr(rates, name).xreplace(now)
            found.append(_reduced((moved - due).subs(beta, law.mass).doit()))
        return tuple(found)

    def verify(self, law: ThermalLaw) -> Flow:
        """Return the flow if it solves the equations of its term and begins at the identity."""
        if self.letters in ("N", "M", "R"):  # made by no term of H
            return self
        begin = {"w": w, "X": X, "U": U, "beta": beta}
        starts = [
            _reduced((getattr(self, name).subs(s, 0) - value).subs(beta, law.mass))
            for name, value in begin.items()
        ]
        if any(gap != 0 for gap in (*starts, *self.residuals(law))):
            raise NoExactFlowError(
                f"the flow {self.letters} of the term {self.term} does not satisfy the Hermosis "
                f"equations: residuals {self.residuals(law)}"
            )
        return self


def flow(letters: str, energy: Energy, law: ThermalLaw) -> Flow:
    """Return the exact flow that `letters` name; raises `NoExactFlowError` where there is none."""
    key = "".join(sorted(letters))
    if key == "CK" and energy.thermal == 0:
        key = "K"
    if key not in _FLOWS:
        raise NoExactFlowError(
            f"no exact flow is known for [{letters}] together; known joint flows: [CK]"
        )
    return _FLOWS[key](energy, law)


def drift(energy: Energy, law: ThermalLaw) -> Flow:
    """D, of K(X, β): w moves along −∂K/∂X at fixed X and β."""
    velocity = tidy(slope(energy.kinetic, X))
    if velocity.has(sp.Derivative, sp.Subs, sp.DiracDelta):
        raise NoExactFlowError(
            f"the kinetic energy {energy.kinetic} has no velocity ∇κ(X) in closed form: its slope "
            f"came out as {velocity}; write it with functions that have a known derivative"
        )
    heat = Total(X * velocity) / beta - sp.diff(energy.kinetic, beta)
    return Flow(
        "D",
        energy.kinetic,
        w=w - s * k / (h * beta) * velocity,
        U=U + s * k / h * heat,
    )


def kick(energy: Energy, law: ThermalLaw) -> Flow:
    """K, of V(L, w, β): X moves along ∂V/∂w at fixed w and β."""
    return Flow(
        "K",
        energy.potential,
        X=X + s * k / (h * beta) * slope(energy.potential, w),
        U=U - s * k / h * sp.diff(energy.potential, beta),
    )


def cool(energy: Energy, law: ThermalLaw) -> Flow:
    """C, of (h/k)U f(β): βX and U f(β) stay while β grows."""
    if energy.thermal == 0:
        return Flow("C", sp.S.Zero)
    _check_heat(energy, law)
    return Flow("C", energy.thermal, X=X * law.decay(s), U=U * law.heat(s), beta=law.mass_after(s))


def shrink(energy: Energy, law: ThermalLaw) -> Flow:
    """S, of (h/k)λβ X·w, alone or with its own cooling (h/k)λβU, which holds X."""
    if energy.shrink == 0:
        return Flow("S", sp.S.Zero)
    rates = hermosis_equations(energy.shrink)
    shrinking, growing, heating = (
        sp.cancel(rate / value) for rate, value in ((rates.w, w), (rates.X, X), (rates.beta, beta))
    )
    if any(rate.has(w, X, U, beta) for rate in (shrinking, growing, heating)):
        raise NoExactFlowError(f"the term {energy.shrink} is not of the form (h/k)λβ(X·w + aU)")
    return Flow(
        "S",
        energy.shrink,
        w=w * sp.exp(shrinking * s),
        X=X * sp.exp(growing * s),
        U=U * sp.exp(-heating * s),
        beta=beta * sp.exp(heating * s),
    )


def cool_kick(energy: Energy, law: ThermalLaw) -> Flow:
    """[CK], of V + (h/k)U f(β): the paper's integral form, with the gradient frozen.

    Source: Hermosis, Learning Dynamics, "Integration", with the impulse of every term of V
    integrated against the mass that multiplies it.
    """
    _check_heat(energy, law)
    masses: dict[sp.Expr, sp.Expr] = {}
    for term in sp.Add.make_args(sp.expand(slope(energy.potential, w))):
        mass, frozen = term.as_independent(G, w, as_Add=False)
        if frozen.has(beta):
            raise NoExactFlowError(f"the force {term} mixes β with w, so [CK] has no closed form")
        masses[frozen] = masses.get(frozen, sp.S.Zero) + mass
    pushes = [
        frozen * k / h * ThermalLaw(law.rate, law.start, mass).impulse(s)
        for frozen, mass in masses.items()
    ]
    return Flow(
        "CK",
        energy.potential + energy.thermal,
        X=X * law.decay(s) + sp.Add(*pushes),
        U=U * law.heat(s) - k / h * _heat_of_kick(energy.potential, law),
        beta=law.mass_after(s),
    )


def _heat_of_kick(potential: sp.Expr, law: ThermalLaw) -> sp.Expr:
    """What V gains while β grows, for each unit of the cooling rate at the end."""
    end = law.mass_after(s)
    gains = []
    for term in sp.Add.make_args(sp.expand(potential)):
        mass, own = term.as_independent(L, w, Total, as_Add=False)
        gain = (mass.subs(beta, end) - mass.subs(beta, law.mass)) / law.rate.subs(beta, end)
        gains.append(own * stable(gain))
    return sp.Add(*gains)


def bath(energy: Energy, law: ThermalLaw) -> Flow:
    """N, a heat bath: X → decay·X + noise, which keeps e^{−κ(X)/θ} for a quadratic κ.

    Fluctuation–dissipation fixes the noise: √(θ(1 − decay²)) in each component.
    """
    kappa = energy.kappa
    if kappa is None or not is_zero(kappa - Total(X**2) / 2):
        raise NoExactFlowError(
            f"the heat bath N is exact only for the kinetic energy (β/2k)X², not {energy.kinetic}"
        )
    decay = law.decay(s)
    return Flow("N", sp.S.Zero, X=decay * X + sp.sqrt(temperature * (1 - decay**2)) * noise)


def measure(energy: Energy, law: ThermalLaw) -> Flow:
    """M, of the metric's moments: each relaxes to its drive, with the gradient frozen.

    Raises `NoExactFlowError` where the flow does not satisfy the moments' equations.
    """
    if energy.metric is None:
        return Flow("M", sp.S.Zero)
    if any(gap != 0 for gap in (*energy.metric.residuals(), *energy.metric.starts())):
        raise NoExactFlowError(
            f"the flow of the moments {energy.metric.states} under the cooling rate "
            f"{energy.metric.law.rate} does not satisfy their equations, or begins elsewhere"
        )
    moved, recorded = energy.metric.moved(), energy.metric.recorded()
    return Flow("M", sp.S.Zero, moments=moved, records=recorded)


def restart(energy: Energy, law: ThermalLaw) -> Flow:
    """R, a restart: X is forgotten where it points uphill, X·∇L ≤ 0.

    Source: O'Donoghue and Candès, arXiv:1204.3982, the gradient scheme.
    """
    return Flow("R", sp.S.Zero, X=X * sp.Max(sp.S.Zero, sp.sign(Total(X * G))))


def _check_heat(energy: Energy, law: ThermalLaw) -> None:
    """Refuse a thermal energy that is not the (h/k)U f(β) of its profile."""
    if not is_zero(energy.thermal - h / k * U * law.rate):
        raise NoExactFlowError(
            f"the thermal energy {energy.thermal} is not (h/k)·U·f(β) with f(β) = {law.rate}"
        )


_FLOWS = {
    "D": drift,
    "K": kick,
    "C": cool,
    "S": shrink,
    "CK": cool_kick,
    "N": bath,
    "M": measure,
    "R": restart,
}


def _reduced(gap: sp.Expr) -> sp.Expr:
    """Simplify a difference, with the end of the flow as a positive symbol of its own."""
    if expands_to_zero(gap):
        return sp.S.Zero
    end = sp.Dummy("end", positive=True)
    gap = gap.xreplace(sizes(gap))
    shifted = sp.expand_power_base(gap.subs(t + s, end).subs(s, end - t))
    reduced = sp.simplify(sp.powsimp(sp.expand(sp.powdenest(_plain_powers(shifted)))))
    if reduced.has(Total):
        summand, rest = under_one_sum(reduced)
        reduced = _with_signs(Total(sp.simplify(summand)) + rest)
    return sp.simplify(reduced.subs(end, t + s)) if reduced != 0 else sp.S.Zero


def _plain_powers(expr: sp.Expr) -> sp.Expr:
    """Write (t^a)^b as t^(ab), with its exponent in one fraction."""

    def is_symbolic(part: sp.Expr) -> bool:
        return part.is_Pow and bool(part.exp.free_symbols) and not part.has(Total, sp.exp)

    nested = expr.replace(is_symbolic, lambda part: sp.powdenest(part, force=True))
    return nested.replace(is_symbolic, lambda part: part.base ** sp.cancel(part.exp))


def _with_signs(expr: sp.Expr) -> sp.Expr:
    """Simplify with a positive symbol for each sum that is not negative, so that powers join."""
    names = {
        part: sp.Dummy("q", positive=True) for part in expr.atoms(Total) if part.is_nonnegative
    }
    joined = sp.simplify(sp.powsimp(sp.expand(sp.powsimp(expr.xreplace(names)))))
    return joined.xreplace({name: part for part, name in names.items()})
