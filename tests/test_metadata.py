"""What a page says of its story besides headline, dates and authors: addresses, labels, pictures, permissions."""

from __future__ import annotations

import pytest
from fields import TEXT, jsonld, read

from newscrawl.extraction.images import picture_key
from newscrawl.extraction.metadata import Metadata
from newscrawl.extraction.robots_meta import Robots
from newscrawl.items import Hints, Image

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
    head = (
        '<link rel=canonical href="https://partner.example/x"><meta property="og:url" '
        'content="https://gull.example/x-1">'
    )
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
    head = (
        '<meta property="article:tag" content="harbour"><meta property="article:tag" content="ferries"><meta '
        'property="article:section" content="Local"><meta property="og:site_name" content="gull.example"><meta '
        'name="publisher" content="The Gull">'
    )
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


# Pictures


def test_lead_picture_figures_and_credits() -> None:
    body = f"""<article><h1>Harbour opens after storm</h1>
      <figure><img src="/img/harbour-1200x675.jpg">
      <figcaption>The pier on Sunday. <span class="credit">Per Lind/AFP</span></figcaption></figure>
      {TEXT * 4}
      <figure><img data-src="/img/ferry.jpg" src="data:image/gif;base64,R0">
      <figcaption>A ferry leaves (Photo: Mia Holm)</figcaption></figure>
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
        (
            '<meta name="googlebot" content="none"><meta name="robots" content="noimageai">',
            Robots(noindex=True, noimageai=True),
        ),
        (
            '<meta name="tdm-reservation" content="1"><meta name="tdm-policy" content="https://a.example/tdm">',
            Robots(tdm_reserved=True, tdm_policy="https://a.example/tdm"),
        ),
        ('<meta name="tdm-reservation" content="0">', Robots()),
    ],
)
def test_robots_tags(head: str, expected: Robots) -> None:
    assert read(head=head).robots == expected
    assert expected.opted_out is (expected.noai or expected.tdm_reserved)
