"""`hermosis race compare A B`: two races side by side, as a table and as a page."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from benchmarks.engine.store import write
from benchmarks.errors import StorageError, UnreadableResults
from benchmarks.report.compare_page import compare_page
from benchmarks.report.comparison import Pair, differences, log_ratio, pairs
from benchmarks.report.read import read_facts, read_rows, told
from benchmarks.report.summary import number, signed, whole
from benchmarks.report.table import aligned


def main(argv: Sequence[str]) -> int:
    """Compare the two folders in `argv`; raises `UnreadableResults` for what is no race."""
    asked = _parser().parse_args(argv)
    first, second = Path(asked.first), Path(asked.second)
    found = pairs(read_rows(first), read_rows(second))
    if not found:
        raise UnreadableResults(
            f"{first} and {second} have no method on any problem in common: nothing to compare."
        )
    facts = differences(read_facts(first), read_facts(second))
    for folder in (first, second):
        for notice in told(folder):
            print(f"{folder}: {notice}", file=sys.stderr)
    print(_table(found))
    print(f"\n{counted(found)}")
    for name, (ours, theirs) in facts.items():
        print(f"  {name}: {ours or 'not told'} | {theirs or 'not told'}")
    path = Path(asked.output)
    try:
        write(path, compare_page(str(first), str(second), found, facts, counted(found)))
    except OSError as error:
        raise StorageError(
            f"the page cannot be written to {path} ({error.strerror}); give the name of a file "
            "that can be, such as -o compare.html."
        ) from error
    print(f"\nThe page: {path}")
    return 0


def counted(found: Sequence[Pair]) -> str:
    """How many pairs each race is better on, in a sentence."""
    verdicts = Counter(pair.verdict for pair in found)
    return (
        f"Of {len(found)} pairs of a method and a problem, A ended lower on {verdicts['A']}, "
        f"B on {verdicts['B']}; on {verdicts['undecided']} the seeds cannot tell, and "
        f"{verdicts['same']} are the same to the last digit."
    )


def _table(found: Sequence[Pair]) -> str:
    head = ["problem", "optimizer", "gap A", "gap B", "log₁₀ B/A", "95 % interval", "lower"]
    head += ["grads A", "grads B", "log₁₀ B/A"]
    body = [
        [
            pair.problem,
            pair.optimizer,
            *(number(gap) for gap in pair.gaps),
            signed(pair.ratio),
            f"{signed(pair.low)} … {signed(pair.high)}",
            pair.verdict,
            *(whole(spent) for spent in pair.gradients),
            signed(log_ratio(*pair.gradients)),
        ]
        for pair in found
    ]
    return "\n".join(aligned([head, *body]))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="hermosis race compare", description="Put two races side by side."
    )
    parser.add_argument("first", metavar="A", help="the folder of a race")
    parser.add_argument("second", metavar="B", help="the folder of another")
    parser.add_argument(
        "-o", "--output", metavar="FILE", default="compare.html", help="the page (compare.html)"
    )
    return parser
