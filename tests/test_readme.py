"""The README runs: its Python blocks are executed, its class is the one in examples/."""

from __future__ import annotations

import ast
import re
import runpy
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", README, flags=re.M | re.S)


def test_the_readme_runs_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The blocks are one program, run where they may write."""
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "readme.py"
    script.write_text("\n".join(BLOCKS), encoding="utf-8")
    runpy.run_path(str(script), run_name="readme")
    printed = capsys.readouterr().out
    for line in re.findall(r"^print\(.*\)  # (.*)$", "\n".join(BLOCKS), flags=re.M):
        assert line in printed
    for line in re.findall(r"^# (.*)$", "\n".join(BLOCKS), flags=re.M):
        assert line in printed


def test_the_readme_and_the_example_state_the_same_class() -> None:
    example = (ROOT / "examples" / "softsign.py").read_text(encoding="utf-8")
    assert _class(BLOCKS[0]) == _class(example)


PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_file_that_a_page_links_to_exists(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    named = re.findall(r"\]\((?!https?:|mailto:|#)([^)#]+)(?:#[^)]*)?\)", text)
    assert not [name for name in named if not (page.parent / name).exists()]
    assert named or page.name != "README.md"


def test_every_make_target_that_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, flags=re.M))
    assert set(re.findall(r"\bmake ([a-z-]+)", README)) <= targets


def _class(source: str) -> str:
    return next(ast.unparse(n) for n in ast.parse(source).body if isinstance(n, ast.ClassDef))
