"""How fast the storage room is by itself: URLs into a ledger, records and archived pages onto the disk.

    python benchmarks/storage.py [--records 10000] [--urls 300000] [--page-bytes 260000]

Everything is on: fsync, ledger, archive, digests. Prints rates by wall clock and by CPU, and the peak memory.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from newscrawl.items import Article, Candidate, Hints
from newscrawl.storage.archive import Fetched
from newscrawl.storage.run import Run

SITEMAP = "https://wire.example/sitemap.xml"
WORDS = ("harbour", "ferry", "key", "gate", "pier", "crew", "tug", "soup", "bread", "night", "tide", "master", "rope")


@contextmanager
def timed(what: str, number: int) -> Iterator[None]:
    wall, cpu = time.perf_counter(), time.process_time()
    yield
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    print(f"{what:<34} {number / wall:>9,.0f}/s wall {number / cpu:>9,.0f}/s CPU")


def article(number: int) -> Article:
    body = " ".join(random.Random(number).choices(WORDS, k=500))
    digest = hashlib.sha256(body.encode()).hexdigest()
    return Article(
        id=digest[:32], revision=1, url=key(number), canonical_url=None, site="wire", publisher="Wire",
        headline=f"Harbour notes {number}", deck=None, dateline=None, authors=("Ada Quill",),
        published_at="2026-11-24T11:30:00+00:00", modified_at=None, language="en", section=None, keywords=(),
        body=body, images=(), word_count=500, completeness="full", confidence=0.9, provenance={"body": "profile"},
        content_hash=digest, fetched_at="2026-11-24T12:00:00+00:00", http_status=200, archive=None,
        extractor="newscrawl",
    )  # fmt: skip


def key(number: int) -> str:
    return f"https://wire.example/2026/11/{number % 28}/a-slug-as-long-as-they-are-{number}"


def bodies(size: int) -> list[bytes]:
    """Pages that pack about as well as news pages do: to a fifth."""
    made = []
    for number in range(20):
        dice = random.Random(number)
        made.append(
            b"".join(
                b'<div class="c%d">%s</div>' % (dice.randrange(50), dice.randbytes(4).hex().encode() * 2)
                for _ in range(size // 38)
            )
        )
    return made


def write(run: Run, start: int, number: int, pages: list[bytes]) -> None:
    for each in range(start, start + number):
        told = [b"%s%d" % (pages[each % len(pages)], each)] if pages else []
        headers = (("Content-Type", "text/html"),)
        run.write(
            key(each), article(each), [Fetched(key(each), 200, headers, body, "2026-11-24T12:00:00Z") for body in told]
        )
        if run.wants_commit:
            run.commit()
    run.commit()


def discover(run: Run, numbers: list[int]) -> None:
    for at in range(0, len(numbers), 1000):
        part = numbers[at : at + 1000]
        run.discover([(key(each), Candidate(key(each), SITEMAP, Hints(source="sitemap"))) for each in part])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--urls", type=int, default=300_000)
    parser.add_argument("--page-bytes", type=int, default=260_000)
    given = parser.parse_args()
    output = Path(tempfile.mkdtemp(prefix="newscrawl-storage-"))
    try:
        run = Run.open(output, "wire")
        with timed("records, no archive", given.records):
            write(run, 0, given.records, [])
        number, pages = given.records // 10, bodies(given.page_bytes)
        with timed(f"records with pages of {given.page_bytes:,} B", number):
            write(run, given.records, number, pages)
        numbers = random.Random(1).sample(range(10**7, 10**9), given.urls)
        with timed("new URLs, in any order", given.urls):
            discover(run, numbers)
        with timed("the same URLs again", given.urls):
            discover(run, numbers)
        wall = time.perf_counter()
        run.due(64)
        print(f"{'64 due URLs':<34} {1000 * (time.perf_counter() - wall):>9.1f} ms")
        run.close(0, "finished")
    finally:
        shutil.rmtree(output)
    print(f"{'peak memory':<34} {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:>9,.0f} MB")


if __name__ == "__main__":
    main()
