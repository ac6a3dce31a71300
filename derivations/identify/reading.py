"""One step as one map: what the weights and the states become, as formulas of the old ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import combinations

import sympy as sp

from derivations.algebra.components import is_component
from derivations.algebra.matrices import Entry
from derivations.algebra.sizes import ENDLESS, Size, size
from derivations.algebra.symbols import Component, G, t, tau, w
from derivations.errors import DerivationError, NotHamiltonianError, TooLargeError, UpdateError
from derivations.identify.points import reads
from derivations.step.rule import Rule, Stage
from derivations.step.words import parse
from derivations.text.typed import Typed
from derivations.textbook import count

#: How large the formulas of a map may be.
_MOST_OPERATIONS, _MOST_TERMS, _MOST_FACTORS = 2000, 10_000, 200
#: Ends the name of the value that a state has before the step.
OLD = "′"
_FIRST = (
    "the update treats its first step apart; the system, and the proof, are those of every later "
    "step"
)


@dataclass(frozen=True)
class Map:
    """One step: `weights` and each state after it, in w, G, the old states and the step's number.

    `starts` are the states that do not begin at zero, in the weights before the first step.
    """

    weights: sp.Expr
    states: dict[Component, sp.Expr]
    starts: dict[Component, sp.Expr] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def formulas(self) -> tuple[sp.Expr, ...]:
        """All right-hand sides."""
        return (self.weights, *self.states.values())

    def xreplace(self, values: dict[sp.Basic, sp.Basic]) -> Map:
        """Replace symbols in every formula."""
        states = {state: value.xreplace(values) for state, value in self.states.items()}
        starts = {state: value.xreplace(values) for state, value in self.starts.items()}
        return replace(self, weights=self.weights.xreplace(values), states=states, starts=starts)


def read(rule: Rule | Iterable[tuple[sp.Symbol, sp.Expr]]) -> Map:
    """Return a rule as one map, with a single gradient, at the weights before the step.

    Raises `NotHamiltonianError` for a rule that takes no gradient, or several, or chance.
    """
    if not isinstance(rule, Rule):
        rule = _of_pairs(rule)
    if rule.noises:
        raise NotHamiltonianError(
            "the update reads random numbers: a heat bath is no flow of a Hamiltonian",
            rule.noises[0],
        )
    try:
        rule = rule.from_gradient_point()
    except DerivationError as error:
        raise NotHamiltonianError(
            f"the update takes {rule.gradients_per_step} gradients in a step, and its map is that "
            "of several kicks; give it kick by kick",
        ) from error
    _check_size(rule)
    _check_drifts(rule)
    clock = (count - 1) * (tau if tau in rule.parameters else 1)
    whole = {x: _at(clock, value) for x, value in rule.one_stage().items()}
    if w not in whole:
        raise UpdateError("the update never assigns the weights")
    starts = dict(rule.starts) if isinstance(rule, Typed) else {}
    whole = _uncounted(whole, starts)
    settled = {x: _after_the_first(value) for x, value in whole.items()}
    _check_switches(settled.values())
    found = _needed(settled, starts)
    if settled != whole:
        found = replace(found, remarks=(_FIRST,))
    if not any(value.has(G) for value in found.formulas):
        raise NotHamiltonianError("the update reads no gradient, so no loss enters its Hamiltonian")
    return found


def _at(clock: sp.Expr, value: sp.Expr) -> sp.Expr:
    """Write a formula at the time of a step, with powers of the step's number by themselves."""
    timed = value.xreplace({t: clock})
    return sp.expand_power_base(timed) if timed.has(tau) else timed


def _check_size(rule: Rule) -> None:
    """Refuse a rule whose map is too large to be worked on, before it is composed."""
    known: dict[sp.Basic, Size] = {}
    for stage in rule.stages:
        found = {target: size(value, known) for target, value in stage.assignments}
        known |= found
        for target, own in found.items():
            for what, number, most in (
                ("operations", own.operations, _MOST_OPERATIONS),
                ("terms when it is multiplied out", own.most, _MOST_TERMS),
                ("factors when it is multiplied out", own.degree, _MOST_FACTORS),
            ):
                if number > most:
                    raise TooLargeError(
                        f"the formula of {target} in terms of the values before the step has "
                        f"{number if number < ENDLESS else 'endless'} {what}; at most {most} can "
                        "be worked on: write the update with lower powers, or with fewer terms"
                    )


def _check_drifts(rule: Rule) -> None:
    """Refuse what a word made that is not looked for, for what it is."""
    letters = parse(rule.word) if rule.word else ()
    if sum("D" in x.letters and not x.ahead for x in letters) > 1:
        raise NotHamiltonianError(
            f"the update was composed from the word '{rule.word}', which drifts more than once in "
            "a step; it is a Hamiltonian's, and what is looked for here are words of one drift",
            rule.one_stage().get(w),
        )
    entries = [x for x in rule.states if isinstance(x, Entry)]
    if entries:
        raise NotHamiltonianError(
            f"the state {entries[0]} is a matrix with a row and a column for each component; what "
            "is looked for are metrics with one number for each component",
            rule.one_stage().get(w),
        )


def _after_the_first(expr: sp.Expr) -> sp.Expr:
    """Decide what depends on the number of the step in a way that is over after the first."""

    def is_over(part: sp.Basic) -> bool:
        if isinstance(part, sp.Max | sp.Min):
            gaps = [a - b for a, b in combinations(part.args, 2)]
        elif isinstance(part, sp.Piecewise):
            gaps = [test.lhs - test.rhs for _, test in part.args if isinstance(test, sp.Rel)]
        else:
            return False
        return all(map(_is_settled, gaps)) and _branch(part, 2) == _branch(part, 3)

    return expr.replace(is_over, lambda part: _branch(part, 3))


def _is_settled(gap: sp.Expr) -> bool:
    """Whether a formula of the step's number alone has one sign after the second step."""
    if gap.free_symbols != {count} or not gap.is_polynomial(count):
        return False
    whole = sp.Poly(gap, count)
    if not whole.domain.is_QQ and not whole.domain.is_ZZ:
        return False
    return bool(whole.count_roots(2) == int(whole.eval(2) == 0))


def _check_switches(formulas: Iterable[sp.Expr]) -> None:
    """Refuse a map that becomes another one at some step: a system's word stays the same."""
    for part in set().union(*(formula.atoms(sp.Piecewise) for formula in formulas)):
        for value, test in part.args:
            timed = test.has(count) and not test.has(Component)
            if timed and is_component(value):
                raise NotHamiltonianError(
                    "the update changes from one formula to another at the step where a test "
                    "turns, and the word and the metric of a system are the same in every step; "
                    "give the update as it is after the change",
                    test,
                )


def _branch(part: sp.Expr, number: int) -> sp.Expr:
    """The formula of the branch that a step takes."""
    at = {count: sp.Integer(number)}
    if isinstance(part, sp.Max | sp.Min):
        value = part.xreplace(at)
        return next(x for x in sorted(part.args, key=str) if x.xreplace(at) == value)
    return next(value for value, test in part.args if test.xreplace(at) == sp.true)


def _of_pairs(pairs: Iterable[tuple[sp.Symbol, sp.Expr]]) -> Rule:
    """Build a rule from pairs of a symbol and an expression, in order."""
    stages = []
    for pair in pairs:
        if not (isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[0], sp.Symbol)):
            raise UpdateError(
                f"{pair!r} is no assignment; give hm.update(…), a Rule, or pairs of a symbol and "
                "an expression in w, G and components"
            )
        stages.append(Stage(str(pair[0]), ((pair[0], sp.sympify(pair[1], strict=True)),)))
    return Rule("update", tuple(stages))


def _uncounted(
    whole: dict[sp.Symbol, sp.Expr], starts: dict[sp.Symbol, sp.Expr]
) -> dict[sp.Symbol, sp.Expr]:
    """Write the number of the step for a state that counts: s ← s + 1."""
    counters = {
        x: count - 1 + starts.get(x, 0)
        for x, value in whole.items()
        if value.is_Add and value - x == 1
    }
    return {x: v.xreplace(counters) for x, v in whole.items() if x not in counters}


def _needed(whole: dict[sp.Symbol, sp.Expr], starts: dict[sp.Symbol, sp.Expr]) -> Map:
    """Keep the states that the weights depend on, in this step or a later one."""
    kept: list[sp.Symbol] = []
    waiting = [whole[w]]
    while waiting:
        for symbol in sorted(waiting.pop().free_symbols & set(whole) - {w, *kept}, key=str):
            kept.append(symbol)
            waiting.append(whole[symbol])
    old = {x: Component(x.name + OLD, nonnegative=x.is_nonnegative) for x in kept}
    states = {old[x]: whole[x].xreplace(old) for x in kept}
    begin = {old[x]: value for x, value in starts.items() if x in old and value != 0}
    return _moving(Map(whole[w].xreplace(old), states, begin))


def _moving(found: Map) -> Map:
    """Write states that are weights, such as those of the step before, as distances from w.

    Then nothing changes if all weights are moved together, as no gradient can tell.
    """
    if any(state.name == w.name for state in found.states):
        return found
    near = [state for state, value in found.states.items() if reads(value, (w,))]
    for many in range(1, len(near) + 1):
        for chosen in combinations(near, many):
            moved = _from_weights(found, chosen)
            if _is_free_of_place(moved):
                return moved
    return found


def _from_weights(found: Map, chosen: tuple[Component, ...]) -> Map:
    """Take the weights from some states, before and after the step."""
    states = {
        state: value - found.weights if state in chosen else value
        for state, value in found.states.items()
    }
    moved = replace(found, states=states).xreplace({state: state + w for state in chosen})
    starts = {x: found.starts.get(x, sp.S.Zero) - (w if x in chosen else 0) for x in states}
    return replace(moved, starts={x: value for x, value in starts.items() if value != 0})


def _is_free_of_place(found: Map) -> bool:
    if any(reads(value, (w,)) for value in found.states.values()):
        return False
    return not reads(found.weights - w, (w,))
