"""Other published numbers of the family, each found again by the objects that the race uses."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

import hermosis as hm
from benchmarks.engine.cell import PUBLISHED, instance
from benchmarks.engine.plan import FIRST_TUNING_SEED, Plan, seeds
from benchmarks.engine.race import race
from benchmarks.engine.runner import Runner
from benchmarks.problem import all_problems
from benchmarks.published.numbers import EQUAL_TRIALS
from benchmarks.published.run import plan_of, rows_of, values

STEPS = 1000
TRIALS, TUNING_STARTS, STARTS = 60, 5, 100
"""For momentum on the flat Ackley function."""


@dataclass(frozen=True)
class Number:
    """What was published, and what is found."""

    what: str
    published: str
    found: str


def numbers() -> Iterator[Number]:
    """All of them."""
    yield from _counts()
    yield from _quartic()
    yield _bound()


def _counts() -> Iterator[Number]:
    """Steps on a correlated quadratic, ρ = 0.96, d = 10, friction 0.4."""
    problem, start = instance("correlated-10", PUBLISHED)
    friction = 0.4
    leapfrog = hm.Hamiltonian(profile=hm.Exponential(friction)).optimizer(
        step=0.6, integrator="C/2 K/2 D K/2 C/2"
    )
    momentum = math.exp(-friction * 0.3)
    nesterov = hm.optimizers.Nesterov(lr=0.3**2, momentum=momentum)
    for name, optimizer, published in (
        ("conformal leapfrog, h = 0.6", leapfrog, "333"),
        ("Nesterov, h = 0.3", nesterov, "638"),
    ):
        run = hm.minimize(
            problem.value_and_gradient, start, optimizer, jac=True, steps=2 * STEPS, tol=1e-10
        )
        yield Number(f"steps to ‖∇f‖ < 1e-10, {name}", published, str(run.nit))


def _quartic() -> Iterator[Number]:
    """(x + y)⁴ + (x/2 − y/2)⁴ from (2, 1): the best of a 30-point grid over step and friction."""
    problem, start = instance("hamiltonian-quartic", PUBLISHED)
    for power, published in ((4 / 3, "−198"), (2.0, "−4.3")):
        best = math.inf
        for step in np.logspace(-2.5, 0.0, 6):
            for friction in np.linspace(0.2, 3.0, 5):
                base = hm.optimizers.HamiltonianDescent(a=power, A=power, componentwise=True)
                profile = hm.Exponential(float(friction))
                system = replace(base.hamiltonian, a=power, A=power, profile=profile)
                optimizer = system.optimizer(step=float(step))
                with np.errstate(all="ignore"):
                    run = hm.minimize(
                        problem.value_and_gradient, start, optimizer, jac=True, steps=STEPS,
                        ledger=False,
                    )  # fmt: skip
                if run.success:
                    best = min(best, run.fun)
        found = "below −300" if best < 1e-300 else _printed(math.log10(best))
        yield Number(
            f"log₁₀ f at step {STEPS}, Hamiltonian descent with a = {power:.3g}, component by "
            "component",
            published,
            found,
        )


def _bound() -> Number:
    """The profile 3/t on a convex quadratic: t²(f − f*) against 2‖x₀ − x*‖²."""
    problem, start = instance("correlated-10", PUBLISHED)
    step = 0.02
    optimizer = hm.Hamiltonian(profile=hm.Power(3)).optimizer(step=step)
    run = hm.minimize(problem.value_and_gradient, start, optimizer, jac=True, steps=4 * STEPS)
    times = step * np.arange(1, len(run.trace.fun) + 1)
    greatest = float(np.max(times**2 * np.asarray(run.trace.fun))) / float(start @ start)
    return Number("the greatest t²(f − f*)/‖x₀ − x*‖², friction 3/t", "≤ 2", f"{greatest:.2f}")


def raced(runner: Runner, share: float = 1.0) -> Iterator[Number]:
    """Momentum, beside which the energy-conserving BBI was shown: arXiv:2201.11137.

    Its ranges are the race's; `share` is that of the evaluations and of the starts.
    """
    zakharov, ackley = (all_problems()[name] for name in ("zakharov-10", "ackley-bbi"))
    plan = plan_of([zakharov], "momentum", _part(EQUAL_TRIALS, share))
    found = values(list(rows_of([plan], runner)))["zakharov-10", "momentum"]
    yield Number(
        "log₁₀ of Zakharov's function in 10 dimensions after 10,000 steps of momentum",
        "−11.4",
        _printed(found),
    )
    starts = seeds(_part(STARTS, share))
    tuning = seeds(_part(TUNING_STARTS, share), FIRST_TUNING_SEED)
    flat = Plan([ackley], ["momentum"], _part(TRIALS, share), tuning, starts, None)
    rows = [row for row in race(flat, runner) if row.stage == "report"]
    reached = sum(row.measure == 1.0 for row in rows)
    yield Number(
        "starts from which momentum finds the least minimum of the flat Ackley function",
        "0 of 100",
        f"{reached} of {len(rows)}",
    )


def _part(count: int, share: float) -> int:
    return max(2, round(count * share))


def _printed(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")
