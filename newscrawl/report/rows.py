"""The table of articles: as much of each story as lets 5,000 of them stay in a page of 1.5 MB that needs no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from newscrawl.report.html import when
from newscrawl.report.text import excerpt, safe_url, visible

#: What the rows may take of a page, in bytes; the rest of it takes a tenth of that.
BUDGET = 1_200_000
_OPENINGS = (260, 200, 150, 110, 80, 50, 0)
_HEADLINE = 220
_MARKUP = 75


@dataclass(frozen=True, slots=True)
class Row:
    """One article in the table. href: its inspector page, or else the live page."""

    published: str
    headline: str
    opening: str
    dateline: str
    confidence: str
    href: str | None


def rows_of(
    articles: Iterable[Mapping[str, Any]], links: Mapping[str, str], total: int, budget: int = BUDGET
) -> tuple[list[Row], str]:
    """The rows, newest story first, and a sentence on what they leave out. links: article id -> inspector page."""
    rows = sorted((_row(article, links) for article in articles), key=lambda row: row.published, reverse=True)
    fixed = [_MARKUP + sum(map(_size, (r.published, r.headline, r.dateline, r.confidence, r.href or ""))) for r in rows]
    limit = next((n for n in _OPENINGS if sum(fixed) + sum(_size(excerpt(r.opening, n)) for r in rows) <= budget), 0)
    shown, room = [], budget
    for row, size in zip(rows, fixed, strict=True):
        opening = excerpt(row.opening, limit) if limit else ""
        room -= size + _size(opening)
        if room < 0:
            break
        shown.append(Row(row.published, row.headline, opening, row.dateline, row.confidence, row.href))
    note = f"{len(shown):,} articles, newest first." if len(shown) != 1 else "One article."
    if len(shown) < total:
        note = f"The newest {len(shown):,} of {total:,} articles; the others stand in the articles-*.jsonl files."
    return shown, note


def _row(article: Mapping[str, Any], links: Mapping[str, str]) -> Row:
    dateline = article.get("dateline") or {}
    confidence = article.get("confidence")
    body = str(article.get("body") or "")
    return Row(
        published=when(article.get("published_at")),
        headline=excerpt(visible(str(article.get("headline") or "no headline")), _HEADLINE),
        opening=excerpt(visible(body.split("\n\n", 1)[0][:400]), _OPENINGS[0]),
        dateline=excerpt(visible(str(dateline.get("raw") or "")), 60),
        confidence=f"{confidence:.2f}" if isinstance(confidence, (int, float)) else "",
        href=links.get(str(article.get("id"))) or safe_url(article.get("url")),
    )


def _size(text: str) -> int:
    return len(escape(text).encode("utf-8", "replace"))
