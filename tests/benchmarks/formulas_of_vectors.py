"""Losses of one vector once more, in PyTorch, as their sources print them."""

from __future__ import annotations

import math

import torch


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


def _correlated(correlation):
    def loss(w):
        indices = _numbers(len(w))
        return 0.5 * w @ correlation ** (indices[:, None] - indices[None, :]).abs() @ w

    return loss


def _ackley(decay):
    def loss(w):
        radius = torch.linalg.vector_norm(w) / math.sqrt(len(w))
        waves = torch.cos(2 * torch.pi * w).mean()
        return -20 * torch.exp(-decay * radius) - torch.exp(waves) + 20 + math.e

    return loss


def _double_well(w):
    apart = w - torch.roll(w, 1)
    return ((w**2 - 1) ** 2).sum() / 4 + 0.05 * (apart**2).sum()


def _flat_valley(w):
    x, y = w.reshape(2, -1)
    return ((x * y - 1) ** 2).sum() / 2


def _hamiltonian_quartic(w):
    return (w[0] + w[1]) ** 4 + (w[0] / 2 - w[1] / 2) ** 4


def _mueller_brown(w):
    x, y = w
    total = 15 * torch.exp(0.7 * (x + 1) ** 2 + 0.6 * (x + 1) * (y - 1) + 0.7 * (y - 1) ** 2)
    total = total - 200 * torch.exp(-((x - 1) ** 2) - 10 * y**2)
    total = total - 100 * torch.exp(-(x**2) - 10 * (y - 0.5) ** 2)
    bent = -6.5 * (x + 0.5) ** 2 + 11 * (x + 0.5) * (y - 1.5) - 6.5 * (y - 1.5) ** 2
    return total - 170 * torch.exp(bent)


def _powell_singular(w):
    a, b, c, d = w
    return (a + 10 * b) ** 2 + 5 * (c - d) ** 2 + (b - 2 * c) ** 4 + 10 * (a - d) ** 4


def _rastrigin(w):
    return 10 * len(w) + (w**2 - 10 * torch.cos(2 * torch.pi * w)).sum()


def _saddle_chain(w):
    mirror = torch.eye(5, dtype=torch.float64) - 0.4
    x = mirror @ w
    return ((x**2 - 1) ** 2).sum() / 4 + ((1 - x[:-1] ** 2) ** 2 * x[1:] ** 2).sum()


VECTOR_LOSSES = {
    "ackley": _ackley(0.2),
    "ackley-bbi": _ackley(0.02),
    "beale": _beale,
    "booth": _booth,
    "chung-reynolds": lambda w: (w**2).sum() ** 2,
    "correlated-10": _correlated(0.96),
    "double-well": _double_well,
    "flat-valley": _flat_valley,
    "hamiltonian-quartic": _hamiltonian_quartic,
    "levy-13": _levy_13,
    "matyas": _matyas,
    "mueller-brown": _mueller_brown,
    "noisy-quadratic-crossed": _correlated(0.9),
    "noisy-quadratic-heavy": _correlated(0.9),
    "noisy-quadratic-hessian": _correlated(0.9),
    "noisy-quadratic-isotropic": _correlated(0.9),
    "noisy-rosenbrock": _rosenbrock,
    "powell-singular": _powell_singular,
    "qing": lambda w: ((w**2 - _numbers(100)) ** 2).sum(),
    "quadratic": _correlated(0.95),
    "quartic": lambda w: (_numbers(50) * w**4).sum(),
    "rastrigin": _rastrigin,
    "rosenbrock-100": _rosenbrock,
    "rosenbrock-1000": _rosenbrock,
    "saddle-chain": _saddle_chain,
    "schwefel-2.23": lambda w: (w**10).sum(),
    "styblinski-tang": lambda w: (w**4 - 16 * w**2 + 5 * w).sum() / 2,
    "sum-squares": lambda w: (_numbers(100) * w**2).sum(),
    "three-hump-camel": _three_hump_camel,
    "zakharov": _zakharov,
    "zakharov-10": _zakharov,
}
