"""When a story was published and last changed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from lxml.html import HtmlElement

from newscrawl.extraction.context import Context, Found, from_profile
from newscrawl.extraction.jsonld import text_of
from newscrawl.extraction.text import seen_text

_ISO = re.compile(
    r"(\d{4})-?(\d{2})-?(\d{2})(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,]\d{1,9})?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?)?(?!\d)"
)
_PUBLISHED = (
    "article:published_time",
    "article:published",
    "og:article:published_time",
    "datepublished",
    "date",
    "pubdate",
    "publishdate",
    "publish-date",
    "publish_date",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "date.published",
    "published_time",
    "og:published_time",
    "cxenseparse:recs:publishtime",
    "publisheddate",
    "last-published-date",
    "originalpublicationdate",
    "article.published",
    "rnews:datepublished",
    "datecreated",
    "dc.date.created",
    "creation_date",
    "created",
    "shareaholic:article_published_time",
    "bt:pubdate",
    "citation_publication_date",
)
_MODIFIED = (
    "article:modified_time",
    "og:updated_time",
    "datemodified",
    "last-modified",
    "article:modified",
    "dcterms.modified",
    "dc.date.modified",
    "revision_date",
    "og:article:modified_time",
    "lastmod",
    "updated_time",
)
_URL_DAY = re.compile(
    r"(?<!\d)(20[0-3]\d|19\d\d)[/\-_.]?(0[1-9]|1[0-2]|[1-9](?=[/\-_.]))[/\-_.]?(3[01]|[12]\d|0[1-9])(?!\d)"
)


@dataclass(frozen=True, slots=True)
class Dates:
    """published and modified as ISO 8601, each with its source."""

    published: Found[str]
    modified: Found[str]


def find_dates(context: Context) -> Dates:
    """Both dates; neither after fetched_at."""
    published = next(_believed(context, _published(context)), Found())
    modified = next(_believed(context, _modified(context)), Found())
    return Dates(published, modified)


def _believed(context: Context, found: Iterable[Found[str]]) -> Iterator[Found[str]]:
    latest = context.fetched_at + timedelta(days=1) if context.fetched_at else None
    for each in found:
        if each.value and (latest is None or each.value[:10] <= latest.date().isoformat()) and each.value > "1900":
            yield each


def _published(context: Context) -> Iterator[Found[str]]:
    if elements := from_profile(context, "published"):
        yield Found(_of_element(elements[0]), "profile", elements[:1])
    for key in ("datePublished", "dateCreated"):
        yield Found(iso_time(text_of(context.story.get(key))), "json-ld")
    for key in _PUBLISHED:
        for value in context.head.metas.get(key, ()):
            yield Found(iso_time(value), "meta")
    for element in context.tree.iter("time"):
        yield Found(_of_element(element), "template", (element,))
    if context.url and (match := _URL_DAY.search(context.url)):
        yield Found(iso_time(f"{match[1]}-{match[2]:0>2}-{match[3]}"), "url")
    yield Found(iso_time(context.hints.published_at), context.hints.source or "feed")


def _modified(context: Context) -> Iterator[Found[str]]:
    yield Found(iso_time(text_of(context.story.get("dateModified"))), "json-ld")
    for key in _MODIFIED:
        for value in context.head.metas.get(key, ()):
            yield Found(iso_time(value), "meta")
    yield Found(iso_time(context.hints.modified_at), context.hints.source or "feed")


def _of_element(element: HtmlElement) -> str | None:
    return iso_time(element.get("datetime") or element.get("content")) or iso_time(seen_text(element, 200))


def iso_time(text: str | None) -> str | None:
    """ISO 8601 from the forms that machines write; None where it is none, or names no possible time."""
    match = _ISO.search((text or "")[:200])
    if not match:
        return None
    year, month, day, hour, minute, second = (int(g) if g else 0 for g in match.groups()[:6])
    try:
        when = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=_zone(match[7]))
    except (ValueError, OverflowError):
        return None
    return when.isoformat() if match[4] else when.date().isoformat()


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text in ("Z", "UTC", "GMT"):
        return timezone.utc
    digits = text[1:].replace(":", "").ljust(4, "0") if len(text) > 3 else text[1:].zfill(2) + "00"
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return timezone(-offset if text[0] == "-" else offset)
