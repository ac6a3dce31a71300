"""How a command ends: its status, and one line instead of a traceback."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from benchmarks.errors import RaceError

REFUSED, INTERRUPTED, CLOSED = 2, 130, 141


def status_of(work: Callable[[], int]) -> int:
    """Do the work, and return its status.

    It is 2 for a request that cannot be met, 130 after Ctrl-C, 141 where nobody reads the output
    any more.
    """
    try:
        status = work()
        sys.stdout.flush()
        return status
    except RaceError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("\nInterrupted.", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # who read the table has seen enough; Python must not try to flush it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return CLOSED
