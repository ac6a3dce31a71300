"""Update rules: ordered assignments, with the places at which gradients are taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import sympy as sp

from derivations.algebra.components import Total, is_component
from derivations.algebra.symbols import Component, G, Noise, X, parameter, w
from derivations.algebra.tidy import tidy
from derivations.algebra.values import written
from derivations.emit.mathematics.latex import latex
from derivations.errors import DerivationError


@dataclass(frozen=True)
class Stage:
    """Assignments that happen at once: every right-hand side reads the values before the stage.

    `evaluates` says that the gradient is taken anew at w before the stage; `label` is the letters
    of the word that the stage carries out.
    """

    label: str
    assignments: tuple[tuple[sp.Symbol, sp.Expr], ...]
    evaluates: bool = False

    @property
    def reads_gradient(self) -> bool:
        """Whether a right-hand side contains the gradient."""
        return any(value.has(G) for _, value in self.assignments)

    @property
    def targets(self) -> tuple[sp.Symbol, ...]:
        """The symbols that the stage assigns to."""
        return tuple(target for target, _ in self.assignments)


@dataclass(frozen=True)
class Rule:
    """One step of an optimizer: stages in order.

    Parameters
    ----------
    name : what the step is called in the sources that it is written to.
    stages : the assignments, in order.
    word : the word it was composed from; empty for a textbook rule.

    `source(backend)` writes it as NumPy, Numba, JAX or PyTorch code, `latex()` as formulas.
    """

    name: str
    stages: tuple[Stage, ...]
    word: str = ""

    @property
    def states(self) -> tuple[sp.Symbol, ...]:
        """The arrays that the step carries besides w: X first, then others by name."""
        found = {sym for stage in self.stages for sym in _components(stage)} - {w, G}
        own = found - set(self.noises)
        return tuple(sorted(own, key=lambda symbol: (symbol != X, symbol.name)))

    @property
    def noises(self) -> tuple[sp.Symbol, ...]:
        """The arrays of normal random numbers that one step reads, each anew."""
        found = {sym for stage in self.stages for sym in _components(stage)}
        return tuple(sorted((x for x in found if isinstance(x, Noise)), key=str))

    @property
    def scalars(self) -> tuple[sp.Symbol, ...]:
        """The scalar states, such as the internal energy U."""
        found = {target for stage in self.stages for target in stage.targets}
        return tuple(sorted((x for x in found if not isinstance(x, Component)), key=str))

    @property
    def parameters(self) -> tuple[sp.Symbol, ...]:
        """The hyperparameters, and the time t where a right-hand side depends on it."""
        found = set().union(
            *(v.free_symbols for stage in self.stages for _, v in stage.assignments)
        )
        own = {x for x in found if not isinstance(x, Component)} - set(self.scalars)
        return tuple(sorted(own, key=lambda symbol: symbol.name))

    @property
    def gradient_at_start(self) -> bool:
        """Whether the gradient at the weights before the step is all that the step needs."""
        return not any(stage.evaluates for stage in self.stages)

    @property
    def starts_with_gradient(self) -> bool:
        """Whether the step uses the gradient at the weights before it."""
        first = next((stage for stage in self.stages if stage.reads_gradient), None)
        return first is not None and not first.evaluates

    @property
    def gradients_per_step(self) -> int:
        """How many gradients a long run evaluates for each step.

        A gradient at the weights where a step ends serves the next step as well.
        """
        fresh = [index for index, stage in enumerate(self.stages) if stage.evaluates]
        if not fresh:
            return int(self.starts_with_gradient)
        return len(fresh) + int(self.starts_with_gradient and not self.ends_with_gradient)

    @property
    def ends_with_gradient(self) -> bool:
        """Whether the last gradient of a step is that of the weights at its end."""
        fresh = [index for index, stage in enumerate(self.stages) if stage.evaluates]
        return bool(fresh) and not any(w in stage.targets for stage in self.stages[fresh[-1] :])

    def subs(self, values: dict[sp.Expr, sp.Expr]) -> Rule:
        """Replace symbols in every right-hand side, and tidy the results."""
        stages = (
            replace(
                stage,
                assignments=tuple(
                    (target, written(target, value.xreplace(values)))
                    for target, value in stage.assignments
                ),
            )
            for stage in self.stages
        )
        return replace(self, stages=compact(stages))

    def with_arrays(self, names: Iterable[str]) -> Rule:
        """Let parameters have a number for each component, as states that no stage moves.

        Raises `DerivationError` for one that a number of the whole system is made with.
        """
        own = {parameter(name): Component(name, nonnegative=True) for name in names}

        def with_own(target: sp.Symbol, value: sp.Expr) -> sp.Expr:
            found = [x for x in own if value.has(x)]
            if found and not isinstance(target, Component):
                raise DerivationError(
                    f"the step moves {target}, one number, by {found[0]}, which has one for each "
                    "component; give one number"
                )
            return value.xreplace(own)

        stages = (
            replace(stage, assignments=tuple((x, with_own(x, v)) for x, v in stage.assignments))
            for stage in self.stages
        )
        return replace(self, stages=tuple(stages))

    def from_gradient_point(self) -> Rule:
        """Begin and end the step where its gradient is taken, so that it needs no other.

        The stages before the evaluation move to the end: the same sequence of points, read at
        the gradient point. Refused for a rule with more than one gradient.
        """
        fresh = [index for index, stage in enumerate(self.stages) if stage.evaluates]
        if not fresh:
            return self
        if len(fresh) > 1 or self.starts_with_gradient:
            raise DerivationError(
                f"the word {self.word!r} takes {len(fresh) + self.starts_with_gradient} gradients "
                "in a step; only a step with one gradient can begin at its gradient point"
            )
        cut = fresh[0]
        kick = replace(self.stages[cut], evaluates=False)
        stages = _merged((kick, *self.stages[cut + 1 :], *self.stages[:cut]))
        return replace(self, stages=compact(stages))

    def one_stage(self) -> dict[sp.Symbol, sp.Expr]:
        """Return the whole step as one map of the old state, with a single gradient symbol."""
        now: dict[sp.Symbol, sp.Expr] = {}
        for stage in self.stages:
            values = {target: value.xreplace(now) for target, value in stage.assignments}
            now.update(values)
        return now

    def forgetful(self) -> Rule:
        """Drop the states whose old values a step does not read."""
        whole = self.one_stage()
        read = set().union(*(value.free_symbols for value in whole.values()))
        kept = {x: tidy(value) for x, value in whole.items() if x == w or x in read}
        return replace(self, stages=(Stage(self.word, tuple(kept.items())),))

    def at_once(self) -> Rule:
        """Write the step as one simultaneous assignment, where it can be said more simply so."""
        whole = {x: shortened(value) for x, value in self.one_stage().items()}
        stage = Stage(self.word, tuple(whole.items()))
        return replace(self, stages=compact((stage,)))

    def latex(self) -> str:
        r"""Return the assignments, in order, as one LaTeX `aligned` block."""
        rows = []
        for stage in self.stages:
            if stage.evaluates:
                rows.append(rf"{latex(G)} &\leftarrow {latex(G)}(\mathbf{{w}})")
            rows += [
                rf"{latex(target)} &\leftarrow {latex(value)}"
                for target, value in stage.assignments
            ]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def mathml(self) -> str:
        """Return the assignments, in order, as one MathML element that a browser shows."""
        from derivations.emit.mathematics.mathml import mathml

        def row(left: str, right: str) -> str:
            return f"<mtr><mtd>{left}</mtd><mtd><mo>←</mo></mtd><mtd>{right}</mtd></mtr>"

        rows = []
        for stage in self.stages:
            if stage.evaluates:
                rows.append(row(mathml(G), f"{mathml(G)}<mo>(</mo><mi>w</mi><mo>)</mo>"))
            rows += [row(mathml(target), mathml(value)) for target, value in stage.assignments]
        return f'<math display="block"><mtable>{"".join(rows)}</mtable></math>'

    def source(self, backend: str = "numpy") -> str:
        """Write the step as source code for `numpy`, `numba`, `jax` or `torch`."""
        from derivations.emit import source

        return source(self, backend)

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def textbook(name: str, *stages: tuple[str, dict[sp.Symbol, sp.Expr]]) -> Rule:
    """Build a rule from assignments written down by hand, one stage for each pair."""
    return Rule(name, tuple(Stage(label, tuple(values.items())) for label, values in stages))


def shortened(value: sp.Expr) -> sp.Expr:
    """Write a composed value shortly: by components, and by sums over them where it has some."""
    if not value.has(Total):
        return tidy(expanded_inside(value))
    return sp.Add(*(expanded_inside(term) for term in sp.Add.make_args(value)))


def expanded_inside(expr: sp.Expr) -> sp.Expr:
    """Multiply out what functions, powers and products are made of, by components and sums."""
    if not expr.args:
        return expr
    inner = [expanded_inside(part) for part in expr.args]
    if isinstance(expr, (sp.Function, sp.Pow, sp.Mul)):
        inner = [_collected(sp.expand(part)) if part.is_Add else part for part in inner]
    return expr.func(*inner)


def _collected(expr: sp.Expr) -> sp.Expr:
    """Write one factor for each component, or for each sum over components."""
    sums = sorted(expr.atoms(Total), key=sp.default_sort_key)
    if sums:
        return sp.collect(expr, sums, sp.factor)
    parts = sorted((x for x in expr.free_symbols if isinstance(x, Component)), key=str)
    return sp.collect(expr, parts)


def _components(stage: Stage) -> set[sp.Symbol]:
    inside = set().union(*(value.free_symbols for _, value in stage.assignments))
    return {x for x in inside | set(stage.targets) if isinstance(x, Component)}


def compact(stages: Iterable[Stage]) -> tuple[Stage, ...]:
    """Drop assignments of a symbol to itself, and stages that do nothing."""
    kept = []
    for stage in stages:
        own = tuple((target, value) for target, value in stage.assignments if value != target)
        if own:
            kept.append(replace(stage, assignments=own))
    return tuple(kept)


def _merged(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
    """Join neighbours where substituting one into the other is no more work than both."""
    joined: list[Stage] = []
    for stage in stages:
        union = _joined(joined[-1], stage) if joined else None
        if union is None:
            joined.append(stage)
        else:
            joined[-1] = union
    return tuple(joined)


def _joined(first: Stage, second: Stage) -> Stage | None:
    if second.evaluates or not set(first.targets) & set(second.targets):
        return None
    before = dict(first.assignments)
    values = dict(before)
    for target, value in second.assignments:
        if value.has(Total) or not is_component(target):
            return None
        values[target] = tidy(sp.expand(value.xreplace(before)))
    union = Stage(f"{first.label} {second.label}", tuple(values.items()), first.evaluates)
    work = sum(sp.count_ops(v) for st in (first, second) for _, v in st.assignments)
    return union if sum(sp.count_ops(v) for _, v in union.assignments) <= work else None
