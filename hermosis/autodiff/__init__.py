"""Derivatives of functions written in NumPy: exact, to any order, with nothing else to install.

`grad`, `value_and_grad`, `vjp`, `jvp`, `hvp`, `jacobian` and `hessian` take a function of arrays or
parameter sets and return a function. `Parameter` and `Tensor` are for those who would rather call
`backward`. Operations are named as in NumPy; `Op` makes a new one.

>>> import numpy as np
>>> from hermosis import autodiff as ad
>>> ad.grad(lambda w: ad.sum(ad.tanh(w) ** 2))(np.zeros(2))
array([0., 0.])
"""

from __future__ import annotations

from hermosis.autodiff.images import conv2d, max_pool, mean_pool, windows
from hermosis.autodiff.layers import (
    attention,
    dense,
    dropout,
    embedding,
    gelu,
    layer_norm,
    leaky_relu,
)
from hermosis.autodiff.losses import cross_entropy, mse
from hermosis.autodiff.op import Op, plain
from hermosis.autodiff.pointwise import (
    absolute,
    add,
    arctan,
    clip,
    cos,
    cosh,
    divide,
    elementwise,
    erf,
    exp,
    expm1,
    log,
    log1p,
    maximum,
    minimum,
    multiply,
    negative,
    power,
    relu,
    sigmoid,
    sin,
    sinh,
    softplus,
    sqrt,
    square,
    subtract,
    tanh,
    where,
)
from hermosis.autodiff.products import dot, matmul, outer
from hermosis.autodiff.reductions import (
    log_softmax,
    logsumexp,
    max,
    mean,
    min,
    softmax,
    std,
    var,
)
from hermosis.autodiff.reverse import Parameter, Tensor
from hermosis.autodiff.shaping import (
    astype,
    broadcast_to,
    concatenate,
    expand_dims,
    pad,
    ravel,
    reshape,
    squeeze,
    stack,
    sum,
    swapaxes,
    take,
    transpose,
)
from hermosis.autodiff.transforms import grad, hessian, hvp, jacobian, jvp, value_and_grad, vjp

#: What is cut off from all derivatives: the plain array.
detach = plain

__all__ = [
    "Op",
    "Parameter",
    "Tensor",
    "absolute",
    "add",
    "arctan",
    "astype",
    "attention",
    "broadcast_to",
    "clip",
    "concatenate",
    "conv2d",
    "cos",
    "cosh",
    "cross_entropy",
    "dense",
    "detach",
    "divide",
    "dot",
    "dropout",
    "elementwise",
    "embedding",
    "erf",
    "exp",
    "expand_dims",
    "expm1",
    "gelu",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "layer_norm",
    "leaky_relu",
    "log",
    "log1p",
    "log_softmax",
    "logsumexp",
    "matmul",
    "max",
    "max_pool",
    "maximum",
    "mean",
    "mean_pool",
    "min",
    "minimum",
    "mse",
    "multiply",
    "negative",
    "outer",
    "pad",
    "plain",
    "power",
    "ravel",
    "relu",
    "reshape",
    "sigmoid",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "subtract",
    "sum",
    "swapaxes",
    "take",
    "tanh",
    "transpose",
    "value_and_grad",
    "var",
    "vjp",
    "where",
    "windows",
]
