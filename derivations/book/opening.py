"""The first chapter: what the book does, shown on one method, and the letters that it uses."""

from __future__ import annotations

import sympy as sp

from derivations import textbook
from derivations.algebra.notation import H, Rate, S, Y
from derivations.algebra.symbols import (
    G,
    L,
    U,
    X,
    beta,
    beta_g,
    c,
    gamma,
    gamma_g,
    h,
    k,
    lr,
    momentum,
    parameter,
    t,
    tau,
    w,
    weight_decay,
)  # fmt: skip
from derivations.document import (
    Block,
    Cite,
    Equation,
    Line,
    Part,
    Ref,
    Section,
    Table,
    line,
    prose,
)
from derivations.proofs.proof import Step
from derivations.reductions.derived import same_step, system
from derivations.step.composition import compose
from derivations.step.parametrisation import lr_form
from derivations.step.rule import Rule
from derivations.system.coordinates import in_coordinates
from derivations.system.equations import hermosis_equations
from derivations.system.family import CLASSICAL, EXPONENTIAL
from derivations.textbook import beta_1

#: What each letter means, in the order in which a reader meets them.
LETTERS: tuple[tuple[sp.Basic, str], ...] = (
    (w, "one of the weights that are learned; the index runs over all of them"),
    (L, "the loss, a function of all weights"),
    (G, "the gradient of the loss: its derivative by one weight"),
    (X, "the energy moments, one for each weight: what optimizers call momentum"),
    (U, "the internal energy, which takes up the heat of friction"),
    (beta, "the thermal mass, which is the inverse temperature; it grows as the system cools"),
    (sp.Symbol("d"), "the number of weights"),
    (H, "the Hamiltonian: the energy of the whole, from which all motion follows"),
    (sp.Symbol("kappa"), "the kinetic energy for one unit of thermal mass, a function of X"),
    (sp.Function("f")(beta), "the thermal profile: how fast the thermal mass grows"),
    (sp.Symbol("g"), "the metric, which rescales the moments of each weight"),
    (sp.Symbol("T"), "the temperature"),
    (S, "the entropy"),
    (Y, "the entropic moments, thermal mass times energy moments"),
    (t, "the time since the start"),
    (tau, "the length of a step"),
    (k, "the unit of information"),
    (h, "the unit of action; one over it is the learning rate"),
    (c, "the scale of the loss"),
    (gamma, "the friction of exponential cooling"),
    (gamma_g, "the friction of the moments of a metric"),
    (beta_g, "the thermal mass of the metric’s own profile"),
    (lr, "the learning rate"),
    (momentum, "the momentum of practice: the part of the moments that a step keeps"),
    (weight_decay, "the rate of weight decay"),
    (parameter("delta"), "the relativistic parameter: one over the square of the speed limit"),
    (parameter("epsilon"), "the small number that keeps a metric positive"),
)


_a = parameter("a")


def _at(name: str) -> Ref:
    """The section of a reduction, by its name; a shorter document may not have it."""
    return Ref(f"reduction {name}", name, may_miss=True)


#: Letters that mean something else, too: what, and where.
SECOND: tuple[tuple[sp.Basic, str, Part], ...] = (
    (beta_1, "β₁ and β₂, the factors of the averages of Adam and Lion; without a number β is "
     "always the thermal mass", _at("Adam")),
    (sp.Symbol("alpha"), "a learning rate; the factor of the average of RMSProp; a blend of "
     "states", _at("RMSProp")),
    (parameter("epsilon"), "the learning rate of RGD; how far ahead Lion-K reads",
     _at("RGD")),
    (_a, "an exponent: of a metric, or of the power family, which has A too; the friction of the "
     "moments in a Lyapunov function", Ref("metrics")),
    (sp.Symbol("K"), "the kinetic energy with its units; the covariance matrix of a full metric; "
     "the convex function of Lion-K", Ref("metric")),
    (sp.Symbol("M"), "the Jacobian of a step; the average of the gradients, in a metric",
     Ref("words")),
    (sp.Symbol("S"), "the average of surprises", _at("AdaBelief")),
    (sp.Symbol("R"), "the record of a metric", _at("AMSGrad")),
    (sp.Symbol("g"), "the slope of a loss of one weight; in a rule that is quoted in words, the "
     "gradient", Ref("words")),
    (sp.Symbol("n"), "the exponent of the power profile; the number of a step", Ref("profiles")),
    (k, "the number of a step, in the momentum of the textbook",
     _at("Nesterov's momentum as a decay")),
    (sp.Symbol("p"), "the power of the Bregman family", _at("p-Bregman")),
)  # fmt: skip


def chapter() -> Section:
    """Build the chapter."""
    return Section(
        "An optimizer from an energy",
        (
            prose(
                "To train a model is to move its weights until a loss is small. There are dozens "
                "of rules for that motion, each with its own derivation, and they look unlike "
                "each other. This book derives them all in one way. A model that learns is "
                "treated as a physical system that cools: its energy is written down, the "
                "equations of motion follow from the energy, and one step of those equations is "
                "an optimizer."
            ),
            prose(
                "The theory is that of ", Cite("hermosis"), ". Momentum, Adam or Lion are then "
                "not inventions but choices: of a kinetic energy, of a way to cool, of a metric, "
                "and of the order in which the terms of the energy act. The map of these choices "
                "is ", Ref("family"), "."
            ),
        ),
        (_example(), _reading(), _notation()),
        label="opening",
    )  # fmt: skip


def _example() -> Section:
    law = EXPONENTIAL.law
    energy = system(CLASSICAL, law)
    rates = hermosis_equations(energy.hamiltonian)
    by_letter = ((w, rates.w), (X, rates.X), (beta, rates.beta))
    physical = compose("C K D", energy, law)
    form = lr_form(law, damped=True, joint=False)
    blocks: tuple[Block, ...] = (
        prose(
            "Here is the whole way on the simplest example. The energy has a kinetic part, a "
            "potential part that contains the loss, and a thermal part:"
        ),
        Equation(
            ("a classical particle that cools exponentially",), (line(H, energy.hamiltonian),)
        ),
        prose("A bracket turns the energy into equations of motion, the Hermosis equations:"),
        Equation(
            ("the bracket of ", Ref("equations"), " applied to H",),
            tuple(line(Rate(letter), rate) for letter, rate in by_letter),
            tuple(in_coordinates(energy.hamiltonian, d) for d in (1, 2, 3)),
        ),
        prose(
            "The weights roll along their moments, the loss pushes the moments, and cooling makes "
            "the friction. Each of the three terms alone has a motion that is known exactly. Let "
            "them act one after the other, each for a time ", tau, ": cool, kick, drift. Written "
            "with the letters of the three motions, this step is the word `C K D`."
        ),
        _step_of(physical, "the exact motions of the three terms, one after the other"),
        prose("In the units of practice this is a method that everybody knows:"),
        _is_momentum(physical.subs(form), form),
        prose(
            "The same computation, with other energies and other words, gives the methods of the "
            "later chapters. Nothing in it was done by hand: the formulas are computed from the "
            "energy above, and the last equation was compared with the rule of ",
            Cite("polyak"), ", which is typed elsewhere."
        ),
    )  # fmt: skip
    return Section("One method from end to end", blocks, label="example")


def _step_of(rule: Rule, words: str) -> Equation:
    assignments = (pair for stage in rule.stages for pair in stage.assignments)
    return Equation((words,), tuple(Line(target, value, "←") for target, value in assignments))


def _is_momentum(rule: Rule, form: dict[sp.Expr, sp.Expr]) -> Equation:
    steps = same_step(rule, textbook.heavy_ball(), "")
    assignments = tuple(pair for stage in rule.stages for pair in stage.assignments)
    merged: dict[sp.Symbol, sp.Expr] = {}
    for target, value in assignments:
        own = {target: merged[target]} if target in merged else {}
        merged[target] = value.xreplace(own)
    return Equation(
        ("with ", sp.Eq(h, form[h]), ", ", sp.Eq(c, form[c]), ", ", sp.Eq(gamma, form[gamma]),
         " and time counted in steps"),
        tuple(Line(target, value, "←") for target, value in merged.items()),
        steps,
        note="the same step as momentum in its textbook form",
    )  # fmt: skip


def _reading() -> Section:
    square = Step("", "", (X + 1) ** 2, X**2 + 2 * X + 1)
    return Section(
        "How to read a derivation",
        (
            prose(
                "A derivation is a row of equations. The words beside an equation say what leads "
                "to it. Where a check mark follows, a computer algebra system confirmed the "
                "equation while this book was being made, and the words there say what was "
                "compared. An equation without a check mark is a definition, or a quotation."
            ),
            Equation(
                ("the binomial theorem, as an example",),
                (line((X + 1) ** 2, sp.expand((X + 1) ** 2)),),
                (square,),
                note="the difference of the two sides reduces to zero",
            ),
            prose(
                "An equality is confirmed by reducing the difference of its sides to zero; that "
                "two formulas differ, by a point where they do; an inequality, by a proof that "
                "the difference has one sign; an approximation, by the coefficients of its "
                "series. If any check fails, the book is not written."
            ),
            prose(
                "Products, quotients and functions of vectors are meant component by component, "
                "and an index ", sp.Symbol("i"), " stands for any one component. Sums over all "
                "components are written out, and a squared norm is such a sum. Vectors stand in "
                "bold. An arrow to the left assigns: what stands on its right is computed from "
                "the values before."
            ),
        ),
    )  # fmt: skip


def _notation() -> Section:
    rows = tuple(((letter,), (meaning,)) for letter, meaning in LETTERS)
    return Section(
        "Notation",
        (
            Table(
                ("symbol", "meaning"),
                rows,
                caption=("The letters of the book.",),
                label="notation",
                widths=(0.16, 0.84),
            ),
            prose(
                "There are more things than letters, and papers have their own. A letter keeps "
                "the meaning of ", Ref("notation"), " unless the place says otherwise; ",
                Ref("double"), " lists those that have a second one. Letters in typewriter type, "
                "such as `K`, are flows and never quantities. In formulas that are too wide, "
                "letters such as q, r and u stand for parts that are given below them."
            ),
            Table(
                ("letter", "second meaning", "where"),
                tuple(((letter,), (words,), (where,)) for letter, words, where in SECOND),
                caption=("Letters with a second meaning.",),
                label="double",
                widths=(0.16, 0.56, 0.28),
            ),
        ),
    )  # fmt: skip
