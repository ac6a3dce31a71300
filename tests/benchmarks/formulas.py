"""The problems' losses once more, in PyTorch, as their sources print them."""

from __future__ import annotations

import torch

from benchmarks import data
from benchmarks.cell import instance

from .formulas_of_vectors import VECTOR_LOSSES


def _random_quadratic(w):
    problem, _ = instance("random-quadratic", 3)
    return 0.5 * w @ torch.tensor(problem.matrix) @ w


def _matrix_completion(w):
    problem, _ = instance("matrix-completion", 3)
    apart = w[0] @ w[1].T - torch.tensor(problem.truth)
    return 0.5 * (apart[torch.tensor(problem.seen_entries) == 1.0] ** 2).sum()


def _digits():
    digits = data.digits()
    return torch.tensor(digits.train), torch.tensor(digits.train_labels)


def _softmax(w):
    pixels, labels = _digits()
    ridge = 0.5e-3 * sum((part**2).sum() for part in w.values())
    scores = pixels @ w["weights"] + w["bias"]
    return torch.nn.functional.cross_entropy(scores, labels) + ridge


def _convolution(w):
    nn = torch.nn.functional
    pixels, labels = _digits()
    images = pixels[:360].reshape(-1, 1, 8, 8)
    found = torch.tanh(nn.conv2d(images, w["kernels"], w["kernel_bias"], padding=1))
    flat = nn.avg_pool2d(found, 2).reshape(len(images), -1)
    return nn.cross_entropy(flat @ w["outward"] + w["bias"], labels[:360])


def _mlp(w):
    pixels, labels = _digits()
    units = torch.tanh(pixels @ w["inward"] + w["hidden_bias"])
    return torch.nn.functional.cross_entropy(units @ w["outward"] + w["bias"], labels)


def _logistic(w):
    tumours = data.breast_cancer()
    scores = torch.tensor(tumours.train) @ w[:-1] + w[-1]
    labels = torch.tensor(tumours.train_labels).double()
    loss = torch.nn.functional.binary_cross_entropy_with_logits(scores, labels)
    return loss + 0.5e-3 * (w**2).sum()


LOSSES = VECTOR_LOSSES | {
    "breast-cancer": _logistic,
    "digits-convolution": _convolution,
    "digits-mlp": _mlp,
    "digits-softmax": _softmax,
    "matrix-completion": _matrix_completion,
    "random-quadratic": _random_quadratic,
}
"""By the name of the problem; instances are those of seed 3."""
