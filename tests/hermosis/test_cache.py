"""The cache on disk: what was derived is not derived again, and nothing stale is trusted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import hermosis as hm
from hermosis import optimizers
from hermosis.derive import cache

MODEL = """
import hermosis as hm
import helpers, package.inner
import numpy as np

FACTOR = 2.0
TABLE = np.arange(3000.0)


class Cooling(hm.Profile):
    gamma: float = 0.5

    def rate(self, beta):
        return self.gamma * beta


class Model(hm.Hamiltonian):
    mass: float = 1.0
    profile: hm.Profile = Cooling()

    def kinetic(self, X, beta):
        kappa = hm.norm2(X) / FACTOR + helpers.extra(X) + package.inner.more(X)
        if "a" in {"a", "b", "c", "d"}:
            return beta / hm.k * kappa / self.mass * TABLE[2000] / 2000
"""
HELPERS = "import hermosis as hm\n\ndef extra(X):\n    return hm.total(hm.cosh(X))\n"
INNER = "import hermosis as hm\n\ndef more(X):\n    return 0 * hm.norm2(X)\n"
RUN = """
import json, sys
import numpy as np
from model import Model

opt = Model().optimizer(lr=0.1, momentum=0.5, backend="numpy")
w = np.array([1.0, -0.5])
state = opt.init(w)
opt.step(w, np.array([0.5, 1.0]), state)
print(json.dumps({"w": w.tolist(), "derived": "sympy" in sys.modules}))
"""


class Project:
    """A user's folder of files, a cache, and fresh processes that run in them."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.cache = folder, folder / "cache"
        self.write("model.py", MODEL)
        self.write("helpers.py", HELPERS)
        self.write("package/__init__.py", "")
        self.write("package/inner.py", INNER)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)

    def start(self, code: str = RUN) -> subprocess.Popen[str]:
        own = {"HERMOSIS_CACHE": str(self.cache), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.Popen(
            [sys.executable, "-W", "error", "-c", code],
            cwd=self.folder,
            env=os.environ | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        out, error = process.communicate(timeout=120)
        assert process.returncode == 0, error
        result: dict[str, Any] = json.loads(out)
        return result

    def run(self, code: str = RUN) -> dict[str, Any]:
        return self.finish(self.start(code))

    @property
    def entries(self) -> list[Path]:
        return sorted(self.cache.glob("*.json"))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def due(factor: float = 2.0, extra: float = 1.0) -> list[float]:
    """w − lr·∇κ(X) after the first kick, X = g."""
    g = np.array([0.5, 1.0])
    return list(np.array([1.0, -0.5]) - 0.1 * (2 * g / factor + extra * np.sinh(g)))


def test_the_second_process_derives_nothing(project: Project) -> None:
    first, second = project.run(), project.run()
    assert first["derived"] and not second["derived"]
    assert first["w"] == second["w"] == pytest.approx(due(), rel=1e-15)
    assert project.entries


CHANGES = {
    "the code of the class": ("model.py", MODEL.replace("/ self.mass", "* 3 / self.mass"), None),
    "a constant": ("model.py", MODEL.replace("FACTOR = 2.0", "FACTOR = 4.0"), (4.0, 1.0)),
    "a number in a large array": (
        "model.py",
        MODEL.replace("np.arange(3000.0)", "np.arange(3000.0) * (np.arange(3000) != 2000)"),
        None,
    ),
    "a helper function": ("helpers.py", HELPERS.replace("hm.total(", "2 * hm.total("), (2.0, 2.0)),
    "a helper in a package": ("package/inner.py", INNER.replace("0 *", "0.5 *"), None),
    "the rate of its profile": (
        "model.py", MODEL.replace("self.gamma * beta", "self.gamma * hm.sqrt(beta)"), None,
    ),
}  # fmt: skip


def test_whatever_determines_the_step_makes_a_new_entry(project: Project) -> None:
    """All changes in turn, each against what was derived for the class as it was first."""
    before = project.run()
    key = "from hermosis.derive.fingerprint import fingerprint as f; import model, json; "
    key += "print(json.dumps("
    key += "{'key': [f(model.Model), f(model.Cooling)]}))"
    known = [project.run(key)["key"]]
    for name, text, expected in CHANGES.values():
        old = (project.folder / name).read_text()
        project.write(name, text)
        own = project.run(key)["key"]
        assert None not in own and own not in known
        known.append(own)
        if expected is not None:
            after = project.run()
            assert after["derived"] and after["w"] == pytest.approx(due(*expected), rel=1e-15)
        project.write(name, old)
    assert project.run() == before | {"derived": False}


DAMAGES = {
    "truncated": lambda text: text[: len(text) // 2],
    "another number in the source": lambda text: text.replace("X *= momentum", "X *= 0.0"),
    "empty": lambda text: "",
    "a list": lambda text: "[1, 2]",
    "no checksum": lambda text: '{"value": {}}',
    "another checksum": lambda text: '{"value": {}, "checksum": "0"}',
    "no text": lambda text: "\0\1\2",
    "too deep": lambda text: "[" * 100_000,
}


def test_damaged_entries_are_derived_anew(project: Project) -> None:
    first = project.run()
    whole = {path: path.read_text() for path in project.entries}
    for name in ("truncated", "another number in the source"):
        for path, text in whole.items():
            path.write_text(DAMAGES[name](text))
        assert project.run() == first
        assert {path: path.read_text() for path in project.entries} == whole


def test_a_cache_that_cannot_be_written_to_is_no_error(project: Project) -> None:
    project.write("file", "in the way")
    for place in (project.folder / "file" / "cache", Path("/proc/none")):
        project.cache = place
        assert project.run() == {"w": pytest.approx(due()), "derived": True}


def test_processes_at_once_are_safe(project: Project) -> None:
    processes = [project.start() for _ in range(3)]
    results = [project.finish(process) for process in processes]
    assert all(result["w"] == results[0]["w"] == pytest.approx(due()) for result in results)
    assert not project.run()["derived"]
    assert [path for path in project.cache.iterdir() if path.suffix != ".json"] == []


def test_built_in_optimizers_are_found_without_sympy(project: Project) -> None:
    code = """
import json, sys
import numpy as np, hermosis as hm
create = hm.optimizers.create
made = [create(n, backend="numpy") for n in ("SGD", "Momentum", "Adam", "Lion", "NaturalGradient")]
for opt in (*made, hm.optimizers.Cautious(made[1])):
    hm.minimize(lambda w: (float(w @ w), 2 * w), np.ones(2), opt, jac=True, steps=2)
    repr(opt)
H = hm.Hamiltonian(profile=hm.HotStart())
H.optimizer(lr=0.1, momentum=0.9, integrator="Leapfrog", weight_decay=0.1, backend="numpy")
print(json.dumps({"derived": "sympy" in sys.modules}))
"""
    assert project.run(code) == {"derived": True}
    assert project.run(code) == {"derived": False}


def test_import_loads_no_large_library(project: Project) -> None:
    names = ("sympy", "scipy", "matplotlib", "numba", "torch", "jax", "sklearn")
    code = (
        f"import hermosis, sys, json; print(json.dumps([n for n in {names} if n in sys.modules]))"
    )
    assert project.run(code) == []


# -- in this process


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HERMOSIS_CACHE", str(tmp_path))
    return tmp_path


def test_values_come_back_only_under_their_key(own: Path) -> None:
    value = {"source": "x = 1", "list": [1, None, 2.5]}
    cache.save("key", value)
    assert cache.load("key") == value
    assert cache.load("other") is None
    (entry,) = own.iterdir()
    entry.rename(own / f"{cache.name('other')}.json")
    assert cache.load("other") is None and cache.load("key") is None


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_entry_counts_as_absent(name: str, own: Path) -> None:
    cache.save("key", {"source": "X *= momentum"})
    (entry,) = own.iterdir()
    entry.write_text(DAMAGES[name](entry.read_text()))
    assert cache.load("key") is None
    entry.unlink()
    entry.mkdir()
    assert cache.load("key") is None
    cache.save("key", {})
    assert cache.load("key") is None


def test_the_folder_is_where_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERMOSIS_CACHE", "/some/where")
    assert cache.folder() == Path("/some/where")
    monkeypatch.delenv("HERMOSIS_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    if sys.platform == "linux":
        assert cache.folder() == Path("/elsewhere/hermosis")


def test_a_user_without_a_home_keeps_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless(self: Path) -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("HERMOSIS_CACHE")
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setattr(Path, "expanduser", homeless)
    cache.save("key", 1)
    assert cache.load("key") is None


def test_a_class_that_cannot_be_compared_is_derived_each_time(own: Path) -> None:
    strange = type("Strange", (), {"__call__": lambda self: 1.0})()

    class Uncomparable(hm.Hamiltonian):
        def kinetic(self, X: Any, beta: Any) -> Any:
            return beta / hm.k * hm.norm2(X) / 2 * strange()

    opt = Uncomparable().optimizer(lr=0.1, momentum=0.9, backend="numpy")
    assert opt.blueprint.key() is None
    assert list(own.iterdir()) == []


def test_a_built_optimizer_is_found_fast(own: Path) -> None:
    optimizers.Momentum(backend="numpy").program
    begun = time.perf_counter()
    optimizers.Momentum(backend="numpy").program
    assert time.perf_counter() - begun < 0.5
