"""Name resolution that never gives an address in a private network.

A host's name is looked up once for a connection, and what is checked here is what is connected to: a name that gives
another address to the second question gains nothing. Answers that are refused look like names without an address;
`refused` keeps what they were, for the middleware that tells the spider why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from urllib.request import getproxies

from scrapy.resolver import CachingThreadedResolver
from twisted.internet.error import DNSLookupError

from newscrawl.discovery.urls import host_of
from newscrawl.politeness.addresses import is_private

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase
    from twisted.internet.defer import Deferred

#: Host name -> the private address it resolved to. Bounded by the hosts of a run.
refused: dict[str, str] = {}


def proxy_hosts() -> frozenset[str]:
    """The hosts of the proxies that the environment names; they may be private."""
    return frozenset(filter(None, map(host_of, getproxies().values())))


class GuardedResolver(CachingThreadedResolver):
    """Scrapy's resolver (setting TWISTED_DNS_RESOLVER), refusing private answers to names that are no proxy's."""

    def __init__(self, reactor: ReactorBase, cache_size: int, timeout: float, allow_private: bool) -> None:
        super().__init__(reactor, cache_size, timeout)
        self.allow_private = allow_private
        self.proxies = proxy_hosts()

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:
        settings = crawler.settings
        size = settings.getint("DNSCACHE_SIZE") if settings.getbool("DNSCACHE_ENABLED") else 0
        allowed = settings.getbool("NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES")
        return cls(reactor, size, settings.getfloat("DNS_TIMEOUT"), allowed)

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> Deferred[str]:
        found: Deferred[str] = super().getHostByName(name, timeout)
        return found.addCallback(self._checked, name)

    def _checked(self, address: Any, name: str) -> str:
        if self.allow_private or name in self.proxies or not is_private(str(address)):
            return str(address)
        refused[name] = str(address)
        raise DNSLookupError(f"{name} resolves to {address}, which is not a public address")
