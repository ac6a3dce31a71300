"""A rule in machine code on arrays of a test: as a step, with all its checks, or phase by phase."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np

from derivations.step.rule import Rule
from hermosis.compile.native.executor import NativeExecutor
from hermosis.derive.blueprint import Blueprint
from hermosis.run.optimizer import Optimizer


class Given(Blueprint):
    """A rule that a test wrote down."""

    def __init__(self, rule: Rule) -> None:
        self.given = rule

    @property
    def name(self) -> str:
        return self.given.name

    def key(self) -> None:
        return None

    def rule(self) -> Rule:
        return self.given


def bound(
    rule: Rule, w: np.ndarray, states: list[np.ndarray], numbers: dict[str, Any]
) -> tuple[Optimizer, Any]:
    """An optimizer of a rule, and a state of these arrays."""
    opt = Optimizer(Given(rule), numbers, backend="llvm")
    state = opt.init(w)
    for name, array in zip(opt.program.plan.states, states, strict=True):
        state.arrays[name][0] = array
    return opt, state


def carry_out(
    rule: Rule, w: np.ndarray, states: list[np.ndarray], g: np.ndarray, numbers: Any = None
) -> None:
    """One step, in place."""
    opt, state = bound(rule, w, states, numbers or {})
    opt.step(w, g, state)


def unchecked(rule: Rule, w: np.ndarray, states: list[np.ndarray], g: np.ndarray) -> None:
    """The only phase of a rule, in place, whatever it makes of the numbers."""
    opt, state = bound(rule, w, states, {})
    made = opt.executor(w, state, False)
    assert isinstance(made, NativeExecutor)
    made.table[0] = [array.ctypes.data for array in (w, *states, g)]
    word, pointer = ctypes.c_int64, ctypes.c_void_p
    address = made.kernel.library.address
    factors = ctypes.CFUNCTYPE(word, pointer)(address("factors_1"))
    phase = ctypes.CFUNCTYPE(word, pointer, word, word)(address("phase_1"))
    factors(made.task.ctypes.data)
    phase(made.task.ctypes.data, 0, len(made.jobs))
