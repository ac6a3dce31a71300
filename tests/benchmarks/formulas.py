"""The problems' losses once more, in PyTorch, as their sources print them."""

from __future__ import annotations

import torch

from benchmarks import data
from benchmarks.cell import instance


def _numbers(count):
    return torch.arange(1.0, count + 1.0, dtype=torch.float64)


def _rosenbrock(w):
    return (100 * (w[1:] - w[:-1] ** 2) ** 2 + (1 - w[:-1]) ** 2).sum()


def _booth(w):
    return (w[0] + 2 * w[1] - 7) ** 2 + (2 * w[0] + w[1] - 5) ** 2


def _matyas(w):
    return 0.26 * (w[0] ** 2 + w[1] ** 2) - 0.48 * w[0] * w[1]


def _levy_13(w):
    x, y = w
    value = torch.sin(3 * torch.pi * x) ** 2
    value = value + (x - 1) ** 2 * (1 + torch.sin(3 * torch.pi * y) ** 2)
    return value + (y - 1) ** 2 * (1 + torch.sin(2 * torch.pi * y) ** 2)


def _beale(w):
    x, y = w
    return (1.5 - x + x * y) ** 2 + (2.25 - x + x * y**2) ** 2 + (2.625 - x + x * y**3) ** 2


def _three_hump_camel(w):
    x, y = w
    return 2 * x**2 - 1.05 * x**4 + x**6 / 6 + x * y + y**2


def _zakharov(w):
    s = (0.5 * _numbers(len(w)) * w).sum()
    return (w**2).sum() + s**2 + s**4


def _quadratic(w):
    indices = _numbers(50)
    return 0.5 * w @ 0.95 ** (indices[:, None] - indices[None, :]).abs() @ w


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


LOSSES = {
    "beale": _beale,
    "booth": _booth,
    "breast-cancer": _logistic,
    "chung-reynolds": lambda w: (w**2).sum() ** 2,
    "digits-convolution": _convolution,
    "digits-mlp": _mlp,
    "digits-softmax": _softmax,
    "levy-13": _levy_13,
    "matrix-completion": _matrix_completion,
    "matyas": _matyas,
    "qing": lambda w: ((w**2 - _numbers(100)) ** 2).sum(),
    "quadratic": _quadratic,
    "quartic": lambda w: (_numbers(50) * w**4).sum(),
    "random-quadratic": _random_quadratic,
    "rosenbrock-100": _rosenbrock,
    "rosenbrock-1000": _rosenbrock,
    "schwefel-2.23": lambda w: (w**10).sum(),
    "sum-squares": lambda w: (_numbers(100) * w**2).sum(),
    "three-hump-camel": _three_hump_camel,
    "zakharov": _zakharov,
}
"""By the name of the problem; instances are those of seed 3."""
