"""Machine code of every method, with all its options: NumPy's steps, to rounding.

NumPy's are judged by SymPy in `test_method_steps`. Machine code takes sums before it writes, so
that its phases are others; the numbers are the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from .methods import PRODUCT, SAMPLE, Row
from .test_method_sources import check, slope, start

STEPS = 3


def walked(row: Row, backend: str, dtype: Any, direct: bool) -> list[np.ndarray]:
    """Weights and states after some steps: by `step` where it can be, or by `advance`."""
    opt = row.make(backend=backend)
    w = start(row).astype(dtype)
    state = opt.init(w)
    for _ in range(STEPS):
        if direct and opt.program.plan.gradient_at_start:
            opt.step(w, slope(w), state)
        else:
            opt.advance(w, state, lambda w: (0.0, slope(w)), energies=False)
    return [w, *(array for own in state.arrays.values() for array in own)]


def check_row(row: Row) -> None:
    for dtype in (np.float64, np.float32):
        due = walked(row, "numpy", dtype, direct=False)
        for direct in (False, True):
            check(walked(row, "llvm", dtype, direct), due, dtype)


@pytest.mark.parametrize("row", SAMPLE, ids=str)
def test_machine_code_agrees_with_numpy(row: Row) -> None:
    check_row(row)


@pytest.mark.slow
@pytest.mark.parametrize("row", PRODUCT, ids=str)
def test_machine_code_agrees_with_numpy_over_the_whole_product(row: Row) -> None:
    check_row(row)
