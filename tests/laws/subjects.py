"""What compiled sources are tested on: a rule, five steps of it in place, and its source as a map.

A subject is a built-in method or a row of the table of Hamiltonians. Its rate, or the length of
its step, changes from step to step, so that a source that keeps a number for good is found out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import jax.numpy as jnp
import numpy as np
import torch

from derivations.step.rule import Rule
from hermosis.run.optimizer import Optimizer

from . import methods, table
from .methods import METHODS, Row
from .systems import W0, X0
from .table import Case, sourced

STEPS = 5
TAU, HEAT, LOSS = 1 / 16, 0.375, 1.25
#: A matrix, for methods that read arrays as matrices.
MATRIX = np.array([[0.75, -0.5, 0.25], [0.5, 1.0, -0.75]])
#: Units in the last place that each assignment may add, in the size of the largest number.
UNITS = 16
FLOATS = (np.float64, np.float32)
#: Rules that differ in kind: a metric, a sum over all components, gradients in mid-step.
FEW = ("Adam-weight_decay-amsgrad", "VRAdam-weight_decay-exact_decay", "Relativistic-weight_decay")

Arrays = dict[str, Any]
Numbers = dict[str, Any]


@dataclass(frozen=True)
class Run:
    """The start of a run in place, what the hyperparameters were at each step, and the end."""

    start: Arrays
    numbers: list[dict[str, float]]
    end: Arrays


@dataclass(frozen=True)
class Subject:
    """A method with its settings, or a Hamiltonian with profile and word."""

    of: Row | Case

    def __str__(self) -> str:
        return str(self.of)

    @cached_property
    def rule(self) -> Rule:
        """The rule as its step in place has it: with U where there is a ledger."""
        if isinstance(self.of, Case) and not self.of.plan.has_ledger:
            return table.without_ledger(self.of.rule)
        return self.of.rule

    @property
    def names(self) -> list[str]:
        """What a source returns, in order."""
        rule = self.rule
        return ["w", *(x.name for x in (*rule.states, *rule.scalars))]

    @property
    def numbers(self) -> list[str]:
        """The hyperparameters that the rule reads."""
        return [x.name for x in self.rule.parameters]

    @property
    def rate(self) -> str:
        """The hyperparameter that is changed: the learning rate, or the length of a step."""
        return "lr" if "lr" in self.numbers else "tau"

    def map_of(self, backend: str) -> Callable[[Arrays, Numbers], Arrays]:
        """The source of a backend as a function from arrays and numbers to arrays."""
        return mapping(self, sourced(self.rule, backend))

    def run(self, dtype: Any = np.float64, scale: float = 1.0) -> Run:
        """Five steps in place, with the rate on a schedule that begins at `scale` times its own."""
        opt = self._scheduled(scale)
        w = (MATRIX if opt.program.plan.whole else W0).astype(dtype)
        state = opt.init(w)
        ledger = bool(self.rule.scalars)
        if isinstance(self.of, Case):
            state.arrays["X"][0][...] = X0
            state.time, state.scalars["U"] = self.of.cooling.begin, HEAT
        start = self._copied(w, state)
        numbers = []
        for _ in range(STEPS):
            known = opt.values(state) | {"L": LOSS}
            numbers.append({name: float(known[name]) for name in self.numbers})
            if self.rule.gradient_at_start:
                opt.step(w, slope(w), state, LOSS if ledger else None)
            else:
                opt.advance(w, state, lambda point: (LOSS, slope(point)), energies=ledger)
        return Run(start, numbers, self._copied(w, state))

    def _scheduled(self, scale: float) -> Optimizer:
        of = self.of
        opt = of.optimizer(TAU) if isinstance(of, Case) else of.optimizer
        first = scale * opt.hyperparameters[self.rate]
        schedule = {self.rate: lambda step: first / (1 + step / 4)}
        return opt.replaced({**opt.hyperparameters, **schedule})

    def _copied(self, w: np.ndarray, state: Any) -> Arrays:
        known = {"w": w, **state.scalars} | {n: own[0] for n, own in state.arrays.items()}
        return {name: np.array(known[name]) for name in self.names}


def slope(w: Any) -> Any:
    """The gradient of Σw⁴/4 + Σw²/2, in whatever language w is."""
    return w * w * w + w


def mapping(subject: Subject, step: Callable[..., Any]) -> Callable[[Arrays, Numbers], Arrays]:
    """Put a function `step` into the form that maps arrays and numbers to arrays."""
    rule, names = subject.rule, subject.names
    arrays = ["w", *(x.name for x in rule.states)]
    scalars = names[len(arrays) :]

    def moved(now: Arrays, numbers: Numbers) -> Arrays:
        gradient = slope(now["w"]) if rule.gradient_at_start else slope
        given = {name: now[name] for name in scalars} | numbers
        found = step(*(now[name] for name in arrays), gradient, **given)
        return dict(zip(names, found if isinstance(found, tuple) else (found,), strict=True))

    return moved


def on_jax(run: Run) -> Arrays:
    return {name: jnp.asarray(array) for name, array in run.start.items()}


def tensors(arrays: Arrays, device: str = "cpu") -> Arrays:
    return {name: torch.tensor(array, device=device) for name, array in arrays.items()}


def doubles(numbers: Any, device: str = "cpu") -> Arrays:
    return {n: torch.tensor(x, dtype=torch.float64, device=device) for n, x in numbers.items()}


def five_steps(step: Callable[..., Arrays], run: Run, device: str = "cpu") -> Arrays:
    now = tensors(run.start, device)
    for numbers in run.numbers:
        now = step(now, doubles(numbers, device))
    return {name: tensor.cpu() for name, tensor in now.items()}


@contextmanager
def compiled_once(move: Callable[..., Any], backend: str) -> Iterator[Callable[..., Any]]:
    """One graph without a break, and an error where another would be compiled."""
    torch._dynamo.reset()
    with torch._dynamo.config.patch(error_on_recompile=True):
        yield torch.compile(move, fullgraph=True, backend=backend)
    torch._dynamo.reset()


def check(subject: Subject, found: Arrays, due: Arrays, dtype: Any, steps: int = STEPS) -> None:
    """Equal to a few units in the last place in double precision, to 1e−5 in single."""
    count = sum(len(stage.assignments) for stage in subject.rule.stages)
    ulps = UNITS * count * steps * float(np.finfo(np.float64).eps)
    tolerance = ulps if dtype is np.float64 else 1e-5
    assert found.keys() == due.keys()
    for name, array in due.items():
        mine = np.asarray(found[name])
        assert np.all(np.isfinite(array))
        assert mine.shape == array.shape
        if name not in map(str, subject.rule.scalars):
            assert mine.dtype == array.dtype == dtype, name
        scale = max(1.0, float(np.abs(array).max(initial=0.0)))
        assert np.abs(mine - array).max(initial=0.0) <= tolerance * scale, name


def fullest(name: str) -> Row:
    """The row of a method with the most options on."""
    rows = [row for row in methods.PLAIN if row.name == name]
    return max(rows, key=lambda row: sum(bool(value) for _, value in row.settings))


def shortest(hamiltonian: str) -> Case:
    """The case of a Hamiltonian with the shortest word."""
    cases = [case for case in table.SAMPLE if case.hamiltonian == hamiltonian]
    return min(cases, key=lambda case: len(case.scheme.word))


_MASKED = [row for row in methods.WRAPPED if row.name in ("Momentum", "Muon")]
#: The method whose gradient is due in mid-step, which its fullest row is read at.
_MID_STEP = [row for row in methods.PLAIN if str(row) == "Relativistic-weight_decay"]
_SYSTEMS = dict.fromkeys(case.hamiltonian for case in table.SAMPLE)
#: Every method with its options on, two masked ones both ways, and every Hamiltonian with a short
#: word; of the classical one, methods have plenty, and the table only long words.
SAMPLE = [
    *(Subject(fullest(name)) for name in METHODS),
    *(Subject(row) for row in (*_MASKED, *_MID_STEP)),
    *(Subject(shortest(name)) for name in _SYSTEMS if name != "Classical"),
]
PRODUCT = [
    subject
    for row in (*methods.SAMPLE, *methods.PRODUCT, *table.SAMPLE, *table.PRODUCT)
    if (subject := Subject(row)) not in SAMPLE
]


def subject_of(name: str) -> Subject:
    """The subject of the sample with this name."""
    return next(subject for subject in SAMPLE if str(subject) == name)
