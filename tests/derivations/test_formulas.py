"""Formulas as a person writes them: LaTeX, and MathML with the same signs."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree

import pytest
import sympy as sp

from derivations.algebra.components import norm2, total
from derivations.algebra.notation import At, Bracket, H, Partial, Rate
from derivations.algebra.symbols import (
    G,
    U,
    X,
    beta,
    c,
    gamma,
    h,
    k,
    momentum,
    parameter,
    t,
    tau,
    w,
)
from derivations.emit.mathematics.latex import latex
from derivations.emit.mathematics.mathml import mathml

delta = parameter("delta")

FORMULAS = {
    "constants before vectors": (
        c**2 / h * G - gamma * X,
        r"\frac{c^{2}}{h} \partial_{i} L - \gamma X_{i}",
    ),
    "one under the root": (
        X / sp.sqrt(1 + delta * norm2(X)),
        r"\frac{X_{i}}{\sqrt{1 + \delta \lVert \mathbf{X} \rVert^{2}}}",
    ),
    "norm": (sp.sqrt(norm2(X)), r"\lVert \mathbf{X} \rVert"),
    "fourth power of a norm": (norm2(X) ** 2, r"\lVert \mathbf{X} \rVert^{4}"),
    "one-norm": (total(sp.Abs(X)), r"\lVert \mathbf{X} \rVert_{1}"),
    "scalar product": (total(X * w), r"\mathbf{X} \cdot \mathbf{w}"),
    "sum behind a fraction": (
        total(sp.log(sp.cosh(X))) * beta / k,
        r"\frac{\beta}{k} \sum_{j} \log{\left(\cosh{\left(X_{j} \right)} \right)}",
    ),
    "sum in brackets": (
        total(sp.cosh(X)) * X,
        r"\left(\sum_{j} \cosh{\left(X_{j} \right)}\right) X_{i}",
    ),
    "nested sums have their own index": (
        total(sp.sqrt(X + total(sp.cosh(X)))),
        r"\sum_{j} \sqrt{X_{j} + \sum_{l} \cosh{\left(X_{l} \right)}}",
    ),
    "state, then gradient": (
        momentum * X + (1 - momentum) * G,
        r"\mu X_{i} + \left(1 - \mu\right) \partial_{i} L",
    ),
    "words are upright": (parameter("step_size") * X, r"\mathrm{step\ size} \, X_{i}"),
    "greek with an index": (parameter("beta_1"), r"\beta_{1}"),
    "rate": (Rate(X), r"\dot{X}_{i}"),
    "partial derivative": (
        k / beta * Partial(H, X),
        r"\frac{k}{\beta} \frac{\partial H}{\partial X_{i}}",
    ),
    "bracket": (Bracket(U, beta), r"\{U,\, \beta\}"),
    "a time": (At(X, t - tau), r"X_{i}(t - \tau)"),
    "difference over a constant": ((w - X) / h, r"\frac{w_{i} - X_{i}}{h}"),
}  # fmt: skip


@pytest.mark.parametrize("name", FORMULAS)
def test_latex_is_what_a_person_writes(name):
    expression, wanted = FORMULAS[name]
    assert latex(expression) == wanted


@pytest.mark.parametrize("name", FORMULAS)
def test_mathml_has_the_same_signs_in_the_same_order(name):
    expression, wanted = FORMULAS[name]
    assert signs_of_mathml(mathml(expression)) == signs_of_latex(wanted)


def signs_of_mathml(text: str) -> list[str]:
    """The letters and numbers of a formula, as they are read."""
    tree = ElementTree.fromstring(f"<math>{text}</math>")
    found = [leaf.text for leaf in tree.iter() if leaf.tag in ("mi", "mn") and leaf.text]
    return sorted("".join(found).replace(" ", ""))


def signs_of_latex(text: str) -> list[str]:
    """The same, read from LaTeX."""
    greek = {r"\beta": "β", r"\gamma": "γ", r"\delta": "δ", r"\mu": "μ", r"\tau": "τ"}
    for command, letter in greek.items():
        text = text.replace(command, letter)
    text = re.sub(r"\\(log|cosh)", r"\1", text)
    return sorted(re.sub(r"\\[a-zA-Z]+|[^\w]|_", "", text))
