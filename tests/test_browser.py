"""Reports and inspector pages in a real browser, opened from disk as people open them."""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from report_runs import HOSTILE, START, hostile_article, make_article, make_run, real_runs
from test_inspector import DANGERS, STORY

from newscrawl.commands.reclean import write_report
from newscrawl.items import Rejection, to_dict
from newscrawl.report.history import past_of, read_run, runs_of
from newscrawl.report.inspector import Source, render_diff, render_inspection
from newscrawl.report.run_report import render_run
from newscrawl.report.writing import write_sites
from newscrawl.storage.reclean import Difference

playwright = pytest.importorskip("playwright.sync_api", reason="browser tests need playwright (requirements-dev.txt)")
axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="browser tests need axe-playwright-python")

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(not CHROMIUM, reason="browser tests need chromium: apt-get install chromium")

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def browser() -> Iterator[playwright.Browser]:
    with playwright.sync_playwright() as started:
        playwright.expect.set_options(timeout=30_000)  # a busy machine is no fault of the page
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


Opener = Callable[..., "playwright.Page"]


@pytest.fixture
def opened(browser: playwright.Browser) -> Iterator[Opener]:
    """Opens a file. At the test's end, nothing may have been said on the console, asked of the network or popped up."""
    contexts, wrong = [], []

    def open_file(path: Path, **more: object) -> playwright.Page:
        context = browser.new_context(**{"viewport": DESKTOP, **more})
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("popup", lambda popup: wrong.append(f"popup: {popup.url}"))
        page.on("request", lambda request: wrong.append(request.url) if not is_local(request.url) else None)
        page.goto(path.as_uri())
        return page

    yield open_file
    for context in contexts:
        context.close()
    assert wrong == []


def is_local(url: str) -> bool:
    return url.startswith(("file:", "data:,", "about:"))


def faults(page: playwright.Page) -> list[str]:
    """What axe-core calls serious or critical."""
    options = {"resultTypes": ["violations"], "iframes": False}  # no script may run in the framed page, axe's neither
    found = axe.Axe().run(page, options=options).response["violations"]
    return [f"{v['id']}: {v['nodes'][0]['html'][:150]}" for v in found if v["impact"] in ("serious", "critical")]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a run of 5,000 articles with some runs behind it."""
    output = tmp_path_factory.mktemp("output")
    for days in range(5, 0, -1):
        make_run(output, when=START - timedelta(days=days), articles=30)
    folder = make_run(output, articles=5000)
    run = read_run(folder)
    (folder / "report.html").write_text(render_run(run, past_of(run)))
    return folder / "report.html"


@pytest.fixture(scope="module")
def inspected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("inspected") / "page.html"
    path.write_text(render_inspection(Source(STORY, url="https://courier.example/ferry", fetched_at=START)))
    return path


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("compared") / "page.html"
    old = to_dict(make_article(random.Random(1), 1, "courier", START))
    path.write_text(render_diff(Source(STORY), old, {**old, "headline": "Ferry is back", "body": "Another story."}))
    return path


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose new record lost a paragraph, won another and has other words, full of dangers."""
    path = tmp_path_factory.mktemp("turned") / "page.html"
    source = STORY.replace("<article>", f"<article>{''.join(DANGERS)}")
    new = to_dict(Source(STORY).extract().result)
    paragraphs = new["body"].split("\n\n")
    edited = paragraphs[3].replace("fare", "price")
    old = {**new, "headline": HOSTILE, "body": "\n\n".join([*paragraphs[:2], edited, "Copyright The Courier"])}
    path.write_text(render_diff(Source(source), old, new, "../diff.html"), errors="replace")
    return path


def real_report(number: int = 0) -> Path:
    return real_runs().runs[number] / "report.html"


# Search, sorting, links


def visible_rows(page: playwright.Page) -> list[str]:
    """The text of each row that the search leaves."""
    read = "rows => rows.filter(row => !row.hidden).map(row => row.textContent.toLowerCase())"
    rows: list[str] = page.locator("#table tbody tr").evaluate_all(read)
    return rows


def test_searching(opened: Opener, large: Path) -> None:
    page = opened(large)
    assert len(visible_rows(page)) == 5000
    page.fill("#search", "reykjavik ferry")
    playwright.expect(page.locator("#found")).to_have_text(re.compile(r"^\d+ of 5000 articles$"))
    rows = visible_rows(page)
    assert page.inner_text("#found") == f"{len(rows)} of 5000 articles"
    assert 0 < len(rows) < 500
    assert all("ferry" in text and "reykjavik" in text for text in rows)
    page.fill("#search", "no such words")
    playwright.expect(page.locator("#found")).to_have_text("0 of 5000 articles")
    page.fill("#search", "")
    playwright.expect(page.locator("#found")).to_have_text("")
    assert len(visible_rows(page)) == 5000


def sorted_by(page: playwright.Page, name: str, direction: str) -> list[str]:
    """The cells of a column after a click on its head, without empty ones."""
    heads = ["Published", "Headline and opening", "Dateline", "Confidence"]
    column = heads.index(name)
    page.get_by_role("button", name=name).click()
    assert page.locator("#table thead th").nth(column).get_attribute("aria-sort") == direction
    assert page.locator("#table thead [aria-sort]").count() == 1
    read = f"""rows => rows.map(row => {{
        const cell = row.cells[{column}]; return (cell.querySelector('a, b') || cell).textContent.trim() }})"""
    return [cell for cell in page.locator("#table tbody tr").evaluate_all(read) if cell]


@pytest.mark.parametrize("name", ["Published", "Dateline", "Confidence", "Headline and opening"])
def test_sorting(opened: Opener, name: str) -> None:
    page = opened(real_report())
    up, down = sorted_by(page, name, "ascending"), sorted_by(page, name, "descending")
    assert up == list(reversed(down)) or len(set(up)) < len(up)
    if name in ("Published", "Confidence"):  # text is sorted by a collator, not by code points
        assert up == sorted(up)
        assert down == sorted(up, reverse=True)
    else:
        assert up[0] != down[0]


def test_sorting_five_thousand(opened: Opener, large: Path) -> None:
    cells = sorted_by(opened(large), "Confidence", "ascending")
    assert len(cells) == 5000
    assert cells == sorted(cells)


def test_a_click_on_a_reject_shows_its_page(opened: Opener) -> None:
    page = opened(real_report())
    link = page.locator("#rejects li", has_text="See the page").first
    address = link.locator("a").nth(1).inner_text()
    link.get_by_text("See the page").click()
    playwright.expect(page.get_by_role("heading", name="The reject line")).to_be_visible()
    assert page.locator("header").get_by_role("link").inner_text() == address
    assert page.locator("#page").get_attribute("sandbox") == "allow-same-origin"


def test_a_click_on_an_article_shows_its_page(opened: Opener) -> None:
    page = opened(real_report())
    row = page.locator("#table tbody tr").first
    headline = row.get_by_role("link").inner_text()
    row.get_by_role("link").click()
    playwright.expect(page.get_by_role("heading", level=1)).to_have_text(headline)


def test_from_all_sites_to_a_run(opened: Opener) -> None:
    page = opened(write_sites(real_runs().crawls.output))
    page.get_by_role("link", name="demo").click()
    playwright.expect(page.get_by_role("heading", level=1)).to_have_text("demo")
    assert "Below the floor." in page.inner_text("main")
    page.locator("#table tbody a").first.click()
    playwright.expect(page.get_by_role("heading", name="Rejected pages")).to_be_visible()


# The inspector


@pytest.mark.parametrize("how", ["hover", "focus"])
def test_a_field_shows_where_it_came_from(opened: Opener, inspected: Path, how: str) -> None:
    page = opened(inspected)
    frame = page.frame_locator("#page")
    button = page.locator("button[data-field=headline]")
    button.hover() if how == "hover" else button.focus()
    playwright.expect(frame.locator(".nc-now")).to_have_text("Ferry returns to the bay")
    playwright.expect(frame.locator(".nc-now")).to_have_css("outline-style", "solid")
    playwright.expect(page.locator("#status")).to_have_text("headline came from here")
    page.mouse.move(5, 5)
    button.blur()
    playwright.expect(frame.locator(".nc-now")).to_have_count(0)


def test_the_body_lights_up_whole(opened: Opener, inspected: Path) -> None:
    page = opened(inspected)
    page.locator("button[data-field=body]").focus()
    playwright.expect(page.frame_locator("#page").locator(".nc-now")).to_have_count(4)


def test_a_dropped_block_shows_its_rule(opened: Opener) -> None:
    run = read_run(real_runs().runs[0])
    for path in sorted((run.folder / "inspect").glob("*.html")):
        if '<button type="button" data-block=' in path.read_text():  # the page's script names it too
            break
    page = opened(path)
    button = page.locator("button[data-block]").first
    rule = button.locator(".rule").inner_text()
    button.click()
    playwright.expect(page.locator("#status")).to_contain_text(f"dropped by: {rule}")
    marked = page.frame_locator("#page").locator(".nc-now")
    if marked.count():
        assert rule in (marked.first.get_attribute("title") or "") or marked.first.get_attribute("data-nc-field")
        marked.first.hover()
        playwright.expect(page.locator("#status")).not_to_have_text("")


def test_differences_stand_side_by_side(opened: Opener, compared: Path) -> None:
    page = opened(compared)
    old, new = page.locator("section[aria-label=headline] .sides > div").all()
    assert abs(old.bounding_box()["y"] - new.bounding_box()["y"]) < 2
    assert old.bounding_box()["x"] < new.bounding_box()["x"]
    assert "Ferry is back" in new.inner_text()


def test_a_difference_is_seen_in_the_page_and_in_both_records(opened: Opener, turned: Path) -> None:
    page = opened(turned)
    frame = page.frame_locator("#page")
    assert frame.locator("[data-nc-diff=gone]").inner_text() == "Copyright The Courier"
    assert frame.locator("[data-nc-diff=came]").count() == 1
    playwright.expect(frame.locator("[data-nc-diff=came]")).to_be_in_viewport()
    assert page.evaluate("window.scrollY") == 0
    body = page.locator("section[aria-label=body]")
    assert "paragraphs in both" in body.locator("summary").first.inner_text()
    body.locator("summary").first.click()
    playwright.expect(body.get_by_text("Passengers waited from dawn")).to_be_visible()
    page.get_by_role("button", name="Copyright The Courier").click()
    playwright.expect(page.locator("#status")).to_contain_text("only in the old record")
    playwright.expect(frame.locator(".nc-now")).to_have_text("Copyright The Courier")
    assert "<script>document.title='owned'</script>" in page.locator("section[aria-label=headline]").inner_text()
    assert page.title() != "owned"


@pytest.fixture
def reextracted(turned: Path, tmp_path: Path) -> Path:
    """The report of a re-extraction in which one record changed, with its page."""
    old = to_dict(make_article(random.Random(1), 1, "courier", START))
    new = {**old, "headline": HOSTILE, "body": f"{old['body']}\n\nMore.", "confidence": 0.95, "deck": "A deck"}
    difference = Difference()
    for _ in range(7):
        for example in difference.add(old, new):
            example["page"] = "diff/page.html"
    difference.add(old, to_dict(Rejection(f"javascript:{HOSTILE}", "listing", HOSTILE)))
    (tmp_path / "diff").mkdir()
    shutil.copy(turned, tmp_path / "diff" / "page.html")
    return write_report(tmp_path, difference)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_from_the_report_of_a_reextraction_to_a_page_and_back(opened: Opener, reextracted: Path, scheme: str) -> None:
    for viewport in (DESKTOP, PHONE):
        page = opened(reextracted, viewport=viewport, color_scheme=scheme)
        assert faults(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"]
        assert page.get_by_text("2 more examples").count() == len(["headline", "deck", "body", "confidence"])
        page.locator("section[aria-labelledby=f-body] a", has_text="Side by side").first.click()
        playwright.expect(page.locator("#page")).to_be_visible()
        page.get_by_role("link", name="all differences").focus()
        assert page.evaluate("document.activeElement.getAttribute('href')") == "../diff.html"
        page.keyboard.press("Enter")
        playwright.expect(page.get_by_role("heading", level=1)).to_contain_text("fields changed")


def test_on_a_phone_the_old_stands_above_the_new(opened: Opener, turned: Path) -> None:
    page = opened(turned, viewport=PHONE)
    old, new = page.locator("section[aria-label=headline] .sides > div").all()
    assert old.bounding_box()["y"] + old.bounding_box()["height"] <= new.bounding_box()["y"]
    assert old.inner_text().startswith("Old") and new.inner_text().startswith("New")


# Nothing runs, nothing leaves


def test_hostile_pages_do_nothing(opened: Opener, tmp_path: Path) -> None:
    for number in range(5):
        path = tmp_path / f"{number}.html"
        source = STORY.replace("<article>", f"<article>{''.join(DANGERS[number::5])}")
        path.write_text(render_inspection(Source(source, url="https://a.example/")))
        page = opened(path)
        page.wait_for_timeout(100)
        assert "Passengers waited" in page.frame_locator("#page").locator("body").inner_text()
        page.close()


def test_hostile_words_do_nothing(opened: Opener, tmp_path: Path) -> None:
    folder = make_run(tmp_path, articles=[hostile_article(n) for n in range(3)])
    run = read_run(folder)
    (folder / "report.html").write_text(render_run(run, []))
    page = opened(folder / "report.html")
    assert page.title() != "owned"
    assert "<script>document.title='owned'</script>" in page.locator("#table").inner_text()
    page.fill("#search", "onerror")
    playwright.expect(page.locator("#found")).to_have_text("3 of 3 articles")
    (tmp_path / "seen.html").write_text(render_inspection(Source(f"<p>{HOSTILE}"), to_dict(hostile_article())))
    assert "<script>" in opened(tmp_path / "seen.html").locator("h1").inner_text()


def test_reading_needs_no_script(opened: Opener, large: Path, inspected: Path) -> None:
    page = opened(large, java_script_enabled=False)
    assert page.locator("#table tbody tr").count() == 5000
    assert not page.locator("#search").is_visible(), "no control that does nothing"
    page.locator("summary").first.click()
    assert page.locator("details[open] table").first.is_visible()
    page = opened(inspected, java_script_enabled=False)
    assert page.frame_locator("#page").locator("[data-nc=kept]").count() == 4
    assert page.locator("dd", has_text="Ferry returns").first.is_visible()


# Everybody can use them

PAGES = ["report", "site", "sites", "inspected", "compared", "turned", "reject"]


def path_of(name: str, request: pytest.FixtureRequest) -> Path:
    real = real_runs()
    if name in ("inspected", "compared", "turned"):
        path: Path = request.getfixturevalue(name)
        return path
    if name == "reject":
        return next(p for p in (real.runs[0] / "inspect").glob("*.html") if "The reject line" in p.read_text())
    write_sites(real.crawls.output)
    return {"report": real_report(), "site": real.crawls.output / "demo" / "report.html"}.get(
        name, real.crawls.output / "report.html"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_no_serious_fault(opened: Opener, request: pytest.FixtureRequest, name: str, scheme: str) -> None:
    path = path_of(name, request)
    for viewport in (DESKTOP, PHONE):
        page = opened(path, viewport=viewport, color_scheme=scheme)
        assert faults(page) == []
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= viewport["width"], "nothing to scroll sideways"


def test_axe_on_the_broken_run(opened: Opener) -> None:
    assert faults(opened(real_report(2), color_scheme="dark")) == []
    assert len(runs_of(real_runs().crawls.output / "demo")) == 3


def focusable(page: playwright.Page) -> list[str]:
    """Everything that a mouse can use, in reading order."""
    return page.evaluate(
        """() => Array.from(document.querySelectorAll('a[href], button, input, summary, [tabindex="0"]'))
            .filter(e => e.checkVisibility() && !e.closest('[hidden]'))
            .map((e, n) => { e.dataset.n = n; return e.dataset.n })"""
    )


@pytest.mark.parametrize("name", ["report", "site", "inspected", "compared", "turned"])
def test_the_keyboard_alone_reaches_everything_in_order(
    opened: Opener, request: pytest.FixtureRequest, name: str
) -> None:
    page = opened(path_of(name, request))
    wanted = focusable(page)
    assert len(wanted) > 4
    reached = []
    for _ in range(len(wanted) + 5):
        page.keyboard.press("Tab")
        number = page.evaluate("document.activeElement.dataset.n ?? document.activeElement.tagName")
        if number == "BODY":
            break
        reached.append(number)
    assert [number for number in reached if number != "IFRAME"] == wanted


def test_the_keyboard_alone_searches_and_sorts(opened: Opener) -> None:
    page = opened(real_report())
    page.focus("#search")
    page.keyboard.type("the")
    playwright.expect(page.locator("#found")).to_have_text(re.compile("of"))
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.locator("#table th").first.get_attribute("aria-sort") == "ascending"


def test_headings_are_in_order(opened: Opener) -> None:
    levels = opened(real_report()).locator("h1, h2, h3").evaluate_all("all => all.map(e => +e.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
