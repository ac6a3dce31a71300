"""A user's class by path, and the words of every refusal."""

from __future__ import annotations

import importlib
import sys

import pytest

from benchmarks.engine.cell import Cell
from benchmarks.engine.cluster import parcel
from benchmarks.engine.contestants import enlist, line_up
from benchmarks.engine.quantity import MOMENTUM, STEP
from benchmarks.engine.user import load, texts
from benchmarks.errors import ClusterError, NotAnOptimizerClass, SameName, UnknownOptimizer

BARE = "class Mine(hm.Hamiltonian): pass"
SOFT_SIGN = '''class Mine(hm.Hamiltonian):
    """Momenta that saturate one by one.

    More words.
    """

    sharpness: float = 2.0

    def kinetic(self, X, beta):
        s = self.sharpness
        return beta / hm.k * hm.total(hm.log(hm.cosh(s * X))) / s**2'''


def test_a_users_class_joins_the_field(user_file):
    spec = user_file(SOFT_SIGN)
    assert line_up([spec]) == [spec, *line_up([])]
    assert line_up([spec, "Adam"]) == [spec, "Adam"]
    assert line_up(["Adam", "Adam"]) == ["Adam"]
    mine = enlist(spec)
    assert (mine.name, mine.kind) == ("Mine", "yours")
    assert mine.note == "Momenta that saturate one by one."
    assert list(mine.space) == ["lr", "momentum", "sharpness"]
    assert mine.space["sharpness"].range.at(0.5) == 2.0
    assert mine.space["lr"] == enlist("momentum").space["lr"]


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        (SOFT_SIGN, "Yours", "came nothing of that name; due a subclass.*The file has: Mine"),
        ("Mine = 3", "Mine", "came a int; due a subclass.*The file has: none"),
        ("class Mine: pass", "Mine", "came a type; due a subclass"),
        ("1 / 0", "Mine", "stops with ZeroDivisionError: division by zero. Run it alone"),
        ("class Mine(", "Mine", "stops with SyntaxError"),
        ("raise SystemExit(3)", "Mine", "stops with SystemExit: 3"),
        ("class Mine(hm.Hamiltonian):\n    size: float", "Mine", "Mine.size has no default; give"),
        (SOFT_SIGN, "", "a file is due as path.py:Class"),
    ],
)
def test_what_is_no_class_is_refused_by_name(user_file, body, name, words):
    with pytest.raises(NotAnOptimizerClass, match=words):
        enlist(user_file(body, name))


def test_a_file_that_is_not_there_is_refused_by_name():
    with pytest.raises(NotAnOptimizerClass, match=r"there is no file 'nowhere\.py'"):
        enlist("nowhere.py:Mine")


def test_a_name_that_nobody_has_is_answered_with_the_names():
    with pytest.raises(UnknownOptimizer, match="called 'Adan'.*Adam.*path.py:Class"):
        line_up(["Adan"])


def test_two_of_one_name_are_refused(user_file):
    adam = user_file("class Adam(hm.Hamiltonian): pass", "Adam")
    with pytest.raises(SameName, match="are both called 'Adam'.*rename the class"):
        line_up([adam])
    assert line_up([adam, "momentum"]) == [adam, "momentum"]


def test_a_default_that_is_endless_or_negative_is_not_searched(user_file):
    fields = 'class Mine(hm.Hamiltonian):\n    far: float = float("inf")\n    down: float = -1.0'
    assert list(enlist(user_file(fields)).space) == ["lr", "momentum"]


def test_what_a_file_imports_from_its_folder_is_part_of_it(tmp_path, monkeypatch):
    """Another number in the helper is another result: the run's name changes with it."""
    monkeypatch.syspath_prepend(str(tmp_path))
    helper, file = tmp_path / "raced_helper.py", tmp_path / "mine.py"
    body = "import numpy as np\nimport hermosis as hm\nfrom raced_helper import SIZE\n\n\n"
    body += SOFT_SIGN.replace("float = 2.0", "float = SIZE")
    file.write_text(body, encoding="utf-8")
    found = []
    for size in (1.0, 5.0):
        helper.write_text(f"SIZE = {size}\n", encoding="utf-8")
        sys.modules.pop("raced_helper", None)
        importlib.invalidate_caches()
        loaded = load(f"{file}:Mine", STEP, MOMENTUM)
        found.append((loaded.source, loaded.space["sharpness"].range.at(0.5)))
        assert list(texts(file)) == [str(file), str(helper)]
    assert [size for _, size in found] == [1.0, 5.0] and found[0][0] != found[1][0]
    with pytest.raises(ClusterError, match="imports raced_helper.py from its own folder"):
        parcel(Cell("booth", f"{file}:Mine", "tuning", (), 0, 3))


def test_a_file_is_read_in_the_encoding_that_it_states(tmp_path):
    path = tmp_path / "mine.py"
    lines = ["# -*- coding: latin-1 -*-", "import hermosis as hm", "# Größe", BARE]
    path.write_bytes("\n".join(lines).encode("latin-1"))
    assert "Größe" in enlist(f"{path}:Mine").source
