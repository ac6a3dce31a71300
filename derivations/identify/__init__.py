"""From an update back to its Hamiltonian: kinetic energy, profile, metric and word, proved.

The walk goes uphill, one file for each stop: `reading` makes one map of a step, `decay` takes the
weight decay out of it, `states` tells averages from records, `moment` and `profile` find X and how
it cools, `measure` and `tensor` the metric, `velocity` the kinetic energy; `search` tries the
readings in turn, and `assembly` hands the best one to the engine and proves that it gives the
update back. `points` and `scalars` guess; only `assembly` proves.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import sympy as sp

from derivations.algebra.branches import without_branches
from derivations.algebra.symbols import (
    averaging,
    beta,
    beta_g,
    c,
    gamma,
    gamma_g,
    h,
    k,
    lr,
    momentum,
    s,
    t,
    tau,
)
from derivations.errors import NotHamiltonianError
from derivations.identify.assembly import AHEAD, System, certificate, system
from derivations.identify.decay import undecayed
from derivations.identify.identification import Identification
from derivations.identify.known import known_name
from derivations.identify.linear import reduced
from derivations.identify.naming import Names
from derivations.identify.notes import notes
from derivations.identify.reading import Map, read
from derivations.identify.search import Reading, search
from derivations.identify.starts import Starts, starts
from derivations.proofs.proof import Proof
from derivations.step.rule import Rule
from derivations.system.energy import Energy
from derivations.textbook import count

#: What the engine calls its own quantities: a parameter of that name is set apart meanwhile.
_OWN = (lr, momentum, averaging, AHEAD, beta, beta_g, gamma, gamma_g, c, h, k, s, t, tau)
#: Those of them that stand in H.
_IN_H = frozenset({beta, beta_g, gamma, gamma_g, c, h, k})

Given = Rule | Iterable[tuple[sp.Symbol, sp.Expr]]


def identify(update: Given) -> Identification:
    """Find the Hamiltonian, the thermal profile, the metric and the word that give an update.

    Parameters
    ----------
    update : a rule, as `hm.update` reads one from text or `derivations.textbook` has them,
        or pairs of a symbol and an expression in w, G and other components, in order.

    Raises `NotHamiltonianError` with the reason, where none does.

    >>> from derivations import textbook
    >>> found = identify(textbook.adam())
    >>> found.name, found.word, found.metric.tensor
    ('Adam', '[CK] M D', sqrt(V) + eps)
    """
    names = Names(update)
    try:
        return _identified(update, names)
    except NotHamiltonianError as error:
        raise names.refusal(error) from None


def _identified(update: Given, names: Names) -> Identification:
    """Find the system, in the engine's names, and prove it."""
    step = read(update)
    apart = _apart(step)
    plain, relations = reduced(step.xreplace(apart))
    found = search(undecayed(plain))
    made = system(found)
    rule = made.rule("identified")
    back = {new: old for old, new in apart.items()}
    begun = starts(found, plain)
    proof = certificate(found, plain, rule, made.parameters, back, begun, relations)
    if not proof.proved:
        failed = next(part for part in proof.steps if not part.holds)
        raise NotHamiltonianError(
            f"a Hamiltonian system was found, {made.word} with κ = {found.kappa}, but that it is "
            f"the update could not be proved: {failed.claim}",
            failed.left - failed.right,
        )
    return _result(update, names, step, found, made, rule, proof, apart, begun, plain)


def _apart(step: Map) -> dict[sp.Basic, sp.Basic]:
    """Give parameters that are called like the engine's quantities names of their own."""
    own = set().union(*(value.free_symbols for value in step.formulas)) & set(_OWN)
    return {symbol: sp.Symbol(f"{symbol.name}_", positive=True) for symbol in own}


def _result(
    update: Given,
    names: Names,
    step: Map,
    found: Reading,
    made: System,
    rule: Rule,
    proof: Proof,
    apart: dict[sp.Basic, sp.Basic],
    begun: Starts,
    plain: Map,
) -> Identification:
    """Write everything in the update's own names again, but for those of the letters in H."""
    back = {new: old for old, new in apart.items()}
    shown = {new: old for new, old in back.items() if old not in _IN_H}
    values = {name: value.xreplace(back) for name, value in made.parameters.items()}
    energy = _renamed(made.energy, shown)
    own = _symbols(energy)
    return Identification(
        update=update if isinstance(update, Rule) else Rule("update", ()),
        energy=energy,
        kinetic=found.kappa.xreplace(shown),
        profile=made.law,
        metric=energy.metric,
        word=made.word,
        parameters={str(name): value for name, value in values.items()},
        name=None if begun or step.remarks else known_name(found, plain),
        notes=(*(names.said(x, own) for x in notes(found, step)), *names.kept_apart(own)),
        derived=_branchless(_timed(rule.subs({**back, **values}))),
        proof=proof,
        counter=names.of(count),
        starts=tuple((x, value.xreplace(back)) for x, value in begun),
    )


def _branchless(rule: Rule) -> Rule:
    """Write branches by signs, which every language has."""
    stages = (
        replace(stage, assignments=tuple((x, without_branches(v)) for x, v in stage.assignments))
        for stage in rule.stages
    )
    return replace(rule, stages=tuple(stages))


def _timed(rule: Rule) -> Rule:
    """Write the time of a rule of steps of length τ, which the theory here takes as one."""
    return rule.subs({t: t / tau}) if tau in rule.parameters else rule


def _symbols(energy: Energy) -> set[sp.Symbol]:
    """The symbols of H and of the states of its metric."""
    found: set[sp.Symbol] = set(energy.hamiltonian.free_symbols)
    if energy.metric is not None:
        for state, value in (*energy.metric.averages, *energy.metric.records):
            found |= {state, *value.free_symbols}
    return found


def _renamed(energy: Energy, names: dict[sp.Basic, sp.Basic]) -> Energy:
    """Rename parameters in every term of an energy and in its metric."""
    metric = energy.metric
    if metric is not None:
        metric = replace(
            metric,
            averages=tuple((x, value.xreplace(names)) for x, value in metric.averages),
            records=tuple((x, value.xreplace(names)) for x, value in metric.records),
            tensor=metric.tensor.xreplace(names),
        )
    terms = {
        name: getattr(energy, name).xreplace(names)
        for name in ("kinetic", "potential", "thermal", "shrink")
    }
    return replace(energy, **terms, metric=metric)
