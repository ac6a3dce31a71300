"""The same problems and optimizers under benchopt, with its own command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.cell import Cell, execute
from benchmarks.contestants import enlist
from benchmarks.problem import all_problems
from benchmarks.tuning import parameters_at, ranges_of

ROOT = Path(__file__).parents[2]


def test_benchopt_finds_what_the_race_finds(tmp_path):
    folder = tmp_path / "bridge"
    shutil.copytree(ROOT / "benchmarks" / "bridge", folder)
    command = [sys.executable, "-m", "benchopt", "run", str(folder), "-l", "--no-plot", "-r", "1"]
    command += ["-d", "problem[which=booth]", "-s", "optimizer[which=momentum]", "-n", "1000"]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (saved,) = (folder / "outputs").glob("*.parquet")
    curve = pd.read_parquet(saved)["objective_value"]

    problem = all_problems()["booth"]
    ranges = ranges_of(enlist("momentum"), problem)
    chosen = parameters_at(ranges, (0.5,) * len(ranges))
    row = execute(Cell("booth", "momentum", "report", chosen, seed=0, budget=problem.budget))
    assert len(curve) > 5 and curve.is_monotonic_decreasing
    assert curve.iloc[-1] == pytest.approx(row.gap, rel=1e-12)
