"""Points that lie together, found on a grid: ends of runs, and the minima that they reached."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hermosis.run.parameters import Array

#: What points are that belong to no cluster with a number: diverged, or too few of them.
DIVERGED, OTHER = -2, -1


def clustered(
    points: Array, finite: NDArray[np.bool_], radius: Array, most: int, least: float = 5e-3
) -> tuple[NDArray[np.int64], Array]:
    """Number the clusters of points by size, and return the centre of each.

    Parameters
    ----------
    points : (n, d).
    finite : which of them count, (n,).
    radius : (d,), the sides of a cell of the grid; points in neighbouring cells lie together.
    most, least : how many clusters have a number, and what share of the points each must have.

    >>> points = np.array([[0.0, 0.0], [0.01, 0.0], [3.0, 3.0]])
    >>> labels, centres = clustered(points, np.ones(3, bool), np.full(2, 0.1), most=2)
    >>> labels, centres
    (array([0, 0, 1]), array([[0.005, 0.   ],
           [3.   , 3.   ]]))
    """
    labels = np.full(len(points), DIVERGED, dtype=np.int64)
    if not np.any(finite):
        return labels, np.zeros((0, points.shape[1]))
    own = points[finite]
    names = _connected(own, radius)
    sizes = np.bincount(names)
    order = [c for c in np.argsort(-sizes, kind="stable") if sizes[c] >= least * len(points)]
    numbers = np.full(len(sizes), OTHER, dtype=np.int64)
    numbers[order[:most]] = np.arange(len(order[:most]))
    labels[finite] = numbers[names]
    centres = [np.median(own[names == c], axis=0) for c in order[:most]]
    return labels, np.reshape(centres, (-1, points.shape[1]))


def _connected(points: Array, radius: Array) -> NDArray[np.int64]:
    """Return the number of each point's cluster: cells of a grid that touch are one."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    with np.errstate(over="ignore", invalid="ignore"):
        places = np.clip(np.floor(points / radius), -1e15, 1e15)
    cells, names = np.unique(places, axis=0, return_inverse=True)
    pairs = cKDTree(cells).query_pairs(1.5, p=np.inf, output_type="ndarray")
    links = coo_array((np.ones(len(pairs)), pairs.T), shape=(len(cells), len(cells)))
    found: NDArray[np.int64] = connected_components(links, directed=False)[1][names.reshape(-1)]
    return found
