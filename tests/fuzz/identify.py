"""Random texts for `hm.update`, `hm.identify` and words: a right answer, or an error with a name.

The oracle evaluates a text by itself, with NumPy; the time of a call is its own processor's.
"""

from __future__ import annotations

import ast
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import hermosis as hm
from hermosis.errors import HermosisError

#: Seconds of processor time that a call may take at most.
LONGEST = 60.0
STEPS = 3
START = [0.7, -0.4, 1.2, -0.9]
#: How often this is called beside other areas: an update takes seconds to be identified.
SHARE = 0.05
NUMBERS = {"lr": 0.1, "mu": 0.8, "b": 0.6, "eps": 0.3}
NAMES = ("g", "m", "v", "lr", "mu", "b", "eps", "theta", "t")
UNARY = (
    "sqrt", "exp", "log", "abs", "sign", "tanh", "sinh", "cosh", "atan", "asinh", "sum", "norm",
)  # fmt: skip
BINARY = ("max", "min", "dot")
CONSTANTS = ("0", "1", "2", "3", "0.5", "1/3", "64", "1e-8", "100", "1e300", "9" * 70)
PIECES = (
    *NAMES, *UNARY, *BINARY, *CONSTANTS, "+", "-", "*", "/", "**", "(", ")", "=", ";", "\n", ",",
    " ", "where", "polar", "[", "]", "'", '"', ".", "__class__", "import os", "lambda", "é", "\0",
    "if", "x", ">", "<=", "==", "and", "not", "{", "}", ":", "#", "\\", "\t", "None", "1j",
)  # fmt: skip
LETTERS = (
    "C", "D", "K", "S", "M", "N", "R", "[CK]", "[NR]", "(D)", "([CK])", "X", "[CC]", "()", "/2",
)  # fmt: skip
MOVED = (
    "", "", "", "/2", "/3", "2", "{1/2}", "{alpha}", "{1-alpha}", "{1/0}", "{9**9**9}", "0",
    "{log(2)}", "{import os}", "{(1+2)/6}", "-1", "/0", "1" * 400,
)  # fmt: skip
#: Methods as they are met, with places for formulas.
TEMPLATES = (
    "m = mu*m + g; theta = theta - lr*{0}",
    "m = mu*m + (1 - mu)*g; theta = theta - lr*m*({0})",
    "m = mu*m + g; v = b*v + (1 - b)*g**2; theta = theta - lr*m/(sqrt(v) + eps + abs({0}))",
    "theta = theta - lr*{0}",
    "m = {0}; theta = theta - lr*m",
    "m = mu*m + {0}; theta = theta - lr*m",
    "v = b*v + {0}; theta = theta - lr*g/(sqrt(abs(v)) + eps)",
    "theta = theta - lr*where({0} > {1}, g, {1})",
)


def call(random: np.random.Generator) -> str:
    """Try one random text, and say of which kind. Raises `AssertionError` on a fault."""
    begin = time.process_time()
    way = (_malformed, _read, _identified, _word)[random.choice(4, p=(0.4, 0.36, 0.03, 0.21))]
    text = way(random)
    taken = time.process_time() - begin
    assert taken < LONGEST, f"{taken:.0f} s for {text!r}"
    return way.__name__.strip("_")


def _malformed(rng: np.random.Generator) -> str:
    """Any pieces one after the other, or a text that was well-formed until it was damaged."""
    if rng.random() < 0.5:
        text = "".join(rng.choice(PIECES, size=rng.integers(0, 40)))
    else:
        text = _text(rng)
        for _ in range(rng.integers(1, 4)):
            place = int(rng.integers(0, len(text) + 1))
            text = text[:place] + str(rng.choice(PIECES)) + text[place + int(rng.integers(0, 3)) :]
    _tried(lambda: hm.update(text, parameters=tuple(NUMBERS)), text)
    return text


def _read(rng: np.random.Generator) -> str:
    """What was read has the numbers of the text."""
    from derivations.identify.points import NoValueError

    from ..derivations.updates import run_by_hand

    text = _text(rng)
    rule = _tried(lambda: hm.update(text, parameters=tuple(NUMBERS)), text)
    due = evaluated(text)
    if rule is None or due is None:
        return text
    try:
        found = run_by_hand(rule, START, _gradient, NUMBERS, STEPS)
    except NoValueError:
        return text
    if np.all(np.isfinite(due)) and np.max(np.abs(due)) < 1e6:
        assert np.allclose(found, due, rtol=1e-6, atol=1e-8), f"{text!r}: {found}, not {due}"
    return text


def _identified(rng: np.random.Generator) -> str:
    """What was identified is proved, and steps as the text does."""
    text = _text(rng)
    rule = _tried(lambda: hm.update(text, parameters=tuple(NUMBERS)), text)
    found = None if rule is None else _tried(lambda: hm.identify(rule), text)
    due = evaluated(text)
    if found is None or due is None or any("first step apart" in x for x in found.notes):
        return text
    assert found.proof.proved, text
    known = set(map(str, found.rule.parameters))
    read = {name: value for name, value in NUMBERS.items() if name in known}
    optimizer = _tried(lambda: found.optimizer(**read, backend="numpy"), text)
    weights = np.array(START)

    def run() -> bool:
        state = optimizer.init(weights)
        for _ in range(STEPS):
            optimizer.step(weights, np.array(_gradient(weights)), state)
        return True

    if optimizer is not None and _tried(run, text):
        assert np.allclose(weights, due, rtol=1e-6, atol=1e-8), f"{text!r}: {weights}, not {due}"
    return text


def _word(rng: np.random.Generator) -> str:
    """A word is read with fractions that add to one, or refused; so is a base."""
    size = rng.integers(0, 7)
    parts = []
    for letter, moved in zip(rng.choice(LETTERS, size), rng.choice(MOVED, size), strict=True):
        parts.append(f"{moved}{letter}" if moved[:1] not in ("/", "") else f"{letter}{moved}")
    word = " ".join(parts)
    made = _tried(lambda: hm.integrators.Integrator(word), word)
    if made is not None:
        assert hm.integrators.Integrator(str(made)) == made, word
        assert 1 <= made.order <= 8, word
    name = str(rng.choice(("Leapfrog", "Yoshida4", "SuzukiUmeno8", "SymplecticEuler", "None")))
    composed = _tried(lambda: hm.integrators.compose(name, word), word)
    assert composed is None or composed.symmetric, word
    return word


def _tried(what: Callable[[], Any], text: str) -> Any:
    """Return an answer, or None where it is refused by name; anything else is a fault."""
    try:
        return what()
    except HermosisError as error:
        assert str(error), text
        return None
    except Exception as error:
        raise AssertionError(f"{type(error).__name__} for {text!r}: {error}") from error


def _text(rng: np.random.Generator) -> str:
    template = str(rng.choice(TEMPLATES))
    depth = int(rng.integers(0, 4))
    return template.format(_formula(rng, depth), _formula(rng, min(depth, 1)))


def _formula(rng: np.random.Generator, depth: int) -> str:
    """A well-formed formula."""
    if depth == 0:
        return str(rng.choice(NAMES if rng.random() < 0.8 else CONSTANTS[:8]))
    first, second = (_formula(rng, depth - 1) for _ in range(2))
    kind = rng.random()
    if kind < 0.3:
        return f"{rng.choice(UNARY)}({first})"
    if kind < 0.4:
        return f"{rng.choice(BINARY)}({first}, {second})"
    if kind < 0.5:
        return f"({first})**{rng.choice(('2', '3', '(1/2)', '9', '-1'))}"
    if kind < 0.55:
        return f"where({first} > {second}, {first}, {second})"
    return f"({first} {rng.choice(('+', '-', '*', '/'))} {second})"


def _gradient(at: Any) -> list[float]:
    return [float(np.sin(x) + 0.3 * x) for x in at]


#: What NumPy has for the functions of a text.
MEANING: dict[str, Callable[..., Any]] = {
    "sqrt": np.sqrt, "exp": np.exp, "log": np.log, "abs": np.abs, "sign": np.sign, "tanh": np.tanh,
    "sinh": np.sinh, "cosh": np.cosh, "atan": np.arctan, "asinh": np.arcsinh, "max": np.maximum,
    "min": np.minimum, "where": np.where, "sum": lambda x: np.sum(np.broadcast_to(x, 4)),
    "norm": lambda x: np.sqrt(np.sum(np.broadcast_to(x, 4) ** 2)),
    "dot": lambda x, y: np.sum(np.broadcast_to(x * y, 4)),
}  # fmt: skip
_DOUBLE = {
    ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide,
    ast.Pow: np.power, ast.Gt: np.greater,
}  # fmt: skip


def evaluated(text: str) -> Any:
    """Carry a text out with NumPy; None where a name has no value yet, or a value is not finite."""
    now: dict[str, Any] = dict(NUMBERS) | {"theta": np.array(START)}
    now |= dict.fromkeys("mv", np.zeros(4))
    with np.errstate(all="ignore"):
        for number in range(1, STEPS + 1):
            now |= {"t": float(number), "g": np.array(_gradient(now["theta"]))}
            for line in ast.parse(text).body:
                assert isinstance(line, ast.Assign)
                try:
                    now[line.targets[0].id] = _value(line.value, now)  # type: ignore[attr-defined]
                except FloatingPointError:
                    return None
    return np.broadcast_to(now["theta"], 4)


def _value(node: ast.expr, now: dict[str, Any]) -> Any:
    """Return the value of a formula. Raises `FloatingPointError` where a part of it has none."""
    value = _computed(node, now)
    if not np.all(np.isfinite(value)):
        raise FloatingPointError(ast.unparse(node))
    return value


def _computed(node: ast.expr, now: dict[str, Any]) -> Any:
    if isinstance(node, ast.Constant):
        return np.float64(node.value)
    if isinstance(node, ast.Name):
        return now[node.id]
    if isinstance(node, ast.UnaryOp):
        return -_value(node.operand, now)
    if isinstance(node, ast.BinOp):
        return _DOUBLE[type(node.op)](_value(node.left, now), _value(node.right, now))
    if isinstance(node, ast.Compare):
        return _DOUBLE[type(node.ops[0])](_value(node.left, now), _value(node.comparators[0], now))
    assert isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    return MEANING[node.func.id](*(_value(x, now) for x in node.args))
