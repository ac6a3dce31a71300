"""Pieces of images: what convolution and pooling look at, and how they are put back."""

from __future__ import annotations

from typing import Any

import numpy as np

from hermosis.autodiff.op import Op, Value, linear, shape
from hermosis.autodiff.products import matmul
from hermosis.autodiff.reductions import max, mean
from hermosis.autodiff.shaping import pad, reshape, transpose

Pair = int | tuple[int, int]


def _cut(x: Any, kernel: tuple[int, int], stride: tuple[int, int]) -> Any:
    every = np.lib.stride_tricks.sliding_window_view(x, kernel, (-2, -1))
    return every[..., :: stride[0], :: stride[1], :, :]


def _pasted(g: Any, kernel: tuple[int, int], stride: tuple[int, int], size: tuple[int, int]) -> Any:
    out = np.zeros((*g.shape[:-4], *size), g.dtype)
    down, right = g.shape[-4] * stride[0], g.shape[-3] * stride[1]
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            out[..., i : i + down : stride[0], j : j + right : stride[1]] += g[..., i, j]
    return out


_windows: Op = linear(
    "windows",
    _cut,
    lambda g, x, kernel, stride: _paste(g, kernel=kernel, stride=stride, size=shape(x)[-2:]),
)
_paste: Op = linear(
    "pasting windows",
    _pasted,
    lambda g, x, kernel, stride, size: _windows(g, kernel=kernel, stride=stride),
)


def windows(x: Value, kernel: Pair, stride: Pair = 1) -> Value:
    """Return all pieces of a size of the last two axes: (…, H, W) ↦ (…, H′, W′, h, w)."""
    return _windows(x, kernel=_pair(kernel), stride=_pair(stride))


def conv2d(
    x: Value, kernels: Value, bias: Value = None, stride: Pair = 1, padding: Pair = 0
) -> Value:
    """Correlate images with kernels.

    Parameters
    ----------
    x : images, of shape (N, C, H, W).
    kernels : of shape (O, C, h, w).
    bias : of shape (O,).
    stride : how far one window is from the next.
    padding : how many zeros stand around an image.

    Returns images of shape (N, O, H′, W′), as PyTorch's `conv2d` does.
    """
    down, right = _pair(padding)
    if down or right:
        x = pad(x, ((0, 0), (0, 0), (down, down), (right, right)))
    out, _, *kernel = shape(kernels)
    pieces = transpose(windows(x, (kernel[0], kernel[1]), stride), (0, 2, 3, 1, 4, 5))
    count, high, wide = shape(pieces)[:3]
    rows = reshape(pieces, (count * high * wide, -1))
    found = matmul(rows, transpose(reshape(kernels, (out, -1))))
    if bias is not None:
        found = found + bias
    return transpose(reshape(found, (count, high, wide, out)), (0, 3, 1, 2))


def max_pool(x: Value, kernel: Pair, stride: Pair | None = None) -> Value:
    """Return the largest of each window of (N, C, H, W); windows do not overlap unless told."""
    return max(windows(x, kernel, kernel if stride is None else stride), (-2, -1))


def mean_pool(x: Value, kernel: Pair, stride: Pair | None = None) -> Value:
    """Return the mean of each window of (N, C, H, W); windows do not overlap unless told."""
    return mean(windows(x, kernel, kernel if stride is None else stride), (-2, -1))


def _pair(size: Pair) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else (int(size[0]), int(size[1]))
