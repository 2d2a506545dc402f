"""Thin adapters between Scrapy's downloader and the rules in `newscrawl.politeness`.

Their order is in settings.py. The guard is nearest to the network, so that it sees every request that Scrapy sends,
its own for robots.txt and every step of a redirect included.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from scrapy import Request, signals
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware as ScrapyRedirectMiddleware
from scrapy.exceptions import CannotResolveHostError, DownloadCancelledError, IgnoreRequest, NotConfigured, StopDownload
from scrapy.http.request import NO_CALLBACK

from newscrawl import resolver
from newscrawl.discovery.urls import host_of, in_domains, same_site
from newscrawl.politeness import Refused, opted_out, robots_flags
from newscrawl.politeness.addresses import is_private, refusal
from newscrawl.politeness.agent import product_token, user_agent
from newscrawl.politeness.connection import MAX_HEAD, is_head_too_long
from newscrawl.politeness.pace import Downloader, retry_after
from newscrawl.politeness.robots import LARGE, MAX_BYTES, MAX_REDIRECTS, Robots, RobotsCache, robots_of, unpack
from newscrawl.wholeness import closes, ends

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from scrapy.http.headers import Headers

logger = logging.getLogger(__name__)


class _Middleware:
    """What all of them have: the crawler, whose engine is there once a request comes."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        return cls(crawler)

    def count(self, name: str) -> None:
        if self.crawler.stats:
            self.crawler.stats.inc_value(f"newscrawl/{name}")

    @property
    def downloader(self) -> Downloader:
        downloader = self.crawler.engine.downloader  # type: ignore[union-attr]
        if not isinstance(downloader, Downloader):
            raise TypeError("DOWNLOADER: newscrawl.politeness.pace.Downloader is needed to keep to a host's pace")
        return downloader


class UserAgentMiddleware(_Middleware):
    """Says who asks, and warns once where a live host is asked without a contact."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.contact = crawler.settings.get("NEWSCRAWL_CONTACT")
        self.agent = user_agent(crawler.settings["USER_AGENT"], self.contact)
        self.warned = bool(self.contact)

    def process_request(self, request: Request) -> None:
        request.headers.setdefault(b"User-Agent", self.agent)
        if not self.warned and refusal(host_of(request.url)) is None:
            self.warned = True
            logger.warning(
                "NEWSCRAWL_CONTACT is not set: the people whose site is crawled cannot tell who asks. "
                "Set it to a URL or an e-mail address, in settings.py or with -s NEWSCRAWL_CONTACT=…"
            )


class RobotsMiddleware(_Middleware):
    """Keeps to robots.txt; `cache.of(url)` is there for whoever wants its sitemaps."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        if not crawler.settings.getbool("ROBOTSTXT_OBEY"):
            raise NotConfigured
        self.agent = crawler.settings["ROBOTSTXT_USER_AGENT"] or product_token(crawler.settings["USER_AGENT"])
        self.most = crawler.settings.getfloat("NEWSCRAWL_MAX_WAIT", 600)
        self.cache = RobotsCache(self.ask)

    async def process_request(self, request: Request) -> None:
        if request.meta.get("dont_obey_robotstxt") or not request.url.startswith(("http://", "https://")):
            return
        robots = await self.cache.of(request.url)
        if robots.unreachable:
            raise Refused("robots", robots.unreachable, later=True)
        allowed, delay = (
            await asyncio.to_thread(_told, robots, request.url) if robots.size > LARGE else _told(robots, request.url)
        )
        if not allowed:
            self.count("robots/forbidden")
            raise Refused("robots", "robots.txt forbids it")
        pace = self.downloader.pace(request)
        pace.floor = delay
        if pace.floor > self.most:
            raise Refused("robots", f"robots.txt asks for {pace.floor:.0f} s between requests", later=True)

    async def ask(self, root: str) -> Robots:
        """What the robots.txt at an address says; Refused where the host must not be asked at all."""
        meta = {"dont_obey_robotstxt": True, "robots": True, "redirect_ttl": MAX_REDIRECTS, "allow_offsite": True}
        headers = {"Accept-Encoding": "identity"}
        request = Request(root, NO_CALLBACK, headers=headers, meta=meta, priority=1000, dont_filter=True)
        try:
            answer = await self.crawler.engine.download_async(request)  # type: ignore[union-attr]
        except Refused as refused:
            if refused.reason == "redirect":
                return Robots(self.agent)
            raise
        except Exception as error:  # whatever keeps the answer away, it is not there
            return Robots(self.agent, unreachable=f"robots.txt: {type(error).__name__}: {error}"[:300])
        return await asyncio.to_thread(robots_of, answer.status, answer.body, self.agent)


class RobotsLimitMiddleware(_Middleware):
    """Stops reading a robots.txt at its limit, encoded or not; Scrapy's own size limit would throw it away whole."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        crawler.signals.connect(self.bytes_received, signal=signals.bytes_received)

    def process_request(self, request: Request) -> None:
        if request.meta.get("robots"):
            request.meta["download_maxsize"] = request.meta["robots_bytes"] = 0

    def bytes_received(self, data: bytes, request: Request) -> None:
        if request.meta.get("robots"):
            request.meta["robots_bytes"] += len(data)
            if request.meta["robots_bytes"] > MAX_BYTES:
                raise StopDownload(fail=False)

    def process_response(self, request: Request, response: Response) -> Response:
        if not request.meta.get("robots"):
            return response
        encoding = b", ".join(response.headers.getlist("Content-Encoding")).decode("latin-1").lower()
        body = unpack(response.body, encoding)
        if body is None:
            raise Refused("robots", f"robots.txt cannot be unpacked ({encoding[:40]!r})", later=True)
        response.headers.pop("Content-Encoding", None)
        return response.replace(body=body)


class CompressionMiddleware(HttpCompressionMiddleware):
    """Scrapy's, in a thread, telling apart pages that unpack to too much, cannot be unpacked, or break off."""

    async def process_response(self, request: Request, response: Response) -> Response:  # type: ignore[override]
        if "Content-Encoding" in response.headers or "partial" in response.flags:
            return await asyncio.to_thread(self._unpacked, request, response)
        return response

    def _unpacked(self, request: Request, response: Response) -> Response:
        encoding = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1").strip().lower()
        try:
            unpacked: Response = super().process_response(request, response)  # type: ignore[assignment]
        except IgnoreRequest as error:
            raise Refused("too_large", str(error)[:300]) from error
        except Exception as error:  # zlib, brotli and zstandard have an error class each
            raise Refused("broken", f"Content-Encoding: {type(error).__name__}: {error}"[:300], later=True) from error
        if not closes(unpacked.body) and ("partial" in response.flags or not ends(response.body, encoding)):
            raise Refused("unreachable", f"the answer breaks off after {len(unpacked.body)} bytes", later=True)
        return unpacked

    def process_exception(self, request: Request, exception: Exception) -> None:
        if isinstance(exception, DownloadCancelledError) and "max size" in str(exception):
            raise Refused("too_large", str(exception)[:300]) from exception
        if is_head_too_long(exception):
            raise Refused("too_large", f"the headers have more than {MAX_HEAD} bytes") from exception


class RedirectMiddleware(ScrapyRedirectMiddleware):
    """Scrapy's, saying why a redirect is not followed: too many, to no web page, or to another site."""

    def _engine_started(self) -> None:
        """Scrapy looks for its Referer middleware here; no Referer is ever sent."""

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]
        try:
            followed = super().process_response(request, response)
        except (IgnoreRequest, ValueError) as error:
            raise Refused("redirect", str(error)[:300]) from error
        location = response.headers.get("Location")
        if followed is response and location and response.status in (301, 302, 303, 307, 308):
            raise Refused("redirect", f"redirected to {location.decode('latin-1')[:200]!r}, which is no web page")
        if isinstance(followed, Request) and "@" in urlsplit(followed.url).netloc:
            raise Refused("redirect", f"redirected to {host_of(followed.url)} with a user name in the address")
        if isinstance(followed, Request) and not self._on_site(request, followed):
            raise Refused("offsite", f"redirected to {host_of(followed.url)}")
        return followed

    def _on_site(self, request: Request, followed: Request) -> bool:
        domains = getattr(self.crawler.spider, "allowed_domains", None)
        if request.meta.get("allow_offsite"):
            return True
        return in_domains(followed.url, domains) if domains else same_site(followed.url, request.url)


class PaceMiddleware(_Middleware):
    """Leaves a busy host alone at once, for as long as it asks; keeps the budget of requests per host."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.most = crawler.settings.getfloat("NEWSCRAWL_MAX_WAIT", 600)
        self.first = crawler.settings.getfloat("NEWSCRAWL_BACK_OFF", 5)
        self.budget = crawler.settings.getint("NEWSCRAWL_HOST_BUDGET", 20_000)
        # The signal comes before the slot sends the next request; process_response would come after it.
        crawler.signals.connect(self.response_downloaded, signal=signals.response_downloaded)

    def process_request(self, request: Request) -> None:
        pace = self.downloader.pace(request)
        wait = pace.until - monotonic()
        if wait > self.most:
            raise Refused("http_error", f"the host asks to be left alone for {wait:.0f} s", later=True)
        if pace.requests >= self.budget:
            self.count("budget/refused")
            raise Refused("budget", f"{self.budget} requests to this host in one run", later=True)
        pace.requests += 1

    def response_downloaded(self, response: Response, request: Request, spider: Spider) -> None:
        pace = self.downloader.pace(request)
        if response.status not in (429, 503):
            pace.served()
            return
        asked = retry_after(
            _header(response.headers, "Retry-After"), datetime.now(UTC), _header(response.headers, "Date")
        )
        wait = pace.busy(monotonic(), asked, self.first, self.most)
        self.count("busy")
        logger.info("%s is busy (HTTP %s): no request for %.0f s", host_of(request.url), response.status, wait)
        if wait > self.most:
            error = Refused("http_error", f"the host asks to be left alone for {wait:.0f} s", later=True)
            self.downloader.refuse_waiting(request, error)


class AddressGuardMiddleware(_Middleware):
    """Sends nothing to addresses that are no public ones, and nothing that is not HTTP."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.allowed = crawler.settings.getbool("NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES")
        self.proxies = resolver.proxy_hosts()

    def process_request(self, request: Request) -> None:
        if not request.url.startswith(("http://", "https://")):
            raise Refused("redirect", f"{request.url[:100]!r} is no web address")
        reason = None if self.allowed else refusal(host_of(request.url))
        if reason is None and not self.allowed and host_of(request.url) in self.proxies:
            reason = f"{host_of(request.url)} is the proxy itself"
        if reason:
            self._refuse(reason)

    def process_response(self, request: Request, response: Response) -> Response:
        direct = not self.allowed and not request.meta.get("proxy") and response.ip_address is not None
        if direct and is_private(str(response.ip_address)):
            self._refuse(f"{host_of(request.url)} answered from {response.ip_address}, which is not a public address")
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        host = host_of(request.url)
        if isinstance(exception, CannotResolveHostError) and host in resolver.refused:
            self._refuse(f"{host} resolves to {resolver.refused[host]}, which is not a public address")

    def _refuse(self, detail: str) -> None:
        self.count("private_address/refused")
        raise Refused("private_address", detail)


class OptOutMiddleware(_Middleware):
    """Notes what an answer's headers forbid (meta "robots_flags"), and obeys where the setting says so."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self.obey = crawler.settings.getbool("NEWSCRAWL_OBEY_AI_OPTOUT")

    def process_response(self, request: Request, response: Response) -> Response:
        flags = request.meta["robots_flags"] = robots_flags(_pairs(response.headers))
        if self.obey and opted_out(flags) and not request.meta.get("robots"):
            raise Refused("opted_out", f"the answer's headers say {', '.join(flags)}")
        return response


def _told(robots: Robots, url: str) -> tuple[bool, float]:
    return robots.allows(url), robots.delay(datetime.now(UTC).time())


def _pairs(headers: Headers) -> Iterator[tuple[str, str]]:
    return ((name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values)


def _header(headers: Headers, name: str) -> str | None:
    value = headers.get(name)
    return None if value is None else value.decode("latin-1")
