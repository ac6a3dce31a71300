"""The Hermosis equations: the motion of (w, X, U, β) under any H(w, X, U, β, L)."""

from __future__ import annotations

from dataclasses import dataclass

import sympy as sp

from derivations.algebra.components import Total, is_component, slope
from derivations.algebra.symbols import U, X, beta, h, k, w
from derivations.emit.mathematics.latex import latex
from derivations.errors import NotScalarError


@dataclass(frozen=True)
class Equations:
    """Rates of change dw/dt, dX/dt, dU/dt, dβ/dt; `w` and `X` are those of one component.

    `moments` are the rates of a metric's own moments, each with its symbol.
    """

    w: sp.Expr
    X: sp.Expr
    U: sp.Expr
    beta: sp.Expr
    moments: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()

    def latex(self) -> str:
        r"""Return the four equations as one LaTeX `aligned` block."""
        names = {"w": r"\dot w_{i}", "X": r"\dot X_{i}", "U": r"\dot U", "beta": r"\dot \beta"}
        rows = [f"{left} &= {latex(getattr(self, name))}" for name, left in names.items()]
        rows += [rf"\dot {{{latex(moment)}}} &= {latex(rate)}" for moment, rate in self.moments]
        return "\\begin{aligned}\n" + " \\\\\n".join(rows) + "\n\\end{aligned}"

    def _repr_latex_(self) -> str:
        return f"$\\displaystyle {self.latex()}$"


def hermosis_equations(hamiltonian: sp.Expr) -> Equations:
    """Apply the bracket to H: −h dz/dt = k {z, H}.

    Source: Hermosis, Learning Dynamics, "Evolution", with the bracket {w, X} = δ/β that the
    2-form gives (`derivations.system.geometry`). Raises `NotScalarError` if H has a free component.

    >>> from derivations.algebra.components import norm2
    >>> from derivations.algebra.symbols import L, c
    >>> hermosis_equations(beta / (2 * k) * norm2(X) + beta * c**2 / k * L).X
    G*c**2/h
    """
    check_scalar(hamiltonian)
    velocity, force = slope(hamiltonian, X), slope(hamiltonian, w)
    heat, mass = sp.diff(hamiltonian, U), sp.diff(hamiltonian, beta)
    return Equations(
        w=sp.expand_mul(-k / (h * beta) * velocity),
        X=sp.expand_mul(k / (h * beta) * (force - X * heat)),
        U=sp.expand_mul(k / h * (Total(X * velocity) / beta - mass)),
        beta=k / h * heat,
    )


def check_scalar(expr: sp.Expr) -> None:
    """Refuse an energy in which a component symbol stands outside every sum."""
    if is_component(expr):
        raise NotScalarError(
            f"an energy must be one number, but {expr} has one value for each component; "
            "sum over the components with total(...) or norm2(...)"
        )
