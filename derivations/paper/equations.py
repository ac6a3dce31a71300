"""Section "Equations": the Hermosis equations of learning, for any H and any dimension."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total, explicit
from derivations.algebra.notation import H, Partial, Rate, any_energy
from derivations.algebra.symbols import U, X, beta, h, w
from derivations.document import Equation, Section, line, prose
from derivations.paper.phase_space import energy_is_kept, flow_law, general_energy
from derivations.proofs.proof import Step
from derivations.system.equations import Equations, hermosis_equations
from derivations.system.geometry import coupled, motion


def section() -> Section:
    """Build the section."""
    equations = hermosis_equations(any_energy())
    return Section(
        "Equations",
        (
            prose(
                "The flow of any Hamiltonian in the coupled phase space, for any number of "
                "weights. A sum over components stands where a scalar depends on them all."
            ),
            Equation(
                ("the coupled bracket applied to H: ", flow_law()),
                tuple(
                    line(-h * Rate(letter), sp.expand(-h * rate))
                    for letter, rate in by_letter(equations).items()
                ),
                tuple(agrees(equations, dimension) for dimension in (1, 2, 3)),
            ),
            Equation(
                ("chain rule along the flow: H is conserved, heat included",),
                (line(Rate(H), along_the_flow(Equations(*map(Rate, (w, X, U, beta)))))
                 , line(None, sp.S.Zero)),
                (
                    Step(
                        "the terms cancel, in any dimension",
                        "put the equations in",
                        along_the_flow(equations),
                        sp.S.Zero,
                    ),
                    energy_is_kept(coupled(3)),
                ),
            ),
            prose(
                "The last two terms of ", Rate(X), " and ", Rate(U),
                " are what the coupling adds: a friction, and the heat that it produces. A "
                "learning system may lose kinetic energy while ", H, " stays what it was.",
            ),
        ),
    )  # fmt: skip


def by_letter(equations: Equations) -> dict[sp.Symbol, sp.Expr]:
    """The four rates, keyed by the letter that moves."""
    return {w: equations.w, X: equations.X, U: equations.U, beta: equations.beta}


def agrees(equations: Equations, dimension: int) -> Step:
    """Compare the equations of the general H with the Poisson matrix in coordinates."""
    space = coupled(dimension)
    energy = general_energy(space)
    partials = {Partial(H, z): sp.diff(energy, z) for z in space.coordinates}
    indices = range(dimension)
    rates = (
        *(explicit(equations.w, dimension, index) for index in indices),
        explicit(equations.U, dimension),
        *(explicit(equations.X, dimension, index) for index in indices),
        equations.beta,
    )
    return Step(
        f"the Poisson matrix applied to any H, d = {dimension}",
        "−h dz/dt = k {z, H}",
        sp.Matrix([rate.xreplace(partials) for rate in rates]),
        sp.Matrix(list(motion(energy, space).values())),
    )


def along_the_flow(equations: Equations) -> sp.Expr:
    """dH/dt of the general H, if the state moves by these equations."""
    vectors = Partial(H, w) * equations.w + Partial(H, X) * equations.X
    scalars = Partial(H, U) * equations.U + Partial(H, beta) * equations.beta
    return sp.expand(scalars) + Total(sp.expand(vectors))
