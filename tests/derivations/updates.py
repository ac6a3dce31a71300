"""Textbook updates as a user types them, and a scrambler that writes the same update otherwise."""

from __future__ import annotations

import random
import re

import sympy as sp

from derivations.algebra.symbols import Component, G, parameter, w
from derivations.step.rule import Rule
from derivations.text.update import update
from derivations.textbook import count

ADAM = """
    m = b1*m + (1 - b1)*g
    v = b2*v + (1 - b2)*g**2
    mhat = m/(1 - b1**t)
    vhat = v/(1 - b2**t)
"""
RMS = "v = a*v + (1 - a)*g**2\n"
#: Each text by the name that it is to be found under.
TEXTS: dict[str, str] = {
    "SGD": "theta = theta - lr*g",
    "SGD, L2 weight decay": "theta -= lr*(g + wd*theta)",
    "Momentum": "m = mu*m + g; theta = theta - lr*m",
    "Momentum, L2 weight decay": "m = mu*m + g + wd*theta\ntheta = theta - lr*m",
    "Momentum, decoupled weight decay": "m = mu*m + g\ntheta = exp(-lr*wd)*theta - lr*m",
    "MovingAverage": "m = mu*m + (1 - mu)*g; theta = theta - lr*m",
    "Accumulated": "m = m + g; theta = theta - lr*m",
    "Nesterov": "m = mu*m + g; theta = theta - lr*(g + mu*m)",
    "SignSGD": "m = mu*m + g; theta = theta - lr*sign(m)",
    "NormalizedGD": "m = mu*m + g; theta = theta - lr*m/norm(m)",
    "Braking": "m = mu*m + g; theta = theta - lr*m/(1 + b3*norm(m)**2)",
    "RMSProp": RMS + "theta = theta - lr*g/(sqrt(v) + eps)",
    "RMSProp, L2 weight decay": "g = g + wd*theta\n" + RMS + "theta -= lr*g/(sqrt(v) + eps)",
    "RMSProp, centred": RMS + "s = a*s + (1 - a)*g\ntheta -= lr*g/(sqrt(v - s**2) + eps)",
    "RMSProp, with momentum": RMS + "m = mu*m + g/(sqrt(v) + eps)\ntheta = theta - lr*m",
    "AdaGrad": "v = v + g**2; theta = theta - lr*g/(sqrt(v) + eps)",
    "Adam": ADAM + "theta = theta - lr*mhat/(sqrt(vhat) + eps)",
    "Adam, L2 weight decay": "g = g + wd*theta" + ADAM + "theta -= lr*mhat/(sqrt(vhat) + eps)",
    "AdamW": ADAM + "theta = theta - lr*(mhat/(sqrt(vhat) + eps) + wd*theta)",
    "AMSGrad": "m = b1*m + (1 - b1)*g; v = b2*v + (1 - b2)*g**2; r = max(r, v);"
    "theta = theta - lr*m/sqrt(r)",
    "Adam, amsgrad": "m = b1*m + (1 - b1)*g; v = b2*v + (1 - b2)*g**2; r = max(r, v);"
    "theta -= lr*m/(1 - b1**t)/(sqrt(r/(1 - b2**t)) + eps)",
    "AdaBelief": "m = b1*m + (1 - b1)*g; v = b2*v + (1 - b2)*(g - m)**2 + e2;"
    "theta = theta - lr*(m/(1 - b1**t))/(sqrt(v/(1 - b2**t)) + eps)",
    "NaturalGradient": RMS + "theta = theta - lr*g/(v + eps)",
    "Lion": "c = b1*m + (1 - b1)*g; theta = theta - lr*(sign(c) + wd*theta);m = b2*m + (1 - b2)*g",
    "HamiltonianDescent": "m = mu*m + g; n = norm(m);"
    "theta -= lr*m/n*n**(p - 1)*(n**p + 1)**(q/p - 1)",
}
PARAMETERS = ("lr", "mu", "b1", "b2", "b3", "a", "eps", "e2", "wd", "p", "q")
#: Names that are hard to read: the letters of the theory, and the engine's own among them.
_NAMES = ("beta", "c", "k", "h", "tau", "gamma", "lr", "momentum", "averaging", "ahead", "X", "G",
          "w", "U", "L", "V", "s", "S", "Q", "zeta", "foo", "state_2", "eta", "rho", "delta", "t0",
          "weight_decay", "noise", "total", "beta_g", "count", "half", "z9", "kappa", "N", "E",
          "work", "gradient", "m1", "psi")  # fmt: skip


def typed(name: str) -> Rule:
    """Read the text of a method as it stands."""
    text = TEXTS[name]
    used = [p for p in PARAMETERS if re.search(rf"\b{p}\b", text)]
    return update(text, parameters=used)


def scrambled(name: str, seed: int) -> Rule:
    """Write a method with other names, in other units, in another order, by other algebra."""
    chance = random.Random(f"{name} {seed}")
    rule = typed(name)
    lines = [pair for stage in rule.stages for pair in stage.assignments]
    lines = _rescaled(lines, rule, chance)
    lines = [(target, _rewritten(value, chance)) for target, value in lines]
    lines = _divided(lines, chance)
    lines = _reordered(lines, chance)
    return _printed(lines, chance)


Lines = list[tuple[sp.Symbol, sp.Expr]]


def _rescaled(lines: Lines, rule: Rule, chance: random.Random) -> Lines:
    """Keep a state as a number times itself, such as m/(1 − β₁)."""
    numbers = [p for p in rule.parameters if p != count and p.name in ("lr", "mu", "b1", "b2", "a")]
    for state in _memories(lines):
        unit = chance.choice(
            [sp.Integer(2), sp.Rational(1, 3), *(_rest(p) for p in numbers), *numbers, sp.S.One]
        )
        within = {state: state / unit}
        lines = [
            (target, value.xreplace(within) * (unit if target == state else 1))
            for target, value in lines
        ]
    return lines


def _rest(number: sp.Symbol) -> sp.Expr:
    """A positive number that is written with a sum: only averaging factors are below one."""
    return 1 / (1 + number if number.name == "lr" else 1 - number)


def _memories(lines: Lines) -> list[sp.Symbol]:
    """The states whose old values are read."""
    written: set[sp.Symbol] = {w}
    found: set[sp.Symbol] = set()
    targets = {target for target, _ in lines}
    for target, value in lines:
        found |= (value.free_symbols & targets) - written
        written.add(target)
    return sorted(found, key=str)


def _rewritten(value: sp.Expr, chance: random.Random) -> sp.Expr:
    ways = (sp.expand, sp.factor, sp.together, lambda x: x, sp.expand_mul, sp.factor_terms)
    return chance.choice(ways)(value)


def _divided(lines: Lines, chance: random.Random) -> Lines:
    """Give a part of a right-hand side a line of its own."""
    result: Lines = []
    for number, (target, value) in enumerate(lines):
        parts = [p for p in value.args if p.has(Component) and (p.is_Add or p.is_Mul or p.is_Pow)]
        if parts and chance.random() < 0.6:
            part = chance.choice(parts)
            name = Component(f"part{number}")
            result.append((name, part))
            value = value.xreplace({part: name})
        result.append((target, value))
    return result


def _reordered(lines: Lines, chance: random.Random) -> Lines:
    """Exchange neighbours that do not read or write each other's targets."""
    lines = list(lines)
    for _ in range(10):
        place = chance.randrange(max(1, len(lines) - 1))
        if place + 1 < len(lines):
            (a, first), (b, second) = lines[place : place + 2]
            if a != b and a not in second.free_symbols and b not in first.free_symbols:
                lines[place : place + 2] = [(b, second), (a, first)]
    return lines


def _printed(lines: Lines, chance: random.Random) -> Rule:
    symbols = set().union(*({target} | value.free_symbols for target, value in lines))
    names = dict(zip(sorted(symbols, key=str), chance.sample(_NAMES, len(symbols)), strict=True))
    if count in names:
        chosen = names[count]
    plain = {x: type(x)(f"_{name}_") for x, name in names.items()}
    text = "\n".join(f"{names[target]} = {_text(value.xreplace(plain))}" for target, value in lines)
    own = [
        names[x]
        for x in symbols
        if not isinstance(x, Component) and x != count and x not in {target for target, _ in lines}
    ]
    step = chosen if count in names else "step"
    return update(
        text, weights=names[w], gradient=names.get(G, "no_gradient"), step=step, parameters=own
    )


def _text(value: sp.Expr) -> str:
    text = re.sub(r"_(\w+?)_(?![\w])", r"\1", sp.sstr(value))
    for ours, theirs in (("Abs", "abs"), ("Total", "sum"), ("Max", "max"), ("Min", "min")):
        text = re.sub(rf"\b{ours}\(", f"{theirs}(", text)
    return text


def run_by_hand(
    rule: Rule,
    weights: list[float],
    gradient,
    values: dict[str, float],
    steps: int,
    begin: dict[sp.Symbol, list[complex]] | None = None,
):
    """Carry out an update in plain Python, one component at a time, and return the weights.

    `begin` are the states that do not begin at zero.
    """
    from derivations.identify.points import DIMENSION, evaluate

    assert len(weights) == DIMENSION
    now = {symbol: (0j,) * DIMENSION for symbol in (*rule.states, *rule.scalars)}
    now |= {symbol: tuple(value) for symbol, value in (begin or {}).items()}
    now[w] = tuple(map(complex, weights))
    fixed = {parameter(name): (complex(value),) * DIMENSION for name, value in values.items()}
    for number in range(1, steps + 1):
        at = [x.real for x in now[w]]
        now[G] = tuple(complex(x) for x in gradient(at))
        now[count] = (complex(number),) * DIMENSION
        for stage in rule.stages:
            found = {x: evaluate(value, now | fixed) for x, value in stage.assignments}
            now |= found
    return [x.real for x in now[w]]
