"""NumPy source: in place, one ufunc for each operation, nothing allocated, float32 kept."""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy as sp

from derivations.algebra.components import is_component
from derivations.algebra.symbols import Component
from derivations.emit.arrays import matrices
from derivations.emit.arrays.infix import FUNCTIONS, Hoist, scalar_text
from derivations.emit.arrays.module import Kernel, Language, module
from derivations.emit.arrays.prelude import NUMPY_NORM
from derivations.emit.mathematics.layout import is_negative
from derivations.emit.program.names import name
from derivations.emit.program.phase import Assign, Phase, Take
from derivations.emit.program.program import Program
from derivations.errors import BackendError

#: Temporary arrays, in the order in which they are taken.
BUFFERS = ("work", *(f"work_{number}" for number in range(2, 9)))
#: What is shorter, and faster, as an operator that works in place.
_OPERATORS = {"add": "+", "subtract": "-", "multiply": "*", "divide": "/"}
#: What NumPy does many times faster from one array to another than over the first.
_NOT_IN_PLACE = ("sign",)
_UFUNCS = FUNCTIONS | {"Abs": "absolute"}


def write(program: Program, gauge: Program | None = None) -> str:
    """Write a program as a NumPy module with a function `step`."""
    return module(program, language(program, gauge), gauge)


def language(program: Program, gauge: Program | None = None) -> Language:
    """Return how a program is written: in place, or as whole matrices."""
    if program.has_matrices:
        return matrices.language(program, gauge)
    phases = [*program.phases, *(gauge.phases if gauge else ())]
    norms = any(take.norm for phase in phases for take in phase.takes)
    return Language(
        kernel, ("import math", "import numpy as np"), ("", "", *NUMPY_NORM) if norms else ()
    )


def buffers(program: Program, gauge: Program | None = None) -> int:
    """Count the temporary arrays that the source asks for."""
    if program.has_matrices:
        return 0
    phases = [*program.phases, *(gauge.phases if gauge else ())]
    return max((len(kernel(phase).buffers) for phase in phases), default=0)


def kernel(phase: Phase) -> Kernel:
    """Write the array work of one phase."""
    writer = written(phase)
    lines = (*writer.hoist.lines(), *(call.text for call in writer.calls))
    return Kernel(lines, buffers=BUFFERS[: writer.most])


def written(phase: Phase) -> Writer:
    """Write the calls of one phase, and keep what they need."""
    writer = Writer()
    for item in phase.work:
        if isinstance(item, Take):
            writer.take_total(item)
        elif item.target in phase.locals:
            writer.define(item)
        else:
            writer.assign(item)
    return writer


@dataclass(frozen=True)
class _Operand:
    """Where a value is: an array, a scalar's text, or a temporary array that may be reused."""

    text: str
    temporary: bool = False


@dataclass(frozen=True)
class _Call:
    """One line: a ufunc call, or plain text where `ufunc` is empty."""

    ufunc: str
    operands: tuple[str, ...]
    out: str
    note: str = ""

    @property
    def text(self) -> str:
        if not self.ufunc:
            return self.operands[0]
        line = f"np.{self.ufunc}({', '.join(self.operands)}, out={self.out})"
        if self.ufunc in _OPERATORS and self.operands[0] == self.out:
            line = f"{self.out} {_OPERATORS[self.ufunc]}= {self.operands[1]}"
        if self.ufunc == "copyto":
            line = f"np.copyto({self.out}, {self.operands[0]})"
        return f"{line}  # {self.note}" if self.note else line


class Writer:
    """Turns formulas into ufunc calls, and hands out temporary arrays."""

    def __init__(self) -> None:
        self.calls: list[_Call] = []
        self.hoist = Hoist()
        self.taken: list[str] = []
        self.most = 0
        self.locals: dict[sp.Symbol, str] = {}

    def define(self, item: Assign) -> None:
        """Keep a value that the phase needs later in a temporary array of its own."""
        operand = self.value(self.hoist(item.value))
        if not operand.temporary:
            operand = self.apply("copyto", operand)
        self.locals[item.target] = operand.text

    def assign(self, item: Assign) -> None:
        """Carry out one assignment in place."""
        start = len(self.calls)
        target = _Operand(name(item.target))
        value = self.hoist(_spread(item.value, item.target))
        factor, others = _linear_in(value, item.target)
        if factor is None:
            self.move(self.value(value), target)
        else:
            if factor != 1:
                self.apply("multiply", target, self.scalar(factor), out=target)
            for term in others:
                self.accumulate(term, target, out=target)
        self.calls[start] = replace(self.calls[start], note=item.label)

    def take_total(self, item: Take) -> None:
        """Sum a formula over the array at hand, in double precision."""
        pair = None if item.norm else _pair(item.value)
        if item.value == 1:
            text = "w.size"
        elif pair:
            text = f"float(np.vdot({', '.join(self.value(array).text for array in pair)}))"
        else:
            operand = self.value(self.hoist(item.value))
            summed = "_norm({})" if item.norm else "float(np.sum({}, dtype=np.float64))"
            text = summed.format(operand.text)
            self.give(operand)
        self.calls.append(_Call("", (f"{name(item.target)} = {text}",), ""))

    def move(self, operand: _Operand, target: _Operand) -> None:
        """Let the call that made a temporary value write to the target instead."""
        if operand.temporary and self.calls[-1].out == operand.text:
            self.calls[-1] = replace(self.calls[-1], out=target.text)
            self.give(operand)
        else:
            self.apply("copyto", operand, out=target)

    def accumulate(self, term: sp.Expr, total: _Operand, out: _Operand | None = None) -> _Operand:
        """Add one term to a sum, or subtract it if it has a minus sign."""
        if is_negative(term):
            return self.apply("subtract", total, self.value(-term), out=out)
        return self.apply("add", total, self.value(term), out=out)

    def value(self, expr: sp.Expr) -> _Operand:
        """Write the calls that compute a value, and return where it is."""
        if not is_component(expr):
            return self.scalar(expr)
        if expr.is_Symbol:
            return _Operand(self.locals.get(expr, name(expr)))
        if expr.is_Add:
            return self._sum(expr)
        if expr.is_Mul:
            return self._product(expr)
        if expr.is_Pow and not isinstance(expr, sp.exp):
            return self._power(*expr.as_base_exp())
        return self._function(expr)

    def _sum(self, expr: sp.Expr) -> _Operand:
        first, *others = sorted(
            expr.args, key=lambda term: (not is_component(term), is_negative(term), term.is_Symbol)
        )
        total = self.value(first)
        for term in others:
            total = self.accumulate(term, total)
        return total

    def _product(self, expr: sp.Expr) -> _Operand:
        scalar, own = expr.as_independent(*expr.atoms(Component), as_Add=False)
        above: list[sp.Expr] = []
        below: list[sp.Expr] = []
        for factor in sp.Mul.make_args(own):
            base, exponent = factor.as_base_exp()
            under = is_negative(exponent) and not isinstance(factor, sp.exp)
            (below if under else above).append(base**-exponent if under else factor)
        above.sort(key=lambda factor: (factor.is_Symbol, sp.default_sort_key(factor)))
        if above:
            result = self.value(above[0])
            for factor in above[1:]:
                result = self.apply("multiply", result, self.value(factor))
            if scalar != 1:
                result = self.apply("multiply", result, self.scalar(scalar))
        else:
            result = self.apply("divide", self.scalar(scalar), self.value(below.pop(0)))
        for factor in below:
            result = self.apply("divide", result, self.value(factor))
        return result

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> _Operand:
        if is_negative(exponent):
            return self.apply("reciprocal", self.value(base**-exponent))
        simple = {sp.Integer(2): "square", sp.Rational(1, 2): "sqrt"}
        if exponent in simple:
            return self.apply(simple[exponent], self.value(base))
        return self.apply("power", self.value(base), self.value(exponent))

    def _function(self, expr: sp.Expr) -> _Operand:
        function = type(expr).__name__
        if function not in _UFUNCS:
            known = ", ".join(sorted(_UFUNCS))
            raise BackendError(
                f"NumPy code is not known for the function {function}; known: {known}"
            )
        first, *others = sorted(expr.args, key=lambda part: not is_component(part))
        result = self.value(first)
        if function in _NOT_IN_PLACE and result.temporary:
            return self.apply(_UFUNCS[function], result, out=self.take())
        if not others:
            return self.apply(_UFUNCS[function], result)
        for argument in others:
            result = self.apply(_UFUNCS[function], result, self.value(argument))
        return result

    def apply(self, ufunc: str, *operands: _Operand, out: _Operand | None = None) -> _Operand:
        """Append one call, into `out`, over a temporary operand, or into a new one."""
        own = [operand for operand in operands if operand.temporary]
        result = out or (own[0] if own else self.take())
        for operand in own:
            if operand is not result:
                self.give(operand)
        self.calls.append(_Call(ufunc, tuple(o.text for o in operands), result.text))
        return result

    def scalar(self, expr: sp.Expr) -> _Operand:
        """Return a scalar, under a name of its own if it takes work."""
        return _Operand(scalar_text(self.hoist.named(expr)))

    def take(self) -> _Operand:
        """Borrow a temporary array."""
        free = next((buffer for buffer in BUFFERS if buffer not in self.taken), None)
        if free is None:
            raise BackendError(f"the formula needs more than {len(BUFFERS)} temporary arrays")
        self.taken.append(free)
        self.most = max(self.most, BUFFERS.index(free) + 1)
        return _Operand(free, temporary=True)

    def give(self, operand: _Operand) -> None:
        """Return a temporary array."""
        if operand.temporary:
            self.taken.remove(operand.text)


def _spread(value: sp.Expr, target: sp.Symbol) -> sp.Expr:
    """Multiply a number into a sum that has the target as a term, which then changes in place."""
    common, own = value.as_independent(*value.atoms(Component), as_Add=False)
    if not own.is_Add or _linear_in(own, target)[0] is None:
        return value
    return sp.Add(*(common * term for term in own.args))


def _pair(value: sp.Expr) -> list[sp.Expr] | None:
    """Return two arrays whose product a value is; BLAS sums it faster than it is written down."""
    base, exponent = value.as_base_exp()
    arrays = [base, base] if exponent == 2 else list(sp.Mul.make_args(value))
    return arrays if len(arrays) == 2 and all(isinstance(x, Component) for x in arrays) else None


def _linear_in(value: sp.Expr, target: sp.Symbol) -> tuple[sp.Expr | None, list[sp.Expr]]:
    """Split `factor * target + others`; the factor is None where the others need the target."""
    factor, others = sp.S.Zero, []
    for term in sp.Add.make_args(value):
        scalar, own = term.as_independent(*term.atoms(Component), as_Add=False)
        if own == target:
            factor += scalar
        elif term.has(target):
            return None, []
        else:
            others.append(term)
    if factor == 0:
        return None, []
    return factor, sorted(others, key=lambda term: (is_negative(term), sp.default_sort_key(term)))
