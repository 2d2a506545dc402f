"""What a crawl produces: the one definition of a record. Field order is the order of keys in the JSONL.

Unknown is None, never an empty string. Times are ISO 8601 strings: with an offset when the page gives a time and
the zone is known, a plain date when it gives only a day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class ArchiveRef:
    """Where the page that a record was made from is kept.

    file: name of the WARC file, relative to the run's folder; record_id: its WARC-Record-ID, "<urn:uuid:…>".
    """

    file: str
    record_id: str


@dataclass(frozen=True, slots=True)
class Dateline:
    """The opening of a wire story: where and when it was filed, and by whom.

    raw and place are exactly as printed; country is ISO 3166-1 alpha-2; latitude and longitude are degrees (WGS 84);
    date is ISO 8601, resolved against the publication date; agency is its canonical name.
    """

    raw: str
    place: str | None = None
    city: str | None = None
    region: str | None = None
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    date: str | None = None
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the story; caption and credit as printed."""

    url: str
    caption: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """One record: a story, and what is needed to trust it. README.md explains every key."""

    id: str
    revision: int
    url: str | None
    canonical_url: str | None
    site: str | None
    publisher: str | None
    headline: str | None
    deck: str | None
    dateline: Dateline | None
    authors: tuple[str, ...]
    published_at: str | None
    modified_at: str | None
    language: str | None
    section: str | None
    keywords: tuple[str, ...]
    body: str
    images: tuple[Image, ...]
    word_count: int
    completeness: str
    confidence: float
    provenance: Mapping[str, str]
    content_hash: str
    fetched_at: str | None
    http_status: int | None
    archive: ArchiveRef | None
    extractor: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A page that gives no record, and why. reason is one of REASONS; detail says it in words."""

    url: str | None
    reason: str
    detail: str | None = None
    http_status: int | None = None
    fetched_at: str | None = None
    archive: ArchiveRef | None = None


#: Why a page gives no record. The keys stand in rejects files and reports; the words explain them to people.
REASONS: Mapping[str, str] = {
    "not_html": "the answer is not a page (a PDF, an image, a feed …)",
    "empty": "the page has no text",
    "no_story": "no story was found on the page",
    "listing": "a page of links to stories",
    "search": "a page of search results",
    "consent_wall": "a consent or cookie page instead of the story",
    "bot_wall": "a captcha or block page instead of the story",
    "login_wall": "a login page instead of the story",
    "soft_404": "an error page sent with a success status",
    "not_found": "the server says the page is gone (404, 410)",
    "http_error": "the server answered with another error status",
    "video": "a page that is a video, with no story text",
    "gallery": "a page that is a photo gallery, with no story text",
    "too_large": "the page is over the size limit",
    "too_complex": "the page is over the limit of elements or depth, or needs too much memory",
    "too_long": "the story is over the limit of text",
    "timeout": "extraction took longer than the limit",
    "worker_lost": "the extraction process died on this page, twice",
    "broken": "the page could not be read",
    "robots": "robots.txt forbids it",
    "opted_out": "the page asks not to be used and NEWSCRAWL_OBEY_AI_OPTOUT is on",
    "offsite": "the page was redirected to another site",
    "private_address": "the address is in a private network",
    "unreachable": "no answer after every try",
    "budget": "the host's budget of requests in one run was used up",
    "duplicate": "the same story is already recorded under another URL",
    "redirect": "redirected too often or to something that is no web page",
}


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


def to_dict(item: Article | Rejection) -> dict[str, Any]:
    """The record as plain JSON types, keys in order."""
    plain: dict[str, Any] = _plain(item)
    return plain


def article_from_dict(data: Mapping[str, Any]) -> Article:
    """The inverse of to_dict for articles; unknown keys of later versions are passed over.

    Raises KeyError where a key without a default is missing.
    """
    known = {f.name: data[f.name] for f in fields(Article)}
    known["dateline"] = Dateline(**known["dateline"]) if known["dateline"] else None
    known["images"] = tuple(Image(**i) for i in known["images"])
    known["archive"] = ArchiveRef(**known["archive"]) if known["archive"] else None
    known["authors"], known["keywords"] = tuple(known["authors"]), tuple(known["keywords"])
    return Article(**known)


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed or sitemap said about an article before it was fetched; fills gaps, never overrides the page.

    published_at is ISO 8601; source names the kind of document that said so ("feed", "news-sitemap", "sitemap").
    """

    title: str | None = None
    published_at: str | None = None
    modified_at: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    publisher: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """A link that looks like a story, and what is known of it before it is fetched.

    url: absolute, as found; via: the feed, sitemap or listing it was found in; hints: see Hints.
    """

    url: str
    via: str
    hints: Hints = field(default_factory=Hints)
