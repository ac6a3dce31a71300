"""The memory checker finds what it is for, and machine code passes it."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs mprotect")

#: Reads or writes where no array is, in a process of its own.
FAULTS = {
    "one past the end": "a = np.zeros(5); ctypes.memset(a.ctypes.data + a.nbytes, 0, 8)",
    "far past the end": "a = np.zeros(3000, 'f4'); ctypes.memset(a.ctypes.data + 12000, 0, 4)",
    "a read past the end": "a = np.zeros(7); ctypes.string_at(a.ctypes.data + 56, 8)",
    "one before the start": (
        "a = [np.zeros(512) for _ in range(4)]\n"
        "    [ctypes.memset(x.ctypes.data - 8, 0, 8) for x in a]"
    ),
    "after it was freed": "at = np.ones(9).ctypes.data; ctypes.memset(at, 0, 8)",
}
SCRIPT = """
import ctypes
import numpy as np
from tests.memory.guard import guarded
with guarded():
    {fault}
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, timeout=300)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_of_memory_ends_the_process(fault: str) -> None:
    assert run("-c", SCRIPT.format(fault=FAULTS[fault])).returncode == -signal.SIGSEGV


def test_what_stays_within_its_arrays_is_left_alone() -> None:
    fine = (
        "a = np.zeros(5); ctypes.memset(a.ctypes.data, 0, 40); a = np.resize(a, 9); print(a.sum())"
    )
    done = run("-c", SCRIPT.format(fault=fine))
    assert (done.returncode, done.stdout) == (0, "0.0\n")


def test_machine_code_stays_within_its_arrays() -> None:
    """Rules × backends × lengths × threads; `make memory` draws many more."""
    done = run("-m", "tests.memory", "--examples", "25", "--quiet")
    assert done.returncode == 0, done.stderr[-3000:]
    assert "nothing was touched beyond them" in done.stdout
