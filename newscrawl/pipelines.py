"""What the spider found, handed to the storage room. Everything that arrives here ends as a line on disk or a state in
the ledger; the disk's work is done in a thread, one group at a time, and whoever brings more waits."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self, cast

from newscrawl.items import Rejection
from newscrawl.outcomes import Failed, NotModified, Story
from newscrawl.storage.errors import StorageError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newscrawl.report.stats import Kind
    from newscrawl.spiders.news import NewsSpider

#: Seconds between looks at whether what waits has waited long enough.
TICK = 0.5


class StoragePipeline:
    """Writes records and reject lines, counts them, and commits in groups."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self._turn = asyncio.Lock()
        self._ticking: asyncio.Task[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    @property
    def spider(self) -> NewsSpider:
        return self.crawler.spider  # type: ignore[return-value]

    def open_spider(self) -> None:
        self._ticking = asyncio.ensure_future(self._tick())

    def close_spider(self) -> None:
        if self._ticking:
            self._ticking.cancel()

    async def process_item(self, item: Any) -> Any:
        await self._commit()  # nothing joins a group that is full: what waits for a slow disk stays small
        try:
            self._take(item)
        except StorageError as error:
            self.spider.fail(str(error))
        await self._commit()
        self.spider.close_story(item.entry)
        return item

    def _take(self, item: Story | NotModified | Failed) -> None:
        if isinstance(item, Story):
            self._story(item)
        elif isinstance(item, NotModified):
            self.spider.run.unchanged(item.entry.key, item.page)
            self.spider.counts.not_modified()
        else:
            self._failed(item)

    def _story(self, story: Story) -> None:
        run, counts, key = self.spider.run, self.spider.counts, story.entry.key
        result = story.extraction.result
        if isinstance(result, Rejection):
            if run.reject(key, result, story.pages) == "rejected":
                counts.reject(result.reason, result.url)
            else:
                counts.not_modified()
            return
        kind = run.write(key, result, story.pages)
        if kind == "duplicate":
            counts.reject("duplicate", result.url)
        else:
            counts.article(result, cast("Kind", kind), [line.rule for line in story.extraction.dropped])

    def _failed(self, failed: Failed) -> None:
        url = failed.entry.url
        line = Rejection(url, failed.reason, failed.detail)
        outcome = self.spider.run.reject if failed.final else self.spider.run.fail
        if outcome(failed.entry.key, line) == "rejected":
            self.spider.counts.reject(failed.reason, url)
        else:
            self.spider.counts.failed(url)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            await self._commit()

    async def _commit(self) -> None:
        """Commit the waiting group if it is due; whoever comes meanwhile with another that is due waits."""
        while self.spider.run.wants_commit and not self.spider.stopping.is_set():
            async with self._turn:
                if self.spider.run.wants_commit:
                    await self._to_disk()

    async def _to_disk(self) -> None:
        try:
            await asyncio.to_thread(self.spider.run.commit)
        except StorageError as error:
            self.spider.fail(str(error))  # which stops the spider, and with it whoever waits
