#!/usr/bin/env python3
"""How fast archived pages are extracted again: `scrapy reclean` with one worker and with as many as there are cores.

    python benchmarks/reclean.py ../shared/bench                513 pages of 100 KB and more, each twice, 3 rounds
    python benchmarks/reclean.py ../shared/bench --pages 50 --rounds 1

The archive is written by a crawl of the pages before the clock starts. Pages a second count the whole command, start
and report included. The machine may be shared: compare the ratios of medians.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from pathlib import Path

from crawl import ROOT, command_line, crawled, flags, pages_from, prepare
from measuring import measure
from serving import lay_out, served


def extracted_again(folder: Path, site: Path, workers: int) -> float:
    """Seconds that one re-extraction takes."""
    settings: dict[str, object] = {
        "NEWSCRAWL_SITES": folder / "sites",
        "NEWSCRAWL_OUTPUT": folder / "output",
        "NEWSCRAWL_WORKERS": workers,
    }
    used = measure([sys.executable, "-m", "scrapy", "reclean", *flags(settings), str(site / "runs")], cwd=ROOT)
    if used.status:
        raise SystemExit(f"reclean failed:\n{used.errors[-2000:]}")
    shutil.rmtree(site / "reclean")
    return used.seconds


def main() -> None:
    options = command_line(__doc__).parse_args()
    pages = pages_from(options)
    cores = len(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="newscrawl-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        lay_out(folder, pages, options.repeat)
        with served(folder) as base:
            total = prepare(folder, base, len(pages), options.repeat)
            crawled(folder, base, folder / "output", NEWSCRAWL_REPORT=False)
        site = folder / "output" / "bench"
        print(f"{total} archived pages of {statistics.mean(map(len, pages)) / 1024:.0f} KB on average")
        rates: dict[int, list[float]] = {1: [], cores: []}
        for turn in range(1, options.rounds + 1):
            for workers, row in rates.items():
                row.append(total / extracted_again(folder, site, workers))
            print(f"round {turn}: " + ", ".join(f"{n} workers {row[-1]:.1f} pages/s" for n, row in rates.items()))
    one, all_ = (statistics.median(rates[workers]) for workers in (1, cores))
    print(f"medians: 1 worker {one:.1f} pages/s, {cores} workers {all_:.1f} pages/s, ratio {all_ / one:.2f}")


if __name__ == "__main__":
    main()
