"""Processes that are killed while they run a cell, and files that cannot be read."""

from __future__ import annotations

from benchmarks.engine.places import Processes
from benchmarks.engine.race import race
from benchmarks.engine.runner import Runner
from benchmarks.engine.store import Store

KILLS = '''import os
import signal

class Mine(hm.Hamiltonian):
    """Takes its process down when its momentum is large."""

    def optimizer(self, lr, momentum):
        if momentum > 0.95:
            os.kill(os.getpid(), signal.SIGKILL)
        return super().optimizer(lr=lr, momentum=momentum)'''


def test_a_cell_that_kills_its_process_is_a_failed_run_and_the_rest_goes_on(
    small, user_file, tmp_path
):
    spec = user_file(KILLS)
    plan = small(specs=(spec, "scipy:BFGS"), problems=("booth",), trials=8)
    runner = Runner(Store(tmp_path / "cells"), Processes(2))
    rows = list(race(plan, runner))
    fatal = [row for row in rows if row.parameters.get("momentum", 0.0) > 0.95]
    others = [row for row in rows if row not in fatal]
    assert fatal and {row.status for row in others} <= {"ok", "diverged"}
    assert {(row.optimizer, row.status, row.gradients) for row in fatal} == {("Mine", "raised", 0)}
    assert all("was killed, twice" in row.message for row in fatal)
    assert len([row for row in rows if row.stage == "report"]) == 4
    assert len(runner.notices) == 1 and "a race continued tries it again" in runner.notices[0]
    assert len(list(tmp_path.glob("cells/*/*.json"))) == len(others)


def test_an_unreadable_file_is_told_in_the_report_and_its_run_is_done_again(plan, runner):
    first = list(race(plan, runner))
    path = sorted(runner.store.folder.glob("*/*.json"))[0]
    path.write_bytes(b"\xff")
    again = Runner(runner.store)
    assert len(list(race(plan, again))) == len(first)
    assert [notice.partition(" ")[0] for notice in again.notices] == [path.name]
    assert "the run is done again" in again.notices[0] and path.exists()
