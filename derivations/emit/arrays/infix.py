"""Formulas as Python text: the same reading order in every language, other function names."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import sympy as sp

from derivations.algebra.components import is_component
from derivations.algebra.matrices import (
    OfMatrix,
    Outer,
    QuadraticForm,
    Singular,
    SingularTotal,
    Through,
)
from derivations.emit.mathematics.layout import is_negative, product, terms
from derivations.emit.program.names import FACTOR, internal, name
from derivations.errors import BackendError

#: SymPy's functions by the names that NumPy gave them.
FUNCTIONS = {
    "exp": "exp",
    "log": "log",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
    "Abs": "abs",
    "sign": "sign",
    "floor": "floor",
    "Max": "maximum",
    "Min": "minimum",
    "Hypot": "hypot",
}
#: The helpers that sources with functions of matrices begin with.
HELPERS = {
    Outer: "_outer",
    Through: "_through",
    QuadraticForm: "_quadratic_form",
    Singular: "_singular",
    SingularTotal: "_singular_total",
}
#: What Python's own `math` calls them where it differs.
MATH = {name: f"math.{name}" for name in FUNCTIONS}
MATH |= {"Abs": "abs", "Max": "max", "Min": "min", "Hypot": "math.hypot"}
_SUM, _PRODUCT, _POWER, _ATOM = range(4)
#: The largest integer that every language keeps exactly, 32 bits of JAX among them.
_LARGEST = 2**31 - 1


class Infix:
    """Writes an expression with operators.

    `functions` gives the text of each function's name, `symbol` that of a symbol.
    """

    def __init__(
        self, functions: dict[str, str], root: str, symbol: Callable[[sp.Symbol], str] = name
    ) -> None:
        self.functions, self.root, self.symbol = functions, root, symbol

    def __call__(self, expr: sp.Expr) -> str:
        return self.text(expr, _SUM)

    def text(self, expr: sp.Expr, inside: int) -> str:
        """Write `expr`, in brackets if what it stands in binds more tightly."""
        written, binds = self._written(expr)
        return f"({written})" if binds < inside else written

    def _written(self, expr: sp.Expr) -> tuple[str, int]:
        if expr.is_Symbol:
            return self.symbol(expr), _ATOM
        if expr.is_Integer:
            return str(expr), _ATOM if expr >= 0 else _SUM
        if not expr.free_symbols and expr.is_number:
            return number(expr), _ATOM if expr.is_nonnegative else _SUM
        if expr.is_Add:
            return self._sum(expr), _SUM
        if expr.is_Mul:
            return self._product(expr), _SUM if is_negative(expr) else _PRODUCT
        if isinstance(expr, OfMatrix):
            return self._of_matrix(expr), _ATOM
        if isinstance(expr, sp.exp):
            return self._call("exp", expr.args), _ATOM
        if expr.is_Pow:
            return self._power(expr)
        return self._call(type(expr).__name__, expr.args), _ATOM

    def _sum(self, expr: sp.Expr) -> str:
        first, *others = weights_first(terms(expr))
        text = self.text(first, _SUM)
        for term in others:
            sign, size = ("-", -term) if is_negative(term) else ("+", term)
            text += f" {sign} {self.text(size, _PRODUCT)}"
        return text

    def _product(self, expr: sp.Expr) -> str:
        parts = product(_in_machine_numbers(expr))
        top = (*parts.top, *parts.behind)
        text = " * ".join(self.text(factor, _PRODUCT) for factor in top) or "1"
        for factor in parts.bottom:
            text += f" / {self.text(factor, _POWER)}"
        return f"-{text}" if parts.negative else text

    def _power(self, expr: sp.Expr) -> tuple[str, int]:
        base, exponent = expr.as_base_exp()
        if exponent == sp.Rational(1, 2):
            return f"{self.root}({self(base)})", _ATOM
        if is_negative(exponent):
            return f"1 / {self.text(base**-exponent, _POWER)}", _PRODUCT
        if exponent == 2 and base.is_Symbol:
            return f"{self(base)} * {self(base)}", _PRODUCT
        return f"{self.text(base, _ATOM)} ** {self.text(exponent, _ATOM)}", _POWER

    def _of_matrix(self, expr: OfMatrix) -> str:
        if isinstance(expr, Outer):
            return f"{HELPERS[Outer]}({', '.join(map(self, expr.args))})"
        body, bound, *arrays = expr.args
        function = f"lambda {name(bound)}: {self(body)}"
        return f"{HELPERS[type(expr)]}({', '.join([function, *map(self, arrays)])})"

    def _call(self, function: str, arguments: tuple[sp.Expr, ...]) -> str:
        if function not in self.functions:
            known = ", ".join(sorted(filter(str.isidentifier, self.functions)))
            raise BackendError(f"no code is known for the function {function}; known: {known}")
        text = self.functions[function]
        if text == "math.sign":  # which Python does not have
            argument = self(arguments[0])
            return f"(math.copysign(1.0, {argument}) if {argument} else 0.0)"
        if function in ("Max", "Min") and text not in ("max", "min"):
            first, *others = sorted(arguments, key=lambda part: not is_component(part))
            bound = self.functions.get(f"{function} of a number", text)
            folded = self(first)
            for argument in others:
                pair = text if is_component(argument) else bound
                folded = f"{pair}({folded}, {self(argument)})"
            return folded
        return f"{text}({', '.join(map(self, arguments))})"


def number(value: sp.Expr) -> str:
    """Write an exact number as the nearest double, or as itself if it is an integer."""
    return str(value) if value.is_Integer else repr(float(value))


def _in_machine_numbers(expr: sp.Expr) -> sp.Expr:
    """Write the fraction before a product as one double where its integers would be too large."""
    fraction, rest = expr.as_coeff_Mul()
    if fraction.is_Rational and max(abs(fraction.p), fraction.q) > _LARGEST:
        return sp.Float(fraction, 30) * rest
    return expr


def weights_first(ordered: list[sp.Expr]) -> list[sp.Expr]:
    """Begin with a lone array, so that an update reads `w - lr * X`."""
    return sorted(ordered, key=lambda term: (not term.is_Symbol, is_negative(term)))


#: Scalars are computed once, by Python's own `math`, so that float32 arrays stay float32.
scalar_text = Infix(MATH, "math.sqrt")


class Hoist:
    """Collects the scalar parts of formulas under names, to be computed before any array work."""

    def __init__(self) -> None:
        self.names: dict[sp.Expr, sp.Symbol] = {}

    def __call__(self, expr: sp.Expr) -> sp.Expr:
        """Replace the largest scalar parts of `expr` by named scalars."""
        if not is_component(expr):
            return self.named(expr)
        if expr.is_Atom:
            return expr
        if expr.is_Add or expr.is_Mul:
            own = [part for part in expr.args if is_component(part)]
            common = expr.func(*(part for part in expr.args if not is_component(part)))
            if expr.is_Mul and common.is_number:
                sign, size = (-1, -common) if common.is_negative else (1, common)
                return sp.Mul(sign, self.named(size), *map(self, own))
            if expr.is_Mul and is_negative(common):
                return sp.Mul(-1, self.named(-common), *map(self, own))
            return expr.func(self.named(common), *map(self, own))
        return expr.func(*map(self, expr.args))

    def named(self, scalar: sp.Expr) -> sp.Expr:
        """Return a name for a scalar that takes work to compute, and the scalar otherwise."""
        if scalar.is_Symbol or (-scalar).is_Symbol or scalar.is_number:
            return scalar
        if scalar not in self.names:
            known = {"positive": True} if scalar.is_positive else {"real": True}
            self.names[scalar] = sp.Symbol(internal(FACTOR, len(self.names) + 1), **known)
        return self.names[scalar]

    def lines(self, write: Callable[[sp.Expr], str] = scalar_text) -> list[str]:
        """Return the assignments of the collected scalars."""
        return [f"{name(symbol)} = {write(value)}" for value, symbol in self.names.items()]


def indent(lines: Iterable[str], depth: int = 1) -> list[str]:
    """Indent lines of code by whole levels."""
    return ["    " * depth + line if line else line for line in lines]
