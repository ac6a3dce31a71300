"""How closely steps follow what they discretise: orders proved by series, and attained."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import explicit
from derivations.algebra.symbols import G, X, beta, lr, parameter, t, tau, w, weight_decay
from derivations.algebra.tidy import tidy
from derivations.proofs.order import ToOrder
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import CLASSICAL, COOLING, derived, system
from derivations.reductions.volume import any_loss, coordinates, step
from derivations.reductions.written import Written
from derivations.step.composition import compose
from derivations.system import energies
from derivations.system.equations import hermosis_equations
from derivations.system.thermal import ThermalLaw

delta = parameter("delta")
RELATIVISTIC = energies.relativistic(X, beta, delta)


def flow_series(kinetic: sp.Expr, loss: sp.Expr, power: int) -> sp.Matrix:
    """The exact Hermosis flow of (w, X) over a time τ in one dimension, up to τ^power.

    Its Taylor series is the Lie series Σ (τ∇·)ⁿ/n! of the rates.
    """
    place, moment = coordinates(1)
    equations = hermosis_equations(system(kinetic).hamiltonian)
    slope = {explicit(G, 1, 0): sp.diff(loss, place)}
    rates = [explicit(tidy(rate), 1, 0).xreplace(slope) for rate in (equations.w, equations.X)]
    term = sp.Matrix([place, moment])
    series = term
    for order in range(1, power + 1):
        term = term.jacobian([place, moment]) * sp.Matrix(rates)
        series += tau**order / sp.factorial(order) * term
    return series


def step_of(word: str, kinetic: sp.Expr, loss: sp.Expr) -> sp.Matrix:
    """One step of a word under exponential cooling, in one dimension."""
    return step(compose(word, system(kinetic), COOLING), loss, 1)


def local_error(word: str, order: int) -> ToOrder:
    """A step of a word against the flow: their difference is of the order after the word's."""
    return ToOrder(
        f"one step Φ of {word} is the flow φ up to τ^{order}",
        f"Taylor series; an error of τ^{order + 1} a step is one of τ^{order} in all",
        _written("Phi", step_of(word, RELATIVISTIC, any_loss())),
        _written("phi", flow_series(RELATIVISTIC, any_loss(), order + 1)),
        variable=tau,
        power=order + 1,
    )


def _written(letter: str, pair: sp.Matrix) -> sp.Matrix:
    names = (sp.Symbol(f"{letter}_{part}") for part in "wX")
    return sp.Matrix([Written(name, value) for name, value in zip(names, pair, strict=True)])


def first_order() -> Proof:
    """What is no palindrome is of order one."""
    return Proof(
        "words of first order",
        "C K D and [CK] D follow the Hermosis flow to the first order in τ and not beyond, for the "
        "relativistic κ and any loss, d = 1",
        (local_error("C K D", 1), local_error("[CK] D", 1)),
    )


def second_order() -> Proof:
    """A palindrome gains an order."""
    return Proof(
        "words of second order",
        "the palindrome C½ D½ K D½ C½ follows the Hermosis flow to the second order in τ and not "
        "beyond, for the relativistic κ and any loss, d = 1",
        (local_error("C/2 D/2 K D/2 C/2", 2),),
    )


def nesterov_decay() -> Proof:
    """The exact decay of the power profile against the textbook's momentum."""
    k = sp.Symbol("k", positive=True)
    pace = sp.Symbol("x", positive=True)
    law = ThermalLaw(3 * beta ** sp.Rational(2, 3), sp.S.Zero)
    decay = law.decay(tau).subs(t, (k - 1) * tau)
    exact, book = ((1 - pace) ** 3, (1 - pace) / (1 + 2 * pace))
    return Proof(
        "Nesterov's momentum as a decay",
        "over the step that ends at t = kτ the profile n = 3 decays by (1 − 1/k)³; the textbook's "
        "(k − 1)/(k + 2) is equal to it to the first order in 1/k only",
        (
            Step("the decay of the power profile", "β(t − τ)/β(t), t = kτ", decay,
                 (1 - 1 / k) ** 3),
            Step("the textbook's momentum, x = 1/k", "divide by k", (k - 1) / (k + 2),
                 book.subs(pace, 1 / k)),
            ToOrder("the two are equal up to 1/k", "Taylor series in x = 1/k", exact, book,
                    variable=pace, power=2),
        ),
    )  # fmt: skip


def exact_decay() -> Proof:
    """The textbook's decoupled decay is a shrink flow too, at a rate of its own."""
    pace = -sp.log(1 - lr * weight_decay)
    kept = derived("C K S D", CLASSICAL, change=lambda energy: energy.with_shrink(pace))
    factor = kept.one_stage()[w].coeff(w)
    series = weight_decay + lr * weight_decay**2 / 2
    return Proof(
        "decoupled weight decay as the textbook has it",
        "1 − lr·λ is the exact shrink flow of the rate −ln(1 − lr·λ)/lr = λ + lr·λ²/2 + O(λ³)",
        (
            Step("w keeps the textbook's factor", "exact flow of the generator X·w", factor,
                 1 - lr * weight_decay),
            ToOrder("the rate that makes it", "Taylor series at λ = 0", pace / lr, series,
                    variable=weight_decay, power=3),
            ToOrder("the factor of the rate λ itself", "Taylor series at λ = 0",
                    sp.exp(-lr * weight_decay), 1 - lr * weight_decay,
                    variable=weight_decay, power=2),
        ),
    )  # fmt: skip


PROOFS = {
    "words of first order": first_order,
    "words of second order": second_order,
    "Nesterov's momentum as a decay": nesterov_decay,
    "decoupled weight decay as the textbook has it": exact_decay,
}
