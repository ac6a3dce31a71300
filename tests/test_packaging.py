"""The project's own files agree: one version, everything pinned, nothing tied to a machine."""

from __future__ import annotations

import re
import subprocess
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hermosis

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))


def pins(*names: str) -> dict[str, Requirement]:
    """The requirements in the named files; a line `-r other.txt` leads to another one."""
    files = [ROOT / "requirements" / name for name in names]
    lines = [line for path in files for line in path.read_text(encoding="utf-8").splitlines()]
    found = [Requirement(line) for line in lines if line and line[0] not in "#-"]
    return {canonicalize_name(pin.name): pin for pin in found}


def test_the_version_stands_in_one_file_and_the_others_follow() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"\nversion: {hermosis.__version__}\n" in citation
    assert f"## [{hermosis.__version__}]" in changelog


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_requirements_are_exact_and_name_no_place(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        assert re.fullmatch(r"#.*|-r \w+\.txt|[\w.-]+==[\w.]+", line), line


def test_the_development_environment_holds_every_extra_within_its_bounds() -> None:
    pinned = pins("demo.txt", "dev.txt")
    wanted = PROJECT["dependencies"] + sum(PROJECT["optional-dependencies"].values(), [])
    for line in wanted:
        need = Requirement(line)
        (pin,) = pinned[canonicalize_name(need.name)].specifier
        assert need.specifier.contains(pin.version), f"{pin} does not meet {need}"


def test_the_demo_needs_nothing_but_the_core_and_two_extras() -> None:
    extras = PROJECT["optional-dependencies"]
    wanted = PROJECT["dependencies"] + extras["fast"] + extras["bench"]
    assert {canonicalize_name(Requirement(line).name) for line in wanted} <= set(pins("demo.txt"))
    assert "torch" not in pins("demo.txt")


def test_the_command_is_installed() -> None:
    (command,) = entry_points(group="console_scripts", name="hermosis")
    assert callable(command.load())


def test_the_types_are_shipped() -> None:
    assert all((ROOT / package / "py.typed").exists() for package in ("derivations", "hermosis"))


def test_the_makefile_lists_its_targets() -> None:
    command = ["make", "--no-print-directory", "-C", str(ROOT)]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    assert {"demo", "test"} <= set(re.findall(r"^  make ([a-z-]+)", listed, flags=re.M))


def test_a_python_that_is_missing_is_named(tmp_path: Path) -> None:
    for name in ("Makefile", "pyproject.toml"):
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    (tmp_path / "requirements").mkdir()
    for path in REQUIREMENTS:
        (tmp_path / "requirements" / path.name).write_bytes(path.read_bytes())
    command = ["make", "-C", str(tmp_path), "demo", "PYTHON=no-such-python"]
    refused = subprocess.run(command, capture_output=True, text=True)
    assert refused.returncode != 0
    assert "There is no 'no-such-python' here. hermosis needs Python 3.11" in refused.stderr
    assert not (tmp_path / ".venv").exists()
