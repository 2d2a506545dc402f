"""A site without a profile: its feeds, sitemaps and sections."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discovery.front import find_ways, looks_like_story, sitemap_kind, usual_places

URL = "https://www.example.com/"
BENCH = Path(__file__).parents[2] / "shared" / "bench" / "news"
PAGE = b"""<!DOCTYPE html><html><head>
<link rel="alternate" type="application/rss+xml" title="Example: all news" href="/rss/all.xml">
<link rel="alternate" type="application/atom+xml" href="https://feeds.example.com/world">
<link rel="alternate" type="application/rss+xml" title="Comments on Example" href="/comments/feed/">
<link rel="alternate" type="application/feed+json" href="/feed.json">
<link rel="alternate" type="application/json" href="/wp-json/wp/v2/posts/1">
<link rel="alternate" hreflang="de" href="https://www.example.com/de/">
<link rel="alternate" type="application/rss+xml" href="https://elsewhere.example.org/feed">
<link rel="stylesheet" href="/x.css">
</head><body><nav><a href="/world/">World</a><a href="/politics">Politics</a><a href="/sport/football/">Football</a>
<a href="/login">Sign in</a><a href="/tag/storms">Storms</a><a href="/about-us">About</a>
<a href="/world/?x=1">x</a></nav>
<a href="/2026/04/29/harbour-reopens-after-the-storm.html">Harbour reopens after the storm</a>
<a href="https://elsewhere.example.org/section">Partner</a></body></html>"""


def ways(*args, **kwargs):
    return [(way.kind, way.url.removeprefix("https://www.example.com"), way.by) for way in find_ways(*args, **kwargs)]


def test_what_the_site_names():
    sitemaps = [
        "https://www.example.com/sm/index.xml",
        "https://www.example.com/sm/news.xml",
        "https://cdn.example.net/s.xml",
    ]
    found = ways(PAGE, URL, sitemaps=sitemaps)
    assert found[:3] == [
        ("feed", "/rss/all.xml", "link"),
        ("feed", "https://feeds.example.com/world", "link"),
        ("feed", "/feed.json", "link"),
    ]
    assert found[3:6] == [
        ("sitemap", "/sm/index.xml", "robots"),
        ("news-sitemap", "/sm/news.xml", "robots"),
        ("sitemap", "https://cdn.example.net/s.xml", "robots"),
    ]
    listings = [each for each in found if each[0] == "listing"]
    assert listings == [("listing", path, "page") for path in ("/", "/world/", "/politics", "/sport/football/")]
    assert {each[2] for each in found} == {"link", "robots", "page"}, "nothing usual is tried where all is named"


def test_usual_places_for_what_is_not_named():
    found = ways(PAGE, URL)
    usual = [each for each in found if each[2] == "usual"]
    assert usual == found[-len(usual) :], "they come last"
    assert {kind for kind, _, _ in usual} == {"sitemap", "news-sitemap"}
    assert ("sitemap", "/sitemap.xml", "usual") in usual
    nothing = ways(b"", "https://www.example.com/some/page?x=1")
    assert nothing[0] == ("listing", "/some/page?x=1", "page")
    assert ("feed", "/feed/", "usual") in nothing


def test_usual_places():
    assert {
        way.url.partition("/sitemap")[0] for way in usual_places("http://127.0.0.1:8000/a", ["feed", "news-sitemap"])
    } == {"http://127.0.0.1:8000"}


def test_domains_decide():
    found = find_ways(PAGE, URL, domains=["elsewhere.example.org"])
    assert {way.url for way in found if way.by == "link"} == {"https://elsewhere.example.org/feed"}


def test_kinds():
    assert sitemap_kind("https://example.com/news-sitemap.xml") == "news-sitemap"
    assert sitemap_kind("https://news.example.com/sitemap.xml") == "sitemap"
    assert looks_like_story("https://example.com/2026/04/29/harbour-reopens-after-the-storm.html")
    assert not looks_like_story("https://example.com/world/")
    assert not looks_like_story("https://example.com/2026/04/29/harbour-reopens-after-the-storm.pdf")


def test_bounds():
    head = b"".join(b'<link rel="alternate" type="application/rss+xml" href="/f/%d">' % n for n in range(500))
    body = b"".join(b'<a href="/s%s">x</a>' % bytes([97 + n % 26, 97 + n // 26]) for n in range(600))
    found = find_ways(b"<html>" + head + body, URL)
    assert sum(way.kind == "feed" for way in found) == 30
    assert sum(way.kind == "listing" for way in found) == 31


@pytest.mark.parametrize(
    "page", [b"", b"\x00", b"<", b"%PDF", b"<base href='http://['><a href='/x'>", PAGE.decode().encode("utf-16")]
)
def test_no_page(page):
    assert find_ways(page, URL)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=100), st.text(max_size=60))
def test_nothing_raises(noise, link):
    page = (
        PAGE
        + noise
        + f'<link rel=alternate type=application/rss+xml href="{link}"><a href="{link}">'.encode("utf-8", "replace")
    )
    for way in find_ways(page, URL, sitemaps=[link]):
        assert way.url.startswith(("http://", "https://"))


@pytest.mark.skipif(not BENCH.exists(), reason="the pages belong to their publishers and are not shipped")
def test_real_stories_look_like_stories():
    urls = [json.loads(path.read_text())["url"] for path in sorted((BENCH / "ground-truth").glob("*.json"))]
    assert sum(map(looks_like_story, urls)) >= 0.9 * len(urls)


@pytest.mark.skipif(not BENCH.exists(), reason="the pages belong to their publishers and are not shipped")
def test_feeds_of_real_pages():
    named = 0
    for path in sorted((BENCH / "html").glob("*.html.gz"))[::4]:
        truth = json.loads((BENCH / "ground-truth" / path.name.replace(".html.gz", ".json")).read_text())
        named += any(way.by == "link" for way in find_ways(gzip.decompress(path.read_bytes()), truth["url"]))
    assert named >= 8
