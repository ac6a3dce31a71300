"""Parameter sets: flattened in one order, rebuilt in the same nesting."""

from __future__ import annotations

from collections import OrderedDict, namedtuple
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from hermosis.errors import NonFiniteGradientError, StructureError
from hermosis.run import arguments, parameters
from hermosis.run.hyperparameters import number_at, spread

arrays = hnp.arrays(
    st.sampled_from([np.float32, np.float64]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    elements=st.floats(-100, 100, width=32),
)
trees = st.recursive(
    arrays,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
        st.dictionaries(st.sampled_from(["a", "b", 3, 7]), inner, min_size=1, max_size=3),
    ),
    max_leaves=6,
)


def same(one: Any, other: Any) -> bool:
    """Equal in nesting, shapes, dtypes and numbers."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and one.shape == other.shape and np.array_equal(one, other)
    if type(one) is not type(other) or len(one) != len(other):
        return False
    keys = list(one) if isinstance(one, dict) else range(len(one))
    return all(same(one[key], other[key]) for key in keys)


@given(trees)
def test_what_is_flattened_is_rebuilt(tree: Any) -> None:
    leaves, structure = parameters.flatten(tree)
    assert same(structure.rebuild(leaves), tree)
    assert len(structure.paths) == len(leaves)
    for path, leaf in zip(structure.paths, leaves, strict=True):
        found = tree
        for key in path:
            found = found[key]
        assert found is leaf


@given(trees)
def test_a_vector_is_unraveled(tree: Any) -> None:
    flat, structure, shapes = parameters.raveled(tree)
    again = parameters.unraveled(flat, structure, shapes)
    leaves, _ = parameters.flatten(tree)
    for leaf, other in zip(leaves, parameters.flatten(again)[0], strict=True):
        assert other.shape == leaf.shape and np.array_equal(other, leaf)


@given(trees, trees)
def test_leaves_are_found_only_in_the_same_nesting(tree: Any, other: Any) -> None:
    leaves, structure = parameters.flatten(tree)
    found = parameters.leaves_of(tree, structure)
    assert found is not None and all(a is b for a, b in zip(found, leaves, strict=True))
    agrees = parameters.flatten(other)[1] == structure
    assert (parameters.leaves_of(other, structure) is not None) == agrees


def test_containers_of_other_kinds() -> None:
    Pair = namedtuple("Pair", "left right")
    w = {"pair": Pair(np.ones(1), np.ones(2)), "ordered": OrderedDict(a=np.ones(3))}
    leaves, structure = arguments.writable(w)
    assert structure.paths == (("pair", 0), ("pair", 1), ("ordered", "a"))
    assert isinstance(structure.rebuild(leaves)["pair"], Pair)
    assert parameters.leaves_of(w, structure) == leaves


def test_gradients_are_taken_in_the_order_of_the_parameters() -> None:
    leaves, structure = arguments.writable({"a": np.zeros(1), "b": np.zeros(2)})
    found = arguments.gradients({"b": np.ones(2), "a": np.zeros(1)}, leaves, structure, leaves)
    assert [g.shape for g in found] == [(1,), (2,)]
    assert all(g.dtype == np.float64 for g in found)


def test_a_gradient_in_the_memory_of_the_parameters_is_copied() -> None:
    whole = np.arange(4.0)
    leaves, structure = arguments.writable([whole[:2], whole[2:]])
    own = np.ones(2)
    found = arguments.gradients([whole[1:3], own], leaves, structure, leaves)
    assert not np.may_share_memory(found[0], whole) and found[1] is own


def test_finite_is_told_without_being_misled_by_sums() -> None:
    _, structure = parameters.flatten([np.zeros(2), np.zeros(2)])
    arguments.check_finite([np.full(2, 1e308), np.zeros(2)], structure)
    with pytest.raises(NonFiniteGradientError, match=r"gradient\[1\] has 2 non-finite values of 2"):
        arguments.check_finite([np.zeros(2), np.array([np.inf, -np.inf])], structure)


def test_hyperparameters_for_branches() -> None:
    _, structure = parameters.flatten({"a": [np.zeros(1), np.zeros(1)], "b": np.zeros(1)})
    assert parameters.broadcast(0.5, structure) is None
    assert parameters.broadcast({"a": 1.0, "b": 2.0}, structure) == [1.0, 1.0, 2.0]
    assert parameters.broadcast({"a": [1.0, 3.0], "b": 2.0}, structure) == [1.0, 3.0, 2.0]
    sets, groups = spread({"lr": {"a": 1.0, "b": 2.0}, "momentum": 0.5}, structure)
    assert [sets[k]["lr"] for k in groups] == [1.0, 1.0, 2.0] and sets[1]["momentum"] == 0.5
    with pytest.raises(StructureError, match=r"no value for parameters\['a'\]\[1\]"):
        parameters.broadcast({"a": [1.0], "b": 2.0}, structure)


def test_numbers_at_a_step() -> None:
    grouped = {"a": lambda step: step / 4, "b": [1, np.float32(2)]}
    assert number_at(3, grouped, "lr", "X") == {"a": 0.75, "b": [1.0, 2.0]}
    assert number_at(3, lambda step: grouped, "lr", "X")["a"] == 0.75
