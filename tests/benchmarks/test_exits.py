"""A command ends with a status and a line, whatever becomes of it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from benchmarks import overhead
from benchmarks.engine.exits import status_of
from benchmarks.errors import StorageError


def failing(error):
    def work():
        raise error

    return work


@pytest.mark.parametrize(
    ("work", "status", "told"),
    [
        (lambda: 0, 0, ""),
        (lambda: 130, 130, ""),
        (failing(StorageError("no room")), 2, "StorageError: no room\n"),
        (failing(KeyboardInterrupt()), 130, "\nInterrupted.\n"),
    ],
)
def test_a_status_and_a_line(work, status, told, capsys):
    assert status_of(work) == status
    assert capsys.readouterr() == ("", told)


def test_an_error_that_nobody_foresaw_is_shown_whole():
    with pytest.raises(ZeroDivisionError):
        status_of(lambda: 1 // 0)


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end in another way there")
@pytest.mark.parametrize("words", ["x", "x" * 1_000_000])
def test_a_reader_who_has_seen_enough_is_no_error(words):
    code = (
        "import sys; from benchmarks.engine.exits import status_of; sys.stdin.read();"
        f"sys.exit(status_of(lambda: print({words[0]!r} * {len(words)}) or 0))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        process.stdout.close()
        process.stdin.close()
        assert process.wait(60) == 141
        assert process.stderr.read() == b""


def test_overhead_of_nobody_is_refused_before_its_table(capsys):
    assert overhead.main(["nosuch"]) == 2
    out, told = capsys.readouterr()
    assert out == "" and told.startswith("UnknownOptimizer: ")
