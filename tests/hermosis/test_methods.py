"""Built-in optimizers: each constructs, says what it is, and shows where its step comes from."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

import hermosis as hm
from hermosis import optimizers
from hermosis.errors import HyperparameterError
from hermosis.model.method import Method

every_method = pytest.mark.parametrize("name", optimizers.names())


def create(name: str) -> Method:
    return optimizers.create(name, backend="numpy")


@every_method
def test_defaults_are_enough(name: str) -> None:
    opt = create(name)
    assert opt.name == name and type(opt).__name__ == name
    assert repr(opt).startswith(f"{name}(") and "backend" not in repr(opt)
    assert opt.rule.stages
    assert opt.rule.latex()
    assert "def step(" in opt.rule.source("numpy")
    assert inspect.getdoc(type(opt))


@every_method
def test_what_stands_behind_a_method(name: str) -> None:
    opt = create(name)
    if opt.hamiltonian is None:
        assert opt.rule.word == ""
    else:
        assert isinstance(opt.hamiltonian, hm.Hamiltonian)
        assert opt.rule.word
    assert (opt.reduction is None) == (type(opt).proof is None)


@pytest.mark.parametrize("name", ["SGD", "Momentum", "NormalizedGD"])
def test_the_reduction_of_a_method_is_proved(name: str) -> None:
    proof = create(name).reduction
    assert proof is not None and proof.proved


@every_method
def test_a_method_minimizes_a_bowl(name: str) -> None:
    paces = {"PaperRelativistic": {"tau": 0.1}, "Bregman": {"lr": 0.1}}  # a step of H's own time
    pace = paces.get(name, {"lr": 0.02})
    opt = optimizers.create(name, backend="numpy", **pace)
    start = np.array([1.0, -0.5])
    result = hm.minimize(lambda w: (float(w @ w) / 2, w), start, opt, jac=True, steps=60)
    assert result.status == 1
    assert result.fun_best < 0.5 * float(start @ start) / 2


@every_method
def test_bad_hyperparameters_are_refused_by_name(name: str) -> None:
    field = next(iter(inspect.signature(optimizers.__dict__[name]).parameters))
    for bad in (-1.0, float("nan"), "fast"):
        with pytest.raises(HyperparameterError, match=f"{name}: {field} is {bad!r}"):
            optimizers.create(name, **{field: bad})


@pytest.mark.parametrize("name", [n for n in optimizers.names() if n != "PaperRelativistic"])
def test_weight_decay_in_each_form_that_a_method_has(name: str) -> None:
    fields = inspect.signature(optimizers.__dict__[name]).parameters
    start = np.array([1.0, -0.5])
    for options in ({"weight_decay": 0.5}, {"weight_decay": 0.5, "decoupled": True}):
        if not set(options) <= set(fields):
            continue
        opt = optimizers.create(name, lr=0.1, backend="numpy", **options)
        result = hm.minimize(lambda w: (0.0, 0 * w), start, opt, jac=True, steps=3)
        assert np.all(np.abs(result.x) < np.abs(start))


def test_options_choose_the_variant() -> None:
    centered = optimizers.RMSProp(centered=True, backend="numpy")
    assert {symbol.name for symbol in centered.rule.states} == {"M", "V"}
    assert optimizers.Adam(betas=(0.8, 0.9), backend="numpy").hyperparameters["beta_2"] == 0.9
    with pytest.raises(HyperparameterError, match="Adam: betas is -1"):
        optimizers.Adam(betas=(0.9, -1.0))


def test_names_are_found_by_pattern() -> None:
    assert optimizers.names("*GD") == ("NormalizedGD", "SGD", "SignSGD")
    assert set(optimizers.names()) <= set(dir(optimizers))
    with pytest.raises(HyperparameterError, match="there is no optimizer 'Adamm'; there are Adam"):
        optimizers.create("Adamm")


def test_a_method_of_ones_own_is_a_method_like_any_other() -> None:
    class Fast(optimizers.Momentum):
        """Momentum with other defaults."""

        lr: float = 0.5

    opt = Fast(backend="numpy")
    assert repr(opt) == "Fast(lr=0.5, momentum=0.9)"
    w = np.zeros(1)
    opt.step(w, np.ones(1), opt.init(w))
    assert w[0] == -0.5


def test_the_accumulated_gradient_never_settles_and_paper_relativistic_stalls() -> None:
    """Two of the paper's systems, as theory says of them."""
    bowl = {"fun": lambda w: (float(w @ w) / 2, w), "w0": np.array([1.0]), "jac": True}
    accumulated = hm.minimize(
        opt=optimizers.Accumulated(lr=0.01, backend="numpy"), steps=2000, keep=True, **bowl
    )
    assert max(abs(w[0]) for w in accumulated.trace.w[-200:]) > 0.9
    stalled = optimizers.PaperRelativistic(tau=0.1, gamma=2.0, backend="numpy")
    assert hm.minimize(opt=stalled, steps=2000, **bowl).x[0] > 0.5
