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
from collections.abc import Iterator
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bench", type=Path, default=BENCH)
    parser.add_argument("--set", action="append", choices=("news", "wcxb-articles"))
    parser.add_argument("--show", choices=FIELDS, action="append", default=[])
    parser.add_argument("--time", action="store_true")
    parser.add_argument("--ids", nargs="*")
    args = parser.parse_args()
    by = measures(args.bench)
    for name in args.set or ("news", "wcxb-articles"):
        totals: dict[str, list[float]] = defaultdict(list)
        ours: list[float] = []
        theirs: list[float] = []
        for pid, url, html, gold in by.load(name):
            if args.ids and pid not in args.ids:
                continue
            page = SimpleNamespace(tree=read_tree(html), url=url or None)
            start = time.process_time()
            found = read_metadata(page)
            ours.append(time.process_time() - start)
            if args.time:
                theirs.append(peer_time(read_tree(html), url))
            for field, score, got, want in scores(found, gold, by):
                totals[field].append(float(score))
                if field in args.show and score < 1:
                    print(f"{pid} {field} {score:.2f} [{found.provenance.get(field)}]\n   got  {got}\n   want {want}")
        figures = " ".join(f"{f}={statistics.mean(totals[f]):.4f}({len(totals[f])})" for f in FIELDS if totals[f])
        cost = f" ms={1000 * statistics.mean(ours):.2f} median={1000 * statistics.median(ours):.2f}"
        peer = f" trafilatura-metadata ms={1000 * statistics.mean(theirs):.2f}" if theirs else ""
        print(f"{name:<14}{figures}{cost}{peer}", flush=True)


def peer_time(tree: Any, url: str) -> float:
    """CPU seconds that trafilatura takes for the metadata of the same tree."""
    from trafilatura.metadata import extract_metadata

    start = time.process_time()
    extract_metadata(tree, url or None)
    return time.process_time() - start


if __name__ == "__main__":
    main()
