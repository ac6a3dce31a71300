"""The pages of docs/ with Python in them run from top to bottom, and print what they say."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGES = ("autodiff.md", "ensembles.md")


@pytest.mark.parametrize("name", PAGES)
def test_a_page_runs_and_prints_what_it_says(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (DOCS / name).read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```", text, flags=re.M | re.S))
    monkeypatch.chdir(tmp_path)
    script = tmp_path / "page.py"
    script.write_text(code, encoding="utf-8")
    before = set(plt.get_fignums())
    runpy.run_path(str(script), run_name="page")
    for number in set(plt.get_fignums()) - before:
        plt.close(number)
    due = re.findall(r"^print\(.*\)  # (.*)$", code, flags=re.M)
    assert due and capsys.readouterr().out.splitlines() == due


@pytest.mark.parametrize("name", PAGES)
def test_every_file_that_a_page_names_exists(name: str) -> None:
    named = re.findall(r"\]\((?!https?:|#)([^)#]+)\)", (DOCS / name).read_text(encoding="utf-8"))
    assert named and not [path for path in named if not (DOCS / path).exists()]
