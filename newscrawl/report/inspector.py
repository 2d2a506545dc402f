"""The inspector: a page as it was fetched beside its record, with what was kept, what was dropped, and why.

The page stands in a frame that may run no script; the outer page's script may look into it to show where a field
came from, which needs allow-same-origin and gives the framed page nothing, since nothing of it runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from newscrawl.extraction.page import Page, read_page
from newscrawl.extraction.results import Extraction
from newscrawl.items import REASONS, Article, Hints, Rejection, to_dict
from newscrawl.report.annotate import Annotated, annotate
from newscrawl.report.differences import as_text, changes
from newscrawl.report.html import render
from newscrawl.report.text import excerpt
from newscrawl.storage.reclean import kind_of

if TYPE_CHECKING:
    from newscrawl.sites import Site

Record = Mapping[str, Any]

#: Dropped blocks that are listed by name; the others are tinted all the same.
LISTED = 400
#: Rejections of pages that cost too much time or memory to be extracted once more, here without a limit on them.
_NOT_AGAIN = frozenset({"timeout", "worker_lost", "too_large", "too_complex"})
#: Characters of a page that is none that are shown.
SOURCE = 20_000


@dataclass(frozen=True, slots=True)
class Source:
    """A page to inspect, and what extraction is told about it (see extract_page)."""

    html: bytes | str
    url: str | None = None
    encoding: str | None = None
    site: Site | None = None
    fetched_at: datetime | None = None
    hints: Hints | None = None
    http_status: int | None = None

    def extract(self) -> Extraction:
        """Today's extraction of the page, traced."""
        from newscrawl.extraction.article import extract_page  # whoever has workers for that need not load it

        return extract_page(
            self.html,
            url=self.url,
            encoding=self.encoding,
            site=self.site,
            fetched_at=self.fetched_at,
            hints=self.hints,
            http_status=self.http_status,
            trace=True,
        )


@dataclass(frozen=True, slots=True)
class FieldView:
    """A field as it is shown. rule: provenance; origin: source text where the page does not show it."""

    name: str
    value: str
    rule: str | None
    origin: str | None
    shown: bool


def render_inspection(source: Source, record: Record | None = None) -> str:
    """The HTML of the inspector page. record: the record or reject line as it was written, where there is one; else
    what extraction gives today is shown. A page that extraction did not survive is shown without it."""
    if record and _too_much(record):
        extraction = Extraction(Rejection(source.url, str(record["reason"])))
    else:
        extraction = source.extract()
    result = record or to_dict(extraction.result)
    return _render(
        "inspect.html.j2",
        source,
        result,
        _seen(source, extraction, result),
        confidence=result.get("confidence"),
        differs=_differs(result, extraction),
    )


def render_diff(
    source: Source, old: Record | Article | Rejection, new: Record | Article | Rejection, up: str | None = None
) -> str:
    """The HTML of a page beside two of its records, side by side, with what went and came marked in all three.

    new is what today's extraction gives; up: address of the report of the differences.
    """
    before, after = (value if isinstance(value, Mapping) else to_dict(value) for value in (old, new))
    extraction = Extraction(Rejection(source.url, str(after.get("reason")))) if _too_much(after) else source.extract()
    bodies = (str(before.get("body") or ""), str(after.get("body") or ""))
    seen = _seen(source, extraction, after, bodies)
    return _render(
        "diff.html.j2",
        source,
        after,
        seen,
        changes=list(changes(before, after)),
        kinds=[kind_of(before), kind_of(after)],
        title=after.get("headline") or before.get("headline"),
        up=up,
    )


def _too_much(record: Record) -> bool:
    """Whether the page hung or overran a worker, and would do so to whoever parses it here."""
    return record.get("reason") in _NOT_AGAIN


def _seen(source: Source, extraction: Extraction, record: Record, bodies: tuple[str, str] | None = None) -> Annotated:
    """The page, tinted by an extraction and with what the record says marked in it."""
    page = None if _too_much(record) else read_page(source.html, source.url, source.encoding)
    if not isinstance(page, Page):
        return _unreadable(source)
    dateline = record.get("dateline")
    raw = str(dateline.get("raw") or "") if isinstance(dateline, Mapping) else ""
    meta = {
        name: as_text(record.get(name)) for name, rule in (record.get("provenance") or {}).items() if rule == "meta"
    }
    return annotate(page, extraction, raw or None, meta, bodies)


def _render(template: str, source: Source, record: Record, seen: Annotated, **more: Any) -> str:
    reason, url = record.get("reason"), record.get("url") or source.url
    about = {
        "url": url,
        "seen": seen,
        "listed": seen.dropped[:LISTED],
        "fields": list(_fields(record, seen)),
        "reason": reason,
        "reason_words": REASONS.get(str(reason), "") if reason else "",
        "detail": record.get("detail"),
        **more,
    }
    about["title"] = more.get("title") or record.get("headline") or url or "a page"
    return render(template, "base.css inspect.css", "inspect.js", **about)


def _unreadable(source: Source) -> Annotated:
    """The start of the source as text, where it is no page."""
    text = source.html if isinstance(source.html, str) else source.html[: 4 * SOURCE].decode("utf-8", "replace")
    escaped = excerpt(text, SOURCE).replace("&", "&amp;").replace("<", "&lt;")
    return Annotated(f'<!doctype html><meta charset="utf-8"><title>source</title><pre>{escaped}</pre>')


def _fields(record: Record, seen: Annotated) -> Iterator[FieldView]:
    rules = record.get("provenance") or {}
    for name, value in record.items():
        if name in ("provenance", "reason", "detail"):
            continue
        origin = seen.origins.get(name)
        yield FieldView(name, as_text(value), rules.get(name), origin, name in seen.shown)


def _differs(record: Record, extraction: Extraction) -> list[str]:
    """Names of the fields that today's extraction gives otherwise than the record has them."""
    if _too_much(record):
        return []
    return [change.field for change in changes(record, to_dict(extraction.result))]
