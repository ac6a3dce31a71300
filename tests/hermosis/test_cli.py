"""The command line: what it prints and writes, and how it refuses."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import sympy as sp

from derivations.proofs.proof import Step
from hermosis import __version__
from hermosis.cli import main

MODEL = '''"""A user's own file."""

import hermosis as hm


class Quartic(hm.Hamiltonian):
    """Steeper than the classical one."""

    a: float = 1.0

    def kinetic(self, X, beta):
        return beta / hm.k * (hm.norm2(X) / 2 + self.a * hm.total(X**4) / 4)


class Wrong(hm.Hamiltonian):
    def kinetic(self, X, beta):
        return beta * X


class Needy(hm.Hamiltonian):
    def __init__(self, more):
        pass


number = 3
'''


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "model.py"
    path.write_text(MODEL)
    return path


Output = pytest.CaptureFixture[str]


def test_derive_prints_equations_and_rule(model: Path, capsys: Output) -> None:
    assert main(["derive", f"{model}:Quartic"]) == 0
    text = capsys.readouterr().out
    for part in (
        "Quartic: H = ",
        "dw/dt = ",
        "dX/dt = ",
        "dU/dt = ",
        "dbeta/dt = ",
        "C K D, 1 grad",
    ):
        assert part in text
    assert "w <- " in text and "X <- " in text


def test_derive_a_built_in_by_name_and_another_integrator(capsys: Output) -> None:
    assert main(["derive", "Relativistic", "--integrator", "Leapfrog"]) == 0
    assert "C/2 D/2 K D/2 C/2, 1 gradient" in capsys.readouterr().out


def test_derive_an_optimizer_shows_its_energy_its_metric_and_its_own_word(capsys: Output) -> None:
    assert main(["derive", "Adam"]) == 0
    text = capsys.readouterr().out
    for part in ("Adam: H = ", "beta*Total(X**2/(sqrt(V) + eps))/(2*k)", "dV/dt = ", "[CK] M D"):
        assert part in text
    assert main(["derive", "Adam", "--integrator", "C K D"]) == 1
    assert "Adam has its own word" in capsys.readouterr().err


def test_derive_writes_the_derivation_and_the_proof_of_an_optimizer(
    tmp_path: Path, capsys: Output
) -> None:
    path = tmp_path / "lion.md"
    assert main(["derive", "Lion", "-o", str(path)]) == 0
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# Lion") and "What it reduces to" in text
    assert "One step of Lion" in text


@pytest.mark.parametrize("backend", ["numpy", "numba", "jax", "torch"])
def test_derive_prints_source(model: Path, backend: str, capsys: Output) -> None:
    assert main(["derive", f"{model}:Quartic", "--source", backend]) == 0
    text = capsys.readouterr().out
    names = [node.name for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)]
    assert "step" in names


@pytest.mark.parametrize(
    ("suffix", "mark"), [("tex", r"\documentclass"), ("html", "<math"), ("md", "# ")]
)
def test_derive_writes_a_derivation(model: Path, suffix: str, mark: str, capsys: Output) -> None:
    path = model.with_name(f"out.{suffix}")
    assert main(["derive", f"{model}:Quartic", "-o", str(path)]) == 0
    assert capsys.readouterr().out == f"wrote {path}\n"
    assert mark in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Nothing", "DefinitionError: 'Nothing' is no Hamiltonian; there are .*Relativistic"),
        (
            "{path}:Nothing",
            "has no such name, where a subclass .* it defines Quartic, Wrong, Needy",
        ),
        ("{path}:number", "has 3 there, where a subclass of hermosis.Hamiltonian"),
        ("{path}:Wrong", "NotScalarError: an energy must be one number"),
        ("{path}:Needy", "DefinitionError: .* cannot be built without arguments"),
        ("{folder}/none.py:Quartic", "there is no file .*; give path/to/file.py:Class"),
        ("{folder}:Quartic", "there is no file"),
        ("{folder}/text.txt:Quartic", "is no Python file; give path/to/file.py:Class"),
        ("{folder}/raising.py:Quartic", r"cannot be imported: RuntimeError\('on import'\)"),
        ("{folder}/syntax.py:Quartic", "cannot be imported: SyntaxError"),
        ("{folder}/leaving.py:Quartic", r"cannot be imported: SystemExit\(3\)"),
        ("{folder}/empty.py:Quartic", "it defines none"),
    ],
)
def test_names_that_are_no_class_are_refused(
    model: Path, name: str, words: str, capsys: Output
) -> None:
    folder = model.parent
    (folder / "text.txt").write_text("no code")
    (folder / "raising.py").write_text("raise RuntimeError('on import')")
    (folder / "syntax.py").write_text("def broken(:")
    (folder / "leaving.py").write_text("raise SystemExit(3)")
    (folder / "empty.py").write_text("")
    assert main(["derive", name.format(path=model, folder=folder)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("hermosis: ")
    assert re.search(words, captured.err)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--integrator", "C Q D"], "WordError: .*unknown letter 'Q'"),
        (["--integrator", "{9**9**9}D K"], "WordError: .*exponent"),
        (["--integrator", "Leapfro"], "UnknownIntegratorError: .*did you mean 'Leapfrog'"),
        (["--source", "fortran"], "BackendError: unknown backend 'fortran'; known: numpy"),
        (["-o", "{folder}/out.docx"], "DocumentError"),
        (["-o", "{folder}/missing/out.tex"], "missing does not exist; create it first"),
    ],
)
def test_bad_options_are_refused(
    model: Path, options: list[str], words: str, capsys: Output
) -> None:
    given = [option.replace("{folder}", str(model.parent)) for option in options]
    assert main(["derive", f"{model}:Quartic", *given]) == 1
    assert re.search(words, capsys.readouterr().err)


def test_a_file_may_be_named_like_a_library(model: Path, capsys: Output) -> None:
    for name in ("numpy.py", "hermosis.py", "typing.py"):
        path = model.with_name(name)
        path.write_text(MODEL)
        assert main(["derive", f"{path}:Quartic"]) == 0
        assert "Quartic: H = " in capsys.readouterr().out


def test_prove_says_what_was_proved_and_fails_where_something_was_not(
    model: Path, monkeypatch: pytest.MonkeyPatch, capsys: Output
) -> None:
    import derivations.proofs.errata
    from derivations import reductions

    some = {name: reductions.PROOFS[name] for name in list(reductions.PROOFS)[:1]}
    monkeypatch.setattr(reductions, "PROOFS", some)
    monkeypatch.setattr(derivations.proofs.errata, "ERRATA", ())
    assert main(["prove", "--jobs", "1"]) == 0
    text = capsys.readouterr().out
    assert "proved  " in text and "1 of 1 proved" in text
    assert main(["prove", f"{model}:Quartic", "--jobs", "1"]) == 0
    step = Step("one is two", "counting", sp.Integer(1), sp.Integer(2))
    false = SimpleNamespace(proved=False, name="a falsehood", claim="no", steps=[step])
    monkeypatch.setitem(some, "false", lambda: false)
    assert main(["prove", "--jobs", "1"]) == 1
    text = capsys.readouterr().out
    assert "FAILED  a falsehood: no" in text and "not shown: one is two: 1 = 2" in text
    assert "1 of 2 proved" in text
    assert main(["prove", f"{model}:Nothing", "--jobs", "1"]) == 1


@pytest.mark.parametrize("given", [[], ["derive"], ["unknown"], ["derive", "X", "--unknown"]])
def test_misuse_has_the_status_two(given: list[str], capsys: Output) -> None:
    with pytest.raises(SystemExit) as caught:
        main(given)
    assert caught.value.code == 2
    assert "usage: hermosis" in capsys.readouterr().err


def test_help_and_version(capsys: Output) -> None:
    for option in ("--help", "--version"):
        with pytest.raises(SystemExit) as caught:
            main([option])
        assert caught.value.code == 0
    assert capsys.readouterr().out.endswith(f"hermosis {__version__}\n")


def test_as_a_module(model: Path) -> None:
    command = [sys.executable, "-m", "hermosis"]
    done = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"hermosis {__version__}\n"
    refused = subprocess.run(
        [*command, "derive", f"{model}:Nothing"], capture_output=True, text=True, check=False
    )
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr and "DefinitionError" in refused.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_a_reader_that_stops_is_no_error(model: Path) -> None:
    script = f"'{sys.executable}' -u -m hermosis derive '{model}:Quartic' | true"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_a_race_is_handed_to_the_benchmarks_of_the_checkout(capsys):
    assert main(["race", "nowhere"]) == 2
    assert "UnknownProblem: no problem is called 'nowhere'" in capsys.readouterr().err


def test_without_a_checkout_a_race_says_in_one_line_what_to_get(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.chdir(tmp_path)
    assert main(["race"]) == 1
    assert capsys.readouterr().err == (
        "hermosis race needs the benchmarks, which are in the repository and not in the wheel: "
        "clone it, and run the command there\n"
    )
