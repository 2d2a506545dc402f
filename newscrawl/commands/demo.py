"""scrapy demo: the bundled sample site, served on loopback and crawled like any other site."""

from __future__ import annotations

import argparse
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, cast

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from scrapy.commands import ScrapyCommand
from scrapy.crawler import AsyncCrawlerProcess

from newscrawl.commands.crawl import last_line
from newscrawl.items import REASONS
from newscrawl.report import logs

if TYPE_CHECKING:
    from newscrawl.spiders.news import NewsSpider


#: The site is the demo's own, so nobody is asked too often, and it may be on loopback.
SETTINGS = {
    "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": True,
    "NEWSCRAWL_CONTACT": "https://example.com/",
    "AUTOTHROTTLE_ENABLED": False,
    "DOWNLOAD_DELAY": 0,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
    "NEWSCRAWL_PROGRESS_SECONDS": 1,
}


class Command(ScrapyCommand):
    """Exit status as for `scrapy crawl`."""

    requires_project = True
    requires_crawler_process = False

    def short_desc(self) -> str:
        return "Crawl the bundled sample site into the output folder"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        logs.install(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from newscrawl.sample_site import SampleSite, profile_text

        assert self.settings is not None
        started = time.monotonic()
        with SampleSite(process=True) as site, tempfile.TemporaryDirectory() as folder:
            Path(folder, "demo.toml").write_text(profile_text(site.base_url), encoding="utf-8")
            self.settings.setdict({**SETTINGS, "NEWSCRAWL_SITES": folder}, priority="spider")
            process = AsyncCrawlerProcess(self.settings)
            crawler = process.create_crawler("demo")
            process.crawl(crawler)
            process.start()
        spider = cast("NewsSpider", crawler.spider)
        self.exitcode = spider.exit_status
        summary(spider, time.monotonic() - started)


def summary(spider: NewsSpider, seconds: float) -> None:
    """What was written, what was rejected and why, and where the files are."""
    console = Console(highlight=False)
    console.print(escape(last_line(spider, seconds)), soft_wrap=True)
    if not hasattr(spider, "run"):
        return
    stats = spider.counts.to_manifest()
    table = Table(title=f"{stats['counts']['new']} articles written, {stats['counts']['rejected']} pages rejected")
    for name in ("rejected", "reason", "in words"):
        table.add_column(name, justify="right" if name == "rejected" else "left")
    for reason, count in Counter(stats["rejects"]).most_common():
        table.add_row(str(count), reason, REASONS[reason])
    console.print(table)
    for path in sorted(spider.run.folder.iterdir()):
        console.print(f"{path.stat().st_size / 1024:8.1f} KB  {path}", soft_wrap=True)
