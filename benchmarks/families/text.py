"""The English text that Python itself ships, in windows of characters."""

from __future__ import annotations

from collections import Counter
from functools import cache

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from benchmarks.families.data import Split

SYMBOLS = 40
"""The commonest characters, and one that stands for all others."""
LENGTH = 8


@cache
def windows(train: int, test: int) -> Split:
    """Eight characters each (as whole numbers below `SYMBOLS`), and the one that follows.

    Those to train on are spread evenly over the first four fifths of the text, those to test on
    over the last: they never overlap. Capital letters count as small ones.
    """
    from pydoc_data.topics import topics  # half a megabyte, when needed

    text = "\n".join(topics[key] for key in sorted(topics)).lower()
    common = Counter(text).most_common(SYMBOLS - 1)
    number = {symbol: n for n, (symbol, _) in enumerate(common)}
    codes = np.array([number.get(symbol, SYMBOLS - 1) for symbol in text])
    border = len(codes) * 4 // 5
    learned = _spread(codes[:border], train)
    kept = _spread(codes[border:], test)
    return Split(learned[:, :-1], learned[:, -1], kept[:, :-1], kept[:, -1])


def _spread(codes: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    every = sliding_window_view(codes, LENGTH + 1)
    chosen = np.linspace(0, len(every) - 1, count).astype(int)
    return np.ascontiguousarray(every[chosen])
