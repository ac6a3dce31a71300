"""Part `start`: from the start of Python to the first finished step, in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.row import OK, Row, timed
from benchmarks.speed.stolen import undisturbed

N = 1_000
OURS = """
import sys, time
import numpy as np
import hermosis as hm
w = np.ones({n})
opt = hm.optimizers.{method}(lr=0.1{backend})
state = opt.init(w)
opt.step(w, np.ones({n}), state)
print(time.monotonic(), "sympy" in sys.modules)
"""
BY_HAND = """
import sys, time
import numpy as np
w, g, X = np.ones({n}), np.ones({n}), np.zeros({n})
X *= 0.9
X += g
w -= 0.1 * X
print(time.monotonic(), "sympy" in sys.modules)
"""


@dataclass(frozen=True)
class Program:
    """A script, run once in a new cache folder and once more in the same one."""

    name: str
    script: str
    backend: str = ""


PROGRAMS = (
    Program("hermosis", OURS),
    Program("hermosis, NumPy backend", OURS, ', backend="numpy"'),
    Program("NumPy by hand", BY_HAND),
)
PROCESSES = ("first", "second")
METHODS = {"momentum": "Momentum", "Adam": "Adam"}


@dataclass
class _Clocked:
    """The samples of one program as one of its two processes."""

    status: str = OK
    samples: list[float] = field(default_factory=list)


def cases(plan: Plan) -> list[Case]:
    """One comparison for each method."""
    return [
        Case("start", method, "float64", N, _measure(plan, method)) for method in plan.of(*METHODS)
    ]


def _measure(plan: Plan, method: str) -> Callable[[], list[Row]]:
    def measure() -> list[Row]:
        row = Row("start", method, "float64", N, "", plan.threads)
        return compare(row, METHODS[method], plan.few(), PROGRAMS)

    return measure


def compare(row: Row, method: str, repeats: int, programs: tuple[Program, ...]) -> list[Row]:
    """Rounds over the programs, each with a folder of its own for its two processes."""
    clocks = {(p.name, process): _Clocked() for p in programs for process in PROCESSES}
    with tempfile.TemporaryDirectory(prefix="hermosis-bytecode-") as bytecode:
        for program in programs:  # byte code is written once, as an installer does
            _pair(program, method, bytecode)
        for _ in range(repeats):
            for program in programs:
                pair = undisturbed(partial(_pair, program, method, bytecode))
                for process, (seconds, status) in zip(PROCESSES, pair, strict=True):
                    clock = clocks[program.name, process]
                    clock.samples.append(seconds)
                    clock.status = status if clock.status == OK else clock.status
    return [
        _result(replace(row, contestant=f"{name}, {process} process", status=clock.status), clock)
        for (name, process), clock in clocks.items()
    ]


def _result(row: Row, clock: _Clocked) -> Row:
    return timed(row, clock.samples) if row.status == OK else row


def _pair(program: Program, method: str, bytecode: str) -> list[tuple[float, str]]:
    script = program.script.format(n=N, method=method, backend=program.backend)
    with tempfile.TemporaryDirectory(prefix="hermosis-start-") as folder:
        own = {"HERMOSIS_CACHE": folder, "PYTHONPYCACHEPREFIX": bytecode}
        first, (seconds, symbolic, status) = _process(script, own), _process(script, own)
    if status == OK and symbolic:
        status = "imported SymPy, though everything was derived before"
    return [(first[0], first[2]), (seconds, status)]


def _process(script: str, own: dict[str, str]) -> tuple[float, bool, str]:
    """How long it took, whether it imported SymPy, and its status."""
    environment = {**os.environ, **own}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False,
        env=environment,
    )  # fmt: skip
    if done.returncode != 0:
        last = (done.stderr.strip().splitlines() or ["no message"])[-1]
        return 0.0, False, f"raised {last[:200]}"
    finished, symbolic = done.stdout.split()
    return float(finished) - begun, symbolic == "True", OK
