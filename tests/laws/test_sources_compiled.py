"""The JAX and PyTorch sources compile: under `jax.jit`, `vmap`, `lax.scan` and `torch.compile`.

What is compiled agrees with five steps in place, and is compiled once although its rate changes.
"""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from .subjects import (
    FEW,
    FLOATS,
    PRODUCT,
    SAMPLE,
    Arrays,
    Subject,
    check,
    compiled_once,
    five_steps,
    on_jax,
    subject_of,
)

# JAX


def check_jit(subject: Subject, dtype: Any = np.float64) -> None:
    """Five steps under `jax.jit`, which compiles once."""
    run, step = subject.run(dtype), jax.jit(subject.map_of("jax"))
    assert np.abs(run.end["w"] - run.start["w"]).max() > 1e-3, "nothing moved"
    with jax.enable_x64(dtype is np.float64):
        now = on_jax(run)
        for numbers in run.numbers:
            now = step(now, numbers)
    check(subject, now, run.end, dtype)
    assert step._cache_size() == 1, "a number was compiled in"


def check_eager(subject: Subject) -> None:
    """Operation by operation, each compiled by itself."""
    run, move = subject.run(), subject.map_of("jax")
    with jax.enable_x64(True):
        due = move(on_jax(run), run.numbers[0])
        found = jax.jit(move)(on_jax(run), run.numbers[0])
    check(subject, found, {name: np.asarray(x) for name, x in due.items()}, np.float64, steps=1)


def check_scan(subject: Subject, dtype: Any = np.float32) -> None:
    """Two runs side by side, each a scan over the numbers of its steps."""
    move, runs = subject.map_of("jax"), [subject.run(dtype, scale) for scale in (1.0, 0.5)]

    def five(now: Arrays, numbers: Arrays) -> Arrays:
        return jax.lax.scan(lambda now, each: (move(now, each), None), now, numbers)[0]

    with jax.enable_x64(dtype is np.float64):
        columns = {
            name: jnp.array([[each[name] for each in run.numbers] for run in runs])
            for name in subject.numbers
        }
        ends = jax.jit(jax.vmap(five, in_axes=(None, 0)))(on_jax(runs[0]), columns)
    for n, run in enumerate(runs):
        check(subject, {name: ends[name][n] for name in ends}, run.end, dtype)


def check_abstract(subject: Subject) -> None:
    """Everything is traced, so nothing can be read; precision is that of the arrays."""
    run = subject.run()
    for dtype in FLOATS:
        with jax.enable_x64(dtype is np.float64):
            number = jax.ShapeDtypeStruct((), dtype, weak_type=True)
            start = {n: jax.ShapeDtypeStruct(x.shape, dtype) for n, x in run.start.items()}
            numbers = dict.fromkeys(subject.numbers, number)
            traced, ends = jax.make_jaxpr(subject.map_of("jax"), return_shape=True)(start, numbers)
        assert "callback" not in str(traced)
        assert {n: (x.shape, x.dtype) for n, x in ends.items()} == {
            n: (x.shape, x.dtype) for n, x in start.items()
        }


@pytest.mark.parametrize("subject", SAMPLE, ids=str)
def test_jax_compiles_once_and_agrees_with_the_steps_in_place(subject: Subject) -> None:
    check_jit(subject)


@pytest.mark.parametrize("name", FEW)
def test_jax_computes_the_same_without_a_compiler(name: str) -> None:
    check_eager(subject_of(name))


@pytest.mark.parametrize("subject", SAMPLE, ids=str)
def test_jax_maps_over_rates_and_scans_over_steps(subject: Subject) -> None:
    check_scan(subject)


@pytest.mark.parametrize("subject", SAMPLE, ids=str)
def test_jax_traces_with_every_number_unknown(subject: Subject) -> None:
    check_abstract(subject)


# PyTorch


def check_torch(subject: Subject, backend: str, dtype: Any = np.float64) -> None:
    run = subject.run(dtype)
    with compiled_once(subject.map_of("torch"), backend) as step:
        check(subject, five_steps(step, run), run.end, dtype)


def check_tensors(subject: Subject) -> None:
    """Numbers that are tensors in double precision leave single precision as it is."""
    for dtype in FLOATS:
        run = subject.run(dtype)
        check(subject, five_steps(subject.map_of("torch"), run), run.end, dtype)


@pytest.mark.parametrize("subject", SAMPLE, ids=str)
def test_torch_compiles_once_without_a_break_and_agrees(subject: Subject) -> None:
    check_torch(subject, "aot_eager")


@pytest.mark.parametrize("subject", SAMPLE, ids=str)
def test_torch_takes_numbers_that_are_tensors(subject: Subject) -> None:
    check_tensors(subject)


# both


@pytest.mark.slow
@pytest.mark.parametrize("subject", PRODUCT, ids=str)
def test_all_sources_compile_over_the_whole_product(subject: Subject) -> None:
    check_eager(subject)
    check_abstract(subject)
    check_tensors(subject)
    for dtype in FLOATS:
        check_jit(subject, dtype)
        check_scan(subject, dtype)
        check_torch(subject, "aot_eager", dtype)
