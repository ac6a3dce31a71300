"""The same cells on the workers of a Dask cluster.

Workers need the checkout and nothing else: no disk is shared. A user's file travels with each of
its cells, and what a worker sends back is written here.
"""

from __future__ import annotations

import asyncio
import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from pkgutil import resolve_name
from threading import Lock
from typing import Any, final

from benchmarks.engine.cell import Cell, execute
from benchmarks.engine.extras import extra
from benchmarks.engine.places import Place
from benchmarks.engine.pool import Finished, Pool, keep
from benchmarks.engine.store import Store, key
from benchmarks.engine.user import is_path, texts
from benchmarks.errors import ClusterError

ENTRY = f"{__name__}:run_there"
PATIENCE = 10
"""Seconds to wait for the scheduler, and for its first worker."""

_one_at_a_time = Lock()
"""Cells that share a process would share its clock: a worker's threads take turns."""


@final
class Cluster(Place):
    """The workers of a Dask scheduler that is running.

    Raises `ClusterError` if it does not answer, has no workers, or they cannot run cells.
    """

    def __init__(self, address: str) -> None:
        distributed = extra("distributed")
        try:
            asyncio.run(_reached(address))
            self._client = distributed.Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"no Dask scheduler answers at {address!r} ({error}); give the address that "
                "'dask scheduler' prints, such as tcp://192.0.2.1:8786."
            ) from error
        try:
            self._at_once = self._ask_the_workers(address)
        except BaseException:
            self.close()
            raise
        settings = {"backend": "dask", "client": self._client}
        self._pool = Pool(settings, -1, distributed.scheduler.KilledWorker)

    def _ask_the_workers(self, address: str) -> int:
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            raise ClusterError(
                f"the Dask scheduler at {address!r} has no workers; start some, in a checkout of "
                f"the same commit: dask worker {address} --nthreads 1"
            ) from error
        found = self._client.run(resolve_name, ENTRY, on_error="return")
        for worker, answer in found.items():
            if isinstance(answer, Exception):
                raise ClusterError(
                    f"the worker {worker} cannot import the benchmarks ({answer}); start workers "
                    "in a checkout of the same commit, or with it on PYTHONPATH, in an environment "
                    "with hermosis[bench,cluster]."
                )
        return len(found)

    @property
    def at_once(self) -> int:
        return self._at_once

    def run(self, cells: Sequence[Cell], store: Store) -> Iterator[Finished]:
        later = extra("joblib").delayed(run_there)
        cancelled = extra("distributed.client").FutureCancelledError
        try:
            for finished in self._pool.run(lambda cell: later(parcel(cell)), cells, store):
                yield finished if finished.unkept else keep(finished.cell, finished.row, store)
        except (cancelled, OSError) as error:
            raise ClusterError(
                f"the Dask scheduler is gone ({error}); start it again, and run the same command: "
                "finished runs are kept."
            ) from error

    def close(self) -> None:
        self._client.close()


async def _reached(address: str) -> None:
    """Connect once: a client that fails to would go on trying in the background."""
    settings = extra("distributed").Security().get_connection_args("client")
    comm = await extra("distributed.comm").connect(address, timeout=PATIENCE, **settings)
    await comm.close()


@dataclass(frozen=True)
class Parcel:
    """A cell with what another machine needs to know of it."""

    cell: Cell
    key: str
    """Names everything that determines the result; the worker's must be the same."""
    text: str
    """The user's file, for a `path.py:Class`."""


def parcel(cell: Cell) -> Parcel:
    """What to send for a cell."""
    return Parcel(cell, key(cell), _alone(cell.spec) if is_path(cell.spec) else "")


@cache
def _alone(spec: str) -> str:
    """The text of a user's file; raises `ClusterError` if it needs others beside it."""
    text, *beside = texts(Path(spec.rpartition(":")[0])).items()
    if beside:
        raise ClusterError(
            f"{spec} imports {', '.join(Path(path).name for path, _ in beside)} from its own "
            "folder, which does not travel to a cluster; put all that it needs into one file, or "
            "install it on the workers."
        )
    return text[1]


def run_there(sent: Parcel) -> Finished:
    """Run a cell on a worker; raises `ClusterError` where its result would be another one."""
    _one_thread_for_libraries()
    cell = replace(sent.cell, spec=_here(sent.cell.spec, sent.text)) if sent.text else sent.cell
    if key(cell) != sent.key:
        raise ClusterError(
            f"a worker has other code than this machine for {cell.spec} on {cell.problem}; start "
            "all workers in a checkout of the same commit, with the same versions of NumPy, SciPy, "
            "Numba and scikit-learn."
        )
    with _one_at_a_time:
        return Finished(sent.cell, execute(cell))


@cache
def _here(spec: str, text: str) -> str:
    """The user's file written down on this worker, and the word that names the class in it."""
    path, _, name = spec.rpartition(":")
    digest = hashlib.sha256(text.encode()).hexdigest()[:16]
    folder = Path(tempfile.mkdtemp(prefix=f"hermosis-{digest}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    copy = folder / Path(path).name
    copy.write_text(text, encoding="utf-8")
    return f"{copy}:{name}"


@cache
def _one_thread_for_libraries() -> Any:
    return extra("threadpoolctl").threadpool_limits(1)
