#!/usr/bin/env python3
"""Score the dateline reader on labelled pages.

    python benchmarks/datelines.py [BENCH]               on the gold text: the reader alone
    python benchmarks/datelines.py [BENCH] --pages       on what newscrawl.extract makes of the pages
    python benchmarks/datelines.py [BENCH] --hunt SET    print every dateline found in another set's gold texts

BENCH (default ../shared/bench) holds datelines.jsonl, and for each of its ids news/ground-truth/<id>.json and
news/html/<id>.html.gz.

found       precision and recall: a dateline was found where one is labelled, and its raw text is the labelled one
place …     share of the labelled pages found right whose field is right; labels of two places join the cities and
            leave the country out, where the record gives the first ("München/London": Munich, DE), so that only the
            first of a label's cities is asked for, and the country only of labels that have one; cities are compared
            by where they lie, so that ソウル and Seoul are one
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import statistics
import sys
import time
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from newscrawl import extract
from newscrawl.extraction.dateline import find_dateline, parse_dateline
from newscrawl.extraction.gazetteer import choose, cities
from newscrawl.items import Article, Dateline


def gold_paragraphs(truth: dict[str, Any]) -> list[str]:
    deck = truth.get("deck") or []
    deck = [deck] if isinstance(deck, str) else deck
    lines = "\n".join([*deck, truth.get("main_content") or ""]).split("\n")
    return [line.strip() for line in lines if line.strip()]


def day(text: str | None) -> date | None:
    try:
        return datetime.fromisoformat((text or "").strip()).date()
    except ValueError:
        return None


def pages(bench: Path, name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted((bench / name / "ground-truth").glob("*.json")):
        yield path.stem, json.loads(path.read_text("utf-8"))


def from_text(page: dict[str, Any], label: dict[str, Any]) -> tuple[Dateline | None, float]:
    truth = page["ground_truth"]
    paragraphs = gold_paragraphs(truth)
    start = time.perf_counter()
    found = find_dateline(paragraphs, published=day(truth.get("publish_date")), language=label.get("lang"))
    return (found[1] if found else None), time.perf_counter() - start


def from_page(bench: Path, name: str, page: dict[str, Any]) -> tuple[Dateline | None, float]:
    html = gzip.decompress((bench / "news" / "html" / f"{name}.html.gz").read_bytes())
    start = time.perf_counter()
    record = extract(html, url=page.get("url"))
    return (record.dateline if isinstance(record, Article) else None), time.perf_counter() - start


def same_city(found: str | None, label: str) -> bool:
    first = label.split("/")[0]
    here, there = (choose(cities(name)) if name else None for name in (found, first))
    return found == first or bool(
        here and there and (here.latitude, here.longitude) == (there.latitude, there.longitude)
    )


def field_scores(found: Dateline, label: dict[str, Any]) -> dict[str, bool]:
    scores = {key: getattr(found, key) == label[key] for key in ("place", "date", "agency")}
    if label["city"]:
        scores["city"] = same_city(found.city, label["city"])
    if label["country"]:
        scores["country"] = found.country == label["country"]
    return scores


def score(bench: Path, whole_pages: bool) -> None:
    labels = [json.loads(line) for line in (bench / "datelines.jsonl").read_text("utf-8").splitlines()]
    truth = dict(pages(bench, "news"))
    right = wanted = given = 0
    seconds: list[float] = []
    fields: dict[str, list[bool]] = {}
    for label in labels:
        page = truth[label["id"]]
        found, spent = from_page(bench, label["id"], page) if whole_pages else from_text(page, label)
        seconds.append(spent)
        wanted, given = wanted + bool(label["raw_sha1"]), given + bool(found)
        if found and hashlib.sha1(found.raw.strip().encode()).hexdigest() == label["raw_sha1"]:
            right += 1
            for key, value in field_scores(found, label).items():
                fields.setdefault(key, []).append(value)
                if not value:
                    print(f"  {label['id']}: {key} {getattr(found, key)!r}, labelled {label[key]!r}")
        elif found or label["raw_sha1"]:
            print(f"  {label['id']}: found {found.raw if found else None!r}, labelled {label['place']!r}")
    print(
        f"{len(labels)} pages, {wanted} with a dateline: precision {right / max(1, given):.3f} ({right}/{given}), ",
        end="",
    )
    print(f"recall {right / max(1, wanted):.3f} ({right}/{wanted})")
    print(", ".join(f"{k} {sum(v) / len(v):.3f} (of {len(v)})" for k, v in sorted(fields.items())))
    print(f"{statistics.median(seconds) * 1000:.3f} ms a page (median), {statistics.mean(seconds) * 1000:.3f} (mean)")


def hunt(bench: Path, name: str) -> None:
    """Every dateline in the gold texts of a set, and how long a paragraph takes."""
    seconds, paragraphs = 0.0, 0
    for stem, page in pages(bench, name):
        truth = page["ground_truth"]
        texts, published = gold_paragraphs(truth), day(truth.get("publish_date"))
        found = find_dateline(texts, published=published)
        start = time.perf_counter()
        for text in texts:
            parse_dateline(text, published=published)
        seconds, paragraphs = seconds + time.perf_counter() - start, paragraphs + len(texts)
        if found:
            print(f"  {stem} [{found[0]}] {found[1]}\n      {texts[found[0]][:110]}")
    print(f"{paragraphs} paragraphs, {seconds / max(1, paragraphs) * 1000:.3f} ms each")


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("bench", nargs="?", type=Path, default=Path(__file__).parents[2] / "shared" / "bench")
    parser.add_argument("--pages", action="store_true", help="run newscrawl.extract on the pages")
    parser.add_argument("--hunt", metavar="SET", help="print what is found in the gold texts of a set without labels")
    options = parser.parse_args()
    if not (options.bench / "datelines.jsonl").exists():
        print(f"no datelines.jsonl in {options.bench}", file=sys.stderr)
        return 1
    if options.hunt:
        hunt(options.bench, options.hunt)
    else:
        score(options.bench, options.pages)
    return 0


if __name__ == "__main__":
    sys.exit(main())
