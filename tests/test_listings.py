"""Section pages: stories told from navigation, and the way to older pages."""

from __future__ import annotations

import gzip
import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discovery.listings import parse_listing

URL = "https://www.example.com/world/"
BENCH = Path(__file__).parents[2] / "shared" / "bench" / "news"


def listing(stories, *, older="", head=""):
    return f"""<!DOCTYPE html><html><head><title>World</title>{head}</head><body>
    <header><a href="/">Example News</a><nav class="main-nav"><ul>
      <li><a href="/world/">World</a></li><li><a href="/politics/">Politics and government</a></li>
      <li><a href="/world/guides-and-maps">Our big guide to the elections of the year</a></li>
    </ul></nav></header>
    <div class="breadcrumb"><a href="/">Home</a> <a href="/world/">World</a></div>
    <main>{stories}</main>
    <aside class="newsletter"><a href="/newsletters/a-briefing-from-our-newsroom">Get our morning briefing</a></aside>
    <div id="pagination">{older}</div>
    <footer><a href="/about-us/how-we-report-the-news-every-day">How we report the news every day</a>
    <a href="/privacy-policy.html">Privacy policy</a> <a href="https://social.example.org/x">Follow us</a></footer>
    </body></html>""".encode()


def card(path, title="Harbour reopens after the storm", when=""):
    return f'<article><h3><a href="{path}">{title}</a></h3>{when}<p>A teaser of the story.</p></article>'


def paths(found):
    return [candidate.url.removeprefix("https://www.example.com") for candidate in found.candidates]


# --- No pattern ------------------------------------------------------------------------------------------------------

_STORIES = [
    "/2026/04/29/harbour-reopens.html",
    "/world/20260428/c_1310141234.htm",
    "/world/council-votes-on-the-new-tram-line-after-years",
    "/a/68912345",
    "/artikel/hafen-oeffnet-wieder-a-3f6c0a5e-1d2b-4c3d-8e9f-0a1b2c3d4e5f",
    "/world/story.php?id=1234567",
    "/港口在风暴之后重新开放",
]


def test_stories_are_told_from_navigation():
    body = listing("".join(card(path) for path in _STORIES))
    found = parse_listing(body, URL)
    assert paths(found) == _STORIES
    assert found.next == ()
    assert found.warnings == ()
    assert {candidate.hints.source for candidate in found.candidates} == {"listing"}
    assert {candidate.hints.title for candidate in found.candidates} == {"Harbour reopens after the storm"}


@pytest.mark.parametrize(
    "html",
    [
        '<ul><li><a href="{0}">Harbour reopens after the storm</a></li></ul>',
        '<table><tr><td><a href="{0}">Harbour reopens after the storm</a></td></tr></table>',
        '<h2><a href="{0}">Harbour reopens after the storm</a></h2>',
        '<a href="{0}"><div><h3>Harbour reopens after the storm</h3><p>Teaser</p></div></a>',
        '<a href="{0}"><img alt=""></a><a href="{0}">Harbour reopens after the storm</a>',
        '<div class="card"><a href="{0}" title="Harbour reopens after the storm"><img></a></div>',
        '<p class="story-list"><a href="{0}#comments">12</a> <a href="{0}">Harbour reopens after the storm</a></p>',
    ],
)
def test_places_of_stories(html):
    found = parse_listing(listing(html.format("/2026/04/29/harbour-reopens.html")), URL)
    assert [path.partition("#")[0] for path in paths(found)] == ["/2026/04/29/harbour-reopens.html"]
    assert found.candidates[0].hints.title.startswith("Harbour reopens after the storm")


@pytest.mark.parametrize(
    "place", ["nav", "footer", 'div class="footer-links"', 'ul id="menu"', 'div role="navigation"']
)
def test_places_of_navigation(place):
    link = '<a href="/world/our-guide-to-everything-else">Our guide to everything else on this site</a>'
    body = f"<html><body><{place}>{link}</{place.split()[0]}></body></html>"
    found = parse_listing(body.encode(), URL)
    assert found.candidates == ()
    assert found.warnings == ("no stories were found on the page",)


@pytest.mark.parametrize(
    "path",
    [
        "/tag/storms",
        "/author/mara-lind",
        "/login?next=/world",
        "/report-2026-04-29.pdf",
        "/world/?page=2",
        "/video/",
        "/",
    ]
    + ["mailto:a@example.com", "javascript:void(0)", "https://elsewhere.example.org/2026/04/29/harbour-reopens.html"],
)
def test_other_links(path):
    assert parse_listing(listing(card(path)), URL).candidates == ()


def test_variants_of_a_story_are_one():
    body = listing(
        "".join(card(f"/2026/04/29/a-long-story-name{tail}") for tail in ("?utm_source=home", "", "/amp", "#c"))
    )
    assert len(parse_listing(body, URL).candidates) == 1


# --- With a profile's patterns ---------------------------------------------------------------------------------------


def test_patterns_decide():
    body = listing(
        card("/n/1")
        + card("/n/2-photo")
        + card("/2026/04/29/not-by-the-pattern.html")
        + '<nav><a href="/n/3">3</a></nav>'
    )
    found = parse_listing(body, URL, article=[r"/n/\d"], skip=["photo"])
    assert paths(found) == ["/n/1", "/n/3"]


def test_domains_decide():
    body = listing(card("https://news.example.net/n/1") + card("/n/2"))
    found = parse_listing(body, URL, domains=["example.net"], article=[r"/n/\d"])
    assert [candidate.url for candidate in found.candidates] == ["https://news.example.net/n/1"]


def test_base_element():
    body = listing(card("n/1"), head='<base href="https://www.example.com/deep/">')
    assert paths(parse_listing(body, URL, article=[r"/n/\d"])) == ["/deep/n/1"]


# --- Dates -----------------------------------------------------------------------------------------------------------


def test_dates():
    body = listing(
        card("/n/1", when='<time datetime="2026-04-29T10:00:00+08:00">today</time>')
        + card("/n/2", when='<time datetime="2026-04-29 10:00">today</time>')
        + card("/n/3", when='<time datetime="2026-04-29">x</time><time datetime="2026-04-30">y</time>')
        + card("/2026/04/27/n/4")
        + card("/n/5")
    )
    found = parse_listing(body, URL, article=[r"/n/\d"], timezone="Asia/Shanghai")
    dates = [candidate.hints.published_at for candidate in found.candidates]
    assert dates == ["2026-04-29T10:00:00+08:00", "2026-04-29T10:00:00+08:00", None, None, None]
    recent = parse_listing(body, URL, article=[r"/n/\d"], timezone="Asia/Shanghai", since=date(2026, 4, 28))
    assert paths(recent) == ["/n/1", "/n/2", "/n/3", "/n/5"]


def test_older_pages_as_far_as_since():
    older = '<a href="/world/?page=2">Older</a>'
    body = listing(card("/2026/04/29/n/1") + card("/2026/04/27/n/2"), older=older)
    pattern = [r"/n/\d"]
    following = ("https://www.example.com/world/?page=2",)
    assert parse_listing(body, URL, article=pattern).next == following
    assert parse_listing(body, URL, article=pattern, since=date(2026, 4, 28)).next == following
    ended = parse_listing(body, URL, article=pattern, since=date(2026, 5, 1))
    assert ended.next == () and ended.candidates == () and ended.warnings == ()
    undated = parse_listing(listing(card("/n/1"), older=older), URL, article=pattern, since=date(2026, 5, 1))
    assert undated.next == following


# --- Older pages -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "older", "expected"),
    [
        ("/world/", '<a rel="next" href="/world/page/2/">x</a>', "/world/page/2/"),
        ("/world/", '<a href="?page=2">Older posts</a>', "/world/?page=2"),
        ("/world/", '<a href="?page=2">Next »</a>', "/world/?page=2"),
        ("/world/", '<a href="/world/index_2.htm">下一页</a>', "/world/index_2.htm"),
        ("/world/", '<a href="/welt/seite/2">Ältere Beiträge →</a>', "/welt/seite/2"),
        ("/world/", '<a href="?p=2">Suivant</a>', "/world/?p=2"),
        ("/world/", '<a href="?p=2">Следующая</a>', "/world/?p=2"),
        ("/world/", '<a href="?page=1">التالي</a>', "/world/?page=1"),
        ("/world/", '<ul class="pager"><li class="next"><a href="?page=2">&gt;</a></li></ul>', "/world/?page=2"),
        ("/world/", '<a href="/world/">1</a><a href="?page=2">2</a><a href="?page=3">3</a>', "/world/?page=2"),
        ("/world/?page=2", '<a href="/world/">1</a><a href="?page=2">2</a><a href="?page=3">3</a>', "/world/?page=3"),
        ("/world/?page=2", '<a href="?page=1">Previous</a><a href="?page=3">Next</a>', "/world/?page=3"),
        ("/world/page/2/", '<a href="/world/page/1/">Next</a>', None),
        ("/world/", '<a href="/world/">Next</a>', None),
        ("/world/", '<a href="/2026/04/29/harbour-reopens-after-storm.html">Next</a>', None),
        ("/world/", '<a href="https://elsewhere.example.org/?page=2">Next</a>', None),
        ("/world/", "", None),
    ],
)
def test_older(page, older, expected):
    url = f"https://www.example.com{page}"
    found = parse_listing(listing(card("/n/1"), older=older), url, article=[r"/n/\d"])
    assert found.next == (() if expected is None else (f"https://www.example.com{expected}",))


def test_link_element_names_the_older_page():
    body = listing(card("/n/1"), head='<link rel="next" href="/world/page/2">')
    assert parse_listing(body, URL, article=[r"/n/\d"]).next == ("https://www.example.com/world/page/2",)


# --- Encodings, limits, anything at all ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("encoding", "declared", "header"),
    [("utf-8", "", None), ("gbk", '<meta charset="gbk">', None), ("gbk", "", "gbk"), ("big5", "", "no-such-charset")],
)
def test_encodings(encoding, declared, header):
    title = "港口在風暴之後重新開放了"
    text = listing(card("/n/1", title), head=declared).decode()
    found = parse_listing(text.encode(encoding, "replace"), URL, article=[r"/n/\d"], encoding=header)
    assert paths(found) == ["/n/1"]
    if header != "no-such-charset":
        assert found.candidates[0].hints.title == title.encode(encoding, "replace").decode(encoding)


def test_limits():
    body = listing("".join(card(f"/2026/04/29/story-number-{n}.html") for n in range(30_000)))
    found = parse_listing(body, URL)
    assert 1_000 < len(found.candidates) <= 5_000
    assert found.warnings


@pytest.mark.parametrize(
    "body", [b"", b"\x00" * 100, b"<", b"<html>", b"%PDF-1.4", b"\xff\xfe<\x00h\x00", b"<base href='http://['>"]
)
def test_no_page(body):
    found = parse_listing(body, URL)
    assert found.candidates == found.next == ()
    assert found.warnings


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=100))
def test_nothing_raises(noise, link):
    for body in (
        noise,
        listing(card(link)) + noise,
        f'<a rel=next href="{link}"><time datetime="{link}">'.encode("utf-8", "replace"),
    ):
        for candidate in parse_listing(body, URL, since=date(2000, 1, 1)).candidates:
            assert candidate.url.startswith("https://www.example.com")


# --- Real pages, where they are at hand ------------------------------------------------------------------------------


@pytest.mark.skipif(not BENCH.exists(), reason="the pages belong to their publishers and are not shipped")
def test_links_on_real_story_pages():
    """A story's page links to other stories: most pages yield some, and none yields services."""
    counts = []
    for path in sorted((BENCH / "html").glob("*.html.gz"))[::4]:
        truth = json.loads((BENCH / "ground-truth" / path.name.replace(".html.gz", ".json")).read_text())
        found = parse_listing(gzip.decompress(path.read_bytes()), truth["url"])
        counts.append(len(found.candidates))
        services = [
            c.url for c in found.candidates if "login" in c.url or "/tag/" in c.url or c.url.endswith("/impressum")
        ]
        assert services == []
    assert sum(count > 2 for count in counts) >= 0.7 * len(counts)
