"""The problems' losses once more, in PyTorch, as their sources print them."""

from __future__ import annotations

import torch
import torch.nn.functional as nn
from scipy import sparse

from benchmarks.engine.cell import instance
from benchmarks.problem import all_problems

from .formulas_of_vectors import VECTOR_LOSSES


def _random_quadratic(w):
    problem, _ = instance("random-quadratic", 3)
    return 0.5 * w @ torch.tensor(problem.matrix) @ w


def _matrix_completion(w):
    problem, _ = instance("matrix-completion", 3)
    apart = w[0] @ w[1].T - torch.tensor(problem.truth)
    return 0.5 * (apart[torch.tensor(problem.seen_entries) == 1.0] ** 2).sum()


def _rows(name, kind=torch.float64):
    rows = all_problems()[name].split()
    features = rows.train.toarray() if sparse.issparse(rows.train) else rows.train
    return torch.tensor(features, dtype=kind), torch.tensor(rows.train_labels)


def _ridge(w, ridge):
    return 0.5 * ridge * sum((part**2).sum() for part in w.values())


def _softmax(name):
    def loss(w):
        features, labels = _rows(name)
        return nn.cross_entropy(features @ w["weights"] + w["bias"], labels) + _ridge(w, 1e-3)

    return loss


def _convolution(name, side, count):
    def loss(w):
        pixels, labels = _rows(name)
        assert len(pixels) == count
        images = pixels.reshape(-1, 1, side, side)
        found = torch.tanh(nn.conv2d(images, w["kernels"], w["kernel_bias"], padding=1))
        flat = nn.avg_pool2d(found, 2).reshape(len(images), -1)
        return nn.cross_entropy(flat @ w["outward"] + w["bias"], labels)

    return loss


def _mlp(name):
    def loss(w):
        pixels, labels = _rows(name)
        units = torch.tanh(nn.linear(pixels, w["inward"].T, w["hidden_bias"]))
        return nn.cross_entropy(units @ w["outward"] + w["bias"], labels)

    return loss


def _characters(w):
    windows, labels = _rows("characters", torch.int64)
    read = nn.embedding(windows, w["table"]).flatten(1)
    units = torch.tanh(read @ w["inward"] + w["hidden_bias"])
    return nn.cross_entropy(units @ w["outward"] + w["bias"], labels) + _ridge(w, 1e-3)


def _logistic(name, ridge):
    def loss(w):
        features, labels = _rows(name)
        scores = features @ w[:-1] + w[-1]
        loss = nn.binary_cross_entropy_with_logits(scores, labels.double())
        return loss + 0.5 * ridge * (w**2).sum()

    return loss


def _diabetes_ridge(w):
    features, disease = _rows("diabetes-ridge")
    return 0.5 * nn.mse_loss(features @ w, disease) + 0.5e-3 * (w**2).sum()


LOSSES = VECTOR_LOSSES | {
    "breast-cancer": _logistic("breast-cancer", 1e-3),
    "breast-cancer-batches": _logistic("breast-cancer", 1e-3),
    "characters": _characters,
    "diabetes-ridge": _diabetes_ridge,
    "digits-convolution": _convolution("digits-convolution", 8, 720),
    "digits-mlp": _mlp("digits-mlp"),
    "digits-softmax": _softmax("digits-softmax"),
    "matrix-completion": _matrix_completion,
    "mnist-convolution": _convolution("mnist-convolution", 14, 1000),
    "mnist-mlp": _mlp("mnist-mlp"),
    "mnist-softmax": _softmax("mnist-softmax"),
    "random-quadratic": _random_quadratic,
    "sparse-text": _logistic("sparse-text", 1e-4),
    "wine-softmax": _softmax("wine-softmax"),
}
"""By the name of the problem; instances are those of seed 3."""
