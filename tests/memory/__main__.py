"""Run machine code beside closed pages: `python -m tests.memory --examples 300`."""

from __future__ import annotations

import argparse
import faulthandler
import os
import sys
import traceback

from hermosis.run.progress import Progress
from tests.memory import draws
from tests.memory.guard import guarded


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.memory", description=__doc__)
    parser.add_argument("--examples", type=int, default=300, help="how many runs are drawn")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    given = parser.parse_args()
    faulthandler.enable()
    made, code = 0, 1
    try:
        with Progress(given.examples, not given.quiet) as line, guarded() as pages:

            def shown() -> None:
                nonlocal made
                made += 1
                line.at(made, 0.0)

            draws.draw(given.examples, shown)
            count = pages.count
        print(f"{made} runs, {count} arrays beside closed pages: nothing was touched beyond them")
        code = 0
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # arrays that are left cannot be given back once Python has ended


if __name__ == "__main__":
    main()
