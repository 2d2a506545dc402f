"""What a page says of its story besides the body: headline, dates, authors, pictures …, each with where it came from.

Sources are weighed field by field (headline.py, dates.py, authors.py …); a site's profile wins over the general
rules, and what a feed or sitemap said before the fetch fills gaps only. Nothing here raises on any page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from lxml.html import HtmlElement

from newscrawl.extraction.authors import find_authors
from newscrawl.extraction.context import Context, Found, Page, read_context
from newscrawl.extraction.dates import find_dates, told_dates
from newscrawl.extraction.deck import find_deck
from newscrawl.extraction.headline import find_headline
from newscrawl.extraction.images import find_images
from newscrawl.extraction.jsonld import lines_of, types
from newscrawl.extraction.labels import find_keywords, find_publisher, find_section
from newscrawl.extraction.language import find_language
from newscrawl.extraction.links import find_links
from newscrawl.extraction.robots_meta import Robots, read_robots
from newscrawl.extraction.zone import read_zone
from newscrawl.items import Hints, Image

if TYPE_CHECKING:
    from newscrawl.sites import Site


@dataclass(frozen=True, slots=True)
class Metadata:
    """The fields of a record that are not its body; None or empty where unknown.

    published_at, modified_at: ISO 8601; with offset where the zone is known, a naive time where it is not, a plain
    date where the page gives only a day. language: BCP 47. provenance: for headline, deck, published_at, modified_at,
    authors: "profile", "json-ld", "meta", "microdata", "template", "text", "url", "title", "feed" ….
    article_body: the text a page hands to search engines, cleaned, one paragraph a line; often dirty or cut short.
    page_types: what JSON-LD and Open Graph call the page ("NewsArticle", "VideoObject", "video.other", …).
    is_free: schema.org's isAccessibleForFree. title: what stands in <title>. elements: the page's own elements that a
    field was read from, in the tree as it was passed in: for leaving them out of the body, and for tracing.
    """

    headline: str | None = None
    deck: str | None = None
    authors: tuple[str, ...] = ()
    published_at: str | None = None
    modified_at: str | None = None
    language: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    publisher: str | None = None
    canonical_url: str | None = None
    images: tuple[Image, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    article_body: str | None = None
    page_types: tuple[str, ...] = ()
    is_free: bool | None = None
    robots: Robots = field(default_factory=Robots)
    amp_url: str | None = None
    print_url: str | None = None
    next_url: str | None = None
    title: str | None = None
    elements: Mapping[str, tuple[HtmlElement, ...]] = field(default_factory=dict, compare=False, repr=False)

    @property
    def article_body_length(self) -> int | None:
        """Characters of article_body; None where the page has none."""
        return len(self.article_body) if self.article_body else None


def read_metadata(
    page: Page,
    *,
    site: Site | None = None,
    fetched_at: datetime | None = None,
    hints: Hints | None = None,
) -> Metadata:
    """Everything but the body. Times later than fetched_at are not believed; hints only fill gaps."""
    context = read_context(page, site, fetched_at, hints or Hints())
    told: Found[str] = told_dates(context).published if site else Found()  # to choose a layout by
    headline = find_headline(context, told)
    zone = read_zone(headline.element)
    deck = find_deck(context, headline, zone, told)
    authors = find_authors(context, zone, told)
    dates = find_dates(context, zone)
    links = find_links(context)
    language = find_language(context, headline.value, deck.value)
    found: dict[str, Found[Any]] = {
        "headline": headline,
        "deck": deck,
        "authors": authors,
        "published_at": dates.published,
        "modified_at": dates.modified,
    }
    return Metadata(
        headline=headline.value,
        deck=deck.value,
        authors=authors.value or (),
        published_at=dates.published.value,
        modified_at=dates.modified.value,
        language=language,
        section=find_section(context, headline.value, zone),
        keywords=find_keywords(context),
        publisher=find_publisher(context, zone),
        canonical_url=links.canonical,
        images=find_images(context, headline.element),
        provenance={key: each.source for key, each in found.items() if each.source},
        article_body=lines_of(context.story.get("articleBody")),
        page_types=_page_types(context),
        is_free=_is_free(context),
        robots=read_robots(context.head),
        amp_url=links.amp,
        print_url=links.print,
        next_url=links.next,
        title=context.head.title,
        elements={key: each.elements for key, each in found.items() if each.elements},
    )


def _page_types(context: Context) -> tuple[str, ...]:
    kinds = list(types(context.story)) + [t for node in context.jsonld.nodes[:20] for t in types(node)]
    return tuple(dict.fromkeys([*kinds, *context.head.every(("og:type",))]))[:30]


def _is_free(context: Context) -> bool | None:
    value = context.story.get("isAccessibleForFree")
    if isinstance(value, bool):
        return value
    return {"true": True, "false": False}.get(str(value).strip().lower())
