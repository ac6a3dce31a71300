"""The whole derivation of one optimizer: from its Hamiltonian to its source code, step by step."""

from __future__ import annotations

from dataclasses import replace

import sympy as sp

from derivations.algebra.components import explicit
from derivations.algebra.cubic import CubicRoot
from derivations.algebra.matrices import SINGULAR_VALUE, Singular, SingularTotal
from derivations.algebra.notation import At, H, Rate
from derivations.algebra.symbols import G, U, X, beta, s, t, tau, w
from derivations.algebra.tidy import tidy
from derivations.book.metric_section import metric_section
from derivations.document import (
    Block,
    Document,
    Equation,
    Heading,
    Line,
    Listing,
    Section,
    line,
    prose,
)
from derivations.document.abbreviation import abbreviated, speeds
from derivations.document.model import Cite, Part
from derivations.emit.mathematics.latex import latex
from derivations.emit.mathematics.layout import LETTERS
from derivations.paper.literature import PAPER
from derivations.proofs.proof import Proof, Step
from derivations.step.composition import compose
from derivations.step.rule import Rule
from derivations.step.words import LETTERS as FLOWS
from derivations.step.words import parse
from derivations.system.coordinates import in_coordinates
from derivations.system.energy import Energy
from derivations.system.equations import Equations, hermosis_equations
from derivations.system.flows import Flow, flow
from derivations.system.thermal import ThermalLaw

_STATE = {"w": w, "X": X, "U": U, "beta": beta}
#: Operations from which on a term is not repeated beside its flow.
_LONG = 16
#: The thermal mass as a function of time.
_mass = sp.Function("beta", positive=True)


def derivation(
    name: str,
    energy: Energy,
    law: ThermalLaw,
    rule: Rule,
    reductions: tuple[Proof, ...] = (),
) -> Document:
    """Return the derivation of an optimizer as a document.

    Parameters
    ----------
    name : the name of the Hamiltonian's class.
    energy, law : the terms of H and its thermal profile.
    rule : one step, in the letters that the optimizer uses; a rule without a word is shown as
        it is.
    reductions : proofs of what the optimizer reduces to.

    Raises `NoExactFlowError` for a letter whose term has no exact flow.
    """
    sections = [_hamiltonian(energy), _equations(energy.hamiltonian)]
    sections += [] if energy.metric is None else [metric_section(energy.metric)]
    sections.append(_thermal(law))
    if rule.word:
        sections += [_flows(rule, energy, law), _physical_rule(rule, energy, law)]
    sections.append(_rule(rule))
    if reductions:
        sections.append(_reductions(reductions))
    sections = [_readable(section) for section in sections]
    sections.append(Section("Source code", (Listing(rule.source("numpy")),)))
    note = prose(
        "Derived from its Hamiltonian by the Hermosis equations ", Cite("hermosis"),
        ". The rule that leads to a step stands beside it, and under it what the machine "
        "recomputed. Products and quotients of vectors are elementwise; ", G,
        " is one component of the gradient of the loss.", *_reading(rule),
    )  # fmt: skip
    return Document(name, (note,), tuple(sections), (PAPER,))


def _readable(section: Section) -> Section:
    """Name roots of cubics, once in a section, and parts of formulas that are too wide."""
    blocks: list[Block] = []
    told: set[Line] = set()
    for block in section.blocks:
        if not isinstance(block, Equation):
            blocks.append(block)
            continue
        lines, roots = speeds(block.lines)
        lines, meanings = abbreviated(lines)
        due = tuple(line for line in (*roots, *meanings) if line not in told)
        told |= set(roots)
        blocks.append(replace(block, lines=lines))
        if due:
            blocks.append(Equation(("where",), due))
    return replace(section, blocks=tuple(blocks))


def _reading(rule: Rule) -> tuple[Part, ...]:
    """Say what letters stand for, and how arrays are read as matrices, where they are."""
    singular = Singular(sp.Function("f")(SINGULAR_VALUE), SINGULAR_VALUE, X)
    values = {value for stage in rule.stages for _, value in stage.assignments}
    named = {symbol.name: symbol for value in values for symbol in value.free_symbols}
    letters = [
        part for name in sorted(set(named) & set(LETTERS) - {"count"})
        for part in (", ", named[name], f" is `{name}`")
    ]  # fmt: skip
    meaning = (" In formulas ", *letters[1:], ".") if letters else ()
    if not any(value.has(Singular, SingularTotal) for value in values):
        return meaning
    return (
        *meaning,
        " An array is read as a matrix, its first axis by all others: ", singular,
        " is a component of it with f(σ) in the place of each singular value σ, and 0 for σ = 0.",
    )  # fmt: skip


def _hamiltonian(energy: Energy) -> Section:
    terms = {"K": "kinetic", "V": "potential", "E": "thermal", "S": "shrink"}
    stated = {letter: getattr(energy, term) for letter, term in terms.items()}
    lines = tuple(line(sp.Symbol(letter), term) for letter, term in stated.items() if term != 0)
    return Section(
        "Hamiltonian",
        (
            Equation(("kinetic, potential and thermal energy, as stated",), lines),
            Equation(("their sum",), (line(H, energy.hamiltonian),)),
        ),
    )


def _equations(hamiltonian: sp.Expr) -> Section:
    raw = hermosis_equations(hamiltonian)
    rates = {symbol: getattr(raw, name) for name, symbol in _STATE.items()}
    tidied = tuple(
        Step(f"the short form of d{symbol.name}/dt", "algebra", rate, tidy(rate))
        for symbol, rate in rates.items()
        if tidy(rate) != rate
    )
    return Section(
        "Hermosis equations",
        (
            Equation(
                ("the coupled bracket applied to H",),
                tuple(line(Rate(symbol), tidy(rate)) for symbol, rate in rates.items()),
                (in_coordinates(hamiltonian, 1), in_coordinates(hamiltonian, 2), *tidied),
            ),
        ),
    )


def _thermal(law: ThermalLaw) -> Section:
    mass, later = law.mass, law.mass_after(tau)
    push = law.impulse(tau)
    weight = law.weight.subs(beta, law.mass_after(tau))
    integrand = law.weight.subs(beta, _mass(s))
    return Section(
        "Thermal profile",
        (
            Equation(("the rate at which the thermal mass grows",), (line(Rate(beta), law.rate),)),
            Equation(
                ("its solution",),
                (line(_mass(t), mass),),
                (
                    _step("it solves the equation of β", sp.diff(mass, t), law.rate, mass),
                    _step("it begins at its start", mass.subs(t, 0), law.start, mass),
                ),
            ),
            Equation(
                ("what a step of length τ leaves of the moments",),
                (line(_mass(t) / _mass(t + tau), law.decay(tau)),),
                (_step("the ratio of the masses", law.decay(tau) * later, mass, mass),),
            ),
            Equation(
                ("what a constant gradient adds to them in the step",),
                (line(sp.Integral(integrand, (s, t, t + tau)) / _mass(t + tau), push),),
                (
                    _step("it grows with the weight", sp.diff(push * later, tau), weight, mass),
                    _step("it is zero for no step", push.subs(tau, 0), sp.S.Zero, mass),
                ),
            ),
        ),
    )


def _step(claim: str, left: sp.Expr, right: sp.Expr, mass: sp.Expr) -> Step:
    """A step about β(t), with the solution put in for β."""
    return Step(claim, "put β(t) in", left, right.subs(beta, mass))


def _flows(rule: Rule, energy: Energy, law: ThermalLaw) -> Section:
    letters = dict.fromkeys(letter.letters for letter in parse(rule.word))
    blocks = (_flow(flow(name, energy, law), law) for name in letters)
    return Section("Exact flows", tuple(block for block in blocks if block is not None))


def _flow(moved: Flow, law: ThermalLaw) -> Equation | None:
    after = {symbol: getattr(moved, name) for name, symbol in _STATE.items()}
    lines = tuple(
        line(At(symbol, t + tau), tidy(value.subs(s, tau)))
        for symbol, value in after.items()
        if value != symbol
    )
    if not lines:
        return None
    words = " and ".join(FLOWS[letter] for letter in moved.letters)
    name = f"`{moved.letters}`" if len(moved.letters) == 1 else f"`[{moved.letters}]`"
    if moved.letters == "N":
        return Equation((f"{name} ({words}): fluctuation and dissipation",), lines)
    if moved.letters == "R":
        return Equation((f"{name} ({words}): X is kept where X·∇L > 0",), lines)
    steps = tuple(
        Step(
            "its derivatives in τ are the Hermosis equations of this term",
            "differentiate",
            residual,
            sp.S.Zero,
        )
        for residual in moved.residuals(law)
    )
    long = sp.count_ops(moved.term) > _LONG or moved.term.has(CubicRoot)
    term = "its term of H" if long else moved.term
    return Equation((f"{name} ({words}), the flow of ", term), lines, steps)


def _physical_rule(rule: Rule, energy: Energy, law: ThermalLaw) -> Section:
    physical = compose(rule.word, energy, law, name=rule.name, verify=False)
    blocks: list[Block] = [
        prose("The flows of the word ", f"`{rule.word}`", ", in order, over a step ", tau, ".")
    ]
    blocks += _stages(physical, _first_order(physical, energy, law))
    return Section("Update rule of the word", tuple(blocks))


def _rule(rule: Rule) -> Section:
    count = rule.gradients_per_step
    gradients = f"{count} gradient{'' if count == 1 else 's'} in a step"
    return Section(
        "Update rule as it runs",
        (prose(f"In the letters of the optimizer; {gradients}."), *_stages(rule, ())),
    )


def _stages(rule: Rule, steps: tuple[Step, ...]) -> list[Block]:
    """One equation for each stage; the steps confirm the last, where the whole is known."""
    blocks: list[Block] = []
    for number, stage in enumerate(rule.stages, 1):
        assignments = tuple(Line(z, value, "←") for z, value in stage.assignments)
        place = ", with the gradient taken anew" if stage.evaluates else ""
        last = number == len(rule.stages)
        blocks.append(Equation((f"`{stage.label}`{place}",), assignments, steps if last else ()))
    return blocks


def _first_order(rule: Rule, energy: Energy, law: ThermalLaw) -> tuple[Step, ...]:
    """The step against the equations of the whole H: equal rates at τ = 0, in two dimensions."""
    recording = energy.metric is not None and energy.metric.records
    if recording or any(letter.letters in ("N", "R") for letter in parse(rule.word)):
        return ()  # these move at once, and not by a rate
    moved: dict[sp.Expr, sp.Expr] = {}
    for stage in rule.stages:
        # Not subs: its placeholders are no components, and sums over them would come out wrong.
        moved |= {target: value.xreplace(moved) for target, value in stage.assignments}
    equations: Equations = hermosis_equations(energy.hamiltonian)
    pairs = []
    for symbol, rate in ((w, equations.w), (X, equations.X)):
        step = explicit(moved.get(symbol, symbol), 2, index=0)
        pairs.append((sp.diff(step, tau).subs(tau, 0), explicit(rate.subs(beta, law.mass), 2, 0)))
    left, right = zip(*pairs, strict=True)
    return (
        Step(
            "the whole step begins along the Hermosis equations",
            "derivative in τ at τ = 0, d = 2",
            sp.Matrix(left),
            sp.Matrix(right),
        ),
    )


def _reductions(reductions: tuple[Proof, ...]) -> Section:
    blocks: list[Block] = []
    for proof in reductions:
        blocks += [Heading(proof.name), prose(f"{proof.claim}.")]
        blocks += map(_shown, proof.steps)
    return Section("What it reduces to", tuple(blocks))


def _shown(step: Step) -> Equation:
    """A step of a proof; two sides with the same signs are shown as one."""
    alike = latex(step.left) == latex(step.shown)
    shown = Line(None, step.left, "") if alike else line(step.left, step.shown, step.sign)
    return Equation((f"{step.claim}: {step.rule}",), (shown,), (step,), note="confirmed by machine")
