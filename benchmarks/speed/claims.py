"""What is claimed of hermosis' speed, as data, and how each claim is read off the rows."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.speed.row import Row

Ratios = Callable[[Sequence[Row]], Iterator["Ratio"]]
OURS = ("hermosis",)
ON_NUMPY = ("hermosis, NumPy backend",)
BY_HAND = ("NumPy by hand",)
CHECKED = ("NumPy by hand, checked",)
OTHERS = ("PyTorch fused", "PyTorch foreach", "PyTorch plain", "optax, jit")
LIMIT = ("copy loop",)
GRADIENT, EAGER = ("hermosis.autodiff",), ("PyTorch eager",)
PRODUCT = ("hermosis.autodiff, HVP",)
CHUNK = 1 << 16
"""Bytes of a chunk of 8,192 numbers in double precision."""
SCAN = ("optax, jit(vmap(scan))",)
LOOP = ("Numba loop by hand",)


@dataclass(frozen=True)
class Ratio:
    """Our time over that of the best of others, at one place; NaN where ours is missing."""

    where: str
    value: float


@dataclass(frozen=True)
class Claim:
    """A statement that holds if no ratio is above the bound."""

    statement: str
    bound: float
    ratios: Ratios


@dataclass(frozen=True)
class Verdict:
    """A claim, the worst of its ratios, and whether it holds; `worst` is None without rows."""

    claim: Claim
    worst: Ratio | None
    count: int

    @property
    def word(self) -> str:
        """The verdict in a word or two."""
        if self.worst is None:
            return "not measured"
        return "holds" if self.worst.value <= self.claim.bound else "does not hold"


def verdict(claim: Claim, rows: Sequence[Row]) -> Verdict:
    """Read a claim off the rows; a ratio that could not be formed counts as the worst."""
    found = list(claim.ratios(rows))
    worst = max(found, key=lambda r: math.inf if math.isnan(r.value) else r.value, default=None)
    return Verdict(claim, worst, len(found))


def against(
    part: str,
    theirs: Sequence[str],
    ours: Sequence[str] = OURS,
    least: int = 0,
    most: int | None = None,
    ending: str = "",
) -> Ratios:
    """Our best time over their best, at each method, dtype and n from `least` to `most`.

    Places where none of them has a time are left out.
    """

    def ratios(rows: Sequence[Row]) -> Iterator[Ratio]:
        for (method, dtype, n), here in places(rows, part).items():
            if n < least or (most is not None and n > most) or not method.endswith(ending):
                continue
            other = best(here, theirs)
            if other is not None:
                own = best(here, ours)
                yield Ratio(_where(method, dtype, n), math.nan if own is None else own / other)

    return ratios


def growth(part: str, beside: Sequence[str] = ()) -> Ratios:
    """Our time for each number over that at the smallest n; over theirs of `beside`, if given."""

    def ratios(rows: Sequence[Row]) -> Iterator[Ratio]:
        lines: dict[tuple[str, str], dict[int, float]] = defaultdict(dict)
        for (method, dtype, n), here in places(rows, part).items():
            own = best(here, OURS)
            unit = best(here, beside) if beside else n
            if unit is not None:
                lines[method, dtype][n] = math.nan if own is None else own / unit
        for (method, dtype), line in lines.items():
            first = min(line)
            for n, value in sorted(line.items()):
                if n > first:
                    yield Ratio(_where(method, dtype, n), value / line[first])

    return ratios


def within(part: str, contestant: str, seconds: float) -> Ratios:
    """The time of one contestant over a time in seconds."""

    def ratios(rows: Sequence[Row]) -> Iterator[Ratio]:
        for row in rows:
            if (row.part, row.contestant) == (part, contestant):
                counts = row.counts and row.median_s is not None
                value = row.median_s / seconds if counts and row.median_s else math.nan
                yield Ratio(_where(row.method, row.dtype, row.n), value)

    return ratios


def memory(rows: Sequence[Row]) -> Iterator[Ratio]:
    """The peak of a step beyond its state, over the size of a chunk."""
    for row in rows:
        if row.part == "memory" and row.contestant in OURS:
            value = math.nan if row.bytes is None else row.bytes / CHUNK
            yield Ratio(_where(row.method, row.dtype, row.n), value)


def places(rows: Sequence[Row], part: str) -> dict[tuple[str, str, int], list[Row]]:
    """The rows of a part by method, dtype and n, in their order."""
    found: dict[tuple[str, str, int], list[Row]] = defaultdict(list)
    for row in rows:
        if row.part == part:
            found[row.method, row.dtype, row.n].append(row)
    return dict(found)


def best(rows: Sequence[Row], contestants: Sequence[str]) -> float | None:
    """The shortest median of these contestants; None if none of them has one."""
    times = [row.median_s for row in rows if row.contestant in contestants and row.counts]
    return min((time for time in times if time is not None), default=None)


def _where(method: str, dtype: str, n: int) -> str:
    return f"{method}, {dtype}, n = {n:,}"


CLAIMS = (
    Claim("a step is never slower than the best of PyTorch and optax", 1.0,
          against("step", OTHERS)),
    Claim("for n ≤ 1,000 a step is at least 5 times faster than the best of PyTorch and optax",
          1 / 5, against("step", OTHERS, most=1_000)),
    Claim("for n ≥ 10,000,000 a step takes at most 1.3 times as long as the copy loop", 1.3,
          against("step", LIMIT, least=10_000_000)),
    Claim("200 arrays: never slower than the best of PyTorch and optax", 1.0,
          against("sets", OTHERS, ending=", 200 arrays")),
    Claim("2,000 arrays: never slower than the best of PyTorch and optax", 1.0,
          against("sets", OTHERS, ending=", 2,000 arrays")),
    Claim("flat growth: beside the copy loop, time for each number grows at most 1.3 times", 1.3,
          growth("growth", LIMIT)),
    Claim("a step allocates at most a chunk, 64 KiB, beyond its state", 1.0, memory),
    Claim("an ensemble is at least 5 times faster than optax under jit(vmap(scan))", 1 / 5,
          against("ensemble", SCAN)),
    Claim("an ensemble takes at most 1.1 times as long as a Numba loop by hand", 1.1,
          against("ensemble", LOOP)),
    Claim("without native code a step is never slower than NumPy by hand", 1.0,
          against("numpy", BY_HAND, ON_NUMPY)),
    Claim("without native code a step is never slower than NumPy by hand with the same check", 1.0,
          against("numpy", CHECKED, ON_NUMPY)),
    Claim("forward and backward of the digits MLP: no slower than PyTorch eager", 1.0,
          against("gradients", EAGER, GRADIENT, ending="MLP")),
    Claim("forward and backward of a convolution: at most 3 times PyTorch eager", 3.0,
          against("gradients", EAGER, GRADIENT, ending="convolution")),
    Claim("a Hessian-vector product takes at most 4 gradients", 4.0,
          against("gradients", GRADIENT, PRODUCT)),
    Claim("cold start: the first optimizer on a fresh machine takes less than 3 s", 1.0,
          within("start", "hermosis, first process", 3.0)),
    Claim("cold start without native code: less than 1.5 s", 1.0,
          within("start", "hermosis, NumPy backend, first process", 1.5)),
    Claim("a second process takes less than 0.4 s to its first step, without SymPy", 1.0,
          within("start", "hermosis, second process", 0.4)),
)  # fmt: skip
