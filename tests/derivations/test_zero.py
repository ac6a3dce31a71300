"""Zero is shown by little algebra where that is enough, and never where it is not true."""

from __future__ import annotations

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

from derivations.algebra.components import Total, norm2
from derivations.algebra.symbols import Component, G, X, beta, gamma, s, t, tau
from derivations.algebra.zero import expands_to_zero, is_zero
from derivations.errors import NoExactFlowError
from derivations.proofs import errata
from derivations.proofs.proof import Proof
from derivations.reductions.derived import COOLING, HOT, system
from derivations.step import composition
from derivations.system import energies, measures
from derivations.system.flows import Flow
from derivations.system.metric import Metric
from derivations.system.thermal import ThermalLaw

V = Component("V", nonnegative=True)
root = sp.sqrt(1 + gamma * norm2(X))
#: Two ways to write the same.
EQUAL = {
    "fraction": (1 / (1 + gamma) + gamma / (1 + gamma), sp.S.One),
    "exponentials": (
        (sp.exp(gamma * t) - 1) / (sp.exp(gamma * (t + s)) - 1),
        (sp.exp(-gamma * s) - sp.exp(-gamma * (t + s))) / (1 - sp.exp(-gamma * (t + s))),
    ),
    "root": ((root - 1) / gamma, norm2(X) / (root + 1)),
    "hyperbolic": (sp.tanh(X), sp.sinh(X) / sp.cosh(X)),
    "sum": (Total((X + G) ** 2), norm2(X) + 2 * Total(X * G) + norm2(G)),
}


@pytest.mark.parametrize("name", EQUAL)
def test_equal_forms_cancel_and_others_do_not(name: str) -> None:
    left, right = EQUAL[name]
    assert expands_to_zero(left - right) and is_zero(left - right)
    for other in (2 * right, right + sp.Rational(1, 10**9), right * sp.exp(-gamma * tau)):
        assert not expands_to_zero(left - other)
        assert not is_zero(left - other)


@given(found=st.lists(st.fractions(-3, 3, max_denominator=9), min_size=3, max_size=3))
def test_a_polynomial_is_zero_only_if_its_coefficients_are(found: list[Fraction]) -> None:
    numbers = [sp.Rational(x.numerator, x.denominator) for x in found]
    expr = sp.Add(*(number * sp.exp(-n * gamma * t) for n, number in enumerate(numbers)))
    assert expands_to_zero(expr / (1 + sp.exp(gamma * t))) == (not any(numbers))


def test_what_needs_more_is_left_to_simplify() -> None:
    identity = sp.sin(t) ** 2 + sp.cos(t) ** 2 - 1
    assert not expands_to_zero(identity)
    assert is_zero(identity)


@pytest.mark.parametrize(("word", "most"), (("C K D", 1), ("[CK] M D", 2)))
def test_known_systems_are_derived_and_verified_without_a_search(
    word: str, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No integral and no solution is asked for, and `simplify` at most for a ratio of masses."""
    asked: list[str] = []

    def counted(name: str) -> None:
        right = getattr(sp, name)

        def ask(*given: object, **options: object) -> object:
            asked.append(name)
            return right(*given, **options)

        monkeypatch.setattr(sp, name, ask)

    for name in ("simplify", "integrate", "solve"):
        counted(name)
    law = HOT if "M" in word else COOLING
    fresh = ThermalLaw(law.rate.subs(gamma, 3 * gamma), law.start, law.weight)
    energy = system(energies.classical(X, beta), fresh)
    if "M" in word:
        energy = energy.in_metric(measures.root_mean_square())
    composition.compose(word, energy, fresh)
    assert set(asked) <= {"simplify"} and len(asked) <= most


def test_a_wrong_flow_is_refused_by_the_same_check() -> None:
    energy = system(energies.classical(X, beta))
    wrong = Flow("K", energy.potential, X=X + 2 * s * G)
    with pytest.raises(NoExactFlowError, match="the flow K"):
        wrong.verify(COOLING)


def test_a_wrong_average_has_a_residual(monkeypatch: pytest.MonkeyPatch) -> None:
    metric = Metric(((V, G**2),), sp.sqrt(V))
    assert (metric.residuals(), metric.starts()) == ((0,), (0,))
    decay = metric.law.decay(s)
    monkeypatch.setattr(Metric, "moved", lambda self: ((V, decay * V + 2 * (1 - decay) * G**2),))
    assert metric.residuals() != (0,)
    monkeypatch.setattr(Metric, "moved", lambda self: ((V, decay * V + (1 + decay) * G**2),))
    assert metric.residuals() == (0,) and metric.starts() != (
        0,
    )  # it obeys the equation, from another start


def test_a_line_in_the_mass_is_solved_as_the_integral_has_it() -> None:
    b = sp.Symbol("b", positive=True)
    for rate, start in ((gamma * beta, 1), (gamma * (beta + b), 0), (gamma * beta + b, b)):
        law = ThermalLaw(rate, sp.sympify(start))
        assert is_zero(sp.diff(law.mass, t) - rate.subs(beta, law.mass))
        assert law.mass.subs(t, 0) == start
        assert law.friction == gamma
        moment = sp.Symbol("moment", positive=True)
        area = sp.integrate(sp.expand(law.mass.subs(t, moment)), (moment, t, t + tau))
        assert is_zero(law.impulse(tau) * law.mass_after(tau) - area)


def test_each_erratum_is_made_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of proofs makes each of them once."""
    from hermosis.derive import proving

    made: list[int] = []
    makers = tuple(
        lambda n=n: made.append(n) or Proof(f"number {n}", "a claim", ()) for n in range(3)
    )
    monkeypatch.setattr(errata, "ERRATA", makers)
    monkeypatch.setattr("derivations.reductions.PROOFS", {})
    verdicts = list(proving.verdicts())
    assert made == [0, 1, 2]
    assert [verdict.text.splitlines()[0] for verdict in verdicts] == [
        f"FAILED  number {n}: a claim" for n in range(3)
    ]
