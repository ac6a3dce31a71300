"""Every section of the paper: derived, checked, printed; and a broken bracket is noticed."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest

from derivations import __main__ as command
from derivations.document import Equation
from derivations.errors import ProofError
from derivations.paper import coupling, exponential_cooling, velocity_and_force
from derivations.paper.book import SECTIONS, chapter, sections
from derivations.system import equations, geometry

PARTS = sections()
NAMED = pytest.mark.parametrize("name", SECTIONS)


@NAMED
def test_every_step_holds(name):
    failed = [step.claim for _, step in PARTS[name].steps if not step.holds]
    assert not failed


@NAMED
def test_every_section_has_checks_and_every_equation_a_rule(name):
    assert PARTS[name].checks >= 3
    for block in PARTS[name].blocks:
        if isinstance(block, Equation):
            assert block.rule and block.lines


@NAMED
@pytest.mark.parametrize("suffix", ("tex", "html", "md"))
def test_every_section_is_written(name, suffix, tmp_path):
    path = chapter(PARTS[name]).write(tmp_path / f"{name}.{suffix}")
    assert path.stat().st_size > 500


def test_the_sections_are_those_of_the_issue():
    assert list(SECTIONS) == [
        "equilibrium",
        "phase_space",
        "coupling",
        "equations",
        "integral_form",
        "velocity_and_force",
        "constant_temperature",
        "harmonic_potential",
        "exponential_cooling",
        "relativistic",
        "errata",
    ]


def test_a_wrong_bracket_breaks_the_coupling(monkeypatch):
    monkeypatch.setattr(coupling, "coupled", geometry.printed)
    with pytest.raises(ProofError, match="section 'Coupling'"):
        chapter(coupling.section()).verify()


@pytest.mark.parametrize("term", ("w", "X", "beta"))
def test_a_wrong_sign_in_the_equations_breaks_the_sections_built_on_them(term, monkeypatch):
    def broken(hamiltonian):
        rates = equations.hermosis_equations(hamiltonian)
        return replace(rates, **{term: -getattr(rates, term)})

    monkeypatch.setattr(velocity_and_force, "hermosis_equations", broken)
    monkeypatch.setattr(exponential_cooling, "hermosis_equations", broken)
    failing = (velocity_and_force.section(), exponential_cooling.section())
    assert not all(step.holds for part in failing for _, step in part.steps)


def test_the_command_fails_where_a_check_fails(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(coupling, "coupled", geometry.printed)
    monkeypatch.setattr(command, "chapters", lambda: iter((coupling.section,)))
    assert command.main(["-o", str(tmp_path), "--format", "md"]) == 1
    assert "could not confirm" in capsys.readouterr().err


def test_the_command_names_an_unknown_format(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(command, "chapters", lambda: iter((coupling.section,)))
    assert command.main(["-o", str(tmp_path), "--format", "docx"]) == 1
    assert "known suffixes: .tex, .pdf, .html, .md" in capsys.readouterr().err


def test_the_command_says_when_there_is_no_latexmk(monkeypatch):
    monkeypatch.setattr(command.shutil, "which", lambda name: None)
    formats, line = command._formats(None)
    assert "pdf" not in formats
    assert "apt-get install latexmk" in line


def test_derivations_do_not_need_hermosis():
    script = "import sys, derivations.book.contents; sys.exit('hermosis' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
