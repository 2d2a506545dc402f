"""Dates and times as pages print them ("Published 15:56 BST, 27 April 2024 | Updated …"), and what each of them says.

A date is found by its shape, in any language: figures in the order of year, month and day that the language and
country use, or a day, a word and a year. Only that word's date, a few characters, goes to dateparser, in the page's
language; the clock time beside it is read here. A date without a year is none, and neither is "3 hours ago".
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache, lru_cache
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from dateparser.date import DateDataParser

from newscrawl.extraction.text import clean

MAX_TEXT = 400  # characters of a line that is looked at
_WORD_DATE = re.compile(
    r"(?P<a>(?<![\d.:])\d{1,2}(?:st|nd|rd|th|er|º|°|\.)?\s*(?:de\s+|di\s+|of\s+|-)?(?P<am>[^\W\d_]{2,14}(?:[.]|\b)(?:\s[^\W\d_]{2,3}\b)?)[,.]?\s*(?:de\s+|del\s+|d\.\s+|-)?\d{4})(?!\d)"
    r"|(?P<b>\b(?P<bm>[^\W\d_]{3,12})\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})(?!\d)"
)
_FIGURES = re.compile(
    r"(?<![\d./])(?:(?P<y>\d{4})\s?[-./年년]\s?(?P<m>\d{1,2})\s?[-./月월]\s?(?P<d>\d{1,2})(?!\d)\s?[日일.]?"
    r"|(?P<p>\d{1,2})\s?(?P<s>[-./])\s?(?P<q>\d{1,2})\s?(?P=s)\s?(?P<r>\d{4}|\d{2}(?![\d:])))(?![\d/])"
)
_CLOCK = re.compile(
    r"(?<![\d:.])(?P<before>[^\W\d_]{2,3}\s)?(?P<h>\d{1,2})"
    r"(?:\s?[:.h時时点點시]\s?(?P<m>\d{2})(?!\d)(?::(?P<s>\d{2}))?\s?[分분]?\s?(?P<after>[^\W\d_][\w.]{0,4})?|\s?(?P<half>[ap]\.?m\b\.?))"
    r"(?:\s?(?P<zone>[A-Z]{2,5}\b|(?:UTC|GMT)?\s?[+-]\d{1,2}(?::?\d{2})?(?!\d)))?",
    re.IGNORECASE,
)
_NEAR = 32  # characters between a date and its clock time


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """A date on the page: value in ISO 8601, updated: whether it says when the story was last changed."""

    value: str
    updated: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """How a site's dates are read. language: ISO 639; month_first: 3/4/2026 is 4 March; zone: where none is printed."""

    language: str | None = None
    month_first: bool = False
    zone: tzinfo | None = None

    def read(self, text: str) -> Iterator[PrintedDate]:
        """Every date in a short line, in order."""
        text = clean(text[:MAX_TEXT])
        end = 0
        days = self._days(text)
        following_starts = [*(start for start, _, _ in days[1:]), len(text)]
        for (start, stop, day), following in zip(days, following_starts, strict=False):
            label = text[end:start]
            after = _until_label(text[stop : min(following, stop + _NEAR)])
            clock = _clock(after) or _clock(label[-_NEAR:])
            yield PrintedDate(_combined(day, clock, self.zone), _says_updated(label))
            end = stop + len(after)

    def places(self, text: str) -> list[tuple[int, int]]:
        """Where in a line its dates stand, without their clock times."""
        return [(start, stop) for start, stop, _ in self._days(text[:MAX_TEXT])]

    def _days(self, text: str) -> list[tuple[int, int, date]]:
        found: list[tuple[int, int, date]] = []
        for match in _FIGURES.finditer(text):
            if day := self._figures(match):
                found.append((match.start(), match.end(), day))
        for match in _WORD_DATE.finditer(text):
            if day := word_date(match[0], self.language):
                found.append((match.start(), match.end(), day))
        return sorted(found)[:10]

    def _figures(self, match: re.Match[str]) -> date | None:
        if match["y"]:
            return make_date(int(match["y"]), int(match["m"]), int(match["d"]))
        one, two, year = int(match["p"]), int(match["q"]), int(match["r"])
        year += 2000 if year < 100 else 0
        if (self.month_first and match["s"] != "." and one <= 12) or two > 12:
            one, two = two, one
        return make_date(year, two, one)


def _until_label(text: str) -> str:
    """The text up to a word that opens another date ("| Updated 14:20")."""
    ends = [m.start() for m in (words().updated.search(text), words().published.search(text)) if m]
    return text[: min(ends)] if ends else text


def _clock(text: str) -> tuple[time, tzinfo | None] | None:
    """The first clock time in the few characters beside a date."""
    return next(filter(None, map(_time, _CLOCK.finditer(text))), None)


def _combined(day: date, clock: tuple[time, tzinfo | None] | None, zone: tzinfo | None) -> str:
    if clock is None:
        return day.isoformat()
    return datetime.combine(day, clock[0], tzinfo=clock[1] or zone).isoformat()


def _time(match: re.Match[str]) -> tuple[time, tzinfo | None] | None:
    hour, minute = int(match["h"]), int(match["m"] or 0)
    beside = {(match[key] or "").strip().lower() for key in ("before", "after", "half")}
    if beside & words().afternoon and hour < 12:
        hour += 12
    elif beside & words().morning and hour == 12:
        hour = 0
    if hour > 23 or minute > 59:
        return None
    zone = zone_of(match["zone"]) or zone_of((match["after"] or "").rstrip("."))
    return time(hour, minute, min(int(match["s"] or 0), 59)), zone


@lru_cache(maxsize=4096)
def word_date(text: str, language: str | None) -> date | None:
    """A date with a month's name, in the page's language, else in English; None where the word is no month."""
    if language == "en" and (plain := _english(text)):
        return plain
    for each in filter(None, dict.fromkeys((language, "en"))):
        try:
            found = _parser(each).get_date_data(text).date_obj
        except (ValueError, OverflowError):  # a language it does not know, a date that cannot be
            continue
        if found:
            return make_date(found.year, found.month, found.day)
    return None


def _english(text: str) -> date | None:
    """A date in one of the ways usual in English, which most dates are: dateparser takes a hundred times as long."""
    for form in ("%B %d, %Y", "%d %B %Y", "%b %d, %Y", "%d %b %Y"):
        try:
            found = datetime.strptime(text, form)
        except ValueError:
            continue
        return make_date(found.year, found.month, found.day)
    return None


@cache
def _parser(language: str) -> Any:
    settings = {
        "PARSERS": ["absolute-time"],
        "REQUIRE_PARTS": ["day", "month", "year"],
        "RETURN_AS_TIMEZONE_AWARE": False,
    }
    return DateDataParser(languages=[_MACRO.get(language, language)], settings=settings)


#: Languages that dateparser knows under another code.
_MACRO: Mapping[str, str] = {
    "no": "nb",
    "nn": "nb",
    "iw": "he",
    "in": "id",
    "tl": "fil",
    "mo": "ro",
    "sh": "sr",
    "cn": "zh",
}


def make_date(year: int, month: int, day: int) -> date | None:
    """A date of the time of news; Buddhist years are counted back. None where there is no such day."""
    if 2450 < year < 2650:
        year -= 543
    try:
        return date(year, month, day) if 1800 <= year <= 2200 else None
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=512)
def zone_of(text: str | None) -> tzinfo | None:
    """A time zone from an abbreviation or an offset ("CEST", "GMT+1", "+05:30"); None where it could be several."""
    if not text:
        return None
    known = words().zones.get(text.upper())
    if known is not None:
        return known
    match = re.fullmatch(r"(?:UTC|GMT|Z)?\s?([+-])(\d{1,2}):?(\d{2})?", text.strip())
    if not match:
        return UTC if text == "Z" else None
    offset = timedelta(hours=int(match[2]), minutes=int(match[3] or 0))
    return timezone(-offset if match[1] == "-" else offset) if offset <= timedelta(hours=14) else None


def _says_updated(label: str) -> bool:
    """Whether the words before a date speak of a change; the last such word counts."""
    updates, publications = (
        [m.end() for m in pattern.finditer(label)] for pattern in (words().updated, words().published)
    )
    return bool(updates) and (not publications or updates[-1] >= publications[-1])


@dataclass(frozen=True, slots=True)
class _Words:
    updated: re.Pattern[str]
    published: re.Pattern[str]
    afternoon: frozenset[str]
    morning: frozenset[str]
    month_first: frozenset[str]
    zones: Mapping[str, tzinfo]


@cache
def words() -> _Words:
    """The words of dates.toml."""
    data = tomllib.loads(resources.files("newscrawl.extraction").joinpath("dates.toml").read_text(encoding="utf-8"))
    zones = {
        name: ZoneInfo(value) if isinstance(value, str) else timezone(timedelta(hours=value))
        for name, value in data["zones"].items()
    }
    return _Words(
        _any(data["updated"]), _any(data["published"]), frozenset(data["afternoon"]), frozenset(data["morning"]),
        frozenset(data["month_first"]), zones,
    )  # fmt: skip


def _any(listed: Iterable[str]) -> re.Pattern[str]:
    """These words, whole where a script has spaces between words ("date", but not in "updated")."""
    words_ = "|".join(re.escape(w) for w in sorted(listed, key=len, reverse=True))
    return re.compile(rf"(?<![a-zà-öø-ÿ])(?:{words_})(?![a-zà-öø-ÿ])", re.IGNORECASE)
