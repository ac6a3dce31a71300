r"""Functions of matrices in one-component algebra: full metrics, and singular values of arrays.

An array is read as a matrix where its singular values are meant (first axis by the rest; a
vector is one column), and as one long vector where a full metric K, an n×n matrix over its
components, acts on it. `EIGENVALUE` and `SINGULAR_VALUE` stand for each eigenvalue or singular
value in the function that is applied to them, and are bound: no formula depends on them.
"""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import At, Coupled, Sum, Total, is_component
from derivations.algebra.eigenvalues import function_of_matrix
from derivations.algebra.symbols import Component


class Spectral(Component):
    """A positive symbol that stands for each eigenvalue or singular value of a matrix."""

    __slots__ = ()

    def __new__(cls, name: str) -> Spectral:
        return sp.Symbol.__new__(cls, name, positive=True)


class Entry(Component):
    """A real symbol that stands for one entry (i, j) of a symmetric matrix over components."""

    __slots__ = ()


EIGENVALUE = Spectral("eigenvalue")
SINGULAR_VALUE = Spectral("singular_value")


class OfMatrix(sp.Function):
    """A function that needs an array, or a matrix over its components, as a whole."""

    @property
    def free_symbols(self) -> set[sp.Basic]:
        """The symbols that the value depends on: not the bound eigenvalue."""
        return super().free_symbols - {EIGENVALUE, SINGULAR_VALUE}

    def _eval_is_real(self) -> bool:
        return True

    @property
    def body(self) -> sp.Expr:
        """The function that is applied to the eigenvalues or singular values."""
        return self.args[0]

    @property
    def array(self) -> sp.Expr:
        """One component of the array that it is applied to."""
        return self.args[-1]

    def applied(self, value: sp.Expr) -> sp.Expr:
        """Return the function of one eigenvalue or singular value."""
        return self.body.xreplace({self.args[1]: value})

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        """Differentiate by a number in the function; anything else stays unevaluated."""
        if isinstance(symbol, Component) or any(a.has(symbol) for a in self.args[1:]):
            return sp.Derivative(self, symbol, evaluate=False)
        return self.func(sp.diff(self.body, symbol), *self.args[1:])

    def through_array(self, symbol: sp.Symbol, gradient: sp.Expr) -> sp.Expr:
        """Sum the gradient by the array over what `symbol` changes in each of its components."""
        held = Component("held")
        return sp.diff(Total(held * self.array), symbol).xreplace({held: gradient})


class Outer(OfMatrix, Coupled):
    """The entry aᵢbⱼ of the outer product of two arrays."""

    nargs = 2

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        first, second = self.args
        if isinstance(symbol, Component):
            return sp.Derivative(self, symbol, evaluate=False)
        return Outer(sp.diff(first, symbol), second) + Outer(first, sp.diff(second, symbol))

    def in_coordinates(self, dimension: int, at: At, index: int) -> sp.Expr:
        """Write the entry in row `index` and the last column out."""
        return at(self.args[0], index) * at(self.args[1], dimension - 1)

    @classmethod
    def eval(cls, first: sp.Expr, second: sp.Expr) -> sp.Expr | None:
        if first.is_zero or second.is_zero:
            return sp.S.Zero
        (scale, left), (other, right) = _split(first), _split(second)
        return None if scale * other == 1 else scale * other * cls(left, right)


class Through(OfMatrix, Coupled):
    """One component of f(K)X = Q f(λ) Qᵀ X, where K = Q λ Qᵀ is a symmetric matrix.

    >>> from derivations.algebra.symbols import X
    >>> Through(3, EIGENVALUE, Entry("K"), X)
    3*X
    """

    nargs = 4

    @classmethod
    def eval(cls, body: sp.Expr, x: sp.Symbol, matrix: sp.Expr, array: sp.Expr) -> sp.Expr | None:
        return _of_symmetric(cls, (body, x, matrix, array), power=1)

    def summed_with(self, other: sp.Expr) -> sp.Expr | None:
        """Σ Xᵢ (f(K)X)ᵢ is the quadratic form."""
        return QuadraticForm(*self.args) if other == self.array else None

    def in_coordinates(self, dimension: int, at: At, index: int) -> sp.Expr:
        """Write the component out; known in one and two dimensions."""
        matrix = function_of_matrix(self.applied, entries(self.args[2], dimension, at))
        return sp.Add(*(matrix[index, j] * at(self.array, j) for j in range(dimension)))


class QuadraticForm(OfMatrix, Sum):
    """The number Xᵀ f(K) X, whose gradient by X is 2 f(K)X.

    >>> from derivations.algebra.symbols import X
    >>> sp.diff(QuadraticForm(1 / EIGENVALUE, EIGENVALUE, Entry("K"), X) / 2, X)
    Through(1/eigenvalue, eigenvalue, K, X)
    """

    nargs = 4

    @classmethod
    def eval(cls, body: sp.Expr, x: sp.Symbol, matrix: sp.Expr, array: sp.Expr) -> sp.Expr | None:
        return _of_symmetric(cls, (body, x, matrix, array), power=2)

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        body, x, matrix, array = self.args
        if matrix.has(symbol):
            return sp.Derivative(self, symbol, evaluate=False)
        moved = self.through_array(symbol, 2 * Through(body, x, matrix, array))
        return moved + QuadraticForm(sp.diff(body, symbol), x, matrix, array)

    def _eval_is_nonnegative(self) -> bool | None:
        return self.body.is_nonnegative

    def in_coordinates(self, dimension: int, at: At) -> sp.Expr:
        """Write the number out; known in one and two dimensions."""
        matrix = function_of_matrix(self.applied, entries(self.args[2], dimension, at))
        vector = sp.Matrix([at(self.array, j) for j in range(dimension)])
        return (vector.T * matrix * vector)[0]


class Singular(OfMatrix, Coupled):
    """One component of U f(σ) Vᵀ, where the array is the matrix U σ Vᵀ.

    >>> from derivations.algebra.symbols import X
    >>> Singular(1, SINGULAR_VALUE, -2 * X), Singular(SINGULAR_VALUE, SINGULAR_VALUE, X)
    (-Singular(1, singular_value, X), X)
    """

    nargs = 3

    @classmethod
    def eval(cls, body: sp.Expr, x: sp.Symbol, array: sp.Expr) -> sp.Expr | None:
        sign, scale, bare = _signed(array)
        factor, own = _factored(body.xreplace({x: scale * x}), x)
        if factor.is_zero or bare.is_zero:
            return sp.S.Zero
        if own == x:
            return sign * factor * bare
        unchanged = sign * factor == 1 and scale == 1
        return None if unchanged else sign * factor * cls(own, x, bare)

    def summed_with(self, other: sp.Expr) -> sp.Expr | None:
        """Σ Xᵢ (U f(σ) Vᵀ)ᵢ is Σ σ f(σ)."""
        body, x, array = self.args
        return SingularTotal(x * body, x, array) if other == array else None

    def in_coordinates(self, dimension: int, at: At, index: int) -> sp.Expr:
        """Write the component out for an array that is one column."""
        if dimension == 1:
            return self.applied(sp.Abs(at(self.array, 0))) * sp.sign(at(self.array, 0))
        norm = sp.sqrt(sp.Add(*(at(self.array, j) ** 2 for j in range(dimension))))
        return self.applied(norm) * at(self.array, index) / norm


class SingularTotal(OfMatrix, Sum):
    """The number Σ f(σ) over the singular values of an array, whose gradient is U f′(σ) Vᵀ.

    Source: Lewis, The convex analysis of unitarily invariant matrix functions (1995), Theorem 3.1.

    >>> from derivations.algebra.symbols import X
    >>> sp.diff(SingularTotal(SINGULAR_VALUE**3, SINGULAR_VALUE, X) / 3, X)
    Singular(singular_value**2, singular_value, X)
    """

    nargs = 3

    @classmethod
    def eval(cls, body: sp.Expr, x: sp.Symbol, array: sp.Expr) -> sp.Expr | None:
        _, scale, bare = _signed(array)
        factor, own = _factored(body.xreplace({x: scale * x}), x)
        if factor.is_zero:
            return sp.S.Zero
        if own == x**2:
            return factor * Total(bare**2)
        unchanged = factor == 1 and bare == array
        return None if unchanged else factor * cls(own, x, bare)

    def _eval_derivative(self, symbol: sp.Symbol) -> sp.Expr:
        body, x, array = self.args
        moved = self.through_array(symbol, Singular(sp.diff(body, x), x, array))
        return moved + SingularTotal(sp.diff(body, symbol), x, array)

    def _eval_is_nonnegative(self) -> bool | None:
        return self.body.is_nonnegative

    def in_coordinates(self, dimension: int, at: At) -> sp.Expr:
        """Write the number out for an array that is one column."""
        return self.applied(sp.sqrt(sp.Add(*(at(self.array, j) ** 2 for j in range(dimension)))))


def is_entry(expr: sp.Basic) -> bool:
    """Tell whether an expression has one value for each pair of components."""
    if isinstance(expr, (Entry, Outer)):
        return True
    if isinstance(expr, (Sum, Coupled)):
        return False
    return any(map(is_entry, expr.args))


def has_matrices(expr: sp.Basic) -> bool:
    """Tell whether an expression needs an array as a matrix."""
    return expr.has(OfMatrix, Entry)


def entries(matrix: sp.Expr, dimension: int, at: At) -> sp.Matrix:
    """Write a symmetric matrix out in the symbols K11, K12, …"""

    def entry(part: sp.Expr, i: int, j: int) -> sp.Expr:
        if isinstance(part, Entry):
            first, second = sorted((i, j))
            return sp.Symbol(f"{part.name}{first + 1}{second + 1}", real=True)
        if isinstance(part, Outer):
            return at(part.args[0], i) * at(part.args[1], j)
        if isinstance(part, Sum) or not part.args:
            return at(part, i)
        return part.func(*(entry(argument, i, j) for argument in part.args))

    return sp.Matrix(dimension, dimension, lambda i, j: entry(matrix, i, j))


def _of_symmetric(
    cls: type[OfMatrix], given: tuple[sp.Expr, sp.Symbol, sp.Expr, sp.Expr], power: int
) -> sp.Expr | None:
    """Take what all components share out of f(K)X, or of the form that has X twice.

    A positive factor of K goes into f; an f that is a number leaves X, or its squared norm.
    """
    body, x, matrix, array = given
    scale, other = _split(matrix)
    if scale != 1 and scale.is_positive:
        return cls(body.xreplace({x: scale * x}), x, other, array)
    factor, own = _factored(body, x)
    common, bare = _split(array)
    if own == 1 or bare.is_zero:
        return factor * (array if power == 1 else Total(array**2))
    unchanged = factor * common == 1
    return None if unchanged else factor * common**power * cls(own, x, matrix, bare)


def _factored(body: sp.Expr, x: sp.Symbol) -> tuple[sp.Expr, sp.Expr]:
    """Split a function of x into a factor and the rest, which is one where it is constant."""
    return (body, sp.S.One) if body.is_zero else body.as_independent(x, as_Add=False)


def _split(expr: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """Split a product into what all components share, and the rest."""
    factors = sp.Mul.make_args(expr)
    own = [factor for factor in factors if is_component(factor)]
    if not own:
        return sp.S.One, expr
    return sp.Mul(*(f for f in factors if not is_component(f))), sp.Mul(*own)


def _signed(array: sp.Expr) -> tuple[sp.Expr, sp.Expr, sp.Expr]:
    """Split an array into a sign, a positive number and the rest, where the sign is known."""
    scale, bare = _split(array)
    if scale.is_positive:
        return sp.S.One, scale, bare
    if scale.is_negative:
        return sp.S.NegativeOne, -scale, bare
    return sp.S.One, sp.S.One, array
