"""Each rule of each operation, made a little wrong on purpose, is found out by the checks."""

from __future__ import annotations

import importlib
import pkgutil
from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from hermosis import autodiff as ad
from hermosis.autodiff.op import Op

from .cases import CASES, WIDER, Case
from .checks import each_index, second_order


def operations() -> dict[str, Op]:
    """All that the package defines, by module and name."""
    found = {}
    for info in pkgutil.iter_modules(ad.__path__):
        module = importlib.import_module(f"{ad.__name__}.{info.name}")
        for name, thing in vars(module).items():
            if isinstance(thing, Op) and thing not in found.values():
                found[f"{info.name}.{name}"] = thing
    return found


OPERATIONS = operations()


@cache
def users() -> dict[int, list[Case]]:
    """For each operation the cases that meet it, itself or in a derivative."""
    found: dict[int, list[Case]] = defaultdict(list)
    plain, seen = Op.__call__, set()

    def watched(self: Op, *inputs: Any, **options: Any) -> Any:
        seen.add(id(self))
        return plain(self, *inputs, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Op, "__call__", watched)
        for case in (*CASES, *WIDER):
            seen.clear()
            check(case)
            for op in seen:
                found[op].append(case)
    return found


class Wrong:
    """Rules of which one is off by a thousandth."""

    def __init__(self, rules: Any, place: int) -> None:
        self.rules, self.place = rules, place

    def __getitem__(self, place: int) -> Any:
        right = self.rules[place]
        if place != self.place:
            return right
        return lambda *given, **options: right(*given, **options) * 1.001


def inputs_of(op: Op) -> int:
    return len(op.pulls) if isinstance(op.pulls, list) else 2


RULES = [
    (name, which, place)
    for name, op in OPERATIONS.items()
    for which in ("pulls", "pushes")
    for place in range(inputs_of(op))
]


@pytest.mark.parametrize(("name", "which", "place"), RULES)
def test_a_wrong_rule_is_found_out(
    name: str, which: str, place: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    op = OPERATIONS[name]
    cases = users()[id(op)]
    assert cases, f"no case meets {name}"
    monkeypatch.setattr(op, which, Wrong(getattr(op, which), place))
    assert any(is_found_out(case) for case in cases), f"{which}[{place}] of {name} is not checked"


def check(case: Case) -> None:
    each_index(case.ours, case.arguments())
    second_order(case.ours, case.arguments())


def is_found_out(case: Case) -> bool:
    try:
        check(case)
    except AssertionError:
        return True
    return False
