"""A checkpoint belongs to one thermal profile: its time means something else under another."""

from pathlib import Path

import numpy as np
import pytest

import hermosis as hm
from hermosis.errors import CheckpointError


def test_another_profile_is_refused_by_name(tmp_path: Path):
    cooling = hm.Hamiltonian(profile=hm.Exponential(0.1)).optimizer(step=0.1, backend="numpy")
    power = hm.Hamiltonian(profile=hm.Power()).optimizer(step=0.1, backend="numpy")
    w = np.ones(3)
    path = cooling.save(tmp_path / "run.npz", w, cooling.init(w))
    with pytest.raises(CheckpointError, match=r"C K D, Exponential\), not of .*C K D, Power"):
        power.load(path)
    np.testing.assert_array_equal(cooling.load(path)[0], w)
