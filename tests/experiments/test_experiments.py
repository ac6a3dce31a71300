"""Every experiment finds the answer that is known, and draws its figure."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from math import sqrt
from pathlib import Path

import pytest

from hermosis.cli import main
from hermosis.errors import UnknownExperimentError
from hermosis.experiments import command
from hermosis.experiments.experiment import Answer, Experiment, load, names

#: What is known, typed here apart from the experiments: a part of the question, and the number.
KNOWN = {
    "adam-examples": [("sign(g)", 0.0), ("where Adam goes", 1.0), ("AMSGrad", -1.0)],
    "chain-of-tanh": [("at 0.5", 0.2725714048), ("at 4.5", 3.17339828e-05)],
    "chaos": [
        ("fixed point", 1.0), ("cycle of two", sqrt(5) - 1), ("merge", 3 * sqrt(3) / 2 - 1),
        ("escape", 2.0),
    ],
    "credit-assignment": [("Shapley, of the output", 0.0), ("gradient × activation", 0.0)],
    "edge-of-stability": [
        ("as a number", 9.2098), ("0.22 ends", 8.05), ("0.23 ends", 7.47), ("0.24 ends", 6.80),
    ],
    "feedback-alignment": [("angle to the gradient at the end", 90.0)],
    "gradient-flow": [("against the flow", 1.00), ("modified flow", 1.99)],
    "gradient-scales": [("orthogonal", 0.0), ("critical", 1.0)],
    "heavy-ball": [("as a number", 0.818182)],
    "loss-landscapes": [("value at (-0.558", -146.7), ("value at (-0.822", -40.665)],
    "modified-energy": [("Euler: change of the modified", 0.0), ("kick: change of the mod", 0.0)],
    "neural-dynamics": [("rise of the Hopfield", 1e-12), ("J₁", 2.0)],
    "population-code": [("Fisher", sqrt(2 * 3.141592653589793) * 10 * 4 / 1.5)],
    "population-symmetry": [("spread of identical units", 0.0)],
    "stability": [
        ("gradient descent", 2.0), ("momentum: g", 3.8), ("Nesterov", 3.8 / 2.8),
        ("moving-average", 38.0), ("γ = 5.0: greatest τ√λ", 2.0), ("γ = 0.1: greatest τ√λ", 2.0),
    ],
    "symmetry-charges": [("along the flow", 0.0), ("e^(−γt)", 0.0)],
    "xor": [("best line", 0.25)],
}  # fmt: skip


@cache
def run(name: str) -> tuple[Experiment, list[Answer]]:
    experiment = load(name)
    return experiment, list(experiment.answers())


each = pytest.mark.parametrize("name", names())


@each
def test_every_answer_holds_and_what_is_known_is_asked_for(name: str) -> None:
    _, answers = run(name)
    assert answers
    assert not [str(answer) for answer in answers if not answer.holds]
    for part, due in KNOWN[name]:
        asked = [answer for answer in answers if part in answer.what]
        assert asked and asked[0].due == pytest.approx(due, rel=1e-9, abs=1e-15), part


@each
def test_the_figure_is_drawn(name: str, tmp_path: Path) -> None:
    experiment, _ = run(name)
    command.save(experiment, tmp_path / "a.png", tmp_path / "a.svg")
    assert (tmp_path / "a.png").stat().st_size > 10_000
    assert experiment.title and experiment.claim and experiment.source


class Wrong(Experiment):
    """An experiment that finds something else."""

    title, claim, source = "Wrong", "It is one.", "nobody"

    def answers(self) -> Iterator[Answer]:
        yield Answer("the number", 2.0, 1.0, within=0.5)
        yield Answer("the bound", 2.0, 1.0, relation=">=")

    def draw(self, figure) -> None:
        figure.subplots().plot([0, 1])


def test_an_answer_that_does_not_hold_is_said_and_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "load", lambda name: Wrong())
    assert main(["experiment", "wrong", "-o", str(tmp_path)]) == 1
    out = capsys.readouterr().out
    assert "the number: 2, due 1 within 0.5: DOES NOT HOLD" in out
    assert "the bound: 2, due >= 1: holds" in out
    text = (tmp_path / "wrong.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    assert [row["holds"] for row in rows] == ["False", "True"]
    assert (tmp_path / "wrong.svg").exists()


def test_the_command_lists_and_refuses(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["experiment"]) == 0
    listed = capsys.readouterr().out
    assert all(name in listed for name in names()) and set(KNOWN) == set(names())
    assert main(["experiment", "xro"]) == 1
    assert "UnknownExperimentError: there is no experiment 'xro'; there are: adam" in (
        capsys.readouterr().err
    )
    with pytest.raises(UnknownExperimentError):
        load("../xor")


def test_the_relations_of_answers() -> None:
    assert Answer("a", 1.0, 1.0).holds and not Answer("a", 1.1, 1.0).holds
    assert Answer("a", 0.9, 1.0, relation="<=").holds
    assert not Answer("a", 0.9, 1.0, relation=">=").holds
    assert not Answer("a", float("nan"), 1.0, within=9.0).holds
