"""The section on words: how exact flows make a step, and how well it follows the motion."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import explicit
from derivations.algebra.notation import Determinant
from derivations.algebra.symbols import G, X, tau, w
from derivations.document import Block, Equation, Line, Ref, Section, Table, line, prose
from derivations.proofs.order import ToOrder
from derivations.proofs.proof import Step
from derivations.reductions.derived import system
from derivations.step.composition import compose
from derivations.step.rule import Rule
from derivations.step.words import LETTERS
from derivations.system.family import CLASSICAL, EXPONENTIAL
from derivations.system.geometry import coordinate_equations

_ENERGY = system(CLASSICAL, EXPONENTIAL.law)
#: Words that are shown as steps, each with the power of τ at which it leaves the exact motion.
_SHOWN = (
    ("C K D", 2, "each flow once"),
    ("C/2 D/2 K D/2 C/2", 3, "a palindrome, the leapfrog"),
)


def section() -> Section:
    """Build the section."""
    blocks: list[Block] = [
        prose(
            "A word is the recipe of a step: its letters name flows, which act in this order. A "
            "fraction behind a letter lets it act for that part of the step, so that `D/2` is "
            "half a drift, and the parts of each letter add up to one. Letters in square "
            "brackets act together. A flow in round brackets looks ahead: what follows reads the "
            "state after that flow, which is then undone. This is how Nesterov’s method works, in ",
            Ref("reduction Nesterov"), ", and also ",
            Ref("reduction Lion", "Lion", may_miss=True), "; in the word of "
            "Lion a name in braces says how far ahead it looks, in steps."
        ),
        Table(
            ("letter", "name", "what it moves"),
            tuple(((f"`{letter}`",), (name,), (_MOVES.get(name, ""),))
                  for letter, name in LETTERS.items()),
            caption=("The letters of which words are made.",),
            widths=(0.12, 0.18, 0.7),
            label="letters",
        ),
        prose(
            "How far is one step from the exact motion? The series of both in the length of the "
            "step tell. They are compared here for any loss in one dimension, whose slope is ",
            sp.Function("g")(w), "; the energy is classical and cools exponentially."
        ),
    ]  # fmt: skip
    for word, power, words in _SHOWN:
        blocks += _shown(word, power, words)
    blocks.append(
        prose(
            "A word that reads the same backwards is of even order, and so the second is of order "
            "two at the cost of the first. Both shrink volumes by the same factor, that of the "
            "exact motion: their error is never a wrong friction."
        )
    )
    return Section("Words", tuple(blocks), label="words")


#: What each flow moves.
_MOVES = {
    "drift": "the weights, along the slope of the kinetic energy",
    "kick": "the moments, along the gradient of the loss",
    "cool": "the thermal mass, which grows, and the moments, which fade",
    "shrink": "the weights, towards zero: decoupled weight decay",
    "measure": "the moments of a metric, towards what they average",
    "noise": "the moments, by friction and chance: a heat bath, which no energy makes",
    "restart": "the moments, to zero, where they point uphill; no energy makes it",
}


def _shown(word: str, power: int, words: str) -> tuple[Block, ...]:
    rule = compose(word, _ENERGY, EXPONENTIAL.law)
    assignments = tuple(pair for stage in rule.stages for pair in stage.assignments)
    moved, exact = _step(rule), _series(power - 1)
    order = ToOrder(
        f"the step is the exact motion up to the order τ^{power}",
        "Taylor series in τ, any loss, d = 1",
        sp.Matrix(moved),
        sp.Matrix(exact),
        variable=tau,
        power=power,
    )
    area = sp.Matrix(moved).jacobian(_point())
    volume = Step(
        "its Jacobian has this determinant",
        "determinant, any loss, d = 1",
        area.det(),
        EXPONENTIAL.law.decay(tau),
    )
    name = sp.Symbol("M")
    return (
        Equation(
            (f"`{word}`: {words}",),
            tuple(Line(target, value, "←") for target, value in assignments),
            (order,),
            label=f"word {word}",
        ),
        Equation(
            (
                "its Jacobian ",
                name,
                " for one weight",
            ),
            (line(Determinant(name), EXPONENTIAL.law.decay(tau)),),
            (volume,),
        ),
    )


def _point() -> list[sp.Symbol]:
    return [explicit(letter, 1, 0) for letter in (w, X)]


def _slope(weight: sp.Expr) -> sp.Expr:
    return sp.Function("g", real=True)(weight)


def _step(rule: Rule) -> list[sp.Expr]:
    """Where one step takes one weight and its moment, on a loss with any slope g(w)."""
    weight, moment = _point()
    state = {weight: weight, moment: moment}
    taken = explicit(G, 1, 0)
    for stage in rule.stages:
        now = {**state, taken: _slope(state[weight])}
        values = {
            explicit(target, 1, 0): explicit(value, 1, 0) for target, value in stage.assignments
        }
        state |= {target: value.xreplace(now) for target, value in values.items()}
    return [state[weight], state[moment]]


def _series(order: int) -> list[sp.Expr]:
    """The exact motion of one weight and its moment, as a series in τ."""
    rates = coordinate_equations(_ENERGY.hamiltonian, 1)
    point = _point()
    taken = {explicit(G, 1, 0): _slope(point[0])}
    flow = [rates[z].xreplace(taken) for z in point]
    found, term = list(point), list(point)
    for number in range(1, order + 1):
        term = [sp.Add(*(sp.diff(x, z) * v for z, v in zip(point, flow, strict=True)))
                for x in term]  # fmt: skip
        found = [x + tau**number / sp.factorial(number) * change
                 for x, change in zip(found, term, strict=True)]  # fmt: skip
    return found
