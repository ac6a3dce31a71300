"""The command: `python -m benchmarks.speed`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benchmarks.engine.arguments import positive
from benchmarks.engine.exits import INTERRUPTED
from benchmarks.speed.parts import PARTS
from benchmarks.speed.plan import Plan, cores
from benchmarks.speed.run import run
from benchmarks.speed.tables import summary
from benchmarks.speed.threads import settle

REPEATS, QUICK_REPEATS = 11, 5


def main(argv: Sequence[str] | None = None) -> int:
    """Measure as `argv` says. Returns 0 when finished, 130 after Ctrl-C."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    asked = _parser().parse_args(arguments)
    settle(asked.threads)
    plan = Plan(
        parts=tuple(part for part in PARTS if not asked.only or part in asked.only),
        repeats=asked.repeats or (QUICK_REPEATS if asked.quick else REPEATS),
        threads=asked.threads,
        quick=asked.quick,
    )
    folder = Path(asked.output)
    try:
        rows = run(plan, folder, arguments)
    except KeyboardInterrupt:
        print("\nInterrupted. The same command continues where it stopped.", file=sys.stderr)
        return INTERRUPTED
    print(summary(rows))
    print(f"\nThe page: {folder / 'speed.md'}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.speed",
        description="Time a step against PyTorch, optax, NumPy by hand and the memory.",
    )
    parser.add_argument(
        "--only", nargs="+", choices=tuple(PARTS), metavar="PART", help=f"of: {', '.join(PARTS)}"
    )
    parser.add_argument("--quick", action="store_true", help="sizes up to 100,000, fewer repeats")
    parser.add_argument("--repeats", type=positive, metavar="N", help=f"rounds ({REPEATS})")
    parser.add_argument(
        "--threads", type=positive, metavar="N", default=cores(), help="of every library (all)"
    )
    parser.add_argument(
        "-o", "--output", metavar="DIR", default="report/speed", help="folder (report/speed)"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
