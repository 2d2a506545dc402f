"""Thin adapters between Scrapy's signals and the rooms: the run's life, its progress, its health."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Self, cast

from scrapy import signals
from scrapy.exceptions import CloseSpider
from scrapy.utils.asyncio import create_looping_call

from newscrawl import lifecycle
from newscrawl.report.logs import JsonFormatter
from newscrawl.report.progress import Progress, Status
from newscrawl.report.stats import RunStats
from newscrawl.storage.errors import StorageError

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from newscrawl.spiders.news import NewsSpider


class RunKeeper:
    """Opens a run before the first request and closes it after the last; counts what is sent and answered."""

    def __init__(self, crawler: Crawler) -> None:
        self.settings = crawler.settings

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        keeper = cls(crawler)
        crawler.signals.connect(keeper.opened, signals.spider_opened)
        crawler.signals.connect(keeper.closed, signals.spider_closed)
        crawler.signals.connect(keeper.sent, signals.request_reached_downloader)
        crawler.signals.connect(keeper.answered, signals.response_received)
        return keeper

    def opened(self, spider: NewsSpider) -> None:
        spider.counts = RunStats()
        try:
            spider.run = lifecycle.open_run(spider.site, self.settings, rebuild=spider.arguments.rebuild)
        except StorageError as error:
            spider.exit_status, spider.message = 1, str(error)
            raise CloseSpider("cannot_start") from None
        spider.workers = lifecycle.start_workers(spider.site, self.settings)

    async def closed(self, spider: NewsSpider, reason: str) -> None:
        if not hasattr(spider, "workers"):
            return
        spider.workers.close()
        try:
            await asyncio.to_thread(lifecycle.close_run, spider, reason, self.settings)
        except StorageError as error:
            spider.exit_status, spider.message = 1, spider.message or str(error)

    def sent(self, request: Request, spider: NewsSpider) -> None:
        spider.counts.request()

    def answered(self, response: Response, request: Request, spider: NewsSpider) -> None:
        spider.counts.response(response.status, request.meta.get("download_latency"), response.url)


def running(crawler: Crawler) -> NewsSpider | None:
    """The crawler's spider, once its run is open."""
    return cast("NewsSpider", crawler.spider) if hasattr(crawler.spider, "run") else None


class ProgressDisplay:
    """Shows how a run goes: live on a terminal, a line every half minute elsewhere (NEWSCRAWL_PROGRESS)."""

    def __init__(self, crawler: Crawler) -> None:
        as_json = JsonFormatter() if crawler.settings.getbool("NEWSCRAWL_LOG_JSON") else None
        mode = crawler.settings.get("NEWSCRAWL_PROGRESS") or "auto"
        lines = crawler.settings.getfloat("NEWSCRAWL_PROGRESS_SECONDS")
        self.progress = Progress(mode, formatter=as_json, lines=lines)
        self.crawler, self.began = crawler, time.monotonic()
        self.loop = create_looping_call(self.show)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        display = cls(crawler)
        if display.progress.interval:
            crawler.signals.connect(display.opened, signals.spider_opened)
            crawler.signals.connect(display.closed, signals.spider_closed)
        return display

    def opened(self, spider: NewsSpider) -> None:
        self.loop.start(self.progress.interval or 0, now=False)

    def show(self) -> None:
        spider, engine = running(self.crawler), self.crawler.engine
        if spider and engine:
            seconds, left = time.monotonic() - self.began, spider.run.ledger.left(int(time.time()))
            delays = {host: slot.delay for host, slot in engine.downloader.slots.items()}
            limit = spider.arguments.limit
            self.progress.update(Status(spider.name, seconds, spider.counts.snapshot(), left, delays, limit))

    def closed(self, spider: NewsSpider) -> None:
        if self.loop.running:
            self.loop.stop()
        self.progress.close()


class ReportWriter:
    """Writes the report beside the manifest, and metrics where NEWSCRAWL_METRICS says, when all else is done."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        writer = cls(crawler)
        if crawler.settings.getbool("NEWSCRAWL_REPORT", True):
            crawler.signals.connect(writer.stopped, signals.engine_stopped)
        return writer

    async def stopped(self) -> None:
        from newscrawl.report.writing import PAGES, after_run  # loads extraction, which a crawl does in its workers

        spider, settings = running(self.crawler), self.crawler.settings
        if spider:
            pages, metrics = settings.get("NEWSCRAWL_REPORT_PAGES", PAGES), settings.get("NEWSCRAWL_METRICS")
            await asyncio.to_thread(after_run, spider.run.folder, spider.site, pages=pages, metrics=metrics)
