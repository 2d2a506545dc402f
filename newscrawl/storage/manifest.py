"""manifest.json: what a run did, written last. Its presence says that the run's folder will not change any more."""

from __future__ import annotations

import json
import platform
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from newscrawl import __version__
from newscrawl.items import Article
from newscrawl.storage.files import write_whole
from newscrawl.storage.ledger_rows import FileState, RunState

NAME = "manifest.json"
SCHEMA = 1

#: Below this confidence (0 to 1) a record counts as low_confidence.
LOW_CONFIDENCE = 0.5

#: Fields of a record whose filling is counted: those that a page may or may not give.
FIELDS = (
    *("headline", "deck", "dateline", "authors", "published_at", "modified_at", "language", "section"),
    *("keywords", "body", "images", "publisher", "canonical_url"),
)

COUNTS = ("discovered", "requests", "fetched", "new", "revised", "unchanged", "rejected", "failed", "left")


@dataclass(slots=True)
class Tally:
    """What is counted over a run's records and reject lines; grows with distinct values, not with records."""

    fields: Counter[str] = field(default_factory=Counter)
    words: Counter[int] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    rejects: Counter[str] = field(default_factory=Counter)
    lines: Counter[str] = field(default_factory=Counter)
    low_confidence: int = 0

    def article(self, record: Mapping[str, Any]) -> None:
        """Counts a record, given as plain JSON types or as the fields of an Article."""
        self.lines["revised" if record["revision"] > 1 else "new"] += 1
        self.fields.update(name for name in FIELDS if record[name])
        self.words[record["word_count"]] += 1
        self.languages[record["language"] or "und"] += 1
        self.low_confidence += record["confidence"] < LOW_CONFIDENCE

    def reject(self, record: Mapping[str, Any]) -> None:
        """Counts a reject line."""
        self.lines["rejected"] += 1
        self.rejects[record["reason"]] += 1

    def as_dict(self) -> dict[str, Any]:
        """The manifest's share of it."""
        words = {name: percentile(self.words, share) for name, share in (("median", 0.5), ("p10", 0.1), ("p90", 0.9))}
        return {
            "rejects": dict(self.rejects.most_common()),
            "fields": {name: self.fields[name] for name in FIELDS},
            "body_words": words,
            "low_confidence": self.low_confidence,
            "languages": dict(self.languages.most_common()),
        }


def flat(article: Article) -> dict[str, Any]:
    """A record's top-level fields, as Tally counts them."""
    return {each.name: getattr(article, each.name) for each in fields(Article)}


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The smallest value that at least this share (0 to 1) of the counted values does not exceed; None for none."""
    total, seen = sum(counts.values()), 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= share * total:
            return value
    return None


def write_manifest(folder: Path, data: Mapping[str, Any]) -> None:
    """Writes a run's manifest, whole or not at all. Raises OSError."""
    write_whole(folder, NAME, json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n")


def build(
    *,
    site: str,
    run: RunState,
    finished_at: int,
    exit_status: int | None,
    finish_reason: str,
    left: int,
    tally: Tally,
    files: Iterable[FileState],
    stats: Mapping[str, Any],
) -> dict[str, Any]:
    """A manifest. left: URLs that are due; stats: the crawler's own keys (responses, latency_ms, settings, …).

    stats win where both know something, but not about outcomes and reject lines: what counts there is what is on disk.
    """
    counts = {name: run.counts.get(name, 0) for name in COUNTS}
    outcomes = {name: counts[name] for name in ("unchanged", "failed")}
    outcomes |= {name: tally.lines[name] for name in ("new", "revised", "rejected")}
    data = {
        "schema": SCHEMA,
        "site": site,
        "run": run.run,
        "started_at": iso(run.started_at),
        "finished_at": iso(finished_at),
        "seconds": float(finished_at - run.started_at),
        "exit_status": exit_status,
        "finish_reason": finish_reason,
        "counts": counts | dict(stats.get("counts", {})) | outcomes | {"left": left},
        **tally.as_dict(),
        "files": [
            {"name": each.name, "bytes": each.bytes, "sha256": each.sha256, "records": each.records} for each in files
        ],
        "sources": [],
        "responses": {},
        "settings": {},
        "versions": versions(),
    }
    return data | {key: value for key, value in stats.items() if key not in ("counts", "files", "rejects")}


@cache
def versions() -> dict[str, str]:
    """Of what a record depends on."""
    found = {"newscrawl": __version__}
    for name in ("scrapy", "trafilatura", "lxml", "dateparser", "warcio"):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found | {"python": platform.python_version()}


def iso(moment: int) -> str:
    """Seconds since 1970 as ISO 8601 with Z."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
