"""Metrics, look-aheads, decay and masks could be wrong: each, broken, is found by the proofs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sympy as sp

from derivations import reductions
from derivations.algebra.symbols import G, X, w
from derivations.errors import DerivationError
from derivations.reductions import PROOFS
from derivations.step import composition, parametrisation
from derivations.system import flows
from derivations.system.energy import Energy
from derivations.system.flows import Flow
from derivations.system.metric import Metric
from hermosis import cli

Patch = pytest.MonkeyPatch
ADAPTIVE = ("RMSProp", "Adam", "AdaBelief", "VRAdam in the metric norm", "natural gradient")


def broken_flow(letters: str, change: Callable[[Flow], Flow]) -> Callable[[Patch], None]:
    def apply(patch: Patch) -> None:
        right = flows._FLOWS[letters]
        table = flows._FLOWS | {letters: lambda energy, law: change(right(energy, law))}
        patch.setattr(flows, "_FLOWS", table)
        patch.setattr(Flow, "verify", lambda self, law: self)

    return apply


def broken_method(owner: Any, name: str, change: Callable[..., Any]) -> Callable[[Patch], None]:
    """Replace what a function returns by a change of it, given its arguments."""

    def apply(patch: Patch) -> None:
        right = getattr(owner, name)
        patch.setattr(owner, name, lambda *given: change(right(*given), *given))

    return apply


def unmeasured(patch: Patch) -> None:
    """The flow of M keeps what it should lose, and its own checks are off."""
    right = Metric.moved

    def moved(metric: Metric) -> Any:
        drives = dict(metric.averages)
        return tuple((x, x + drives[x] - value) for x, value in right(metric))

    patch.setattr(Metric, "moved", moved)
    patch.setattr(Metric, "residuals", lambda self: (0,))
    patch.setattr(Metric, "starts", lambda self: (0,))


def no_look_ahead(patch: Patch) -> None:
    patch.setattr(composition._Builder, "look_ahead", lambda self, letter, kick: None)


def twice_the_rate(patch: Patch) -> None:
    right = Energy.with_shrink
    patch.setattr(Energy, "with_shrink", lambda self, *rate: right(self, *(2 * r for r in rate)))


def wrong_power(metric_scaled: sp.Expr, metric: Metric, kinetic: sp.Expr) -> sp.Expr:
    return kinetic if metric.holds_velocity else kinetic.xreplace({X: X / metric.tensor})


#: What is broken, how, and the proofs that must find it.
MUTATIONS: dict[str, tuple[Callable[[Patch], None], tuple[str, ...]]] = {
    "the sign of the drift in a metric": (
        broken_flow("D", lambda flow: replace(flow, w=2 * w - flow.w)),
        (*ADAPTIVE, "AdamW", "AMSGrad", "covariant gradient", "Hamiltonian descent"),
    ),
    "the root of the metric": (
        broken_method(Metric, "scaled", wrong_power),
        ("RMSProp", "Adam", "AdamW", "AMSGrad", "AdaBelief"),
    ),
    "the gain of the flow of M": (unmeasured, ("RMSProp", "Adam", "AdaBelief", "AMSGrad")),
    "the drive of M": (
        broken_flow(
            "M",
            lambda flow: replace(
                flow, moments=tuple((x, v.xreplace({G: 2 * G})) for x, v in flow.moments)
            ),
        ),
        ("RMSProp", "RMSProp, centred", "Adam", "AMSGrad", "covariant gradient"),
    ),
    "the record": (
        broken_method(Metric, "recorded", lambda found, metric: metric.records), ("AMSGrad",),
    ),
    "the kick of a velocity": (
        broken_method(composition._Builder, "kick_of", lambda found, builder, kicked: kicked),
        ("RMSProp, with momentum", "RMSProp, centred, with momentum"),
    ),
    "the look-ahead": (no_look_ahead, ("Lion", "Lion-K", "Muon")),
    "the impulse of [CK]": (
        broken_flow("CK", lambda flow: replace(flow, X=flow.X.subs(G, -G))),
        ("Lion", "Lion-K", "Adam", "p-Bregman"),
    ),
    "the rate of the shrink flow": (
        twice_the_rate, ("AdamW", "Lion", "decoupled weight decay as the textbook has it"),
    ),
    "the sign of the mask": (
        broken_method(
            composition, "downhill", lambda mask, change, rescaled: mask.xreplace({G: -G})
        ),
        ("cautious masking",),
    ),
    "the scale of the mask": (
        broken_method(composition, "downhill", lambda mask, change, rescaled: 2 * mask),
        ("cautious masking",),
    ),
    "the restart": (broken_flow("R", lambda flow: replace(flow, X=X)), ("restart",)),
    "the dampening": (
        broken_method(
            parametrisation, "dampened", lambda found, form: form
        ), ("dampening",),
    ),
}  # fmt: skip


def fails(name: str) -> bool:
    """Whether a reduction is not proved any more, or cannot even be composed."""
    try:
        return not PROOFS[name]().proved
    except DerivationError:
        return True


def everywhere(patch: Patch, owner: Any, name: str) -> None:
    """Carry a replaced function of a module to where it was imported."""
    import sys

    new = getattr(owner, name)
    for module in [m for n, m in sys.modules.items() if n.startswith("derivations")]:
        if module is not owner and hasattr(module, name):
            patch.setattr(module, name, new)


CASES = [(what, name) for what, (_, names) in MUTATIONS.items() for name in names]


@pytest.mark.parametrize(("what", "name"), CASES)
def test_a_broken_part_is_found_by_the_proofs(what: str, name: str, monkeypatch: Patch) -> None:
    MUTATIONS[what][0](monkeypatch)
    if what == "the dampening":
        everywhere(monkeypatch, parametrisation, "dampened")
    assert fails(name)


def test_a_flow_of_M_that_does_not_solve_its_equation_is_not_composed(monkeypatch: Patch) -> None:
    right = Metric.moved
    monkeypatch.setattr(Metric, "moved", lambda self: tuple((x, 2 * v - x) for x, v in right(self)))
    with pytest.raises(DerivationError, match="does not satisfy their equations"):
        PROOFS["RMSProp"]()


@pytest.mark.parametrize("what", ("the sign of the mask", "the restart"))
def test_the_command_exits_with_1(
    what: str, monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    apply, names = MUTATIONS[what]
    chosen = ("SGD", *names)
    monkeypatch.setattr(reductions, "PROOFS", {name: PROOFS[name] for name in chosen})
    monkeypatch.setattr("derivations.proofs.errata.ERRATA", ())
    assert cli.main(["prove", "--jobs", "1"]) == 0
    apply(monkeypatch)
    capsys.readouterr()
    assert cli.main(["prove", "--jobs", "1"]) == 1
    out = capsys.readouterr().out
    assert "proved  SGD" in out and all(f"FAILED  {name}:" in out for name in names)


@pytest.mark.slow
def test_the_whole_command_finds_what_a_broken_metric_touches(
    monkeypatch: Patch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Everything is proved; with AMSGrad's record broken, AMSGrad alone is not."""
    assert cli.main(["prove"]) == 0
    MUTATIONS["the record"][0](monkeypatch)
    capsys.readouterr()
    assert cli.main(["prove"]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line[8:15] for line in lines if line.startswith("FAILED")] == ["AMSGrad"]
