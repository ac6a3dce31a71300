"""What command lines are checked for."""

from __future__ import annotations

import argparse

MOST = 10_000_000
"""More than anybody has the time or the memory for."""


def share(text: str) -> float:
    """Read a number above zero, and at most one."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0.0 < value <= 1.0:
        raise argparse.ArgumentTypeError(f"came {text!r}; a share above 0, at most 1, is due")
    return value


def positive(text: str) -> int:
    """Read a whole number of at least one."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(f"came {text!r}; a whole number from 1 to {MOST} is due")
    return int(text)
