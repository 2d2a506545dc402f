"""Pages that mean harm give no error, and no field without bounds."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from fields import TEXT, URL, jsonld, read
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.extraction.metadata import read_metadata
from newscrawl.extraction.page import Limits, Page, read_page
from newscrawl.extraction.text import clean

BOMB = {
    "@type": "NewsArticle",
    "headline": "x" * 1_000_000,
    "author": [{"name": "y" * 100_000}] * 500,
    "datePublished": "9999999-13-45",
}
HOSTILE = {
    "50 MB of JSON-LD": jsonld(articleBody="x" * 50_000_000),
    "huge fields": f'<script type="application/ld+json">{json.dumps(BOMB)}</script>',
    "nested JSON-LD": '<script type="application/ld+json">' + '{"a":' * 50_000 + "</script>",
    "lists for strings": jsonld(
        headline=[["x"]],
        datePublished=[{}],
        author=[[[]]],
        image=[[[1]]],
        keywords=[{}],
        publisher=[],
        articleSection=[[]],
        inLanguage=[1],
        isAccessibleForFree=[],
        articleBody=[{}],
    ),
    "objects for strings": jsonld(
        **{
            k: {"a": {"b": 1}}
            for k in (
                "headline",
                "datePublished",
                "author",
                "image",
                "keywords",
                "publisher",
                "url",
                "mainEntityOfPage",
            )
        }
    ),
    "numbers for strings": jsonld(
        **dict.fromkeys(
            ("headline", "datePublished", "author", "image", "keywords", "publisher", "articleBody"), 10**30
        )
    ),
    "year zero": jsonld(datePublished="0000-00-00T00:00:00Z", dateModified="-2026-05-03"),
    "huge headline": "<title>" + "x" * 1_000_000 + "</title>",
    "many meta tags": '<meta name="author" content="Anna Berg">' * 50_000,
    "long attribute": f'<meta name="{"a" * 100_000}" content="{"b" * 1_000_000}">',
    "entities": '<meta name="description" content="' + "&amp;" * 100_000 + '">',
    "open tags": '<meta name="description" content="' + "&lt;a" * 100_000 + '">',
    "right-to-left": '<meta property="og:title" content="\u202eevil\u202c \u2066title\u2069">',
    "separators": "<title>" + " | " * 100_000 + "</title>",
    "underscores": "<title>" + "_" * 100_000 + "</title>",
    "broken addresses": '<link rel="canonical" href="https://[::1"><meta property="og:image" content="//[x"><meta '
    'property="og:url" content="http://a:b:c/">',
    "digits": '<meta name="date" content="' + "1" * 100_000 + '"><meta name="pubdate" content="99999999999999">',
    "strange language": '<meta property="og:locale" content="' + "x-" * 10_000 + '">',
}


@pytest.mark.parametrize("head", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_heads_give_no_error(head: str) -> None:
    page = read_page(
        f"<html><head>{head}</head><body><h1>Harbour opens after storm</h1>{TEXT}</body></html>",
        URL,
        limits=Limits(page=10**9),
    )
    assert isinstance(page, Page)
    found = read_metadata(page, fetched_at=datetime(2026, 5, 3, tzinfo=UTC))
    assert found.headline is None or len(found.headline) <= 500
    assert all(len(name) <= 60 for name in found.authors) and len(found.authors) <= 30
    assert found.published_at is None or found.published_at < "2027"
    assert "\u202e" not in (found.headline or "")


BODIES = {
    "many headings": "<h1>Harbour opens</h1>" * 20_000,
    "many bylines": "<h1>Harbour opens after storm</h1>" + '<p class="byline">By Anna Berg</p>' * 20_000,
    "many dates": "<h1>Harbour opens after storm</h1>" + "<time>3 May 2026</time>" * 20_000,
    "many pictures": "<h1>Harbour opens after storm</h1>" + '<img src="a.jpg">' * 20_000,
    "long heading": "<h1>" + "word " * 100_000 + "</h1>",
    "long byline": '<h1>Harbour opens after storm</h1><p class="byline">By ' + "Anna Berg, " * 50_000 + "</p>",
    "deep": "<h1>Harbour opens after storm</h1>" + "<div>" * 900 + "By Anna Berg" + "</div>" * 900,
    "wide": "<h1>Harbour opens after storm</h1><div class=byline>" + "<b>x</b>" * 50_000 + "</div>",
    "heading in menus": "<nav><ul>" + "<li><h1>Harbour opens after storm</h1></li>" * 5_000 + "</ul></nav>",
    "strange names": '<h1 class="' + "crumb " * 20_000 + '">Harbour opens after storm</h1>',
    "digits": "<h1>Harbour opens after storm</h1><p>" + "1.1." * 50 + "</p>" + "<p>" + "9" * 200 + "</p>",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_hostile_bodies_give_no_error(body: str) -> None:
    found = read(body + TEXT * 3)
    assert len(found.images) <= 50 and len(found.authors) <= 30


PIECES = st.sampled_from(
    [
        "<h1>Harbour opens after storm</h1>",
        TEXT,
        '<p class="byline">By Anna Berg</p>',
        "<time>3 May 2026</time>",
        "<div>",
        "</div>",
        "<nav>",
        "</nav>",
        "<h2>",
        "</p>",
    ]
    + [
        "<figure><img src=a.jpg>",
        "</figure>",
        "<b>",
        "<!-- c -->",
        "<li>",
        '<span class="date">3.5.2026, 7:01</span>',
        "\u202e",
        "&nbsp;",
        "<table>",
        "<td>",
        "<form>",
        "<a href='/author/x'>Per Lind</a>",
    ]
    + [
        jsonld(datePublished="2026-05-03"),
        '<meta property="og:title" content="Harbour">',
        "<title>Harbour | Gull</title>",
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(PIECES, max_size=25))
def test_any_page_is_read(pieces: list[str]) -> None:
    found = read("".join(pieces))
    for value in (found.headline, found.deck, found.section, found.publisher):
        assert value is None or value == clean(value) != ""
    assert found.provenance.keys() <= {"headline", "deck", "authors", "published_at", "modified_at"}
    assert all(found.provenance.values())


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read(data: bytes) -> None:
    page = read_page(data, URL)
    if isinstance(page, Page):
        read_metadata(page)
