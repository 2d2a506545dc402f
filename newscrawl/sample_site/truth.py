"""What a careful reader would say of each page of the sample site: the record it must give, or why it gives none.

The values come from the stories' data and from odd.toml, never from newscrawl's own extraction: ids and word counts
are worked out here again, by their definition.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from newscrawl.sample_site.odd import Odd, odd_entries
from newscrawl.sample_site.stories import Story, stories

#: Keys of a record that depend on the run, on the profile or on the extraction; they are not stated here.
NOT_STATED = frozenset({"site", "confidence", "provenance", "content_hash", "fetched_at", "archive", "extractor"})

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\s{_CJK}]+")
_LETTER = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a URL gives: a record (the keys of Article but NOT_STATED), or a reason of items.REASONS, never both.

    story: the key of the story behind the URL; None for pages that are none. Several URLs can lead to one story: a
    run then writes one record, whose url may be any of them, and a reject "duplicate" for each other one that has a
    page of its own. optional: nothing need be said of this URL, since it may be folded into the story's before it is
    fetched, redirects to it, or is only found behind a redirect. plain: the page is a spare version of the story
    (AMP, print), which does not give every field.
    """

    record: Mapping[str, Any] | None = None
    reason: str | None = None
    story: str | None = None
    optional: bool = False
    plain: bool = False


@dataclass(frozen=True, slots=True)
class Day:
    """A day of the calendar: keys of stories, see calendar.toml. stories: how many there are; unchanged: how many of
    them are neither new nor revised."""

    date: str
    stories: int
    unchanged: int
    new: tuple[str, ...] = ()
    revised: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


@cache
def calendar() -> dict[int, Day]:
    """The calendar by day, from 1. new of day 1 is every story of that day."""
    data = tomllib.loads((files(__package__) / "calendar.toml").read_text(encoding="utf-8"))
    days = {}
    for number, raw in enumerate(data["day"], 1):
        lists = {key: tuple(raw.get(key, ())) for key in ("new", "revised", "touched", "gone")}
        days[number] = Day(date=str(raw["date"]), stories=raw["stories"], unchanged=raw["unchanged"], **lists)
    first = tuple(sorted(story.key for story in stories(1)))
    return {**days, 1: Day(days[1].date, days[1].stories, days[1].unchanged, new=first)}


def path(key: str, day: int = 1) -> str:
    """Where the story with this key stands. Raises KeyError where there is none on that day."""
    return {story.key: story.path for story in stories(day)}[key]


def article_id(canonical_url: str) -> str:
    """The id of a record: 32 hex digits of SHA-256 over the canonical URL."""
    return hashlib.sha256(canonical_url.replace("http://", "https://", 1).encode()).hexdigest()[:32]


def word_count(body: str) -> int:
    """Words of a body: what stands between spaces and holds a letter or digit; each CJK character is one."""
    return sum(1 for word in _WORD.findall(body) if _LETTER.search(word))


def revision(key: str, day: int) -> int:
    """The revision that a record of the story has on a day, if every day was crawled since the first."""
    return 1 + sum(key in calendar()[n].revised for n in range(2, day + 1))


def record(story: Story, base_url: str, day: int = 1) -> dict[str, Any]:
    """The record of a story, fetched at its own address, in a crawl that began on day 1."""
    url = base_url + story.path
    return {
        "id": article_id(url),
        "revision": revision(story.key, day),
        "url": url,
        "canonical_url": url,
        "publisher": story.publisher,
        "headline": story.headline,
        "deck": story.deck,
        "dateline": asdict(story.dateline) if story.dateline else None,
        "authors": list(story.authors),
        "published_at": story.published,
        "modified_at": story.modified,
        "language": story.language,
        "section": story.section,
        "keywords": list(story.keywords),
        "body": story.body,
        "images": [
            {"url": f"{base_url}/img/{block.name}.svg", "caption": block.plain, "credit": block.credit}
            for block in story.blocks
            if block.kind == "image"
        ],
        "word_count": word_count(story.body),
        "completeness": story.completeness,
        "http_status": 200,
    }


def expected(base_url: str, day: int = 1) -> dict[str, Expected]:
    """What each URL gives that a crawl with the site's profile can come to on a day, by URL."""
    base = base_url.rstrip("/")
    there = {story.key: story for story in stories(day)}
    truth = {
        base + s.path: Expected(record(s, base, day), story=s.key, optional=s.ways == {"redirect"})
        for s in there.values()
    }
    for each in odd_entries():
        if not each.ignored:
            truth[base + each.path] = _odd(each, there.get(each.story or ""), base, day)
    return truth


def _odd(each: Odd, story: Story | None, base: str, day: int) -> Expected:
    if story is None or each.reason:
        return Expected(reason=each.reason or "not_found")
    optional = each.optional or each.kind == "redirect"
    return Expected(record(story, base, day), None, story.key, optional, plain=each.template in {"amp", "print"})
