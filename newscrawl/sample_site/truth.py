"""What a careful reader would say of each page of the sample site: the record it must give, or why it gives none.

The values come from the stories' data and from odd.toml, never from newscrawl's own extraction: ids and word counts
are worked out here again, by their definition in README.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from newscrawl.sample_site.site import odd, stories
from newscrawl.sample_site.stories import Story

#: Keys that depend on the run or on the extraction, and are not stated here.
OF_THE_RUN = frozenset({"site", "confidence", "provenance", "content_hash", "fetched_at", "archive", "extractor"})

_CJK = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}])\S)+")
_LETTER = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Expected:
    """What a URL gives: a record (the keys of Article but those in OF_THE_RUN), or a reason of items.REASONS.

    story: the key of the story it leads to, None for odd pages; several URLs of one story give one record, whose url
    may be any of the ones that the page has at, and a reject "duplicate" for each of the others. optional: a crawl
    that folds this URL into another one before it fetches it need not say anything of it.
    """

    record: Mapping[str, Any] | None = None
    reason: str | None = None
    story: str | None = None
    optional: bool = False


def article_id(canonical: str) -> str:
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def word_count(body: str) -> int:
    """Words of a body: what stands between spaces and holds a letter or digit; each CJK character is one."""
    return sum(1 for word in _WORD.findall(body) if _LETTER.search(word))


def path(key: str, day: int = 1) -> str:
    """Where the story with this key stands. Raises KeyError where there is none on that day."""
    return _by_key(day)[key].path


def _by_key(day: int) -> dict[str, Story]:
    return {story.key: story for story in stories(day)}


def record(story: Story, base_url: str, revision: int = 1) -> dict[str, Any]:
    """The record of a story; url is its first one."""
    url = base_url + story.path
    return {
        "id": article_id(url),
        "revision": revision,
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
            {"url": f"{base_url}/img/{block.name}.svg", "caption": block.plain or None, "credit": block.credit}
            for block in story.blocks
            if block.kind == "image"
        ],
        "word_count": word_count(story.body),
        "completeness": story.completeness,
        "http_status": 200,
    }


def expected(base_url: str, day: int = 1) -> dict[str, Expected]:
    """What each URL gives that a crawl with the site's profile can discover on a day, by URL."""
    base = base_url.rstrip("/")
    there = _by_key(day)
    truth = {base + s.path: Expected(record=record(s, base), story=s.key) for s in there.values()}
    for page in odd()["page"]:
        if page.get("listed"):
            truth[base + page["path"]] = Expected(reason=page["reason"])
    for kind in ("also", "redirect", "link"):
        for entry in odd()[kind]:
            if not entry.get("listed") or entry.get("ignored"):
                continue
            story, optional = there.get(entry.get("story", "")), entry.get("optional", False)
            answer = record(story, base) if story and not entry.get("reason") else None
            reason = entry.get("reason")
            truth[base + entry["path"]] = Expected(answer, reason, entry.get("story"), optional)
    return truth
