"""What is proved could fail: a broken sign of the bracket, flow or textbook is found out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import sympy as sp

from derivations import reductions, textbook
from derivations.algebra.symbols import G, X, lr, w
from derivations.errors import DerivationError
from derivations.reductions import PROOFS
from derivations.step.rule import Rule
from derivations.system import equations, flows
from derivations.system.flows import Flow
from hermosis import cli

#: The reductions that compose a word, and of which flows.
COMPOSED = {
    "accumulated gradient": ("K", "D"),
    "SGD": ("CK", "D"),
    "momentum": ("C", "K", "D"),
    "moving average": ("CK", "D"),
    "L2 weight decay": ("C", "K", "D"),
    "decoupled weight decay": ("C", "K", "S", "D"),
    "Nesterov": ("C", "K", "D"),
    "RGD": ("C", "K", "D"),
    "RGD, δ = 0": ("C", "K", "D"),
    "normalised descent": ("C", "K", "D"),
    "sign descent": ("C", "K", "D"),
}


def fails(name: str) -> bool:
    """Whether a reduction is not proved any more, or cannot even be composed."""
    try:
        return not PROOFS[name]().proved
    except DerivationError:
        return True


def everywhere(monkeypatch: pytest.MonkeyPatch, name: str, value: object) -> None:
    """Replace a function of `derivations.system.equations` wherever it was imported to."""
    old = getattr(equations, name)
    for module in [m for n, m in sys.modules.items() if n.startswith("derivations")]:
        if getattr(module, name, None) is old:
            monkeypatch.setattr(module, name, value)


@pytest.fixture
def unverified(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let broken flows through to the proofs, which must find them by themselves."""
    monkeypatch.setattr(Flow, "verify", lambda self, law: self)
    yield


def test_the_names_are_those_of_the_reductions() -> None:
    assert set(COMPOSED) < set(PROOFS)
    assert not any(fails(name) for name in COMPOSED)


@pytest.mark.parametrize("component", ("w", "X", "U", "beta"))
def test_a_broken_sign_of_the_bracket_stops_the_composition(
    component: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    right = equations.hermosis_equations

    def broken(hamiltonian: sp.Expr) -> equations.Equations:
        rates = right(hamiltonian)
        return replace(rates, **{component: -getattr(rates, component)})

    everywhere(monkeypatch, "hermosis_equations", broken)
    touched = {"w": "D", "X": "K", "U": "K", "beta": "C"}[component]
    for name, letters in COMPOSED.items():
        if touched in "".join(letters):
            assert fails(name), name


BROKEN: dict[str, Callable[[Flow], Flow]] = {
    "D": lambda flow: replace(flow, w=2 * w - flow.w),
    "K": lambda flow: replace(flow, X=2 * X - flow.X),
    "C": lambda flow: replace(flow, X=X**2 / flow.X),
    "S": lambda flow: replace(flow, w=w**2 / flow.w),
    "CK": lambda flow: replace(flow, X=flow.X.subs(G, -G)),
}


def break_flow(letters: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = flows._FLOWS[letters]
    broken = {letters: lambda energy, law: BROKEN[letters](right(energy, law))}
    monkeypatch.setattr(flows, "_FLOWS", flows._FLOWS | broken)


@pytest.mark.parametrize("letters", BROKEN)
def test_a_broken_flow_is_not_composed(letters: str, monkeypatch: pytest.MonkeyPatch) -> None:
    break_flow(letters, monkeypatch)
    for name in users(letters):
        with pytest.raises(DerivationError, match="does not satisfy the Hermosis equations"):
            PROOFS[name]()


@pytest.mark.parametrize("letters", BROKEN)
@pytest.mark.usefixtures("unverified")
def test_a_broken_flow_is_found_by_the_proofs(
    letters: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    break_flow(letters, monkeypatch)
    assert users(letters)
    for name in users(letters):
        assert fails(name), name


def users(letters: str) -> list[str]:
    return [name for name, own in COMPOSED.items() if letters in own]


SIDES = {
    "accumulated": "accumulated gradient",
    "sgd": "SGD",
    "heavy_ball": "momentum",
    "moving_average": "moving average",
    "l2_decay": "L2 weight decay",
    "decoupled_decay": "decoupled weight decay",
    "nesterov": "Nesterov",
    "normalised": "normalised descent",
    "sign_descent": "sign descent",
}


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("change", ({lr: -lr}, {G: -G}, {lr: 2 * lr}), ids=("sign", "slope", "lr"))
def test_a_broken_textbook_is_found(
    side: str, change: dict[sp.Expr, sp.Expr], monkeypatch: pytest.MonkeyPatch
) -> None:
    right: Rule = getattr(textbook, side)()
    monkeypatch.setattr(textbook, side, lambda: right.subs(change))
    assert fails(SIDES[side])


@pytest.mark.parametrize("part", ("half", "x", "v"))
def test_a_broken_formula_of_rgd_is_found(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    right = textbook.relativistic

    def broken(*arguments: sp.Expr) -> dict[str, sp.Expr]:
        found = right(*arguments)
        return found | {part: -found[part]}

    monkeypatch.setattr(textbook, "relativistic", broken)
    assert fails("RGD")


def only(names: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the command prove these alone, so that it takes a second."""
    monkeypatch.setattr(reductions, "PROOFS", {name: PROOFS[name] for name in names})
    monkeypatch.setattr("derivations.proofs.errata.ERRATA", ())


def test_the_command_exits_with_1_when_a_proof_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(("SGD", "momentum"), monkeypatch)
    assert cli.main(["prove", "--jobs", "1"]) == 0
    right = textbook.heavy_ball()
    monkeypatch.setattr(textbook, "heavy_ball", lambda: right.subs({lr: -lr}))
    capsys.readouterr()
    assert cli.main(["prove", "--jobs", "1"]) == 1
    out = capsys.readouterr().out
    assert "FAILED  momentum" in out and "proved  SGD" in out and "1 of 2 proved" in out
    assert "not shown: w after one step" in out


@pytest.mark.parametrize("letters", ("D", "K"))
def test_the_command_exits_with_1_when_a_flow_is_broken(
    letters: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(("momentum",), monkeypatch)
    break_flow(letters, monkeypatch)
    assert cli.main(["prove", "--jobs", "1"]) == 1
    assert "does not satisfy the Hermosis equations" in capsys.readouterr().err


def test_the_command_exits_with_1_when_the_bracket_is_broken(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    only(("momentum",), monkeypatch)
    right = equations.hermosis_equations
    everywhere(
        monkeypatch,
        "hermosis_equations",
        lambda H: replace(right(H), w=-right(H).w),
    )
    assert cli.main(["prove", "--jobs", "1"]) == 1
    assert "NoExactFlowError" in capsys.readouterr().err
