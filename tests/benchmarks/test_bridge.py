"""The same problems and optimizers under benchopt, with its own command."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from benchmarks.engine.cell import Cell, execute
from benchmarks.engine.contestants import enlist
from benchmarks.engine.tuning import parameters_at, ranges_of
from benchmarks.problem import all_problems

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["booth", "noisy-quadratic-isotropic"])
def test_benchopt_finds_what_the_race_finds(name, tmp_path):
    """The best point; the latest one, where gradients are noisy."""
    folder = tmp_path / "bridge"
    shutil.copytree(ROOT / "benchmarks" / "bridge", folder)
    command = [sys.executable, "-m", "benchopt", "run", str(folder), "-l", "--no-plot", "-r", "1"]
    command += ["-d", f"problem[which={name}]", "-s", "optimizer[which=momentum]", "-n", "1000"]
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

    problem = all_problems()[name]
    ranges = ranges_of(enlist("momentum"), problem)
    chosen = parameters_at(ranges, (0.5,) * len(ranges))
    row = execute(Cell(name, "momentum", "report", chosen, seed=0, budget=problem.budget))
    due = problem.gap(row.last_loss) if problem.noisy else row.gap
    assert len(curve) > 5 and curve.is_monotonic_decreasing != problem.noisy
    assert curve.iloc[-1] == pytest.approx(due, rel=1e-12)
