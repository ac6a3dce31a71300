"""Formulas as LLVM operations: each result has a name, and equal parts are computed once."""

from __future__ import annotations

import math
import struct
from typing import Literal

import sympy as sp

from derivations.emit.llvm.builder import Function
from derivations.emit.mathematics.layout import is_negative
from derivations.emit.program.names import name
from derivations.errors import BackendError

#: Reassociation and fused multiply-add are allowed; NaN and infinity keep their meaning.
FLAGS = "reassoc nsz arcp contract"
#: What is an instruction of the machine, or becomes one.
_INTRINSICS = {"Abs": "fabs", "floor": "floor"}
#: What the C library computes, by SymPy's names.
_LIBRARY = {
    "exp": "exp",
    "log": "log",
    "sin": "sin",
    "cos": "cos",
    "tan": "tan",
    "asin": "asin",
    "acos": "acos",
    "atan": "atan",
    "sinh": "sinh",
    "cosh": "cosh",
    "tanh": "tanh",
    "asinh": "asinh",
    "acosh": "acosh",
    "atanh": "atanh",
}
_PAIRS = {"Max": "maximum", "Min": "minimum"}
_SUFFIX = {"double": "f64", "float": "f32"}
#: The largest power that is written as a product.
_MOST_FACTORS = 8


class Operations:
    """Writes operations on numbers of one precision into a function.

    `known` has the names of values that were computed; `used` collects the declarations of what
    was called.
    """

    def __init__(
        self, kind: Literal["double", "float"], used: set[str], function: Function
    ) -> None:
        self.kind, self.used, self.function = kind, used, function
        self.known: dict[sp.Expr, str] = {}
        self._latest: dict[sp.Symbol, sp.Symbol] = {}

    def line(self, text: str) -> str:
        """Append an operation, and return the name of its result."""
        return self.function.value(text)

    def assign(self, target: sp.Symbol, value: sp.Expr) -> None:
        """Let a symbol have a new value from here on."""
        result = self.value(value)
        version = sp.Dummy(target.name, real=True)
        self.known[version] = result
        self._latest[target] = version

    def value(self, expr: sp.Expr) -> str:
        """Write the operations that compute a formula, and return the name of its value."""
        return self._value(expr.xreplace(self._latest))

    def wide(self, expr: sp.Expr) -> str:
        """Write a formula in double precision, of values in this one."""
        if self.kind == "double":
            return self.value(expr)
        twin = Operations("double", self.used, self.function)
        for symbol in sorted(expr.free_symbols, key=str):
            twin.known[symbol] = self.line(f"fpext float {self.value(symbol)} to double")
        return twin.value(expr)

    def root(self, value: str) -> str:
        """Write the square root of a value."""
        return self._intrinsic("sqrt", value)

    def size(self, value: str) -> str:
        """Write the absolute value of a value."""
        return self._intrinsic("fabs", value)

    def rounded(self, value: str) -> str:
        """Round a value of double precision to this one."""
        return value if self.kind == "double" else self.line(f"fptrunc double {value} to float")

    def literal(self, number: sp.Expr) -> str:
        """Write an exact number as the nearest one of this precision."""
        value = float(number)
        if self.kind == "float":
            value = _single(value)
        return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"

    def _value(self, expr: sp.Expr) -> str:
        if expr not in self.known:
            self.known[expr] = self._written(expr)
        return self.known[expr]

    def _written(self, expr: sp.Expr) -> str:
        if not expr.free_symbols and expr.is_number:
            return self.literal(expr)
        if expr.is_Add:
            return self._sum(expr)
        if expr.is_Mul:
            return self._product(expr)
        if isinstance(expr, sp.exp):
            return self._call("exp", expr.args)
        if expr.is_Pow:
            return self._power(*expr.as_base_exp())
        if expr.is_Symbol:
            raise BackendError(f"{name(expr)} has no value where it is read")
        return self._call(type(expr).__name__, expr.args)

    def _operation(self, operation: str, left: str, right: str) -> str:
        return self.line(f"{operation} {FLAGS} {self.kind} {left}, {right}")

    def _sum(self, expr: sp.Expr) -> str:
        first, *others = sorted(expr.args, key=lambda x: (is_negative(x), sp.default_sort_key(x)))
        total = self._value(first)
        for term in others:
            if is_negative(term):
                total = self._operation("fsub", total, self._value(-term))
            else:
                total = self._operation("fadd", total, self._value(term))
        return total

    def _product(self, expr: sp.Expr) -> str:
        if expr.args[0] == -1:
            return self.line(f"fneg {FLAGS} {self.kind} {self._value(-expr)}")
        above: list[sp.Expr] = []
        below: list[sp.Expr] = []
        for factor in expr.args:
            base, exponent = factor.as_base_exp()
            under = is_negative(exponent) and not isinstance(factor, sp.exp)
            (below if under else above).append(base**-exponent if under else factor)
        result = self._chain(above) if above else self.literal(sp.S.One)
        for factor in below:
            result = self._operation("fdiv", result, self._value(factor))
        return result

    def _chain(self, factors: list[sp.Expr]) -> str:
        result, *others = map(self._value, factors)
        for factor in others:
            result = self._operation("fmul", result, factor)
        return result

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> str:
        if is_negative(exponent):
            return self._operation("fdiv", self.literal(sp.S.One), self._value(base**-exponent))
        if exponent == sp.S.Half:
            return self._intrinsic("sqrt", self._value(base))
        if exponent.is_Integer and exponent <= _MOST_FACTORS:
            half = base ** (exponent // 2)
            rest = [base] if exponent % 2 else []
            return self._chain([half, half, *rest])
        twice = 2 * exponent
        if twice.is_Integer and twice <= _MOST_FACTORS:
            return self._chain([base ** (exponent - sp.S.Half), sp.sqrt(base)])
        return self._from_library("pow", self._value(base), self._value(exponent))

    def _call(self, function: str, arguments: tuple[sp.Expr, ...]) -> str:
        values = [self._value(argument) for argument in arguments]
        if function == "sign":
            return self._sign(values[0])
        if function == "Hypot":
            return self._hypot(*map(self.size, values))
        if function in _PAIRS:
            result, *others = values
            for other in others:
                result = self._intrinsic(_PAIRS[function], result, other)
            return result
        if function in _INTRINSICS:
            return self._intrinsic(_INTRINSICS[function], *values)
        if function in _LIBRARY:
            return self._from_library(_LIBRARY[function], *values)
        known = ", ".join(sorted([*_LIBRARY, *_INTRINSICS, *_PAIRS, "sign"]))
        raise BackendError(f"no LLVM code is known for the function {function}; known: {known}")

    def _sign(self, value: str) -> str:
        """Write 1, −1, or the value itself where it is zero or NaN."""
        one, less = self.literal(sp.S.One), self.literal(sp.S.NegativeOne)
        above = self.line(f"fcmp ogt {self.kind} {value}, 0.0")
        below = self.line(f"fcmp olt {self.kind} {value}, 0.0")
        inner = self.line(f"select i1 {below}, {self.kind} {less}, {self.kind} {value}")
        return self.line(f"select i1 {above}, {self.kind} {one}, {self.kind} {inner}")

    def _hypot(self, one: str, other: str) -> str:
        """Write m√(1 + (n/m)²), where m is the larger of two lengths: nothing of it overflows."""
        large, small = (self._intrinsic(f"{end}imum", one, other) for end in ("max", "min"))
        unit = self.literal(sp.S.One)
        none = self.line(f"fcmp oeq {self.kind} {large}, 0.0")
        below = self.line(f"select i1 {none}, {self.kind} {unit}, {self.kind} {large}")
        ratio = self.line(f"fdiv {self.kind} {small}, {below}")
        square = self._operation("fmul", ratio, ratio)
        return self._operation("fmul", large, self.root(self._operation("fadd", unit, square)))

    def _intrinsic(self, function: str, *values: str) -> str:
        return self._called(f"llvm.{function}.{_SUFFIX[self.kind]}", values)

    def _from_library(self, function: str, *values: str) -> str:
        return self._called(function + ("" if self.kind == "double" else "f"), values)

    def _called(self, function: str, values: tuple[str, ...]) -> str:
        arguments = ", ".join([self.kind] * len(values))
        self.used.add(
            f"declare {self.kind} @{function}({arguments}) nounwind willreturn memory(none)"
        )
        listed = ", ".join(f"{self.kind} {value}" for value in values)
        return self.line(f"call {FLAGS} {self.kind} @{function}({listed})")


def _single(value: float) -> float:
    """Round to single precision; what is too large is infinite."""
    try:
        return float(struct.unpack("f", struct.pack("f", value))[0])
    except OverflowError:
        return math.copysign(math.inf, value)
