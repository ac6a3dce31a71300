"""What a metric's step is derived from is not derived again, and nothing else is taken for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_cache import Project

MODEL = """
import hermosis as hm

SHARE = 0.5


class Own(hm.Metric):
    floor: float = 0.5
    rooted: bool = False

    def averages(self, G, X):
        return {"V": G**2, "M": SHARE * hm.Abs(G)}

    def tensor(self, V, M):
        return (hm.sqrt(V) if self.rooted else V) + M + self.floor


class Brake(hm.Hamiltonian):
    b: float = 4.0

    def kinetic(self, X, beta):
        return beta / hm.k * hm.log(1 + self.b * hm.norm2(X)) / (2 * self.b)
"""
RUN = """
import json, sys, warnings
import numpy as np
import hermosis as hm
from model import Own, Brake

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    H = Brake(metric=Own(OPTION))
    opt = H.optimizer(lr=0.1, momentum=0.5, averaging=0.75, backend="numpy")
w = np.array([1.0, -0.5])
opt.step(w, np.array([0.5, 1.0]), opt.init(w))
said = [str(warning.message).split(":")[0] for warning in caught]
print(json.dumps({"w": w.tolist(), "derived": "sympy" in sys.modules, "said": said}))
"""
WARNING = "the kinetic energy of Brake is not convex for ‖X‖ > 1/sqrt(b) = 0.5"


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = Project(tmp_path)
    made.write("model.py", MODEL)
    return made


def run(project: Project, option: str = "") -> dict[str, object]:
    return project.run(RUN.replace("OPTION", option))


def test_a_metric_is_derived_once_and_the_warning_is_remembered(project: Project) -> None:
    first, second = run(project), run(project)
    assert first["derived"] and not second["derived"]
    assert first["w"] == second["w"]
    assert first["said"] == second["said"] == [WARNING]
    other = run(project, "floor=1.0")  # a number is no new step, but is tried for positivity
    assert other["w"] != first["w"]
    assert not run(project, "floor=1.0")["derived"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("G**2", "G**4"), ("SHARE = 0.5", "SHARE = 0.25"), ("+ M +", "+ 2 * M +")],
)
def test_a_change_of_its_code_makes_a_new_step(project: Project, before: str, after: str) -> None:
    first, entries = run(project), set(project.entries)
    project.write("model.py", MODEL.replace(before, after))
    changed = run(project)
    assert changed["derived"] and changed["w"] != first["w"]
    assert set(project.entries) > entries
    project.write("model.py", MODEL)
    assert run(project) == first | {"derived": False}


def test_an_option_makes_a_new_step(project: Project) -> None:
    first, rooted = run(project), run(project, "rooted=True")
    assert rooted["derived"] and rooted["w"] != first["w"]
    assert not run(project, "rooted=True")["derived"]
