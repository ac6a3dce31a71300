"""The rows that real problems are made of."""

from __future__ import annotations

from pydoc_data.topics import topics

import numpy as np
import pytest

from benchmarks.engine.extras import folder_of
from benchmarks.errors import MissingExtra
from benchmarks.families import data
from benchmarks.families.mnist import mnist
from benchmarks.families.text import SYMBOLS, windows
from benchmarks.problem import all_problems


def test_training_and_test_rows_do_not_meet():
    split = data.digits()
    assert len(split.train) == 1438 and len(split.test) == 359
    assert split.train.max() == 1.0
    rows = {row.tobytes() for row in split.train}
    assert not any(row.tobytes() in rows for row in split.test)


def test_every_class_of_mnist_is_met_as_often():
    rows = mnist()
    assert rows.train.shape == (4000, 196) and rows.test.shape == (1000, 196)
    assert 0.9 < rows.train.max() <= 1.0 and rows.train.min() == 0.0
    for labels in (rows.first(300).train_labels, rows.test_labels):
        assert set(np.bincount(labels, minlength=10)) == {len(labels) // 10}


def test_windows_of_text_are_followed_by_the_next_character():
    rows = windows(train=50, test=20)
    assert rows.train.shape == (50, 8) and rows.test.shape == (20, 8)
    assert rows.train.min() >= 0 and rows.train.max() < SYMBOLS
    text = "\n".join(topics[key] for key in sorted(topics)).lower()
    same = [[a == b for b in text[:9]] for a in text[:9]]
    first = np.append(rows.train[0], rows.train_labels[0])
    np.testing.assert_array_equal(first[:, None] == first, same)


def test_words_are_fewer_the_rarer_they_are():
    rows = all_problems()["sparse-text"].split()
    met = np.asarray((rows.train > 0).sum(axis=0))
    assert met[:10].min() > 100 and met[-1000:].max() < 100
    np.testing.assert_allclose(rows.train.multiply(rows.train).sum(axis=1), 1.0)


def test_a_package_that_is_missing_is_named_with_the_way_to_get_it():
    with pytest.raises(MissingExtra, match=r"needs 'no_such_data' .* pip install 'hermosis\[bench"):
        folder_of("no_such_data")
