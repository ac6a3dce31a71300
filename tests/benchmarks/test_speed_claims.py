"""Claims are read off made-up rows whose ratios are known, and so are the tables."""

import math

import pytest

from benchmarks.speed import tables
from benchmarks.speed.claims import CLAIMS, Claim, against, growth, memory, verdict
from benchmarks.speed.row import Row
from benchmarks.speed.sets import network, tiny

FASTER = Claim("never slower", 1.0, against("step", ("PyTorch fused", "optax, jit")))
FACTS = {
    "command": "python -m benchmarks.speed",
    "finished": "today",
    "repeats": 3,
    "versions": {"numpy": "2"},
    "machine": {"processor": "a processor", "cores": 2, "threads": 2, "load": 0.0},
    "commit": "",
}


def row(contestant, seconds, n=10, part="step", **more):
    settings = {"method": "momentum", "dtype": "float64", "status": "ok"} | more
    return Row(
        part, settings.pop("method"), settings.pop("dtype"), n, contestant, 2,
        seconds, seconds, seconds, 3, **settings,
    )  # fmt: skip


def test_a_ratio_is_our_time_over_the_best_of_theirs():
    rows = [
        row("hermosis", 2e-6), row("PyTorch fused", 8e-6), row("optax, jit", 4e-6),
        row("hermosis", 9e-6, 100), row("PyTorch fused", 10e-6, 100), row("optax, jit", 1, 100),
    ]  # fmt: skip
    found = verdict(FASTER, rows)
    assert found.worst.value == pytest.approx(0.9) and found.word == "holds"
    assert found.worst.where == "momentum, float64, n = 100" and found.count == 2


def test_one_place_too_slow_is_enough():
    rows = [row("hermosis", 2e-6), row("optax, jit", 1e-6)]
    assert verdict(FASTER, rows).word == "does not hold"


def test_a_rival_with_a_status_is_not_the_best_of_them():
    rows = [row("hermosis", 2.0), row("optax, jit", 1.0, status="raised X"),
            row("PyTorch fused", 4.0)]  # fmt: skip
    assert verdict(FASTER, rows).worst.value == 0.5


def test_without_our_own_time_a_claim_does_not_hold():
    rows = [row("hermosis", None, status="raised X: y"), row("optax, jit", 1.0),
            row("hermosis", 0.5, 100), row("optax, jit", 1.0, 100)]  # fmt: skip
    found = verdict(FASTER, rows)
    assert math.isnan(found.worst.value) and found.word == "does not hold"


def test_without_rows_nothing_is_said():
    assert verdict(FASTER, [row("hermosis", 1.0)]).word == "not measured"
    assert {verdict(claim, []).word for claim in CLAIMS} == {"not measured"}


def test_sizes_and_sets_choose_their_rows():
    rows = [row("hermosis", 1.0, n) for n in (10, 1_000, 10_000_000)]
    rows += [row("copy loop", 1.0, n) for n in (10, 1_000, 10_000_000)]
    assert verdict(Claim("", 1, against("step", ("copy loop",), most=1_000)), rows).count == 2
    assert verdict(Claim("", 1, against("step", ("copy loop",), least=1_000)), rows).count == 2
    assert verdict(Claim("", 1, against("step", ("copy loop",), ending=", tiny")), rows).count == 0


def test_growth_is_per_number_and_beside_the_copy_loop():
    seconds = {"hermosis": (1e-5, 4e-4), "copy loop": (1e-5, 2e-4)}
    rows = [
        row(name, time, n, "growth")
        for name, times in seconds.items()
        for n, time in zip((100, 1_000), times, strict=True)
    ]
    (alone,) = growth("growth")(rows)
    (beside,) = growth("growth", ("copy loop",))(rows)
    assert (alone.value, beside.value) == pytest.approx((4.0, 2.0))


def test_memory_is_counted_in_chunks():
    rows = [row("hermosis", None, 1_000, "memory", bytes=80, dtype="float32")]
    (ratio,) = memory(rows)
    assert ratio.value == pytest.approx(80 / 65_536)


def test_the_page_shows_times_ratios_and_verdicts():
    rows = [row("NumPy by hand", 6e-6), row("hermosis", 2e-6), row("PyTorch plain", 4e-5),
            row("optax, jit", None, status="missing: jax"), row("copy loop", 1e-6)]  # fmt: skip
    page = tables.page(rows, FACTS, ["step-momentum"])
    head, _, line = [x for x in page.splitlines() if x.startswith("|")][:3]
    assert head == (
        "| method | dtype | n | NumPy by hand | hermosis | PyTorch plain "
        "| optax, jit | copy loop | best of PyTorch and optax / hermosis "
        "| NumPy by hand / hermosis | hermosis / copy loop |"
    )
    assert line == "| momentum | float64 | 10 | 6 µs | 2 µs | 40 µs | – | 1 µs | 20 | 3 | 2 |"
    assert "hermosis / copy loop" not in tables.page(rows[:3], FACTS, [])
    assert "* optax, jit: missing: jax (momentum float64 at 10)" in page
    assert "| 0.05 | momentum, float64, n = 10 | 1 | holds |" in page


def test_the_sets_are_as_large_as_they_say():
    shapes = network()
    assert len(shapes) == 200
    assert sum(math.prod(shape) for shape in shapes) == pytest.approx(25e6, rel=0.05)
    sizes = [size for (size,) in tiny()]
    assert len(sizes) == 2_000 and min(sizes) >= 10 and max(sizes) <= 100
