"""The whole sample site on one day, as pages by path: stories, listings, feeds, sitemaps, robots.txt and odd pages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from newscrawl.sample_site.odd import odd_entries
from newscrawl.sample_site.pages import ZONE, Page, picture, templates
from newscrawl.sample_site.stories import Story, stories

FIRST_DAY = date(2026, 11, 2)
LAST_DAY = 12
LOOKS = ("wire", "portal", "zh")
PER_LISTING = 12
IN_FEED = 20
XML = "application/xml; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Link:
    """A line of a listing: a story or an odd page."""

    url: str
    title: str
    date: str


def date_of(day: int) -> date:
    """The date of a day of the calendar, which begins with 1. Raises ValueError for a day it does not have."""
    if not 1 <= day <= LAST_DAY:
        raise ValueError(f"the calendar has days 1 to {LAST_DAY}, not {day}")
    return FIRST_DAY + timedelta(days=day - 1)


def build(
    base: str, day: int = 1, redesign: str | None = None, moved: Mapping[str, datetime] | None = None
) -> dict[str, Page]:
    """Every page of the site on a day, by path.

    base: scheme, host and port, without a slash at the end; redesign: None, "markup" (the wire's story in other
    markup) or "script" (the wire's story only in a script); moved: when pages changed while the server ran, by path,
    which then stands in the sitemaps as lastmod.
    """
    there = stories(day)
    pages = [
        *_stories(there, base, redesign),
        *_listings(there, base),
        *_feeds(there, base, day, moved or {}),
        *_odd(base, {s.key: s for s in there}),
        *(Page(f"/img/{name}.svg", picture(name), "image/svg+xml") for name in _pictures(there)),
    ]
    return {page.path: page for page in pages}


def render(template: str, **values: Any) -> str:
    return templates().get_template(template).render(**values)


def _stories(there: Sequence[Story], base: str, redesign: str | None) -> Iterator[Page]:
    beside = {look: [s for s in stories(1) if s.look == look][:6] for look in LOOKS}
    for story in there:
        look = f"wire_{redesign}" if story.look == "wire" and redesign else story.look
        others = [s for s in beside[story.look] if s.key != story.key][:5]
        for part, blocks in enumerate(_parts(story), 1):
            path = story.path if part == 1 else _part_path(story.path, part)
            text = render(
                f"{look}.html.j2", story=story, blocks=blocks, base=base, others=others, part=part,
                parts=[_part_path(story.path, n) if n > 1 else story.path for n in range(1, len(story.parts) + 2)],
            )  # fmt: skip
            yield _encoded(path, text, story)
    for other in odd_entries():
        match = next((s for s in there if s.key == other.story), None) if other.kind == "also" else None
        if match:
            text = render(
                f"{other.template}.html.j2", story=match, blocks=match.blocks, base=base, others=[], part=1,
                parts=[match.path],
            )  # fmt: skip
            yield _encoded(other.path, text, match)


def _parts(story: Story) -> list[tuple[Any, ...]]:
    edges = [0, *story.parts, len(story.blocks)]
    return [story.blocks[a:b] for a, b in zip(edges, edges[1:], strict=False)]


def _part_path(path: str, part: int) -> str:
    stem, dot, ending = path.rpartition(".")
    return f"{stem}_{part}{dot}{ending}"


def _encoded(path: str, text: str, story: Story) -> Page:
    declared = "text/html" if story.declared == "none" else f"text/html; charset={story.declared}"
    changed = datetime.combine(date_of(story.changed), time(6), ZONE)
    if story.changed == 1:
        changed = datetime.fromisoformat(story.modified or story.published or story.date)
    return Page(path, text.encode(story.charset), declared, modified=changed.replace(tzinfo=ZONE), story=story.key)


def _listings(there: Sequence[Story], base: str) -> Iterator[Page]:
    for look in LOOKS:
        links = [Link(s.path, s.headline, s.date) for s in there if s.look == look and "listing" in s.ways]
        links += [Link(o.path, o.title, o.date) for o in odd_entries() if o.listed == look]
        links.sort(key=lambda link: link.date, reverse=True)
        chunks = [links[n : n + PER_LISTING] for n in range(0, len(links), PER_LISTING)]
        for number, chunk in enumerate(chunks, 1):
            older = listing_path(look, number + 1) if number < len(chunks) else None
            newer = listing_path(look, number - 1) if number > 1 else None
            text = render("listing.html.j2", look=look, links=chunk, number=number, last=len(chunks), older=older,
                          newer=newer, base=base)  # fmt: skip
            yield Page(listing_path(look, number), text.encode())
    yield Page("/", render("home.html.j2", base=base).encode())


def listing_path(look: str, number: int = 1) -> str:
    return f"/{look}/" if number == 1 else f"/{look}/index_{number}.htm"


def _feeds(there: Sequence[Story], base: str, day: int, moved: Mapping[str, datetime]) -> Iterator[Page]:
    today = date_of(day)
    wire, zh = ([s for s in there if s.look == look and "feed" in s.ways][:IN_FEED] for look in ("wire", "zh"))
    fresh = [s for s in there if "news-sitemap" in s.ways and _fresh(s, today)]
    xml = {
        "/wire/rss.xml": render("feed.rss.j2", stories=wire, base=base),
        "/sitemap-news.xml": render("sitemap-news.xml.j2", stories=fresh, base=base),
        "/sitemap.xml": render("sitemap.xml.j2", base=base),
    }
    for look in LOOKS:
        within = [s for s in there if s.look == look and "sitemap" in s.ways]
        xml[f"/sitemap-{look}.xml"] = render("sitemap-stories.xml.j2", stories=within, base=base, moved=moved)
    for path, text in xml.items():
        yield Page(path, text.encode(), "application/rss+xml; charset=utf-8" if path.endswith("rss.xml") else XML)
    yield Page("/zh/feed.json", _json_feed(zh, base).encode(), "application/feed+json")
    yield Page(
        "/sitemap-portal.xml.gz", gzip.compress(xml["/sitemap-portal.xml"].encode(), mtime=0), "application/gzip"
    )
    yield Page("/robots.txt", render("robots.txt.j2", base=base).encode(), "text/plain; charset=utf-8")


def _json_feed(there: Sequence[Story], base: str) -> str:
    """JSON Feed 1.1."""
    items = [
        {"id": story.key, "url": base + story.path, "title": story.headline, "date_published": story.published}
        | ({"date_modified": story.modified} if story.modified else {})
        | ({"authors": [{"name": name} for name in story.authors]} if story.authors else {})
        for story in there
    ]
    head = {"version": "https://jsonfeed.org/version/1.1", "title": "沧海网", "language": "zh"}
    head |= {"home_page_url": f"{base}/zh/", "feed_url": f"{base}/zh/feed.json"}
    return json.dumps({**head, "items": items}, ensure_ascii=False, indent=1)


def _fresh(story: Story, today: date) -> bool:
    """News sitemaps hold two days' stories; one without a printed date always stands there."""
    return (
        story.published is None
        or "undated" in story.flags
        or date.fromisoformat(story.date) > today - timedelta(days=2)
    )


def _odd(base: str, there: Mapping[str, Story]) -> Iterator[Page]:
    for each in odd_entries():
        if each.kind == "page":
            body = render(f"odd/{each.template}.j2", page=each, base=base).encode()
            yield Page(each.path, body, each.content_type, each.status)
        elif each.kind == "redirect":
            target = each.to or base + there[each.story or ""].path
            yield Page(each.path, b"", status=each.status, headers={"Location": target})


def _pictures(there: Iterable[Story]) -> set[str]:
    named = {block.name for story in there for block in story.blocks if block.kind == "image" and block.name}
    return named | {"logo", "qr", "captcha", "lead"}
