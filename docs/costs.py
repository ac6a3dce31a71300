"""Shows where the time of hermosis goes: `python docs/costs.py prove`, `demo` or `start`.

`prove` and `demo` run the commands of those names in this process, on one core and with an empty
cache, and print the functions that cost most, without those that contain nearly all. `start`
times new processes: the first optimizer on a fresh machine, and the same in a second process.
Under the profiler all is slower: shares and counts of calls are what to compare.
"""

from __future__ import annotations

import contextlib
import cProfile
import io
import os
import pstats
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
EXAMPLE = str(ROOT / "examples" / "softsign.py") + ":SoftSign"
METHODS = ("SGD", "Momentum", "Relativistic", "Lion", "Adam", "AdamW", "Muon", "NaturalGradient")
ROUNDS, ROWS, MOST = 5, 14, 0.7
#: Whose functions are shown: the project's, and what SymPy is asked to do.
OWN = ("/derivations/", "/hermosis/", "/benchmarks/")
ALGEBRA = ("simplify", "together", "factor", "cancel", "powsimp", "integrate", "solve", "evalf")
FIRST_STEP = """
import sys
import numpy as np, hermosis as hm
opt, w = hm.optimizers.{method}(backend="numpy"), np.ones((2, 2))
opt.advance(w, opt.init(w), lambda w: (float(np.sum(w**2)) / 2, w))
print(int("sympy" in sys.modules))
"""


def costs(name: str, work: Callable[[], object]) -> None:
    """Profile some work, and print its largest costs by function."""
    profiler = cProfile.Profile()
    begin = time.process_time()
    with contextlib.redirect_stdout(io.StringIO()):
        profiler.runcall(work)
    spent = time.process_time() - begin
    stats = pstats.Stats(profiler).stats  # type: ignore[attr-defined]
    total = sum(row[2] for row in stats.values())
    calls = sum(row[1] for row in stats.values())
    print(f"{name}: {spent:.1f} s of one core under the profiler, {calls / 1e6:.1f} million calls")
    print(f"{'share':>7} {'calls':>8}  function")
    rows = [(row[3] / total, row[1], label(*place)) for place, row in stats.items()]
    shown = sorted((row for row in rows if row[2] and row[0] < MOST), reverse=True)
    print("\n".join(f"{share:7.1%} {count:8d}  {what}" for share, count, what in shown[:ROWS]))


def label(file: str, _line: int, function: str) -> str:
    """Name a function of the project, or one of SymPy's that rewrites; nothing for any other."""
    if "/sympy/" in file:
        return f"sympy {function}" if function in ALGEBRA else ""
    if function.startswith("<") or not any(part in file for part in OWN):
        return ""
    return f"{Path(file).parent.name}/{Path(file).stem} {function}"


def prove() -> None:
    """Profile `hermosis prove`."""
    from hermosis.cli import main

    costs("hermosis prove --jobs 1", lambda: main(["prove", "--jobs", "1"]))


def demo() -> None:
    """Profile the three commands of `make demo`, with one core for each."""
    from hermosis.cli import main

    with tempfile.TemporaryDirectory() as folder:
        commands = (
            ("derive", EXAMPLE, "-o", str(Path(folder) / "softsign.html")),
            ("prove", EXAMPLE, "--jobs", "1"),
            ("race", "digits", "--quick", "--optimizer", EXAMPLE, "-o", folder, "--jobs", "1"),
        )
        for words in commands:
            costs(f"hermosis {words[0]}", partial(main, list(words)))


def start() -> None:
    """Time new processes, from the start of Python to the end of the first step."""
    numpy, sympy = (once(f"import {module}") for module in ("numpy", "sympy"))
    print(f"import numpy {numpy:.2f} s, import sympy {sympy:.2f} s (medians of {ROUNDS})")
    print(f"{'method':<16} {'first':>7} {'again':>7}  SymPy imported again")
    for method in METHODS:
        code = FIRST_STEP.format(method=method)
        first, again = once(code, fresh=True), once(code)
        print(f"{method:<16} {first:5.2f} s {again:5.2f} s  {'yes' if run(code) else 'no'}")


def once(code: str, fresh: bool = False) -> float:
    """Return the median time of a process; `fresh` empties the cache before each."""
    found = []
    for _ in range(ROUNDS):
        with tempfile.TemporaryDirectory() as folder:
            begin = time.perf_counter()
            run(code, {"HERMOSIS_CACHE": folder} if fresh else {})
            found.append(time.perf_counter() - begin)
    return statistics.median(found)


def run(code: str, variables: dict[str, str] | None = None) -> bool:
    """Run code in a new process; tell whether it printed 1."""
    command, own = [sys.executable, "-c", code], os.environ | (variables or {})
    made = subprocess.run(command, check=True, env=own, capture_output=True, text=True)
    return made.stdout.strip() == "1"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as cache:
        os.environ["HERMOSIS_CACHE"] = cache
        {"prove": prove, "demo": demo, "start": start}[sys.argv[1]]()
