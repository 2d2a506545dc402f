"""When a URL is looked at again. Pure; times are whole seconds since 1970, UTC.

Articles are looked at again at growing ages, counted from when they were published or, if that is unknown or later,
from when they were first written. A page that once gave no story but may do so later is looked at again at the same
ages. Failures wait longer each time, across runs, and are given up after the last wait.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

HOUR = 3600
#: From the start of a day in UTC to its end everywhere on Earth.
_DAY_ENDS = 36 * HOUR
RECHECK = (1 * HOUR, 6 * HOUR, 24 * HOUR, 72 * HOUR)
RETRY = (600, 1 * HOUR, 6 * HOUR, 24 * HOUR, 72 * HOUR)

#: Rejections that a later look may turn into a story: stubs that are filled, walls that pass, errors that are mended.
MAY_PASS = frozenset(
    {"empty", "no_story", "soft_404", "consent_wall", "bot_wall", "http_error", "timeout", "worker_lost", "broken"}
)

#: A sitemap's later lastmod is heeded until an article is this many times the last recheck age old: some sitemaps
#: stamp every URL with today, and would have a whole site fetched every day.
HEED_LASTMOD = 10


def next_look(born: int, now: int, ages: Sequence[int]) -> int | None:
    """The first of the ages that is still ahead, as a time; None when all have passed."""
    return next((born + age for age in sorted(ages) if born + age > now), None)


def next_try(failures: int, now: int, waits: Sequence[int]) -> int | None:
    """When to try again after so many failures in a row (1, 2, …); None when it is time to give up."""
    return now + waits[failures - 1] if failures <= len(waits) else None


def born(published_at: str | None, first_written: int) -> int:
    """When a story's age starts: its publication, unless that is unknown or after it was first written.

    A plain date counts to the end of its day anywhere on Earth (12:00 UTC of the next), so that it never makes a
    story older than it is.
    """
    moment = seconds(published_at)
    return first_written if moment is None else min(moment, first_written)


def is_changed(before: str | None, lastmod: str | None, looked: int) -> bool:
    """Whether a story was changed after it was looked at, by the lastmod of a sitemap or feed; before: the last one.

    A plain date counts to its end, but the first one that is heard from its start: most are the day of the story, and
    would have each looked at twice.
    """
    was, now = seconds(before), seconds(lastmod)
    if now is None or (was is not None and now <= was):
        return False
    first_day = was is None and len(lastmod or "") == 10
    return now - (_DAY_ENDS if first_day else 0) > looked


def seconds(text: str | None) -> int | None:
    """An ISO 8601 time or date as seconds since 1970; no offset means UTC; None for none and for no such time."""
    if not text:
        return None
    try:
        if len(text) == 10:
            day = datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC)
            return int(day.timestamp()) + _DAY_ENDS
        moment = datetime.fromisoformat(text)
        return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp())
    except (ValueError, OverflowError):
        return None
