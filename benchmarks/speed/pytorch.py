"""PyTorch's optimizers at work, in each of its three implementations."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from typing import Any

from benchmarks.engine.parameters import Array
from benchmarks.speed.comparison import Contestant, NotPlayed
from benchmarks.speed.work import Work, sampled

Arguments = Mapping[str, Any]


def _moved(options: Mapping[str, float]) -> Arguments:
    return dict(options)


def _averaged(options: Mapping[str, float]) -> Arguments:
    others = {name: value for name, value in options.items() if not name.startswith("beta")}
    return {**others, "betas": (options["beta_1"], options["beta_2"])}


CLASSES: dict[str, tuple[str, Callable[[Mapping[str, float]], Arguments]]] = {
    "momentum": ("SGD", _moved),
    "Adam": ("Adam", _averaged),
    "AdamW": ("AdamW", _averaged),
}
KINDS: dict[str, Arguments] = {
    "fused": {"fused": True},
    "foreach": {"foreach": True},
    "plain": {"foreach": False, "fused": False},
}


class _Steps:
    def __init__(self, work: Work, kind: Arguments) -> None:
        if work.method.name not in CLASSES:
            raise NotPlayed(f"PyTorch has no {work.method.name}")
        torch = importlib.import_module("torch")
        torch.set_num_threads(work.threads)
        self.parameters = [torch.from_numpy(array).requires_grad_() for array in work.weights()]
        for parameter, gradient in zip(self.parameters, work.gradients, strict=True):
            parameter.grad = torch.from_numpy(gradient)
        name, arguments = CLASSES[work.method.name]
        made = getattr(torch.optim, name)
        self.optimizer = made(self.parameters, **arguments(work.method.options), **kind)

    def run(self, calls: int) -> None:
        step = self.optimizer.step
        for _ in range(calls):
            step()

    def values(self) -> Array:
        return sampled([parameter.detach().numpy() for parameter in self.parameters])


def _contestant(name: str, kind: Arguments) -> Contestant:
    return Contestant(f"PyTorch {name}", lambda work: _Steps(work, kind))


PYTORCH = tuple(_contestant(name, kind) for name, kind in KINDS.items())
