"""Inputs that no page is: real and invented ones, broken by a seeded mutator; and what is run over them.

A case is (target, seed): the same pair makes the same input on every machine that has the same pages.
"""

from __future__ import annotations

import gzip
import random
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

from newscrawl.discovery.feeds import parse_feed
from newscrawl.discovery.listings import parse_listing
from newscrawl.discovery.sitemaps import parse_sitemap
from newscrawl.extraction.article import extract, extract_text
from newscrawl.extraction.dateline import parse_dateline
from newscrawl.items import Article, Dateline, Rejection
from newscrawl.politeness.robots import robots_of
from newscrawl.sample_site.site import build
from newscrawl.sites import SiteError, check_site, load_site, load_sites

BASE, NOW = "https://sample.example", datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
#: Pages of publishers, read where they are there.
BENCH = Path(__file__).resolve().parent.parent.parent / "shared" / "bench"
#: Bytes of an input at most: what is larger is the business of the limits, not of the fuzzer.
LARGEST = 200_000

_NASTY = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xc3",
        b"\x1b[31m",
        b"\xe2\x80\xae",
        b"\xef\xbb\xbf",
        b"&#x110000;",
        b"&#0;",
    ),
    *(
        b"<!--",
        b"-->",
        b"<![CDATA[",
        b"]]>",
        b"<script>",
        b"</body>",
        b"<p ",
        b"</",
        b"<",
        b">",
        b"&",
        b'"',
        b"'",
        b"\\",
    ),
    *(
        b"<table><tr>",
        b"<svg><title>",
        b"<template>",
        b"<plaintext>",
        b"<noscript>",
        b"<base href=//[>",
        b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    ),
    (
        b'<script type="application/ld+json">{"@type":["NewsArticle"],"headline":{"@value":[[]]},"author":[{}],'
        b'"datePublished":1e999}</script>'
    ),
    *(
        b'{"@graph":[{"@id":"#a","author":{"@id":"#a"}}]}',
        b'"datePublished":"0000-13-45T99:99"',
        b"9999999-13-45",
        b"31 February 2026",
    ),
    *(
        b'<meta property="article:published_time" content="-1">',
        b'<meta http-equiv=content-type content="text/html;charset=utf-7">',
    ),
    *(
        b"<time datetime='+275760-09-13T00:00Z'>",
        b"<link rel=canonical href='http://[::1'>",
        b"<a rel=next href='//'>",
        b"<h1><h1><h1>",
    ),
    *(
        b"(Xinhua) --",
        b"BEIJING, Nov. 31 (",
        "（记者".encode(),
        "新华社北京2月30日电".encode(),
        b"Feb. 29, 2023 -",
        b"By By By",
        b"//",
        b"|||",
    ),
    *(
        b"http://[",
        b"https://\xff/",
        b"javascript:",
        b"<loc>",
        b"</url>",
        b"<lastmod>0000</lastmod>",
        b"<item>",
        b"<pubDate>Mon, 99 Foo 0</pubDate>",
    ),
    *(
        b'name = "',
        b"[[layout]]",
        b"[discover]",
        b"body = 'p[['",
        b"article = ['(']",
        b"valid_until = 0001-01-01",
        b"\n",
        b"\r\n",
        b" ",
        b"= =",
    ),
    *(b"Disallow: /*a*a$", b"Crawl-delay: 1e999", b"Request-rate: 0/0", b"User-agent: *"),
)


@dataclass(frozen=True)
class Target:
    """A parser under test: the seeds that its inputs are made from, how it is run, what it may raise."""

    name: str
    seeds: Callable[[], Sequence[bytes]]
    run: Callable[[bytes, random.Random], None]
    share: int


def mutated(seeds: Sequence[bytes], chance: random.Random) -> bytes:
    """One of the seeds, a piece of it, or a splice of two; broken in a few places."""
    data = bytearray(chance.choice(seeds)[:LARGEST])
    if chance.random() < 0.3:
        other = chance.choice(seeds)
        data = data[: chance.randrange(len(data) + 1)] + other[chance.randrange(len(other) + 1) :][:LARGEST]
    for _ in range(chance.choice((1, 1, 2, 3, 5, 8, 20))):
        _break(data, chance)
    return bytes(data[:LARGEST])


def _break(data: bytearray, chance: random.Random) -> None:
    at = chance.randrange(len(data) + 1)
    size = min(chance.choice((1, 2, 8, 40, 300, 3000)), len(data) - at)
    what = chance.randrange(7)
    if what == 0:
        data[at:at] = chance.choice(_NASTY) * chance.choice((1, 1, 1, 2, 50, 500))
    elif what == 1:
        del data[at : at + size]
    elif what == 2:
        data[at:at] = data[at : at + size] * chance.choice((1, 2, 30))
    elif what == 3:
        data[at : at + size] = chance.randbytes(size)
    elif what == 4:
        del data[at:]
    elif what == 5:
        data[at : at + size] = bytes(reversed(data[at : at + size]))
    else:
        data[at : at + 1] = bytes([chance.randrange(256)])


# Seeds


@cache
def pages() -> tuple[bytes, ...]:
    """The sample site's pages, and those of publishers that are not too large."""
    found = [page.body for page in build(BASE).values() if "html" in page.content_type]
    for path in sorted(BENCH.glob("*/html/*.html.gz"))[::6]:
        body = gzip.decompress(path.read_bytes())
        if len(body) < LARGEST:
            found.append(body)
    return tuple(found)


@cache
def documents() -> tuple[bytes, ...]:
    """Feeds, sitemaps and listings."""
    found = [p.body for p in build(BASE).values() if "xml" in p.content_type or p.path.endswith((".json", ".gz"))]
    cases = Path(__file__).resolve().parent.parent / "tests" / "feeds"
    found += [path.read_bytes() for path in sorted(cases.rglob("*")) if path.is_file()]
    return tuple(body for body in found if body)


@cache
def texts() -> tuple[bytes, ...]:
    """Stories as plain text, one paragraph a line."""
    stories = [extract(page, url=BASE) for page in pages()[:150]]
    return tuple(f"{s.headline}\n\n{s.body}\n".encode() for s in stories if isinstance(s, Article))


@cache
def openings() -> tuple[bytes, ...]:
    """First paragraphs."""
    known = [
        line.encode()
        for line in (
            "BEIJING, Nov. 24 (Xinhua) -- The council",
            "PARIS (AP) — A",
            "新华社北京11月24日电（记者张三）会议",
        )
    ]
    return (*known, *(text.split(b"\n\n")[1][:400] for text in texts() if b"\n\n" in text))


@cache
def profiles() -> tuple[bytes, ...]:
    """The catalogue."""
    return tuple(
        Path(str(site.source)).read_bytes() for site in load_sites().values() if Path(str(site.source)).exists()
    )


# Targets


def _extract(data: bytes, chance: random.Random) -> None:
    charset = chance.choice((None, None, "utf-8", "latin-1", "gb2312", "utf-16", "x-none", "\x00"))
    sites = (None, *load_sites().values())
    given = data if chance.random() < 0.9 else data.decode("utf-8", "surrogateescape")
    result = extract(given, url=f"{BASE}/story.html", encoding=charset, site=chance.choice(sites), fetched_at=NOW)
    assert isinstance(result, (Article, Rejection))


def _extract_text(data: bytes, chance: random.Random) -> None:
    result = extract_text(data.decode("utf-8", "surrogateescape"), url=f"{BASE}/story.txt", fetched_at=NOW)
    assert isinstance(result, (Article, Rejection))


def _dateline(data: bytes, chance: random.Random) -> None:
    published = chance.choice((None, date(2026, 11, 24), date.min, date.max))
    language = chance.choice((None, "en", "zh", "de", "x", ""))
    found = parse_dateline(data.decode("utf-8", "surrogateescape"), published=published, language=language)
    assert found is None or isinstance(found, Dateline)


def _feed(data: bytes, chance: random.Random) -> None:
    parse_feed(data, f"{BASE}/feed", content_type=chance.choice((None, "text/xml; charset=gb2312", "application/json")))


def _sitemap(data: bytes, chance: random.Random) -> None:
    parse_sitemap(data, f"{BASE}/sitemap.xml", since=chance.choice((None, date(2026, 11, 1), date.max)))


def _listing(data: bytes, chance: random.Random) -> None:
    parse_listing(data, f"{BASE}/", encoding=chance.choice((None, "utf-8", "utf-16", "nope")))


def _robots(data: bytes, chance: random.Random) -> None:
    robots = robots_of(200, data, "newscrawl")
    robots.allows(f"{BASE}/a/b?c")
    robots.delay(NOW.time())


def _profile(data: bytes, chance: random.Random) -> None:
    path = Path(_folder().name, "fuzzed.toml")
    path.write_bytes(data)
    try:
        list(check_site(load_site(path)))
    except SiteError as error:
        assert str(path) in str(error)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory()


def _renamed() -> tuple[bytes, ...]:
    """Profiles that the loader takes for the fuzzed file's own."""
    return tuple(b'name = "fuzzed"\n' + b"\n".join(p.split(b"\n")[1:]) for p in profiles())


#: share: of a thousand inputs.
TARGETS = (
    Target("extract", pages, _extract, 70),
    Target("extract_text", texts, _extract_text, 110),
    Target("parse_dateline", openings, _dateline, 400),
    Target("parse_feed", documents, _feed, 100),
    Target("parse_sitemap", documents, _sitemap, 120),
    Target("parse_listing", pages, _listing, 30),
    Target("robots", documents, _robots, 50),
    Target("profile", _renamed, _profile, 120),
)
