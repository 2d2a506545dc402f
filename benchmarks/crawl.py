#!/usr/bin/env python3
"""How fast a crawl is: bare fetching, the usual recipe and newscrawl, in turn, on the same pages and machine.

    python benchmarks/crawl.py ../shared/bench                 513 pages of 100 KB and more, each twice, 3 rounds
    python benchmarks/crawl.py ../shared/bench --pages 50 --rounds 1
    python benchmarks/crawl.py ../shared/bench --soak 20000    newscrawl alone, for its memory over a long crawl

"bare" is Scrapy that only fetches; "recipe" is Scrapy with trafilatura.bare_extraction in the callback and a JSONL
feed; "newscrawl" is `scrapy crawl` with ledger, archive, robots.txt and every check on. The same concurrency and no
delay for all. Pages a second count from the first request to the end of the crawl. The machine may be shared: compare
the ratios, which are medians of each round's own.
"""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import Used, measure
from serving import addresses, lay_out, pages_of, served

ROOT = Path(__file__).resolve().parent.parent

SPEED = {
    "CONCURRENT_REQUESTS": 32,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
    "DOWNLOAD_DELAY": 0,
    "AUTOTHROTTLE_ENABLED": False,
    "LOG_LEVEL": "INFO",
    "TELNETCONSOLE_ENABLED": False,
}

PEER = """
import scrapy

class Peer(scrapy.Spider):
    name = "peer"

    async def start(self):
        for line in open({urls!r}):
            yield scrapy.Request(line.strip(), dont_filter=True)

    def parse(self, response):
        {parse}
"""
BARE = "self.crawler.stats.inc_value('bytes', len(response.body))"
RECIPE = """import trafilatura
        found = trafilatura.bare_extraction(response.text, url=response.url, with_metadata=True)
        if found:
            yield {"url": response.url, "title": found.title, "date": found.date, "author": found.author,
                   "text": found.text}"""

PROFILE = """name = "bench"
domains = ["127.0.0.1"]
[discover]
sitemaps = ["{base}/sitemap.xml"]
article = ['/story-']
"""


def flags(settings: dict[str, object]) -> list[str]:
    return [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]


def peer(folder: Path, parse: str) -> Used:
    """A crawl by a spider file, as `scrapy runspider` runs it."""
    spider = folder / "peer.py"
    spider.write_text(PEER.format(urls=str(folder / "urls.txt"), parse=parse))
    command = [sys.executable, "-m", "scrapy", "runspider", str(spider), *flags({**SPEED, "STATS_DUMP": True})]
    if parse == RECIPE:
        (folder / "items.jsonl").unlink(missing_ok=True)
        command += ["-o", str(folder / "items.jsonl")]
    used = measure(command, cwd=folder)
    found = re.search(r"'elapsed_time_seconds': ([\d.]+)", used.errors)
    if used.status or not found:
        raise SystemExit(f"the peer failed:\n{used.errors[-2000:]}")
    used.seconds = float(found[1])
    return used


def crawled(folder: Path, base: str, output: Path | str, **more: object) -> Used:
    """`scrapy crawl` of the pages that are served, everything on; more: settings."""
    (folder / "sites").mkdir(exist_ok=True)
    (folder / "sites" / "bench.toml").write_text(PROFILE.format(base=base))
    settings = {
        **SPEED,
        "NEWSCRAWL_SITES": folder / "sites",
        "NEWSCRAWL_OUTPUT": output,
        "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": True,
        "NEWSCRAWL_CONTACT": "https://example.com/",
        "NEWSCRAWL_HOST_BUDGET": 10**9,
        "LOG_LEVEL": "WARNING",
        **more,
    }
    used = measure([sys.executable, "-m", "scrapy", "crawl", "bench", *flags(settings)], cwd=ROOT)
    if used.status not in (0, 3):
        raise SystemExit(f"newscrawl failed:\n{used.errors[-2000:]}")
    return used


def newscrawl(folder: Path, base: str, expected: int, workers: int) -> Used:
    """A crawl whose records are counted and thrown away."""
    with tempfile.TemporaryDirectory(dir=folder) as output:
        used = crawled(folder, base, output, NEWSCRAWL_WORKERS=workers)
        manifests = list(Path(output).glob("bench/runs/*/manifest.json"))
        if not manifests:
            raise SystemExit(f"newscrawl failed:\n{used.errors[-2000:]}")
        manifest = json.loads(manifests[0].read_text())
    done = sum(manifest["counts"][name] for name in ("new", "revised", "unchanged", "rejected"))
    if done != expected:
        raise SystemExit(f"newscrawl accounted for {done} of {expected} pages: {manifest['counts']}")
    used.seconds = manifest["seconds"]
    return used


def parts(pages: list[bytes]) -> dict[str, float]:
    """CPU milliseconds a page of single steps, in this process: lxml's parse, the whole extraction, the write."""
    import time

    import lxml.html
    from isal import isal_zlib

    sys.path.insert(0, str(ROOT))
    from newscrawl.extraction.article import extract_page

    def cpu(step: object) -> float:
        started = time.process_time()
        for content in pages:
            step(content)  # type: ignore[operator]
        return 1000 * (time.process_time() - started) / len(pages)

    extract_page(pages[0], url="https://example.com/a")
    parse = cpu(lambda content: lxml.html.document_fromstring(content))
    extract = cpu(lambda content: extract_page(content, url="https://example.com/a"))
    pack = cpu(lambda content: isal_zlib.compress(content, isal_zlib.ISAL_BEST_COMPRESSION))
    return {"parse": parse, "extract": extract - parse, "pack for the archive": pack}


def sitemap(urls: list[str]) -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        + "".join(f"<url><loc>{url}</loc></url>" for url in urls)
        + "</urlset>"
    )


def prepare(folder: Path, base: str, pages: int, rounds: int) -> int:
    urls = list(addresses(base, pages, rounds))
    (folder / "urls.txt").write_text("\n".join(urls))
    (folder / "www" / "sitemap.xml").write_text(sitemap(urls))
    return len(urls)


def compare(folder: Path, base: str, total: int, options: argparse.Namespace) -> None:
    """Print each contender's pages a second in every round, then medians and ratios."""
    rates: dict[str, list[float]] = {"bare": [], "recipe": [], "newscrawl": []}
    usage: dict[str, list[Used]] = {name: [] for name in rates}
    for turn in range(1, options.rounds + 1):
        usage["bare"].append(peer(folder, BARE))
        usage["recipe"].append(peer(folder, RECIPE))
        usage["newscrawl"].append(newscrawl(folder, base, total, options.workers))
        for name, row in rates.items():
            row.append(total / usage[name][-1].seconds)
        print(f"round {turn}: " + ", ".join(f"{name} {row[-1]:.1f} pages/s" for name, row in rates.items()), flush=True)
    print(f"\n{'':12}{'pages/s':>9}{'x recipe':>10}{'CPU ms/page':>13}{'peak MB':>9}   medians of {options.rounds}")
    for name, row in rates.items():
        rate = statistics.median(row)
        ratio = statistics.median(mine / base for mine, base in zip(row, rates["recipe"], strict=True))
        cpu = statistics.median(1000 * used.cpu / total for used in usage[name])
        memory = statistics.median(used.memory for used in usage[name])
        print(f"{name:12}{rate:9.1f}{ratio:10.2f}{cpu:13.1f}{memory:9.0f}")


def soak(folder: Path, base: str, total: int, options: argparse.Namespace) -> None:
    """Print memory over a long crawl: its most in the first tenth, and its most in every tenth after that."""
    used = newscrawl(folder, base, total, options.workers)
    print(f"{total} pages in {used.seconds:.0f} s, {total / used.seconds:.1f} pages/s, peak {used.memory:.0f} MB")
    last = used.samples[-1][0]
    for tenth in range(10):
        here = [mb for at, mb in used.samples if tenth / 10 <= at / last < (tenth + 1) / 10]
        print(f"  {10 * tenth:3}-{10 * tenth + 10} %: median {statistics.median(here):.0f} MB, most {max(here):.0f} MB")


def command_line(told: str | None) -> argparse.ArgumentParser:
    """What a benchmark of many pages is told: where they are, which of them, how often."""
    parser = argparse.ArgumentParser(description=told, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bench", type=Path, help="folder with pages: SET/html/ID.html.gz")
    parser.add_argument("--pages", type=int, default=513)
    parser.add_argument("--least-bytes", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=2, help="how often each page is taken")
    parser.add_argument("--rounds", type=int, default=3)
    return parser


def pages_from(options: argparse.Namespace) -> list[bytes]:
    """The pages that the command line asks for. Raises SystemExit where there are none."""
    pages = pages_of(options.bench, options.pages, options.least_bytes)
    if not pages:
        raise SystemExit(f"{options.bench}: no pages in news/html or wcxb-articles/html")
    return pages


def main() -> None:
    parser = command_line(__doc__)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--soak", type=int, metavar="N", help="crawl N addresses with newscrawl alone")
    options = parser.parse_args()
    pages = pages_from(options)
    repeat = -(-options.soak // len(pages)) if options.soak else options.repeat
    mean = statistics.mean(map(len, pages)) / 1024
    print(f"{len(pages)} pages of {mean:.0f} KB on average, each fetched {repeat} times")
    with tempfile.TemporaryDirectory(prefix="newscrawl-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        lay_out(folder, pages, repeat)
        with served(folder) as base:
            total = prepare(folder, base, len(pages), repeat)
            (soak if options.soak else compare)(folder, base, total, options)
    if not options.soak:
        print("\nCPU ms a page by part: " + ", ".join(f"{name} {ms:.1f}" for name, ms in parts(pages[:200]).items()))


if __name__ == "__main__":
    main()
