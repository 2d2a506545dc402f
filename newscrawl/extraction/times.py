"""Single points in time: read from what machines write, and judged by whether they can be true."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urlsplit

from newscrawl.extraction.context import Found
from newscrawl.extraction.printed import Reader, make_date, zone_of

_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):?(\d{2})(?::?(\d{2})(?:[.,:]\d{1,9})?)?\s*"
    r"(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?)?(?!\d)",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z)?)?")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_URL_DAY = re.compile(
    r"(?<!\d)((?:19[5-9]|20[0-4])\d)(?:[/_.-]?(0[1-9]|1[0-2])[/_.-]?(0[1-9]|[12]\d|3[01])(?!\d)"
    r"|[/_-]([a-z]{3})[/_-](\d{1,2})(?!\d)|/(\d{1,2})/(\d{1,2})(?=/))"
)
_MONTHS = {name: n for n, name in enumerate(re.findall("...", "janfebmaraprmayjunjulaugsepoctnovdec"), 1)}


def any_time(text: str | None, reader: Reader) -> str | None:
    """ISO 8601 from what machines write; else from what they are given by hand ("December 3, 2024 10:56")."""
    if not text:
        return None
    value = iso_time(text)
    return value or next((printed.value for printed in reader.read(text[:100])), None)


def iso_time(text: str | None) -> str | None:
    """ISO 8601 from ISO's forms, compact figures or Unix time; None where it is none of these or no possible time."""
    text = (text or "")[:100].strip()
    if _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(text[:10]), UTC).isoformat()
    match = _COMPACT.fullmatch(text) or _ISO.search(text)
    if not match:
        return None
    year, month, day, hour, minute, second = (int(g) if g else 0 for g in match.groups()[:6])
    try:
        if not match[4]:
            found = make_date(year, month, day)
            return found.isoformat() if found else None
        when = datetime(year, month, day, hour % 24, minute, min(second, 59), tzinfo=zone_of(_full_offset(match[7])))
        return when.isoformat() if make_date(year, month, day) else None
    except (ValueError, OverflowError):
        return None


def _full_offset(text: str | None) -> str | None:
    return text.upper() if text else None


@dataclass(frozen=True, slots=True)
class Judge:
    """Which times can be true. fetched_at: nothing is later; zone: the site's, for times that name none."""

    fetched_at: datetime | None
    zone: tzinfo | None

    def checked(self, found: Iterable[Found[str]]) -> Iterator[Found[str]]:
        """Those that can be true, with the site's zone where they name none."""
        for each in found:
            if each.value and (value := self.believed(each.value)):
                yield Found(value, each.source, each.elements)

    def believed(self, value: str) -> str | None:
        """The value, corrected where only its offset is wrong; None where it cannot be true."""
        if value[:10] in ("1970-01-01", "1900-01-01"):  # what software writes for "no date"
            return None
        if len(value) == 10:
            late = self.fetched_at and value > (self.fetched_at + timedelta(hours=14)).date().isoformat()
            return None if late else value
        when = datetime.fromisoformat(value)
        if self._is_possible(when):
            return (when if when.tzinfo or not self.zone else when.replace(tzinfo=self.zone)).isoformat()
        local = when.replace(tzinfo=self.zone)  # a local time that was sent as UTC
        return local.isoformat() if when.tzinfo and self._is_possible(local) else None

    def _is_possible(self, when: datetime) -> bool:
        if self.fetched_at is None:
            return True
        fetched = self.fetched_at if self.fetched_at.tzinfo else self.fetched_at.replace(tzinfo=UTC)
        if when.tzinfo:
            return when <= fetched + timedelta(minutes=15)
        return when <= fetched.replace(tzinfo=None) + timedelta(hours=14)


def url_day(url: str | None) -> str | None:
    """The day in an address ("/2024/12/03/", "-20241203105634-", "/2023/apr/28/"), if it has one."""
    try:
        path = urlsplit(url or "").path.lower()
    except ValueError:
        return None
    for match in _URL_DAY.finditer(path[:1_000]):
        year, month, day, name, named_day, plain_month, plain_day = match.groups()
        number = int(month or plain_month or 0) or _MONTHS.get(name or "", 0)
        found = make_date(int(year), number, int(day or named_day or plain_day or 0))
        if found:
            return found.isoformat()
    return None
