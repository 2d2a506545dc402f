"""A hostile server against a real `scrapy crawl`: it ends by itself, bad pages are refused, good ones written."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from crawling import Crawls
from hostile_cases import CASES, FAILED, RECORD
from hostile_server import HTML, Case, Hostile, page, redirect, serving
from hostile_stories import feed, headline, paragraphs, story
from hostile_world import MEMORY, Done, hostile_crawls, profile, watched

from newscrawl.items import REASONS

GOOD = range(40)
CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def all_cases() -> dict[str, Case]:
    """The server's pages: the good and the bad in one feed, mixed."""
    links = [(headline(n), f"/good/{n}.html") for n in GOOD]
    links += [(f"Case {name}", f"/case/{name}.html") for name, _, _ in CASES]
    links += [("Forbidden", "/forbidden/story.html"), ("Secret", "http://me:hunter2@hostile.test/good/secret.html")]
    links.sort(key=lambda link: link[1][::-1])
    robots = b"User-agent: *\nDisallow: /forbidden/\n" + b"# so many words\n" * 7_000_000
    return {
        "/robots.txt": page(robots, ("Content-Type", "text/plain")),
        "/feed.xml": page(feed(links).encode(), ("Content-Type", "application/rss+xml")),
        **{
            f"/case/redirect-grows.html{'x' * n}": redirect(f"/case/redirect-grows.html{'x' * (n + 1)}")
            for n in range(20)
        },
        "/redirect-back": redirect("/case/redirect-loop-of-two.html"),
        "/moved/redirect-home.html": page(story(139).encode(), HTML),
        "/forbidden/story.html": page(story(138).encode(), HTML),
        **{f"/good/{n}.html": page(story(n).encode(), HTML) for n in GOOD},
        **{f"/case/{name}.html": case for name, _, case in CASES},
    }


@dataclass
class World:
    """The one large crawl, which several tests look at."""

    crawls: Crawls
    server: Hostile
    inner: Hostile
    done: Done


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("hostile")
    with (
        serving(all_cases(), "hostile.test") as server,
        serving({"/secret.html": page(story(1).encode(), HTML)}, "inner", "127.0.0.2") as inner,
    ):
        server.words["inner"] = str(inner.port)
        crawls = hostile_crawls(folder, watch=str(folder / "watch.json"))
        crawls.add_profile_text(profile(server.base), "hostile")
        yield World(crawls, server, inner, watched(crawls, "crawl", "hostile"))


def outcome(world: World, name: str) -> tuple[str, str]:
    """What became of a case, and what was said of it."""
    with closing(sqlite3.connect(world.crawls.output / "hostile" / "ledger.sqlite3")) as ledger:
        found = ledger.execute("SELECT state, reason FROM urls WHERE url LIKE ?", (f"%/case/{name}.html",)).fetchall()
    assert len(found) == 1, found
    state, reason = found[0]
    return (RECORD if state == "written" else FAILED if state == "failed" else str(reason)), str(reason)


def test_the_run_ends_by_itself_and_says_what_it_did(world: World) -> None:
    assert world.done.status == 0, world.done.errors
    assert re.search(r"^hostile: \d+ new, 0 revised, ", world.done.errors, re.MULTILINE)


def test_its_memory_stays_under_the_limit(world: World) -> None:
    assert 0 < world.done.memory < MEMORY


def test_every_good_story_is_written_whole(world: World) -> None:
    records = {record["url"]: record for record in world.crawls.records("hostile")}
    for number in GOOD:
        record = records[f"{world.server.base}/good/{number}.html"]
        assert (record["headline"], record["body"].split("\n\n")) == (headline(number), paragraphs(number))


@pytest.mark.parametrize(("name", "expected"), [(name, expected) for name, expected, _ in CASES])
def test_every_case_ends_as_it_must(world: World, name: str, expected: str) -> None:
    assert expected in {*REASONS, RECORD, FAILED}
    what, reason = outcome(world, name)
    assert what == expected, f"{name}: {what} ({reason})"
    if expected in REASONS:
        lines = [line for line in world.crawls.rejects("hostile") if line["reason"] == expected]
        assert any(f"/case/{name}" in line["url"] for line in lines) or name.startswith("redirect")


def test_what_follows_an_answer_is_no_answer(world: World) -> None:
    assert not [record["url"] for record in world.crawls.records("hostile") if record["headline"] == "Forged"]


def test_robots_of_a_hundred_megabytes_is_kept_to(world: World) -> None:
    assert any(r["reason"] == "robots" and "/forbidden/" in r["url"] for r in world.crawls.rejects("hostile"))
    assert "/forbidden/story.html" not in world.server.paths


def test_nothing_is_asked_in_the_own_network_and_nothing_is_told(world: World) -> None:
    assert world.inner.seen == []
    for request in world.server.seen:
        assert not re.search(r"^(Cookie|Authorization|Referer):", request.head, re.IGNORECASE | re.MULTILINE)


def test_records_hold_no_character_that_steers(world: World) -> None:
    for record in world.crawls.records("hostile"):
        for key in ("headline", "deck", "section", "publisher"):
            assert not CONTROL.search(record[key] or ""), record["url"]
        assert not CONTROL.search(record["body"].replace("\n", "")), record["url"]
        assert len(record["headline"] or "") < 2000


def test_nothing_from_a_page_steers_the_terminal_or_forges_a_log_line(world: World) -> None:
    said = world.done.output + world.done.errors
    assert not CONTROL.search(said.replace("\n", ""))
    assert not re.search(r"^\s*ERROR forged", said, re.MULTILINE)


def test_secrets_are_in_no_file(world: World) -> None:
    for path in world.crawls.output.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert b"hunter2" not in content, path
            assert b"c1=xxxx" not in content, path


def test_the_event_loop_never_stands_still(world: World) -> None:
    seen = json.loads((world.crawls.folder / "watch.json").read_text())
    late = [(took, what) for took, what in seen["slowest"] if took > 0.05]
    assert not late


def test_a_cut_page_is_fetched_again(world: World) -> None:
    """Runs last: what failed is made due, and the server sends whole pages now."""
    cut = [name for name, _, _ in CASES if "cut" in name]
    assert len(cut) == 6
    with closing(sqlite3.connect(world.crawls.output / "hostile" / "ledger.sqlite3")) as ledger, ledger:
        ledger.execute("UPDATE urls SET due_at = NULL")
        ledger.execute("UPDATE urls SET due_at = 0 WHERE url LIKE '%cut%'")
    world.server.later = True
    assert watched(world.crawls, "crawl", "hostile").status == 0
    assert {name: outcome(world, name)[0] for name in cut} == dict.fromkeys(cut, RECORD)
