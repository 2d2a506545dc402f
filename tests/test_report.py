"""Reports: what they show, that they stand alone, and that nothing in them is more than text."""

from __future__ import annotations

import json
import random
import re
import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from crawling import Crawls
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from prometheus_client.parser import text_string_to_metric_families
from report_runs import (
    HOSTILE,
    START,
    hostile_article,
    make_article,
    make_manifest,
    make_run,
    real_runs,
    write_lines,
)

from newscrawl.items import Rejection, to_dict
from newscrawl.report.figures import Figures, figures_of, histogram, most
from newscrawl.report.history import ReportError, past_of, read_run, runs_of, usual_fill, usual_rejects, usual_words
from newscrawl.report.metrics import registry_of, write_metrics
from newscrawl.report.rows import rows_of
from newscrawl.report.run_report import render_run, sentence
from newscrawl.report.site_report import render_site, render_sites
from newscrawl.report.stats import RunStats
from newscrawl.report.text import excerpt, plain, safe_url, visible, without_secrets
from newscrawl.report.worldmap import VIEW, land, marks
from newscrawl.report.writing import after_run, find_run, write_inspections, write_run, write_site, write_sites
from newscrawl.sites import load_site

#: What would fetch something, were it in a page that is to stand alone.
FETCHES = (
    "//link[not(starts-with(@href, 'data:'))]/@href | //script/@src | //img/@src | //iframe/@src | //object | //embed"
)


def page(source: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(source)


def words(source: str) -> str:
    return " ".join(page(source).text_content().split())


def report(folder: Path, **more: Any) -> str:
    run = read_run(folder)
    return render_run(run, past_of(run), **more)


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with twelve runs behind it."""
    output = tmp_path_factory.mktemp("output")
    for days in range(12, 0, -1):
        make_run(output, when=START - timedelta(days=days), articles=30)
    make_run(output)
    return output


# The collector


def test_counts_of_a_run() -> None:
    stats, rng = RunStats(), random.Random(7)
    first = make_article(rng, 1, "courier", START, word_count=100, confidence=0.9, language="en", deck=None)
    stats.discovered(3)
    stats.request(4)
    stats.response(200, 0.25, "https://user:secret@courier.example/1")
    stats.response(304, None, "https://courier.example/2")
    stats.article(first, "new", ["share-line", "share-line", "comment-form"])
    stats.article(replace(first, word_count=300, confidence=0.2, language=None), "revised")
    stats.article(first, "unchanged", ["share-line"])
    stats.not_modified()
    stats.reject("video", "https://courier.example/3")
    stats.failed("https://courier.example/4")
    stats.source("feed", "https://courier.example/rss", 10, 2)
    stats.source("feed", "https://courier.example/rss", 5, 1, "HTTP 500")
    stats.source("listing", "https://courier.example/", not_modified=True)
    told = stats.to_manifest()
    assert told["counts"] == {
        "discovered": 3,
        "requests": 4,
        "fetched": 2,
        "new": 1,
        "revised": 1,
        "unchanged": 2,
        "rejected": 1,
        "failed": 1,
    }
    assert told["rejects"] == {"video": 1}
    assert told["chrome"] == {"share-line": 2, "comment-form": 1}
    assert told["languages"] == {"en": 1, "und": 1}
    assert (told["fields"]["headline"], told["fields"]["deck"], told["fields"]["language"]) == (2, 0, 1)
    assert (told["low_confidence"], told["body_words"]["median"]) == (1, 200)
    assert told["latency_ms"] == {"median": 250, "p95": 250}
    assert told["slowest"] == [{"url": "https://courier.example/1", "ms": 250}], "no password in a manifest"
    feed, listing = told["sources"]
    assert (feed["candidates"], feed["new"], feed["error"], feed["not_modified"]) == (15, 3, "HTTP 500", False)
    assert (listing["not_modified"], listing["error"]) == (True, None)
    assert "health" not in told
    json.dumps(told)


def test_an_empty_run_counts_nothing() -> None:
    told = RunStats().to_manifest()
    assert set(told["counts"].values()) == {0}
    assert told["body_words"] == {"median": None, "p10": None, "p90": None}


def test_only_the_slowest_pages_are_kept() -> None:
    stats = RunStats()
    for n in range(1000):
        stats.response(200, (n * 7919 % 1000) / 1000, f"https://courier.example/{n}")
    slowest = [each["ms"] for each in stats.to_manifest()["slowest"]]
    assert slowest == list(range(999, 989, -1))


# What is drawn from records


@pytest.mark.parametrize(
    ("times", "unit", "first", "numbers", "dateless"),
    [
        ([], "day", None, [], 0),
        (["2026-11-24T02:10:00Z", "2026-11-24T04:59:00Z"], "hour", "24 Nov 02:00", [1, 0, 1], 0),
        (["2026-11-24T02:10:00+08:00"], "hour", "23 Nov 18:00", [1], 0),
        (["2026-11-24T02:10:00Z", "2026-11-24"], "hour", "24 Nov 00:00", [0, 0, 1], 1),
        (["2026-11-20", "2026-11-24T02:10:00Z"], "day", "20 Nov", [1, 0, 0, 0, 1], 0),
        (["2026-07-01", "2026-11-24"], "month", "Jul 2026", [1, 0, 0, 0, 1], 0),
        (["soon", None, 7, "2026-13-45", "9999-99-99T99:99:99Z"], "day", None, [], 5),
    ],
)
def test_articles_over_time(times: list[Any], unit: str, first: str | None, numbers: list[int], dateless: int) -> None:
    timeline = figures_of({"published_at": when} for when in times).timeline()
    assert (timeline.unit, [number for _, number in timeline.bars]) == (unit, numbers)
    assert next((name for name, _ in timeline.bars), None) == first
    assert (timeline.earlier, timeline.dateless) == (0, dateless)


def test_a_few_old_stories_do_not_stretch_the_axis() -> None:
    recent = [{"published_at": f"2026-11-24T{hour:02}:00:00Z"} for hour in range(24)] * 3
    timeline = figures_of([*recent, {"published_at": "1999-01-01"}]).timeline()
    assert (timeline.unit, timeline.earlier + timeline.dateless) == ("hour", 1)
    assert sum(number for _, number in timeline.bars) == 72


@pytest.mark.parametrize(
    ("values", "first", "last"),
    [
        ([3], ("0+", 1), ("0+", 1)),
        ([5, 12, 130, 9000], ("0–9", 1), ("130+", 2)),
        ([50] * 98 + [100_000] * 2, ("0–9", 0), ("50+", 100)),
        (list(range(1600)), ("0–99", 100), ("1500+", 100)),
    ],
)
def test_lengths_in_bins(values: list[int], first: tuple[str, int], last: tuple[str, int]) -> None:
    found = histogram(values)
    assert sum(number for _, number in found) == len(values)
    assert (found[0], found[-1]) == (first, last)
    assert len(found) <= 16
    assert histogram([]) == []


def test_the_rest_is_summed_up() -> None:
    assert most({"a": 5, "b": 4, "c": 3, "d": 2}, limit=3) == [("a", 5), ("b", 4), ("others", 5)]
    assert most({"a": 1, "not given": 2, "b": 0}) == [("a", 1), ("not given", 2)]


def test_places_lie_on_the_map() -> None:
    left, top, width, height = VIEW
    places = figures_of(to_dict(make_article(random.Random(n), n, "x", START)) for n in range(200)).found_places()
    for mark in marks(places):
        assert left <= mark.x <= left + width
        assert top <= mark.y <= top + height
        assert mark.radius > 3
    assert not re.search(r"[^MlzLH0-9 \n.-]", land())


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted(to_dict(hostile_article()))


@settings(max_examples=150, deadline=None)
@given(st.lists(st.dictionaries(st.sampled_from(KEYS), JSON), max_size=4))
def test_records_of_any_shape_are_shown(
    tmp_path_factory: pytest.TempPathFactory, records: list[dict[str, Any]]
) -> None:
    """Batches may come from other programs and other versions: whatever their values, they cost nobody a report."""
    figures = figures_of(records)
    assert figures.articles == len(records)
    figures.timeline()
    rows, _ = rows_of(records, {}, len(records))
    assert len(rows) == len(records)


# The report of a run


def test_the_report_shows_everything(output: Path) -> None:
    source = report(runs_of(output / "courier")[-1].folder)
    text = words(source)
    for heading in (
        *("Articles by hour", "Articles by section", "Found by", "Rejected pages", "How full the fields are"),
        *("Lengths of bodies", "Datelines", "By agency", "By language", "Answers of the server", "Slowest pages"),
        *("Taken off the stories", "Articles"),
    ):
        assert page(source).xpath(f"//h2[. = '{heading}']"), heading
    assert (
        "In 1 min 33 s this run got 68 pages and wrote 58 new articles and 2 revised ones; 8 pages were rejected."
        in text
    )
    assert "Healthy. Held against the last 12 runs." in text
    assert "HTTP 404 since 2026-11-20" in text
    assert "a page of links to stories" in text
    assert "https://courier.example/rss.xml" in text
    assert "share-line" in text
    assert len(page(source).xpath("//table[@id='table']/tbody/tr")) == 60
    assert len(page(source).xpath("//svg[@role='img'][@aria-label]")) == 8


def test_the_report_stands_alone(output: Path) -> None:
    source = report(runs_of(output / "courier")[-1].folder)
    assert page(source).xpath(FETCHES) == []
    assert "url(" not in source
    assert "@import" not in source
    policy = page(source).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")


@pytest.mark.parametrize("chinese", [False, True])
def test_five_thousand_articles_fit(tmp_path: Path, chinese: bool) -> None:
    rng = random.Random(5)
    more = (
        {"headline": "海湾潮汐涡轮机在风暴后重新启动并持续发电", "body": "工程师们原以为会发现残骸，" * 40}
        if chinese
        else {}
    )
    path = "a-rather-long-slug-" * 5
    articles = [
        make_article(rng, n, "courier", START, url=f"https://www.courier.example/{path}{n}.html", **more)
        for n in range(5000)
    ]
    source = report(make_run(tmp_path, articles=articles))
    assert len(source.encode()) < 1_500_000
    rows = page(source).xpath("//table[@id='table']/tbody/tr")
    assert len(rows) == 5000
    assert all(row.xpath(".//p") for row in rows), "each with its first paragraph, if only its start"


def test_a_run_too_large_to_list_says_so() -> None:
    articles = [to_dict(make_article(random.Random(n), n, "courier", START)) for n in range(300)]
    rows, note = rows_of(articles, {}, 300, budget=20_000)
    assert 50 < len(rows) < 300
    assert note.startswith(f"The newest {len(rows)} of 300 articles")
    assert rows == sorted(rows, key=lambda row: row.published, reverse=True)


@pytest.mark.parametrize(
    ("counts", "reason", "expected"),
    [
        ({"fetched": 1, "new": 1}, None, "got 1 page and wrote 1 new article; 0 pages were rejected."),
        ({"fetched": 9, "revised": 2}, None, "got 9 pages and found no new article and 2 revised ones; 0 pages were"),
        (
            {"unchanged": 4, "rejected": 1},
            None,
            "found no new article, found 4 articles unchanged; 1 page was rej",
        ),
        ({"new": 2, "failed": 2}, "finished", "2 new articles; 0 pages were rejected and 2 could not be fetched."),
        ({"new": 2}, "shutdown", "wrote 2 new articles; 0 pages were rejected. It stopped early: shutdown."),
    ],
)
def test_one_sentence(counts: dict[str, int], reason: str | None, expected: str) -> None:
    said = sentence({"seconds": 2, "counts": counts, "finish_reason": reason}, Figures())
    assert said.startswith("In 2.0 s this run got ")
    assert expected in said


def test_a_run_that_has_not_ended(tmp_path: Path) -> None:
    folder = make_run(tmp_path, articles=3)
    (folder / "manifest.json").unlink()
    with (folder / "articles-00001.jsonl").open("a") as lines:
        lines.write('{"id": "cut in the mid')
    text = words(report(folder))
    assert "This run has not ended, or was stopped: 3 articles are safe so far." in text
    assert "A run is judged when it ends." in text


def test_an_empty_run(tmp_path: Path) -> None:
    text = words(report(make_run(tmp_path, articles=0, rejections=[])))
    assert "No article was written." in text
    assert "No page was rejected." in text
    assert "Nothing new was there to be judged." in text


def test_a_broken_field_is_marked(output: Path, tmp_path: Path) -> None:
    for days in range(5, 0, -1):
        make_run(tmp_path, when=START - timedelta(days=days), articles=30)
    rng = random.Random(3)
    source = report(
        make_run(tmp_path, articles=[make_article(rng, n, "courier", START, dateline=None) for n in range(30)])
    )
    assert "Below the floor. dateline empty on 30 of 30 articles since 2026-11-24" in words(source)
    assert page(source).xpath("//tr[@class='broken']/th/text()") == ["dateline"]


def test_what_is_usual(output: Path) -> None:
    past = past_of(runs_of(output / "courier")[-1])
    assert len(past) == 12
    assert past[0]["started_at"] > past[-1]["started_at"]
    assert usual_fill(past, "headline") == 1.0
    assert usual_fill([], "headline") is None
    low, middle, high = usual_words(past) or (0, 0, 0)
    assert low < middle < high
    assert usual_rejects(past, "listing") == pytest.approx(4 / 38)
    assert usual_rejects([], "listing") is None


# Hostile text


def test_hostile_text_is_text(tmp_path: Path) -> None:
    rejections = [Rejection(f"javascript:alert(1)//{HOSTILE}", HOSTILE, HOSTILE, 200, None)] * 2
    folder = make_run(tmp_path, articles=[hostile_article(n) for n in range(5)], rejections=rejections)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["sources"] = [{"kind": HOSTILE, "url": f"javascript:{HOSTILE}", "error": HOSTILE, "dead_since": HOSTILE}]
    manifest["slowest"] = [{"url": HOSTILE, "ms": 5}]
    manifest["chrome"] = {HOSTILE: 4}
    manifest["responses"] = {HOSTILE: 4}
    manifest["health"] = {"ok": False, "problems": [{"field": HOSTILE, "message": HOSTILE, "since": HOSTILE}]}
    manifest["versions"] = {HOSTILE: HOSTILE}
    manifest["finish_reason"] = HOSTILE
    (folder / "manifest.json").write_text(json.dumps(manifest))
    run = read_run(folder)
    for source in (
        render_run(run, []),
        render_site("courier", [run, run]),
        render_sites([("courier", [run])]),
    ):
        tree = page(source)
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069\u2028]", source)
        assert len(tree.xpath("//script")) == 1
        assert not tree.xpath("//img | //@onerror | //@onload")
        assert all(href.startswith(("#", "http", "data:,", "runs/", "courier/")) for href in tree.xpath("//@href"))
        assert "⟨U+001B⟩[2J" in tree.text_content() or "courier" in tree.text_content()
        assert "49" not in re.findall(r"\{\{(\d+)\}\}", source)
    assert "<script>document.title='owned'</script>" in words(render_run(run, []))


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://courier.example/a?b=c#d", True),
        ("http://127.0.0.1:8000/a", True),
        ("https://北京.example/新闻", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt:alert(1)", False),
        (" javascript:alert(1)", False),
        ("java\tscript:alert(1)", False),
        ("data:text/html,<script>", False),
        ("file:///etc/passwd", False),
        ("//courier.example/a", False),
        ("https://", False),
        ("https://courier.example/\u202egnp", False),
        ("https://[::1", False),
        ("", False),
        (None, False),
        (7, False),
    ],
)
def test_only_web_addresses_become_links(url: object, safe: bool) -> None:
    assert safe_url(url) == (url if safe else None)


@given(st.text(max_size=60))
def test_nothing_steers_a_terminal(text: str) -> None:
    line = plain(text, 40)
    assert len(line) <= 40
    assert line.isprintable() or not re.search("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]", line)
    visible(text).encode("utf-8")  # no lone surrogate is left


def test_excerpts_end_at_words() -> None:
    assert excerpt("a short line", 40) == "a short line"
    assert excerpt("the ferry sails at noon", 12) == "the ferry…"
    assert excerpt("x" * 50, 10) == "x" * 10 + "…"


def test_addresses_lose_their_passwords() -> None:
    assert without_secrets("https://a:b@c.example/@d") == "https://c.example/@d"
    assert without_secrets("https://c.example/@d") == "https://c.example/@d"


# Sites, metrics, commands


def test_a_site_over_time(output: Path) -> None:
    source = render_site("courier", runs_of(output / "courier"))
    assert len(page(source).xpath("//table[@id='table']/tbody/tr")) == 13
    assert len(page(source).xpath("//svg[@role='img']")) == 4
    assert page(source).xpath(FETCHES) == []
    assert "Healthy in the newest run" in words(source)


def test_all_sites_put_the_broken_first(tmp_path: Path) -> None:
    make_run(tmp_path, "alpha", articles=20)
    rng = random.Random(1)
    make_run(tmp_path, "omega", articles=[make_article(rng, n, "omega", START, headline=None) for n in range(20)])
    source = render_sites([(name, runs_of(tmp_path / name)) for name in ("alpha", "omega")])
    assert page(source).xpath("//table/tbody/tr/td[1]/a/text()") == ["omega", "alpha"]
    assert "2 sites; 1 is below the floor." in words(source)


def test_writing_links_the_pages(output: Path) -> None:
    assert write_sites(output) == output / "report.html"
    site = page((output / "courier" / "report.html").read_text())
    assert site.xpath("//header//a/@href") == ["../report.html"]
    newest = site.xpath("//table[@id='table']/tbody/tr[1]//a/@href")[0]
    run = page((output / "courier" / newest).read_text())
    assert (output / "courier" / newest).parent / run.xpath("//header//a/@href")[0]
    assert ((output / "courier" / newest).parent / run.xpath("//header//a/@href")[0]).exists()


@pytest.mark.parametrize(("name", "error"), [("1999", "no run named 1999"), ("2026", "more than one run named 2026")])
def test_finding_a_run(output: Path, name: str, error: str) -> None:
    assert find_run(output, "courier", "latest").name == "20261124T020000Z"
    assert find_run(output, "courier", "20261123").name == "20261123T020000Z"
    with pytest.raises(ReportError, match=f"courier: {error}; there are .*20261124T020000Z"):
        find_run(output, "courier", name)


def test_metrics(tmp_path: Path) -> None:
    manifest = make_manifest([make_article(random.Random(n), n, "courier", START) for n in range(9)])
    manifest |= {"health": {"ok": False, "problems": []}, "exit_status": 3}
    path = write_metrics(tmp_path / "textfiles", manifest)
    assert path == tmp_path / "textfiles" / "newscrawl_courier.prom"
    samples = {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(path.read_text())
        for sample in family.samples
    }
    site = ("site", "courier")
    assert samples["newscrawl_healthy", site] == 0
    assert samples["newscrawl_exit_status", site] == 3
    assert samples["newscrawl_pages", ("outcome", "new"), site] == 9
    assert samples["newscrawl_field_fill_ratio", ("field", "headline"), site] == 1
    assert samples["newscrawl_run_duration_seconds", site] == 93.4
    assert write_metrics(tmp_path / "one.prom", manifest) == tmp_path / "one.prom"


def test_metrics_of_a_run_that_says_little() -> None:
    assert registry_of({"site": "courier"}).get_sample_value("newscrawl_pages", {"site": "courier"}) is None


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        ((), 1, r"report: .*: no runs there; the first `scrapy crawl SITE` writes one\n"),
        (("courier",), 1, r"report: .*courier: no runs there\n"),
        (("courier", "latest"), 1, r"report: .*courier: no runs there\n"),
        (("../etc",), 1, r"report: \.\./etc: is no site's name\n"),
    ],
)
def test_the_command_says_what_is_missing(tmp_path: Path, words: tuple[str, ...], status: int, said: str) -> None:
    _, out, err = Crawls(tmp_path).run("report", *words, status=status)
    assert (out, bool(re.fullmatch(said, err))) == ("", True), err


def test_the_command_writes_and_prints_where(tmp_path: Path) -> None:
    crawls = Crawls(tmp_path)
    folder = make_run(crawls.output, articles=5)
    assert crawls.run("report", "courier", "latest")[1] == f"{folder / 'report.html'}\n"
    assert "5 articles, newest first." in words((folder / "report.html").read_text())


# After a real crawl


def test_a_crawl_leaves_its_report() -> None:
    run = read_run(real_runs().runs[0])
    source = (run.folder / "report.html").read_text()
    wrote = sum(1 for _ in run.articles())
    assert wrote >= 60
    assert len(page(source).xpath("//table[@id='table']/tbody/tr")) == wrote
    links = page(source).xpath("//section[@id='rejects']//a[. = 'See the page']/@href")
    assert len(links) >= 5
    assert all((run.folder / link).exists() for link in links)
    rows = page(source).xpath("//table[@id='table']//a/@href")
    assert all((run.folder / link).exists() for link in rows), "each article links to its inspector page"


def test_a_redesign_raises_the_alarm_and_a_slow_day_does_not() -> None:
    real = real_runs()
    assert real.statuses == [0, 0, 3], real.said
    last, manifest = real.said[2].strip().splitlines()[-1], real.crawls.manifest()
    problem = manifest["health"]["problems"][0]
    assert problem["field"] in ("body", "body_words")
    assert problem["since"] == manifest["started_at"][:10]
    assert last == f"demo: {problem['message']}"
    assert re.match(
        r"body (empty|of \d+ words).* since \d{4}-\d\d-\d\d.*layout seems to have changed", problem["message"]
    )
    assert manifest["exit_status"] == 3
    assert [real.crawls.manifest(run=n)["health"]["ok"] for n in (0, 1)] == [True, True]
    assert "Below the floor." in words((real.runs[2] / "report.html").read_text())


def test_a_crawl_leaves_metrics() -> None:
    metrics = (real_runs().crawls.folder / "metrics" / "newscrawl_demo.prom").read_text()
    assert 'newscrawl_healthy{site="demo"} 0.0' in metrics


def test_inspector_pages_are_for_the_least_sure(tmp_path: Path) -> None:
    run = read_run(real_runs().runs[0])
    confidence = {record["id"]: record["confidence"] for record in run.articles()}
    shutil.rmtree(run.folder / "inspect")
    links = write_inspections(run, None, pages=3)
    chosen = [confidence[key] for key in links if key in confidence]
    assert len(chosen) == 3
    assert max(chosen) <= min(sorted(confidence.values())[3:])
    write_run(run)


def inspected_rows(folder: Path) -> tuple[int, int]:
    """Rows of a run's table that link to an inspector page which is there, and all rows."""
    source = (folder / "report.html").read_text()
    links = page(source).xpath("//table[@id='table']/tbody/tr//a/@href")
    rows = len(page(source).xpath("//table[@id='table']/tbody/tr"))
    return sum(link.startswith("inspect/") and (folder / link).exists() for link in links), rows


def test_every_article_gets_a_page_when_asked_for(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """By the command or the setting; a later report keeps their links, and a crawl's end stops at its time."""
    real = real_runs()
    folder = tmp_path / "output" / "demo" / "runs" / real.runs[0].name
    shutil.copytree(real.runs[0], folder)
    shutil.rmtree(folder / "inspect")
    site, crawls = load_site(real.crawls.folder / "sites" / "demo.toml"), Crawls(tmp_path)
    after_run(folder, site, pages=5)
    some, rows = inspected_rows(folder)
    assert some == 5 < rows
    assert f"scrapy report demo {folder.name} --pages all" in words((folder / "report.html").read_text())
    crawls.run("report", "demo", "latest", "--pages", "all")
    assert inspected_rows(folder) == (rows, rows)
    assert "--pages all" not in words((folder / "report.html").read_text())
    after_run(folder, site, pages=0)
    assert inspected_rows(folder) == (rows, rows)
    shutil.rmtree(folder / "inspect")
    after_run(folder, site, pages="all")
    assert inspected_rows(folder) == (rows, rows)
    shutil.rmtree(folder / "inspect")
    assert write_inspections(read_run(folder), site, None, most=-1) == {}
    assert f"`scrapy report demo {folder.name} --pages all` writes the rest" in caplog.text
    after_run(folder, site, pages="many")
    assert "'many': expected a number of inspector pages, or all" in caplog.text


def test_a_missing_archive_costs_nothing(tmp_path: Path) -> None:
    record = to_dict(make_article(random.Random(1), 1, "courier", START))
    outside = {**record, "archive": {"file": "../../pages-00001.warc.gz", "record_id": "<urn:uuid:1>"}}
    gone = {**record, "archive": {"file": "pages-00001.warc.gz", "record_id": "<urn:uuid:2>"}}
    folder = make_run(tmp_path, articles=1)
    write_lines(folder / "articles-00001.jsonl", [outside, gone])
    assert write_inspections(read_run(folder), None) == {}
    assert write_site(tmp_path, "courier").exists()
