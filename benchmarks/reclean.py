#!/usr/bin/env python3
"""How fast archived pages are extracted again: `scrapy reclean` on one core and on all, beside the usual recipe.

    python benchmarks/reclean.py ../shared/bench                513 pages of 100 KB and more, each 8 times, 3 rounds
    python benchmarks/reclean.py ../shared/bench --pages 50 --rounds 1

The archive is written by a crawl of the pages before the clock starts. On one core means that every process of the
command has to share it. Pages a second count the whole command, start and report included. The recipe fetches the
first quarter of the same pages from a server on loopback and extracts them with trafilatura (crawl.py). The machine may
be shared: compare the ratios, which are medians of each round's own.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crawl import RECIPE, ROOT, command_line, crawled, flags, pages_from, peer, prepare
from measuring import measure
from serving import lay_out, served


@contextmanager
def on(cores: set[int]) -> Iterator[None]:
    """What is started meanwhile has these cores only."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def extracted_again(folder: Path, site: Path) -> float:
    """Seconds that one re-extraction takes, with as many workers as there are cores."""
    settings: dict[str, object] = {"NEWSCRAWL_SITES": folder / "sites", "NEWSCRAWL_OUTPUT": folder / "output"}
    used = measure([sys.executable, "-m", "scrapy", "reclean", *flags(settings), str(site / "runs")], cwd=ROOT)
    if used.status:
        raise SystemExit(f"reclean failed:\n{used.errors[-2000:]}")
    shutil.rmtree(site / "reclean")
    return used.seconds


def main() -> None:
    parser = command_line(__doc__)
    parser.set_defaults(repeat=8)
    options = parser.parse_args()
    pages = pages_from(options)
    cores = os.sched_getaffinity(0)
    ways = {"on one core": {min(cores)}, f"on {len(cores)} cores": cores}
    rates: dict[str, list[float]] = {name: [] for name in ("recipe", *ways)}
    with tempfile.TemporaryDirectory(prefix="newscrawl-bench-") as place:
        folder = Path(place)
        folder.chmod(0o755)
        lay_out(folder, pages, options.repeat)
        with served(folder) as base:
            total = prepare(folder, base, len(pages), options.repeat)
            crawled(folder, base, folder / "output", NEWSCRAWL_REPORT=False)
            site = folder / "output" / "bench"
            some = prepare(folder, base, len(pages), max(1, options.repeat // 4))  # the recipe's
            print(f"{total} archived pages of {statistics.mean(map(len, pages)) / 1024:.0f} KB on average")
            for turn in range(1, options.rounds + 1):
                rates["recipe"].append(some / peer(folder, RECIPE).seconds)
                for name, these in ways.items():
                    with on(these):
                        rates[name].append(total / extracted_again(folder, site))
                print(
                    f"round {turn}: " + ", ".join(f"{each} {row[-1]:.1f} pages/s" for each, row in rates.items()),
                    flush=True,
                )
    recipe, one, every = rates.values()
    print("medians: " + ", ".join(f"{each} {statistics.median(row):.1f} pages/s" for each, row in rates.items()))
    for what, base_row in (("one core", one), ("the recipe", recipe)):
        ratio = statistics.median(mine / other for mine, other in zip(every, base_row, strict=True))
        print(f"{len(cores)} cores over {what}: {ratio:.2f}")


if __name__ == "__main__":
    main()
