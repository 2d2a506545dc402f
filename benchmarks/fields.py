#!/usr/bin/env python3
"""Score the fields alone (headline, deck, day, minute, authors) on the pages beside the repository, quickly.

    python benchmarks/fields.py                       both sets
    python benchmarks/fields.py --set news --show deck   also print the pages where a field differs from the gold
    python benchmarks/fields.py --time                also the CPU time a page, next to trafilatura's metadata alone

Pages are parsed outside the clock. The measures are those of ../shared/bench/evaluate.py, which is imported for them.
"""

from __future__ import annotations

import argparse
import importlib.util
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import lxml.html

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newscrawl.extraction.metadata import Metadata, read_metadata  # noqa: E402
from newscrawl.extraction.page import Page, read_page  # noqa: E402

BENCH = ROOT.parent / "shared" / "bench"
FIELDS = ("headline", "deck", "day", "minute", "authors")


def measures(folder: Path) -> ModuleType:
    """The bench's own evaluate.py, as a module."""
    spec = importlib.util.spec_from_file_location("evaluate", folder / "evaluate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def scores(found: Metadata, gold: dict[str, Any], by: ModuleType) -> Iterator[tuple[str, float, Any, Any]]:
    """(field, score, found, gold) for each field the gold has."""
    if gold.get("title"):
        yield "headline", by.folded(found.headline) == by.folded(gold["title"]), found.headline, gold["title"]
    if gold.get("deck"):
        deck = " ".join(gold["deck"])
        yield "deck", by.folded(found.deck) == by.folded(deck), found.deck, deck
    if gold.get("publish_date"):
        yield "day", by.same_day(found.published_at, gold["publish_date"]), found.published_at, gold["publish_date"]
        if len(gold["publish_date"]) > 10:
            right = by.same_minute(found.published_at, gold["publish_date"])
            yield "minute", right, found.published_at, gold["publish_date"]
    if gold.get("authors"):
        yield "authors", by.name_f1(found.authors, gold["authors"]), found.authors, gold["authors"]


def read_tree(html: bytes) -> Any:
    """The tree as the extraction parses it; an empty one for what it refuses."""
    page = read_page(html)
    return page.tree if isinstance(page, Page) else lxml.html.document_fromstring("<html><body></body></html>")


@dataclass(frozen=True)
class Measured:
    """One page: what was found, its scores (field, score, found, gold), and the CPU seconds it took."""

    pid: str
    found: Metadata
    scores: list[tuple[str, float, Any, Any]]
    seconds: float
    peer_seconds: float = 0.0


def measured(bench: Path, name: str, ids: Sequence[str] = (), peer: bool = False) -> Iterator[Measured]:
    """Every page of a set, or those with these ids, measured; peer: trafilatura's metadata is timed beside."""
    by = measures(bench)
    for pid, url, html, gold in by.load(name):
        if ids and pid not in ids:
            continue
        page = SimpleNamespace(tree=read_tree(html), url=url or None)
        start = time.process_time()
        found = read_metadata(page)
        seconds = time.process_time() - start
        beside = peer_time(read_tree(html), url) if peer else 0.0
        yield Measured(pid, found, list(scores(found, gold, by)), seconds, beside)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--set", action="append", choices=("news", "wcxb-articles"))
    parser.add_argument("--show", choices=FIELDS, action="append", default=[])
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--ids", nargs="*", default=[])
    args = parser.parse_args()
    for name in args.set or ("news", "wcxb-articles"):
        pages = []
        for page in measured(args.bench, name, args.ids, args.time):
            pages.append(page)
            for field, score, got, want in page.scores:
                if field in args.show and score < 1:
                    rule = page.found.provenance.get(field)
                    print(f"{page.pid} {field} {score:.2f} [{rule}]\n   got  {got}\n   want {want}")
        print(summary(name, pages), flush=True)


def summary(name: str, pages: Sequence[Measured]) -> str:
    """One line: the mean of each field with the number of pages that have it, and the time a page."""
    totals: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        for field, score, _, _ in page.scores:
            totals[field].append(float(score))
    figures = " ".join(f"{f}={statistics.mean(totals[f]):.4f}({len(totals[f])})" for f in FIELDS if totals[f])
    ours, theirs = [1000 * p.seconds for p in pages], [1000 * p.peer_seconds for p in pages]
    cost = f"ms={statistics.mean(ours):.2f} median={statistics.median(ours):.2f}"
    peer = f" trafilatura-metadata ms={statistics.mean(theirs):.2f}" if any(theirs) else ""
    return f"{name:<14}{figures} {cost}{peer}"


def peer_time(tree: Any, url: str) -> float:
    """CPU seconds that trafilatura takes for the metadata of the same tree."""
    from trafilatura.metadata import extract_metadata

    start = time.process_time()
    extract_metadata(tree, url or None)
    return time.process_time() - start


if __name__ == "__main__":
    main()
