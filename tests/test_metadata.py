"""Everything else that a page says of its story, and what becomes of pages that mean harm."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html

from newscrawl.extraction.images import picture_key
from newscrawl.extraction.language import akin, detect, language_tag
from newscrawl.extraction.metadata import Metadata, read_metadata
from newscrawl.extraction.page import Limits, Page, read_page
from newscrawl.extraction.robots_meta import Robots
from newscrawl.extraction.text import clean, clean_value, fold, is_names, seen_text
from newscrawl.items import Hints, Image

URL = "https://www.gull.example/local/2026/harbour-opens?ref=front"
TEXT = (
    "<p>"
    + "The harbour opened on Sunday after three years of work, and ferries left for the islands again. " * 3
    + "</p>"
)


def read(body: str = "", head: str = "", url: str | None = URL, lang: str = ' lang="en"', **more: object) -> Metadata:
    page = read_page(f"<html{lang}><head>{head}</head><body>{body}</body></html>", url)
    assert isinstance(page, Page)
    return read_metadata(page, **more)  # type: ignore[arg-type]


def jsonld(**story: object) -> str:
    data = {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Harbour opens", **story}
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


# Clean-up of text


@pytest.mark.parametrize(
    "text,expected",
    [
        ("  two\n\t words ", "two words"),
        ("no\u00a0break\u2009thin\u3000wide", "no break thin wide"),
        ("soft\u00adhyphen zero\u200bwidth \ufeffbom", "softhyphen zerowidth bom"),
        ("\u202eright to left\u202c", "right to left"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("La\u200dtin", "Latin"),
        ("a\x00b\x07c", "a b c"),
        ("👩\u200d🚒", "👩\u200d🚒"),
        ("", ""),
    ],
)
def test_clean(text: str, expected: str) -> None:
    assert clean(text) == expected


@pytest.mark.parametrize(
    "text,expected",
    [
        ("Fish &amp;amp; chips", "Fish & chips"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("one<br/>two", "one two"),
        ("5 < 6 > 4", "5 < 6 > 4"),
        ("AT&T", "AT&T"),
    ],
)
def test_clean_value(text: str, expected: str) -> None:
    assert clean_value(text) == expected


@pytest.mark.parametrize(
    "source,expected",
    [
        ("<h1>One<br>two</h1>", "One two"),
        ("<p>on<b>e</b> two</p>", "one two"),
        ("<div><p>One</p><p>Two</p></div>", "One Two"),
        ("<p>One<script>x()</script><style>p{}</style><noscript>n</noscript> two</p>", "One two"),
        ("<div><span>One</span><span>two</span></div>", "Onetwo"),
        ("<p>One <!-- c -->two</p>", "One two"),
        ("<ul><li>One</li><li>two</li></ul>", "One two"),
        ("<p>" + "<b>" * 50 + "deep" + "</b>" * 50 + "</p>", "deep"),
    ],
)
def test_seen_text(source: str, expected: str) -> None:
    assert seen_text(lxml_html.fragment_fromstring(source)) == expected


def test_fold_and_is_names() -> None:
    assert fold("“Why?” – asked  the MAYOR") == fold("why asked the mayor")
    assert is_names("Anna Berg / Jean-Luc de Brun") and is_names("MIA HOLM") and is_names("Ö. Å. Ek and Per Lind")
    assert not any(map(is_names, ("Harbour opens", "Anna", "Who: Anna Berg", "", "anna berg", "A B C D E F")))


@settings(max_examples=200, deadline=None)
@given(st.text())
def test_clean_is_idempotent(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert clean_value(clean_value(text)) == clean_value(clean_value(clean_value(text)))
    assert "\u200b" not in clean(text) and "\u202e" not in clean(text) and "\xad" not in clean(text)


# Canonical address and other links


@pytest.mark.parametrize(
    "href,expected",
    [
        ("/local/2026/harbour-opens", "https://www.gull.example/local/2026/harbour-opens"),
        ("https://gull.example/a?utm_source=x&id=7#top", "https://gull.example/a?id=7"),
        ("https://m.gull.example/local/2026/harbour-opens", "https://m.gull.example/local/2026/harbour-opens"),
        ("https://www.gull.example/", None),
        ("https://www.gull.example/local/", None),
        ("https://partner.example/harbour-opens", None),
        ("javascript:void(0)", None),
        ("https://[broken", None),
        ("mailto:a@gull.example", None),
        ("", None),
    ],
)
def test_canonical_url(href: str, expected: str | None) -> None:
    assert read(head=f'<link rel="canonical" href="{href}">').canonical_url == expected


def test_og_url_stands_in_for_a_canonical_of_another_site() -> None:
    head = '<link rel=canonical href="https://partner.example/x"><meta property="og:url" content="https://gull.example/x-1">'
    assert read(head=head).canonical_url == "https://gull.example/x-1"


def test_amp_and_print_links() -> None:
    found = read(head='<link rel="amphtml" href="/amp/x"><link rel="alternate" media="print" href="/print/x">')
    assert (found.amp_url, found.print_url) == ("https://www.gull.example/amp/x", "https://www.gull.example/print/x")


@pytest.mark.parametrize(
    "url,following,natural",
    [
        ("https://a.example/story", "https://a.example/story/2", True),
        ("https://a.example/story.html", "https://a.example/story-2.html", True),
        ("https://a.example/story", "https://a.example/story?page=2", True),
        ("https://a.example/story/2", "https://a.example/story/3", True),
        ("https://a.example/20260503/ab/c.html", "https://a.example/20260503/ab/c_2.html", True),
        ("https://a.example/story", "https://a.example/another-story", False),
        ("https://a.example/story", "https://a.example/story", False),
    ],
)
def test_next_part(url: str, following: str, natural: bool) -> None:
    assert read(head=f'<link rel="next" href="{following}">', url=url).next_url == (following if natural else None)


# Labels


def test_section_keywords_publisher() -> None:
    head = jsonld(
        articleSection=["Local", "Ports"],
        keywords="harbour, ferries, Harbour",
        publisher={"@type": "Organization", "name": "Gull Media Ltd"},
    )
    found = read(head=head + '<meta property="og:site_name" content="The Gull">')
    assert (found.section, found.keywords, found.publisher) == ("Local", ("harbour", "ferries"), "The Gull")


def test_labels_in_meta_tags() -> None:
    head = '<meta property="article:tag" content="harbour"><meta property="article:tag" content="ferries"><meta property="article:section" content="Local"><meta property="og:site_name" content="gull.example"><meta name="publisher" content="The Gull">'
    found = read(head=head)
    assert (found.section, found.keywords, found.publisher) == ("Local", ("harbour", "ferries"), "The Gull")


def test_nothing_is_made_up() -> None:
    found = read(url=None, lang="")
    assert found == Metadata(robots=Robots())


def test_hints_fill_gaps_only() -> None:
    hints = Hints(
        publisher="Feed name", keywords=("a",), language="fr", modified_at="2026-05-03T10:00:00Z", source="feed"
    )
    found = read(hints=hints, lang="")
    assert (found.publisher, found.keywords, found.language) == ("Feed name", ("a",), "fr")
    assert (found.modified_at, found.provenance["modified_at"]) == ("2026-05-03T10:00:00+00:00", "feed")
    assert read('<meta property="og:site_name" content="The Gull">', hints=hints).publisher == "The Gull"


# Language


LANGUAGES = {
    "de": "Der Hafen ist seit dem Morgen wieder offen, und die Schiffe fahren von hier aus auf die Inseln, wie es heißt.",
    "fr": "Le port est ouvert depuis dimanche et les bateaux partent de nouveau pour les îles, avec des passagers à bord.",
    "es": "El puerto está abierto desde el domingo y los barcos salen de nuevo para las islas, con la alcaldesa a bordo.",
    "pt": "O porto está aberto desde domingo e os barcos partem de novo para as ilhas, com a prefeita a bordo de um deles.",
    "it": "Il porto è aperto da domenica e i traghetti partono di nuovo per le isole, con la sindaca a bordo di uno di essi.",
    "nl": "De haven is sinds zondag weer open en de boten varen weer naar de eilanden, met de burgemeester aan boord van een van hen.",
    "pl": "Port jest otwarty od niedzieli, a promy znów płyną na wyspy, jak podał zarząd, który był na miejscu i to potwierdził.",
    "tr": "Liman pazar gününden bu yana açık ve feribotlar yeniden adalara gidiyor, bu da çok sayıda yolcu için iyi bir haber oldu.",
    "ru": "Порт открыт с воскресенья, и паромы снова идут на острова, как это было до шторма.",
    "uk": "Порт відкритий з неділі, і пороми знову йдуть на острови, як це було до шторму, її капітан задоволений.",
    "ja": "港は日曜日に再び開き、島への船が出るようになった。",
    "zh": "港口星期日重新开放，开往各岛的渡轮恢复航行。",
    "ko": "항구가 일요일에 다시 열려 섬으로 가는 배가 떠났다.",
    "ar": "فتح الميناء يوم الأحد من جديد، وعادت العبارات إلى الجزر في رحلات منتظمة.",
    "fa": "بندر از روز یکشنبه باز شد و کشتی‌ها به جزیره‌ها رفتند، چنان که پیش از توفان بود.",
    "el": "Το λιμάνι άνοιξε την Κυριακή και τα πλοία φεύγουν ξανά για τα νησιά.",
    "he": "הנמל נפתח ביום ראשון והמעבורות שבות לאיים.",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_detect(language: str) -> None:
    assert detect(LANGUAGES[language]) == language


def test_a_wrong_declaration_is_overruled_and_a_close_one_stands() -> None:
    assert read(f"<p>{LANGUAGES['de']}</p>").language == "de"
    assert read(f"<p>{LANGUAGES['ja']}</p>", lang=' lang="en-US"').language == "ja"
    assert read(f"<p>{LANGUAGES['pt']}</p>", lang=' lang="pt_BR"').language == "pt-BR"
    assert read(f"<p>{LANGUAGES['de']}</p>", '<meta property="og:locale" content="de_AT">').language == "de-AT"
    assert read("<p>Ja.</p>", lang=' lang="nn-NO"').language == "nn-NO"
    assert akin("nb", "da") and akin("id", "ms") and not akin("de", "fr")


@pytest.mark.parametrize(
    "tag,expected",
    [
        ("en-us", "en-US"),
        ("zh_hant_tw", "zh-Hant-TW"),
        ("German", "de"),
        ("und", None),
        ("x", None),
        ("", None),
        (None, None),
        ("english please", "en" if False else None),
    ],
)
def test_language_tag(tag: str | None, expected: str | None) -> None:
    assert language_tag(tag) == expected


# Pictures


def test_lead_picture_figures_and_credits() -> None:
    body = f"""<article><h1>Harbour opens after storm</h1>
      <figure><img src="/img/harbour-1200x675.jpg"><figcaption>The pier on Sunday. <span class="credit">Per Lind/AFP</span></figcaption></figure>
      {TEXT * 4}
      <figure><img data-src="/img/ferry.jpg" src="data:image/gif;base64,R0"><figcaption>A ferry leaves (Photo: Mia Holm)</figcaption></figure>
      <div class="wp-caption"><img src="/img/market.jpg"><p class="wp-caption-text">The fish market</p></div>
      <div class="author-box"><img src="/img/anna.jpg"></div><aside><img src="/img/other.jpg"></aside>
      <img src="/img/pixel.png" width="1" height="1"><img src="/img/logo.svg"></article>"""
    head = jsonld(image={"@type": "ImageObject", "url": "https://www.gull.example/img/harbour.jpg"})
    assert read(body, head + '<meta property="og:image" content="/img/harbour-630x315.jpg">').images == (
        Image("https://www.gull.example/img/harbour.jpg", "The pier on Sunday.", "Per Lind/AFP"),
        Image("https://www.gull.example/img/ferry.jpg", "A ferry leaves", "Photo: Mia Holm"),
        Image("https://www.gull.example/img/market.jpg", "The fish market", None),
    )


def test_pictures_of_jsonld() -> None:
    image = [
        {"@type": "ImageObject", "contentUrl": "/a.jpg", "caption": "A &amp; B", "creator": {"name": "Per Lind"}},
        "/b.jpg",
        7,
        None,
    ]
    found = read(head=jsonld(image=image)).images
    assert found == (
        Image("https://www.gull.example/a.jpg", "A & B", "Per Lind"),
        Image("https://www.gull.example/b.jpg"),
    )
    shapes = ["/x-1x1.jpg", "/x-4x3.jpg", "/x-16x9.jpg"]
    assert len(read(head=jsonld(image=shapes)).images) == 1


@pytest.mark.parametrize(
    "one,other,same",
    [
        ("https://a.example/i/harbour-300x200.jpg", "https://b.example/harbour.webp?w=1", True),
        ("https://a.example/i/harbour_w1080_h608.jpg", "https://a.example/i/harbour.jpg", True),
        ("https://a.example/i/Harbour-1.jpg", "https://a.example/i/Harbour-2.jpg", False),
        ("https://a.example/1/jpeg", "https://a.example/2/jpeg", False),
        ("https://[broken", "https://[broken", True),
    ],
)
def test_picture_key(one: str, other: str, same: bool) -> None:
    assert (picture_key(one) == picture_key(other)) is same


# What the verdict and the crawl ask


def test_page_types_free_and_article_body() -> None:
    head = (
        jsonld(isAccessibleForFree="False", articleBody="One.\n\nTwo &amp; three.")
        + '<meta property="og:type" content="article">'
    )
    found = read(head=head)
    assert found.page_types == ("NewsArticle", "article")
    assert found.is_free is False
    assert (found.article_body, found.article_body_length) == ("One.\nTwo & three.", 17)
    assert read(head=jsonld(isAccessibleForFree=True)).is_free is True
    assert read(head=jsonld()).is_free is None


@pytest.mark.parametrize(
    "head,expected",
    [
        ('<meta name="robots" content="index, follow">', Robots()),
        ('<meta name="robots" content="NOARCHIVE,noai">', Robots(noarchive=True, noai=True)),
        ('<meta name="googlebot" content="none"><meta name="robots" content="noimageai">', Robots(noindex=True, noimageai=True)),
        ('<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://a.example/tdm">', Robots(tdm_reserved=True, tdm_policy="https://a.example/tdm")),
        ('<meta name="tdm-reservation" content="0">', Robots()),
    ],
)  # fmt: skip
def test_robots_tags(head: str, expected: Robots) -> None:
    assert read(head=head).robots == expected
    assert expected.opted_out is (expected.noai or expected.tdm_reserved)


# Pages that mean harm


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
    "lists for strings": jsonld(headline=[["x"]], datePublished=[{}], author=[[[]]], image=[[[1]]], keywords=[{}], publisher=[], articleSection=[[]], inLanguage=[1], isAccessibleForFree=[], articleBody=[{}]),
    "objects for strings": jsonld(**{k: {"a": {"b": 1}} for k in ("headline", "datePublished", "author", "image", "keywords", "publisher", "url", "mainEntityOfPage")}),
    "numbers for strings": jsonld(**dict.fromkeys(("headline", "datePublished", "author", "image", "keywords", "publisher", "articleBody"), 10 ** 30)),
    "year zero": jsonld(datePublished="0000-00-00T00:00:00Z", dateModified="-2026-05-03"),
    "huge headline": "<title>" + "x" * 1_000_000 + "</title>",
    "many meta tags": '<meta name="author" content="Anna Berg">' * 50_000,
    "long attribute": f'<meta name="{"a" * 100_000}" content="{"b" * 1_000_000}">',
    "entities": '<meta name="description" content="' + "&amp;" * 100_000 + '">',
    "open tags": '<meta name="description" content="' + "&lt;a" * 100_000 + '">',
    "right-to-left": '<meta property="og:title" content="\u202eevil\u202c \u2066title\u2069">',
    "separators": "<title>" + " | " * 100_000 + "</title>",
    "underscores": "<title>" + "_" * 100_000 + "</title>",
    "broken addresses": '<link rel="canonical" href="https://[::1"><meta property="og:image" content="//[x"><meta property="og:url" content="http://a:b:c/">',
    "digits": '<meta name="date" content="' + "1" * 100_000 + '"><meta name="pubdate" content="99999999999999">',
    "strange language": '<meta property="og:locale" content="' + "x-" * 10_000 + '">',
}  # fmt: skip


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
    "many bylines": '<h1>Harbour opens after storm</h1>' + '<p class="byline">By Anna Berg</p>' * 20_000,
    "many dates": '<h1>Harbour opens after storm</h1>' + "<time>3 May 2026</time>" * 20_000,
    "many pictures": '<h1>Harbour opens after storm</h1>' + '<img src="a.jpg">' * 20_000,
    "long heading": "<h1>" + "word " * 100_000 + "</h1>",
    "long byline": '<h1>Harbour opens after storm</h1><p class="byline">By ' + "Anna Berg, " * 50_000 + "</p>",
    "deep": "<h1>Harbour opens after storm</h1>" + "<div>" * 900 + "By Anna Berg" + "</div>" * 900,
    "wide": "<h1>Harbour opens after storm</h1><div class=byline>" + "<b>x</b>" * 50_000 + "</div>",
    "heading in menus": "<nav><ul>" + "<li><h1>Harbour opens after storm</h1></li>" * 5_000 + "</ul></nav>",
    "strange names": '<h1 class="' + "crumb " * 20_000 + '">Harbour opens after storm</h1>',
    "digits": "<h1>Harbour opens after storm</h1><p>" + "1.1." * 50 + "</p>" + "<p>" + "9" * 200 + "</p>",
}  # fmt: skip


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
def test_hostile_bodies_give_no_error(body: str) -> None:
    found = read(body + TEXT * 3)
    assert len(found.images) <= 50 and len(found.authors) <= 30


PIECES = st.sampled_from(
    ["<h1>Harbour opens after storm</h1>", TEXT, '<p class="byline">By Anna Berg</p>', "<time>3 May 2026</time>", "<div>", "</div>", "<nav>", "</nav>", "<h2>", "</p>"]
    + ["<figure><img src=a.jpg>", "</figure>", "<b>", "<!-- c -->", "<li>", '<span class="date">3.5.2026, 7:01</span>', "\u202e", "&nbsp;", "<table>", "<td>", "<form>", "<a href='/author/x'>Per Lind</a>"]
    + [jsonld(datePublished="2026-05-03"), '<meta property="og:title" content="Harbour">', "<title>Harbour | Gull</title>"]
)  # fmt: skip


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
