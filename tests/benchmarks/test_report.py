"""What a race leaves behind: its facts, the curves, the page."""

from __future__ import annotations

import json
import math
import re
from html.parser import HTMLParser

import pytest

from benchmarks.__main__ import main
from benchmarks.problem import all_problems
from benchmarks.race import race
from benchmarks.report.manifest import manifest
from benchmarks.report.plots import figures, styles
from benchmarks.report.summary import _quartiles, summarize
from benchmarks.report.write import report

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

    VOID = {"meta", "path", "use", "rect", "br", "line", "image"}

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
    assert len(text) < 3_000_000
    loads = [value for _, name, value in page.attributes if name in ("src", "href", "xlink:href")]
    assert loads and all(value.startswith("#") for value in loads)
    assert not re.search(r"@import|url\((?!#)|<link|<script src", text)
    ids = [value for _, name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value[1:] for value in loads} <= set(ids)
    for name in ("quadratic", "breast-cancer", *NAMES):
        assert name in text
    assert "python -m benchmarks quadratic breast-cancer" in text
    assert "prefers-color-scheme: dark" in text and "$" not in text


def test_every_curve_answers_to_its_row(folder):
    page = Page((folder / "index.html").read_text())
    curves = [value for _, name, value in page.attributes if name == "data-curve"]
    rows = [value for _, name, value in page.attributes if name == "data-name"]
    assert set(curves) == set(rows) == set(NAMES)
    assert len(curves) == 2 * 2 * len(NAMES)  # a line and a band, in two figures


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
    assert searched == {"lr": {"low": 1e-4, "high": 0.9, "scale": "log"}}


def test_curves_are_there_and_are_pictures(folder):
    for name in ("quadratic", "breast-cancer"):
        assert (folder / f"{name}.png").read_bytes().startswith(b"\x89PNG")
        assert "<svg" in (folder / f"{name}.svg").read_text()[:1000]
    assert not [path for path in folder.iterdir() if path.name.startswith(".")]


def test_the_same_lines_give_the_same_bytes(plan, runner):
    lines = summarize(list(race(plan, runner)))
    style = styles([(line.optimizer, line.kind) for line in lines])
    problem = all_problems()["quadratic"]
    assert figures(problem, lines, 20, style) == figures(problem, lines, 20, style)


def test_the_order_of_arrival_leaves_no_trace(plan, runner, tmp_path):
    rows = list(race(plan, runner))
    facts = manifest(plan, [], jobs=1)
    texts = []
    for name, order in (("one", rows), ("two", rows[::-1])):
        report(plan, order, facts, tmp_path / name, finished=True, notices=[])
        texts.append((tmp_path / name / "results.csv").read_bytes())
    assert texts[0] == texts[1]


def test_nothing_finished_still_makes_a_page(plan, tmp_path):
    assert report(plan, [], manifest(plan, [], jobs=1), tmp_path, finished=False, notices=[]) == []
    Page((tmp_path / "index.html").read_text())


def test_quartiles_keep_failures():
    assert _quartiles([1.0, 2.0, 3.0, 4.0, math.inf]) == (2.0, 3.0, 4.0)
    assert _quartiles([1.0, math.inf, math.inf])[1] == math.inf
