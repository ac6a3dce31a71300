"""What a step does to phase-space volume: a word contracts it by μ^d, a look-ahead kick does not.

The determinants hold for d = 1 and any loss, or for d = 2 and any quadratic loss.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import explicit
from derivations.algebra.notation import Determinant
from derivations.algebra.symbols import G, X, beta, gamma, lr, momentum, parameter, w
from derivations.proofs.proof import Proof, Step
from derivations.reductions.derived import CLASSICAL, derived, system
from derivations.reductions.written import Written
from derivations.step.rule import Rule
from derivations.system import energies
from derivations.system.equations import hermosis_equations

delta = parameter("delta")
RELATIVISTIC = energies.relativistic(X, beta, delta)
_LEAPFROG = "C/2 D/2 K D/2 C/2"
#: Curvatures of a quadratic loss: any in two dimensions, and along its own axes.
_CURVED = sp.Matrix(2, 2, sp.symbols("A11 A12 A12 A22", real=True))
_AXES = sp.diag(*sp.symbols("Lambda_1 Lambda_2", positive=True))


def coordinates(dimension: int) -> list[sp.Symbol]:
    """w1, …, wd, X1, …, Xd."""
    return [explicit(letter, dimension, i) for letter in (w, X) for i in range(dimension)]


def quadratic(curvature: sp.Matrix) -> sp.Expr:
    """½wᵀAw in coordinates."""
    place = sp.Matrix(coordinates(curvature.rows)[: curvature.rows])
    return sp.expand((place.T * curvature * place)[0] / 2)


def any_loss() -> sp.Expr:
    """Any loss L(w1) in one dimension."""
    return sp.Function("L", real=True)(coordinates(1)[0])


def step(rule: Rule, loss: sp.Expr, dimension: int) -> sp.Matrix:
    """Where a rule takes (w1, …, X1, …), with the gradient of a loss of w1, …, wd put in.

    >>> step(derived("C K D", CLASSICAL), quadratic(sp.Matrix([[1]])), 1)
    Matrix([
    [-lr*(X1*momentum + w1) + w1],
    [           X1*momentum + w1]])
    """
    names = coordinates(dimension)
    weights, now = names[:dimension], {name: name for name in names}
    for stage in rule.stages:
        here = {x: now[x] for x in weights}
        slopes = {
            explicit(G, dimension, i): sp.diff(loss, x).subs(here, simultaneous=True).doit()
            for i, x in enumerate(weights)
        }
        now |= {
            explicit(target, dimension, i): explicit(value, dimension, i).xreplace(now | slopes)
            for target, value in stage.assignments
            for i in range(dimension)
        }
    return sp.Matrix([now[name] for name in names])


def determinant(word: str, kinetic: sp.Expr, loss: sp.Expr, dimension: int) -> sp.Expr:
    """The determinant of the Jacobian J of one step of a word."""
    after = step(derived(word, kinetic), loss, dimension)
    jacobian = after.applyfunc(sp.expand).jacobian(coordinates(dimension)).applyfunc(sp.expand)
    return Written(Determinant(sp.Symbol("J")), jacobian.det(method="berkowitz"))


def divergence(kinetic: sp.Expr, dimension: int) -> sp.Expr:
    """∇·(w', X') of the Hermosis flow under exponential cooling, at a given gradient field."""
    equations = hermosis_equations(system(kinetic).hamiltonian)
    pairs = ((w, equations.w), (X, equations.X))
    return sp.Add(
        *(
            sp.diff(explicit(rate, dimension, i), explicit(letter, dimension, i))
            for letter, rate in pairs
            for i in range(dimension)
        )
    )


def conformal() -> Proof:
    """Words of exact flows contract volume by the decay of every moment."""
    mu, why = momentum, "determinant of the Jacobian"
    return Proof(
        "conformal volume",
        "the flow has divergence −dγ, and a step of exact flows the determinant μ^d = e^(−dγτ)",
        (
            *(
                Step(f"the divergence of the flow, d = {d}", "relativistic κ, any gradient",
                     divergence(RELATIVISTIC, d), -d * gamma)
                for d in (1, 2)
            ),
            Step("C K D, d = 1, any loss", why,
                 determinant("C K D", RELATIVISTIC, any_loss(), 1), mu),
            Step("the leapfrog C½ D½ K D½ C½, d = 1, any loss", why,
                 determinant(_LEAPFROG, CLASSICAL, any_loss(), 1), mu),
            Step("C K D, d = 2, any quadratic loss", why,
                 determinant("C K D", CLASSICAL, quadratic(_CURVED), 2), mu**2),
        ),
    )  # fmt: skip


def nesterov() -> Proof:
    """A look-ahead kick contracts more where the loss curves more."""
    ahead, why = "C (D) K D", "determinant of the Jacobian"
    bend = sp.diff(any_loss(), coordinates(1)[0], 2)
    lost = sp.prod(1 - lr * _AXES[i, i] for i in range(2))
    place = coordinates(1)[0] - lr * momentum * coordinates(1)[1]
    bend = bend.subs(coordinates(1)[0], place)
    found = determinant(ahead, CLASSICAL, any_loss(), 1)
    flat = determinant(ahead, CLASSICAL, quadratic(_AXES), 2)
    return Proof(
        "volume of Nesterov's step",
        "C (D) K D is not conformal: on a quadratic loss its determinant is μ^d ∏(1 − lr·Λᵢ), "
        "with the curvatures Λᵢ along the axes of the loss",
        (
            Step("d = 1, any loss: the curvature is that of the look-ahead point", why, found,
                 momentum * (1 - lr * bend)),
            Step("d = 2, a quadratic loss along its axes", why, flat, momentum**2 * lost),
            Step("it is not μ²", "a point where it differs", flat, momentum**2, differs=True),
        ),
    )  # fmt: skip


PROOFS = {"conformal volume": conformal, "volume of Nesterov's step": nesterov}
