"""Emitted source in all languages: it agrees, it reads well, and what it cannot say is refused."""

from __future__ import annotations

import ast
import math
import shutil
import subprocess
import sys
from functools import reduce
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

from derivations import textbook
from derivations.algebra.components import Total, norm2, total
from derivations.algebra.symbols import Component, G, L, U, X, beta, c, gamma, h, k, tau, w
from derivations.emit import BACKENDS, plan, source
from derivations.errors import BackendError
from derivations.step.composition import compose
from derivations.step.rule import Rule, Stage
from derivations.system.energies import componentwise_relativistic, massless, relativistic
from derivations.system.energy import Energy
from derivations.system.thermal import ThermalLaw

from .runners import SIZE, close, oracle, p, q, run_in_place, run_pure, start_point

#: The languages that are Python.
PYTHON = [name for name in BACKENDS if name != "llvm"]
LAW = ThermalLaw(gamma * beta)
FORM = {
    k: sp.S.One,
    h: 1 / p,
    c: sp.sqrt(1 / p),
    gamma: -sp.log(q / 2),
    tau: sp.S.One,
}
KINETIC = {
    "classical": beta / (2 * k) * norm2(X),
    "relativistic": relativistic(X, beta, p),
    "componentwise": componentwise_relativistic(X, beta, p),
    "massless": massless(X, beta, q),
    "softsign": beta / k * total(sp.log(sp.cosh(X))),
    "mixed": beta / k * norm2(X) * total(sp.Abs(X)),
}


def rule_of(name: str) -> Rule:
    if name in textbook.RULES:
        return textbook.rule(name)
    energy = Energy(KINETIC[name], beta * c**2 / k * L, h / k * U * LAW.rate)
    return compose("C K D", energy, LAW, name=name.title()).subs(FORM)


@pytest.mark.parametrize("name", KINETIC)
def test_all_languages_agree(name: str) -> None:
    jax = pytest.importorskip("jax", reason="JAX is an extra")
    pytest.importorskip("numba", reason="Numba is an extra")
    rule, start = rule_of(name), start_point(3)
    due = oracle(rule, start)
    close(run_in_place(rule, "numpy", start), due, rel=1e-17)
    if name in ("relativistic", "softsign"):  # each takes seconds to compile
        close(run_in_place(rule, "numba", start), due, rel=1e-17)
    close(run_pure(rule, "torch", start), due, rel=1e-17)
    with jax.enable_x64(True):
        close(run_pure(rule, "jax", start), due, rel=1e-17)


@pytest.mark.parametrize("backend", PYTHON)
@pytest.mark.parametrize("name", [*KINETIC, *textbook.RULES])
def test_sources_are_python_that_says_what_it_does(name: str, backend: str) -> None:
    rule = rule_of(name)
    text = rule.source(backend)
    tree = ast.parse(text)
    assert ast.get_docstring(tree) is not None
    (step,) = (n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "step")
    assert ast.get_docstring(step) is not None
    for stage in rule.stages:
        assert stage.label in text
    assert text.endswith("\n") and "\t" not in text


def test_ruff_leaves_the_sources_valid(tmp_path: Path) -> None:
    ruff = shutil.which("ruff", path=str(Path(sys.executable).parent)) or shutil.which("ruff")
    assert ruff is not None, "ruff is part of the development environment: make test installs it"
    for name in ("relativistic", "adam"):
        for backend in PYTHON:
            (tmp_path / f"{name}_{backend}.py").write_text(rule_of(name).source(backend))
    subprocess.run([ruff, "format", "-q", tmp_path], check=True)
    undefined = [ruff, "check", "-q", "--isolated", "--select", "E9,F63,F7,F82", tmp_path]
    subprocess.run(undefined, check=True)
    for path in tmp_path.glob("*.py"):
        assert "def step(" in path.read_text()
        ast.parse(path.read_text())


def test_negative_decimal_factors_keep_their_sign() -> None:
    """A user's own -0.5 is a Float, not a Rational."""
    rule = Rule("decimal", (Stage("K", ((X, -0.5 * p * X - 0.25 * sp.exp(-0.5 * p)),)),))
    start = start_point(1)
    due = -0.35 * start[X] - 0.25 * math.exp(-0.35)
    assert run_in_place(rule, "numpy", start)[X] == pytest.approx(due, rel=1e-15)
    assert run_pure(rule, "torch", start)[X] == pytest.approx(due, rel=1e-15)


def test_signs_and_steps_of_sums() -> None:
    """Python's `math` has no sign, and the slope of a maximum is a step function."""
    value = X * sp.sign(Total(X)) + sp.Heaviside(w)
    rule, start = Rule("signs", (Stage("K", ((X, value),)),)), start_point(2)
    due = start[X] * np.sign(np.sum(start[X])) + (start[w] > 0)
    for backend in ("numpy", "numba"):
        assert run_in_place(rule, backend, start)[X] == pytest.approx(due, rel=1e-15)
    assert run_pure(rule, "torch", start)[X] == pytest.approx(due, rel=1e-15)


def test_a_value_that_is_the_same_for_all_components() -> None:
    rule = Rule("flat", (Stage("K", ((X, p * Total(sp.Integer(1))),)), Stage("D", ((w, w - X),))))
    start = start_point(4)
    for mine in (run_in_place(rule, "numpy", start), run_pure(rule, "torch", start)):
        assert mine[X] == pytest.approx(np.full(SIZE, 0.7 * SIZE))
        assert mine[w] == pytest.approx(start[w] - 0.7 * SIZE)


def test_simultaneous_assignments_read_the_old_values() -> None:
    swap = Rule("swap", (Stage("K", ((X, w), (w, X))),))
    start = start_point(5)
    for mine in (run_in_place(swap, "numpy", start), run_in_place(swap, "numba", start)):
        assert np.array_equal(mine[X], start[w]) and np.array_equal(mine[w], start[X])
    chain = Rule(
        "chain",
        (
            Stage(
                "K",
                (
                    (w, w + X),
                    (X, X - w + G),
                ),
            ),
        ),
    )
    mine, due = run_in_place(chain, "numpy", start), oracle(chain, start)
    close(mine, due)


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_function_without_code_is_refused(backend: str) -> None:
    rule = Rule("gamma", (Stage("K", ((X, sp.gamma(X)),)),))
    with pytest.raises(BackendError, match="the function gamma; known: .*exp"):
        rule.source(backend)


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(BackendError, match="unknown backend 'fortran'; known: numpy, numba, jax"):
        source(textbook.sgd(), "fortran")
    with pytest.raises(BackendError, match="numpy, numba, llvm, not on 'jax'"):
        plan(textbook.sgd(), "jax")


def test_a_formula_with_too_many_parts_is_refused() -> None:
    parts = [sp.exp(sp.Rational(n, 7) * X) for n in range(1, 4)]
    deep = reduce(lambda a, b: sp.sqrt(1 + a**2) * sp.tanh(b * a), parts)
    many = [Component(f"S{n}") for n in range(12)]
    rule = Rule("wide", (Stage("K", tuple((s, many[i - 1] + deep) for i, s in enumerate(many))),))
    with pytest.raises(BackendError, match="needs more than 8 temporary arrays"):
        rule.source("numpy")
    assert "for i in range" in rule.source("numba")
