"""The field: everyone in `optimizers/`, found by name; guests and users' classes beside them.

To add an optimizer to every race, write one more file there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from benchmarks import optimizers
from benchmarks.engine.contestant import Contestant, Method
from benchmarks.engine.found import modules_of
from benchmarks.engine.quantity import MOMENTUM, STEP
from benchmarks.engine.user import is_path, load
from benchmarks.errors import SameName, UnknownOptimizer
from benchmarks.guests import guest, is_guest
from benchmarks.guests.scipy import SciPyMethod

KINDS = ("yours", "hermosis", "classical", "guest")
"""In this order they stand in tables that rank nobody."""


@cache
def the_field() -> dict[str, Contestant]:
    """Everyone in `optimizers/`, by name."""
    found: dict[str, Contestant] = {}
    for module in modules_of(optimizers):
        found |= {c.name: c for c in vars(module).values() if isinstance(c, (Method, SciPyMethod))}
    return dict(sorted(found.items(), key=lambda item: KINDS.index(item[1].kind)))


@cache
def enlist(spec: str) -> Contestant:
    """The contestant of that name, a guest such as `torch:Adam`, or the class at `path.py:Class`.

    Raises `UnknownOptimizer` or `NotAnOptimizerClass`.
    """
    if is_path(spec):
        return load(spec, lr=STEP, momentum=MOMENTUM)
    if is_guest(spec):
        return guest(spec)
    if spec not in the_field():
        raise UnknownOptimizer(
            f"no optimizer is called {spec!r}. Names: {', '.join(the_field())}; guests as "
            "torch:NAME, optax:NAME or scipy:NAME; or a class of your own as path.py:Class."
        )
    return the_field()[spec]


def line_up(specs: Sequence[str]) -> list[str]:
    """Who races: the names given, or the whole field when none is; files and guests join in.

    Raises what `enlist` raises, and `SameName` where results could not tell two apart.
    """
    joining = [spec for spec in specs if is_path(spec)]
    names = [spec for spec in specs if not is_path(spec)] or list(the_field())
    found: dict[str, str] = {}
    for spec in [*joining, *names]:
        name = enlist(spec).name
        if found.setdefault(name, spec) != spec:
            raise SameName(
                f"{found[name]!r} and {spec!r} are both called {name!r}, and the tables could not "
                "tell them apart; rename the class in one of the files."
            )
    return list(found.values())
