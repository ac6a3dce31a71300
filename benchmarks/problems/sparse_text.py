"""Logistic regression on sparse counts of words, of which most are rare."""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import numpy as np
from scipy import sparse
from scipy.special import ndtri

from benchmarks.families.data import Split, split
from benchmarks.families.logistic import LogisticRegression

DOCUMENTS, LENGTH, VOCABULARY = 1000, 60, 2000
SEED = 2_026


@cache
def documents() -> Split:
    """Rows of log(1 + count) of each word, of length 1; a word's share falls as 1/rank (Zipf).

    Each word is likelier in one of two classes. Only evenly drawn numbers are used: of all that
    NumPy draws, they are the least likely to change with its version.
    """
    rng = np.random.default_rng(SEED)
    leanings = 0.2 * ndtri(rng.random(VOCABULARY))
    labels = (rng.random(DOCUMENTS) < 0.5).astype(np.int64)
    words = np.empty((DOCUMENTS, LENGTH), dtype=np.int64)
    for label, sign in ((0, -1.0), (1, 1.0)):
        shares = np.cumsum(np.exp(sign * leanings) / np.arange(1.0, VOCABULARY + 1.0))
        draws = rng.random((DOCUMENTS, LENGTH))
        chosen = np.searchsorted(shares, draws * shares[-1])
        words[labels == label] = chosen[labels == label]
    rows = np.repeat(np.arange(DOCUMENTS), LENGTH)
    places = rows, words.ravel()
    counts = sparse.coo_array((np.ones(rows.size), places), shape=(DOCUMENTS, VOCABULARY)).tocsr()
    logs = counts.log1p()
    lengths = np.sqrt(logs.multiply(logs).sum(axis=1))
    return split((sparse.diags_array(1.0 / lengths) @ logs).tocsr(), labels)


class SparseText(LogisticRegression):
    """Mean of log(1 + e^{−y·score}), y = ±1, plus (ridge/2)‖w‖²; the last weight is the bias."""

    name = "sparse-text"
    summary = "Logistic regression on sparse word counts: 2,001 weights, most of them rarely met."
    data = (
        f"made here: {DOCUMENTS:,} documents of {LENGTH} words by the law of G. K. Zipf (1949), "
        f"from seed {SEED}; no licence needed"
    )
    tags = ("real", "sparse")
    minimum = 0.2676993041627566
    smoothness, convexity = 0.3505, 1e-4
    ridge: ClassVar[float] = 1e-4

    def split(self) -> Split:
        return documents()
