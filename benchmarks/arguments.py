"""What command lines are checked for."""

from __future__ import annotations

import argparse


def positive(text: str) -> int:
    """Read a whole number of at least one."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"came {text!r}; a whole number of at least 1 is due")
    return int(text)
