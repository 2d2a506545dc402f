"""A crawl that is asked to stop lets go of what it is waiting for, so that it can seal its files within seconds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from newscrawl.politeness.connection import LimitedHandler

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader import Downloader
    from scrapy.http import Response


class Stopped(Exception):
    """The crawl is stopping; the request was given up on purpose."""

    def __str__(self) -> str:
        return "given up: the crawl is stopping"


class StoppableHandler(LimitedHandler):
    """Scrapy's own handler with bounded headers; a download that is under way ends when the spider stops."""

    async def download_request(self, request: Request) -> Response:
        stopping = getattr(self._crawler.spider, "stopping", None)
        if stopping is None:
            return await super().download_request(request)
        download = asyncio.ensure_future(super().download_request(request))
        stop = asyncio.ensure_future(stopping.wait())
        await asyncio.wait({download, stop}, return_when=asyncio.FIRST_COMPLETED)
        stop.cancel()
        if not download.done():
            download.cancel()
            raise Stopped
        return download.result()


def drop_queued(downloader: Downloader) -> None:
    """Give up every request that waits for its turn; a polite delay may be minutes long."""
    for slot in downloader.slots.values():
        while slot.queue:
            _, waiting = slot.queue.popleft()
            waiting.errback(Stopped())
