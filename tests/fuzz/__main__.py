"""Call the public interface at random: `python -m tests.fuzz --calls 100000 --seed 0`.

Each call ends in a right answer or in a named error, with everything that it was given unchanged.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
import time
import warnings
from collections import Counter
from pathlib import Path
from types import ModuleType

import numpy as np

from hermosis.run.progress import Progress


def areas() -> dict[str, ModuleType]:
    """Return what can be called: the modules here that have `call(random) -> outcome`."""
    names = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    found = {
        name: importlib.import_module(f"tests.fuzz.{name}")
        for name in sorted(names)
        if not name.startswith(("_", "test_"))
    }
    return {name: module for name, module in found.items() if hasattr(module, "call")}


def run(name: str, module: ModuleType, calls: int, seed: int, shown: bool) -> Counter[str]:
    """Make so many calls of an area; say of one that goes wrong how to make it again."""
    outcomes: Counter[str] = Counter()
    with Progress(calls, shown) as line:
        for number in range(calls):
            random = np.random.default_rng([seed, number])
            try:
                outcomes[str(module.call(random) or "answered")] += 1
            except BaseException:
                again = f"python -m tests.fuzz {name} --seed {seed} --only {number}"
                print(f"\nThe call number {number} went wrong; again: {again}", file=sys.stderr)
                raise
            line.at(number + 1, 0.0)
    return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("area", nargs="*", help="what to call; all by default")
    parser.add_argument("--calls", type=int, default=100_000, help="how many, over all areas")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="make one call alone")
    given = parser.parse_args()
    known = areas()
    chosen = given.area or list(known)
    warnings.simplefilter("ignore")
    if given.only is not None:
        print(known[chosen[0]].call(np.random.default_rng([given.seed, given.only])))
        return
    shares = {name: getattr(known[name], "SHARE", 1.0) for name in chosen}
    whole = sum(shares.values())
    for name in chosen:
        begun = time.monotonic()
        calls = max(1, round(given.calls * shares[name] / whole))
        outcomes = run(name, known[name], calls, given.seed, shown=True)
        told = ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common())
        print(f"{name}: {calls} calls in {time.monotonic() - begun:.0f} s: {told}", flush=True)


if __name__ == "__main__":
    main()
