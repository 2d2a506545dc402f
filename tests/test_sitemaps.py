"""Sitemaps: every form of the protocol, news fields, faults, and size."""

from __future__ import annotations

import gzip
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discovery import sitemaps
from newscrawl.discovery.found import Found
from newscrawl.discovery.sitemaps import parse_sitemap
from newscrawl.items import Hints

URL = "https://www.example.com/sitemap.xml"
NS = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
NEWS = 'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
IMAGE = 'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"'


def urlset(*entries, attributes=NS, declaration='<?xml version="1.0" encoding="UTF-8"?>\n'):
    return f"{declaration}<urlset {attributes}>{''.join(entries)}</urlset>".encode()


def url(path, more=""):
    return f"<url><loc>https://www.example.com{path}</loc>{more}</url>"


def paths(found: Found):
    return [candidate.url.removeprefix("https://www.example.com") for candidate in found.candidates]


# --- What a sitemap may be -------------------------------------------------------------------------------------------


def test_plain():
    found = parse_sitemap(urlset(url("/a"), url("/b", "<lastmod>2026-04-29T10:00:00+08:00</lastmod>")), URL)
    assert paths(found) == ["/a", "/b"]
    assert found.candidates[0].hints == Hints(source="sitemap")
    assert found.candidates[1].hints == Hints(source="sitemap", modified_at="2026-04-29T10:00:00+08:00")
    assert found.warnings == () and found.next == ()


def test_index():
    index = f"""<sitemapindex {NS}><sitemap><loc>https://www.example.com/new.xml</loc><lastmod>2026-04-29</lastmod>
    </sitemap><sitemap><loc>/old.xml.gz</loc><lastmod>2019-01-01</lastmod></sitemap>
    <sitemap><loc>https://www.example.com/undated.xml</loc></sitemap>
    <sitemap><loc>https://www.example.com/sitemap.xml</loc></sitemap>
    <sitemap><loc>https://elsewhere.example.org/x.xml</loc></sitemap></sitemapindex>"""
    every = parse_sitemap(index.encode(), URL)
    names = [each.rpartition("/")[2] for each in every.next]
    assert names == ["new.xml", "old.xml.gz", "undated.xml"], "neither itself nor another site's"
    recent = parse_sitemap(index.encode(), URL, since=date(2026, 1, 1))
    assert [each.rpartition("/")[2] for each in recent.next] == ["new.xml", "undated.xml"]
    assert every.candidates == recent.candidates == ()
    assert {url.rpartition("/")[2]: lastmod for url, lastmod in every.lastmods.items()} == {
        "new.xml": "2026-04-29",
        "old.xml.gz": "2019-01-01",
    }
    assert (every.whole, every.older) == (True, False), "links to other sites are no fault"
    assert (recent.whole, recent.older) == (True, True)
    again = index.replace("</sitemapindex>", "<sitemap><loc>/old.xml.gz</loc></sitemap></sitemapindex>")
    assert list(parse_sitemap(again.encode(), URL).lastmods.values()) == ["2026-04-29"], "two words are none"


def test_what_is_faulty_is_not_whole():
    good = f"<urlset {NS}><url><loc>https://www.example.com/2026/04/a-story.html</loc></url></urlset>".encode()
    assert parse_sitemap(good, URL).whole
    for bad in (good[:-9], good + b"<x", gzip.compress(good)[:-20], b"", b"<html><a href='/2026/04/a-story.html'>A"):
        assert not parse_sitemap(bad, URL).whole, bad
    assert not parse_sitemap(good, URL, limit=1).whole


def test_news():
    entry = """<news:news><news:publication><news:name>The Example &amp; Co</news:name>
    <news:language>zh-cn</news:language></news:publication><news:publication_date>2026-04-29T10:00:00+08:00</news:publication_date>
    <news:title>Harbour &amp;amp; ferry reopen</news:title><news:keywords>Ports, Storms ,, Ports</news:keywords>
    </news:news><image:image><image:loc>https://www.example.com/pic.jpg</image:loc><image:title>Pic</image:title>
    </image:image><lastmod>2026-04-30</lastmod>"""
    found = parse_sitemap(urlset(url("/a", entry), attributes=f"{NS} {NEWS} {IMAGE}"), URL)
    assert paths(found) == ["/a"]
    assert found.candidates[0].hints == Hints(
        title="Harbour & ferry reopen",
        published_at="2026-04-29T10:00:00+08:00",
        modified_at="2026-04-30",
        language="zh-CN",
        keywords=("Ports", "Storms"),
        publisher="The Example & Co",
        source="news-sitemap",
    )


def test_news_with_undeclared_prefix_and_no_namespace():
    entry = "<news:news><news:title>Harbour reopens</news:title></news:news>"
    assert parse_sitemap(urlset(url("/a", entry)), URL).candidates[0].hints.title == "Harbour reopens"
    assert paths(parse_sitemap(urlset(url("/a"), attributes=""), URL)) == ["/a"]
    prefixed = (
        b'<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9"><s:url><s:loc>/a</s:loc></s:url></s:urlset>'
    )
    assert paths(parse_sitemap(prefixed, URL)) == ["/a"]


def test_picture_before_address():
    entry = "<url><image:image><image:loc>https://www.example.com/pic</image:loc></image:image><loc>/a</loc></url>"
    assert paths(parse_sitemap(urlset(entry, attributes=f"{NS} {IMAGE}"), URL)) == ["/a"]


@pytest.mark.parametrize("packed", [gzip.compress, lambda b: gzip.compress(gzip.compress(b))])
def test_gzip(packed):
    assert paths(parse_sitemap(packed(urlset(url("/a"))), URL)) == ["/a"]


def test_gzip_of_two_members():
    body = urlset(url("/a"), url("/b"))
    assert paths(parse_sitemap(gzip.compress(body[:90]) + gzip.compress(body[90:]), URL)) == ["/a", "/b"]


def test_gzip_that_breaks_off():
    body = gzip.compress(urlset(*(url(f"/{n}/{hash(str(n))}") for n in range(2000))))
    found = parse_sitemap(body[: len(body) // 2], URL)
    assert 100 < len(found.candidates) < 2000
    assert found.warnings


def test_plain_text():
    body = b"\xef\xbb\xbfhttps://www.example.com/a\r\nhttps://www.example.com/b\n\nnot an address\nftp://x/y\n"
    assert paths(parse_sitemap(body, URL)) == ["/a", "/b"]


def test_feed_as_sitemap():
    body = (
        b'<?xml version="1.0"?><rss version="2.0"><channel><item><title>T</title><link>/a</link></item></channel></rss>'
    )
    found = parse_sitemap(body, URL)
    assert paths(found) == ["/a"] and found.candidates[0].hints.title == "T"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "iso-8859-1", "gbk"])
def test_encodings(encoding):
    declaration = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig").removesuffix("-le")}"?>'
    title = "<news:news><news:title>Hafen &#246;ffnet</news:title></news:news>"
    text = urlset(url("/a?x=1&amp;y=2", title), attributes=f"{NS} {NEWS}", declaration=declaration).decode()
    body = ("\ufeff" + text if encoding == "utf-16-le" else text).encode(encoding)
    found = parse_sitemap(body, URL)
    assert paths(found) == ["/a?x=1&y=2"]
    assert found.candidates[0].hints.title == "Hafen öffnet"


def test_chunks_of_any_size():
    body = urlset(*(url(f"/{n}?a=1&b=2&amp;c=3") for n in range(300)))
    whole = parse_sitemap(body, URL)
    assert len(whole.candidates) == 300
    assert whole.candidates[0].url.endswith("/0?a=1&b=2&c=3")
    for size in (1, 7, 1000, 65536):
        assert parse_sitemap((body[at : at + size] for at in range(0, len(body), size)), URL) == whole


# --- What is left out ------------------------------------------------------------------------------------------------


def test_since():
    entries = [
        url("/old", "<lastmod>2019-05-01</lastmod>"),
        url("/new", "<lastmod>2026-05-01</lastmod>"),
        url("/undated"),
        url("/same-day", "<lastmod>2026-01-01</lastmod>"),
        url("/bad-date", "<lastmod>soon</lastmod>"),
        url("/old-changed", "<lastmod>2026-05-01</lastmod><news:publication_date>2019-05-01</news:publication_date>"),
        url("/old-news", "<news:publication_date>2019-05-01</news:publication_date>"),
        url("/odd", "<lastmod>2019-05-01</lastmod><news:publication_date>2026-05-01</news:publication_date>"),
    ]
    found = parse_sitemap(urlset(*entries, attributes=f"{NS} {NEWS}"), URL, since=datetime(2026, 1, 1, 12, tzinfo=UTC))
    assert paths(found) == ["/new", "/undated", "/same-day", "/bad-date", "/old-changed", "/odd"]


def test_times_without_a_zone():
    body = urlset(url("/a", "<lastmod>2026-04-29 10:00:00</lastmod>"))
    assert parse_sitemap(body, URL).candidates[0].hints.modified_at == "2026-04-29"
    zoned = parse_sitemap(body, URL, timezone="Asia/Shanghai")
    assert zoned.candidates[0].hints.modified_at == "2026-04-29T10:00:00+08:00"


def test_sites_and_doubles():
    other = "<url><loc>https://elsewhere.example.org/a</loc></url>"
    body = urlset(url("/a"), url("/a/"), url("/a?utm_source=x"), other, "<url><loc> \n </loc></url>", "<url></url>")
    found = parse_sitemap(body, URL)
    assert paths(found) == ["/a"]
    assert found.warnings == ("1 links to other sites were left out",)
    assert len(parse_sitemap(body, URL, domains=["example.org"]).candidates) == 1


def test_limit_of_addresses(monkeypatch):
    body = urlset(*(url(f"/{n}") for n in range(100)))
    found = parse_sitemap(body, URL, limit=30)
    assert len(found.candidates) == 30
    assert any("30" in warning for warning in found.warnings)
    monkeypatch.setattr(sitemaps, "MAX_BYTES", 2_000)
    found = parse_sitemap(gzip.compress(body), URL)
    assert 10 < len(found.candidates) < 60
    assert any("2000" in warning for warning in found.warnings)


# --- Faults and attacks ----------------------------------------------------------------------------------------------

_GOOD = url("/a") + url("/b")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (f"<urlset {NS}>{url('/a')}{url('/b')}<url><loc>https://www.example.com/c</lo", ["/a", "/b"]),
        (f"<urlset {NS}>{url('/a')}<url><loc>https://www.exam", ["/a"]),
        (f"<urlset {NS}>{url('/a')}<url><loc>https://www.example.com/b</loc><lastmod>2026-0", ["/a"]),
        (f"<urlset {NS}>{url('/a')}<url><loc>/b<url><loc>/c</loc></url></urlset>", ["/a", "/c"]),
        (f"<urlset {NS}>{url('/a')}</url>{url('/b')}</urlset>", ["/a", "/b"]),
        (f"<urlset {NS}>{url('/a')}<br><hr>{url('/b')}</urlset>", ["/a", "/b"]),
        (f"<urlset {NS}>{_GOOD}</urlset><script>x</script>", ["/a", "/b"]),
        (f"\n\n <?xml version='1.0'?><urlset {NS}>{_GOOD}</urlset>", ["/a", "/b"]),
        (f"Warning: x on line 3\n<?xml version='1.0'?><urlset {NS}>{_GOOD}</urlset>", ["/a", "/b"]),
        (
            f"<urlset {NS}>{url('/a?x=1&y=2')}{url('/b?copy=1&sect=2&lt=3')}</urlset>",
            ["/a?x=1&y=2", "/b?copy=1&sect=2&lt=3"],
        ),
        (f"<urlset {NS}><url><loc><![CDATA[https://www.example.com/a?x=1&y=2]]></loc></url></urlset>", ["/a?x=1&y=2"]),
        (f"<urlset {NS}><url><loc>\n   https://www.example.com/a\n </loc></url></urlset>", ["/a"]),
        (f"<urlset {NS}>{url('/a', '&nbsp;&bogus;')}{url('/b')}</urlset>", ["/a", "/b"]),
        (f"<URLSET {NS}>{_GOOD}</URLSET>", ["/a", "/b"]),
        (f"<urlset {NS}>{url('/a')}\x00\x08{url('/b')}</urlset>", ["/a", "/b"]),
        (f"<!-- {'x' * 3000} --><urlset {NS}>{_GOOD}</urlset>", ["/a", "/b"]),
        (f'<?xml version="1.0" encoding="x-nonsense"?><urlset {NS}>{_GOOD}</urlset>', ["/a", "/b"]),
    ],
)
def test_faults(body, expected):
    assert paths(parse_sitemap(body.encode(), URL)) == expected


def test_broken_bytes():
    body = urlset(url("/a"), url("/b")).replace(b"/b", b"/b\xff\xfe\xed\xa0\x80") + b"\xff"
    found = parse_sitemap(body, URL)
    assert paths(found) == ["/a"]
    assert "an address has broken characters" in found.warnings


@pytest.mark.parametrize(
    "body", [b"", b"   \n", b"nothing here", b"<foo><bar/></foo>", b"\x89PNG\r\n\x1a\n", b"\x1f\x8bxxx"]
)
def test_no_sitemap_warns(body):
    found = parse_sitemap(body, URL)
    assert found.candidates == () and len(found.warnings) >= 1


def test_web_page_as_sitemap():
    page = """<!DOCTYPE html><html><body><nav><a href="/politics/">Politics</a></nav>
    <ul><li><a href="/2026/04/29/harbour-reopens-after-the-storm.html">Harbour reopens after the storm</a></ul>
    </body></html>"""
    found = parse_sitemap(page.encode(), URL)
    assert paths(found) == ["/2026/04/29/harbour-reopens-after-the-storm.html"]
    assert "web page" in found.warnings[0]
    error = parse_sitemap(b"<html><head><title>404</title></head><body>Not found</body></html>", URL)
    assert error.candidates == () and error.warnings


@pytest.mark.parametrize(
    "dtd",
    [
        '<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "file:///etc/passwd">',
        '<!ENTITY c SYSTEM "http://127.0.0.1:9/x">',
        '<!ENTITY % p SYSTEM "http://127.0.0.1:9/x"> %p;',
        '<!ENTITY c "' + "x" * 100_000 + '">',
    ],
)
def test_entities_are_never_expanded(dtd, monkeypatch):
    import socket

    monkeypatch.setattr(socket.socket, "connect", lambda *a: pytest.fail("a parser went to the network"))
    body = f'<?xml version="1.0"?><!DOCTYPE urlset [{dtd}]><urlset {NS}>{url("/a")}{url("/b?x=&c;")}</urlset>'
    found = parse_sitemap(body.encode(), URL)
    assert paths(found)[0] == "/a"
    assert all(len(candidate.url) < 100 and "root:" not in candidate.url for candidate in found.candidates)


def test_external_dtd_is_not_fetched(monkeypatch):
    import socket

    monkeypatch.setattr(socket.socket, "connect", lambda *a: pytest.fail("a parser went to the network"))
    body = b'<?xml version="1.0"?><!DOCTYPE urlset SYSTEM "http://127.0.0.1:9/x.dtd">' + urlset(
        url("/a"), declaration=""
    )
    assert paths(parse_sitemap(body, URL)) == ["/a"]


_SEED = urlset(url("/a", "<lastmod>2026-04-29</lastmod><news:title>T &amp; x</news:title>"), url("/b"))
_PIECES = st.sampled_from(
    [b"<", b">", b"&", b"<url>", b"</url>", b"<loc>", b"<sitemap>", b"]]>", b"<![CDATA[", b"\x00", b"\xff\xfe", b"&#0;"]
    + [b"<!DOCTYPE x [", b"<?xml ", b"\x1f\x8b", b"<html>", b"<rss>", b"http://a:99999/", b"\xed\xa0\x80"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.integers(0, len(_SEED)), st.integers(0, 20), _PIECES), max_size=6), st.binary(max_size=50))
def test_nothing_raises(edits, tail):
    body = bytearray(_SEED)
    for at, length, piece in edits:
        body[at : at + length] = piece
    for document in (bytes(body) + tail, tail, gzip.compress(bytes(body))[: len(body) // 2]):
        found = parse_sitemap(document, URL, since=date(2000, 1, 1), timezone="Asia/Shanghai")
        assert all(candidate.url.startswith(("http://", "https://")) for candidate in found.candidates)


# --- Size ------------------------------------------------------------------------------------------------------------

_BIG = """
import re
from newscrawl.discovery.sitemaps import parse_sitemap

def chunks():
    yield b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    filler = b"<image:image><image:loc>https://www.example.com/" + b"p" * 700 + b"</image:loc></image:image>"
    for n in range(50_000):
        day = b"2026-%02d-%02d" % (n % 12 + 1, n % 28 + 1)
        path = b"/politics/%s/%032x/a-headline-that-is-as-long-as-headlines-are-on-average.html" % (day, n)
        yield b"<url><loc>https://www.example.com%s</loc><lastmod>%sT10:00:00Z</lastmod>%s</url>" % (path, day, filler)
    yield b"</urlset>"

size = 0
def counted():
    global size
    for chunk in chunks():
        size += len(chunk)
        yield chunk
found = parse_sitemap(counted(), "https://www.example.com/sitemap.xml")
status = open("/proc/self/status").read()  # getrusage would count the process that started this one
peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status)[1]) // 1024
print(len(found.candidates), size // 1_000_000, peak, len(found.warnings))
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read as Linux tells it")
def test_fifty_megabytes_in_less_than_a_hundred():
    done = subprocess.run(
        [sys.executable, "-c", _BIG],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parent.parent,
    )
    count, megabytes, peak, warnings = map(int, done.stdout.split())
    assert count == 50_000
    assert megabytes >= 45
    assert peak < 100, "megabytes of the whole process"
    assert warnings == 0


def test_gzip_bomb_is_read_to_its_limit():
    bomb = gzip.compress(urlset(url("/a"))[:-9] + b" " * 150_000_000, 1)
    found = parse_sitemap(bomb, URL)
    assert paths(found) == ["/a"]
    assert any("bytes" in warning for warning in found.warnings)
