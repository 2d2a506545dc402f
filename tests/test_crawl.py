"""`scrapy crawl` as its users run it: a process, its exit status, its last line, its files."""

from __future__ import annotations

import re
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from crawling import Crawls

from newscrawl.sample_site import SampleSite

WIRE = "article = ['/wire/.*/c\\.html$']\n"


def small_profile(base: str, name: str = "small", discover: str = "") -> str:
    """A profile of the wire's front page alone: a few stories."""
    return f'name = "{name}"\ndomains = ["127.0.0.1"]\ntimezone = "Asia/Shanghai"\n[discover]\n{WIRE}' + (
        discover or f'feeds = ["{base}/wire/rss.xml"]\n'
    )


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def test_a_second_run_fetches_only_what_is_new(crawls: Crawls, sample_site: SampleSite) -> None:
    crawls.add_profile_text(small_profile(sample_site.base_url), "small")
    first = crawls.crawl("small")
    written = crawls.manifest("small")["counts"]["new"]
    assert written > 5
    assert re.match(rf"small: {written} new, 0 revised, 0 unchanged, 0 rejected, 0 failed in \d+ s; /", first)
    sample_site.control(clear_log=True)
    assert crawls.crawl("small").startswith("small: 0 new, 0 revised, 0 unchanged")
    asked = [request.path for request in sample_site.requests]
    assert sorted(asked) == ["/robots.txt", "/wire/rss.xml"]


def test_full_looks_at_everything_again_and_finds_nothing_changed(crawls: Crawls, sample_site: SampleSite) -> None:
    crawls.add_profile_text(small_profile(sample_site.base_url), "small")
    crawls.crawl("small")
    written = len(crawls.records("small"))
    assert crawls.crawl("small", "-a", "full=1").startswith(f"small: 0 new, 0 revised, {written} unchanged")
    assert len(crawls.records("small")) == written


def test_a_debug_log_names_stories_and_holds_no_page_and_no_header(crawls: Crawls, sample_site: SampleSite) -> None:
    crawls.add_profile_text(small_profile(sample_site.base_url), "small")
    _, _, log = crawls.run("crawl", "small", LOG_LEVEL="DEBUG")
    assert log.count("Story('http") == len(crawls.records("small"))
    assert "<html" not in log
    assert "Content-Length" not in log
    assert max(map(len, log.splitlines())) < 2_000


def test_limit_is_the_most_that_is_fetched(crawls: Crawls, sample_site: SampleSite) -> None:
    crawls.add_profile_text(small_profile(sample_site.base_url), "small")
    assert crawls.crawl("small", "-a", "limit=3").startswith("small: 3 new")
    assert crawls.manifest("small")["counts"]["left"] > 0
    assert not crawls.crawl("small").startswith("small: 0 new")


def test_an_unknown_site_is_named_with_near_matches(crawls: Crawls) -> None:
    _, _, said = crawls.run("crawl", "xinhau", status=1)
    assert said.strip().startswith("xinhau: no such site; did you mean xinhua")
    assert "Traceback" not in said


def test_a_wrong_argument_ends_before_a_request(crawls: Crawls) -> None:
    _, _, said = crawls.run("crawl", "xinhua", "-a", "since=tuesday", status=1)
    assert said.strip() == "xinhua: -a since=tuesday: expected a date such as 2026-01-31"
    assert not crawls.output.exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("colour = 3", "colour: no such key"),
        ("[discover]\narticle = ['(']", "discover.article: '(' is no regex"),
        ("[[layout]]\nbody = 'p[['", "layout 1: body: 'p[[' is no CSS selector"),
        ("[discover]\nfeeds = 'x'", "discover.feeds: expected a list of texts"),
    ],
)
def test_a_wrong_profile_is_named_with_file_key_and_reason(
    crawls: Crawls, tmp_path: Path, line: str, said: str
) -> None:
    path = tmp_path / "harbour.toml"
    path.write_text(f'name = "harbour"\n{line}\n')
    _, _, err = crawls.run("crawl", "news", "-a", f"profile={path}", status=1)
    assert f"{path}: {said}" in err
    assert "Traceback" not in err


def test_a_site_that_cannot_be_reached_fails_the_run(crawls: Crawls) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        base = f"http://127.0.0.1:{closed.getsockname()[1]}"
        crawls.add_profile_text(small_profile(base), "small")
        _, _, said = crawls.run("crawl", "small", status=1, RETRY_TIMES=0)
    assert said.rstrip().rpartition("\n")[2].startswith("small: nothing could be fetched: ")
    assert crawls.manifest("small")["exit_status"] == 1


def test_a_second_run_of_the_same_site_ends_at_once(crawls: Crawls, sample_site: SampleSite) -> None:
    crawls.add_profile_text(small_profile(sample_site.base_url), "small")
    sample_site.control(delay=2)
    first = crawls.start("crawl", "small", CONCURRENT_REQUESTS_PER_DOMAIN=1)
    wait_for(lambda: len(sample_site.requests) > 2)
    _, _, said = crawls.run("crawl", "small", status=1)
    sample_site.control(delay=0)
    assert re.search(rf"small: .*{first.pid}.* since \d{{4}}-\d\d-\d\d", said)
    assert first.wait(60) == 0
    first.communicate()


def test_sigterm_seals_what_is_there_and_leaves_the_rest(crawls: Crawls, sample_site: SampleSite) -> None:
    crawls.add_profile_text(small_profile(sample_site.base_url), "small")
    sample_site.control(delay=0.4)
    process = crawls.start("crawl", "small", CONCURRENT_REQUESTS_PER_DOMAIN=1)
    wait_for(lambda: len(sample_site.requests) > 6)
    asked = time.monotonic()
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0, said
    assert time.monotonic() - asked < 15
    some = len(crawls.records("small"))
    assert some > 0
    assert crawls.manifest("small")["finish_reason"] == "shutdown"
    assert not list(crawls.runs("small")[0].glob("*.part"))
    sample_site.control(delay=0)
    crawls.crawl("small")
    urls = [record["url"] for record in crawls.records("small")]
    assert len(urls) == len(set(urls)) > some


def test_a_site_without_a_profile_shows_its_own_ways(crawls: Crawls, sample_site: SampleSite) -> None:
    crawls.crawl("news", "-a", f"url={sample_site.base_url}/wire/", "-a", "limit=10")
    name = f"site_127_0_0_1_{sample_site.base_url.rpartition(':')[2]}"
    assert len(crawls.records(name)) + len(crawls.rejects(name)) == 10
    kinds = {source["kind"] for source in crawls.manifest(name)["sources"] if source["candidates"]}
    assert kinds & {"feed", "sitemap", "news-sitemap"}


def test_an_address_that_is_a_story_gives_that_story(crawls: Crawls, sample_site: SampleSite) -> None:
    crawls.add_profile_text(small_profile(sample_site.base_url), "small")
    crawls.crawl("small", "-a", "limit=1")
    story = crawls.records("small")[0]
    crawls.crawl("news", "-a", f"url={story['url']}")
    name = f"site_127_0_0_1_{sample_site.base_url.rpartition(':')[2]}"
    assert [(each["headline"], each["body"]) for each in crawls.records(name)] == [(story["headline"], story["body"])]


def test_pages_that_ask_not_to_be_used_say_so_and_can_be_left_out(crawls: Crawls, sample_site: SampleSite) -> None:
    crawls.crawl()
    asked = {each["url"] for each in crawls.records() if "noai" in each["provenance"].get("robots", "")}
    assert asked
    obeying = Crawls(crawls.folder / "obeying")
    obeying.folder.mkdir()
    obeying.add_profile(sample_site)
    obeying.crawl(NEWSCRAWL_OBEY_AI_OPTOUT=True)
    assert {each["url"] for each in obeying.rejects() if each["reason"] == "opted_out"} == asked
