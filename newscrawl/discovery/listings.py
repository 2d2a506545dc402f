"""Section pages -> candidates, and the way to their older pages.

With a profile's patterns, every link that matches one is a story. Without, a link counts by the shape of its address
(shapes.py), by the words on it and by its place: headings and list items hold stories; navigation, footers, sidebars
and link lists of services do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from lxml import html

from newscrawl.discovery.dates import DateReader
from newscrawl.discovery.found import Found, Gather
from newscrawl.discovery.markup import base_of, plain_text, read_html
from newscrawl.discovery.shapes import NOT_PLACE, OLDER, STORY, is_page, story_score, url_date
from newscrawl.discovery.urls import absolute, canonical, is_story_link
from newscrawl.items import Hints

#: Links of one page that are looked at: a page with more is no listing for people.
MAX_LINKS = 20_000
#: Stories of one listing that are kept.
MAX_STORIES = 5_000

_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5"))
_NOT_PLACE_TAGS = frozenset(("nav", "footer"))
_CARDS = frozenset(("article", "li", "tr", "dd", "section"))
_PAGE_NUMBER = re.compile(
    r"(?:(?<=[?&])(?:page|p|pg|paged|pagina|seite|start)=|/(?:page|seite|pagina)/|[_-])(\d{1,5})(?=\D|$)"
)
_ARROWS = re.compile(r"[\s»›>→＞▶⟩…\.]+$|^[\s«‹<←]+")


@dataclass(frozen=True, slots=True)
class _Link:
    """A link of the page: its absolute address, its text, its element."""

    url: str
    text: str
    element: html.HtmlElement


def parse_listing(
    body: bytes,
    url: str,
    *,
    domains: Sequence[str] = (),
    article: Sequence[str] = (),
    skip: Sequence[str] = (),
    encoding: str | None = None,
    timezone: str | None = None,
    since: date | None = None,
) -> Found:
    """The stories that a section page links to; next is its older page, if it has one.

    body: as fetched; url: where from; domains: the site's hosts (default: the page's own site); article, skip: the
    profile's regexes, searched in the absolute address; encoding: what the HTTP header declares; since: stories that
    the page or their address dates before it are left out, and next is empty when all dated stories are. Never raises.
    """
    gather = Gather(url, domains, MAX_STORIES)
    tree = read_html(body, url, encoding)
    links = list(_links(tree, base_of(tree, url), gather))
    gather.offsite.clear()  # a page may link where it likes
    dates = DateReader(timezone)
    dated, older = 0, 0
    for link in _stories(links, article, skip):
        published = _time_near(link.element, dates)
        day = published or url_date(link.url)
        dated += day is not None
        if gather.leaves_out(since, day):
            older += 1
            continue
        gather.candidate(link.url, Hints(title=_headline(link.text), published_at=published, source="listing"))
    if dated == 0 or older < dated:
        next_page = _older_page(tree, links, url)
        if next_page:
            gather.further(next_page)
    if not gather.candidates and not older:
        gather.warn("no stories were found on the page")
    return gather.found()


def _links(tree: html.HtmlElement, base: str, gather: Gather) -> Iterator[_Link]:
    for number, element in enumerate(tree.iter("a")):
        if number >= MAX_LINKS:
            gather.warn(f"more than {MAX_LINKS} links: the rest was left out")
            return
        link = gather.address(element.get("href") or "", base)
        if link:
            yield _Link(link, plain_text(_text_of(element), 300) or "", element)


def _text_of(element: html.HtmlElement) -> str:
    """A link's words, or those that stand for its picture."""
    text = " ".join(piece for piece in element.itertext() if isinstance(piece, str))[:2000].replace("<", " ")
    return text if text.strip() else (element.get("title") or element.get("aria-label") or "")[:2000]


def _stories(links: Sequence[_Link], article: Sequence[str], skip: Sequence[str]) -> Iterator[_Link]:
    """The links that are stories, once each, with the longest text that a link to the story has."""
    best: dict[str, _Link] = {}
    for link in links:
        if not is_page(link.url) or not is_story_link(link.url, article, skip):
            continue
        if not article and not _looks_like_story(link):
            continue
        key = canonical(link.url)
        if key not in best or len(link.text) > len(best[key].text):
            best[key] = link if key not in best else _Link(best[key].url, link.text, link.element)
    yield from best.values()


def _looks_like_story(link: _Link) -> bool:
    score = story_score(link.url)
    if score < -2:
        return False
    score += _words_score(link.text)
    for depth, element in enumerate((link.element, *link.element.iterancestors())):
        if element.tag in _HEADINGS:
            score += 2
        if element.tag in _NOT_PLACE_TAGS or (depth and _is_off_place(element)):
            score -= 3
            break
        if depth > 12:
            break
    return score >= STORY + 1


def _words_score(text: str) -> int:
    """A headline is long; the name of a section is not. One CJK character says as much as half a word."""
    length = sum(3 if ord(c) > 0x2E80 else 1 for c in text)
    return 2 if length >= 40 else 1 if length >= 24 else 0 if length >= 12 or not text else -2


def _is_off_place(element: html.HtmlElement) -> bool:
    names = f"{element.get('class') or ''} {element.get('id') or ''} {element.get('role') or ''}"[:500].lower()
    return bool(NOT_PLACE.intersection(re.split(r"[^a-z]+", names))) or not NOT_PLACE.isdisjoint(names.split())


def _time_near(element: html.HtmlElement, dates: DateReader) -> str | None:
    """The time that the link's card gives in <time datetime>, if the card holds just one."""
    for depth, holder in enumerate(element.iterancestors()):
        if depth > 5:
            return None
        times = [each.get("datetime") for _, each in zip(range(2), holder.iter("time"), strict=False)]
        if times:
            return dates.read(times[0]) if len(times) == 1 else None
        if holder.tag in _CARDS:
            return None
    return None


def _headline(text: str) -> str | None:
    return text if _words_score(text) > 0 else None


def _older_page(tree: html.HtmlElement, links: Sequence[_Link], url: str) -> str | None:
    """The address of the listing's next page back in time: rel=next, a link that says so, the next page number."""
    for element in (*tree.iter("link"), *(link.element for link in links)):
        if "next" in (element.get("rel") or "").lower().split():
            address = absolute(element.get("href") or "", base_of(tree, url))
            if address and canonical(address) != canonical(url):
                return address
    number = _page_number(url)
    for link in links:
        says_so = _ARROWS.sub("", link.text.lower()) in OLDER or "next" in _names(link.element)
        if says_so and _page_number(link.url, 0) != number - 1 and _is_listing_too(link.url, url):
            return link.url
    for link in links:
        if link.text == str(number + 1) and _page_number(link.url, 0) == number + 1:
            return link.url
    return None


def _is_listing_too(link: str, url: str) -> bool:
    """Whether a link may be another page of the same listing."""
    same_host = urlsplit(link).netloc == urlsplit(url).netloc
    return same_host and story_score(link) < STORY and canonical(link) != canonical(url)


def _names(element: html.HtmlElement) -> list[str]:
    parent = element.getparent()
    holder = parent.get("class") or "" if parent is not None else ""
    return re.split(r"[^a-z]+", f"{element.get('class') or ''} {element.get('id') or ''} {holder}"[:300].lower())


def _page_number(url: str, default: int = 1) -> int:
    matches = _PAGE_NUMBER.findall(url)
    return int(matches[-1]) if matches else default
