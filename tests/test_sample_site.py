"""The sample site: its truth agrees with its pages, its calendar with its counts, and its server does what it says."""

from __future__ import annotations

import gzip
import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from newscrawl.items import REASONS, Article, Dateline
from newscrawl.sample_site import SampleSite, profile_text
from newscrawl.sample_site.compare import differences
from newscrawl.sample_site.faults import Faults, parse_fault
from newscrawl.sample_site.pages import Page
from newscrawl.sample_site.site import LAST_DAY, LOOKS, build, date_of, listing_path
from newscrawl.sample_site.stories import Story, stories
from newscrawl.sample_site.truth import NOT_STATED, Expected, calendar, expected, path, word_count
from newscrawl.sites import check_site, load_site

BASE = "http://127.0.0.1:1"
STORIES = {story.key: story for story in stories(LAST_DAY)} | {story.key: story for story in stories(1)}
REAL_CHARSET = {"harbin-train": "gbk", "chengdu-library": "gb18030"}


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    return build(BASE)


@pytest.fixture(scope="module")
def site() -> Iterator[SampleSite]:
    with SampleSite() as running:
        yield running


@pytest.fixture(autouse=True)
def as_started(request: pytest.FixtureRequest) -> Iterator[None]:
    """The module's server is given back as it was."""
    yield
    if "site" in request.fixturenames:
        request.getfixturevalue("site").control(day=1, redesign=None, delay=0, reset_faults=True, clear_log=True)


def fetch(site: SampleSite, where: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", int(site.base_url.rpartition(":")[2]), timeout=10)
    try:
        connection.request(method, where, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def tree_of(page: Page) -> Any:
    return html.document_fromstring(page.body.decode(REAL_CHARSET.get(page.story or "", "utf-8")))


def words_of(node: Any) -> str:
    return " ".join(" ".join(node.itertext()).split())


# --- the truth agrees with itself and with the pages


def test_there_are_enough_stories_in_each_look() -> None:
    counts = {look: sum(story.look == look for story in stories(1)) for look in LOOKS}
    assert sum(counts.values()) >= 60
    assert min(counts.values()) >= 18


def test_truth_has_every_key_of_a_record() -> None:
    stated = {field.name for field in fields(Article)} - NOT_STATED
    truth = expected(BASE)
    assert {frozenset(answer.record) for answer in truth.values() if answer.record} == {frozenset(stated)}
    assert all((answer.record is None) != (answer.reason is None) for answer in truth.values())
    assert {answer.reason for answer in truth.values() if answer.reason} <= set(REASONS)


@pytest.mark.parametrize("day", [1, LAST_DAY])
def test_every_expected_page_is_there_and_only_dead_links_are_not(day: int) -> None:
    there = build(BASE, day)
    for url, answer in expected(BASE, day).items():
        page = there.get(url.removeprefix(BASE).partition("?")[0])
        if page is None or page.status in (404, 410):
            assert answer.reason == "not_found", url
        elif answer.record and page.status == 200:
            assert page.story == answer.story, url


@pytest.mark.parametrize("key", sorted(STORIES))
def test_a_page_prints_the_whole_story_once_and_in_order(key: str) -> None:
    """Read with no code of newscrawl's: the story's blocks stand on its pages, in order, dateline first."""
    story = STORIES[key]
    there = build(BASE, 1 if key in {s.key for s in stories(1)} else LAST_DAY)
    mine = [there[story.path], *(there[p] for p in sorted(there) if re.fullmatch(_parts_of(story), p))]
    text = " ".join(words_of(tree_of(page).body) for page in mine)
    at = text.index(story.headline)
    for block in story.body.split("\n\n"):
        at = text.index(block, at) + len(block)
        assert text.count(block) == 1 or len(block) < 40
    if story.dateline:
        first = story.body.split("\n\n")[0]
        assert re.search(re.escape(story.dateline.raw) + r"\s?" + re.escape(first), text)
    if story.deck:
        assert text.count(story.deck) == 1
    if story.look == "portal":
        for chrome in ("Comment(s)", "Adjust font size:", "Go to Forum >>", "Enter the words you see:"):
            assert chrome in text


def _parts_of(story: Story) -> str:
    stem, _, ending = story.path.rpartition(".")
    return re.escape(stem) + r"_\d\." + re.escape(ending)


@pytest.mark.parametrize("key", sorted(key for key, story in STORIES.items() if story.dateline))
def test_a_dateline_is_within_reach_of_the_publication(key: str) -> None:
    story = STORIES[key]
    line: Dateline = story.dateline  # type: ignore[assignment]
    assert line.place is None or line.place in line.raw
    assert (line.city is None) == (line.country is None) == (line.latitude is None)
    if line.date:
        published, filed = date.fromisoformat(story.date), date.fromisoformat(line.date)
        assert 0 <= (published - filed).days <= 1
        printed = {f"{filed.day}日"} if story.language == "zh" else {f"{filed:%b}"[:3] + w for w in (".", "t.", "")}
        assert any(word in line.raw for word in printed)
    if line.agency:
        assert line.agency in line.raw


def test_styles_of_datelines_and_dates_that_readers_must_cope_with() -> None:
    lines = {key: story.dateline for key, story in STORIES.items()}
    assert sum(line is None for line in lines.values()) >= 4
    assert sum("/" in (line.place or "") or "、" in (line.place or "") for line in lines.values() if line) >= 3
    new_year = [
        s for s in STORIES.values() if s.date == "2026-01-01" and s.dateline and s.dateline.date == "2025-12-31"
    ]
    assert {story.look for story in new_year} == set(LOOKS)
    assert {"T" in (story.published or "") for story in STORIES.values() if story.look == "portal"} == {True, False}


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("One two-three don't 2.3 — (four)", 5), ("沧海社2日在宁波，5G", 9), ("a 第2天 b", 5)],
)
def test_word_count(text: str, count: int) -> None:
    assert word_count(text) == count


@pytest.mark.parametrize(
    ("key", "real", "header", "meta"),
    [
        ("gdansk-cranes", "utf-8", "text/html; charset=ISO-8859-1", "ISO-8859-1"),
        ("harbin-train", "gbk", "text/html", "gb2312"),
        ("chengdu-library", "gb18030", "text/html", "utf-8"),
        ("ningbo-crane", "utf-8", "text/html; charset=utf-8", "utf-8"),
    ],
)
def test_charsets(pages: dict[str, Page], key: str, real: str, header: str, meta: str) -> None:
    page = pages[path(key)]
    assert page.content_type == header
    assert f"charset={meta}".encode() in page.body.replace(b'"', b"")
    assert STORIES[key].headline in page.body.decode(real)
    if real.startswith("gb"):
        with pytest.raises(UnicodeDecodeError):
            page.body.decode("utf-8")


# --- everything that is expected can be found, each by the ways that it says


def test_a_plain_reading_of_the_ways_finds_just_what_is_expected(pages: dict[str, Page]) -> None:
    found = {way: _found(pages, way) for way in ("feed", "sitemap", "news-sitemap", "listing")}
    truth = expected(BASE)
    behind_redirect = {url for url, answer in truth.items() if answer.story == "kochi-pepper" and answer.record}
    everything = set().union(*found.values())
    assert everything - behind_redirect == set(truth) - {BASE + path("kochi-pepper")} - behind_redirect
    assert behind_redirect & everything, "the redirect itself is linked"
    for story in stories(1):
        for way in ("sitemap", "listing"):
            assert (BASE + story.path in found[way]) == (way in story.ways), (story.key, way)
    older_only = [s for s in stories(1) if s.ways == {"listing"}]
    first_pages = set().union(*(_links(pages[listing_path(look)]) for look in LOOKS))
    assert len(older_only) == 3
    assert not {BASE + s.path for s in older_only} & first_pages
    undated = [s for s in stories(1) if s.ways == {"news-sitemap"}]
    assert [BASE + s.path in found["news-sitemap"] for s in undated] == [True]


def _links(page: Page) -> set[str]:
    hrefs = (urljoin(BASE + page.path, a) for a in tree_of(page).xpath("//ul[@class='stories']//a/@href"))
    return {url for url in hrefs if re.search(r"/c\.html|content_\d+\.s?htm|/c_\d+\.htm", url)}


def _found(pages: dict[str, Page], way: str) -> set[str]:
    if way == "listing":
        return set().union(
            *(_links(p) for p in pages.values() if re.fullmatch(r"/(wire|portal|zh)/(index_\d\.htm)?", p.path))
        )
    if way == "feed":
        rss = etree.fromstring(pages["/wire/rss.xml"].body).xpath("//item/link/text()")
        return {*rss, *(item["url"] for item in json.loads(pages["/zh/feed.json"].body)["items"])}
    index = etree.fromstring(pages["/sitemap.xml"].body).xpath("//*[local-name()='loc']/text()")
    found: set[str] = set()
    for url in index:
        if ("news" in url) == (way == "news-sitemap"):
            body = pages[url.removeprefix(BASE)].body
            body = gzip.decompress(body) if url.endswith(".gz") else body
            found |= set(etree.fromstring(body).xpath("//*[local-name()='url']/*[local-name()='loc']/text()"))
    return found


def test_lists_are_paged_through_to_the_end(pages: dict[str, Page]) -> None:
    for look in LOOKS:
        seen, where = 0, [listing_path(look)]
        while where:
            seen, page = seen + 1, pages[where[0]]
            where = tree_of(page).xpath("//a[@rel='next']/@href")
        assert seen >= 2


def test_robots_forbids_the_embargo_folder_and_a_listing_links_into_it(pages: dict[str, Page]) -> None:
    assert b"Disallow: /wire/embargo/" in pages["/robots.txt"].body
    forbidden = [url for url, answer in expected(BASE).items() if answer.reason == "robots"]
    assert forbidden
    assert all("/wire/embargo/" in url for url in forbidden)


# --- the calendar


def test_calendar_counts_are_what_the_stories_do() -> None:
    before: dict[str, Story] = {}
    for number, day in calendar().items():
        today = {story.key: story for story in stories(number)}
        new, kept = set(today) - set(before), set(today) & set(before)
        revised = {k for k in kept if (today[k].headline, today[k].body) != (before[k].headline, before[k].body)}
        touched = {k for k in kept - revised if today[k] != before[k]}
        assert (set(day.new), set(day.revised), set(day.touched)) == (new, revised, touched), number
        assert set(day.gone) == set(before) - set(today)
        assert (day.stories, day.unchanged) == (len(today), len(kept - revised))
        assert day.date == date_of(number).isoformat()
        assert all(today[key].date <= day.date for key in new)
        before = today
    assert len(calendar()) >= 10


def test_only_changed_pages_are_sent_again(site: SampleSite) -> None:
    """Each day, every story of the day before is asked for with its ETag: just the changed ones come anew."""
    tags: dict[str, str] = {}
    for number, day in calendar().items():
        site.control(day=number)
        changed = {*day.revised, *day.touched}
        for key, tag in tags.items():
            status, headers, body = fetch(site, STORIES[key].path, If_None_Match=tag)
            wanted = 404 if key in day.gone else 200 if key in changed else 304
            assert status == wanted, (number, key)
            assert bool(body) == (status != 304)
            tags[key] = headers.get("etag", tag)
        tags = {key: tag for key, tag in tags.items() if key not in day.gone}
        site.control(no_faults=True)
        for key in day.new:
            tags[key] = fetch(site, STORIES[key].path)[1]["etag"]


def test_lastmod_tells_of_a_change_while_the_server_runs(site: SampleSite) -> None:
    def lastmod() -> str:
        text = fetch(site, "/sitemap-wire.xml")[2].decode()
        match = re.search(re.escape(path("hobart-ice")) + r"</loc><lastmod>([^<]+)", text)
        return match[1] if match else ""

    assert lastmod() == ""
    site.control(day=5)
    assert lastmod().startswith(time.strftime("%Y-", time.gmtime()))
    assert lastmod() > "2026-11-06T"


def test_redesigns_break_the_profiles_selector_and_leave_the_other_looks_alone() -> None:
    plain, markup, script = (build(BASE, 1, how) for how in (None, "markup", "script"))
    wire, portal = path("halifax-turbine"), path("harbin-ice")
    words = STORIES["halifax-turbine"].body.split("\n\n")[1]
    assert [bool(tree_of(p[wire]).xpath("//*[@id='detail']")) for p in (plain, markup, script)] == [True, False, False]
    assert [words in words_of(tree_of(p[wire]).body) for p in (plain, markup, script)] == [True, True, False]
    assert plain[portal].body == markup[portal].body == script[portal].body


# --- the server


def test_conditional_requests(site: SampleSite) -> None:
    where = path("harbin-ice")
    _, headers, body = fetch(site, where)
    assert len(body) == int(headers["content-length"])
    assert fetch(site, where, If_Modified_Since=headers["last-modified"])[0] == 304
    assert fetch(site, where, If_Modified_Since="Thu, 01 Jan 2026 00:00:00 GMT")[0] == 200
    assert fetch(site, where, If_Modified_Since="no date")[0] == 200
    assert fetch(site, where, If_None_Match=f'"x", W/{headers["etag"]}')[0] == 304
    assert fetch(site, where, If_None_Match='"x"', If_Modified_Since=headers["last-modified"])[0] == 200


def test_compression_head_and_missing_pages(site: SampleSite) -> None:
    where = path("harbin-ice")
    plain = fetch(site, where)[2]
    status, headers, body = fetch(site, where, Accept_Encoding="gzip, br")
    assert (status, headers["content-encoding"], gzip.decompress(body)) == (200, "gzip", plain)
    status, headers, body = fetch(site, where, method="HEAD")
    assert (status, body, int(headers["content-length"])) == (200, b"", len(plain))
    assert fetch(site, "/no/such/page")[0] == 404
    assert fetch(site, where + "?utm_source=x")[2] == plain
    assert fetch(site, "/img/fundy-barge.svg")[1]["content-type"] == "image/svg+xml"


def test_one_connection_serves_many_requests_and_all_are_in_the_log(site: SampleSite) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(site.base_url.rpartition(":")[2]), timeout=10)
    for _ in range(20):
        connection.request("GET", "/zh/?n=1", headers={"User-Agent": "tester"})
        connection.getresponse().read()
        assert connection.sock is not None, "the server closed the connection"
    connection.close()
    log = site.requests
    assert [(r.method, r.path, r.status, r.headers["user-agent"]) for r in log] == [
        ("GET", "/zh/?n=1", 200, "tester")
    ] * 20
    assert log[0].time <= log[-1].time


def test_redirects_and_odd_pages(site: SampleSite) -> None:
    truth = expected(site.base_url)
    answers = {url: fetch(site, url.removeprefix(site.base_url)) for url, answer in truth.items() if not answer.record}
    assert {truth[url].reason: answer[0] for url, answer in answers.items() if answer[0] != 200} == {
        "not_found": 404, "http_error": 403, "offsite": 301,
    }  # fmt: skip
    moved = [r for r in (fetch(site, u.removeprefix(site.base_url)) for u in truth) if r[0] in (301, 302)]
    assert {r[1]["location"] for r in moved} == {
        site.base_url + path("kochi-pepper"), site.base_url + path("nairobi-seeds"),
        "http://elsewhere.invalid/partner/story.html",
    }  # fmt: skip


def test_a_page_fails_twice_and_then_works(site: SampleSite) -> None:
    where = path("osaka-escalators")
    answers = [fetch(site, where) for _ in range(4)]
    assert [status for status, _, _ in answers] == [503, 503, 200, 200]
    assert answers[0][1]["retry-after"] == "1"


@pytest.mark.parametrize(
    ("spec", "outcome"),
    [
        ("/zh/=cutx1", http.client.IncompleteRead),
        ("/zh/=length:7x1", http.client.IncompleteRead),
        ("/zh/=resetx1", http.client.RemoteDisconnected),
        ("/zh/=hang:0.05x1", http.client.RemoteDisconnected),
        ("/zh/=drip:0.001x1", 200),
        ("/zh/=slow:0.01x1", 200),
        ("/z*=status:429x1", 429),
    ],
)
def test_faults_happen_as_often_as_asked(site: SampleSite, spec: str, outcome: Any) -> None:
    whole = fetch(site, "/zh/")[2]
    site.control(faults=[spec])
    if isinstance(outcome, int):
        status, _, body = fetch(site, "/zh/")
        assert status == outcome
        assert (body == whole) == (status == 200)
    else:
        with pytest.raises(outcome):
            fetch(site, "/zh/")
    assert fetch(site, "/zh/")[0] == 200


def test_faults_can_be_cleared_and_come_back() -> None:
    faults = Faults((parse_fault("/a=status:500"),))
    faults.add({"path": "/b", "kind": "status", "value": 429, "retry_after": 3})
    assert [f.retry_after if (f := faults.take(p)) else None for p in ("/b", "/c")] == ["3", None]
    faults.clear()
    assert faults.take("/a") is None
    faults.reset()
    assert (found := faults.take("/a")) is not None
    assert found.value == 500


@pytest.mark.parametrize(
    "spec", ["", "/a", "a=cut", "/a=burn", "/a=cutx", {"path": "/a"}, {"kind": "cut", "paht": "/"}]
)
def test_wrong_faults_are_told(spec: Any) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_fault(spec)


def test_delay_and_day_are_set_while_it_runs(site: SampleSite) -> None:
    assert fetch(site, path("faroe-tunnel", 2))[0] == 404
    state = site.control(day=2, delay=0.2)
    assert (state["day"], state["delay"]) == (2, 0.2)
    began = time.monotonic()
    assert fetch(site, path("faroe-tunnel", 2))[0] == 200
    assert time.monotonic() - began >= 0.2


@pytest.mark.parametrize("order", [{"day": 0}, {"day": 99}, {"redesign": "new"}, {"dya": 2}, {"delay": "long"}])
def test_wrong_orders_are_told_and_change_nothing(site: SampleSite, order: dict[str, Any]) -> None:
    before = site.control()
    with pytest.raises(ValueError, match=r"\S"):
        site.control(**order)
    assert site.control() == before


def test_control_needs_json_so_that_no_page_in_a_browser_can_reach_it(site: SampleSite) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", int(site.base_url.rpartition(":")[2]), timeout=10)
    connection.request("POST", "/__control", body=b'{"day": 3}', headers={"Content-Type": "text/plain"})
    assert connection.getresponse().status == 400
    connection.close()
    assert site.control()["day"] == 1


def test_it_listens_on_loopback_only_and_stops() -> None:
    with SampleSite() as running:
        port = int(running.base_url.rpartition(":")[2])
        assert fetch(running, "/robots.txt")[0] == 200
        with pytest.raises(OSError, match=r"\S"):
            SampleSite(port)
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_as_a_process_of_its_own() -> None:
    with SampleSite(day=2, process=True, faults=["/zh/=status:500x1"]) as running:
        assert fetch(running, "/zh/")[0] == 500
        assert fetch(running, path("faroe-tunnel", 2), User_Agent="tester")[0] == 200
        assert [(r.path, r.status) for r in running.requests] == [("/zh/", 500), (path("faroe-tunnel", 2), 200)]
        assert running.control(day=3)["day"] == 3
        with pytest.raises(ValueError, match="calendar"):
            running.control(day=99)


def test_the_command_says_where_it_serves_and_ends_on_sigterm() -> None:
    command = [sys.executable, "-m", "newscrawl.sample_site", "--fail", "/zh/=cut"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+\n", process.stdout.readline())
    process.send_signal(signal.SIGTERM)
    assert (process.wait(timeout=10), process.communicate()[1]) == (0, "")


def test_the_command_ends_with_whoever_holds_its_standard_input() -> None:
    """So that no server is left behind by a test run that is killed."""
    command = [sys.executable, "-m", "newscrawl.sample_site", "--stop-with-stdin"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin
    assert process.stdout
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    assert process.poll() is None
    process.stdin.close()
    assert process.wait(timeout=10) == 0
    process.stdout.close()


def test_a_process_of_its_own_finds_the_package_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("PYTHONPATH", raising=False)
    with SampleSite(process=True) as running:
        assert fetch(running, "/robots.txt")[0] == 200


@pytest.mark.parametrize("arguments", [["--calendar", "99"], ["--fail", "/zh/=burn"], ["--port", "1"]])
def test_the_command_says_what_is_wrong_in_one_line(arguments: list[str]) -> None:
    if arguments[0] == "--port":
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            arguments = ["--port", str(taken.getsockname()[1])]
            done = _run(arguments)
    else:
        done = _run(arguments)
    assert done.returncode == 1
    assert done.stderr.startswith("sample site: ")
    assert len(done.stderr.splitlines()) == 1


def _run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "newscrawl.sample_site", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)


# --- the profile, and the comparison


@pytest.mark.parametrize("name", ["demo", "xinhua"])
def test_the_profile_is_a_good_one(tmp_path: Path, pages: dict[str, Page], name: str) -> None:
    file = tmp_path / f"{name}.toml"
    file.write_text(profile_text(BASE + "/", name), encoding="utf-8")
    profile = load_site(file)
    assert list(check_site(profile)) == []
    ways = (
        *profile.discover.feeds,
        *profile.discover.sitemaps,
        *profile.discover.news_sitemaps,
        *profile.discover.listings,
    )
    assert all(url.removeprefix(BASE) in pages for url in ways)
    urls = [url.partition("?")[0] for url in expected(BASE)]
    assert all(any(re.search(pattern, url) for pattern in profile.discover.article) for url in urls)


def perfect_run(day: int = 1) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """What a crawl without a fault writes: each story at its own address, its other ones as duplicates."""
    truth, records, rejects = expected(BASE, day), [], []
    for url, answer in truth.items():
        if answer.record and url == answer.record["url"]:
            records.append(dict(answer.record))
        elif not answer.optional:
            rejects.append({"url": url, "reason": answer.reason or "duplicate"})
    return records, rejects


@pytest.mark.parametrize("day", [1, 6, LAST_DAY])
def test_a_perfect_run_has_no_differences(day: int) -> None:
    assert differences(*perfect_run(day), BASE, day, skip=()) == []


def test_a_story_may_be_recorded_at_its_other_address() -> None:
    records, rejects = perfect_run()
    other = next(line for line in rejects if line["reason"] == "duplicate")
    record = next(r for r in records if r["id"] == expected(BASE)[other["url"]].record["id"])  # type: ignore[index]
    record["url"], other["url"] = other["url"], record["url"]
    assert differences(records, rejects, BASE) == []


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_wrong_is_named(data: st.DataObject) -> None:
    records, rejects = perfect_run()
    n = data.draw(st.integers(0, len(records) - 1))
    fault = data.draw(st.sampled_from(["lost", "twice", "rejected", "reason", "stray", "no reject", "value"]))
    record = records[n]
    if fault == "lost":
        records.remove(record)
    elif fault == "twice":
        records.append(record)
    elif fault == "rejected":
        records.remove(record)
        rejects.append({"url": record["url"], "reason": "no_story"})
    elif fault == "reason":
        rejects[n % len(rejects)]["reason"] = "broken"
    elif fault == "stray":
        rejects.append({"url": BASE + "/stray.html", "reason": "no_story"})
    elif fault == "no reject":
        rejects.pop(n % len(rejects))
    else:
        key = data.draw(st.sampled_from(sorted(set(record) - {"url", "revision"})))
        record[key] = data.draw(st.sampled_from([None, "other", 7, ["other"]]).filter(lambda v: v != record[key]))
        if record[key] is None and key in {"authors", "keywords", "images"}:
            record[key] = ["other"]
    assert differences(records, rejects, BASE)


@pytest.mark.parametrize(
    ("key", "wanted", "got", "equal"),
    [
        ("published_at", "2026-11-02T18:00:00+08:00", "2026-11-02T10:00:00Z", True),
        ("published_at", "2026-11-02T18:00:00+08:00", "2026-11-02T18:00:00", False),
        ("published_at", "2026-11-02T18:00:00+08:00", "2026-11-02", False),
        ("published_at", "2026-11-02", "2026-11-02T00:00:00+08:00", False),
        ("word_count", 100, 108, True),
        ("word_count", 100, 130, False),
        ("dateline", {"city": "Riga", "latitude": 56.95}, {"city": "Riga", "latitude": 56.9, "region": "R"}, True),
        ("dateline", {"city": "Riga", "latitude": 56.95}, {"city": "Riga", "latitude": 57.9}, False),
        ("dateline", {"region": None}, {"region": "Bavaria"}, True),
        ("dateline", {"region": "Kerala"}, {"region": None}, False),
        ("authors", ["A"], ("A",), True),
        ("authors", ["A", "B"], ["B", "A"], False),
    ],
)
def test_what_counts_as_the_same(key: str, wanted: Any, got: Any, equal: bool) -> None:
    from newscrawl.sample_site.compare import same

    assert same(key, wanted, got) is equal


def test_expected_is_by_base_url() -> None:
    assert all(url.startswith("http://127.0.0.1:8000/") for url in expected("http://127.0.0.1:8000/"))
    assert isinstance(next(iter(expected(BASE).values())), Expected)
