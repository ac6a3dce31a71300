"""Derivatives of functions drawn at random: shapes, broadcasts, axes, nodes used again."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as shapes

from hermosis import autodiff as ad

from .checks import close, directions, second_order

BINARY = (ad.add, ad.subtract, ad.multiply, lambda a, b: a / (2.5 + ad.sin(b)))
UNARY = (ad.sin, ad.tanh, ad.sigmoid, lambda x: ad.exp(-x * x), lambda x: x * x, ad.softplus)
broadcasts = shapes.mutually_broadcastable_shapes(num_shapes=2, min_side=0, max_dims=3, max_side=3)


def numbers(shape: tuple[int, ...], seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-2.0, 2.0, shape)


@given(broadcasts, st.sampled_from(BINARY), st.integers(0, 99))
def test_broadcasts(found: Any, op: Any, seed: int) -> None:
    xs = [numbers(shape, seed + k) for k, shape in enumerate(found.input_shapes)]
    assert np.shape(op(*xs)) == found.result_shape
    directions(op, xs, seed)
    second_order(op, xs, seed)


@given(st.data())
def test_reductions_over_any_axes(data: st.DataObject) -> None:
    shape = data.draw(shapes.array_shapes(max_dims=4, max_side=3))
    axes = data.draw(st.one_of(st.none(), shapes.valid_tuple_axes(len(shape), min_size=1)))
    keepdims = data.draw(st.booleans())
    ours = data.draw(st.sampled_from((ad.sum, ad.mean, ad.var, ad.max, ad.min, ad.logsumexp)))
    x = numbers(shape, data.draw(st.integers(0, 99)))
    due = {ad.sum: np.sum, ad.mean: np.mean, ad.var: np.var, ad.max: np.max, ad.min: np.min}
    if ours in due:
        close(ours(x, axes, keepdims), due[ours](x, axis=axes, keepdims=keepdims))
    directions(lambda x: ours(x, axes, keepdims), [x])
    second_order(lambda x: ours(x, axes, keepdims), [x])


@given(st.data())
def test_any_index(data: st.DataObject) -> None:
    shape = data.draw(shapes.array_shapes(min_dims=1, max_dims=3, max_side=4))
    keys = st.one_of(
        shapes.basic_indices(shape, allow_newaxis=True),
        shapes.integer_array_indices(shape),
        shapes.arrays(bool, shape),
    )
    key = data.draw(keys)
    x = numbers(shape, 1)
    np.testing.assert_array_equal(ad.take(x, key), x[key])
    directions(lambda x: ad.take(x, key) * 2.0, [x])
    second_order(lambda x: ad.take(x, key) ** 2, [x])


@given(st.data())
def test_any_order_of_axes(data: st.DataObject) -> None:
    shape = data.draw(shapes.array_shapes(max_dims=4, max_side=3))
    axes = data.draw(st.permutations(range(len(shape))))
    x = numbers(shape, 2)
    np.testing.assert_array_equal(ad.transpose(x, axes), np.transpose(x, axes))
    directions(lambda x: ad.transpose(ad.sin(x), axes), [x])


@given(st.data())
def test_graphs_in_which_nodes_are_used_again_and_again(data: st.DataObject) -> None:
    """Each new node takes one or two of those before; all of them count in the end."""
    steps = data.draw(
        st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(0, 9)), max_size=10)
    )

    def run(x: Any, y: Any) -> Any:
        nodes = [x, y]
        for first, second, what in steps:
            a, b = nodes[first % len(nodes)], nodes[second % len(nodes)]
            nodes.append(ad.tanh(BINARY[what](a, b)) if what < 4 else UNARY[what - 4](a))
        total = nodes[0]
        for node in nodes[1:]:
            total = total + node * 0.5
        return total

    xs = [numbers((2, 3), 3), numbers((3,), 4)]
    directions(run, xs)
    second_order(run, xs)
