"""What an index's lastmod saves a run: sitemaps that have not changed are not asked for, and no story is lost by it."""

from __future__ import annotations

import signal
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from test_discovery_crawl import _NAMESPACES, _XML, entry, path, profile, site, titles, urlset

__all__ = ["site"]

OLD, NEWER = "2026-01-05T10:00:00+08:00", "2026-02-05T10:00:00Z"
NEWS = "<news:news><news:title>T</news:title><news:publication_date>2026-01-05</news:publication_date></news:news>"


def index(*children):
    """A sitemap index of (path, lastmod or None)."""
    entries = (
        f"<sitemap><loc>{{base}}{where}</loc>{f'<lastmod>{lastmod}</lastmod>' if lastmod else ''}</sitemap>"
        for where, lastmod in children
    )
    return f"<sitemapindex {_NAMESPACES}>{''.join(entries)}</sitemapindex>"


@pytest.fixture
def indexed(site, crawls):
    """The site with an index of two sitemaps, not yet crawled."""
    site.add("/index.xml", index(("/a.xml", OLD), ("/b.xml", OLD)))
    site.add("/a.xml", urlset(entry(1), entry(2)))
    site.add("/b.xml", urlset(entry(3)))
    crawls.add_profile_text(profile(site, sitemaps=["/index.xml"]), "harbour")
    return site


def asked(site, crawls, *words, **settings):
    """What one more crawl asks for, robots.txt left out."""
    before = len(site.paths)
    crawls.crawl("harbour", *words, **settings)
    return Counter(site.paths[before:]) - Counter(["/robots.txt"])


def source_of(site, crawls, where="/index.xml"):
    return next(each for each in crawls.manifest("harbour")["sources"] if each["url"] == site.url(where))


FIRST = ["/index.xml", "/a.xml", "/b.xml", *map(path, (1, 2, 3))]


def test_what_has_not_changed_is_not_asked_for(indexed, crawls):
    assert asked(indexed, crawls) == Counter(FIRST)
    assert asked(indexed, crawls) == Counter(["/index.xml"])
    way = source_of(indexed, crawls)
    assert (way["skipped"], way["candidates"], way["new"], way["dead_since"]) == (2, 3, 0, None)
    assert "2 skipped as unchanged" in (crawls.runs("harbour")[-1] / "report.html").read_text()

    indexed.add("/index.xml", index(("/a.xml", OLD), ("/b.xml", NEWER), ("/c.xml", OLD)))
    indexed.add("/b.xml", urlset(entry(3), entry(4)))
    indexed.add("/c.xml", urlset(entry(5)))
    assert asked(indexed, crawls) == Counter(["/index.xml", "/b.xml", "/c.xml", path(4), path(5)])
    assert source_of(indexed, crawls)["skipped"] == 1
    assert asked(indexed, crawls) == Counter(["/index.xml"])
    assert titles(crawls, "harbour") == ["1", "2", "3", "4", "5"]


def test_full_asks_for_everything(indexed, crawls):
    asked(indexed, crawls)
    assert asked(indexed, crawls, "-a", "full=1") == Counter(FIRST)


def test_what_is_not_sure_is_asked_for(site, crawls):
    """No lastmod, one that is just over or to come, a day that is not over everywhere, faults, indexes, and news."""
    now = datetime.now(UTC)
    children = {
        "/none.xml": None,
        "/unread.xml": "soon",
        "/today.xml": f"{now:%Y-%m-%d}",
        "/recent.xml": f"{now - timedelta(minutes=20):%Y-%m-%dT%H:%M:%SZ}",
        "/future.xml": f"{now + timedelta(days=2):%Y-%m-%dT%H:%M:%SZ}",
        "/faulty.xml": OLD,
        "/news.xml": OLD,
        "/inner.xml": OLD,
        "/gone.xml": OLD,
    }
    sure = {"/day.xml": "2026-01-05", "/time.xml": OLD, "/unzoned.xml": "2026-01-05T10:00:00", "/leaf.xml": OLD}
    named = {each: when for each, when in sure.items() if each != "/leaf.xml"}
    site.add("/index.xml", index(*(children | named).items()))
    for number, where in enumerate(children | sure, 1):
        site.add(where, urlset(entry(number)))
    site.add("/faulty.xml", urlset(entry(6)) + "<broken")
    site.add("/news.xml", urlset(entry(7, NEWS)))
    site.add("/inner.xml", index(("/leaf.xml", OLD)))
    site.add("/gone.xml", "gone", status=404)
    site.add("/newsindex.xml", index(("/latest.xml", OLD)))
    site.add("/latest.xml", urlset(entry(20)))
    ways = {"sitemaps": ["/index.xml"], "news_sitemaps": ["/newsindex.xml"]}
    crawls.add_profile_text(profile(site, **ways), "harbour")
    first = asked(site, crawls)
    assert set(children | sure) <= set(first)
    always = ["/index.xml", "/newsindex.xml", "/latest.xml", *children]
    assert asked(site, crawls) == Counter(always)
    assert asked(site, crawls) == Counter(always), "nor later"


def test_a_sitemap_that_failed_or_died_is_asked_for_again(indexed, crawls):
    asked(indexed, crawls)
    indexed.add("/index.xml", index(("/a.xml", NEWER), ("/b.xml", NEWER)))
    indexed.add("/a.xml", "busy", status=500)
    indexed.add("/b.xml", urlset("<url><loc>https://elsewhere.example/2026/11/01/harbour-story.html</loc></url>"))
    settings = {"RETRY_ENABLED": False}
    asked(indexed, crawls, **settings)  # exit status 0: the index and the other sitemap came
    way = source_of(indexed, crawls)
    assert way["error"] == "HTTP 500" and way["dead_since"]
    assert asked(indexed, crawls, **settings) == Counter(["/index.xml", "/a.xml", "/b.xml"])
    indexed.add("/a.xml", urlset(entry(1), entry(2), entry(6)))
    indexed.add("/b.xml", urlset(entry(7)))
    assert asked(indexed, crawls) == Counter(["/index.xml", "/a.xml", "/b.xml", path(6), path(7)])
    asked(indexed, crawls)  # what an earlier run had left to read was asked for without knowing its lastmod
    assert asked(indexed, crawls) == Counter(["/index.xml"])


def test_skipped_sitemaps_are_no_dead_way(indexed, crawls):
    """Also not over many runs, which make the usual."""
    indexed.add("/a.xml", urlset(*map(entry, range(1, 20))))
    asked(indexed, crawls)
    for _ in range(4):
        assert asked(indexed, crawls) == Counter(["/index.xml"])
        told = crawls.manifest("harbour")
        assert (told["exit_status"], told["health"]["problems"]) == (0, [])
        assert [each["candidates"] for each in told["sources"]] == [20]
        assert not any(each["dead_since"] or each["error"] for each in told["sources"])


def test_after_a_server_said_304(indexed, crawls):
    """A sitemap whose lastmod is stamped anew, though it is as it was."""
    plain = indexed.answers["/a.xml"][0]
    tagged = type(plain)(200, plain.body, (*_XML, ("ETag", '"1"')))
    indexed.answers["/a.xml"] = [tagged, type(plain)(304, b"")]
    asked(indexed, crawls)
    indexed.add("/index.xml", index(("/a.xml", NEWER), ("/b.xml", OLD)))
    assert asked(indexed, crawls) == Counter(["/index.xml", "/a.xml"])
    assert source_of(indexed, crawls)["not_modified"]
    assert asked(indexed, crawls) == Counter(["/index.xml"])


def test_an_index_that_stays_hides_no_change(site, crawls):
    """Its validators are not used: an index without lastmods is the same when its sitemaps are not."""
    site.add("/index.xml", index(("/a.xml", None)))
    plain = site.answers["/index.xml"][0]
    tagged = type(plain)(200, plain.body, (*_XML, ("ETag", '"1"')))
    site.answers["/index.xml"] = [tagged]
    site.add("/a.xml", urlset(entry(1)))
    crawls.add_profile_text(profile(site, sitemaps=["/index.xml"]), "harbour")
    asked(site, crawls)
    site.add("/a.xml", urlset(entry(1), entry(2)))
    assert asked(site, crawls) == Counter(["/index.xml", "/a.xml", path(2)])
    assert crawls.manifest("harbour")["responses"].get("304") is None


def test_what_since_left_out_is_found_without_it(indexed, crawls):
    """A reading that left older stories out does not count as whole, nor do its validators."""
    old, new = f"<lastmod>{OLD}</lastmod>", "<lastmod>2026-03-01T10:00:00Z</lastmod>"
    indexed.add("/index.xml", index(("/a.xml", "2026-03-01T10:00:00Z"), ("/b.xml", OLD)))
    indexed.add("/a.xml", urlset(entry(1, old), entry(2, new)), headers=(*_XML, ("ETag", '"1"')))
    assert asked(indexed, crawls, "-a", "since=2026-02-01") == Counter(["/index.xml", "/a.xml", path(2)])
    assert asked(indexed, crawls) == Counter(["/index.xml", "/a.xml", "/b.xml", path(1), path(3)])
    assert asked(indexed, crawls) == Counter(["/index.xml"])


def kill_when(site, crawls, wanted):
    """Start a crawl and kill it when it asks for an address."""
    process = crawls.start("crawl", "harbour")
    while process.poll() is None and wanted not in site.paths:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert process.returncode == -signal.SIGKILL, "it was too quick to be killed"
    site.seen.clear()


@pytest.mark.parametrize("moment", ["/a.xml", "/b.xml", path(1), path(3)])
def test_a_kill_skips_nothing_that_was_not_read_whole(indexed, crawls, moment):
    """Killed while a sitemap is fetched, and while the stories are: the next run has every story, the one after is
    back to the index alone."""
    indexed.slow = 0.15
    kill_when(indexed, crawls, moment)
    indexed.slow = 0
    again = asked(indexed, crawls)
    assert moment in again
    assert titles(crawls, "harbour") == ["1", "2", "3"]
    assert max(again.values()) == 1
    asked(indexed, crawls)  # see above
    assert asked(indexed, crawls) == Counter(["/index.xml"])


def test_a_kill_after_the_index_told_of_a_change(indexed, crawls):
    """The next run reads the sitemap, even if the index has gone back to its old word."""
    asked(indexed, crawls)
    indexed.add("/index.xml", index(("/a.xml", OLD), ("/b.xml", NEWER)))
    indexed.add("/b.xml", urlset(entry(3), entry(4)))
    indexed.seen.clear()
    indexed.slow = 0.3
    kill_when(indexed, crawls, "/b.xml")
    indexed.slow = 0
    indexed.add("/index.xml", index(("/a.xml", OLD), ("/b.xml", OLD)))
    assert asked(indexed, crawls) == Counter(["/index.xml", "/b.xml", path(4)])


def test_a_story_that_was_changed_after_its_last_look(site, crawls):
    """Once, also where its first lastmod is heard after it was fetched; older lastmods and days bring no look."""
    now = datetime.now(UTC)
    stamp = "<lastmod>{:%Y-%m-%dT%H:%M:%SZ}</lastmod>".format
    site.add("/world/", "".join(f'<h3><a href="{path(n)}">Harbour story {n}: reopens</a></h3>' for n in (1, 2, 3)))
    site.answers["/world/"][0] = type(site.answers["/world/"][0])(200, site.answers["/world/"][0].body)
    site.add("/map.xml", urlset(entry(5, stamp(now - timedelta(days=3)))))
    crawls.add_profile_text(profile(site, listings=["/world/"], sitemaps=["/map.xml"]), "harbour")
    assert asked(site, crawls) == Counter(["/world/", "/map.xml", *map(path, (1, 2, 3, 5))])
    later = datetime.now(UTC) + timedelta(seconds=2)
    changed = [
        entry(1, stamp(later)),
        entry(2, stamp(now - timedelta(hours=1))),
        entry(3, f"<lastmod>{now:%Y-%m-%d}</lastmod>"),
        entry(5, stamp(later)),
    ]
    site.add("/map.xml", urlset(*changed))
    time.sleep(max(0.0, (later - datetime.now(UTC)).total_seconds()) + 1)
    assert asked(site, crawls) == Counter(["/world/", "/map.xml", path(1), path(5)])
    assert asked(site, crawls) == Counter(["/world/", "/map.xml"])
    site.add("/map.xml", urlset(entry(1, stamp(datetime.now(UTC) + timedelta(seconds=60)))))
    assert asked(site, crawls, NEWSCRAWL_RECHECK="") == Counter(["/world/", "/map.xml"]), "no looks are wanted"
