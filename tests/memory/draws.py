"""What is run beside closed pages: rules × backends × lengths × threads, against NumPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import hermosis as hm
from derivations.emit.llvm.task import BLOCK
from hermosis.compile.native.executor import ALONE
from hermosis.compile.native.threads import WORTHWHILE

H = hm.Hamiltonian()
#: Without sums and with them, with a gradient in mid-step, scalars, a clock, and a norm.
RULES: dict[str, Callable[[str], Any]] = {
    "SGD": lambda backend: hm.optimizers.SGD(lr=0.1, momentum=0.9, backend=backend),
    "Momentum": lambda backend: hm.optimizers.Momentum(lr=0.1, backend=backend),
    "Adam": lambda backend: hm.optimizers.Adam(lr=0.1, backend=backend),
    "AMSGrad": lambda backend: hm.optimizers.AMSGrad(lr=0.1, backend=backend),
    "LionK": lambda backend: hm.optimizers.LionK(lr=0.1, backend=backend),
    "NormalizedGD": lambda backend: hm.optimizers.NormalizedGD(lr=0.1, backend=backend),
    "Relativistic": lambda backend: hm.optimizers.Relativistic(lr=0.1, backend=backend),
    "RestMass": lambda backend: hm.optimizers.RestMass(lr=0.1, backend=backend),
    "leapfrog": lambda backend: H.optimizer(
        lr=0.01, momentum=0.9, integrator="K/2 C D K/2", backend=backend
    ),
    "arrays": lambda backend: hm.optimizers.SGD(lr=np.array([0.1]), momentum=0.9, backend=backend),
}
LENGTHS = st.one_of(
    st.integers(0, 70),
    st.sampled_from([BLOCK - 1, BLOCK, BLOCK + 1, ALONE, ALONE + 1, WORTHWHILE + 3]),
)
LAYOUTS = ("vector", "list", "dict", "matrix", "strided", "with an empty one")


def parameters(layout: str, size: int, precision: Any, seed: int) -> Any:
    """Return weights of a size, nested in some way."""
    made = np.random.default_rng(seed).normal(size=size).astype(precision)
    if layout == "list":
        return [made[: size // 3].copy(), made[size // 3 :].copy()]
    if layout == "dict":
        return {"a": made, "b": {"c": made[:2].copy()}}
    if layout == "matrix":
        return made[: size // 2 * 2].reshape(-1, 2).copy()
    if layout == "strided":
        return np.repeat(made, 2)[::2]
    return [made, np.zeros((0, 3), precision)] if "empty" in layout else made


def copied(tree: Any, gradient: bool = False) -> Any:
    """Return a copy, or the gradient of a bowl there."""
    if isinstance(tree, dict):
        return {key: copied(part, gradient) for key, part in tree.items()}
    if isinstance(tree, list):
        return [copied(part, gradient) for part in tree]
    return np.sin(tree) if gradient else tree.copy()


def flat(tree: Any) -> Any:
    """Return all numbers in a row."""
    if isinstance(tree, dict | list):
        parts = list(tree.values()) if isinstance(tree, dict) else tree
        return np.concatenate([flat(part) for part in parts])
    return tree.reshape(-1)


def loss(w: Any) -> tuple[float, Any]:
    """A loss in waves, with its gradient."""
    return float(np.sum(1 - np.cos(flat(w)))), copied(w, gradient=True)


def check_run(
    rule: str, backend: str, layout: str, size: int, single: bool, threads: int, ledger: bool
) -> None:
    """Make three steps on so many threads, and compare them with NumPy's."""
    w0 = parameters(layout, size, np.float32 if single else np.float64, size)
    hm.set_num_threads(threads)
    found = hm.minimize(loss, w0, RULES[rule](backend), jac=True, steps=3, ledger=ledger)
    due = hm.minimize(loss, w0, RULES[rule]("numpy"), jac=True, steps=3, ledger=ledger)
    close = 1e-3 if single else 1e-9
    np.testing.assert_allclose(flat(found.x), flat(due.x), rtol=close, atol=close)


def check_compiled(rule: str, size: int, members: int) -> None:
    """Run a compiled loss, alone and in an ensemble."""
    fun = hm.symbolic(lambda x: sum(hm.cos(a) + a**2 for a in x), size=size)
    w0 = parameters("vector", size, np.float64, size)
    opt = RULES[rule]("llvm")
    hm.minimize(fun, w0, opt, steps=70)
    hm.ensemble(fun, np.repeat(w0[None], members, axis=0), opt, steps=5)


def draw(examples: int, shown: Callable[[], None]) -> None:
    """Draw so many runs; each ends as it should or raises."""

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(
        rule=st.sampled_from(sorted(RULES)),
        backend=st.sampled_from(["llvm", "llvm", "numpy", "auto"]),
        layout=st.sampled_from(LAYOUTS),
        size=LENGTHS,
        single=st.booleans(),
        threads=st.integers(1, 4),
        ledger=st.booleans(),
        members=st.sampled_from([0, 0, 0, 1, 5, 300]),
    )
    def one(rule: str, size: int, members: int, **others: Any) -> None:
        shown()
        if others["layout"] in ("vector", "strided", "with an empty one") or size > 3:
            check_run(rule, size=size, **others)
        if members and 0 < size < 20 and rule not in ("arrays", "RestMass"):
            check_compiled(rule, min(size, 5), members)

    one()
