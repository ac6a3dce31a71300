"""The same number of threads for everybody, and no more processors than threads."""

from __future__ import annotations

import contextlib
import importlib
import os
from collections.abc import Iterator

VARIABLES = ("HERMOSIS_NUM_THREADS", "OMP_NUM_THREADS", "NUMBA_NUM_THREADS", "PJRT_NPROC", "NPROC")
"""Read by the libraries when they are first imported, and by every process that is started."""


def settle(threads: int) -> None:
    """Set the threads of libraries that are not imported yet, and of processes to come.

    Where the system allows it, the process keeps to that many processors.
    """
    for variable in VARIABLES:
        os.environ[variable] = str(threads)
    if hasattr(os, "sched_setaffinity"):
        allowed = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, allowed[:threads])


@contextlib.contextmanager
def blas(threads: int) -> Iterator[None]:
    """Hold NumPy's linear algebra, which is imported already, to that many threads."""
    try:
        limits = importlib.import_module("threadpoolctl").threadpool_limits
    except ImportError:
        yield
        return
    with limits(threads):
        yield
