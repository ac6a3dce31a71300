"""Known names: the textbook method, if there is one, that an identified system is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import permutations

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.matrices import OfMatrix
from derivations.algebra.symbols import Component, X, beta, beta_g
from derivations.errors import NotHamiltonianError
from derivations.identify.decay import undecayed
from derivations.identify.points import reads, same
from derivations.identify.reading import Map, read
from derivations.identify.scalars import at_ones, is_multiple
from derivations.identify.search import Reading, search
from derivations.step.rule import Rule
from derivations.textbook import RULES
from derivations.textbook.adaptive import laprop
from derivations.textbook.matrix import muon
from derivations.textbook.momentum import quasi_hyperbolic

#: Names of methods whose variants have a name of their own.
_VARIANTS: tuple[tuple[str, dict[str, bool]], ...] = (
    ("rmsprop", {"centered": True}),
    ("rmsprop", {"centered": True, "unclipped": True}),
    ("rmsprop", {"momentum": True}),
    ("adam", {"amsgrad": True}),
    ("adam", {"biased": True}),
    ("laprop", {}),
    ("quasi_hyperbolic", {}),
    ("adabelief", {"rooted": False}),
    ("hamiltonian_descent", {"componentwise": True}),
    ("covariant_gradient", {"centered": True}),
    ("covariant_gradient", {"unbiased": True}),
    ("natural_gradient", {"unbiased": True}),
    ("muon", {}),
    ("muon", {"nesterov": False}),
    ("covariant_gradient", {"centered": True, "unbiased": True}),
)
#: Textbooks that are named here alone.
_MORE: dict[str, Callable[..., Rule]] = {
    made.__name__: made for made in (muon, laprop, quasi_hyperbolic)
}
#: Textbooks that are decays of others, or no Hamiltonian systems.
_OTHERS = frozenset(
    ("l2_decay", "decoupled_decay", "adamw", "dampened", "clipped_momentum", "lars", "lamb")
    + ("cautious_momentum", "cautious_adam", "cautious_lion", "vradam", "bregman")
)
_NAMES = {
    "Adam": {"shrink": "AdamW"}, "AdamMax": {"": "Adam, amsgrad", "shrink": "AdamW, amsgrad"},
    "Lion": {"shrink": "Lion"}, "Muon": {"shrink": "Muon"},
}  # fmt: skip


def known_name(found: Reading, step: Map) -> str | None:
    """Return the name of the method that a reading is, or None.

    The parameters of the method may have any names; decay is named beside it.
    """
    if _is_bregman(found):
        return _with_decay("Bregman", {}, found)
    for method, options in _alike(_facts(step)):
        other = _textbook(method, tuple(sorted(options.items())))
        if other is not None and is_same_method(found, other[1]):
            return _with_decay(other[0], options, found)
    return None


def _is_bregman(found: Reading) -> bool:
    """Whether β = t^(p+1) and the loss is weighed by t^(2p−1), in exact flows."""
    moment = found.moment
    plain = found.velocity.flat == X and found.measure is None and moment.state is not None
    if not plain or moment.fading.kind != "power" or not moment.joint:
        return False
    return bool(sp.expand(moment.weight - moment.fading.number + 3) == 0)


def _with_decay(name: str, options: dict[str, bool], found: Reading) -> str:
    own = {"centered": "centred", "momentum": "with momentum", "unbiased": "corrected",
           "componentwise": "componentwise", "biased": "without bias correction"}  # fmt: skip
    words = [word for option, word in own.items() if options.get(option)]
    kind = "shrink" if found.decay.factor != 1 else ""
    special = _NAMES.get(name, {}).get(kind)
    if special is None and kind:
        words.append("decoupled weight decay")
    if found.decay.l2 != 0:
        words.append("L2 weight decay")
    return ", ".join([special or name, *words])


def _facts(step: Map) -> tuple[int, frozenset[str]]:
    """What is plain to see of a step: how many states it has, and which kinds of functions."""
    formulas = step.formulas
    kinds = {"max": (sp.Max,), "sign": (sp.sign, sp.Abs), "sum": (Total,), "matrix": (OfMatrix,)}

    def holds(types: tuple[type, ...]) -> bool:
        parts = (part for formula in formulas for part in formula.atoms(*types))
        return any(part.has(Component) for part in parts)

    return len(step.states), frozenset(name for name, types in kinds.items() if holds(types))


def _alike(facts: tuple[int, frozenset[str]]) -> Iterator[tuple[str, dict[str, bool]]]:
    """Yield the textbooks with the same plain facts."""
    plain: list[tuple[str, dict[str, bool]]] = [(name, {}) for name in RULES if name not in _OTHERS]
    for name, options in (*plain, *_VARIANTS):
        step = _map(name, tuple(sorted(options.items())))
        if step is not None and _facts(step) == facts:
            yield name, options


def textbook_rule(name: str, **options: bool) -> Rule:
    """Return a textbook rule by its name."""
    return {**RULES, **_MORE}[name](**options)


@lru_cache(maxsize=64)
def _map(name: str, options: tuple[tuple[str, bool], ...]) -> Map | None:
    try:
        return read(textbook_rule(name, **dict(options)))
    except NotHamiltonianError:
        return None


@lru_cache(maxsize=64)
def _textbook(name: str, options: tuple[tuple[str, bool], ...]) -> tuple[str, Reading] | None:
    step = _map(name, options)
    if step is None:
        return None
    try:
        return textbook_rule(name, **dict(options)).name, search(undecayed(step))
    except NotHamiltonianError:
        return None


def is_same_method(left: Reading, right: Reading) -> bool:
    """Whether two readings are one method, whatever their parameters are called."""
    if _kinds(left) != _kinds(right):
        return False
    mine, theirs = _formulas(left), _formulas(right)
    if len(mine) != len(theirs):
        return False
    return any(
        all(_agree(a, b.xreplace(names)) for a, b in zip(mine, other, strict=True))
        for other in _reordered(right, left)
        for names in _renamings(other, mine)
    )


def _kinds(found: Reading) -> tuple[object, ...]:
    """What tells methods apart besides formulas: profiles, places, and what X is kept as."""
    moment, measure = found.moment, found.measure
    ahead = None if moment.ahead is None else "one" if moment.ahead == 1 else "any"
    over = moment.state is None
    kind = None if over else _profile(moment.fading.kind, found.hot)
    scaled = kind in ("exponential", "constant") and ahead is None and not _is_scaleless(found)
    joint = moment.joint if scaled else None
    own = None
    if measure is not None:
        own = _profile(measure.fading.kind, measure.hot), len(measure.values)
    power = moment.fading.number if kind == "power" else None
    places = found.held, found.late, found.velocity.apart
    return kind, power, over, ahead, joint, own, places


def _profile(kind: str, hot: bool) -> str:
    return "hot" if hot else kind


def _is_scaleless(found: Reading) -> bool:
    """Whether the weights move alike for a sum of gradients and for their average."""
    flat = found.velocity.flat
    return same(flat.xreplace({X: 2 * X}), flat)


def _reordered(found: Reading, other: Reading) -> Iterator[tuple[sp.Expr, ...]]:
    """Yield the formulas of a reading with its states called as those of another, in any order."""
    own = _formulas(found)
    if found.measure is None or other.measure is None:
        yield own
        return
    averages, records = len(found.measure.drives), len(found.measure.values)
    for first in permutations(range(averages)):
        for second in permutations(range(averages, averages + records)):
            order = (*first, *second)
            states = _states(found)
            names = {states[i]: new for i, new in zip(order, _states(other), strict=True)}
            moved = (*own[:2], *(own[2 + i] for i in order))
            yield tuple(value.xreplace(names) for value in moved)


def _formulas(found: Reading) -> tuple[sp.Expr, ...]:
    own = (found.velocity.flat, found.velocity.tensor)
    if found.measure is None:
        return own
    return (*own, *(value for _, value in (*found.measure.drives, *found.measure.values)))


def _states(found: Reading) -> tuple[sp.Symbol, ...]:
    if found.measure is None:
        return ()
    return tuple(x for x, _ in (*found.measure.drives, *found.measure.values))


def _renamings(
    theirs: tuple[sp.Expr, ...], mine: tuple[sp.Expr, ...]
) -> Iterator[dict[sp.Symbol, sp.Expr]]:
    """Yield what their parameters may be called here, or what number one of them may be."""
    ours, own = (_parameters(side) for side in (mine, theirs))
    if len(ours) == len(own) <= 4:
        for order in permutations(ours):
            yield dict(zip(own, order, strict=True))
    elif len(own) == 1:
        for a, b in zip(mine, theirs, strict=True):
            yield from ({own[0]: value} for value in _solved(a - b, own[0]))


def _solved(gap: sp.Expr, name: sp.Symbol) -> list[sp.Expr]:
    top = sp.numer(sp.together(gap))
    if not top.has(name) or not top.is_polynomial(name) or sp.degree(top, name) > 1:
        return []
    values = [-top.xreplace({name: sp.S.Zero}) / sp.diff(top, name)]
    values = [at_ones(v) for v in values if sp.diff(top, name) != 0]
    return [v for v in values if not any(isinstance(x, Component) for x in v.free_symbols)]


def _parameters(formulas: tuple[sp.Expr, ...]) -> list[sp.Symbol]:
    found = set().union(*(value.free_symbols for value in formulas))
    own = {x for x in found if not isinstance(x, Component) and x not in (beta, beta_g)}
    return sorted((x for x in own if any(reads(f, (x,)) for f in formulas)), key=str)


def _agree(left: sp.Expr, right: sp.Expr) -> bool:
    return same(left, right) or (left.has(X) and is_multiple(left, right))
