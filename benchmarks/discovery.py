#!/usr/bin/env python3
"""How long and how much memory it takes to discover a whole site, politely: real HTTP, the real spider.

    python benchmarks/discovery.py                        10,000 stories in an index of gzipped sitemaps and one of news
    python benchmarks/discovery.py --stories 100000       more of them
    python benchmarks/discovery.py --fast                 without the pause between requests

Exits with 1 where a story was missed, or a site of up to 10,000 stories took a minute or 300 MB (all processes).
"""

from __future__ import annotations

import argparse
import gzip
import json
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from measuring import measure

ROOT = Path(__file__).resolve().parent.parent
NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)
ROBOTS = "User-agent: *\nDisallow: /story/\nSitemap: {base}/sitemap.xml\nSitemap: {base}/news.xml\n"
PROFILE = """name = "bench"
domains = ["127.0.0.1"]
[discover]
sitemaps = ["{base}/sitemap.xml"]
news_sitemaps = ["{base}/news.xml"]
"""


def story(number: int, base: str, news: bool = False) -> str:
    """One sitemap entry."""
    day = f"2026-{number % 12 + 1:02}-{number % 28 + 1:02}"
    more = f"<news:news><news:title>Story {number}</news:title><news:publication_date>{day}</news:publication_date>"
    return (
        f"<url><loc>{base}/story/{day}/{number:08x}/a-headline-of-the-usual-length-{number}.html</loc>"
        f"<lastmod>{day}T10:00:00Z</lastmod>{more + '</news:news>' if news else ''}</url>"
    )


def documents(base: str, stories: int, each: int) -> dict[str, bytes]:
    """Every document of the site by its path: an index, its sitemaps, and a news sitemap of the newest stories."""
    found = {}
    for part, first in enumerate(range(0, stories, each)):
        entries = "".join(story(number, base) for number in range(first, min(first + each, stories)))
        found[f"/sitemap-{part}.xml.gz"] = gzip.compress(f"<urlset {NAMESPACES}>{entries}</urlset>".encode())
    index = "".join(f"<sitemap><loc>{base}{path}</loc></sitemap>" for path in found)
    found["/sitemap.xml"] = f"<sitemapindex {NAMESPACES}>{index}</sitemapindex>".encode()
    newest = "".join(story(number, base, news=True) for number in range(max(stories - 1000, 0), stories))
    found["/news.xml"] = f"<urlset {NAMESPACES}>{newest}</urlset>".encode()
    found["/robots.txt"] = ROBOTS.format(base=base).encode()
    return found


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pages: dict[str, bytes]
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        body = self.pages.get(self.path)
        self.send_response(200 if body is not None else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *args: object) -> None:
        pass


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--stories", type=int, default=10_000)
    parser.add_argument("--each", type=int, default=1_000, help="stories in one sitemap")
    parser.add_argument("--fast", action="store_true", help="no pause between requests")
    given = parser.parse_args()

    handler = type("Bench", (Handler,), {"pages": {}, "asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    base = f"http://127.0.0.1:{server.server_address[1]}"
    handler.pages = documents(base, given.stories, given.each)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    with tempfile.TemporaryDirectory() as folder:
        profile = Path(folder, "bench.toml")
        profile.write_text(PROFILE.format(base=base))
        settings = {"NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": True, "NEWSCRAWL_OUTPUT": folder, "NEWSCRAWL_WORKERS": 1}
        if given.fast:
            settings |= {"DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}
        options = [word for name, value in settings.items() for word in ("-s", f"{name}={value}")]
        crawl = [sys.executable, "-m", "scrapy", "crawl", "news", "-a", f"profile={profile}", "-a", "limit=1", *options]
        used = measure(crawl, cwd=ROOT)
        manifests = list(Path(folder).glob("*/runs/*/manifest.json"))
        discovered = json.loads(manifests[0].read_text())["counts"]["discovered"] if manifests else 0
    server.shutdown()

    print(
        f"{discovered} of {given.stories} stories from {len(handler.asked)} requests "
        f"in {used.seconds:.1f} s, {used.cpu:.1f} s of CPU, {used.memory:.0f} MB at most"
    )
    if discovered != given.stories:
        print(used.errors[-2000:], file=sys.stderr)
        return 1
    return int(given.stories <= 10_000 and (used.seconds > 60 or used.memory > 300))


if __name__ == "__main__":
    sys.exit(main())
