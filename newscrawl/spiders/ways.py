"""The ways to a site's stories: which documents to ask for, and how each kind is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newscrawl.discovery.found import Found
    from newscrawl.items import Candidate
    from newscrawl.sites import Site

#: Bytes of a sitemap that are fetched; the protocol allows 50 MB of XML.
SITEMAP_MAXSIZE = 60 * 1024 * 1024
#: How deep indexes of indexes are followed; the protocol allows one level, some sites have two.
SITEMAP_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Way:
    """One document that announces stories. kind is feed, news-sitemap, sitemap or listing; depth counts the steps from
    the document that the profile names (0), root; maybe: it is only a usual place, and need not exist; lastmod: when it
    was changed last, ISO 8601, as the index that named it says."""

    kind: str
    url: str
    depth: int = 0
    root: str | None = None
    maybe: bool = False
    lastmod: str | None = None

    @property
    def name(self) -> str:
        """The URL that the profile names, which the report counts this way under."""
        return self.root or self.url

    def further(self, url: str, lastmod: str | None = None) -> Way:
        """A document that this one points to: an older page, or a sitemap of an index."""
        return replace(self, url=url, depth=self.depth + 1, root=self.name, lastmod=lastmod)


def ways_of(site: Site) -> Iterator[Way]:
    """Every way that a profile names; what is announced as news comes first."""
    found = site.discover
    named = {
        "feed": found.feeds,
        "news-sitemap": found.news_sitemaps,
        "listing": found.listings,
        "sitemap": found.sitemaps,
    }
    return (Way(kind, url) for kind, urls in named.items() for url in urls)


@dataclass(frozen=True, slots=True)
class Announced:
    """What a document gives: (canonical URL, candidate) of each story, (canonical URL, URL, lastmod) of each further
    document, what was wrong. whole, older: see Found; news: it is a news sitemap."""

    stories: tuple[tuple[str, Candidate], ...]
    next: tuple[tuple[str, str, str | None], ...]
    warnings: tuple[str, ...]
    whole: bool
    older: bool
    news: bool


def read_way(way: Way, body: bytes, site: Site, **about: Any) -> Announced:
    """What a document gives; see _parsed. For a worker: the largest sitemaps take seconds."""
    from newscrawl.discovery.urls import canonical

    found = _parsed(way, body, site, **about)
    stories = tuple((canonical(each.url), each) for each in found.candidates)
    further = tuple((canonical(url), url, found.lastmods.get(url)) for url in found.next)
    news = any(each.hints.source == "news-sitemap" for each in found.candidates)
    return Announced(stories, further, found.warnings, found.whole, found.older, news)


def _parsed(way: Way, body: bytes, site: Site, *, content_type: str | None, url: str, since: date | None) -> Found:
    """url: where it came from in the end; since: nothing older is wanted. Never raises."""
    from newscrawl.discovery.feeds import parse_feed
    from newscrawl.discovery.listings import parse_listing
    from newscrawl.discovery.sitemaps import parse_sitemap

    domains, zone = site.domains, site.timezone
    if way.kind == "feed":
        return parse_feed(body, url, domains=domains, content_type=content_type, timezone=zone, since=since)
    if way.kind == "listing":
        rules = site.discover
        return parse_listing(
            body, url, domains=domains, article=rules.article, skip=rules.skip, timezone=zone, since=since
        )
    return parse_sitemap(body, url, domains=domains, timezone=zone, since=since)
