"""NumPy source: in place, one ufunc for each operation, nothing allocated, float32 kept."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derivations.algebra.branches import Branch
from derivations.algebra.components import is_component
from derivations.algebra.symbols import Component
from derivations.emit.arrays import matrices
from derivations.emit.arrays.calls import Call, Operand, linear_in, pair_of, spread
from derivations.emit.arrays.infix import FUNCTIONS, Hoist, scalar_text
from derivations.emit.arrays.module import Kernel, Language, module
from derivations.emit.arrays.prelude import NUMPY_NORM
from derivations.emit.mathematics.layout import is_negative
from derivations.emit.program.names import MASK, internal, name
from derivations.emit.program.phase import Assign, Phase, Take
from derivations.emit.program.program import Program
from derivations.errors import BackendError

#: Temporary arrays, in the order in which they are taken.
BUFFERS = ("work", *(f"work_{number}" for number in range(2, 9)))
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


class Writer:
    """Turns formulas into ufunc calls, and hands out temporary arrays."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.hoist = Hoist()
        self.taken: list[str] = []
        self.most = 0
        self.locals: dict[sp.Symbol, str] = {}
        self.masks: list[str] = [""]
        self.count = 0

    def define(self, item: Assign) -> None:
        """Keep a value that the phase needs later in a temporary array of its own."""
        operand = self.value(self.hoist(item.value))
        if not operand.temporary:
            operand = self.apply("copyto", operand)
        self.locals[item.target] = operand.text

    def assign(self, item: Assign) -> None:
        """Carry out one assignment in place."""
        start = len(self.calls)
        target = Operand(name(item.target))
        value = self.hoist(spread(item.value, item.target))
        factor, others = linear_in(value, item.target)
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
        pair = None if item.norm else pair_of(item.value)
        if item.value == 1:
            text = "w.size"
        elif pair:
            text = f"float(np.vdot({', '.join(self.value(array).text for array in pair)}))"
        else:
            operand = self.value(self.hoist(item.value))
            summed = "_norm({})" if item.norm else "float(np.sum({}, dtype=np.float64))"
            text = summed.format(operand.text)
            self.give(operand)
        self.calls.append(Call("", (f"{name(item.target)} = {text}",), ""))

    def move(self, operand: Operand, target: Operand) -> None:
        """Let the call that made a temporary value write to the target instead."""
        last = self.calls[-1] if self.calls else None
        if operand.temporary and last and last.out == operand.text and not last.mask:
            self.calls[-1] = replace(last, out=target.text)
            self.give(operand)
        else:
            self.apply("copyto", operand, out=target)

    def accumulate(self, term: sp.Expr, total: Operand, out: Operand | None = None) -> Operand:
        """Add one term to a sum, or subtract it if it has a minus sign."""
        if is_negative(term):
            return self.apply("subtract", total, self.value(-term), out=out)
        return self.apply("add", total, self.value(term), out=out)

    def value(self, expr: sp.Expr) -> Operand:
        """Write the calls that compute a value, and return where it is."""
        if not is_component(expr):
            return self.scalar(expr)
        if expr.is_Symbol:
            return Operand(self.locals.get(expr, name(expr)))
        if expr.is_Add:
            return self._sum(expr)
        if expr.is_Mul:
            return self._product(expr)
        if expr.is_Pow and not isinstance(expr, sp.exp):
            return self._power(*expr.as_base_exp())
        return self._branch(expr) if isinstance(expr, Branch) else self._function(expr)

    def _branch(self, expr: Branch) -> Operand:
        """Compute each value only where it is chosen, and put one over the other."""
        left, right, yes, no = expr.args
        sides = self.value(left), self.value(right)
        outer = f"{self.masks[-1]} & " if self.masks[-1] else ""
        test, other = self.mask(), self.mask()
        tested = f"({sides[0].text} {expr.sign} {sides[1].text})"
        self.calls.append(Call("", (f"{test} = {outer}{tested}",), ""))
        self.calls.append(Call("", (f"{other} = {outer}np.logical_not({test})",), ""))
        for side in sides:
            self.give(side)
        chosen = self.masked(yes, test)
        result = self.masked(no, other)
        if not result.temporary:
            result = self.apply("copyto", result)
        self.calls.append(Call("copyto", (chosen.text,), result.text, mask=test))
        self.give(chosen)
        return result

    def mask(self) -> str:
        """Return a name for where a test holds."""
        self.count += 1
        return name(sp.Symbol(internal(MASK, self.count)))

    def masked(self, expr: sp.Expr, mask: str) -> Operand:
        """Write the calls that compute a value where a mask is true."""
        self.masks.append(mask)
        operand = self.value(expr)
        self.masks.pop()
        return operand

    def _sum(self, expr: sp.Expr) -> Operand:
        first, *others = sorted(
            expr.args, key=lambda term: (not is_component(term), is_negative(term), term.is_Symbol)
        )
        total = self.value(first)
        for term in others:
            total = self.accumulate(term, total)
        return total

    def _product(self, expr: sp.Expr) -> Operand:
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

    def _power(self, base: sp.Expr, exponent: sp.Expr) -> Operand:
        if is_negative(exponent):
            return self.apply("reciprocal", self.value(base**-exponent))
        simple = {sp.Integer(2): "square", sp.Rational(1, 2): "sqrt"}
        if exponent in simple:
            return self.apply(simple[exponent], self.value(base))
        return self.apply("power", self.value(base), self.value(exponent))

    def _function(self, expr: sp.Expr) -> Operand:
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

    def apply(self, ufunc: str, *operands: Operand, out: Operand | None = None) -> Operand:
        """Append one call, into `out`, over a temporary operand, or into a new one."""
        own = [operand for operand in operands if operand.temporary]
        result = out or (own[0] if own else self.take())
        for operand in own:
            if operand is not result:
                self.give(operand)
        texts = tuple(o.text for o in operands)
        self.calls.append(Call(ufunc, texts, result.text, mask=self.masks[-1]))
        return result

    def scalar(self, expr: sp.Expr) -> Operand:
        """Return a scalar, under a name of its own if it takes work."""
        return Operand(scalar_text(self.hoist.named(expr)))

    def take(self) -> Operand:
        """Borrow a temporary array."""
        free = next((buffer for buffer in BUFFERS if buffer not in self.taken), None)
        if free is None:
            raise BackendError(f"the formula needs more than {len(BUFFERS)} temporary arrays")
        self.taken.append(free)
        self.most = max(self.most, BUFFERS.index(free) + 1)
        return Operand(free, temporary=True)

    def give(self, operand: Operand) -> None:
        """Return a temporary array."""
        if operand.temporary:
            self.taken.remove(operand.text)
