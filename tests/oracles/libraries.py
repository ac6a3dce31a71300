"""The same steps by libraries that we did not write: PyTorch and optax."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import optax
import torch

from .support import Arrays, Problem


def by_torch(
    problem: Problem,
    make: Callable[[list[torch.Tensor]], torch.optim.Optimizer],
    schedule: Callable[[Any], Any] | None = None,
) -> Arrays:
    """The weights after PyTorch's steps with the same gradients."""
    tensors = [torch.tensor(array, requires_grad=True) for array in problem.weights]
    opt = make(tensors)
    scheduler = schedule(opt) if schedule else None
    for slope in problem.slopes:
        for tensor, gradient in zip(tensors, slope, strict=True):
            tensor.grad = torch.tensor(gradient)
        opt.step()
        if scheduler:
            scheduler.step()
    return [tensor.detach().numpy() for tensor in tensors]


def by_optax(problem: Problem, make: Callable[[], optax.GradientTransformation]) -> Arrays:
    """The weights after optax's steps on the same set with the same gradients."""
    with jax.enable_x64(True):
        opt = make()
        w = jax.tree.map(jax.numpy.asarray, problem.fresh())
        state = opt.init(w)
        for gradient in problem.gradients:
            updates, state = opt.update(jax.tree.map(jax.numpy.asarray, gradient), state, w)
            w = optax.apply_updates(w, updates)
    # JAX sorts the keys of a dict; those of a problem are sorted
    return [np.asarray(array) for array in jax.tree.leaves(w)]
