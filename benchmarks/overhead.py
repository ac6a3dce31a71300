"""What the race costs beside the optimizers and the problems: `python -m benchmarks.overhead`.

Short runs on a problem that costs next to nothing; the median over many, in milliseconds for each
run. What a race adds in one process is `name`, `prepare`, `rest` and `keep`; the last line says
what it takes of a core's time to hand a run to another process and its row back.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from benchmarks.engine import tuning
from benchmarks.engine.cell import Cell, execute, instance
from benchmarks.engine.contestants import enlist, line_up, the_field
from benchmarks.engine.exits import status_of
from benchmarks.engine.extras import extra
from benchmarks.engine.parameters import copy
from benchmarks.engine.places import Here, Place, Processes
from benchmarks.engine.plan import seeds
from benchmarks.engine.store import Store
from benchmarks.problem import all_problems

PROBLEM, BUDGET, RUNS = "booth", 3, 200
REPEATS, TWO = 3, 2
PARTS = ("name", "prepare", "rest", "keep", "added", "own", "problem", "read")


def main(specs: Sequence[str]) -> int:
    """Print a line for each contestant; those given, or the whole field."""
    return status_of(lambda: _printed(line_up(specs) if specs else list(the_field())))


def _printed(specs: Sequence[str]) -> int:
    print(f"{'ms for each run':24}", *(f"{part:>8}" for part in PARTS))
    for spec in specs:
        alone = extra("threadpoolctl").threadpool_limits(1)
        with alone, tempfile.TemporaryDirectory() as folder:
            costs = [_parts(cell, Store(Path(folder))) for cell in _cells(spec)]
        middle = (median(each[n] for each in costs) for n in range(len(PARTS)))
        print(f"{spec:24}", *(f"{1e3 * seconds:8.3f}" for seconds in middle))
    print(f"{'handed to a process':24} {1e3 * median(_handed() for _ in range(REPEATS)):8.3f}")
    return 0


def _handed() -> float:
    """The seconds of one core that a run takes more on two processes than in this one."""
    cells = [*_cells("momentum")]
    with tempfile.TemporaryDirectory() as folder:
        here, there = (
            _seconds(place, cells, Path(folder) / name)
            for name, place in (("here", Here()), ("there", Processes(TWO)))
        )
    return (TWO * there - here) / len(cells)


def _seconds(place: Place, cells: Sequence[Cell], folder: Path) -> float:
    """How long the cells take there, once all is compiled."""
    with place:
        for run in ("first", "timed"):
            began = time.perf_counter()
            for _ in place.run(cells, Store(folder / run)):
                pass
        return time.perf_counter() - began


def _cells(spec: str) -> Iterator[Cell]:
    contestant, problem = enlist(spec), all_problems()[PROBLEM]
    points = tuning.spread((0.5,) * len(contestant.space), 1.0, RUNS)
    for seed, point in zip(seeds(RUNS), points, strict=False):
        chosen = tuning.parameters_at(tuning.ranges_of(contestant, problem), point)
        yield Cell(PROBLEM, spec, "tuning", chosen, seed, BUDGET)


def _parts(cell: Cell, store: Store) -> tuple[float, ...]:
    _, start = instance(cell.problem, cell.seed)
    clock = [time.perf_counter()]

    def lap() -> None:
        clock.append(time.perf_counter())

    store.get(cell)
    lap()
    enlist(cell.spec).prepare(dict(cell.parameters), copy(start))
    lap()
    row = execute(cell)
    lap()
    store.put(cell, row)
    lap()
    store.get(cell)
    lap()
    name, prepare, run, keep, read = (b - a for a, b in zip(clock, clock[1:], strict=False))
    rest = run - prepare - row.own_seconds - row.problem_seconds
    added = name + prepare + rest + keep
    return name, prepare, rest, keep, added, row.own_seconds, row.problem_seconds, read


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
