"""The reader of an update's text: a parsed line becomes a stage, and nothing of it is run."""

from __future__ import annotations

import ast
import textwrap
from dataclasses import dataclass

import sympy as sp

from derivations.algebra.symbols import Component, G, parameter, w
from derivations.errors import UndefinedNameError, UpdateError
from derivations.step.rule import Stage
from derivations.text.bounds import HIGHEST_POWER, MOST_DIGITS, bounded, in_doubles, is_number
from derivations.text.names import set_apart
from derivations.text.vocabulary import COMPARISONS, FUNCTIONS, OPERATIONS, SUMS
from derivations.textbook import count

#: Bounds on a text, so that reading it takes no time.
_LONGEST, _DEEPEST = 10_000, 150


@dataclass(frozen=True)
class Declared:
    """The names that a text has before its first line."""

    weights: str
    gradient: str
    step: str
    parameters: tuple[str, ...]

    @property
    def all(self) -> tuple[str, ...]:
        """Every declared name."""
        return (self.weights, self.gradient, self.step, *self.parameters)

    def meaning(self, others: set[str]) -> dict[str, sp.Symbol]:
        """The symbol of each declared name, apart from `others`."""
        known = {name: parameter(set_apart(name, others)) for name in self.parameters}
        return known | {self.step: count, self.gradient: G, self.weights: w}


def lines_of(text: str) -> list[ast.stmt]:
    """Parse a text, and refuse what is no list of assignments."""
    if not isinstance(text, str):
        raise UpdateError(f"an update is a text of assignments, not a {type(text).__name__}")
    if len(text) > _LONGEST:
        raise UpdateError(f"the update is {len(text)} characters long; at most {_LONGEST}")
    stripped = "\n".join(line.strip() for line in text.strip().splitlines())
    try:
        body = ast.parse(stripped).body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "text", None) or stripped
        raise UpdateError(
            f"the update cannot be read at '{line.strip()[:80]}' ({error}); write assignments "
            "such as 'm = b1*m + (1 - b1)*g', one on each line"
        ) from error
    if not body:
        raise UpdateError("the update is empty; write assignments, one on each line")
    for line in body:
        target = line.targets[0] if isinstance(line, ast.Assign) else getattr(line, "target", None)
        if _depth(line) > _DEEPEST:
            raise UpdateError(f"a line of the update is nested more than {_DEEPEST} deep")
        plain = isinstance(line, ast.AugAssign) or len(getattr(line, "targets", ())) == 1
        if not (plain and isinstance(target, ast.Name)):
            raise UpdateError(f"'{_text(line)}' is no assignment; write 'name = expression'")
    return body


def _depth(tree: ast.AST) -> int:
    """How deep a tree is; found without recursion, which a deep one would exhaust."""
    level, depth = [tree], 0
    while level and depth <= _DEEPEST:
        level, depth = [child for node in level for child in ast.iter_child_nodes(node)], depth + 1
    return depth


def _target(line: ast.stmt) -> str:
    return (line.targets[0] if isinstance(line, ast.Assign) else line.target).id  # type: ignore


class Reader:
    """Walks the assignments in order, and knows what each name stands for by now."""

    def __init__(self, names: Declared, lines: list[ast.stmt]) -> None:
        self.names = names
        self.arrays = _arrays(lines, {names.weights, names.gradient})
        targets = set(map(_target, lines))
        self.names_of_all = {*names.all, *targets}
        own = targets - {names.weights, names.gradient, *names.parameters}
        known = names.meaning(self.names_of_all)
        self.known = known | {name: self.symbol(name) for name in sorted(own)}

    @property
    def shown(self) -> tuple[tuple[sp.Symbol, str], ...]:
        """What the text calls each symbol."""
        pairs = {symbol: name for name, symbol in self.known.items()} | {G: self.names.gradient}
        return tuple((symbol, name) for symbol, name in pairs.items())

    def read(self, line: ast.stmt) -> Stage:
        """Read one assignment as a stage."""
        shown, name = _text(line), _target(line)
        if name in self.names.parameters:
            raise UpdateError(
                f"'{shown}' assigns to the parameter {name!r}, which would change it for all later "
                "steps; give the new value a name of its own"
            )
        if name in FUNCTIONS:
            raise UpdateError(f"'{shown}' assigns to {name!r}, which is a function here")
        value = self.visit(line.value, shown)  # type: ignore[attr-defined]
        if isinstance(line, ast.AugAssign):
            value = _combined(type(line.op), self.value(name, shown), value, shown)
        if not isinstance(value, sp.Expr):
            raise UpdateError(f"'{shown}' assigns a comparison; use it in where(test, a, b)")
        if name == self.names.gradient:
            self.known[name] = self.symbol(name)
        return Stage(name, ((self.known[name], value),))

    def symbol(self, name: str) -> sp.Symbol:
        """Return the symbol of an assigned name, apart from the letters of the theory."""
        own = set_apart(name, self.names_of_all)
        return Component(own) if name in self.arrays else sp.Symbol(own, real=True)

    def value(self, name: str, shown: str) -> sp.Symbol:
        """Return what a name stands for at this place."""
        if name in self.known:
            return self.known[name]
        raise UndefinedNameError(
            f"the name {name!r} in '{shown}' is neither assigned nor declared; known are "
            f"{', '.join(sorted(self.known))}; add it to parameters=(…) if it is a hyperparameter"
        )

    def visit(self, node: ast.AST, shown: str) -> sp.Basic:
        """Return the value of an expression's node; refuse all that is no formula."""

        def inner(child: ast.AST) -> sp.Basic:
            return self.visit(child, shown)

        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return _number(node, shown)
        if isinstance(node, ast.Name):
            return self.value(node.id, shown)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            factor = sp.S.NegativeOne if isinstance(node.op, ast.USub) else sp.S.One
            return _combined(ast.Mult, factor, inner(node.operand), shown)
        if isinstance(node, ast.BinOp) and type(node.op) in OPERATIONS:
            return _combined(type(node.op), inner(node.left), inner(node.right), shown)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            if type(node.ops[0]) in COMPARISONS:
                return _compared(node, inner(node.left), inner(node.comparators[0]), shown)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            return _called(node.func.id, [inner(x) for x in node.args], shown)
        raise UpdateError(
            f"'{shown}' has '{_text(node)}', which is no formula; use + - * / **, numbers, "
            f"names and {', '.join(FUNCTIONS)}"
        )


def _arrays(lines: list[ast.stmt], begin: set[str]) -> set[str]:
    """Return the names that are arrays: those that an array enters, other than in a sum."""
    arrays, size = set(begin), 0
    while size != len(arrays):
        size = len(arrays)
        arrays |= {_target(line) for line in lines if arrays & _read(line.value)}  # type: ignore
    return arrays


def _read(node: ast.AST) -> set[str]:
    """The names that an expression reads outside the functions that sum over all components."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in SUMS:
        return set()
    own = {node.id} if isinstance(node, ast.Name) else set()
    return own.union(*map(_read, ast.iter_child_nodes(node)))


def _number(node: ast.Constant, shown: str) -> sp.Expr:
    text = repr(node.value)
    if len(text) > MOST_DIGITS or text in ("inf", "nan"):
        raise UpdateError(f"'{shown}' has a number that no update needs")
    return bounded(sp.Rational(text), shown)


def _combined(operation: type[ast.AST], left: sp.Basic, right: sp.Basic, shown: str) -> sp.Expr:
    for side in (left, right):
        if not isinstance(side, sp.Expr):
            raise UpdateError(f"'{shown}' computes with a comparison; use where(test, a, b)")
    if operation is ast.Pow and is_number(right) and not abs(right) <= HIGHEST_POWER:
        raise UpdateError(f"'{shown}' has an exponent above {HIGHEST_POWER}")
    return bounded(OPERATIONS[operation](left, right), shown)


def _compared(node: ast.Compare, left: sp.Basic, right: sp.Basic, shown: str) -> sp.Basic:
    for side in (left, right):
        if not isinstance(side, sp.Expr):
            raise UpdateError(f"'{shown}' compares a comparison; compare two formulas")
    operation = type(node.ops[0])
    if is_number(left) and is_number(right):
        left, right = (sp.Float(in_doubles(side, shown).real) for side in (left, right))
    return COMPARISONS[operation](left, right)


def _called(name: str, arguments: list[sp.Basic], shown: str) -> sp.Expr:
    if name not in FUNCTIONS:
        raise UpdateError(
            f"'{shown}' calls {name!r}, which no update may; known are {', '.join(FUNCTIONS)}"
        )
    function, arity = FUNCTIONS[name]
    if len(arguments) != arity:
        raise UpdateError(f"'{shown}' gives {name} {len(arguments)} values, not {arity}")
    for place, value in enumerate(arguments):
        if isinstance(value, sp.Expr) == (name == "where" and place == 0):
            raise UpdateError(f"'{shown}' gives {name} a comparison or lacks one, as in 'm*g > 0'")
    if name in SUMS:
        bounded(sp.Mul(*arguments, evaluate=False), shown)
    if name in ("max", "min") and all(map(is_number, arguments)):
        chosen = max if name == "max" else min
        return chosen(arguments, key=lambda value: in_doubles(value, shown).real)
    return bounded(function(*arguments), shown)


def _text(node: ast.AST) -> str:
    return textwrap.shorten(ast.unparse(node), 80, placeholder="…")
