"""Words: a step of an integrator, written as the exact flows that it is composed of.

`"C/2 D/2 K D/2 C/2"` is a conformal leapfrog. Letters are D drift, K kick, C cool, S shrink,
M measure (the moments of a metric), N noise and R restart; `[CK]` is the joint flow of C and K; a
number before a letter and one behind the slash make its exact fraction of the step (`3D/4`).
Brackets make a look-ahead, which is undone: after `(D)` the next gradient is taken, after `([CK])`,
which keeps the gradient of the kick before it, the next drift. Fractions of each letter add to one.
"""

from __future__ import annotations

import ast
import math
import operator
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from zlib import crc32

from derivations.errors import WordError

LETTERS = {
    "D": "drift",
    "K": "kick",
    "C": "cool",
    "S": "shrink",
    "M": "measure",
    "N": "noise",
    "R": "restart",
}

_TOKEN = re.compile(
    r"(?P<open>\()?"
    r"(?P<top>\d{1,300}|\{[^{}]*\})?"
    r"(?P<letters>[A-Za-z]|\[[A-Za-z]+\])"
    r"(?:/(?P<bottom>\d{1,300}))?"
    r"(?P<close>\))?$"
)


@dataclass(frozen=True)
class Letter:
    """One flow of a word: which terms move, for which fraction of the step.

    `fraction` is the text of an exact number (`"1/2"`, `"1/(2 - 2**(1/3))"`), in which the
    hyperparameters of a scheme may stand by name (`"alpha/(1 + alpha)"`).
    """

    letters: str
    fraction: str = "1"
    ahead: bool = False

    def __str__(self) -> str:
        name = self.letters if len(self.letters) == 1 else f"[{self.letters}]"
        plain = re.fullmatch(r"(\d+)(?:/(\d+))?", self.fraction)
        if plain:
            top = "" if plain[1] == "1" else plain[1]
            text = top + name + (f"/{plain[2]}" if plain[2] else "")
        else:
            text = "{" + self.fraction + "}" + name
        return f"({text})" if self.ahead else text


def parse(word: str) -> tuple[Letter, ...]:
    """Read a word. Raises `WordError` on an unknown letter, or fractions that do not add to one.

    >>> [str(letter) for letter in parse("C/2 D/2 K D/2 C/2")]
    ['C/2', 'D/2', 'K', 'D/2', 'C/2']
    >>> parse("[CK] D")[0].letters
    'CK'
    """
    compact = re.sub(r"\{[^{}]*\}", lambda braces: braces[0].replace(" ", ""), word)
    letters = tuple(_read(token, word) for token in compact.split())
    check(letters)
    still = [letter for letter in letters if _size(letter, word=letters) == 0]
    if still:
        raise WordError(f"'{spell(letters)}' moves {still[0]} for no time at all; leave it out")
    return letters


def spell(letters: Iterable[Letter]) -> str:
    """Return the text of a word; `parse` reads it back."""
    return " ".join(map(str, letters))


def check(letters: tuple[Letter, ...]) -> None:
    """Refuse an empty word, unknown letters, and letters whose fractions do not add to one."""
    if not letters:
        raise WordError("the word is empty; write the flows of one step, such as 'C K D'")
    sums: dict[str, float] = defaultdict(float)
    for letter in letters:
        unknown = [name for name in letter.letters if name not in LETTERS]
        if unknown:
            known = ", ".join(f"{name} ({what})" for name, what in LETTERS.items())
            raise WordError(
                f"'{spell(letters)}' has the unknown letter {unknown[0]!r}; known: {known}"
            )
        if len(set(letter.letters)) != len(letter.letters):
            raise WordError(f"'{spell(letters)}' repeats a letter inside the joint flow {letter}")
        for name in letter.letters:
            size = _size(letter, word=letters)
            sums[name] += 0.0 if letter.ahead else size
    for name, value in sums.items():
        if abs(value - 1) > 1e-12:
            shown = Fraction(value).limit_denominator(10**6)
            raise WordError(
                f"the fractions of {name} in '{spell(letters)}' add to {shown}, not to 1; "
                f"each letter must move for exactly one whole step"
            )


def _read(token: str, word: str) -> Letter:
    match = _TOKEN.match(token)
    if match is None or bool(match["open"]) != bool(match["close"]):
        raise WordError(
            f"'{word}' cannot be read at '{token}'; write letters with exact fractions, "
            "such as 'C/2 D/2 K D/2 C/2', and brackets for a joint flow, such as '[CK] D'"
        )
    if match["bottom"] and int(match["bottom"]) == 0:
        raise WordError(f"'{word}' divides by zero at '{token}'")
    top = match["top"] or "1"
    if top.startswith("{"):
        top = top[1:-1]
        names_in(top)
        fraction = f"({top})/{match['bottom']}" if match["bottom"] else top
    else:
        fraction = str(Fraction(int(top), int(match["bottom"] or 1)))
    return Letter(match["letters"].strip("[]"), fraction, bool(match["open"]))


_OPERATIONS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
}
_FUNCTIONS: dict[str, Callable[[Any], Any]] = {"log": math.log}
#: Bounds on the text of a fraction, so that its exact value takes no time to find.
_LONGEST, _MOST_DIGITS, _HIGHEST_POWER = 1000, 300, 64


def evaluate(
    text: str,
    names: dict[str, Any] | None = None,
    number: Any = float,
    functions: dict[str, Callable[[Any], Any]] = _FUNCTIONS,
) -> Any:
    """Evaluate the text of an exact number without `eval`: + − * / **, log, numbers and `names`.

    `number` makes a number of a literal's text: `float`, `Fraction`, or SymPy's `Rational`;
    `functions` are those that the text may call.

    >>> evaluate("1/(2 - 2**(1/3))")
    1.3512071919596578
    """

    def visit(node: ast.AST) -> Any:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            return number(_literal(ast.get_source_segment(text, node) or "", text))
        if isinstance(node, ast.Name) and names is not None and node.id in names:
            return names[node.id]
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            left, right = visit(node.left), visit(node.right)
            if isinstance(node.op, ast.Pow):
                _check_exponent(right, text)
            return _OPERATIONS[type(node.op)](left, right)
        if isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATIONS:
            return _OPERATIONS[type(node.op)](visit(node.operand))
        if isinstance(node, ast.Call) and len(node.args) == 1 and not node.keywords:
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            if called in functions:
                return functions[called](visit(node.args[0]))
        raise WordError(f"'{text}' is not an exact number: use digits, + - * / ** and brackets")

    text = text.strip()
    tree = _tree(text)
    try:
        return visit(tree)
    except WordError:
        raise
    except (ArithmeticError, ValueError, TypeError) as error:  # such as the logarithm of zero
        raise WordError(f"'{text}' is not an exact number: {error}") from error


def names_in(fraction: str) -> frozenset[str]:
    """Return the hyperparameters that a fraction names."""
    tree = _tree(fraction.strip())
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return frozenset(found - set(_FUNCTIONS))


def _tree(text: str) -> ast.expr:
    if len(text) > _LONGEST:
        raise WordError(f"'{text[:40]}…' is too long for a fraction: at most {_LONGEST} characters")
    try:
        return ast.parse(text, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise WordError(f"'{text}' is not an exact number: {error}") from error


def _literal(digits: str, text: str) -> str:
    """Refuse what is no decimal number, and one that no double can hold."""
    try:
        size = Decimal(digits)
    except InvalidOperation as error:
        raise WordError(f"'{text}' is not an exact number: {digits} is no decimal") from error
    if size and abs(size.adjusted()) > _MOST_DIGITS:
        raise WordError(f"'{text}' has the number {digits}, which no fraction of a step needs")
    return digits


def _check_exponent(exponent: Any, text: str) -> None:
    """Refuse a power whose exact value would have more digits than there is time to write."""
    plain = isinstance(exponent, complex) or not getattr(exponent, "free_symbols", None)
    if plain and abs(exponent) > _HIGHEST_POWER:
        raise WordError(
            f"'{text}' has an exponent above {_HIGHEST_POWER}, which no fraction of a step needs"
        )


def _size(letter: Letter, word: tuple[Letter, ...]) -> float:
    """Return the fraction of a letter as a double, at generic values of its names."""
    size = evaluate(letter.fraction, _generic(letter.fraction))
    if isinstance(size, complex) or not math.isfinite(size):
        raise WordError(f"'{spell(word)}' moves {letter} for {size}, which is not a real number")
    return float(size)


def _generic(fraction: str) -> dict[str, Any]:
    """Give each name in a fraction a value of its own, to test an identity in them."""
    return {name: 0.1 + crc32(name.encode()) / 2**33 for name in names_in(fraction)}
