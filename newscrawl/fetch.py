"""One page by its address, fetched by Scrapy with the project's own middlewares and limits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

import scrapy
from scrapy import Request
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response

if TYPE_CHECKING:
    from scrapy.settings import Settings
    from twisted.python.failure import Failure


class CannotFetch(OSError):
    """The page could not be fetched: one line that says why."""


class OneSpider(scrapy.Spider):
    """Fetches one address and keeps the answer, whatever its status."""

    name = "one"
    custom_settings = {"ITEM_PIPELINES": {}, "EXTENSIONS": {}, "DOWNLOAD_DELAY": 0, "AUTOTHROTTLE_ENABLED": False}

    def __init__(self, address: str, answer: list[Any], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.address, self.answer = address, answer

    async def start(self) -> AsyncIterator[Request]:
        yield Request(self.address, callback=self.parse, errback=self.failed)

    def parse(self, response: Response, **kwargs: Any) -> None:
        self.answer.append(response)

    def failed(self, failure: Failure) -> None:
        self.answer.append(failure.value)


def fetch_one(url: str, settings: Settings) -> Response:
    """The answer to one request. Raises CannotFetch. May be called once in a process: it runs the reactor."""
    answer: list[Any] = []
    settings.set("LOG_ENABLED", False, priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    process.crawl(OneSpider, address=url, answer=answer)
    process.start()
    if answer and isinstance(answer[0], Response):
        return answer[0]
    raise CannotFetch(f"{url}: {_words(answer[0]) if answer else 'no answer'}")


def _words(error: Exception) -> str:
    return str(error) or getattr(error, "detail", None) or type(error).__name__
