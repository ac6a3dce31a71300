"""Part `sets`: parameters in many arrays, as networks have them, and in thousands of tiny ones."""

from __future__ import annotations

import numpy as np

from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.step import FIELD, case
from benchmarks.speed.work import Shape

STAGES = ((3, 64), (4, 128), (6, 256), (3, 512))
"""Blocks of ResNet-50, and their inner channels."""
BIASES = 39
"""So many of its convolutions get a bias, which makes 200 arrays."""
QUICK_CHANNELS = 16
METHODS = ("momentum", "Adam")


def network(fewer: int = 1) -> tuple[Shape, ...]:
    """The 200 arrays of a ResNet-50 with biases: kernels, biases, norms, one matrix.

    `fewer` divides its channels.

    >>> shapes = network()
    >>> len(shapes), sum(int(np.prod(shape)) for shape in shapes)
    (200, 25569768)
    """
    kernels = [(64 // fewer, 3, 7, 7)]
    channels = 64 // fewer
    for blocks, inner in STAGES:
        inner //= fewer
        for block in range(blocks):
            kernels += [(inner, channels, 1, 1), (inner, inner, 3, 3), (4 * inner, inner, 1, 1)]
            kernels += [(4 * inner, channels, 1, 1)] if block == 0 else []
            channels = 4 * inner
    shapes: list[Shape] = []
    for index, kernel in enumerate(kernels):
        norm = (kernel[0],)
        shapes += [kernel, *([norm] if index < BIASES else []), norm, norm]
    return (*shapes, (1000 // fewer, channels), (1000 // fewer,))


def tiny(arrays: int = 2_000) -> tuple[Shape, ...]:
    """Arrays of 10 to 100 numbers."""
    sizes = np.random.default_rng(3).integers(10, 101, arrays)
    return tuple((int(size),) for size in sizes)


def cases(plan: Plan) -> list[Case]:
    """Both sets, for momentum and Adam."""
    sets = {
        "200 arrays": network(QUICK_CHANNELS if plan.quick else 1),
        "2,000 arrays": tiny(),
    }
    return [
        case(plan, "sets", method, dtype, shapes, FIELD, f"{method}, {name}")
        for name, shapes in sets.items()
        for method in plan.of(*METHODS)
        for dtype in plan.dtypes
    ]
