"""What a reader needs to run the race again: versions, machine, seeds, ranges, commit, command."""

from __future__ import annotations

import dataclasses
import os
import platform
import shlex
import subprocess
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.engine.plan import Plan
from benchmarks.engine.versions import versions
from benchmarks.problem import Problem

LIBRARIES = (
    "numpy", "scipy", "sympy", "scikit-learn", "mlxtend", "numba", "llvmlite", "matplotlib",
    "joblib", "dask", "pyarrow", "torch", "jax", "optax",
)  # fmt: skip


def manifest(plan: Plan, argv: Sequence[str], at_once: int) -> dict[str, Any]:
    """The facts of a race that begins, as plain data; `at_once` runs are made at a time."""
    return {
        "command": shlex.join(["python", "-m", "benchmarks", *argv]),
        "begun": datetime.now(UTC).isoformat(timespec="seconds"),
        "problems": {p.name: plan.budget_of(p) for p in plan.problems},
        "targets": {p.name: list(p.targets) for p in plan.problems},
        "optimizers": list(plan.specs),
        "seeds": list(plan.report_seeds),
        "tuning_seeds": list(plan.tuning_seeds),
        "tuning_trials": plan.trials,
        "tuning_rounds": [turn._asdict() for turn in plan.search.rounds(plan.trials)],
        "ranges": {p.name: {s: _ranges(plan, s, p) for s in plan.specs} for p in plan.problems},
        "versions": versions(LIBRARIES),
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processor": processor(),
            "cores": os.cpu_count(),
            "runs at once": at_once,
        },
        "commit": commit(),
    }


def _ranges(plan: Plan, spec: str, problem: Problem) -> dict[str, Any]:
    searched = plan.ranges_of(spec, problem)
    return {name: dataclasses.asdict(each) for name, each in searched.items()}


def processor() -> str:
    """Return what the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def commit() -> str:
    """The checkout's commit, marked when files differ from it; empty outside a checkout."""
    here = Path(__file__).parent

    # Without its optional locks: a race that is killed just then must not leave one behind.
    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "--no-optional-locks", *words],
            cwd=here,
            capture_output=True,
            text=True,
            check=False,
            timeout=20,
        )
        return done.stdout.strip() if done.returncode == 0 else ""

    try:
        commit = git("rev-parse", "HEAD")
        return f"{commit} with changes" if commit and git("status", "--porcelain") else commit
    except (OSError, subprocess.TimeoutExpired):
        return ""
