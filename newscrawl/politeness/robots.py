"""robots.txt by RFC 9309; the lines are read by Protego.

What an answer means (section 2.3.1): 2xx holds rules; 4xx and endless redirects mean that there are none and all is
allowed; 5xx and no answer mean that nothing may be fetched for now. 429 is counted with 5xx, as large crawlers do: a
server that is asked too much has not said that all is allowed. Crawl-delay and Request-rate are no part of the RFC
and are kept all the same.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import time
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from protego import Protego

if TYPE_CHECKING:
    from protego import RequestRate

#: Bytes that are read (section 2.5: at least 500 KiB).
MAX_BYTES = 500 * 1024
#: Bytes above which rules take so long to look through that it is done in a thread.
LARGE = 20_000
#: Seconds that rules are kept (section 2.4: at most a day), and how soon an unreachable robots.txt is asked again.
MAX_AGE = 24 * 3600
RETRY_AGE = 3600
#: Redirects that are followed (section 2.3.1.2).
MAX_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class Robots:
    """What a host allows the crawler called agent. unreachable: why nothing may be fetched for now, or None; size: of
    robots.txt in bytes."""

    agent: str
    rules: Any = None
    unreachable: str | None = None
    size: int = 0

    def allows(self, url: str) -> bool:
        """Whether the rules let this address be fetched; look at unreachable first."""
        return self.unreachable is None and (self.rules is None or bool(self.rules.can_fetch(url, self.agent)))

    def delay(self, now: time) -> float:
        """Seconds that the host wants between two requests: the longer of Crawl-delay and what Request-rate comes to
        at now, a time of day in UTC."""
        if self.rules is None:
            return 0.0
        return max(float(self.rules.crawl_delay(self.agent) or 0), _interval(self.rules.request_rate(self.agent), now))

    @property
    def sitemaps(self) -> tuple[str, ...]:
        """The Sitemap lines, in order, each once."""
        return tuple(dict.fromkeys(self.rules.sitemaps)) if self.rules is not None else ()

    @property
    def max_age(self) -> int:
        """Seconds until the answer must be asked for anew."""
        return RETRY_AGE if self.unreachable else MAX_AGE


def robots_of(status: int, body: bytes, agent: str) -> Robots:
    """What the answer to a request for robots.txt means. body: after Content-Encoding."""
    if status == 429 or status >= 500:
        return Robots(agent, unreachable=f"robots.txt: HTTP {status}")
    if not 200 <= status < 300:
        return Robots(agent)
    if len(body) > MAX_BYTES:  # the last line may be half a rule, which would forbid more than was meant
        body = body[:MAX_BYTES].rpartition(b"\n")[0]
    return Robots(agent, Protego.parse(body.decode("utf-8-sig", "ignore")), size=len(body))


def unpack(body: bytes, encoding: str) -> bytes | None:
    """The first MAX_BYTES of a robots.txt that is encoded though the request asked for none; None: cannot be read.

    encoding: the Content-Encoding header, lower case.
    """
    if encoding in ("", "identity"):
        return body[: MAX_BYTES + 1]
    if encoding not in ("gzip", "x-gzip", "deflate"):
        return None
    try:
        return zlib.decompressobj(47 if "gzip" in encoding else 15).decompress(body, MAX_BYTES + 1)
    except zlib.error:
        return None


class RobotsCache:
    """The rules of every host of a run, each asked for once and kept for as long as the RFC lets them be.

    ask: fetches the robots.txt at an address; what it raises reaches everybody who waits for the same host.
    """

    def __init__(self, ask: Callable[[str], Awaitable[Robots]]) -> None:
        self.ask = ask
        self.known: dict[str, tuple[float, asyncio.Task[Robots]]] = {}

    async def of(self, url: str) -> Robots:
        """The rules of the host that an address is on."""
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc}/robots.txt"
        expires, task = self.known.get(root, (0.0, None))
        if task is None or (task.done() and monotonic() > expires):
            task = asyncio.ensure_future(self._asked(root))
            self.known[root] = (0.0, task)
        return await asyncio.shield(task)

    async def _asked(self, root: str) -> Robots:
        robots = await self.ask(root)
        self.known[root] = (monotonic() + robots.max_age, self.known[root][1])
        return robots


def _interval(rate: RequestRate | None, now: time) -> float:
    if rate is None or not _within(rate, now):
        return 0.0
    return rate.seconds / rate.requests


def _within(rate: RequestRate, now: time) -> bool:
    if rate.start_time is None or rate.end_time is None:
        return True
    if rate.start_time <= rate.end_time:
        return rate.start_time <= now <= rate.end_time
    return now >= rate.start_time or now <= rate.end_time
