"""The sources on other devices, under a C++ compiler, and under derivatives by their numbers.

Where there is no GPU, a device without numbers stands for it: nothing can be read back from it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import jax
import numpy as np
import pytest
import torch

from .subjects import (
    FEW,
    FLOATS,
    PRODUCT,
    SAMPLE,
    Arrays,
    Subject,
    check,
    compiled_once,
    doubles,
    five_steps,
    mapping,
    on_jax,
    subject_of,
    tensors,
)
from .test_sources_compiled import check_torch

RATES = ("Momentum-weight_decay-nesterov-decoupled", *FEW[:2])


def check_meta(subject: Subject) -> None:
    """The meta device has shapes and no numbers, so that nothing can be read from it."""
    move = subject.map_of("torch")
    for dtype in FLOATS:
        run = subject.run(dtype)
        start = tensors(run.start, "meta")
        for numbers in (run.numbers[0], doubles(run.numbers[0], "meta")):
            for name, tensor in move(start, numbers).items():
                due = start[name]
                assert (tensor.device, tensor.shape) == (due.device, due.shape)
                assert tensor.dtype == due.dtype


@pytest.mark.parametrize("subject", SAMPLE, ids=str)
def test_torch_runs_where_there_are_shapes_only(subject: Subject) -> None:
    check_meta(subject)


@pytest.mark.slow
@pytest.mark.parametrize("subject", PRODUCT, ids=str)
def test_all_of_torch_runs_where_there_are_shapes_only(subject: Subject) -> None:
    check_meta(subject)


def loss_after(move: Callable[..., Arrays], now: Arrays, numbers: dict[str, Any]) -> Any:
    """The loss Σw⁴/4 + Σw²/2 after three steps."""
    for _ in range(3):
        now = move(now, numbers)
    return (now["w"] ** 4 / 4 + now["w"] ** 2 / 2).sum()


@pytest.mark.parametrize("name", RATES)
def test_jax_differentiates_three_steps_by_the_rate(name: str) -> None:
    """Against central differences, whose error is of the order of the square of the nudge."""
    subject, nudge = subject_of(name), 1e-5
    run, move = subject.run(), subject.map_of("jax")
    with jax.enable_x64(True):
        start = on_jax(run)

        def loss(rate: Any) -> Any:
            return loss_after(move, start, run.numbers[0] | {subject.rate: rate})

        at = run.numbers[0][subject.rate]
        found, compiled = jax.grad(loss)(at), jax.jit(jax.grad(loss))(at)
        due = float(loss(at + nudge) - loss(at - nudge)) / (2 * nudge)
    assert abs(due) > 1e-2
    assert float(found) == pytest.approx(due, rel=1e-7)
    assert float(compiled) == pytest.approx(float(found), rel=1e-12)


@pytest.mark.parametrize("name", RATES)
def test_torch_differentiates_three_steps_by_every_number(name: str) -> None:
    subject = subject_of(name)
    run, move = subject.run(), subject.map_of("torch")
    names = [n for n in subject.numbers if n != "t"]
    given = [torch.tensor(run.numbers[1][n], dtype=torch.float64) for n in names]

    def loss(*numbers: Any) -> Any:
        own = {"t": run.numbers[1]["t"]} if "t" in subject.numbers else {}
        return loss_after(move, tensors(run.start), own | dict(zip(names, numbers, strict=True)))

    assert torch.autograd.gradcheck(loss, [number.requires_grad_() for number in given])


@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")  # PyTorch's own imports
@pytest.mark.skipif(
    not (shutil.which("g++") or shutil.which("clang++")),
    reason="TorchInductor needs a C++ compiler, and neither g++ nor clang++ is here",
)
@pytest.mark.slow
@pytest.mark.parametrize("name", FEW)
def test_torch_compiles_to_machine_code(
    name: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    with torch._inductor.config.patch(compile_threads=1):
        check_torch(subject_of(name), "inductor")


def gpus() -> list[Any]:
    try:
        return jax.devices("gpu")
    except RuntimeError:
        return []


@pytest.mark.parametrize("name", FEW)
def test_jax_agrees_on_a_gpu_and_moves_nothing_to_it(name: str) -> None:
    if not gpus():
        pytest.skip("JAX finds no GPU here")
    subject, gpu = subject_of(name), gpus()[0]
    run, step = subject.run(), jax.jit(subject.map_of("jax"))
    with jax.enable_x64(True):
        now, numbers = jax.device_put((run.start, run.numbers), gpu)
        with jax.transfer_guard("disallow"):
            for each in numbers:
                now = step(now, each)
    assert now["w"].devices() == {gpu}
    check(subject, {n: np.asarray(x) for n, x in now.items()}, run.end, np.float64)


@pytest.mark.skipif(not torch.cuda.is_available(), reason="PyTorch finds no GPU here")
@pytest.mark.filterwarnings("ignore:Synchronization debug mode is a prototype")
@pytest.mark.parametrize("name", FEW)
def test_torch_agrees_on_a_gpu_and_never_waits_for_it(name: str) -> None:
    subject = subject_of(name)
    run, move = subject.run(), subject.map_of("torch")
    check(subject, five_steps(move, run, "cuda"), run.end, np.float64)
    with compiled_once(move, "inductor") as step:
        check(subject, five_steps(step, run, "cuda"), run.end, np.float64)
    start = tensors(run.start, "cuda")
    torch.cuda.set_sync_debug_mode("error")
    try:
        assert move(start, run.numbers[0])["w"].device.type == "cuda"
    finally:
        torch.cuda.set_sync_debug_mode("default")


def broken(backend: str) -> Callable[..., Any]:
    """A source that looks at its rate."""
    subject = subject_of(RATES[0])
    text = subject.rule.source(backend)
    assert "w - lr *" in text
    namespace: dict[str, Any] = {}
    exec(text.replace("w - lr *", "w - (lr if lr > 0 else 0) *"), namespace)
    return mapping(subject, namespace["step"])


def test_a_source_that_looks_at_a_number_is_found_out() -> None:
    run = subject_of(RATES[0]).run(np.float32)
    with pytest.raises(jax.errors.ConcretizationTypeError):
        jax.make_jaxpr(broken("jax"))(on_jax(run), run.numbers[0])
    with pytest.raises(RuntimeError, match="meta"):
        broken("torch")(tensors(run.start, "meta"), doubles(run.numbers[0], "meta"))
    with (
        compiled_once(broken("torch"), "aot_eager") as step,
        pytest.raises(torch._dynamo.exc.Unsupported),
    ):
        five_steps(step, run)


def test_a_number_that_is_compiled_in_is_found_out() -> None:
    subject = subject_of(RATES[0])
    run = subject.run()
    with (
        compiled_once(subject.map_of("torch"), "aot_eager") as step,
        pytest.raises(torch._dynamo.exc.RecompileError),
    ):
        for numbers in run.numbers:
            step(tensors(run.start), numbers)
