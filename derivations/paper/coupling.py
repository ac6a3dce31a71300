"""Section "Coupling": energy moments, Y = βX, deform the form and its brackets."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.forms import OneForm, couple, entropy_form, exterior, matrix
from derivations.algebra.notation import Bracket, Determinant, S, Y
from derivations.algebra.symbols import U, X, beta, parameter, w
from derivations.document import Equation, Section, line, prose
from derivations.paper.phase_space import brackets_are, jacobi_holds
from derivations.proofs.proof import Step
from derivations.system.geometry import coupled, printed

_i, _j, _d = sp.symbols("i j d", integer=True)
T = parameter("T")
_w, _X, _Xi = sp.symbols("w_i X_j X_i")


def section() -> Section:
    """Build the section."""
    one_form = couple(entropy_form())
    two_form = exterior(one_form)
    return Section(
        "Coupling",
        (
            prose(
                "The entropic moments grow as the system cools. Measured for one unit of thermal "
                "mass they are the energy moments, which are what optimizers keep. This change of "
                "letters is all that turns conservation into learning."
            ),
            Equation(("the coupling of the moments with the temperature",), (line(Y, beta * X),)),
            Equation(
                ("the 1-form in energy moments; with ", sp.Eq(OneForm(S), sp.Symbol("omega")),
                 " it is the energy representation ", sp.Eq(OneForm(U), _energy_representation())),
                (line(sp.Symbol("omega"), one_form),),
                (
                    Step(
                        "the energy representation is an identity",
                        "put the form and the temperature in",
                        _energy_representation().xreplace({OneForm(S): one_form, T: 1 / beta}),
                        OneForm(U),
                    ),
                ),
            ),
            Equation(
                ("the 2-form in energy moments, by pullback",),
                (line(OneForm(sp.Symbol("omega")), two_form),),
                (
                    Step(
                        "pullback and exterior derivative commute",
                        "couple first or last",
                        two_form,
                        couple(exterior(entropy_form())),
                    ),
                    *(_is_pullback(two_form, dimension) for dimension in (1, 2, 3)),
                ),
            ),
            Equation(
                ("the determinant of its matrix is not zero where ", beta, " is positive"),
                (line(Determinant(sp.Symbol("Omega")), beta ** (2 * _d)),),
                tuple(_determinant(dimension) for dimension in (1, 2, 3)),
            ),
            Equation(
                ("inverse of the matrix",),
                (
                    line(Bracket(U, beta), sp.S.One),
                    line(Bracket(_w, _X), sp.KroneckerDelta(_i, _j) / beta),
                    line(Bracket(U, _Xi), -_Xi / beta),
                ),
                (
                    brackets_are(coupled(3), 1 / beta, -1 / beta),
                    _by_leibniz(),
                    jacobi_holds(coupled(3)),
                ),
            ),
            prose(
                "The paper prints ", Bracket(_w, _X), " without the factor ", 1 / beta,
                ". What it prints is not a bracket:",
            ),
            Equation(
                ("the Jacobi identity with the printed bracket",),
                (line(_cyclic(), -1 / beta), line(None, sp.S.Zero, "≠")),
                (jacobi_with_printed(), jacobi_fails()),
            ),
        ),
    )  # fmt: skip


def _energy_representation() -> sp.Expr:
    """What dU is made of: heat and work."""
    return T * OneForm(S) - Total(X * OneForm(w))


def jacobi_with_printed() -> Step:
    """By how much the printed bracket misses the Jacobi identity."""
    return Step(
        "the printed bracket misses the Jacobi identity by −1/β",
        "printed brackets, d = 1",
        _printed_sum(),
        -1 / beta,
    )


def jacobi_fails() -> Step:
    """The printed bracket violates the Jacobi identity."""
    return Step(
        "the printed bracket violates the Jacobi identity",
        "a point where the cyclic sum is not zero",
        _printed_sum(),
        sp.S.Zero,
        differs=True,
    )


def _printed_sum() -> sp.Expr:
    space = printed(1)
    w1, energy, moment, _ = space.coordinates
    return space.jacobi(w1, energy, moment)


def _cyclic() -> sp.Expr:
    a, b, e = sp.Symbol("w_i"), U, sp.Symbol("X_i")
    return sp.Add(*(Bracket(x, Bracket(y, z)) for x, y, z in ((a, b, e), (b, e, a), (e, a, b))))


def _is_pullback(form: sp.Expr, dimension: int) -> Step:
    space = coupled(dimension)
    return Step(
        f"JᵀΩJ with the Jacobian J of the coupling, d = {dimension}",
        "pullback in coordinates",
        sp.Matrix(matrix(form, space.coordinates)),
        sp.Matrix(space.form),
    )


def _determinant(dimension: int) -> Step:
    return Step(
        f"the determinant of the pulled-back matrix, d = {dimension}",
        "determinant",
        coupled(dimension).form.det(),
        beta ** (2 * dimension),
    )


def _by_leibniz() -> Step:
    """The streamlined way of the paper's appendix: {w, βX} = δ and {U, βX} = 0."""
    space = coupled(2)
    w1, w2, energy, x1, x2, _ = space.coordinates
    rows = [[space.bracket(a, beta * b) for b in (x1, x2)] for a in (w1, w2, energy)]
    return Step(
        "Y = βX is canonical again, d = 2",
        "Leibniz rule",
        sp.Matrix(rows),
        sp.Matrix([[1, 0], [0, 1], [0, 0]]),
    )
