"""Compares how long `import hermosis` and `import numpy` take; the law is a ratio of at most 1.5.

Run it with `make import-time`. Each import is timed in processes of its own, the two in turn, so
that both meet the same machine.
"""

from __future__ import annotations

import statistics
import subprocess
import sys

LIMIT = 1.5
ROUNDS = 15
CLOCK = """
from time import perf_counter
start = perf_counter()
import {module}
print(perf_counter() - start)
"""


def seconds(module: str) -> float:
    """Return the time that one import takes in a new process."""
    command = [sys.executable, "-c", CLOCK.format(module=module)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def main() -> None:
    """Print both medians and their ratio; fail when the ratio breaks the law."""
    modules = ("numpy", "hermosis")
    for module in modules:
        seconds(module)  # the first import writes byte code
    rounds = [[seconds(module) for module in modules] for _ in range(ROUNDS)]
    numpy, hermosis = (statistics.median(times) for times in zip(*rounds, strict=True))
    print(f"import numpy     {1e3 * numpy:6.1f} ms  (median of {ROUNDS} processes)")
    print(f"import hermosis  {1e3 * hermosis:6.1f} ms")
    print(f"ratio            {hermosis / numpy:6.2f}     (at most {LIMIT})")
    sys.exit(hermosis / numpy > LIMIT)


if __name__ == "__main__":
    main()
