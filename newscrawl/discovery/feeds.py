"""Feeds -> candidates: RSS 0.9x, 1.0 and 2.0, Atom, CDF (through feedparser) and JSON Feed 1.x.

A faulty feed gives its good entries. feedparser gets a stream of bytes and never a string, since it would take a
string for an address or a file name and open it; entity declarations that could nest are dropped by it before its XML
parser sees them, and external ones are never fetched.
"""

from __future__ import annotations

import io
import json
import re
import tomllib
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib import resources
from itertools import islice
from typing import Any

import feedparser

from newscrawl.discovery.dates import DateReader
from newscrawl.discovery.found import Found, Gather
from newscrawl.discovery.markup import HTML_START, alternates, decode_xml, language_tag, plain_text, read_html
from newscrawl.items import Hints

#: Bytes of a feed that are read; the rest is left out with a warning. The longest feeds known are under 5 MB.
MAX_BYTES = 8_000_000
#: Entries of a feed that are read.
MAX_ENTRIES = 10_000
#: Tags and references of a feed that are read: feedparser takes up to a tenth of a millisecond for each.
MAX_TAGS = 40_000
MAX_REFERENCES = 400_000

_DATA = tomllib.loads(resources.files(__package__).joinpath("feeds.toml").read_text(encoding="utf-8"))
_AD_TITLES = tuple(_DATA["ad_titles"])
_AD_CATEGORIES = frozenset(_DATA["ad_categories"])
_LONG_ENTITY = re.compile(rb"<!ENTITY[^>]{120,}>")
_LONG_TAG = rb"<[A-Za-z/?][^<>]{65536}"
_CDATA = rb"(<!\[CDATA\[.*?(?:\]\]>|\Z))|"
_BARE = re.compile(_CDATA + rb"&(?!#\d{1,7};|#[xX][0-9a-fA-F]{1,6};|\w{1,31};)", re.DOTALL)
_ENTRY = re.compile(rb"<(?:item|entry)(?=[\s>])[^>]*>", re.IGNORECASE)
_LINK = re.compile(
    r"<link>\s*(?:<!\[CDATA\[)?\s*([^<>\s]+?)\s*(?:\]\]>)?\s*</link>|<link\s[^>]*?href=[\"']([^\"'<>]+)", re.I
)
_TITLE = re.compile(r"<title[^>]{0,200}>(?:<!\[CDATA\[)?([^<\]]{1,2000})", re.I)
_DATE = re.compile(r"<(?:pubDate|dc:date|published|updated)>\s*([^<]{1,100})<", re.I)
_ITEMS = re.compile(r'"items"\s*:\s*\[')


def parse_feed(
    body: bytes,
    url: str,
    *,
    domains: Sequence[str] = (),
    content_type: str | None = None,
    timezone: str | None = None,
    since: date | None = None,
) -> Found:
    """A feed's entries that lead to stories of the site.

    body: as fetched, after Content-Encoding; url: where from, for relative links; domains: the site's hosts (default:
    the feed's own site); content_type: the HTTP header; timezone: IANA name for times without a zone; since: entries
    older than that are left out. next holds older pages of the feed (RFC 5005, JSON Feed next_url), none once the
    last entry is older than since. Never raises: faults are warnings.
    """
    gather = Gather(url, domains, MAX_ENTRIES)
    dates = DateReader(timezone)
    body = _unpacked(body, gather)
    if len(body) > MAX_BYTES:
        gather.warn(f"the feed has {len(body)} bytes: only the first {MAX_BYTES} were read")
        body = body[:MAX_BYTES]
    start = body[:1000].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    if not start:
        gather.warn("the feed is empty")
    elif start.startswith((b"{", b"[")):
        _json_feed(body, gather, dates, since)
    elif HTML_START.search(start):
        _html_page(body, gather)
    else:
        _xml_feed(body, content_type, gather, dates, since)
    return gather.found()


def _unpacked(body: bytes, gather: Gather) -> bytes:
    """The feed out of its gzip, where a server sends a packed file without saying so."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    try:
        return zlib.decompressobj(31).decompress(body, MAX_BYTES)
    except zlib.error as error:
        gather.warn(f"the gzip stream is broken: {error}")
        return b""


def _html_page(body: bytes, gather: Gather) -> None:
    """A page where a feed was expected: the feeds that it names are read next."""
    gather.warn("a web page where a feed was expected")
    for _, link in alternates(read_html(body, gather.url)):
        gather.further(link)


def _xml_feed(body: bytes, content_type: str | None, gather: Gather, dates: DateReader, since: date | None) -> None:
    text, charset = decode_xml(body, content_type)
    if charset is None:
        gather.warn("the feed is in no encoding that it names: what can be read was read")
    body = _mended(text.encode("utf-8"), gather)
    headers = {"content-location": gather.url, "content-type": "application/xml; charset=utf-8"}
    try:
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # feedparser promises none, and has raised a dozen kinds on broken input
        gather.warn(f"the feed cannot be read: {type(error).__name__}: {error}")
        return
    if parsed.get("bozo"):
        gather.warn(f"the feed is faulty: {parsed.get('bozo_exception')}")
    if not parsed.entries and not parsed.get("version"):
        gather.warn("this is no feed")
    language = language_tag(_text(parsed.feed.get("language"), 20))
    old_rss = str(parsed.get("version") or "").startswith("rss")
    stale = False
    for entry in parsed.entries[:MAX_ENTRIES]:
        hints = _hints(entry, dates, language)
        if old_rss and hints.published_at is None:  # dc:date is when a story was published, not when it was changed
            hints = replace(hints, published_at=hints.modified_at, modified_at=None)
        stale = gather.leaves_out(since, hints.modified_at or hints.published_at)
        if stale or _is_ad(hints):
            continue
        for link in _links(entry):
            if gather.candidate(link, hints):
                break
    if parsed.get("bozo"):
        _salvage_entries(body, len(parsed.entries), gather, dates, since)
    for link in parsed.feed.get("links", []):
        if link.get("rel") in ("next", "prev-archive") and not stale:
            gather.further(str(link.get("href") or ""))


def _mended(body: bytes, gather: Gather) -> bytes:
    """The feed without NUL bytes and long entities, which only bombs have, with bare "&" escaped outside CDATA, and cut
    off where its tags become too many."""
    body = body.replace(b"\x00", b"")
    for mark, most in ((b"<", MAX_TAGS), (b"&", MAX_REFERENCES), (_LONG_TAG, 0)):
        last = next(islice(_places(mark, body), most, None), None)
        if last is not None:
            gather.warn("the feed has too many or too long tags or references: the rest was left out")
            body = body[:last]
    root = re.search(rb"<\w", body)
    head = root.start() if root else 0
    return _LONG_ENTITY.sub(b"", body[:head]) + _BARE.sub(lambda m: m[0] if m[1] else b"&amp;", body[head:])


def _places(mark: bytes, body: bytes) -> Iterator[int]:
    """Where mark stands outside CDATA."""
    return (match.start() for match in re.finditer(_CDATA + mark, body, re.DOTALL) if not match[1])


def _salvage_entries(body: bytes, known: int, gather: Gather, dates: DateReader, since: date | None) -> None:
    """The entries that a faulty one has hidden from the parser: title, link and date as they stand between tags."""
    pieces = _ENTRY.split(body, maxsplit=MAX_ENTRIES)[1:]
    if len(pieces) <= known:
        return
    for piece in pieces:
        text = piece[:20_000].decode("utf-8", "replace")
        link, title, day = (pattern.search(text) for pattern in (_LINK, _TITLE, _DATE))
        published = dates.read(day[1]) if day else None
        hints = Hints(title=plain_text(title[1], 1000) if title else None, published_at=published, source="feed")
        if link and not gather.leaves_out(since, published) and not _is_ad(hints):
            gather.candidate((link[1] or link[2]).replace("&amp;", "&"), hints)


def _links(entry: Mapping[str, Any]) -> Iterator[str]:
    """Where an entry may lead, best first: feedburner hides the story's own address in an extension."""
    yield from filter(None, (entry.get("feedburner_origlink"), entry.get("link")))
    yield from (
        str(each["href"]) for each in _nodes(entry, "links") if each.get("rel") == "alternate" and "href" in each
    )
    identity = str(entry.get("id") or "")
    if identity.startswith(("http://", "https://", "/")):
        yield identity


def _nodes(entry: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """The parts of an entry under a key of feedparser's; a feed's own element of that name may have taken its place."""
    value = entry.get(key)
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []


def _hints(entry: Mapping[str, Any], dates: DateReader, language: str | None) -> Hints:
    authors = [each.get("name") for each in _nodes(entry, "authors")] or [entry.get("author")]
    names = dict.fromkeys(filter(None, (_text(name, 200) for name in authors)))
    tags = dict.fromkeys(filter(None, (_text(tag.get("term"), 200) for tag in _nodes(entry, "tags"))))
    detail, origin = (each if isinstance(each := entry.get(k), Mapping) else {} for k in ("title_detail", "source"))
    return Hints(
        title=_text(entry.get("title"), 1000),
        published_at=dates.read(entry.get("published") or entry.get("created")),
        modified_at=dates.read(entry.get("updated") if "updated" in entry else None),
        language=language_tag(_text(detail.get("language"), 20)) or language,
        authors=tuple(names)[:20],
        keywords=tuple(tags)[:50],
        publisher=_text(origin.get("title"), 200),
        source="feed",
    )


def _is_ad(hints: Hints) -> bool:
    title = (hints.title or "").lower()
    return title.startswith(_AD_TITLES) or any(word.lower() in _AD_CATEGORIES for word in hints.keywords)


def _text(value: Any, length: int) -> str | None:
    return plain_text(value, length) if isinstance(value, str) else None


def _json_feed(body: bytes, gather: Gather, dates: DateReader, since: date | None) -> None:
    text = body.decode("utf-8-sig", "replace")
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError) as error:
        gather.warn(f"the feed is faulty: {error}")
        feed = {"items": list(_salvage(text))}
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        gather.warn("this is no JSON Feed")
        return
    stale = False
    for item in feed["items"][:MAX_ENTRIES]:
        if not isinstance(item, dict):
            continue
        hints = _json_hints(item, feed, dates)
        stale = gather.leaves_out(since, hints.modified_at or hints.published_at)
        if stale or _is_ad(hints):
            continue
        for key in ("url", "external_url", "id"):
            if isinstance(item.get(key), str) and gather.candidate(item[key], hints):
                break
    if isinstance(feed.get("next_url"), str) and not stale:
        gather.further(feed["next_url"])


def _salvage(text: str) -> Iterator[Any]:
    """The whole items of a JSON Feed that breaks off."""
    start = _ITEMS.search(text)
    decoder, position = json.JSONDecoder(), start.end() if start else len(text)
    while True:
        position = re.compile(r"[\s,]*").match(text, position).end()  # type: ignore[union-attr]
        try:
            item, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            return
        yield item


def _json_hints(item: Mapping[str, Any], feed: Mapping[str, Any], dates: DateReader) -> Hints:
    authors = item.get("authors") or [item.get("author")]
    names = [a.get("name") for a in authors if isinstance(a, dict)] if isinstance(authors, list) else []
    tags = item.get("tags") if isinstance(item.get("tags"), list) else []
    return Hints(
        title=_text(item.get("title"), 1000),
        published_at=dates.read(_text(item.get("date_published"), 100)),
        modified_at=dates.read(_text(item.get("date_modified"), 100)),
        language=language_tag(_text(item.get("language") or feed.get("language"), 20)),
        authors=tuple(dict.fromkeys(filter(None, (_text(name, 200) for name in names))))[:20],
        keywords=tuple(dict.fromkeys(filter(None, (_text(tag, 200) for tag in tags or []))))[:50],
        source="feed",
    )
