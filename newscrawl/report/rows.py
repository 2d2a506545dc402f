"""The table of articles: as much of each story as lets 5,000 of them stay in a page of 1.5 MB that needs no script."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from html import escape
from typing import Any

from newscrawl.report.html import when
from newscrawl.report.text import excerpt, safe_url, visible

#: What the rows may take of a page, in bytes; all else on it takes less than 200,000.
BUDGET = 1_280_000
#: What is given up, step by step, until all rows fit: characters of the opening, and links to live pages.
_STEPS: tuple[tuple[int, bool], ...] = (
    *((opening, True) for opening in (260, 200, 150, 110, 80, 50)),
    *((opening, False) for opening in (80, 50, 30, 15, 0)),
)
_HEADLINE, _DATELINE = 220, 60
_MARKUP = len('<tr><td><td><a href=""></a><p><td><td>\n')


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
    opening, live = next((step for step in _STEPS if sum(_size(row, *step) for row in rows) <= budget), _STEPS[-1])
    shown, room = [], budget
    for row in rows:
        room -= _size(row, opening, live)
        if room < 0:
            break
        href = row.href if live or not _is_live(row) else None
        shown.append(replace(row, opening=excerpt(row.opening, opening) if opening else "", href=href))
    return shown, _note(len(shown), total, any(map(_is_live, rows)), live)


def _note(shown: int, total: int, any_live: bool, live: bool) -> str:
    note = f"{shown:,} articles, newest first." if shown != 1 else "One article."
    if shown < total:
        note = f"The newest {shown:,} of {total:,} articles; the others stand in the articles-*.jsonl files."
    if any_live:
        note += " Those marked ↗ open the live page." if live else " Those without an inspector page have no link."
    return note


def _row(article: Mapping[str, Any], links: Mapping[str, str]) -> Row:
    dateline, confidence, body = article.get("dateline"), article.get("confidence"), str(article.get("body") or "")
    raw = dateline.get("raw") if isinstance(dateline, Mapping) else None
    return Row(
        published=when(article.get("published_at")),
        headline=excerpt(visible(str(article.get("headline") or "no headline")), _HEADLINE),
        opening=excerpt(visible(body[:2000].split("\n\n", 1)[0]), _STEPS[0][0]),
        dateline=excerpt(visible(str(raw or "")), _DATELINE),
        confidence=f"{confidence:.2f}" if isinstance(confidence, (int, float)) else "",
        href=links.get(str(article.get("id"))) or safe_url(article.get("url")),
    )


def _is_live(row: Row) -> bool:
    return bool(row.href and row.href.startswith("http"))


def _size(row: Row, opening: int, live: bool) -> int:
    """Bytes that a row takes with its opening cut to so many characters, with or without a link to the live page."""
    href = row.href if live or not _is_live(row) else None
    texts = (row.published, row.headline, row.dateline, row.confidence, href or "", excerpt(row.opening, opening))
    return _MARKUP + sum(len(escape(text).encode("utf-8", "replace")) for text in texts)
