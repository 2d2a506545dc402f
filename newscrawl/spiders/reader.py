"""Reads the ways to a site's stories: what they announce goes into the ledger, what became of each into the report."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urljoin

from scrapy import Request
from scrapy.http import Response

from newscrawl import outcomes
from newscrawl.discovery.front import find_ways, looks_like_story
from newscrawl.discovery.urls import canonical
from newscrawl.items import Article, Candidate, Hints
from newscrawl.politeness.robots import robots_of
from newscrawl.spiders.ways import SITEMAP_DEPTH, SITEMAP_MAXSIZE, Announced, Way, read_way, ways_of
from newscrawl.storage.ledger_rows import Source, Unread
from newscrawl.workers import GivenUp

if TYPE_CHECKING:
    from twisted.python.failure import Failure

    from newscrawl.spiders.news import NewsSpider
    from newscrawl.storage.archive import Fetched

T = TypeVar("T")
#: Seconds that one document may take to read; the largest honest sitemaps take five.
READING = 60

logger = logging.getLogger(__name__)


class WayReader:
    """The spider's ways: which are under way, and the callbacks that read them. moved is called when one is done."""

    def __init__(self, spider: NewsSpider, moved: Callable[[], None]) -> None:
        self.spider, self.moved = spider, moved
        self.under_way: set[str] = set()
        self._asked: set[str] = set()
        self._given: dict[str, set[int]] = {}  # by way: hashes of the stories that its documents have named
        self._fresh: set[int] = set()  # hashes of the stories that this run was the first to hear of

    def first(self) -> Iterator[Request]:
        """The requests that a crawl starts with."""
        if self.spider.arguments.url:
            yield self._request(Way("front", self.spider.arguments.url), self.front)
        for way in ways_of(self.spider.site):
            yield self.ask(way)
        for left in self.spider.run.unread():
            if canonical(left.url) not in self._asked:
                yield self.ask(Way(left.kind, left.url, left.depth, left.root))

    def ask(self, way: Way) -> Request:
        """The request for a way, conditional where it was read before."""
        known = self.spider.run.ledger.source(way.url)
        headers = {}
        if known and not known.error and not self.spider.arguments.full:
            headers = outcomes.conditions(known.etag, known.last_modified)
        return self._request(way, self.read, headers)

    def _request(self, way: Way, callback: Any, headers: dict[str, str] | None = None) -> Request:
        self.under_way.add(way.url)
        self._asked.add(canonical(way.url))
        return Request(
            way.url,
            callback=callback,
            errback=self.lost,
            headers=headers,
            cb_kwargs={"way": way},
            meta={"allow_offsite": True, **({"download_maxsize": SITEMAP_MAXSIZE} if "sitemap" in way.kind else {})},
            priority=10,
        )

    # Callbacks

    async def read(self, response: Response, way: Way) -> AsyncIterator[Request]:
        """A feed, sitemap or listing has come."""
        try:
            if response.status == 304:
                self._note(way, not_modified=True)
            elif not 200 <= response.status < 300:
                self._failed(way, f"HTTP {response.status}")
            else:
                for further in await self._read(response, way):
                    yield self.ask(further)
        except GivenUp as error:
            self._failed(way, str(error))
        except Exception as error:  # a fault of ours in one document must not end the crawl, nor go unseen
            logger.exception("%s could not be read", way.url)
            self._failed(way, outcomes.words(error))
        finally:
            self._done(way)

    async def front(self, response: Response, way: Way) -> AsyncIterator[Request]:
        """The address that the user gave has come: a story itself, or a page whose site shows its ways."""
        try:
            page = outcomes.fetched_of(response)
            if not 200 <= response.status < 300:
                self._failed(way, f"HTTP {response.status}")
            elif await self._is_story(page):
                await self._discover([(canonical(page.url), Candidate(page.url, way.url))])
            else:
                for found in await self._ways_of_front(page):
                    yield self.ask(found)
        except GivenUp as error:
            self._failed(way, str(error))
        except Exception as error:  # see read
            logger.exception("%s could not be read", way.url)
            self._failed(way, outcomes.words(error))
        finally:
            self._done(way)

    def lost(self, failure: Failure) -> None:
        """A way gave no answer."""
        way = failure.request.cb_kwargs["way"]  # type: ignore[attr-defined]
        assert failure.value is not None
        if not self.spider.stopping.is_set():
            self._failed(way, outcomes.words(failure.value))
        self._done(way)

    # Steps

    async def _read(self, response: Response, way: Way) -> list[Way]:
        """Take in what a document announces; gives the documents to read next."""
        content_type = outcomes.header(response, "Content-Type")
        site, since = self.spider.site, self.spider.arguments.since
        about = {"content_type": content_type, "url": response.url, "since": since}
        found = await self._in_worker(read_way, way, response.body, site, **about)
        for warning in found.warnings:
            logger.info("%s: %s", way.url, warning)
        fresh = self._is_fresh(way, {hash(key) for key, _ in found.stories})
        named = [way.further(url, lastmod) for key, url, lastmod in found.next if key not in self._asked]
        skipped = {each: known for each in named if (known := self._as_it_was(each))}
        ahead = [each for each in named if each not in skipped]

        def further(new: int) -> list[Unread]:
            """What is on disk as still to be read, so that a kill loses no older page."""
            goes_on = self._goes_on(way, fresh or new > 0)
            return [Unread(each.url, each.kind, each.depth, each.root) for each in ahead if goes_on]

        new = await self._discover(found.stories, read=way.url, further=further)
        self._note(way, response, found, new=new, skipped=tuple(skipped.values()))
        return ahead if self._goes_on(way, fresh or new > 0) else []

    def _as_it_was(self, way: Way) -> Source | None:
        """A sitemap that need not be asked for: its index says that it has not changed since it was read whole.

        What is named as news is always asked for: it is small, and its lastmod comes late.
        """
        if way.lastmod is None or way.kind != "sitemap" or self.spider.arguments.full:
            return None
        known = self.spider.run.ledger.source(way.url)
        return known if known and known.as_it_was(way.lastmod) else None

    def _is_fresh(self, way: Way, stories: set[int]) -> bool:
        """Whether a document names more than those before it on its way, and was never read before or names a story
        that this run was the first to hear of, by whichever way. Asked once for each document."""
        given = self._given.setdefault(way.name, set())
        more = stories - given
        given |= stories
        known = self.spider.run.ledger.source(way.url)
        return bool(more) and (not (known and known.last_read) or not more.isdisjoint(self._fresh))

    def _goes_on(self, way: Way, fresh: bool) -> bool:
        """Whether further documents are read: a sitemap's always, older pages as long as they are fresh."""
        if "sitemap" in way.kind:
            return way.depth < SITEMAP_DEPTH
        if way.depth + 1 >= self.spider.settings.getint("NEWSCRAWL_LISTING_PAGES"):
            return False
        return bool(fresh or self.spider.arguments.since or self.spider.arguments.full)

    async def _in_worker(self, task: Callable[..., T], *args: Any, **more: Any) -> T:
        timeout = self.spider.settings.getfloat("NEWSCRAWL_WAY_TIMEOUT")
        return await self.spider.workers.run(timeout, task, *args, **more)

    async def _discover(self, stories: Sequence[tuple[str, Candidate]], **more: Any) -> int:
        new = await asyncio.to_thread(self.spider.run.discover, stories, **more)
        self.spider.counts.discovered(len(new))
        self._fresh.update(map(hash, new))
        return len(new)

    async def _is_story(self, page: Fetched) -> bool:
        if not looks_like_story(page.url):
            return False
        return isinstance((await self.spider.extract(page, Hints())).result, Article)

    async def _ways_of_front(self, page: Fetched) -> list[Way]:
        sitemaps = await self._robots_sitemaps(page.url)
        about = {"sitemaps": sitemaps, "domains": self.spider.site.domains, "encoding": page.encoding}
        found = await self._in_worker(find_ways, page.body, page.url, **about)
        return [Way(each.kind, each.url, maybe=each.by == "usual") for each in found]

    async def _robots_sitemaps(self, url: str) -> list[str]:
        """The Sitemap lines of a site's robots.txt; none where it cannot be had."""
        request = Request(urljoin(url, "/robots.txt"), meta={"dont_obey_robotstxt": True, "robots": True})
        try:
            answer = await self.spider.crawler.engine.download_async(request)
        except Exception as error:
            logger.info("%s: %s", request.url, outcomes.words(error))
            return []
        return list((await asyncio.to_thread(robots_of, answer.status, answer.body, "")).sitemaps)

    # What became of a way

    def _note(
        self,
        way: Way,
        response: Response | None = None,
        found: Announced | None = None,
        *,
        new: int = 0,
        error: str | None = None,
        not_modified: bool = False,
        skipped: Sequence[Source] = (),
    ) -> None:
        """skipped: sitemaps that were not asked for; the links that they had count as seen."""
        candidates = len(found.stories) if found else None
        validators = _validators(way, response, found) if response and found else {"lastmod": way.lastmod or ""}
        known = self.spider.run.source(way.kind, way.url, candidates=candidates, new=new, error=error, **validators)
        dead_since = None
        if known.last_gave and (candidates == 0 or error):
            dead_since = datetime.fromtimestamp(known.last_gave, UTC).date().isoformat()
        self.spider.counts.source(
            way.kind,
            way.name,
            (candidates or 0) + sum(each.history[-1] for each in skipped),
            new,
            error,
            not_modified=not_modified,
            dead_since=dead_since,
            skipped=len(skipped),
        )

    def _failed(self, way: Way, error: str) -> None:
        if not way.maybe:  # a usual place need not exist
            logger.warning("%s %s: %s", way.kind, way.url, error)
            self._note(way, error=error)

    def _done(self, way: Way) -> None:
        self.under_way.discard(way.url)
        self.moved()


def _validators(way: Way, response: Response, found: Announced) -> dict[str, str | None]:
    """What allows not to read a document again.

    Nothing where older stories were left out, which a later run may want, nor for an index, whose sitemaps may change
    while it stays as it is. A lastmod counts only after a faultless reading, and not for news.
    """
    if found.older or ("sitemap" in way.kind and found.next):
        return {}
    return {
        "etag": outcomes.header(response, "ETag"),
        "last_modified": outcomes.header(response, "Last-Modified"),
        "lastmod": (way.lastmod or "") if found.whole and not found.news else None,
    }
