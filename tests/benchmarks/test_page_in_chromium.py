"""The page in a real browser: it draws, answers, and asks nobody for anything."""

from __future__ import annotations

import os
import re
import shutil

import numpy as np
import pytest

from benchmarks.report.overview import costs
from benchmarks.report.profiles import data_profile, performance_profile, scores

from .synthetic import big_page

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def raced(tmp_path_factory):
    plan, lines, text = big_page(problems=4, methods=4)
    path = tmp_path_factory.mktemp("page") / "index.html"
    path.write_text(text, encoding="utf-8")
    return plan, lines, path.as_uri()


@pytest.fixture(scope="module")
def browser():
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        assert os.environ.get("CI") != "true", "the continuous check has to install a browser"
        pytest.skip(f"none of {', '.join(BROWSERS)} is installed: the page is not looked at")
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def opened(browser, raced):
    """Open the page; whatever it complains of or asks for fails the test at its end."""
    complaints, asked, pages = [], [], []

    def open_page(**how):
        page = browser.new_page(**{"viewport": {"width": 1280, "height": 900}, **how})
        pages.append(page)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(raced[2])
        page.wait_for_selector("[data-plot=performance] .js-plotly-plot", timeout=60_000)
        return page

    yield open_page
    for page in pages:
        page.close()
    assert complaints == []
    assert set(asked) == {raced[2]}


def data_of(page, selector, part="data.map(t => ({name: t.name, x: t.x, y: t.y, mode: t.mode}))"):
    """What Plotly holds for the plot at a selector, once it has been drawn."""
    page.locator(selector).scroll_into_view_if_needed()
    page.wait_for_selector(f"{selector}:not(.stale) .js-plotly-plot .main-svg")
    return page.evaluate(f"document.querySelector('{selector} .js-plotly-plot').{part}")


def curve_names(page, selector):
    return {t["name"] for t in data_of(page, selector) if t["mode"] == "lines"}


CONVERGENCE = '[data-plot=convergence][data-problem="1"]'


def test_every_plot_is_drawn_when_it_comes_into_view(opened):
    page = opened()
    figures = page.locator("figure.plot")
    assert figures.count() == 2 + 3 * 4
    assert page.locator(".js-plotly-plot").count() < figures.count()
    for at in range(figures.count()):
        figures.nth(at).scroll_into_view_if_needed()
        figures.nth(at).locator(".js-plotly-plot .main-svg").first.wait_for()


def test_profiles_and_scores_are_those_of_python(opened, raced):
    plan, lines, _ = raced
    page = opened()
    names = page.locator("#methods button").all_inner_texts()[:-1]
    for kind, place in (("gradients", "0"), ("steps", "1"), ("seconds", "2")):
        page.locator(".controls select").nth(1).select_option(place)
        compare(page, plan.problems, lines, names, kind)
    page.locator(".controls select").nth(1).select_option("0")
    page.locator(".controls select").nth(0).select_option("rgd")
    chosen = [problem for problem in plan.problems if "rgd" in problem.tags]
    assert 0 < len(chosen) < len(plan.problems)
    compare(page, chosen, lines, names, "gradients")
    page.locator("#methods button").first.click()
    compare(page, chosen, lines, names[1:], "gradients")


def compare(page, problems, lines, names, kind):
    spent, owners = costs(problems, lines, names, kind)
    if kind == "seconds":  # they travel with four digits
        spent = np.vectorize(lambda cost: float(f"{cost:.4g}"))(spent)
    for trace in data_of(page, "[data-plot=performance]"):
        ours = performance_profile(spent, trace["x"])[names.index(trace["name"])]
        settled = np.array(trace["x"]) > 1.0
        np.testing.assert_allclose(np.array(trace["y"])[settled], ours[settled], atol=1e-12)
    if kind != "seconds":
        budgets = {problem.name: problem.budget for problem in problems}
        shares = spent / [[budgets[owner]] for owner in owners]
        for trace in data_of(page, "[data-plot=data]"):
            ours = data_profile(shares, trace["x"])[names.index(trace["name"])]
            np.testing.assert_allclose(trace["y"], ours, atol=1e-12)
    told = {}
    for row in page.locator("#scores tbody tr:visible").all():
        cells = row.locator("td").all_inner_texts()
        told[cells[0]] = (cells[2], cells[3], int(cells[1]))
    ours = scores(spent, owners)
    assert told == {
        name: (f"{its.area:.3f}", f"{its.low:.3f} … {its.high:.3f}", its.group)
        for name, its in zip(names, ours, strict=True)
    }


def test_a_click_in_the_legend_switches_a_method_off_everywhere(opened):
    page = opened()
    name = page.locator("#methods button").nth(1).inner_text()
    before = page.locator(f"a.name:visible:text-is('{name}')").count()
    assert before == 4 + 1 and name in curve_names(page, CONVERGENCE)
    page.locator("#methods button").nth(1).click()
    assert page.locator(f"a.name:visible:text-is('{name}')").count() == 0
    for selector in (CONVERGENCE, "[data-plot=performance]", "[data-plot=data]"):
        assert name not in curve_names(page, selector)
    page.locator("#methods button").last.click()
    assert page.locator(f"a.name:visible:text-is('{name}')").count() == before
    page.locator("#methods button").nth(1).dblclick()
    assert curve_names(page, CONVERGENCE) == {name}


def test_no_button_sends_anything_away(opened):
    page = opened()
    data_of(page, CONVERGENCE)
    titles = page.locator(".modebar-btn").evaluate_all("all => all.map(b => b.dataset.title)")
    assert titles and not [title for title in titles if re.search("(?i)cloud|share|link", title)]


def test_hover_names_the_method(opened):
    page = opened(viewport={"width": 1280, "height": 1200})
    name = min(curve_names(page, CONVERGENCE))
    at = page.evaluate(
        """([selector, name]) => {
          const plot = document.querySelector(selector + " .js-plotly-plot");
          const trace = plot._fullData.find(t => t.name === name && t.mode === "lines");
          const box = plot.getBoundingClientRect(), {xaxis, yaxis} = plot._fullLayout;
          return [box.x + xaxis._offset + xaxis.d2p(trace.x[3]),
                  box.y + yaxis._offset + yaxis.d2p(trace.y[3])];
        }""",
        [CONVERGENCE, name],
    )
    page.mouse.move(at[0] + 3, at[1])
    page.mouse.move(*at)
    label = page.locator(f"{CONVERGENCE} .hoverlayer .hovertext").first
    label.wait_for()
    assert re.search(r"(gap|loss) \S+ after \d+", label.text_content())


def test_buttons_turn_the_axes(opened):
    page = opened()
    kinds = "_fullLayout.xaxis.type"
    assert data_of(page, CONVERGENCE, kinds) == "linear"
    page.locator(f"{CONVERGENCE} .bar button").nth(0).click()
    assert data_of(page, CONVERGENCE, kinds) == "log"
    assert data_of(page, CONVERGENCE, "_fullLayout.yaxis.type") == "log"
    page.locator(f"{CONVERGENCE} .bar button").nth(1).click()
    assert data_of(page, CONVERGENCE, "_fullLayout.yaxis.type") == "linear"


def test_tables_sort_with_what_never_arrived_last(opened):
    page = opened()
    table = page.locator("table.results").first
    head = table.locator("th button", has_text="µs/gradient")
    column = "rows => rows.map(row => Number(row.cells[7].textContent))"
    head.click()
    rising = table.locator("tbody tr").evaluate_all(column)
    assert rising == sorted(rising) and len(rising) == 4
    head.click()
    assert table.locator("tbody tr").evaluate_all(column) == rising[::-1]


def test_names_open_their_derivation_beside_the_table(opened):
    page = opened()
    name = page.locator("table.results a.name").nth(2)
    name.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    name.click()
    panel = page.locator("#derivation")
    assert panel.is_visible() and panel.locator("math").count() > 0
    assert panel.locator("h3").inner_text().startswith(name.inner_text())
    assert page.evaluate("scrollY") == before
    page.keyboard.press("Escape")
    assert not panel.is_visible()


def test_the_landscape_shows_the_optimizer_that_is_chosen(opened):
    page = opened()
    figure = '[data-plot=landscape][data-problem="0"]'
    data_of(page, figure)
    chooser = page.locator(f"{figure} select").first
    for value in chooser.locator("option").evaluate_all("all => all.map(o => o.value)"):
        chooser.select_option(value)
        traces = data_of(page, figure)
        assert sum(len(t["x"]) for t in traces if t["mode"] == "markers") >= 15


def test_dark_pages_have_dark_plots(opened):
    colours = []
    for scheme in ("light", "dark"):
        page = opened(color_scheme=scheme)
        colours.append(data_of(page, "[data-plot=performance]", "layout.font.color"))
        ink = page.evaluate(
            "getComputedStyle(document.documentElement).getPropertyValue('--ink').trim()"
        )
        assert colours[-1] == ink
    assert colours[0] != colours[1]
    page.emulate_media(color_scheme="light")
    page.wait_for_timeout(200)
    assert data_of(page, "[data-plot=performance]", "layout.font.color") == colours[0]


def test_a_narrow_page_scrolls_one_way_only(opened):
    page = opened(viewport={"width": 420, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= 420


def test_one_problem_has_a_page_without_profiles(browser, tmp_path):
    path = tmp_path / "index.html"
    path.write_text(big_page(problems=1, methods=2)[2], encoding="utf-8")
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(path.as_uri())
    page.locator("#methods button").first.click()
    assert len(curve_names(page, CONVERGENCE.replace('"1"', '"0"'))) == 1
    assert page.locator("#overview").count() == 0 and not errors
    page.close()


def test_without_scripts_the_tables_are_there(browser, raced):
    page = browser.new_page(java_script_enabled=False)
    page.goto(raced[2])
    assert page.locator("table.results tbody tr").count() == 16
    assert page.locator("noscript").count() == 1
    assert page.locator("#scores tbody tr").count() == 4
    page.close()
