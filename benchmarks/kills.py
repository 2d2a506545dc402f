#!/usr/bin/env python3
"""Kill crawls of the sample site at random moments, hundreds of times, and look for what was lost or doubled.

    python benchmarks/kills.py                 500 kills, the seed printed
    python benchmarks/kills.py --kills 50 --seed 7

Each round crawls the sample site from nothing: the process is killed with SIGKILL, started again, killed again, until
the crawl is done; then the records are held against those of a crawl that was left alone, key by key, every sealed
file is read, and every WARC is checked. Takes about 3 s a kill.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from crawling import Crawls  # noqa: E402
from test_kills import check_files, compare, kill_in_midst  # noqa: E402

from newscrawl.sample_site import SampleSite  # noqa: E402

#: Seconds that the site waits before each answer, so that a crawl lasts for some twenty kills; and how often it is
#: killed before it may end: a crawl that has nothing left to do could be killed for ever.
DELAY, MOST = 0.3, 25


def crawls_in(folder: Path, site: SampleSite) -> Crawls:
    folder.mkdir()
    crawls = Crawls(folder)
    crawls.add_profile(site)
    return crawls


def one_round(folder: Path, site: SampleSite, dice: random.Random, most: int) -> int:
    """Kill a crawl until it is done; gives how many kills that took."""
    crawls, kills = crawls_in(folder, site), 0
    site.control(delay=DELAY, reset_faults=True)
    while kills < most and kill_in_midst(crawls, site, dice):
        kills += 1
    site.control(delay=0)
    crawls.crawl()
    against_undisturbed(crawls, site)
    return kills


def against_undisturbed(crawls: Crawls, site: SampleSite) -> None:
    """Raise AssertionError where a record is missing, different or there twice, or a file is not whole."""
    site.control(reset_faults=True)
    undisturbed = crawls_in(crawls.folder / "undisturbed", site)
    undisturbed.crawl()
    compare(crawls, undisturbed)
    check_files(crawls)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=500)
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    options = parser.parse_args()
    dice, kills, rounds = random.Random(options.seed), 0, 0
    print(f"seed {options.seed}", flush=True)
    with tempfile.TemporaryDirectory() as name, SampleSite(process=True) as site:
        while kills < options.kills:
            kills += one_round(Path(name) / str(rounds), site, dice, min(MOST, options.kills - kills))
            rounds += 1
            print(f"{kills} kills in {rounds} crawls: nothing lost, nothing doubled, every file whole", flush=True)


if __name__ == "__main__":
    main()
