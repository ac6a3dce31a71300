"""Part `gradients`: a loss with its gradient, forward and backward, next to PyTorch eager.

The networks are those of the race on handwritten digits, with the same start for everybody. A
Hessian-vector product stands next to the gradient of the same loss.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from benchmarks.engine.parameters import Array
from benchmarks.families import data
from benchmarks.families.network import Network
from benchmarks.problems.digits_convolution import DigitsConvolution
from benchmarks.problems.digits_mlp import DigitsMLP
from benchmarks.speed.claims import EAGER, GRADIENT, PRODUCT
from benchmarks.speed.comparison import Agreement, Contestant, Runner, compare
from benchmarks.speed.plan import Case, Plan
from benchmarks.speed.row import Row
from hermosis import autodiff as ad

BATCH = 128
NETWORKS: Mapping[str, Network] = {
    "digits MLP": DigitsMLP(),
    "digits convolution": DigitsConvolution(),
}
ITS_PRODUCT = "PyTorch eager, HVP"


@dataclass(frozen=True)
class Task:
    """A network, its start, and a batch of digits."""

    network: str
    dtype: str
    count: int
    threads: int

    def scores(self, f: Any, pixels: Any, w: Any) -> Any:
        """The network's scores, by the functions of a library."""
        return NETWORKS[self.network].scores(f, pixels, w)

    @cached_property
    def start(self) -> dict[str, Any]:
        """The network's weights."""
        start = NETWORKS[self.network].start(np.random.default_rng(0))
        return {name: array.astype(self.dtype) for name, array in start.items()}

    @cached_property
    def direction(self) -> dict[str, Any]:
        """What the Hessian is multiplied by."""
        random = np.random.default_rng(1)
        return {n: random.normal(size=w.shape).astype(self.dtype) for n, w in self.start.items()}

    @cached_property
    def batch(self) -> tuple[Any, Any]:
        """Pixels and labels."""
        digits = data.digits()
        return digits.train[: self.count].astype(self.dtype), digits.train_labels[: self.count]


def flat(found: Mapping[str, Any]) -> Array:
    """All numbers of a gradient."""
    return np.concatenate([np.asarray(x, dtype=float).ravel() for x in found.values()])


class _Ours:
    def __init__(self, task: Task, hessian: bool) -> None:
        pixels, labels = task.batch

        def loss(w: Any) -> Any:
            return ad.cross_entropy(task.scores(ad, pixels, w), labels)

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
            loss = entropy(task.scores(names, pixels, leaves), labels)
            return torch.autograd.grad(loss, every)

        def product() -> Any:
            loss = entropy(task.scores(names, pixels, leaves), labels)
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
        self.tanh, self.reshape = torch.tanh, torch.reshape
        self.conv2d = torch.nn.functional.conv2d
        self.mean_pool = torch.nn.functional.avg_pool2d
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
