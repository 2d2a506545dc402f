"""The steps from a page to a record, in order: read, fields, body, dateline, verdict, record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from newscrawl.discovery.urls import article_id
from newscrawl.extraction.body import Body, find_body
from newscrawl.extraction.dateline import MOST_PARAGRAPHS, find_dateline
from newscrawl.extraction.edges import trim_edges
from newscrawl.extraction.language import detect
from newscrawl.extraction.localtime import with_offset
from newscrawl.extraction.metadata import Metadata, read_metadata
from newscrawl.extraction.page import DEFAULT_LIMITS, Limits, Page, read_page
from newscrawl.extraction.results import Dropped, Extraction, TracedBlock, extractor
from newscrawl.extraction.text import content_hash, count_words
from newscrawl.extraction.verdict import Verdict, give_verdict
from newscrawl.items import Article, Dateline, Hints, Rejection

if TYPE_CHECKING:
    from newscrawl.sites import Site


def extract(
    html: bytes | str,
    *,
    url: str | None = None,
    encoding: str | None = None,
    site: Site | None = None,
    fetched_at: datetime | None = None,
) -> Article | Rejection:
    """The record of a page, or why there is none. encoding is what the HTTP header declares. Never raises on a page."""
    return extract_page(html, url=url, encoding=encoding, site=site, fetched_at=fetched_at).result


def extract_page(
    html: bytes | str,
    *,
    url: str | None = None,
    encoding: str | None = None,
    site: Site | None = None,
    fetched_at: datetime | None = None,
    hints: Hints | None = None,
    http_status: int | None = None,
    flags: Sequence[str] = (),
    trace: bool = False,
    limits: Limits = DEFAULT_LIMITS,
) -> Extraction:
    """Like extract, with what the crawl and the inspector need besides the record. flags: what the answer's header
    asks of its readers (noarchive, noai …); the page's own are added."""
    page = read_page(html, url, encoding, limits)
    if isinstance(page, Rejection):
        return Extraction(replace(page, http_status=http_status, fetched_at=_iso(fetched_at)))
    metadata = read_metadata(page, site=site, fetched_at=fetched_at, hints=hints)
    body = find_body(page, metadata, site)
    trim_edges(body, metadata)
    metadata, dateline = _take_dateline(body, metadata, site)
    verdict = give_verdict(page, metadata, body)
    traced = _trace(page, body) if trace else ()
    dropped = tuple(Dropped(b.rule, b.text) for b in body.blocks if b.rule and b.rule != "outside")
    if verdict.reason:
        result: Article | Rejection = Rejection(url, verdict.reason, verdict.detail, http_status, _iso(fetched_at))
    else:
        record = _record(page, metadata, body, dateline, verdict, site, http_status, fetched_at)
        asked = ", ".join(sorted({*flags, *metadata.robots.flags}))
        result = replace(record, provenance={**record.provenance, "robots": asked}) if asked else record
    return Extraction(result, metadata.next_url, dropped, traced, _fields(page, metadata) if trace else {})


def extract_text(text: str, *, url: str | None = None, fetched_at: datetime | None = None) -> Article | Rejection:
    """The record of a plain-text dump of a page, or why there is none."""
    from newscrawl.extraction.dump import read_dump

    return read_dump(text, url=url, fetched_at=fetched_at)


def _take_dateline(body: Body, metadata: Metadata, site: Site | None) -> tuple[Metadata, Dateline | None]:
    """The dateline, taken off the paragraph that it opens; some papers open the deck with it, or both."""
    deck = [metadata.deck] if metadata.deck else []
    found = find_dateline(
        [*deck, *(b.text for b in body.kept[:MOST_PARAGRAPHS])],
        published=_day(metadata.published_at),
        language=metadata.language,
        country=site.country if site else None,
        publisher=metadata.publisher,
    )
    if found is None:
        return metadata, None
    index, dateline = found
    for block in body.kept[: max(1, index - len(deck) + 1)]:
        block.text = block.text.removeprefix(dateline.raw).lstrip()
    if deck:
        metadata = replace(metadata, deck=deck[0].removeprefix(dateline.raw).lstrip() or None)
    return metadata, dateline


def _day(value: str | None) -> date | None:
    try:
        return date.fromisoformat(value[:10]) if value else None
    except ValueError:
        return None


def _record(
    page: Page,
    metadata: Metadata,
    body: Body,
    dateline: Dateline | None,
    verdict: Verdict,
    site: Site | None,
    http_status: int | None,
    fetched_at: datetime | None,
) -> Article:
    text = body.text
    publisher = metadata.publisher or (site.publisher if site else None)
    return Article(
        id=article_id(metadata.canonical_url or page.url or f"{metadata.headline}\n{text}"),
        revision=1,
        url=page.url,
        canonical_url=metadata.canonical_url,
        site=site.name if site else None,
        publisher=publisher,
        headline=metadata.headline,
        deck=metadata.deck,
        dateline=dateline,
        authors=metadata.authors,
        published_at=with_offset(metadata.published_at, page.url),
        modified_at=with_offset(metadata.modified_at, page.url),
        language=metadata.language or detect(text),
        section=None if metadata.section == publisher else metadata.section,
        keywords=metadata.keywords,
        body=text,
        images=metadata.images,
        word_count=count_words(text),
        completeness=verdict.completeness,
        confidence=round(body.confidence, 3),
        provenance={**metadata.provenance, "body": body.provenance},
        content_hash=content_hash(metadata.headline, text),
        fetched_at=_iso(fetched_at),
        http_status=http_status,
        archive=None,
        extractor=extractor(),
    )


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _trace(page: Page, body: Body) -> tuple[TracedBlock, ...]:
    """Every block of the page; text that was found in the data of its scripts stands at no place of it."""
    paths = page.tree.getroottree()
    shown = (b for b in body.blocks if b.node.element.getroottree().getroot() is page.tree)
    return tuple(TracedBlock(paths.getpath(b.node.element), b.text, b.kept, b.rule) for b in shown)


def _fields(page: Page, metadata: Metadata) -> dict[str, str]:
    paths = page.tree.getroottree()
    return {key: paths.getpath(found[0]) for key, found in metadata.elements.items() if found}
