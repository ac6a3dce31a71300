"""The sections on thermal profiles and on metrics: what cools, how fast, and what is averaged."""

from __future__ import annotations

import sympy as sp

from derivations.algebra.notation import At, Rate
from derivations.algebra.symbols import (
    Component,
    G,
    X,
    beta,
    gamma,
    parameter,
    s,
    t,
    tau,
)  # fmt: skip
from derivations.document import Cite, Equation, Ref, Section, Table, line, prose
from derivations.proofs.proof import Step
from derivations.reductions.derived import system
from derivations.system import measures
from derivations.system import metrics as named
from derivations.system.family import CLASSICAL, HOT_START, PROFILES, Profile
from derivations.system.measures import V
from derivations.system.metric import Metric

_eps, _count = parameter("epsilon"), sp.Symbol("count", positive=True)
_b, _a = parameter("b"), parameter("a")


def section() -> Section:
    """Build the section on thermal profiles."""
    law = HOT_START.law
    steps = {tau: sp.S.One, gamma: -sp.log(_b), t: _count - 1}
    rows = tuple(_row(profile) for profile in PROFILES)
    return Section(
        "Thermal profiles",
        (
            prose(
                "A thermal profile is a law of cooling. A step needs two numbers of it: the decay, "
                "which is the part of the moments that is left after the step, and the impulse, "
                "which is what a constant gradient adds to them in that time. Both follow from ",
                sp.Function("f")(beta), " by solving one differential equation."
            ),
            Table(
                ("profile", "f(β)", "β(t)", "decay", "impulse"),
                rows,
                caption=("Thermal profiles: the rate of cooling, the thermal mass that solves ",
                         sp.Eq(Rate(beta), sp.Function("f")(beta)),
                         ", and what a step from ", t, " to ", t + tau,
                         " needs of it, for the unit scale of the loss."),
                label="profiles",
                widths=(0.15, 0.16, 0.17, 0.25, 0.27),
                proof=tuple(step for profile in PROFILES for step in _checks(profile)),
            ),
            prose(
                "At constant temperature nothing decays. Exponential cooling has a constant "
                "friction and gives the momentum of practice. Under a power law the friction "
                "fades like one over the time, as in the differential equation that ", Cite("su"),
                " found behind the method of ", Cite("nesterov"), "."
            ),
            prose(
                "The hot start begins at an infinite temperature, that is without any memory. Its "
                "first step takes over the whole gradient, and later ones forget more slowly. "
                "This is the bias correction of ", Cite("kingma"), ", which thus needs no formula "
                "of its own:"
            ),
            Equation(
                ("hot start in unit steps, ", sp.Eq(gamma, steps[gamma]), ", at the step number ",
                 _count),
                (line(sp.Symbol("decay"), _corrected_decay()),
                 line(gamma * sp.Symbol("impulse"), _corrected_impulse())),
                (
                    Step("the decay of the table", "put the units in",
                         law.decay(tau).subs(steps), _corrected_decay()),
                    Step("the impulse of the table", "put the units in",
                         (gamma * law.impulse(tau)).subs(steps), _corrected_impulse()),
                ),
                label="bias",
            ),
        ),
        label="thermal profiles",
    )  # fmt: skip


def _corrected_decay() -> sp.Expr:
    """What is left of the corrected average when a new value comes in."""
    return (_b - _b**_count) / (1 - _b**_count)


def _corrected_impulse() -> sp.Expr:
    """The weight of the new value in a corrected average."""
    return (1 - _b) / (1 - _b**_count)


def _row(profile: Profile) -> tuple[tuple[str | sp.Basic, ...], ...]:
    law = profile.law
    formulas = (law.rate, law.mass, law.decay(tau), law.impulse(tau))
    return ((profile.name,), *((formula,) for formula in formulas))


def _checks(profile: Profile) -> tuple[Step, ...]:
    law = profile.law
    later, push = law.mass_after(tau), law.impulse(tau)
    weight = law.weight.subs(beta, later)
    return (
        Step("every β(t) solves its equation and begins at its start", profile.name,
             sp.diff(law.mass, t), law.rate.subs(beta, law.mass)),
        Step("every β(t) solves its equation and begins at its start", profile.name,
             law.mass.subs(t, 0), law.start),
        Step("every decay is a ratio of masses", profile.name, law.decay(tau) * later, law.mass),
        Step("every impulse grows with the weight of the loss", profile.name,
             sp.diff(push * later, tau), weight),
    )  # fmt: skip


def metrics() -> Section:
    """Build the section on metrics."""
    metric = measures.root_mean_square(_eps)
    ((moment, rate),) = metric.rates
    ((_, moved),) = metric.moved()
    flat = system(CLASSICAL)
    return Section(
        "Metrics",
        (
            prose(
                "A metric ", sp.Symbol("g"), " gives each weight a scale of its own: it divides "
                "the moments, so that a weight with large gradients takes small steps. It is made "
                "of averages, which have an equation of motion and a thermal profile of their "
                "own. As it is no function of the weights, it makes no force."
            ),
            Equation(
                ("the classical energy, and the same in a metric",),
                (line(sp.Symbol("K"), flat.kinetic),
                 line(sp.Symbol("K_g"), flat.in_metric(_SYMBOLIC).kinetic)),
                label="metric",
            ),
            Equation(
                ("an average ", moment, " of ", named.square(G),
                 " relaxes to it at the friction of its profile, here a hot start"),
                (line(Rate(moment), rate),),
            ),
            Equation(
                ("its exact flow while the gradient is held, the letter `M`",),
                (line(At(moment, t + tau), moved.subs(s, tau)),),
                tuple(
                    Step("it solves the equation of the average", "differentiate", gap, sp.S.Zero)
                    for gap in metric.residuals()
                ),
                label="flow M",
            ),
            prose(
                "Because the start is hot, ", moment, " is the average with its bias corrected, "
                "as in ", Ref("bias"), ". Different things may be averaged, and the metric may be "
                "different functions of the averages:"
            ),
            _table(),
        ),
        label="metrics",
    )  # fmt: skip


_SYMBOLIC = Metric(((Component("g"), G),), Component("g"))
_M = Component("M")
_c0, _c1, _c2 = map(parameter, ("c_0", "c_1", "c_2"))


def _table() -> Table:
    rows = (
        ("the square of the gradient", named.square(G), named.root(V, _eps), ("kingma",)),
        ("its surprise", named.surprise(G, X), named.root(V, _eps), ("zhuang",)),
        ("square and mean: the variance", named.square(G),
         named.root(named.variance(V, _M), _eps), ("graves",)),
        ("any covariance", named.square(G), named.power(V, _a, _eps), ("guskov",)),
        ("the same, additive", named.square(G),
         named.interpolating(V, _c0, _c1, _c2), ("vanchurin",)),
        ("the same, under one root", named.square(G),
         named.interpolating(V, _c0, _c1, _c2, one_root=True), ("vanchurin",)),
    )  # fmt: skip
    return Table(
        ("what is averaged", "drive", "metric g", "source"),
        tuple(
            ((words,), (drive,), (tensor,), tuple(map(Cite, keys)))
            for words, drive, tensor, keys in rows
        ),
        caption=(
            "Metrics: the drive that an average ",
            V,
            " relaxes to, and the metric.",
        ),
        label="table of metrics",
        widths=(0.3, 0.2, 0.38, 0.12),
    )
