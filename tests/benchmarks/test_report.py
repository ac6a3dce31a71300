"""What a race leaves behind: its facts, the curves, the page."""

from __future__ import annotations

import base64
import gzip
import json
import math
import re
from dataclasses import replace
from html import escape
from html.parser import HTMLParser

import pytest

from benchmarks.__main__ import main
from benchmarks.engine.race import race
from benchmarks.report import page as report_page
from benchmarks.report.figures import SAVED
from benchmarks.report.manifest import manifest
from benchmarks.report.plots import power
from benchmarks.report.read import read_rows
from benchmarks.report.summary import _quartiles, summarize
from benchmarks.report.write import report

from .synthetic import big_page

NAMES = ("gradient descent", "Adam", "L-BFGS-B")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("race")
    words = [word for name in NAMES for word in ("--optimizer", name)]
    asked = ["quadratic", "breast-cancer", *words, "--quick", "--budget", "30", "--jobs", "1"]
    assert main([*asked, "-o", str(folder)]) == 0
    return folder


class Page(HTMLParser):
    """The page's tags and attributes, with every tag checked to be closed."""

    VOID = {"meta", "link", "br"}

    def __init__(self, text):
        super().__init__()
        self.attributes, self.open = [], []
        self.feed(text)
        assert not self.open

    def handle_starttag(self, tag, attributes):
        self.attributes += [(tag, name, value) for name, value in attributes]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.attributes += [(tag, name, value) for name, value in attributes]

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag


def test_the_page_holds_all_it_shows(folder):
    text = (folder / "index.html").read_text()
    page = Page(text)
    loads = [value for _, name, value in page.attributes if name in ("src", "href", "xlink:href")]
    assert loads and all(value.startswith("#") or value == "data:," for value in loads)
    assert not re.search(r"@import|url\(|<script src|fetch\(", text)
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value[1:] for value in loads if value.startswith("#")} <= set(ids)
    for name in ("quadratic", "breast-cancer", *NAMES):
        assert name in text
    assert "python -m benchmarks quadratic breast-cancer" in text
    assert "prefers-color-scheme: dark" in text


def test_the_script_has_the_numbers_of_the_lines(folder):
    text = (folder / "index.html").read_text()
    letters = re.search(r'id="race">([^<]*)<', text).group(1)
    race = json.loads(gzip.decompress(base64.b85decode(letters.replace(",", "<"))))
    assert [look["name"] for look in race["optimizers"]] == list(NAMES)
    lines = {(line.problem, line.optimizer): line for line in summarize(read_rows(folder))}
    for problem in race["problems"]:
        assert sum(problem["checkpoints"]) == problem["budget"] == 30
        for line in problem["lines"]:
            name = NAMES[line["at"]]
            its = lines[problem["name"], name]
            assert 10 ** (sum(line["curve"][1]) / 1000) == pytest.approx(its.gap[1], rel=2e-3)
            spent = [None if math.isinf(toll.gradients) else toll.gradients for toll in its.tolls]
            assert [toll[0] for toll in line["tolls"]] == spent
            assert line["chosen"] == list(its.parameters.values())
            assert [len(column) for column in line["trials"]] == [18] * (len(line["space"]) + 1)


def test_scores_of_some_problems_are_told_in_the_terminal(folder, capsys):
    assert main(["scores", str(folder), "real", "--cost", "steps", "--against", NAMES[0]]) == 0
    told = capsys.readouterr().out
    assert told.startswith("1 problem, 3 targets, by steps:") and f"behind {NAMES[0]}" in told
    assert all(name in told for name in NAMES) and "+0.00 (+0.00 … +0.00)" in told
    refused = {"UnreadableResults": ["noise"], "UnknownOptimizer": ["--against", "no"]}
    for name, words in refused.items():
        assert main(["scores", str(folder), *words]) == 2
        assert capsys.readouterr().err.startswith(f"{name}: ")


def test_the_manifest_is_plain_json(folder):
    def refuse(constant):
        raise AssertionError(constant)

    facts = json.loads((folder / "manifest.json").read_text(), parse_constant=refuse)
    assert facts["command"].startswith("python -m benchmarks quadratic breast-cancer --optimizer")
    assert facts["problems"] == {"breast-cancer": 30, "quadratic": 30}
    assert facts["seeds"] == [0, 1, 2] and not set(facts["seeds"]) & set(facts["tuning_seeds"])
    assert {"python", "hermosis", "numpy", "scipy"} <= set(facts["versions"])
    assert facts["finished"] is True and facts["notices"] == []
    assert sum(each["trials"] for each in facts["tuning_rounds"]) == facts["tuning_trials"] == 18
    searched = facts["ranges"]["quadratic"]["gradient descent"]
    assert searched == {"lr": {"low": 1e-5, "high": 10.0, "scale": "log"}}


def test_figures_are_there_and_are_pictures(folder):
    figures = {path.name for path in (folder / "figures").iterdir()}
    profiles = {f"{kind}-profile.{end}" for kind in ("data", "performance") for end in SAVED}
    assert figures == {"quadratic.svg", "breast-cancer.svg"} | profiles
    for name in figures:
        content = (folder / "figures" / name).read_bytes()
        assert content.startswith(b"\x89PNG") if name.endswith("png") else b"<svg" in content[:999]
    assert not [*folder.glob(".*"), *(folder / "figures").glob(".*")]


def test_figures_of_a_race_before_are_taken_away(small, runner, tmp_path):
    own = tmp_path / "figures" / "my-own.svg"
    for problem in ("booth", "quadratic"):
        plan = small(problems=(problem,))
        report(plan, list(race(plan, runner)), manifest(plan, [], at_once=1), tmp_path, True)
        own.touch()
    assert sorted(p.name for p in own.parent.glob("*.svg")) == ["my-own.svg", "quadratic.svg"]


def test_the_same_lines_give_the_same_bytes(plan, runner, tmp_path):
    rows = list(race(plan, runner))
    facts = manifest(plan, [], at_once=1)
    drawn = []
    for name in ("one", "two"):
        report(plan, rows, facts, tmp_path / name, finished=True, figures=True)
        files = sorted((tmp_path / name).rglob("*.*"))
        drawn.append({str(f.relative_to(tmp_path / name)): f.read_bytes() for f in files})
    assert drawn[0] == drawn[1]
    assert {"figures/quadratic.png", "figures/landscapes/quadratic-momentum.svg"} <= set(drawn[0])


def test_what_comes_from_outside_is_text(small, runner, tmp_path):
    """Names and messages of users' classes cannot become markup, nor close the script."""
    evil = "</script><script>alert(1)</script>"
    plan = small()
    rows = [replace(row, status="raised", message=evil) for row in race(plan, runner)]
    report(plan, rows, manifest(plan, [evil], at_once=1), tmp_path, finished=True, notices=[evil])
    text = (tmp_path / "index.html").read_text()
    Page(text)
    assert evil not in text
    assert text.count("</script>") == 3
    assert "2 of 2 raised" in text and text.count(escape(evil)) >= 3


def test_the_order_of_arrival_leaves_no_trace(plan, runner, tmp_path):
    rows = list(race(plan, runner))
    facts = manifest(plan, [], at_once=1)
    texts = []
    for name, order in (("one", rows), ("two", rows[::-1])):
        report(plan, order, facts, tmp_path / name, finished=True, notices=[])
        texts.append((tmp_path / name / "results.csv").read_bytes())
    assert texts[0] == texts[1]


@pytest.mark.parametrize("trials", [18, 60, 300])
def test_a_big_race_fits_in_three_megabytes(trials):
    """45 problems, 13 methods, curves of 120 points that never rest: quick, full and more."""
    _, lines, text = big_page(trials=trials)
    assert len(lines) == 45 * 13 and len(lines[0].curve) == 120
    assert len(text.encode()) < 3_000_000


def test_without_plotly_the_page_says_so(monkeypatch):
    monkeypatch.setattr(report_page, "_plotly", lambda: "")
    _, _, text = big_page(problems=1, methods=2)
    Page(text)
    assert 'class="notice">This page has tables and no plots' in text
    assert len(text) < 100_000


def test_nothing_finished_still_makes_a_page(plan, tmp_path):
    facts = manifest(plan, [], at_once=1)
    assert report(plan, [], facts, tmp_path, finished=False, notices=[]) == []
    Page((tmp_path / "index.html").read_text())


def test_powers_of_ten_are_plain_letters():
    assert [power(10.0**n) for n in (-12, -1, 0, 1, 20)] == ["10⁻¹²", "10⁻¹", "1", "10", "10²⁰"]


def test_quartiles_keep_failures():
    assert _quartiles([1.0, 2.0, 3.0, 4.0, math.inf]) == (2.0, 3.0, 4.0)
    assert _quartiles([1.0, math.inf, math.inf])[1] == math.inf
