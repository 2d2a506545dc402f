"""The one spider: it reads a site's ways to its stories, and fetches the stories that the ledger says are due.

`start` is the heart: it sends the ways first, then keeps a window of stories open until the ledger has none that are
due. Scrapy cancels it when the crawl is asked to stop, which is how the spider knows. Every address that was opened is
closed exactly once: as a story, a rejection or a failure, or untouched when the crawl stops.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, Self

import scrapy
from scrapy import Request
from scrapy.http import Response

from newscrawl import outcomes
from newscrawl.arguments import Arguments, parse_arguments
from newscrawl.choice import choose_site
from newscrawl.discovery.urls import canonical, in_domains
from newscrawl.items import Hints
from newscrawl.outcomes import Failed, NotModified, Story
from newscrawl.politeness import Refused
from newscrawl.spiders.reader import WayReader
from newscrawl.spiders.stopping import drop_queued

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.python.failure import Failure

    from newscrawl.extraction.results import Extraction
    from newscrawl.report.stats import RunStats
    from newscrawl.sites import Site
    from newscrawl.storage.archive import Fetched
    from newscrawl.storage.ledger_rows import Entry
    from newscrawl.storage.run import Run
    from newscrawl.workers import Workers

#: Stories that are open at once: enough to keep the downloader busy, few enough to hold in memory.
WINDOW = 64
#: Of these, how many must be free before the ledger is asked again: a look for every story costs more than it brings.
ROOM = 16
#: Parts of one story that are fetched at most.
PARTS = 20


class NewsSpider(scrapy.Spider):
    """Crawls one site. site comes with the class (a profile's spider), or from -a profile= or -a url=.

    run, workers and counts are put in by extensions.RunKeeper before the first request.
    """

    name = "news"
    site: Site
    run: Run
    workers: Workers
    counts: RunStats

    def __init__(self, arguments: Arguments, site: Site) -> None:
        super().__init__(site.name)
        self.arguments, self.site = arguments, site
        self.allowed_domains = list(site.domains)
        self.exit_status, self.message = 0, ""
        self.stopping = asyncio.Event()
        self.open: set[str] = set()
        self._moved = asyncio.Event()
        self._ways = WayReader(self, self._moved.set)
        self._left = arguments.limit

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **given: Any) -> Self:
        arguments = parse_arguments(given)
        spider = cls(arguments, choose_site(getattr(cls, "site", None), arguments))
        spider._set_crawler(crawler)
        return spider

    # What to fetch

    async def start(self) -> AsyncIterator[Request]:
        try:
            if self.arguments.full:
                await asyncio.to_thread(self.run.recheck_everything)
            for request in self._ways.first():
                yield request
            while True:
                self._moved.clear()
                if WINDOW - len(self.open) >= ROOM:
                    for entry in await asyncio.to_thread(self._due):
                        yield self._ask(entry)
                if not self.open and not self._ways.under_way:
                    return
                await self._moved.wait()
        except (asyncio.CancelledError, GeneratorExit):
            self.stop()
            raise

    def _due(self) -> list[Entry]:
        room = WINDOW - len(self.open)
        if self._left is not None:
            room = min(room, self._left)
        entries = self.run.due(room) if room > 0 else []
        if self._left is not None:
            self._left -= len(entries)
        return entries

    def _ask(self, entry: Entry) -> Request:
        self.open.add(entry.key)
        seen = entry.state == "written" and not self.arguments.full
        headers = outcomes.conditions(entry.etag, entry.last_modified) if seen else {}
        return Request(entry.url, callback=self.story, errback=self.lost, headers=headers, cb_kwargs={"entry": entry})

    # What came

    async def story(self, response: Response, entry: Entry) -> AsyncIterator[Any]:
        try:
            yield await self._story(outcomes.fetched_of(response), entry)
        except Exception as error:  # whatever goes wrong on one page must not lose it
            for failed in self._failed(entry, error):
                yield failed

    async def _story(self, page: Fetched, entry: Entry) -> Story | NotModified | Failed:
        if page.status == 304:
            return NotModified(entry, page)
        if outcomes.is_passing(page):
            return Failed(entry, "http_error", f"HTTP {page.status}")
        refused = outcomes.refusal(page)
        if refused:
            return Story(entry, (page,), outcomes.without_record(refused))
        return await self._in_parts(entry, page)

    async def _in_parts(self, entry: Entry, page: Fetched) -> Story | Failed:
        """The story of a page, joined with its further parts where it has some."""
        parts = [(page, await self.extract(page, entry.hints))]
        seen = {canonical(page.url)}
        while (url := parts[-1][1].next_part) and self._is_another_part(url, seen):
            seen.add(canonical(url))
            part = outcomes.fetched_of(await self.crawler.engine.download_async(Request(url)))
            if outcomes.is_passing(part):
                return Failed(entry, "http_error", f"HTTP {part.status} for part {len(parts) + 1} of the story")
            if outcomes.refusal(part):
                break
            parts.append((part, await self.extract(part, Hints())))
        return outcomes.joined(entry, parts)

    def _is_another_part(self, url: str, seen: set[str]) -> bool:
        return len(seen) < PARTS and canonical(url) not in seen and in_domains(url, self.site.domains)

    async def extract(self, page: Fetched, hints: Hints) -> Extraction:
        """A page's record or rejection, made in a worker."""
        extraction = await self.workers.extract(page.body, **outcomes.about(page, hints=hints))
        obey = self.settings.getbool("NEWSCRAWL_OBEY_AI_OPTOUT")
        return outcomes.obeying(page, extraction) if obey else extraction

    def lost(self, failure: Failure) -> Iterator[Failed]:
        """A story gave no answer."""
        assert failure.value is not None
        yield from self._failed(failure.request.cb_kwargs["entry"], failure.value)  # type: ignore[attr-defined]

    def _failed(self, entry: Entry, error: BaseException) -> Iterator[Failed]:
        """A story without an answer: when the crawl is stopping it stays as it was, else it failed."""
        if self.stopping.is_set():
            self.close_story(entry)
            return
        failed = outcomes.failed(entry, error)
        if failed.reason == "broken" and not isinstance(error, Refused):
            self.logger.error("%s could not be handled", entry.url, exc_info=error)
        yield failed

    def close_story(self, entry: Entry) -> None:
        """The story is accounted for: there is room for the next."""
        self.open.discard(entry.key)
        self._moved.set()

    # The end

    def stop(self) -> None:
        """Nothing more is fetched; what is open stays as it was for the next run."""
        self.stopping.set()
        drop_queued(self.crawler.engine.downloader)

    def fail(self, message: str) -> None:
        """End the crawl with exit status 1 and one line that says why."""
        if not self.exit_status:
            self.exit_status, self.message = 1, message
            self.stop()
            asyncio.ensure_future(self.crawler.engine.close_spider_async(reason="failed"))
