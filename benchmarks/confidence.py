#!/usr/bin/env python3
"""Whether records say rightly how sure their text is: f1 by confidence, on pages with known text.

    python benchmarks/confidence.py ../shared/bench

For each band of confidence: how many pages fall into it and how right they are (mean f1, median, and the f1 that a
tenth of them does not reach).
"""

from __future__ import annotations

import argparse
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.corpora import find_corpora  # noqa: E402
from benchmarks.scoring import Found, harmonic, score  # noqa: E402
from newscrawl import Article, extract  # noqa: E402

BANDS = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.01)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="pages with answers, see corpora.py")
    pages: list[tuple[float, float]] = []
    for corpus in find_corpora(parser.parse_args().folder):
        for page in corpus.pages:
            record = extract(page.html(), url=page.url)
            if isinstance(record, Article):
                raw = record.dateline.raw if record.dateline else ""
                found = score(Found(text=f"{raw} {record.body}".strip()), page.answer)
                pages.append((record.confidence, harmonic(found.precision, found.recall)))
    print("confidence      pages   mean f1   median   10 %")
    for low, high in zip(BANDS, BANDS[1:], strict=False):
        row = sorted(f1 for sure, f1 in pages if low <= sure < high)
        if row:
            figures = f"{statistics.mean(row):9.3f}{statistics.median(row):9.3f}{row[len(row) // 10]:7.3f}"
            print(f"{low:.2f} to {min(high, 1):.2f}{len(row):9}{figures}")


if __name__ == "__main__":
    main()
