"""Parameters, tensors and graphs: backward, memory, long chains, and what is refused."""

from __future__ import annotations

import gc
from typing import Any

import numpy as np
import pytest
import torch

import hermosis as hm
from hermosis import autodiff as ad
from hermosis.autodiff.forward import Dual

LONG = 100_000


def chain(x: Any) -> Any:
    for _ in range(LONG):
        x = x * 1.00001 + 0.0
    return x


def test_gradients_add_up_over_losses_and_calls_as_in_pytorch() -> None:
    numbers = np.array([[0.5, -1.0], [2.0, 0.25]])
    p, q = ad.Parameter(numbers), torch.tensor(numbers, requires_grad=True)
    shared, theirs = ad.tanh(p @ p), torch.tanh(q @ q)
    (shared * shared).sum().backward(keep=True)
    (theirs * theirs).sum().backward(retain_graph=True)
    shared.sum().backward()
    theirs.sum().backward()
    np.testing.assert_allclose(p.grad, q.grad.numpy(), rtol=1e-13)


def test_a_seed_multiplies_the_derivatives() -> None:
    p = ad.Parameter([1.0, 2.0])
    (p * p).backward(np.array([1.0, 10.0]))
    assert p.grad.tolist() == [2.0, 40.0]


def test_a_long_chain_forward_backward_and_in_second_order() -> None:
    p = ad.Parameter(1.0)
    chain(p * p).backward()
    due = 1.00001**LONG
    assert p.grad == pytest.approx(2 * due, rel=1e-9)
    assert ad.jvp(chain)(1.0, 1.0) == pytest.approx(due, rel=1e-9)
    assert ad.hvp(lambda x: chain(x * x))(1.0, 1.0) == pytest.approx(2 * due, rel=1e-9)


@pytest.mark.parametrize("goes_back", [True, False])
def test_memory_is_free_without_the_cycle_collector(goes_back: bool) -> None:
    p = ad.Parameter(np.ones(3))
    gc.collect()
    before = tensors()
    gc.disable()
    try:
        loss = ad.cross_entropy(ad.tanh(p * np.ones((4, 3))), [0, 1, 2, 0])
        assert tensors() > before
        if goes_back:
            loss.backward()
            assert tensors() == before + 1, "the graph is gone, its end is held"
        del loss
        assert tensors() == before
        ad.hvp(lambda w: ad.sum(ad.tanh(w) ** 2))(np.ones(3), np.ones(3))
        ad.hessian(lambda w: ad.sum(ad.tanh(w) ** 2))(np.ones(3))
        assert tensors() == before
    finally:
        gc.enable()


def tensors() -> int:
    return sum(type(x) in (ad.Tensor, Dual) for x in gc.get_objects())


def test_what_goes_into_a_loss_may_change_before_backward() -> None:
    """The graph has its own copies of arrays that are no parameters."""
    p, factors, rows = ad.Parameter([1.0, 2.0]), np.array([3.0, 4.0]), np.array([0, 1])
    loss = ad.sum(ad.take(p * factors, rows) * p)
    factors[:], rows[:] = 100.0, 0
    loss.backward()
    assert p.grad.tolist() == [6.0, 16.0]


def test_a_long_chain_is_dropped_without_recursion() -> None:
    p = ad.Parameter(1.0)
    end = chain(p)
    end.backward(keep=True)
    del end
    assert ad.jvp(lambda x: 1.0)(1.0, 1.0) == 0.0


def test_a_tensor_shows_its_numbers_and_gives_none_away() -> None:
    t = ad.Tensor([[1.0, 2.0]])
    assert repr(t) == "Tensor([[1., 2.]])"
    assert (t.shape, t.ndim, t.size, t.dtype, len(t)) == ((1, 2), 2, 2, float, 1)
    assert not t.value.flags.writeable
    assert not np.asarray(t).flags.writeable and np.array(t).flags.writeable
    assert isinstance(t + 1.0, ad.Tensor) and isinstance(np.ones(2) + t, ad.Tensor)
    assert (t > 1.5).tolist() == [[False, True]]
    assert float(ad.sum(t)) == 3.0 and ad.sum(t).item() == 3.0
    assert repr(ad.Parameter([1.0])) == "Parameter([1.])"


def test_a_parameter_is_state_and_takes_steps() -> None:
    numbers = np.array([3.0, -1.0])
    p = ad.Parameter(numbers)
    numbers[:] = 7.0
    assert p.value.tolist() == [3.0, -1.0], "it holds a copy"
    opt = hm.optimizers.Momentum(lr=0.1, momentum=0.5)
    state = opt.init(p.value)
    for _ in range(100):
        p.grad = None
        ad.sum((p - 1.0) ** 2).backward()
        opt.step(p.value, p.grad, state)
    np.testing.assert_allclose(p.value, 1.0, atol=1e-6)


def test_parameters_and_tensors_are_apart() -> None:
    p = ad.Parameter([1.0])
    assert not isinstance(p, ad.Tensor) and not isinstance(p * 1.0, ad.Parameter)
    assert not hasattr(p * 1.0, "grad") and not hasattr(p, "backward")


def test_what_is_detached_is_a_constant() -> None:
    p = ad.Parameter([2.0])
    ad.sum(p * ad.detach(p)).backward()
    assert p.grad == [2.0]
    assert ad.grad(lambda x: ad.grad(lambda y: y * ad.detach(x * y))(x))(3.0) == 0.0
