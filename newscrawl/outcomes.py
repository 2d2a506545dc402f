"""What Scrapy fetched, as plain values: a page for the archive and extraction, or the reason why it is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, cast

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
)
from scrapy.http import Response

from newscrawl.extraction.parts import join_parts
from newscrawl.extraction.results import Extraction
from newscrawl.items import Article, Rejection
from newscrawl.politeness import Refused, opted_out, robots_flags
from newscrawl.storage.archive import Fetched

if TYPE_CHECKING:
    from scrapy.http.headers import Headers

    from newscrawl.storage.ledger_rows import Entry

#: Content types that are no page whatever the bytes say; a missing or a wrong text type is left to extraction.
_NO_PAGE = re.compile(
    r"(?:image|audio|video|font|model)/|application/(?!xhtml|xml|json|octet-stream|x-httpd|html|unknown)", re.I
)
#: What Scrapy raises when there is no whole answer. OSError: a body that cannot be decompressed.
_NO_ANSWER = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    OSError,
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)


@dataclass(frozen=True, slots=True, repr=False)
class Story:
    """A page that was fetched, and what extraction made of it. pages: the answer, then the story's further parts."""

    entry: Entry
    pages: tuple[Fetched, ...]
    extraction: Extraction

    def __repr__(self) -> str:
        """One line for the log, which at level DEBUG shows every item."""
        result = self.extraction.result
        return f"Story({self.entry.url!r}: {result.reason if isinstance(result, Rejection) else result.headline!r})"


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that the page is as it was (304)."""

    entry: Entry
    page: Fetched


@dataclass(frozen=True, slots=True)
class Failed:
    """A page that could not be fetched. reason is one of items.REASONS; final: no later try will do better."""

    entry: Entry
    reason: str
    detail: str
    final: bool = False


def fetched_of(response: Response) -> Fetched:
    """The answer as the archive keeps it, fetched just now."""
    request = response.request
    charset = _CHARSET.search(header(response, "Content-Type") or "")
    return Fetched(
        url=response.url,
        status=response.status,
        headers=_pairs(response.headers),
        body=response.body,
        fetched_at=datetime.now(UTC).isoformat(timespec="seconds"),
        request_headers=_pairs(request.headers) if request else (),
        encoding=charset[1] if charset else None,
        ip=str(response.ip_address) if response.ip_address else None,
    )


def header(response: Response, name: str) -> str | None:
    """The first value of a header of an answer."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def conditions(etag: str | None, last_modified: str | None) -> dict[str, str]:
    """The header fields of a conditional request (RFC 9110, section 13.1)."""
    wanted = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in wanted.items() if value}


def is_passing(page: Fetched) -> bool:
    """Whether an answer is about the server's trouble and not about the page: another try may do better."""
    return page.status in (408, 425, 429) or page.status >= 500


def refusal(page: Fetched) -> Rejection | None:
    """Why an answer cannot hold a story, by its status and type alone; None where it may."""
    if page.status in (404, 410):
        return _rejection(page, "not_found", f"HTTP {page.status}")
    if not 200 <= page.status < 300:
        return _rejection(page, "http_error", f"HTTP {page.status}")
    content_type = page.header("Content-Type") or ""
    if _NO_PAGE.match(content_type.strip()):
        return _rejection(page, "not_html", f"Content-Type: {content_type[:80]}")
    return None


def failed(entry: Entry, error: BaseException) -> Failed:
    """Why a request got no answer, told from Scrapy's exceptions and ours."""
    if isinstance(error, Refused):
        return Failed(entry, error.reason, error.detail, final=not error.later)
    if isinstance(error, DownloadCancelledError):
        return Failed(entry, "too_large", str(error)[:300] or "the answer is larger than the limit", final=True)
    if isinstance(error, IgnoreRequest):
        return Failed(entry, "redirect", words(error), final=True)
    if isinstance(error, _NO_ANSWER):
        return Failed(entry, "unreachable", words(error))
    return Failed(entry, "broken", words(error))


def words(error: BaseException) -> str:
    """An exception in one line."""
    return " ".join((str(error) or type(error).__name__).split())[:300]


def without_record(rejection: Rejection) -> Extraction:
    """An extraction that was not needed to tell that there is no story."""
    return Extraction(rejection)


def joined(entry: Entry, parts: Sequence[tuple[Fetched, Extraction]]) -> Story:
    """The story of one page or several. Parts end where a page gives no record."""
    articles = cast(
        "list[Article]", list(takewhile(lambda result: isinstance(result, Article), (each.result for _, each in parts)))
    )
    kept = parts[: max(1, len(articles))]
    extraction = parts[0][1]
    if len(articles) > 1:
        dropped = tuple(line for _, each in kept for line in each.dropped)
        extraction = replace(extraction, result=join_parts(articles[0], articles[1:]), dropped=dropped)
    return Story(entry, tuple(page for page, _ in kept), extraction)


def obeying(page: Fetched, extraction: Extraction) -> Extraction:
    """The extraction, unless the page asks not to be used for text and data mining or the training of models."""
    result = extraction.result
    asked = result.provenance.get("robots", "") if isinstance(result, Article) else ""
    if not opted_out(asked.split(", ")):
        return extraction
    return without_record(_rejection(page, "opted_out", f"the page says {asked}"))


def about(page: Fetched, **more: Any) -> dict[str, Any]:
    """What extraction is told about a page besides its bytes."""
    moment = datetime.fromisoformat(page.fetched_at)
    return {
        "url": page.url,
        "encoding": page.encoding,
        "fetched_at": moment,
        "http_status": page.status,
        "flags": robots_flags(page.headers),
        **more,
    }


def _rejection(page: Fetched, reason: str, detail: str) -> Rejection:
    return Rejection(page.url, reason, detail, page.status, page.fetched_at)


def _pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values
    )
