"""Section "Phase space": the 2-form, its brackets, and motion that never comes to rest."""

from __future__ import annotations

from itertools import combinations

import sympy as sp

from derivations.algebra.components import Total
from derivations.algebra.forms import OneForm, entropy_form, exterior, matrix
from derivations.algebra.notation import Bracket, H, Partial, Rate, Y
from derivations.algebra.symbols import U, X, beta, h, k, w
from derivations.document import Cite, Equation, Line, Section, line, prose
from derivations.proofs.proof import Step
from derivations.system.geometry import PhaseSpace, canonical, coupled, motion

_i, _j = sp.symbols("i j", integer=True)


def section() -> Section:
    """Build the section."""
    form = exterior(entropy_form())
    rates = uncoupled_rates()
    return Section(
        "Phase space",
        (
            prose(
                "Away from equilibrium there is no entropy, but the 1-form remains. Its exterior "
                "derivative is a symplectic form ", Cite("cannas"), ", and gives the phase space "
                "its brackets ", Cite("arnold"), ".",
            ),
            Equation(
                ("exterior derivative of the 1-form",),
                (line(OneForm(sp.Symbol("omega")), form),),
                tuple(_matrix_of(form, dimension) for dimension in (1, 2, 3)),
            ),
            Equation(
                ("inverse of the matrix of the 2-form",),
                (
                    line(Bracket(U, beta), sp.S.One),
                    line(Bracket(*sp.symbols("w_i Y_j")), sp.KroneckerDelta(_i, _j)),
                ),
                (brackets_are(canonical(3), sp.S.One, sp.S.Zero), jacobi_holds(canonical(3))),
            ),
            Equation(
                ("the flow of H: ", flow_law()),
                tuple(line(-h * Rate(z), sp.expand(-h * rate)) for z, rate in rates.items()),
                (motion_is(rates), energy_is_kept(canonical(2))),
            ),
            prose(
                "The paper prints the second and third of these without the unit of action; the "
                "errata prove that the energy would not be conserved then."
            ),
            Equation(
                ("divergence of the flow",),
                (_no_divergence(),),
                (volume_is_kept(canonical(2)),),
            ),
            prose(
                "The motion keeps all volume, so that no trajectory comes to rest: this phase "
                "space alone does not learn."
            ),
        ),
    )  # fmt: skip


def flow_law() -> sp.Basic:
    """The law that makes a motion of a Hamiltonian, for any coordinate z."""
    z = sp.Symbol("z", real=True)
    return sp.Eq(-h * Rate(z), k * Bracket(z, H), evaluate=False)


def general_energy(space: PhaseSpace) -> sp.Expr:
    """Any function of the coordinates."""
    return sp.Function("H")(*space.coordinates)


def uncoupled_rates() -> dict[sp.Symbol, sp.Expr]:
    """The motion before the coupling, read off one dimension; a check compares two."""
    space = canonical(1)
    letters = dict(zip(space.coordinates, (w, U, Y, beta), strict=True))
    energy = general_energy(space)
    names = {sp.diff(energy, z): Partial(H, letter) for z, letter in letters.items()}
    rates = motion(energy, space)
    return {letters[z]: rate.xreplace(names) for z, rate in rates.items()}


def brackets_are(space: PhaseSpace, pair: sp.Expr, heat: sp.Expr) -> Step:
    """Compare all brackets: {w, p} = δ·pair, {U, p} = heat·p, {U, β} = 1, others zero."""
    size = len(space.coordinates) // 2
    dimension = size - 1
    moments = space.coordinates[size:-1]
    upper = sp.diag(*(pair,) * dimension, 1)
    upper[dimension, :dimension] = sp.Matrix([[heat * moment for moment in moments]])
    expected = sp.Matrix(sp.BlockMatrix([[sp.zeros(size), upper], [-upper.T, sp.zeros(size)]]))
    actual = sp.Matrix(
        [[space.bracket(a, b) for b in space.coordinates] for a in space.coordinates]
    )
    return Step(
        f"all {len(space.coordinates) ** 2} brackets, d = {dimension}",
        "inverse of the form",
        actual,
        expected,
    )


def jacobi_holds(space: PhaseSpace) -> Step:
    """The Jacobi identity on all triples of coordinates."""
    triples = list(combinations(space.coordinates, 3))
    sums = sp.Matrix([space.jacobi(*triple) for triple in triples])
    return Step(
        f"the Jacobi identity on all {len(triples)} triples of coordinates",
        "{f, {g, e}} + cyclic = 0",
        sums,
        sp.zeros(len(triples), 1),
    )


def energy_is_kept(space: PhaseSpace) -> Step:
    """dH/dt = 0 along the flow of any H."""
    energy = general_energy(space)
    rate = sp.Add(*(sp.diff(energy, z) * rate for z, rate in motion(energy, space).items()))
    return Step("dH/dt = 0 for any H", "chain rule along the flow", rate, sp.S.Zero)


def volume_is_kept(space: PhaseSpace) -> Step:
    """The flow has no divergence in canonical coordinates."""
    rates = motion(general_energy(space), space)
    divergence = sp.Add(*(sp.diff(rate, z) for z, rate in rates.items()))
    return Step("the divergence for any H, d = 2", "mixed partials", divergence, sp.S.Zero)


def _matrix_of(form: sp.Expr, dimension: int) -> Step:
    """The rules of forms against the antisymmetrised Jacobian; Y takes the place of X here."""
    letters = form.xreplace({Y: X})
    return Step(
        f"the matrix of the derivatives of its components minus the transpose, d = {dimension}",
        "exterior derivative in coordinates",
        sp.Matrix(matrix(letters, coupled(dimension).coordinates)),
        sp.Matrix(canonical(dimension).form),
    )


def motion_is(rates: dict[sp.Symbol, sp.Expr]) -> Step:
    """Compare uncoupled rates in one-component algebra with the Poisson matrix."""
    space = canonical(2)
    energy = general_energy(space)
    actual = motion(energy, space)
    w1, w2, _, y1, y2, _ = space.coordinates
    partials = {Partial(H, z): sp.diff(energy, z) for z in space.coordinates}
    expected = []
    for z in space.coordinates:
        letter = w if z in (w1, w2) else Y if z in (y1, y2) else z
        number = {w1: y1, w2: y2, y1: w1, y2: w2}.get(z)
        rate = rates[letter].xreplace({Y if letter == w else w: number} if number else {})
        expected.append(rate.xreplace(partials))
    return Step(
        "the Poisson matrix applied to any H, d = 2",
        "−h dz/dt = k {z, H}",
        sp.Matrix([actual[z] for z in space.coordinates]),
        sp.Matrix(expected),
    )


def _no_divergence() -> Line:
    terms = Partial(Rate(U), U) + Partial(Rate(beta), beta)
    return line(terms + Total(Partial(Rate(w), w) + Partial(Rate(Y), Y)), sp.S.Zero)
