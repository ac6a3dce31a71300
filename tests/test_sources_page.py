"""The page on sources for JAX and PyTorch runs: its blocks are one program."""

from __future__ import annotations

import functools
import re
import runpy
import shutil
import sys
from pathlib import Path

import jax
import pytest
import torch

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```python\n(.*?)^```", PAGE, flags=re.M | re.S)


def check_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The program of the page, run where it may write."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("heavy_ball", "adam"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    script = tmp_path / "page.py"
    script.write_text("\n".join(BLOCKS), encoding="utf-8")
    torch._dynamo.reset()
    with jax.enable_x64(False), torch._dynamo.config.patch(error_on_recompile=True):
        runpy.run_path(str(script), run_name="page")
    torch._dynamo.reset()
    return "\n".join(BLOCKS)


def check_printed(program: str, printed: str) -> None:
    lines = re.findall(r"^print\(.*\)  # (.*)$", program, flags=re.M)
    assert len(lines) == 3
    for line in lines:
        assert line in printed.splitlines()


def test_the_page_runs_from_top_to_bottom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Traced in one graph, without a C++ compiler."""
    monkeypatch.setattr(torch, "compile", functools.partial(torch.compile, backend="aot_eager"))
    program = check_page(tmp_path, monkeypatch)
    check_printed(program, capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:.torch.jit:DeprecationWarning")  # PyTorch's own imports
@pytest.mark.skipif(
    not (shutil.which("g++") or shutil.which("clang++")),
    reason="TorchInductor needs a C++ compiler, and neither g++ nor clang++ is here",
)
def test_the_page_runs_as_it_stands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TORCHINDUCTOR_CACHE_DIR", str(tmp_path))
    with torch._inductor.config.patch(compile_threads=1):
        program = check_page(tmp_path, monkeypatch)
    check_printed(program, capsys.readouterr().out)


def test_every_file_that_the_page_names_is_one_that_it_writes() -> None:
    written = re.findall(r'Path\("(\w+)\.py"\)', PAGE)
    imported = re.findall(r"^from (\w+) import step", PAGE, flags=re.M)
    assert sorted(written) == sorted(imported)
