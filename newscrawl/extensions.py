"""Thin adapters between Scrapy's signals and the rooms: the run's life, its progress, its health."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import CloseSpider

from newscrawl import lifecycle
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
