"""Published numbers, found again; and the page that says which."""

from __future__ import annotations

import re
import sys
import warnings
from pathlib import Path

import pytest

from benchmarks.engine.places import Here
from benchmarks.engine.runner import Runner
from benchmarks.engine.store import Store
from benchmarks.problem import all_problems
from benchmarks.published.__main__ import main
from benchmarks.published.family import numbers, raced
from benchmarks.published.numbers import COLUMNS, NUMBERS, SEARCHES, TRIALS, WITHIN
from benchmarks.published.page import page
from benchmarks.published.run import LEAST

DOCS = Path(__file__).parents[2] / "docs" / "race" / "published.md"


@pytest.fixture
def searched():
    """For a test that searches as the paper did."""
    pytest.importorskip("optuna", reason="Optuna is an extra")


def number(text: str) -> float:
    """A number as the page prints it."""
    if text == "diverged":
        return float("inf")
    return float(text.removeprefix("≤").strip().replace("−", "-"))


def test_the_page_in_the_docs_meets_fourteen_of_its_sixteen_rows():
    text = DOCS.read_text(encoding="utf-8")
    body = text.split("## Each with its own number of evaluations")[1].split("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in body.splitlines() if line.startswith("|")]
    head, _, *rows = lines
    assert head == ["problem", *COLUMNS] and [row[0] for row in rows] == list(NUMBERS)
    found = {row[0]: [tuple(map(number, cell.split(" / "))) for cell in row[1:]] for row in rows}
    for name, cells in found.items():
        assert [published for _, published in cells] == pytest.approx(
            [getattr(NUMBERS[name], column) for column in COLUMNS.values()], abs=0.051
        )
    met = sum(measured <= published + WITHIN for *_, (measured, published) in found.values())
    claimed = [int(count) for count in re.findall(r": (\d+) of 16 problems; not: ", text)]
    assert claimed[0] == met and len(claimed) == 1 + len(SEARCHES) and min(claimed) >= 14


def test_the_table_is_that_of_the_suite():
    suite = [name for name, p in all_problems().items() if "rgd" in p.tags]
    assert sorted(NUMBERS) == sorted(suite) and len(suite) == 16


def test_other_numbers_are_found_again():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        leapfrog, nesterov, fast, slow, bound = numbers()
    assert abs(int(leapfrog.found) - 333) <= 1 and int(nesterov.found) == 638
    assert fast.found == "below −300" and float(slow.found.replace("−", "-")) > -20.0
    assert float(bound.found) <= 2.0


@pytest.mark.parametrize("bad", ["nan", "0", "-1", "2", "half"])
def test_a_share_that_is_none_is_refused(bad, capsys):
    with pytest.raises(SystemExit, match="2"):
        main(["--share", bad])
    assert f"came '{bad}'; a share above 0, at most 1, is due" in capsys.readouterr().err


def test_a_name_that_is_not_in_the_table_is_refused(tmp_path, capsys):
    words = ["booth", "digits-softmax", "--cells", str(tmp_path / "cells")]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "no problem of the published table is called 'digits-softmax'" in told
    assert not (tmp_path / "cells" / "published.md").exists()


def test_a_folder_that_cannot_be_made_is_refused_before_the_race(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    words = ["booth", "--cells", str(tmp_path / "cells"), "-o", str(tmp_path / "file")]
    assert main(words) == 2
    told = capsys.readouterr().err
    assert "StorageError" in told and "give another with -o" in told
    assert not (tmp_path / "cells").exists()


def test_without_its_library_the_extra_is_named(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "optuna", None)
    assert main(["booth", "--share", "0.01", "--jobs", "1", "--cells", str(tmp_path)]) == 2
    told = capsys.readouterr().err
    assert "'optuna' here" in told and "pip install 'hermosis[bench,published]'" in told


@pytest.mark.usefixtures("searched")
def test_momentum_is_searched_where_another_method_was_shown(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        steep, flat = raced(Runner(Store(tmp_path), Here()), share=0.05)
    assert steep.published == "−11.4" and number(steep.found) < 5.0
    reached = re.fullmatch(r"(\d+) of 5", flat.found)
    assert flat.published == "0 of 100" and reached and 0 <= int(reached[1]) <= 5


@pytest.mark.usefixtures("searched")
def test_a_small_race_by_the_papers_rules(tmp_path, capsys):
    words = ["booth", "--share", "0.04", "--jobs", "1", "--cells", str(tmp_path / "cells")]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert main([*words, "-o", str(tmp_path)]) == 0
    text = (tmp_path / "published.md").read_text(encoding="utf-8")
    assert text in capsys.readouterr().out
    assert "RGD's column within one order of magnitude, or better: 1 of 1 problems" in text
    assert "| booth | " in text and " / −12.9 |" in text


@pytest.mark.parametrize(("rgd", "met"), [(-23.4, 1), (-23.2, 0), (LEAST, 1)])
def test_a_value_within_an_order_of_magnitude_is_met(rgd, met):
    own = {("booth", "momentum"): -10.0, ("booth", "Nesterov"): -20.0, ("booth", "RGD"): rgd}
    unlucky = {("booth", "RGD"): 0.0}
    text = page(own, {}, {**TRIALS, "all": 600}, (), "today.", again=[unlucky])
    assert f"or better: {met} of 1 problems; not: {'none' if met else 'booth'}." in text
    assert "by another seed of the search: 0 of 1 problems; not: booth." in text
    assert "RGD ends below momentum and Nesterov: on 1 of 1" in text
