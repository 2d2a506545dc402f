#!/usr/bin/env python3
"""How long it takes until something happens: importing, listing the sites, the first request of a crawl.

    python benchmarks/start.py [--rounds 5]

Prints medians of wall-clock seconds, and beside them what Python, trafilatura and Scrapy take alone.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from newscrawl.sample_site import SampleSite  # noqa: E402
from newscrawl.sample_site.profile import profile_text  # noqa: E402


def command(*words: str) -> float:
    """Seconds that a command takes."""
    started = time.monotonic()
    subprocess.run([sys.executable, *words], cwd=ROOT, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.monotonic() - started


def first_request(site: SampleSite) -> float:
    """Seconds from the start of a crawl to its first request at the site."""
    seen = len(site.requests)
    with tempfile.TemporaryDirectory() as folder:
        profiles = Path(folder) / "sites"
        profiles.mkdir()
        (profiles / "demo.toml").write_text(profile_text(site.base_url))
        settings = (
            f"NEWSCRAWL_SITES={profiles}",
            f"NEWSCRAWL_OUTPUT={folder}/output",
            "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES=True",
            "NEWSCRAWL_CONTACT=https://example.com/",
        )
        flags = [word for each in settings for word in ("-s", each)]
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "scrapy", "crawl", "demo", *flags], cwd=ROOT, stderr=subprocess.DEVNULL
        )
        while len(site.requests) == seen and process.poll() is None:
            time.sleep(0.005)
        taken = time.monotonic() - started
        process.terminate()
        process.wait()
    return taken


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with SampleSite(process=True) as site:
        steps = {
            "python": lambda: command("-c", "pass"),
            "import newscrawl": lambda: command("-c", "import newscrawl"),
            "import trafilatura": lambda: command("-c", "import trafilatura"),
            "import scrapy.cmdline": lambda: command("-c", "import scrapy.cmdline"),
            "scrapy list": lambda: command("-m", "scrapy", "list"),
            "scrapy crawl, to its first request": lambda: first_request(site),
        }
        taken: dict[str, list[float]] = {name: [] for name in steps}
        for _ in range(options.rounds):
            for name, step in steps.items():
                taken[name].append(step())
    for name, row in taken.items():
        print(f"{name:36}{statistics.median(row):7.2f} s   {min(row):.2f} to {max(row):.2f}")


if __name__ == "__main__":
    main()
