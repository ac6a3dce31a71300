"""The same grid on a Dask cluster of two processes: the same results, whatever is killed."""

from __future__ import annotations

import os
import signal
import sys
from collections import Counter
from dataclasses import replace

import pytest

from benchmarks.__main__ import main
from benchmarks.engine.cell import Cell
from benchmarks.engine.cluster import Cluster, parcel, run_there
from benchmarks.engine.race import race
from benchmarks.engine.runner import Runner
from benchmarks.engine.store import Store
from benchmarks.errors import ClusterError

distributed = pytest.importorskip("distributed")

LOGS = '''import time

class Mine(hm.Hamiltonian):
    """Writes down that it was run."""

    def optimizer(self, lr, momentum):
        with open({log!r}, "a", encoding="utf-8") as log:
            log.write(f"{{lr!r}} {{momentum!r}}\\n")
        time.sleep(0.02)
        return super().optimizer(lr=lr, momentum=momentum)'''


@pytest.fixture(scope="module")
def workers():
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
    ) as cluster:
        yield cluster


@pytest.fixture
def place(workers):
    with Cluster(workers.scheduler_address) as place:
        yield place


@pytest.mark.parametrize("problems", [("booth", "quadratic")])
def test_a_cluster_gives_the_same_results(small, problems, runner, place, tmp_path, untimed):
    plan = small(problems=problems, trials=8)
    alone = list(race(plan, runner))
    together = list(race(plan, Runner(Store(tmp_path / "there"), place)))
    assert place.at_once == 2
    assert untimed(together, plan) == untimed(alone, plan)


def test_a_killed_worker_costs_only_its_cells(
    small, user_file, runner, workers, place, tmp_path, untimed
):
    log = tmp_path / "log"
    spec = user_file(LOGS.format(log=str(log)))
    plan = small(specs=(spec,), problems=("booth",), trials=48)
    alone = list(race(plan, runner))
    log.unlink()

    there = Runner(Store(tmp_path / "there"), place)
    rows, known = [], []
    for row in race(plan, there):
        rows.append(row)
        if len(rows) == 20:
            known = list(rows)
            nanny = next(iter(workers.workers.values()))
            os.kill(nanny.process.process.pid, signal.SIGKILL)
    assert untimed(rows, plan) == untimed(alone, plan) and there.notices == []

    times = Counter(log.read_text(encoding="utf-8").splitlines())
    done_once = [f"{r.parameters['lr']!r} {r.parameters['momentum']!r}" for r in known]
    assert {times[run] for run in done_once} == {1}
    assert sum(times.values()) - len(rows) <= 6  # of the 30 left, what the worker had been given


def test_a_users_file_travels_with_its_cells(user_file, tmp_path):
    spec = user_file("class Mine(hm.Hamiltonian):\n    size: float = 1.0")
    cell = Cell("booth", spec, "report", (("lr", 1e-3), ("momentum", 0.9)), 0, 5)
    sent = parcel(cell)
    (tmp_path / "mine.py").unlink()
    finished = run_there(replace(sent, cell=replace(cell, spec=f"/elsewhere/{spec}")))
    assert finished.row.status == "ok" and finished.row.optimizer == "Mine"


def test_a_worker_with_other_code_is_refused():
    cell = Cell("booth", "momentum", "report", (("lr", 1e-3), ("momentum", 0.9)), 0, 5)
    with pytest.raises(ClusterError, match="other code than this machine for momentum on booth"):
        run_there(replace(parcel(cell), key="another"))


def test_workers_that_cannot_import_the_benchmarks_are_refused(workers, monkeypatch):
    monkeypatch.setattr("benchmarks.engine.cluster.ENTRY", "benchmarks_of_another_kind:none")
    with pytest.raises(ClusterError, match="cannot import the benchmarks.*in a checkout"):
        Cluster(workers.scheduler_address)


def test_a_scheduler_without_workers_is_refused(monkeypatch):
    monkeypatch.setattr("benchmarks.engine.cluster.PATIENCE", 1)
    words = "has no workers; start some.*dask worker tcp://"
    with (
        distributed.LocalCluster(n_workers=0, dashboard_address=":0") as nobody,
        pytest.raises(ClusterError, match=words),
    ):
        Cluster(nobody.scheduler_address)


def test_a_scheduler_that_goes_away_is_told_in_words(small, tmp_path, monkeypatch):
    monkeypatch.setattr("benchmarks.engine.cluster.PATIENCE", 3)
    plan = small(problems=("booth",), trials=60)
    with (
        distributed.LocalCluster(
            n_workers=1, threads_per_worker=1, dashboard_address=":0"
        ) as cluster,
        Cluster(cluster.scheduler_address) as place,
    ):
        rows = race(plan, Runner(Store(tmp_path / "there"), place))
        kept = [next(rows) for _ in range(3)]
        cluster.close()
        with pytest.raises(ClusterError, match="the Dask scheduler is gone.*run the same command"):
            kept += rows
    assert len(list(tmp_path.glob("there/*/*.json"))) >= len(kept) >= 3


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://1", "here"])
def test_a_wrong_address_is_answered_in_words(address, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.engine.cluster.PATIENCE", 1)
    assert main(["booth", "--dask", address, "-o", str(tmp_path)]) == 2
    assert f"ClusterError: no Dask scheduler answers at '{address}'" in capsys.readouterr().err


def test_without_its_library_the_extra_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(["booth", "--dask", "tcp://127.0.0.1:9", "-o", str(tmp_path)]) == 2
    assert "pip install 'hermosis[bench,cluster]'" in capsys.readouterr().err
