"""What a run counts while it goes: one collector, told by the spider and the pipelines, read by the rest of this room.

The collector knows no Scrapy, no file and no clock. Methods may be called from any thread; each is a few dictionary
steps under one lock.
"""

from __future__ import annotations

import heapq
from array import array
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from statistics import quantiles
from threading import Lock
from typing import Any, Literal

from newscrawl.items import Article
from newscrawl.report.text import without_secrets

Kind = Literal["new", "revised", "unchanged"]

#: Fields of a record whose filling is counted: those that a page may or may not give.
FIELDS = (
    *("headline", "deck", "dateline", "authors", "published_at", "modified_at", "language", "section"),
    *("keywords", "body", "images", "publisher", "canonical_url"),
)
#: An extraction below this confidence (0 to 1) counts as unsure.
LOW_CONFIDENCE = 0.5
#: How many of the slowest pages a manifest names.
SLOWEST = 10


@dataclass(frozen=True, slots=True)
class Source:
    """One way to stories (a feed, sitemap or listing) in this run. new: links not known before; read: its documents
    that came, older pages and sitemaps of an index included; skipped: sitemaps that were not asked for, since their
    index says that they have not changed; candidates: links seen, those of skipped sitemaps included."""

    kind: str
    url: str
    candidates: int = 0
    new: int = 0
    error: str | None = None
    not_modified: bool = False
    dead_since: str | None = None
    read: int = 0
    skipped: int = 0


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The counts at one moment, for the progress display."""

    discovered: int
    requests: int
    fetched: int
    new: int
    revised: int
    unchanged: int
    rejected: int
    failed: int

    @property
    def done(self) -> int:
        """Pages that ended as a record or a reject line."""
        return self.new + self.revised + self.unchanged + self.rejected


@dataclass(slots=True)
class RunStats:
    """Counts of one run. Call the methods as things happen; to_manifest gives the counted part of manifest.json."""

    _counts: Counter[str] = field(default_factory=Counter)
    _rejects: Counter[str] = field(default_factory=Counter)
    _fields: Counter[str] = field(default_factory=Counter)
    _responses: Counter[str] = field(default_factory=Counter)
    _chrome: Counter[str] = field(default_factory=Counter)
    _languages: Counter[str] = field(default_factory=Counter)
    _sources: dict[tuple[str, str], Source] = field(default_factory=dict)
    _words: array[int] = field(default_factory=lambda: array("L"))
    _latency: array[float] = field(default_factory=lambda: array("f"))
    _slowest: list[tuple[float, str]] = field(default_factory=list)
    _health: dict[str, Any] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def discovered(self, number: int = 1) -> None:
        """number article URLs entered the ledger for the first time."""
        self._count("discovered", number)

    def request(self, number: int = 1) -> None:
        """number requests were sent, robots.txt and tries again included."""
        self._count("requests", number)

    def response(self, status: int, latency_s: float | None, url: str) -> None:
        """An answer came: its HTTP status and the seconds until its body was whole, where known."""
        with self._lock:
            self._counts["fetched"] += 1
            self._responses[str(status)] += 1
            if latency_s is not None:
                self._latency.append(latency_s)
                heapq.heappush(self._slowest, (latency_s, without_secrets(url)))
                if len(self._slowest) > SLOWEST:
                    heapq.heappop(self._slowest)

    def article(self, article: Article, kind: Kind = "new", dropped: Iterable[str] = ()) -> None:
        """A page gave a record: new, revised, or unchanged and so not written, of which only that is counted.

        dropped: names of the chrome rules that took something off it, once for each line or block.
        """
        filled = [name for name in FIELDS if getattr(article, name)]
        with self._lock:
            self._counts[kind] += 1
            if kind == "unchanged":
                return
            self._fields.update(filled)
            self._chrome.update(dropped)
            self._languages[article.language or "und"] += 1
            self._words.append(article.word_count)
            self._counts["low_confidence"] += article.confidence < LOW_CONFIDENCE

    def not_modified(self, number: int = 1) -> None:
        """number known articles were asked for again and the server said 304: nothing to extract."""
        self._count("unchanged", number)

    def reject(self, reason: str, url: str | None = None) -> None:
        """A page gave a reject line; reason is one of items.REASONS."""
        with self._lock:
            self._counts["rejected"] += 1
            self._rejects[reason] += 1

    def failed(self, url: str | None = None) -> None:
        """A URL could not be fetched in this run and stays in the ledger for a later one."""
        self._count("failed", 1)

    def source(
        self,
        kind: str,
        url: str,
        candidates: int = 0,
        new: int = 0,
        error: str | None = None,
        *,
        not_modified: bool = False,
        dead_since: str | None = None,
        skipped: int = 0,
    ) -> None:
        """A feed, sitemap or listing was read. Told more than once for one URL, numbers add up, the last error stays.

        not_modified: the server said 304, so that no candidate says nothing. dead_since: ISO 8601 date of the first
        of the failures in a row, from the ledger. skipped: see Source.
        """
        key = kind, without_secrets(url)
        with self._lock:
            old = self._sources.get(key) or Source(*key)
            self._sources[key] = replace(
                old,
                candidates=old.candidates + candidates,
                new=old.new + new,
                error=error or old.error,
                not_modified=not_modified or old.not_modified,
                dead_since=dead_since or old.dead_since,
                read=old.read + (error is None),
                skipped=old.skipped + skipped,
            )

    def judged(self, verdict: Mapping[str, Any]) -> None:
        """The run was judged: the "health" key of its manifest (Health.to_manifest)."""
        self._health = dict(verdict)

    def snapshot(self) -> Snapshot:
        """The counts as they stand."""
        with self._lock:
            return Snapshot(**{name: self._counts[name] for name in Snapshot.__dataclass_fields__})

    def to_manifest(self) -> dict[str, Any]:
        """The counted part of manifest.json, as plain JSON types. Latencies are milliseconds, lengths are words."""
        with self._lock:
            return {
                "counts": {name: self._counts[name] for name in Snapshot.__dataclass_fields__},
                "rejects": dict(self._rejects.most_common()),
                "sources": [_source(source) for source in self._sources.values()],
                "fields": {name: self._fields[name] for name in FIELDS},
                "body_words": _spread(self._words, median=50, p10=10, p90=90),
                "low_confidence": self._counts["low_confidence"],
                "responses": dict(sorted(self._responses.items())),
                "latency_ms": _spread([1000 * s for s in self._latency], median=50, p95=95),
                "slowest": [{"url": url, "ms": round(1000 * s)} for s, url in sorted(self._slowest, reverse=True)],
                "chrome": dict(self._chrome.most_common()),
                "languages": dict(self._languages.most_common()),
                **({"health": self._health} if self._health else {}),
            }

    def _count(self, name: str, number: int) -> None:
        with self._lock:
            self._counts[name] += number


def _source(source: Source) -> dict[str, Any]:
    return {name: getattr(source, name) for name in Source.__dataclass_fields__}


def _spread(values: Iterable[float], **percentiles: int) -> dict[str, int | None]:
    """The named percentiles of values, rounded; None where there is no value."""
    known = list(values)
    if not known:
        return dict.fromkeys(percentiles)
    cuts = quantiles(known * 2 if len(known) == 1 else known, n=100, method="inclusive")
    return {name: round(cuts[at - 1]) for name, at in percentiles.items()}
