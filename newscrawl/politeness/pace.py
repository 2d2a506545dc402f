"""How fast a host may be asked.

Scrapy's downloader keeps one slot a host, and AutoThrottle moves the slot's delay with the host's latency. A `Pace`
adds what neither may undercut: the delay that robots.txt asks for, and the moment until which the host wants to be
left alone. It outlives the slot, which Scrapy throws away after a minute without requests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from scrapy.core.downloader import Downloader as ScrapyDownloader
from scrapy.core.downloader import Slot as ScrapySlot
from twisted.python.failure import Failure

from newscrawl.politeness.refused import Refused

if TYPE_CHECKING:
    from scrapy import Request, Spider

#: Seconds between two requests at least. Without any, Scrapy starts every waiting request at once: it looks at how
#: many are under way before those that it has just started count.
_LEAST = 0.001


@dataclass(slots=True)
class Pace:
    """One host's pace. floor: least seconds between two requests; until: no request before this moment; lastseen: the
    last request (both on the monotonic clock, seconds); refusals: busy answers in a row; requests: sent in this run."""

    floor: float = 0.0
    until: float = 0.0
    lastseen: float = 0.0
    refusals: int = 0
    requests: int = 0

    def busy(self, now: float, asked: float | None, first: float, most: float) -> float:
        """The host says that it is busy: leave it alone for as long as it asked, else for first seconds and twice as
        long each time, up to most. Gives the seconds."""
        wait = asked if asked is not None else min(first * 2**self.refusals, most)
        self.refusals = min(self.refusals + 1, 20)
        self.until = max(self.until, now + wait)
        return wait

    def served(self) -> None:
        """The host answered as usual."""
        self.refusals = 0


def retry_after(value: str | None, now: datetime, date: str | None = None) -> float | None:
    """Seconds that a Retry-After header asks for (RFC 9110, section 10.2.3): a number or an HTTP date, which is counted
    from the answer's own Date header where there is one, since clocks differ. None where it says nothing."""
    value = (value or "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    moment = _moment(value)
    return None if moment is None else max((moment - (_moment(date) or now)).total_seconds(), 0.0)


def _moment(value: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(value or "")
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


class Slot(ScrapySlot):
    """A slot whose delay is never below what its pace asks for."""

    __slots__ = ("pace",)

    def __init__(self, concurrency: int, delay: float, jitter: float, pace: Pace) -> None:
        super().__init__(concurrency, delay, jitter)
        self.pace = pace
        self.lastseen = pace.lastseen

    def download_delay(self) -> float:
        """Seconds between the last request and the next."""
        return max(super().download_delay(), self.pace.floor, self.pace.until - self.lastseen, _LEAST)

    def close(self) -> None:
        self.pace.lastseen = self.lastseen
        super().close()


class Downloader(ScrapyDownloader):
    """Scrapy's downloader, keeping paces (setting DOWNLOADER)."""

    def __init__(self, crawler: Any) -> None:
        super().__init__(crawler)
        self.paces: dict[str, Pace] = {}

    def pace(self, request: Request) -> Pace:
        """The pace of the host that a request goes to."""
        return self.paces.setdefault(self.get_slot_key(request), Pace())

    def _get_slot(self, request: Request, spider: Spider | None = None) -> tuple[str, ScrapySlot]:
        key, slot = super()._get_slot(request)
        if not isinstance(slot, Slot):
            slot = self.slots[key] = Slot(slot.concurrency, slot.delay, slot.jitter, self.pace(request))
        return key, slot

    def refuse_waiting(self, request: Request, error: Refused) -> None:
        """Give up the requests that wait for the same host as this one."""
        slot = self.slots.get(self.get_slot_key(request))
        while slot is not None and slot.queue:
            _, deferred = slot.queue.popleft()
            deferred.errback(Failure(error))  # type: ignore[no-untyped-call]
