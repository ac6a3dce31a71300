"""The geometry of learning: from the 2-form to the brackets and the motion, in coordinates.

Everything is derived from the 1-form ω = β dU + Σ Y dw for any number of dimensions: its exterior
derivative is the 2-form, the coupling Y = βX pulls it back, its inverse is the Poisson matrix.
What the one-component algebra of `equations` does in a line is checked against this.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import sympy as sp

from derivations.algebra.components import coordinate, explicit
from derivations.algebra.symbols import G, L, U, beta, h, k, w
from derivations.errors import DerivationError


@dataclass(frozen=True)
class PhaseSpace:
    """Coordinates with a Poisson matrix P: {f, g} = ∇f · P ∇g.

    `coordinates` are (w1, …, wd, U, p1, …, pd, β), with the entropic moments Y or the energy
    moments X for p; `form` is the matrix of the 2-form, of which P is the inverse.
    """

    coordinates: tuple[sp.Symbol, ...]
    poisson: sp.ImmutableMatrix

    @property
    def form(self) -> sp.ImmutableMatrix:
        """The matrix Ω of the 2-form ½ Σ Ω_ab dz_a ∧ dz_b."""
        return self.poisson.inv().applyfunc(sp.simplify)

    def bracket(self, f: sp.Expr, g: sp.Expr) -> sp.Expr:
        """The Poisson bracket {f, g}.

        >>> space = coupled(1)
        >>> w1, U, X1, beta = space.coordinates
        >>> space.bracket(w1, X1), space.bracket(U, X1), space.bracket(U, beta)
        (1/beta, -X1/beta, 1)
        """
        left, right = (self._slopes(function) for function in (f, g))
        return sp.Add(*(df * self.poisson[i, j] * dg for i, df in left for j, dg in right))

    def _slopes(self, function: sp.Expr) -> list[tuple[int, sp.Expr]]:
        """The derivatives that are not zero, each with the number of its coordinate."""
        slopes = (sp.diff(function, z) for z in self.coordinates)
        return [(index, slope) for index, slope in enumerate(slopes) if slope != 0]

    def jacobi(self, f: sp.Expr, g: sp.Expr, e: sp.Expr) -> sp.Expr:
        """The cyclic sum {f, {g, e}} + …, which vanishes for a bracket that is one."""
        cycles = ((f, g, e), (g, e, f), (e, f, g))
        return sp.simplify(sp.Add(*(self.bracket(a, self.bracket(b, c)) for a, b, c in cycles)))

    def jacobi_failures(self) -> Iterator[tuple[tuple[sp.Symbol, ...], sp.Expr]]:
        """Yield the triples of coordinates on which the Jacobi identity fails, and by how much."""
        for triple in combinations(self.coordinates, 3):
            amount = self.jacobi(*triple)
            if amount != 0:
                yield triple, amount


@lru_cache
def canonical(dimension: int) -> PhaseSpace:
    """The phase space before the coupling, (w, U, Y, β) with dω = dβ∧dU + Σ dY∧dw.

    Source: Hermosis, Learning Dynamics, "Equilibrium".
    """
    coordinates = _coordinates(dimension, "Y")
    return PhaseSpace(
        coordinates, _inverse(exterior_derivative(_one_form(coordinates), coordinates))
    )


@lru_cache
def coupled(dimension: int) -> PhaseSpace:
    """The phase space of the energy moments, (w, U, X, β), by pulling back with Y = βX.

    Source: Hermosis, Learning Dynamics, "Evolution". The paper prints {w, X} = δ; the form gives
    δ/β (`printed` is the paper's).
    """
    old = canonical(dimension)
    coordinates = _coordinates(dimension, "X")
    moments = coordinates[dimension + 1 : -1]
    image = sp.Matrix([*coordinates[: dimension + 1], *(beta * moment for moment in moments), beta])
    jacobian = image.jacobian(coordinates)
    return PhaseSpace(coordinates, _inverse(jacobian.T * old.form * jacobian))


@lru_cache
def printed(dimension: int) -> PhaseSpace:
    """The bracket that the paper prints after the coupling, {w, X} = δ; it is not a bracket."""
    space = coupled(dimension)
    poisson = space.poisson.as_mutable()
    for index in range(dimension):
        poisson[index, dimension + 1 + index] = 1
        poisson[dimension + 1 + index, index] = -1
    return PhaseSpace(space.coordinates, sp.ImmutableMatrix(poisson))


def exterior_derivative(
    one_form: tuple[sp.Expr, ...], coordinates: tuple[sp.Symbol, ...]
) -> sp.ImmutableMatrix:
    """The matrix ∂_a θ_b − ∂_b θ_a of the 2-form dθ."""
    size = len(coordinates)
    return sp.ImmutableMatrix(
        size,
        size,
        lambda a, b: sp.diff(one_form[b], coordinates[a]) - sp.diff(one_form[a], coordinates[b]),
    )


def motion(hamiltonian: sp.Expr, space: PhaseSpace) -> dict[sp.Symbol, sp.Expr]:
    """The rates of all coordinates, −h dz/dt = k {z, H}, for an H of the coordinates."""
    return {z: -k / h * space.bracket(z, hamiltonian) for z in space.coordinates}


def coordinate_equations(hamiltonian: sp.Expr, dimension: int) -> dict[sp.Symbol, sp.Expr]:
    """The Hermosis equations of H(w, X, U, β, L) in coordinates w1, …, X1, …, U, β.

    H is given in one-component algebra; its loss becomes a function L(w1, …, wd), whose partial
    derivatives are written G1, …, Gd in the result.

    >>> from derivations.algebra.components import norm2
    >>> from derivations.algebra.symbols import X
    >>> H = beta / (2 * k) * norm2(X) + beta / k * L
    >>> coordinate_equations(H, 2)[coordinate(X, 1)]
    G2/h
    """
    weights = tuple(coordinate(w, index) for index in range(dimension))
    loss = sp.Function("L")(*weights)
    rates = motion(explicit(hamiltonian, dimension).subs(L, loss), coupled(dimension))
    leaves = {sp.diff(loss, weight): coordinate(G, n) for n, weight in enumerate(weights)}
    return {z: rate.xreplace(leaves).xreplace({loss: L}) for z, rate in rates.items()}


def _coordinates(dimension: int, moment: str) -> tuple[sp.Symbol, ...]:
    if dimension < 1:
        raise DerivationError(f"a phase space needs at least one weight, not {dimension}")
    numbers = range(1, dimension + 1)
    weights = (coordinate(w, number - 1) for number in numbers)
    moments = (sp.Symbol(f"{moment}{number}", real=True) for number in numbers)
    return (*weights, U, *moments, beta)


def _one_form(coordinates: tuple[sp.Symbol, ...]) -> tuple[sp.Expr, ...]:
    """The coefficients of ω = β dU + Σ Y dw."""
    dimension = len(coordinates) // 2 - 1
    moments = coordinates[dimension + 1 : -1]
    return (*moments, beta, *(sp.S.Zero,) * (dimension + 1))


def _inverse(form: sp.Matrix) -> sp.ImmutableMatrix:
    if sp.simplify(form.det()) == 0:
        raise DerivationError("the 2-form is degenerate, so that it gives no bracket")
    return sp.ImmutableMatrix(form.inv()).applyfunc(sp.simplify)
