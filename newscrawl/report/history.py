"""Runs on disk: finding them, reading their manifests and batches, and what is usual for a site.

A run without a manifest is one that is still going or was killed; its sealed batches are whole all the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from newscrawl.report.health import RUNS, pages, written

Manifest = Mapping[str, Any]
Record = dict[str, Any]


class ReportError(Exception):
    """Nothing to report on: one line for people that says what is missing."""


@dataclass(frozen=True, slots=True)
class Run:
    """One run's folder and what its manifest says; an empty manifest where there is none yet."""

    folder: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        """The folder's name: the UTC start."""
        return self.folder.name

    @property
    def site(self) -> str:
        """The site's name: <site>/runs/<run>."""
        return self.folder.parent.parent.name

    def articles(self) -> Iterator[Record]:
        """Every record of the run, in the order they were written."""
        return _records(self.folder, "articles-*.jsonl")

    def rejections(self) -> Iterator[Record]:
        """Every reject line of the run."""
        return _records(self.folder, "rejected-*.jsonl")


def read_run(folder: Path) -> Run:
    """The run in a folder. Raises ReportError where there is none."""
    if not folder.is_dir():
        raise ReportError(f"{folder}: no such run")
    path = folder / "manifest.json"
    if not path.exists():
        return Run(folder, {})
    try:
        manifest = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise ReportError(f"{path}: cannot be read: {error}") from None
    if not isinstance(manifest, dict):
        raise ReportError(f"{path}: is no manifest")
    return Run(folder, manifest)


def started_at(name: str) -> str:
    """The start that a run's name tells, ISO 8601.

    >>> started_at("20261124T020000Z")
    '2026-11-24T02:00:00Z'
    """
    return f"{name[:4]}-{name[4:6]}-{name[6:8]}T{name[9:11]}:{name[11:13]}:{name[13:15]}Z"


def runs_of(site_folder: Path) -> list[Run]:
    """Every run of a site, oldest first; one whose manifest cannot be read counts as unfinished."""
    runs = []
    for folder in sorted(p for p in (site_folder / "runs").glob("*") if p.is_dir()):
        try:
            runs.append(read_run(folder))
        except ReportError:
            runs.append(Run(folder, {}))
    return runs


def sites_in(output: Path) -> list[Path]:
    """The folders of the sites under an output folder."""
    return sorted(folder.parent for folder in output.glob("*/runs") if folder.is_dir())


def past_of(run: Run) -> list[Manifest]:
    """Manifests of the finished runs before this one, newest first."""
    earlier = [other for other in runs_of(run.folder.parent.parent) if other.name < run.name and other.manifest]
    return [other.manifest for other in reversed(earlier)]


def sources_of(manifest: Manifest) -> list[dict[str, Any]]:
    """The feeds, sitemaps and listings of a run, with every key that a report reads."""
    empty = {"kind": "", "url": "", "candidates": 0, "new": 0, "error": None, "dead_since": None}
    empty |= {"not_modified": False, "skipped": 0}
    return [empty | {k: v for k, v in each.items() if v is not None} for each in manifest.get("sources") or []]


def usual_fill(past: Sequence[Manifest], field: str) -> float | None:
    """How full a field is in the last 30 runs that wrote something: the median, 0 to 1; None without any."""
    shares = [m["fields"].get(field, 0) / n for m in past if (n := written(m)) and m.get("fields")][:RUNS]
    return median(shares) if shares else None


def usual_words(past: Sequence[Manifest]) -> tuple[float, float, float] | None:
    """A site's usual body lengths in words: the medians of its runs' 10th percentiles, medians and 90th."""
    known = [w for m in past if (w := m.get("body_words")) and w.get("median") is not None][:RUNS]
    if not known:
        return None
    low, middle, high = (median(float(w.get(key) or w["median"]) for w in known) for key in ("p10", "median", "p90"))
    return low, middle, high


def usual_rejects(past: Sequence[Manifest], reason: str) -> float | None:
    """The share of pages rejected for a reason in the last 30 runs, pooled."""
    recent = list(past[:RUNS])
    total = sum(map(pages, recent))
    return sum(int(m.get("rejects", {}).get(reason, 0)) for m in recent) / total if total else None


def _records(folder: Path, pattern: str) -> Iterator[Record]:
    for path in sorted(folder.glob(pattern)):
        with path.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                try:
                    record = json.loads(line)
                except ValueError:
                    continue
                if isinstance(record, dict):
                    yield record
