"""Headline and deck: which of a page's titles is the printed headline, and what stands below it."""

from __future__ import annotations

import pytest

from newscrawl.extraction.metadata import Metadata, read_metadata
from newscrawl.extraction.page import Page, read_page
from newscrawl.extraction.text import likeness
from newscrawl.extraction.titles import without_site
from newscrawl.items import Hints
from newscrawl.sites import parse_site

URL = "https://www.gull.example/local/harbour-opens"
TEXT = (
    "<p>"
    + "Ferries left for the islands on Sunday, and the mayor was the first to board one of them again. " * 3
    + "</p>"
)


def read(body: str, head: str = "", language: str = "en", **more: object) -> Metadata:
    page = read_page(f'<html lang="{language}"><head>{head}</head><body>{body}</body></html>', URL)
    assert isinstance(page, Page)
    return read_metadata(page, **more)  # type: ignore[arg-type]


def titles(
    og: str | None = None,
    title: str | None = None,
    jsonld: str | None = None,
    alternative: str | None = None,
    twitter: str | None = None,
) -> str:
    parts = ['<meta property="og:site_name" content="The Gull">']
    parts += [f'<meta property="og:title" content="{og}">'] if og else []
    parts += [f'<meta name="twitter:title" content="{twitter}">'] if twitter else []
    parts += [f"<title>{title}</title>"] if title else []
    if jsonld:
        more = f', "alternativeHeadline": "{alternative}"' if alternative else ""
        parts.append(
            f'<script type="application/ld+json">{{"@type": "NewsArticle", "headline": "{jsonld}"{more}}}</script>'
        )
    return "".join(parts)


HEADLINES = [
    (
        "h1 and title agree",
        "<h1>Harbour opens after storm</h1>",
        titles(title="Harbour opens after storm | The Gull"),
        "Harbour opens after storm",
    ),
    (
        "logo in an h1",
        '<h1><a href="/">The Gull</a></h1><h1>Harbour opens after storm</h1>',
        titles(title="Harbour opens after storm"),
        "Harbour opens after storm",
    ),
    (
        "logo in the only h1",
        '<h1><a href="/">Gull Daily Courier News</a></h1><h2>Harbour opens after storm</h2>',
        titles(og="Harbour opens after storm"),
        "Harbour opens after storm",
    ),
    (
        "teasers in h1",
        "<h1>Harbour opens after storm</h1><h1>Cat found</h1><h1>Rain on Monday</h1>",
        titles(og="Harbour opens after storm"),
        "Harbour opens after storm",
    ),
    (
        "search title",
        "<h1>Harbour opens after three years</h1>",
        titles(og="Harbour news: opening after the storm", title="Harbour opening, storm"),
        "Harbour opens after three years",
    ),
    ("no h1", "<p>Text</p>", titles(og="Harbour opens after storm - The Gull"), "Harbour opens after storm"),
    (
        "title only",
        "<p>Text</p>",
        titles(title="Harbour opens after storm | Local | The Gull"),
        "Harbour opens after storm",
    ),
    (
        "host as name",
        "<p>Text</p>",
        titles(title="Harbour opens after storm - gull.example"),
        "Harbour opens after storm",
    ),
    (
        "dash in the headline",
        "<p>Text</p>",
        titles(title="Harbour opens - and how - The Gull"),
        "Harbour opens - and how",
    ),
    (
        "cut JSON-LD",
        "<p>Text</p>",
        titles(
            jsonld="Harbour opens after three long years of work on piers and sheds, and…",
            og="Harbour opens after three long years of work on piers and sheds, and ferries sail",
        ),
        "Harbour opens after three long years of work on piers and sheds, and ferries sail",
    ),
    (
        "kicker told apart by og:title",
        '<h1><span class="kicker">Storm damage:</span> <span class="title">Harbour opens after three years</span></h1>',
        titles(og="Harbour opens after three years", jsonld="Storm damage: Harbour opens after three years"),
        "Harbour opens after three years",
    ),
    (
        "kicker that og:title keeps",
        '<h1><span class="kicker">Storm damage</span><span>Harbour opens after three years</span></h1>',
        titles(og="Storm damage: Harbour opens after three years"),
        "Storm damage: Harbour opens after three years",
    ),
    (
        "kicker that nothing tells apart",
        '<h1><span class="overline">Storm damage</span> Harbour opens after three years</h1>',
        "",
        "Harbour opens after three years",
    ),
    (
        "date in the h1",
        "<h1><small>3 May 2026</small> Harbour opens after storm</h1>",
        titles(og="Harbour opens after storm"),
        "Harbour opens after storm",
    ),
    (
        "trail of links",
        (
            '<ol class="breadcrumbs"><li><a href="/">Home</a></li><li><h1>Harbour opening: ferries and '
            "times</h1></li></ol><article><h2>Harbour opens after three years</h2></article>"
        ),
        titles(
            jsonld="Harbour opens after three years",
            og="Harbour opening: ferries and times",
            title="Harbour opening: ferries and times",
        ),
        "Harbour opens after three years",
    ),
    (
        "trail, and yet another wording below",
        "<nav><h1>Harbour opening: ferries and times</h1></nav><article><h2>Ahoy! Ferries again</h2></article>",
        titles(
            jsonld="Harbour opens after three years",
            og="Harbour opening: ferries and times",
            alternative="Ahoy! Ferries again",
        ),
        "Harbour opens after three years",
    ),
    (
        "variant under test",
        "<h1>Why ferries sail again after three years</h1>",
        titles(
            og="Harbour opens after three years",
            jsonld="Harbour opens after three years",
            title="Ferries sail again after three years",
        ),
        "Harbour opens after three years",
    ),
    (
        "shorter for readers elsewhere",
        "<h1>Harbour opens after three long years to ferries and yachts</h1>",
        titles(
            og="Harbour opens after three years to ferries",
            twitter="Harbour opens after three years to ferries",
            title="Harbour opens after three long years to ferries and yachts - The Gull",
        ),
        "Harbour opens after three years to ferries",
    ),
    (
        "shorter, but another headline",
        "<h1>Harbour opens after three long years to ferries and yachts</h1>",
        titles(
            og="Ahoy! They sail again",
            twitter="Ahoy! They sail again",
            title="Harbour opens after three long years to ferries and yachts - The Gull",
        ),
        "Harbour opens after three long years to ferries and yachts",
    ),
    (
        "shorter, with one witness only",
        "<h1>Harbour opens after three long years to ferries and yachts</h1>",
        titles(
            og="Harbour opens after three years to ferries",
            title="Harbour opens after three long years to ferries and yachts - The Gull",
        ),
        "Harbour opens after three long years to ferries and yachts",
    ),
    (
        "all but the h1, on a page of news",
        "<h1>Gullport harbour opens after three years</h1>",
        titles(**dict.fromkeys(("og", "twitter", "title", "jsonld"), "Harbour of Gullport opens after three years")),
        "Harbour of Gullport opens after three years",
    ),
    (
        "the site's name in the h1",
        "<h1>Harbour opens after storm – The Gull</h1>",
        titles(og="Harbour opens after storm"),
        "Harbour opens after storm",
    ),
    (
        "the only h1 is something else",
        "<h2>Harbour opens after storm</h2><p>Ferries sail.</p><h1>A word from our founder, and what it means</h1>",
        titles(og="Harbour opens after storm"),
        "Harbour opens after storm",
    ),
    (
        "soft hyphens and spaces",
        "<h1>Har&shy;bour&nbsp; opens\n after&#8203; storm</h1>",
        titles(title="Harbour opens after storm"),
        "Harbour opens after storm",
    ),
    (
        "escaped twice",
        "<p>Text</p>",
        titles(og="Fish &amp;amp; chips: why harbour cafés close"),
        "Fish & chips: why harbour cafés close",
    ),
    (
        "full-width bar",
        "<p>本文</p>",
        titles(title="港が三年ぶりに再開、島への船が出る｜かもめ新聞"),
        "港が三年ぶりに再開、島への船が出る",
    ),
    (
        "Korean bar",
        "<p>본문</p>",
        titles(title="항구가 3년 만에 다시 열려 섬으로 배가 떠나ㅣ갈매기일보"),
        "항구가 3년 만에 다시 열려 섬으로 배가 떠나",
    ),
    ("underscore", "<p>正文</p>", titles(title="港口三年后重新开放_The Gull"), "港口三年后重新开放"),
    ("nothing", "<p>Text</p>", "", None),
]


@pytest.mark.parametrize("body,head,expected", [c[1:] for c in HEADLINES], ids=[c[0] for c in HEADLINES])
def test_headline(body: str, head: str, expected: str | None) -> None:
    assert read(body + TEXT * 2, head).headline == expected


def test_where_it_came_from() -> None:
    assert read("<h1>Harbour opens after storm</h1>").provenance["headline"] == "template"
    assert read("", titles(jsonld="Harbour opens")).provenance["headline"] == "json-ld"
    assert read("", titles(og="Harbour opens")).provenance["headline"] == "meta"
    assert read("", "<title>Harbour opens</title>").provenance["headline"] == "title"
    assert read("", hints=Hints(title="Harbour opens", source="news-sitemap")).provenance["headline"] == "news-sitemap"


def test_hints_only_fill_gaps() -> None:
    assert (
        read("<h1>Harbour opens after storm</h1>", hints=Hints(title="Other")).headline == "Harbour opens after storm"
    )


def test_the_headlines_element_is_told() -> None:
    found = read("<h1>Harbour opens after storm</h1>" + TEXT)
    assert [element.tag for element in found.elements["headline"]] == ["h1"]


def test_a_profile_wins_with_the_layout_of_its_time() -> None:
    layouts = [{"headline": ".new"}, {"headline": ".old", "valid_until": __import__("datetime").date(2021, 12, 31)}]
    site = parse_site({"name": "gull", "layout": layouts}, "gull.toml")
    body = '<h1>Wrong headline of the page</h1><p class="old">Old headline</p>'
    old = read(body, '<meta name="date" content="2020-05-03">', site=site)
    assert (old.headline, old.provenance["headline"]) == ("Old headline", "profile")
    assert read(body, '<meta name="date" content="2026-05-03">', site=site).headline == "Wrong headline of the page"
    both = body + '<p class="new">New headline</p>'
    assert read(both, '<meta name="date" content="2020-05-03">', site=site).headline == "New headline"


@pytest.mark.parametrize(
    "title,expected",
    [
        ("Harbour opens | The Gull", "Harbour opens"),
        ("The Gull | Harbour opens after storm", "Harbour opens after storm"),
        ("Harbour opens – Local – The Gull", "Harbour opens"),
        ("Harbour opens after storm | Ferry times and more", "Harbour opens after storm"),
        (
            "HARBOUR 2026 | Ferries sail again after three years of work",
            "HARBOUR 2026 | Ferries sail again after three years of work",
        ),
        ("Harbour opens - 03.05.2026", "Harbour opens"),
        ("Left-right", "Left-right"),
        ("The Gull", "The Gull"),
        ("", ""),
    ],
)
def test_without_site(title: str, expected: str) -> None:
    assert without_site(title, frozenset({"the gull"}), frozenset({"local"})) == expected


def test_likeness() -> None:
    assert likeness("Harbour opens", "harbour OPENS!") == pytest.approx(1.0)
    assert likeness("Harbour opens after storm", "Cat found on roof") == 0.0
    assert likeness("Storm", "After the storm the harbour opens and ferries sail") < 0.4
    assert likeness("港口重新开放", "港口三年后重新开放") > 0.7
    assert likeness("", "x") == 0.0


DECK = "Ferries sail to the islands again, and the fish market is back on the old pier."
DECKS = [
    ("called so", f'<p class="article__standfirst">{DECK}</p>', DECK),
    ("its box is called so", f'<div class="preamble"><p>{DECK}</p></div>', DECK),
    (
        "subtitle of a few words",
        '<h2 class="subtitle">Ferries sail to the islands again</h2>',
        "Ferries sail to the islands again",
    ),
    (
        "several lines",
        '<ul class="summary"><li>Ferries sail again at last</li><li>Fish market is back too</li></ul>',
        "Ferries sail again at last Fish market is back too",
    ),
    ("h2 below the headline", f"<h2>{DECK}</h2><p>By Anna Berg</p>", DECK),
    ("all bold first paragraph", f"<p><strong>{DECK}</strong></p>", DECK),
    (
        "byline and picture between",
        f'<div class="x1">{DECK}</div><div class="byline">By Anna Berg</div><figure><img src="a.jpg"></figure>',
        DECK,
    ),
    ("after the byline", f'<div class="byline">By Anna Berg</div><p class="lead">{DECK}</p>', DECK),
    ("place in a span of its own", f'<p class="intro"><span>Bremen.</span> <span>{DECK}</span></p>', f"Bremen. {DECK}"),
    ("a first paragraph is none", f"<p>{DECK}</p>", None),
    ("a caption is none", f"<figure><img src=a.jpg><figcaption>{DECK}</figcaption></figure>", None),
    (
        "share buttons are none",
        '<div class="share-bar">Share Tweet Mail Print this story with your friends</div>',
        None,
    ),
    ("a byline is none", '<p class="subtitle">Anna Berg, Jean-Luc de Brun</p>', None),
    ("a teaser link is none", f'<h3><a href="/other">{DECK}</a></h3>', None),
    ("a subheading of the story is none", "<h2>How it all began</h2>", None),
    ("utility classes are no names", f'<p class="leading-6 text-base">{DECK}</p>', None),
]


@pytest.mark.parametrize("between,expected", [c[1:] for c in DECKS], ids=[c[0] for c in DECKS])
def test_deck(between: str, expected: str | None) -> None:
    assert read(f"<article><h1>Harbour opens after storm</h1>{between}<div>{TEXT * 4}</div></article>").deck == expected


def test_a_description_alone_is_no_deck() -> None:
    head = f'<meta name="description" content="{DECK}">'
    assert read("<h1>Harbour opens after storm</h1>" + TEXT * 3, head).deck is None
    printed = read(
        f"<h1>Harbour opens after storm</h1><div class=x><p>{DECK}</p></div><div class=y>{TEXT * 3}</div>", head
    )
    assert printed.deck == DECK
    assert [element.tag for element in printed.elements["deck"]] == ["p"]


def test_a_profiles_deck_wins() -> None:
    site = parse_site({"name": "gull", "layout": [{"deck": ".why"}]}, "gull.toml")
    found = read(
        f'<h1>Harbour opens after storm</h1><p class="standfirst">{DECK}</p><p class="why">Because.</p>', site=site
    )
    assert (found.deck, found.provenance["deck"]) == ("Because.", "profile")
