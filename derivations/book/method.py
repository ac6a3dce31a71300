"""The chapter on the method: from any kinetic energy and any way to cool to a step."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.components import Total, explicit
from derivations.algebra.notation import At, H, Partial, Rate
from derivations.algebra.symbols import (
    G,
    L,
    U,
    X,
    beta,
    c,
    gamma,
    h,
    k,
    lamda,
    lr,
    momentum,
    s,
    t,
    tau,
    w,
)  # fmt: skip
from derivations.algebra.tidy import tidy
from derivations.book import profiles, stepping
from derivations.document import Block, Equation, Ref, Section, line, prose
from derivations.proofs.proof import Step
from derivations.step.parametrisation import lr_form
from derivations.step.words import LETTERS
from derivations.system.energy import Energy
from derivations.system.equations import hermosis_equations
from derivations.system.family import EXPONENTIAL
from derivations.system.flows import Flow, flow
from derivations.system.geometry import coupled, motion

_STATE = {"w": w, "X": X, "U": U, "beta": beta}
_kappa = sp.Symbol("kappa", real=True)
_f = sp.Function("f", positive=True)


class AnyKinetic(sp.Function):
    """Any kinetic energy κ(X): its derivative is the partial derivative by name."""

    nargs = 1

    def fdiff(self, argindex: int = 1) -> sp.Expr:
        """Return ∂κ/∂X."""
        return Partial(_kappa, X)


def chapter() -> Section:
    """Build the chapter."""
    return Section(
        "From an energy to a step",
        (
            prose(
                "The first applications chose an energy and worked out its step by hand. Now the "
                "same is done for a whole class of energies at once. What remains to be chosen "
                "for an optimizer is a kinetic energy, a thermal profile, a metric and a word."
            ),
        ),
        (
            _conformal(),
            _flows(),
            stepping.section(),
            profiles.section(),
            profiles.metrics(),
            _units(),
        ),
        label="method",
    )  # fmt: skip


def _energy(kappa: sp.Expr, rate: sp.Expr) -> Energy:
    return Energy(beta / k * kappa, beta * c**2 / k * L, h / k * U * rate)


def _conformal() -> Section:
    energy = _energy(AnyKinetic(Total(X)), _f(beta)).hamiltonian
    rates = hermosis_equations(energy)
    return Section(
        "One energy for many optimizers",
        (
            prose(
                "Let the thermal mass stand in front of the kinetic energy and of the loss alike, "
                "and let the heat enter linearly. The kinetic energy ", _kappa, " may be any "
                "function of the moments, and the thermal profile ", _f(beta), " any positive "
                "function of the thermal mass."
            ),
            Equation(("the class of energies of this book",), (line(H, _named(energy)),),
                     label="class"),
            Equation(
                ("its Hermosis equations",),
                tuple(
                    line(Rate(letter), _named(tidy(getattr(rates, name))))
                    for name, letter in _STATE.items()
                ),
                tuple(_agrees(energy, d) for d in (1, 2, 3)),
                label="motion",
            ),
            prose(
                "The weights move along the slope of the kinetic energy, the loss drives the "
                "moments, and ", _f(beta) / beta, " is the friction: it comes from cooling and "
                "from nothing else. What friction takes goes into ", U, ", so that ", H,
                " is conserved while the weights come to rest."
            ),
            Equation(
                ("the volume of a small region of weights and moments shrinks at this rate, ",
                 sp.Symbol("d"), " being the number of weights"),
                (line(Total(Partial(Rate(w), w)) + Total(Partial(Rate(X), X)),
                      -sp.Symbol("d") * _f(beta) / beta),),
                tuple(_divergence(d) for d in (1, 2, 3)),
            ),
            prose(
                "Such a motion is called conformally symplectic: friction shrinks all volumes by "
                "the same factor, and leaves the geometry as it is otherwise."
            ),
        ),
    )  # fmt: skip


def _named(expr: sp.Expr) -> sp.Expr:
    return expr.replace(AnyKinetic, lambda _: _kappa)


def _coordinates(dimension: int) -> tuple[sp.Expr, dict[sp.Expr, sp.Expr]]:
    """H with an unknown kinetic energy and loss in coordinates, and its partial derivatives."""
    *_, space_moments = (coupled(dimension).coordinates,)
    weights, moments = space_moments[:dimension], space_moments[dimension + 1 : -1]
    kinetic, loss = sp.Function("kappa")(*moments), sp.Function("L")(*weights)
    names: dict[sp.Expr, sp.Expr] = {L: loss, _kappa: kinetic}
    for number, (weight, moment) in enumerate(zip(weights, moments, strict=True)):
        names[Partial(_kappa, moment)] = sp.diff(kinetic, moment)
        names[explicit(G, dimension, number)] = sp.diff(loss, weight)
    return _energy(_kappa, _f(beta)).hamiltonian.xreplace(names), names


def _agrees(energy: sp.Expr, dimension: int) -> Step:
    """Compare the equations with the Poisson matrix, for any kinetic energy and any loss."""
    rates, space = hermosis_equations(energy), coupled(dimension)
    whole, names = _coordinates(dimension)
    mine = (
        *(explicit(rates.w, dimension, n) for n in range(dimension)),
        explicit(_named(rates.U), dimension),
        *(explicit(rates.X, dimension, n) for n in range(dimension)),
        rates.beta,
    )
    return Step(
        f"the Poisson matrix gives the same for any κ and any loss, d = {dimension}",
        "−h dz/dt = k {z, H}",
        sp.Matrix([rate.xreplace(names) for rate in mine]),
        sp.Matrix(list(motion(whole, space).values())),
    )


def _divergence(dimension: int) -> Step:
    whole, _ = _coordinates(dimension)
    rates = motion(whole, coupled(dimension))
    moving = [z for z in rates if z.name[0] in "wX"]
    return Step(
        f"the sum of the derivatives, d = {dimension}",
        "derivatives of the equations of motion",
        sp.Add(*(sp.diff(rates[z], z) for z in moving)),
        -dimension * _f(beta) / beta,
    )


def _flows() -> Section:
    law = EXPONENTIAL.law
    energy = _energy(AnyKinetic(Total(X)), law.rate).with_shrink(lamda)
    blocks: list[Block] = [
        prose(
            "Taken alone, each term of the energy moves the state for any time in closed form. "
            "These exact flows are the letters that steps are spelled with. They are shown here "
            "under exponential cooling; the others differ only in two factors, which ",
            Ref("profiles"), " lists."
        )
    ]  # fmt: skip
    for letters in ("D", "K", "C", "CK", "S"):
        blocks += [prose(*_WORDS[letters]), _flow(flow(letters, energy, law))]
    return Section("Exact flows", tuple(blocks), label="flows")


#: What a reader should know of each flow.
_WORDS: dict[str, tuple[str | sp.Basic, ...]] = {
    "D": ("Drift moves the weights along the slope of the kinetic energy.",),
    "K": ("A kick moves the moments along the gradient of the loss, which does not change while "
          "the weights rest.",),
    "C": ("Cooling lets the thermal mass grow and the moments fade.",),
    "CK": ("Cooling and kick may also act together. The moments then become an average of past "
           "gradients: with the gradient held, this is the integral form over a step.",),
    "S": ("Weight decay that is decoupled from the loss has an energy of its own, the scalar "
          "product of weights and moments. Its flow shrinks the weights exponentially.",),
}  # fmt: skip


def _flow(moved: Flow) -> Equation:
    """A flow, and the check that it solves the equations of its term."""
    ends = {name: _named(tidy(getattr(moved, name).subs(s, tau))) for name in _STATE}
    if ends["beta"].has(t):
        # From any mass on, not only from that of a system that began at one.
        ends["beta"] = tidy(ends["beta"] * beta / EXPONENTIAL.law.mass)
    lines = tuple(
        line(At(symbol, t + tau), ends[name])
        for name, symbol in _STATE.items()
        if getattr(moved, name) != symbol
    )
    words = " and ".join(LETTERS[letter] for letter in moved.letters)
    name = moved.letters if len(moved.letters) == 1 else f"[{moved.letters}]"
    steps = tuple(
        Step("its derivatives solve the equations of the term", "differentiate", gap, sp.S.Zero)
        for gap in moved.residuals(EXPONENTIAL.law)
    )
    return Equation(
        (f"`{name}`, {words}: the flow of ", _named(moved.term)),
        lines,
        steps,
        label=f"flow {moved.letters}",
    )


def _units() -> Section:
    law = EXPONENTIAL.law
    apart, joint = (lr_form(law, damped=True, joint=together) for together in (False, True))
    shared = {left: right for left, right in apart.items() if joint[left] == right}
    scale = sp.Symbol("c")
    return Section(
        "The units of practice",
        (
            prose(
                "Practice counts time in steps and speaks of a learning rate and of a momentum. "
                "The learning rate is one over the unit of action, and the momentum is what one "
                "step of cooling leaves of the moments."
            ),
            Equation(
                ("a step is the unit of time",),
                tuple(line(left, right) for left, right in shared.items()),
                (Step("the decay of one step is the momentum", "put the units in",
                      law.decay(tau).xreplace(shared), momentum),),
            ),
            Equation(
                ("the scale of the loss, where a kick adds the gradient itself",),
                (line(scale, apart[c]),),
                (Step("the kick of one step adds the gradient", "put the units in",
                      (tau * c**2 / h).xreplace(apart), sp.S.One),),
            ),
            Equation(
                ("and where cooling and kick together make an average",),
                (line(scale, joint[c]),),
                (Step("decay and impulse of one step add to one", "put the units in",
                      (law.decay(tau) + c**2 / h * law.impulse(tau)).xreplace(joint), sp.S.One),),
            ),
            prose("Here ", lr, " is the learning rate, ", momentum, " the momentum, and ", gamma,
                  " the friction that belongs to it."),
        ),
        label="units",
    )  # fmt: skip
