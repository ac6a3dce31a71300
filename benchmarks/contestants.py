"""The field: one short function per optimizer, and one class per guest library.

The function's arguments are the hyperparameters that everyone's same search looks through, its
docstring is the note on the page, and its place in the file is its place in the race. To add an
optimizer, write one more.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import hermosis as hm
from benchmarks.contestant import Contestant, Method, Range, method
from benchmarks.errors import UnknownOptimizer
from benchmarks.guest import SciPyMethod
from benchmarks.user import is_path, load

LR = Range(1e-5, 10.0)
MOMENTUM = Range(0.5, 0.997, "complement")
MEMORY = Range(0.7, 0.9999, "complement")
SPEED = Range(1e-2, 30.0)


@method("relativistic", "hermosis", lr=LR, momentum=MOMENTUM, delta=SPEED)
def relativistic(lr: float, momentum: float, delta: float) -> Any:
    """Relativistic gradient descent: a speed limit 1/√δ, leapfrog with friction (α = 1)."""
    return hm.optimizers.Relativistic(lr=lr, momentum=momentum, delta=delta, alpha=1.0)


@method("sign descent", "hermosis", lr=LR, momentum=MOMENTUM)
def sign_descent(lr: float, momentum: float) -> Any:
    """The massless limit, component by component: the sign of the momentum."""
    return hm.optimizers.SignSGD(lr=lr, momentum=momentum)


@method("accumulated", "hermosis", lr=LR)
def accumulated(lr: float) -> Any:
    """The paper's accumulated gradient: constant temperature, no friction; it oscillates."""
    return hm.optimizers.Accumulated(lr=lr)


@method("gradient descent", "classical", lr=LR)
def gradient_descent(lr: float) -> Any:
    """The overdamped limit: no memory."""
    return hm.optimizers.SGD(lr=lr)


@method("momentum", "classical", lr=LR, momentum=MOMENTUM)
def momentum(lr: float, momentum: float) -> Any:
    """Classical kinetic energy, exponential cooling, C K D."""
    return hm.optimizers.Momentum(lr=lr, momentum=momentum)


@method("Nesterov", "classical", lr=LR, momentum=MOMENTUM)
def nesterov(lr: float, momentum: float) -> Any:
    """Momentum whose gradient is taken where the momentum is about to lead."""
    return hm.optimizers.Nesterov(lr=lr, momentum=momentum)


@method("RMSProp", "classical", lr=LR, alpha=MEMORY)
def rmsprop(lr: float, alpha: float) -> Any:
    """Each component divided by the root of its mean squared gradient."""
    return hm.optimizers.RMSProp(lr=lr, alpha=alpha, eps=1e-8)


@method("Adam", "classical", lr=LR, beta1=MOMENTUM, beta2=MEMORY)
def adam(lr: float, beta1: float, beta2: float) -> Any:
    """Momentum in RMSProp's metric, both averages corrected for their start."""
    return hm.optimizers.Adam(lr=lr, betas=(beta1, beta2), eps=1e-8)


lbfgs = SciPyMethod(
    name="L-BFGS-B",
    method="L-BFGS-B",
    space={"maxcor": Range(3, 30, "whole")},
    options={"ftol": 0.0, "gtol": 0.0, "maxls": 50},
    note="SciPy's quasi-Newton method with line search; its memory is tuned.",
)


@cache
def the_field() -> dict[str, Contestant]:
    """Everyone defined above, by name, in the order in which they stand."""
    return {c.name: c for c in globals().values() if isinstance(c, (Method, SciPyMethod))}


@cache
def enlist(spec: str) -> Contestant:
    """The contestant of that name, or the user's class at `path.py:Class`.

    Raises `UnknownOptimizer` or `NotAnOptimizerClass`.
    """
    if is_path(spec):
        return load(spec, lr=LR, momentum=MOMENTUM)
    if spec not in the_field():
        raise UnknownOptimizer(
            f"no optimizer is called {spec!r}. Names: {', '.join(the_field())}; "
            "or give a class of your own as path.py:Class."
        )
    return the_field()[spec]


def line_up(specs: Sequence[str]) -> list[str]:
    """Who races: the names given, or the whole field when none is; files always join in."""
    for spec in specs:
        enlist(spec)
    names = [spec for spec in specs if not is_path(spec)] or list(the_field())
    return list(dict.fromkeys([spec for spec in specs if is_path(spec)] + names))
