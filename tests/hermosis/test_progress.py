"""What long work says on a terminal."""

from __future__ import annotations

import io
import sys
import threading
from typing import Any

import pytest

import hermosis as hm
from hermosis.compile.step import compile_rule
from hermosis.run import progress


class Terminal(io.StringIO):
    """What is written to it, and when the first line is there."""

    def __init__(self) -> None:
        super().__init__()
        self.heard = threading.Event()

    def isatty(self) -> bool:
        return True

    def flush(self) -> None:
        self.heard.set()


def terminal(monkeypatch: pytest.MonkeyPatch, long: float) -> Terminal:
    made = Terminal()
    monkeypatch.setattr(sys, "stderr", made)
    monkeypatch.setattr(progress, "LONG", long)
    return made


def test_a_first_use_that_takes_long_says_what_it_is_doing(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = terminal(monkeypatch, long=0.0)

    def slow() -> Any:
        assert shown.heard.wait(30)
        return hm.Hamiltonian().rule("C K D"), None

    assert compile_rule(None, slow, "numpy") is not None
    assert shown.getvalue().startswith("hermosis: deriving a step for the first time; it is")


def test_what_is_quick_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = terminal(monkeypatch, long=600.0)
    before = threading.active_count()
    with progress.announced("nothing"):
        pass
    assert shown.getvalue() == "" and threading.active_count() <= before + 1


def test_nothing_is_said_where_no_one_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with progress.announced("nothing"):
        pass
    assert capsys.readouterr().err == ""
