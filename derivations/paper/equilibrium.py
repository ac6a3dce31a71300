"""Section "Equilibrium": entropy, its conjugate variables, and the 1-form that contains them."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.forms import OneForm, entropy_form
from derivations.algebra.notation import Partial, S, Y
from derivations.algebra.symbols import U, beta, parameter, t, w
from derivations.document import Cite, Equation, Section, line, prose
from derivations.proofs.proof import Step
from derivations.system.geometry import exterior_derivative


def section() -> Section:
    """Build the section."""
    definitions = {beta: Partial(S, U), Y: Partial(S, w)}
    differential = Partial(S, U) * OneForm(U) + Total(Partial(S, w) * OneForm(w))
    temperature = parameter("T")
    return Section(
        "Equilibrium",
        (
            prose(
                "A model is described by its internal energy ", U, " and its weights ", w,
                ". It is in equilibrium if it has an entropy ", S,
                " that grows with the energy ", Cite("callen"), ".",
            ),
            Equation(
                ("definition of the thermal mass and of the entropic moments",),
                tuple(line(letter, slope) for letter, slope in definitions.items()),
            ),
            Equation(
                ("chain rule for the entropy of nearby states",),
                (line(OneForm(S), differential),),
                (_along_a_curve(),),
            ),
            Equation(
                ("the same without an entropy: a 1-form on the phase space",),
                (line(sp.Symbol("omega"), entropy_form()),),
                (
                    Step(
                        "the form is the differential of the entropy where there is one",
                        "put the definitions in",
                        entropy_form().xreplace(definitions),
                        differential,
                    ),
                ),
            ),
            Equation(
                ("the form is closed on equilibrium states: a Maxwell relation",),
                (line(Partial(beta, w), Partial(Y, U)),),
                (_maxwell(),),
            ),
            Equation(
                ("definition of the temperature",), (line(temperature, 1 / beta),)
            ),
        ),
    )  # fmt: skip


def _along_a_curve() -> Step:
    """Differentiate S along a curve in two weights; dU and dw become their rates."""
    path = {name: sp.Function(name)(t) for name in ("U", "w1", "w2")}
    coordinates = sp.symbols("U w1 w2", real=True)
    entropy = sp.Function("S")(*coordinates)
    on_curve = dict(zip(coordinates, path.values(), strict=True))
    slopes = (sp.diff(entropy, x).subs(on_curve) * sp.diff(on_curve[x], t) for x in coordinates)
    rate = sp.diff(entropy.subs(on_curve), t).doit()
    return Step("dS/dt along any curve, d = 2", "chain rule", rate, sp.Add(*slopes).doit())


def _maxwell() -> Step:
    coordinates = sp.symbols("w1 w2 U", real=True)
    entropy = sp.Function("S")(*coordinates)
    slopes = tuple(sp.diff(entropy, x) for x in coordinates)
    return Step(
        "ddS = 0 for any S, d = 2",
        "mixed partial derivatives are equal",
        sp.Matrix(exterior_derivative(slopes, coordinates)),
        sp.zeros(3),
    )
