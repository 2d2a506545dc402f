"""A site without a profile: where it announces its stories, told from its front page and its robots.txt.

What the site itself names comes first: feeds in <link rel=alternate>, sitemaps in robots.txt. Places that are merely
usual are tried only for what the site did not name, and its sections serve as listings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from urllib.parse import urlsplit

from newscrawl.discovery.markup import alternates, base_of, read_html
from newscrawl.discovery.shapes import STORY, is_page, is_service, story_score
from newscrawl.discovery.urls import absolute, canonical, in_domains, same_site

#: Where feeds and sitemaps are when nothing says so, most frequent first.
USUAL_FEEDS = ("/feed/", "/rss", "/rss.xml", "/feed.xml", "/atom.xml", "/index.xml", "/feed.json")
USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/sitemap-index.xml", "/sitemap.xml.gz", "/sitemap.txt")
USUAL_NEWS_SITEMAPS = ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/googlenews.xml")
#: Feeds and sections that are taken of one site: a portal names hundreds.
MAX_FEEDS = 30
MAX_LISTINGS = 30
#: Links of the front page that are looked at.
MAX_LINKS = 5_000


@dataclass(frozen=True, slots=True)
class Way:
    """A document that announces stories. kind: "feed", "news-sitemap", "sitemap" or "listing"; by: what named it:
    "link" (rel=alternate), "robots" (robots.txt), "usual" (a usual place: may not exist), "page" (a section link)."""

    kind: str
    url: str
    by: str


def find_ways(
    page: bytes,
    url: str,
    *,
    sitemaps: Iterable[str] = (),
    domains: Sequence[str] = (),
    encoding: str | None = None,
) -> tuple[Way, ...]:
    """Every way to a site's stories, to be tried in this order; usual places come last and may not exist.

    page: the site's front page (b"" where it cannot be had); url: where it was fetched; sitemaps: the Sitemap lines of
    its robots.txt; domains: the site's hosts (default: the page's own site). Never raises.
    """
    tree = read_html(page, url, encoding)
    base = base_of(tree, url)
    ways: dict[str, Way] = {}

    def add(kind: str, link: str, by: str, most: int = 1000) -> None:
        address = absolute(link, base if by in ("link", "page") else url)
        if address is None or address in ways or sum(way.kind == kind for way in ways.values()) >= most:
            return
        if by == "robots" or (in_domains(address, domains) if domains else same_site(address, url)):
            ways[address] = Way(kind, address, by)

    for title, link in islice(alternates(tree), MAX_LINKS):
        if not _of_comments(f"{title} {link}"):
            add("feed", link, "link", MAX_FEEDS)
    for link in sitemaps:
        add(sitemap_kind(link), link, "robots")
    add("listing", url, "page")
    links = (element.get("href") or "" for element in islice(tree.iter("a"), MAX_LINKS))
    for link in islice(_sections(links, base), MAX_LISTINGS):
        add("listing", link, "page")
    for way in usual_places(url, {way.kind for way in ways.values()}):
        add(way.kind, way.url, way.by)
    return tuple(ways.values())


def usual_places(url: str, known: Iterable[str] = ()) -> tuple[Way, ...]:
    """Where the site's feeds and sitemaps usually are, leaving out the kinds that are known already."""
    places = {"news-sitemap": USUAL_NEWS_SITEMAPS, "sitemap": USUAL_SITEMAPS, "feed": USUAL_FEEDS}
    root = "{0.scheme}://{0.netloc}".format(urlsplit(url))
    named = set(known)
    return tuple(
        Way(kind, root + path, "usual") for kind, paths in places.items() if kind not in named for path in paths
    )


def sitemap_kind(url: str) -> str:
    """Whether a sitemap's address says that it is one of news."""
    return "news-sitemap" if "news" in urlsplit(url).path.lower() else "sitemap"


def looks_like_story(url: str) -> bool:
    """Whether an address alone looks like a story's rather than a front or section page's."""
    return is_page(url) and story_score(url) >= STORY


def _of_comments(text: str) -> bool:
    return "comment" in text.lower() or "kommentar" in text.lower()


def _sections(links: Iterable[str], base: str) -> Iterator[str]:
    """Links that look like a site's sections: one or two plain words of path, no query, no service page."""
    seen: set[str] = set()
    for link in links:
        address = absolute(link, base)
        if address is None or not is_page(address) or canonical(address) == canonical(base):
            continue
        parts = urlsplit(address)
        depth = len([segment for segment in parts.path.split("/") if segment])
        plain = depth in (1, 2) and not parts.query and story_score(address) < STORY - 1 and not is_service(address)
        if plain and address not in seen:
            seen.add(address)
            yield address
