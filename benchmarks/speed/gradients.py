"""Part `gradients`: a loss with its gradient, forward and backward, next to PyTorch eager.

The networks are those of the race on handwritten digits, with the same start for everybody. A
Hessian-vector product stands next to the gradient of the same loss.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from benchmarks import data
from benchmarks.parameters import Array
from benchmarks.speed.claims import EAGER, GRADIENT, PRODUCT
from benchmarks.speed.comparison import Agreement, Contestant, Runner, compare
from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.row import Row
from hermosis import autodiff as ad

BATCH = 128
HIDDEN, CHANNELS = 32, 8
ITS_PRODUCT = "PyTorch eager, HVP"


def layers(w: Any, x: Any, f: Any) -> Any:
    """A network of one hidden layer, for either library."""
    units = f.tanh(f.dense(x, w["inward"], w["hidden_bias"]))
    return f.dense(units, w["outward"], w["bias"])


def images(w: Any, x: Any, f: Any) -> Any:
    """A convolution, the largest of each 2 × 2 window, and a linear layer."""
    found = f.relu(f.conv2d(x, w["kernels"], w["kernel_bias"], padding=1))
    return f.dense(f.reshape(f.max_pool(found, 2), (x.shape[0], -1)), w["outward"], w["bias"])


NETWORKS: Mapping[str, tuple[Callable[..., Any], Mapping[str, tuple[int, ...]]]] = {
    "digits MLP": (
        layers,
        {"inward": (64, HIDDEN), "hidden_bias": (HIDDEN,), "outward": (HIDDEN, 10), "bias": (10,)},
    ),
    "digits convolution": (
        images,
        {
            "kernels": (CHANNELS, 1, 3, 3),
            "kernel_bias": (CHANNELS,),
            "outward": (16 * CHANNELS, 10),
            "bias": (10,),
        },
    ),
}


@dataclass(frozen=True)
class Task:
    """A network, its start, and a batch of digits."""

    network: str
    dtype: str
    count: int
    threads: int
    scores: Callable[..., Any] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "scores", NETWORKS[self.network][0])

    @cached_property
    def start(self) -> dict[str, Any]:
        """Weights of a size that keeps the units out of saturation."""
        random = np.random.default_rng(0)
        shapes = NETWORKS[self.network][1]
        return {
            name: (random.normal(size=shape) / math.sqrt(math.prod(shape[:-1]))).astype(self.dtype)
            for name, shape in shapes.items()
        }

    @cached_property
    def direction(self) -> dict[str, Any]:
        """What the Hessian is multiplied by."""
        random = np.random.default_rng(1)
        return {n: random.normal(size=w.shape).astype(self.dtype) for n, w in self.start.items()}

    @cached_property
    def batch(self) -> tuple[Any, Any]:
        """Pixels and labels."""
        digits = data.digits()
        pixels = digits.train[: self.count].astype(self.dtype)
        if self.network == "digits convolution":
            pixels = pixels.reshape(-1, 1, 8, 8)
        return pixels, digits.train_labels[: self.count]


def flat(found: Mapping[str, Any]) -> Array:
    """All numbers of a gradient."""
    return np.concatenate([np.asarray(x, dtype=float).ravel() for x in found.values()])


class _Ours:
    def __init__(self, task: Task, hessian: bool) -> None:
        pixels, labels = task.batch

        def loss(w: Any) -> Any:
            return ad.cross_entropy(task.scores(w, pixels, ad), labels)

        self.loss, self.task, self.hessian = loss, task, hessian
        self.found: Any = None

    def run(self, calls: int) -> None:
        start, direction = self.task.start, self.task.direction
        if self.hessian:
            product = ad.hvp(self.loss)
            for _ in range(calls):
                self.found = product(start, direction)
        else:
            both = ad.value_and_grad(self.loss)
            for _ in range(calls):
                self.found = both(start)[1]

    def values(self) -> Array:
        return flat(self.found)


class _Torch:
    def __init__(self, task: Task, hessian: bool) -> None:
        torch = importlib.import_module("torch")
        torch.set_num_threads(task.threads)
        names = _Names(torch)
        pixels, labels = (torch.from_numpy(np.ascontiguousarray(x)) for x in task.batch)
        leaves = {n: torch.from_numpy(w.copy()).requires_grad_() for n, w in task.start.items()}
        vector = [torch.from_numpy(v) for v in task.direction.values()]
        entropy, every = torch.nn.functional.cross_entropy, list(leaves.values())

        def gradient() -> Any:
            loss = entropy(task.scores(leaves, pixels, names), labels)
            return torch.autograd.grad(loss, every)

        def product() -> Any:
            loss = entropy(task.scores(leaves, pixels, names), labels)
            slopes = torch.autograd.grad(loss, every, create_graph=True)
            return torch.autograd.grad(slopes, every, vector)

        self.call: Callable[[], Any] = product if hessian else gradient
        self.names = list(leaves)
        self.found: Any = None

    def run(self, calls: int) -> None:
        for _ in range(calls):
            self.found = self.call()

    def values(self) -> Array:
        found: dict[str, Any] = dict(zip(self.names, self.found, strict=True))
        return flat({name: x.detach().numpy() for name, x in found.items()})


class _Names:
    """PyTorch's functions by the names that a network uses."""

    def __init__(self, torch: Any) -> None:
        self.tanh, self.relu, self.reshape = torch.tanh, torch.relu, torch.reshape
        self.conv2d = torch.nn.functional.conv2d
        self.max_pool = torch.nn.functional.max_pool2d
        self.dense = lambda x, weights, bias: torch.addmm(bias, x, weights)


def _made(kind: Callable[[Task, bool], Runner], hessian: bool) -> Callable[[Task], Runner]:
    return lambda task: kind(task, hessian)


GRADIENTS = (
    Contestant(EAGER[0], _made(_Torch, False)),
    Contestant(GRADIENT[0], _made(_Ours, False)),
)
PRODUCTS = (
    Contestant(ITS_PRODUCT, _made(_Torch, True)),
    Contestant(PRODUCT[0], _made(_Ours, True)),
)


def cases(plan: Plan) -> list[Case]:
    """Both networks, at a batch and at all digits, in both precisions."""
    counts = (BATCH,) if plan.quick else (BATCH, len(data.digits().train))
    return [
        Case("gradients", name, dtype, count, _measure(plan, name, dtype, count))
        for name in NETWORKS
        for dtype in plan.dtypes
        for count in counts
    ]


def _measure(plan: Plan, name: str, dtype: str, count: int) -> Callable[[], list[Row]]:
    def measure() -> list[Row]:
        task = Task(name, dtype, count, plan.threads)
        row = Row("gradients", name, dtype, count, "", plan.threads)
        agreement = Agreement(dtype, calls=1, tolerance=1e-4 if dtype == "float32" else 1e-9)
        rows = []
        for contestants in (GRADIENTS, PRODUCTS):
            rows += compare(row, contestants, task, plan.repeats, plan.seconds, agreement)
        return rows

    return measure
