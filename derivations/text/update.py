"""Updates as text: a few assignments, read as a programmer reads them, into a rule.

The text is parsed by `ast` and walked node by node; nothing of it is ever run. Names that are
assigned and whose old values are read are the states of the rule; they begin at zero, or at what
is declared.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping

import sympy as sp

from derivations.algebra.components import Sum
from derivations.algebra.symbols import w
from derivations.errors import UndefinedNameError, UpdateError
from derivations.step.rule import Stage
from derivations.text.reader import Declared, Reader, lines_of
from derivations.text.typed import Typed
from derivations.text.vocabulary import FUNCTIONS


def update(
    text: str,
    weights: str = "theta",
    gradient: str = "g",
    step: str = "t",
    parameters: Iterable[str] = (),
    name: str = "update",
    starts: Mapping[str, str | float] | None = None,
) -> Typed:
    r"""Read a textbook update: assignments, one on a line or parted by `;`, carried out in order.

    Parameters
    ----------
    text : lines `name = expression` with + − * / **, numbers, and the functions sqrt, exp, log,
        abs, sign, tanh, sinh, cosh, asinh, atan, max, min, where(test, a, b), over all
        components sum, dot, norm, and polar, the factor U Vᵀ of a matrix U Σ Vᵀ. Assigned
        names whose old values are read are states.
    weights, gradient, step : what the text calls the weights, the gradient of the loss at them,
        and the number of the step, which is one at the first.
    parameters : the names of the hyperparameters, which are positive numbers.
    name : what to call the rule.
    starts : what states are before the first step, such as `{"old": "theta"}` for the weights of
        the step before; a number, or a text that is linear in the weights. The others are zero.

    Raises `UpdateError` for a text that is no such list, `UndefinedNameError` for a name in it
    that is neither assigned nor declared. Nothing of the text is run.

    >>> update("m = mu*m + g\ntheta = theta - lr*m", parameters=("mu", "lr")).parameters
    (lr, mu)
    """
    lines = lines_of(text)
    reader = Reader(_names(weights, gradient, step, parameters), lines)
    stages = tuple(map(reader.read, lines))
    if not any(w in stage.targets for stage in stages):
        raise UpdateError(
            f"the update never assigns the weights {weights!r}; end it with a line such as "
            f"'{weights} = {weights} - lr*{gradient}', or say weights=… if they have another name"
        )
    begin = _starts(starts, reader, stages)
    return Typed(name, stages, names=reader.shown, starts=begin)


def _names(weights: str, gradient: str, step: str, parameters: Iterable[str]) -> Declared:
    given = tuple(parameters.split(",")) if isinstance(parameters, str) else tuple(parameters)
    own = (weights, gradient, step, *(x.strip() if isinstance(x, str) else x for x in given))
    for name in own:
        if not isinstance(name, str) or not name.isidentifier() or name in FUNCTIONS:
            raise UpdateError(f"{name!r} is no name for a quantity; use letters, such as 'beta_1'")
    twice = sorted({name for name in own if own.count(name) > 1})
    if twice:
        raise UpdateError(f"the name {twice[0]!r} is declared twice: each quantity has one name")
    return Declared(weights, gradient, step, own[3:])


def _starts(
    given: Mapping[str, str | float] | None, reader: Reader, stages: tuple[Stage, ...]
) -> tuple[tuple[sp.Symbol, sp.Expr], ...]:
    """Read what states begin at; refuse names whose first value is never read."""
    if given is not None and not isinstance(given, Mapping):
        raise UpdateError(f"starts is {given!r}; give a value by name, such as {{'old': 'theta'}}")
    first = _read_before_assigned(stages)
    found = []
    for name, value in (given or {}).items():
        symbol = reader.known.get(name) if isinstance(name, str) else None
        if symbol not in first:
            names = dict(reader.shown)
            known = sorted(names[x] for x in first)
            raise UpdateError(
                f"starts has {name!r}, of which no value before the first step is read; those "
                f"that are read are {', '.join(known) or 'none'}"
            )
        found.append((symbol, _start(name, value, reader)))
    return tuple(found)


def _read_before_assigned(stages: tuple[Stage, ...]) -> set[sp.Symbol]:
    """The assigned symbols whose values before a step the step reads."""
    targets = {target for stage in stages for target in stage.targets}
    first: set[sp.Symbol] = set()
    written: set[sp.Symbol] = {w}
    for stage in stages:
        for _, value in stage.assignments:
            first |= (value.free_symbols & targets) - written
        written |= set(stage.targets)
    return first


def _start(name: str, value: object, reader: Reader) -> sp.Expr:
    """Read one start: a number, or a text that is linear in the weights."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise UpdateError(f"the start of {name!r} is {value!r}, neither a number nor a text")
    shown = f"{name} = {value}"
    line, *others = lines_of(shown)
    formula = line.value  # type: ignore[attr-defined]
    declared = (reader.names.weights, *reader.names.parameters)
    read = {node.id for node in ast.walk(formula) if isinstance(node, ast.Name)}
    strange = sorted(read - {*declared, *FUNCTIONS})
    if strange:
        raise UndefinedNameError(
            f"the start '{shown}' reads {strange[0]!r}; before the first step there are "
            f"{', '.join(declared)}"
        )
    begin = reader.visit(formula, shown)
    linear = isinstance(begin, sp.Expr) and not (begin.has(Sum) or sp.diff(begin, w).has(w))
    if others or not linear:
        raise UpdateError(f"the start '{shown}' is neither a number nor linear in the weights")
    if begin.has(w) and name not in reader.arrays:
        raise UpdateError(f"the start '{shown}' is an array, and {name} is one number")
    return begin
