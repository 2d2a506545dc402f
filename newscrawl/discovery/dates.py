"""Dates as feeds and sitemaps write them -> ISO 8601, as records want them.

A time with a zone keeps its offset. A time without one gets the site's zone where it is known, else only its day is
kept: an hour in an unknown zone is worse than none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import timezone as fixed_zone
from email.utils import parsedate_tz
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

_ISO = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ]+(\d.*))?", re.ASCII)
_MAIL = re.compile(
    r"(?:[A-Za-z]{2,9}\.?,?\s+)?\d{1,2}[ -][A-Za-z]{3,9}[ -]\d{2,4}\s+\d{1,2}:\d\d(?::\d\d)?"
    r"(?:\s*(?P<zone>[+-]\d\d:?\d\d|(?![AaPp][Mm]$)[A-Za-z]{1,5}))?(?:\s*\([^()]*\))?"
)
_UNIVERSAL = {"GMT", "UTC", "UT", "Z"}
_MAIL_ZONES = _UNIVERSAL | {"EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "AST", "ADT"}
_WEEKDAY = re.compile(r"^[^\W\d_]{2,}\.?,\s+")
#: A printed date has a digit, a year's worth of them, and something that is none.
_PRINTED = re.compile(r"(?=.*\d{4})(?=.*[^\d\s])", re.DOTALL)
_EPOCH = re.compile(r"\d{10}(?:\d{3})?", re.ASCII)
_LANGUAGES = "ar bg bn cs da de el en es fa fi fr he hi hu id it ja ko ms nb nl pl pt ro ru sk sv sw th tr uk ur vi zh"
_MAX_MISSES = 50
#: Years outside are mistakes of the software that wrote them (0001-01-01, 1970-01-01, 9999-12-31).
_YEARS = range(1980, 2101)


@dataclass(slots=True)
class DateReader:
    """Reads one document's dates. timezone: IANA name of the zone that times without one are in.

    Dates in words cost milliseconds each, so a document that keeps failing at them is not asked again.
    """

    timezone: str | None = None
    misses: int = 0

    def read(self, text: str | None) -> str | None:
        """The date in text as ISO 8601, or None.

        Reads ISO 8601 and its W3C profile, RFC 822 and 2822, Unix seconds and milliseconds, and of the rest what
        dateparser reads in the languages of news; relative dates ("2 hours ago") are not read.
        """
        text = " ".join((text or "")[:100].split())
        for read in (_read_iso, _read_mail, _read_epoch) if text else ():
            moment = read(text, self.timezone)
            if moment is not None and moment.year in _YEARS:
                return _written(moment, self.timezone)
        if not _PRINTED.search(text) or self.misses >= _MAX_MISSES:
            return None
        moment = _read_printed(_WEEKDAY.sub("", text))
        if moment is None or moment.year not in _YEARS:
            self.misses += 1
            return None
        return _written(moment, self.timezone)


def is_older(value: str | None, since: date | None) -> bool:
    """Whether an ISO 8601 value lies before since; unknown values do not. Days are compared where a time is missing."""
    if value is None or since is None:
        return False
    moment: date = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
    if isinstance(moment, datetime) and isinstance(since, datetime):
        return _aware(moment) < _aware(since)
    return _day(moment) < _day(since)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _day(moment: date) -> date:
    return _aware(moment).astimezone(UTC).date() if isinstance(moment, datetime) else moment


def _written(moment: date, timezone: str | None) -> str:
    if not isinstance(moment, datetime):
        return moment.isoformat()
    zone = _zone(timezone)
    if moment.tzinfo is None and zone is None:
        return moment.date().isoformat()
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).isoformat(timespec="seconds")


@lru_cache(maxsize=64)
def _zone(timezone: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(timezone) if timezone else None
    except (KeyError, ValueError, OSError):
        return None


def _read_iso(text: str, timezone: str | None) -> date | None:
    match = _ISO.fullmatch(text)
    if not match:
        return None
    try:
        if not match[4]:
            return date(int(match[1]), int(match[2]), int(match[3]))
        clock = match[4].replace(" ", "").replace(",", ".").upper().removesuffix("UTC").removesuffix("GMT")
        clock += "" if match[4][-1].isdigit() or clock.endswith("Z") else "Z"
        return datetime.fromisoformat(f"{match[1]}-{match[2]}-{match[3]}T{clock}")
    except (ValueError, OverflowError):
        return None


def _read_mail(text: str, timezone: str | None) -> date | None:
    match = _MAIL.fullmatch(text)
    fields = parsedate_tz(text) if match else None
    if match is None or fields is None:
        return None
    name = (match["zone"] or "").upper()
    try:
        moment = datetime(*fields[:6])
        if not name:
            return moment
        local = moment.replace(tzinfo=_zone(timezone))
        if local.tzname() == name and name not in _UNIVERSAL:
            return local  # "CST" of a site in Shanghai is China Standard Time
        if name[0] not in "+-" and name not in _MAIL_ZONES:
            return None
        return moment.replace(tzinfo=fixed_zone(timedelta(seconds=fields[9] or 0)))
    except (ValueError, OverflowError):
        return None


def _read_epoch(text: str, timezone: str | None) -> date | None:
    if not _EPOCH.fullmatch(text):
        return None
    return datetime.fromtimestamp(int(text[:10]), UTC)


@lru_cache(maxsize=1024)
def _read_printed(text: str) -> date | None:
    try:
        read = _printed_dates().get_date_data(text)
    except (ValueError, OverflowError, RecursionError, TypeError):
        return None
    moment: datetime | None = read.date_obj
    return moment if moment is None or read.period == "time" else moment.date()


@lru_cache(maxsize=1)
def _printed_dates() -> Any:
    from dateparser.date import DateDataParser  # loading it takes half a second, and few feeds need it

    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month", "year"],
        "STRICT_PARSING": True,
        "RETURN_TIME_AS_PERIOD": True,
    }
    return DateDataParser(languages=_LANGUAGES.split(), settings=settings)
