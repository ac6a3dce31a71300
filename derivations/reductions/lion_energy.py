"""The Lyapunov function of Lion-K, for any convex K, and in full for Lion and for momentum.

Source: Chen, Liu, Liang and Liu, arXiv:2310.05898, theorem 3.1, in its letters, with n for its m̃:
weights x, moments m that average −∇f, and K* the conjugate of K. The moments X of a Hermosis
system are −m.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy as sp

from derivations.algebra.components import Total, norm2
from derivations.algebra.notation import Partial, Rate
from derivations.algebra.symbols import (
    Component,
    G,
    L,
    U,
    X,
    beta,
    c,
    gamma,
    h,
    lamda,
    parameter,
    w,
)
from derivations.proofs.inequality import AtMost
from derivations.proofs.proof import Proof, Step
from derivations.reductions.along import Along, Rates, Scalar, gradient, rate, summed
from derivations.reductions.written import Written
from derivations.system import energies
from derivations.system.energy import Energy
from derivations.system.equations import Equations

x, m, n = Component("x"), Component("m"), Component("n")
f, K, dual = sp.symbols("f K K_*", real=True)
alpha, eps = parameter("alpha"), parameter("eps")
#: Hypotheses: the two products that monotone gradients of K and K* keep from being negative.
first, second = sp.symbols("Delta_1 Delta_2", nonnegative=True)
#: How far a number is below and above one, and the size of a component.
r, q, y = sp.Symbol("r", nonnegative=True), parameter("q"), parameter("y")
#: εγ ≤ 1 and εγ > 1.
EARLY, LATE = {eps: 1 / (gamma + r)}, {eps: (1 + q) / gamma}


@dataclass(frozen=True)
class LionK:
    """K and its conjugate at λx, with their gradients where the flow meets them.

    `names` are the functions that the two stand for, where they are not given.
    """

    potential: sp.Expr
    conjugate: sp.Expr
    ahead: sp.Expr
    moment: sp.Expr
    weight: sp.Expr
    names: dict[sp.Symbol, sp.Expr] = field(default_factory=dict)

    @property
    def flow(self) -> Rates:
        """The rates x' = ∇K(n) − λx, and m' = −α∇f(x) − γm as (n − m)/ε."""
        return {x: self.ahead - lamda * x, m: (n - m) / eps}

    @property
    def energy(self) -> sp.Expr:
        """αf(x) + (γ/λ)K*(λx) + (1 − εγ)/(1 + ελ) [K*(λx) + K(m) − λm·x]."""
        young = self.conjugate + self.potential - lamda * Total(m * x)
        return alpha * f + gamma / lamda * self.conjugate + blend() * young

    @property
    def rate(self) -> Along:
        """The rate of the energy along the flow, with ∇f as n has it."""
        return rate(self.energy, self.flow, self.names | {f: Loss(Total(x))})

    @property
    def first(self) -> sp.Expr:
        """Δ₁ = (∇K(n) − λx)·(n − ∇K*(λx))."""
        return summed((self.ahead - lamda * x) * (n - self.weight))

    @property
    def second(self) -> sp.Expr:
        """Δ₂ = (1/ε)(n − m)·(∇K(n) − ∇K(m))."""
        return summed((n - m) * (self.ahead - self.moment)) / eps


class Loss(sp.Function):
    """f(x), whose gradient is the one for which n is n."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        return ((m - n) / eps - gamma * m) / alpha


def ahead(slope: sp.Expr) -> sp.Expr:
    """The moments ε further on, n = m − ε(α∇f(x) + γm), given ∇f."""
    return m - eps * (alpha * slope + gamma * m)


def blend() -> sp.Expr:
    """(1 − εγ)/(1 + ελ)."""
    return (1 - eps * gamma) / (1 + eps * lamda)


def fall(one: sp.Expr, two: sp.Expr) -> sp.Expr:
    """−(λ + γ)/(1 + ελ) Δ₁ − (1 − εγ)/(1 + ελ) Δ₂."""
    return -(lamda + gamma) / (1 + eps * lamda) * one - blend() * two


def general() -> LionK:
    """Any K, named but not given."""
    return LionK(
        potential=K,
        conjugate=dual,
        ahead=gradient(K, n),
        moment=gradient(K, m),
        weight=gradient(dual, lamda * x),
        names={K: Scalar(K, Total(m)), dual: Scalar(dual, Total(lamda * x))},
    )


def momentum() -> LionK:
    """K = ½‖·‖², its own conjugate: momentum with decoupled decay."""
    return LionK(norm2(m) / 2, norm2(lamda * x) / 2, n, m, lamda * x)


def lion() -> LionK:
    """K = ‖·‖₁, whose conjugate is 0 in the box ‖λx‖∞ ≤ 1 and infinite outside: Lion."""
    return LionK(Total(sp.Abs(m)), sp.S.Zero, sp.sign(n), sp.sign(m), sp.S.Zero)


def hermosis() -> Equations:
    """½X² under exponential cooling with the shrink flow, in units of h and with c² = α."""
    rest = energies.potential(L, beta), energies.thermal(U, gamma * beta)
    return Energy(energies.classical(X, beta), *rest).with_shrink().equations


def any_convex() -> Proof:
    """Theorem 3.1 of the paper."""
    system, slope, named = general(), Loss(Total(x)).fdiff(), Partial(f, x)
    return Proof(
        "Lyapunov function of Lion-K",
        "αf + (γ/λ)K*(λx) + (1 − εγ)/(1 + ελ)[K*(λx) + K(m) − λm·x] never grows for any convex K "
        "and εγ ≤ 1, along x' = ∇K(n) − λx, m' = −α∇f − γm, with n = m − ε(α∇f + γm)",
        (
            Step("n is the moments ε further on", "∇f = ((m − n)/ε − γm)/α", n,
                 Written(ahead(named), ahead(slope))),
            Step("m' is (n − m)/ε", "n put in", -alpha * named - gamma * m,
                 Written(system.flow[m], system.flow[m].xreplace({n: ahead(named)}))),
            Step("its rate, exactly", "chain rule", system.rate,
                 fall(system.first, system.second)),
            AtMost("it never grows for εγ ≤ 1",
                   "Δ₁ ≥ 0 and Δ₂ ≥ 0 for monotone ∇K and ∇K*; ε = 1/(γ + r), r ≥ 0",
                   fall(first, second).xreplace(EARLY), sp.S.Zero),
            AtMost("for εγ > 1 the second term changes sign", "Δ₁ = 0, ε = (1 + q)/γ, q > 0",
                   fall(sp.S.Zero, second).xreplace(LATE), sp.S.Zero, differs=True),
        ),
    )  # fmt: skip


def squared() -> Proof:
    """Momentum with decoupled decay, where nothing is left as a hypothesis."""
    system, engine = momentum(), hermosis()
    units = {h: sp.S.One, c: sp.sqrt(alpha), X: -m, w: x, G: Partial(f, x)}
    squares = fall(summed((n - lamda * x) ** 2), summed((n - m) ** 2) / eps)
    late = squares.doit().xreplace({n: lamda * x}).xreplace(LATE)
    return Proof(
        "Lyapunov function of momentum with decay",
        "for K = ½‖·‖² the Lyapunov function of Lion-K falls by two squares for εγ ≤ 1, and may "
        "grow for every εγ > 1; for ε = 0 the flow is that of ½X² with the shrink flow, m = −X",
        (
            Step("x' for ε = 0", "Hermosis equations, h = 1",
                 Written(Rate(x), engine.w.xreplace(units)), system.flow[x].xreplace({n: m})),
            Step("m' for ε = 0", "Hermosis equations, c² = α",
                 Written(Rate(m), -engine.X.xreplace(units)), -alpha * Partial(f, x) - gamma * m),
            Step("its rate, exactly", "chain rule", system.rate, squares),
            AtMost("it never grows for εγ ≤ 1", "ε = 1/(γ + r), r ≥ 0", squares.xreplace(EARLY),
                   sp.S.Zero),
            AtMost("it may grow for εγ > 1", "n = λx, ε = (1 + q)/γ, q > 0", late, sp.S.Zero,
                   differs=True),
        ),
    )  # fmt: skip


def absolute() -> Proof:
    """Lion: the box is reached and kept, and in it the Lyapunov function falls."""
    system = lion()
    one, two = system.first.args[0], (n - m) * (sp.sign(n) - sp.sign(m))
    walls = (("upper", 1), ("lower", -1))
    return Proof(
        "Lyapunov function of Lion",
        "for K = ‖·‖₁ the weights reach the box ‖λx‖∞ ≤ 1 as e^(−λt) and stay; in it "
        "αf + (1 − εγ)/(1 + ελ)[‖m‖₁ − λm·x] never grows for εγ ≤ 1, where m and n are not 0",
        (
            Step("its rate inside the box, exactly", "chain rule", system.rate,
                 fall(system.first, system.second)),
            *(
                AtMost(f"Δ₁ ≥ 0 inside the box, n towards the {name} wall",
                       "n = ±y, y > 0, λx = ±(1 − r), r ≥ 0", sp.S.Zero,
                       one.xreplace({n: side * y, x: side * (1 - r) / lamda}))
                for name, side in walls
            ),
            AtMost("Δ₂ ≥ 0", "each sign of n and m", sp.S.Zero, summed(two)),
            *(
                AtMost(f"beyond the {name} wall the distance r falls at least at the rate λ",
                       "λx = ±(1 + r), r ≥ 0, whichever sign n has",
                       side * lamda * system.flow[x].xreplace({x: side * (1 + r) / lamda}),
                       -lamda * r)
                for name, side in walls
            ),
            AtMost("outside the box Δ₁ may be negative", "a point where it is", sp.S.Zero, one,
                   differs=True),
        ),
    )  # fmt: skip


PROOFS = {
    "Lyapunov function of Lion-K": any_convex,
    "Lyapunov function of momentum with decay": squared,
    "Lyapunov function of Lion": absolute,
}
