"""A few calls of each area of the fuzz; `make fuzz` makes 100,000."""

from __future__ import annotations

import warnings

import pytest

from tests.fuzz.__main__ import areas, run


@pytest.mark.parametrize("area", sorted(areas()))
def test_calls_end_in_an_answer_or_a_named_error(area: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        outcomes = run(area, areas()[area], calls=150, seed=20261201, shown=False)
    assert outcomes.total() == 150 and len(outcomes) > 3
