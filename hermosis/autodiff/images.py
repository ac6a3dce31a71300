"""Pieces of images: what convolution and pooling look at, and how they are put back."""

from __future__ import annotations

from typing import Any

import numpy as np

from hermosis.autodiff.op import Op, Value, linear, shape
from hermosis.autodiff.products import matmul
from hermosis.autodiff.reductions import max, mean
from hermosis.autodiff.shaping import pad, reshape, transpose
from hermosis.errors import ShapeError

Pair = int | tuple[int, int]


def _corners(kernel: tuple[int, int], stride: tuple[int, int], many: tuple[int, int]) -> Any:
    """Return each place in a window, and the index of what stands there in all windows."""
    for i in range(kernel[0]):
        for j in range(kernel[1]):
            down = slice(i, i + many[0] * stride[0], stride[0])
            right = slice(j, j + many[1] * stride[1], stride[1])
            yield i, j, (..., down, right)


def _cut(x: Any, kernel: tuple[int, int], stride: tuple[int, int]) -> Any:
    sides = zip(x.shape[-2:], kernel, stride, strict=True)
    many = tuple((side - own) // step + 1 for side, own, step in sides)
    if min(many) < 1 or x.ndim < 2:
        raise ValueError("the windows are larger than the image")
    out = np.empty((*kernel, *x.shape[:-2], *many), x.dtype)
    for i, j, key in _corners(kernel, stride, (many[0], many[1])):
        out[i, j] = x[key]
    return out


def _pasted(g: Any, stride: tuple[int, int], size: tuple[int, int]) -> Any:
    out = np.zeros((*g.shape[2:-2], *size), g.dtype)
    apart = stride[0] >= g.shape[0] and stride[1] >= g.shape[1]
    for i, j, key in _corners(g.shape[:2], stride, g.shape[-2:]):
        if apart:
            out[key] = g[i, j]
        else:
            out[key] += g[i, j]
    return out


_windows: Op = linear(
    "windows",
    _cut,
    lambda g, x, kernel, stride: _paste(g, stride=stride, size=shape(x)[-2:]),
)
_paste: Op = linear(
    "pasting windows",
    _pasted,
    lambda g, x, stride, size: _windows(g, kernel=shape(x)[:2], stride=stride),
)


def windows(x: Value, kernel: Pair, stride: Pair = 1) -> Value:
    """Return all pieces of a size of the last two axes: (…, H, W) ↦ (h, w, …, H′, W′).

    The axes of a window come first, so that what is done to all windows is done along long rows.
    """
    if min(*_pair(kernel), *_pair(stride)) < 1:
        raise ShapeError(f"windows of {kernel} at a stride of {stride}; both are at least 1")
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
    out, channels, high, wide = shape(kernels)
    pieces = windows(transpose(x, (1, 0, 2, 3)), (high, wide), stride)
    columns = reshape(pieces, (high * wide * channels, -1))
    found = matmul(reshape(transpose(kernels, (0, 2, 3, 1)), (out, -1)), columns)
    if bias is not None:
        found = found + reshape(bias, (-1, 1))
    return transpose(reshape(found, (out, *shape(pieces)[3:])), (1, 0, 2, 3))


def max_pool(x: Value, kernel: Pair, stride: Pair | None = None) -> Value:
    """Return the largest of each window of (N, C, H, W); windows do not overlap unless told."""
    return max(windows(x, kernel, kernel if stride is None else stride), (0, 1))


def mean_pool(x: Value, kernel: Pair, stride: Pair | None = None) -> Value:
    """Return the mean of each window of (N, C, H, W); windows do not overlap unless told."""
    return mean(windows(x, kernel, kernel if stride is None else stride), (0, 1))


def _pair(size: Pair) -> tuple[int, int]:
    down, right = np.broadcast_to(size, 2).tolist()
    return down, right
