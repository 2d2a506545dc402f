"""The date of a dateline: a small grammar, read with dateparser's names of months and weekdays, never a guess.

A dateline leaves out what its readers knew: mostly the year, in Japan and China often the month. What is left out is
taken from the publication date, and a result that is not close before it is not taken.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from dateparser.languages.loader import default_loader

from newscrawl.extraction.dateline_words import WORDS
from newscrawl.extraction.placenames import fold

#: How many days a dateline's date may lie before and after the story's publication.
DAYS_BEFORE, DAYS_AFTER = 60, 1

_MONTHS = (
    ("january", "february", "march", "april", "may", "june", "july")
    + ("august", "september", "october", "november", "december")
)  # fmt: skip
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_WORD = r"[^\s\d,.;:()\[\]/|+—–\-]{2,20}"
_YEAR = r"(?:19|20)\d\d"
_TAIL = r"(?:\s*(?:г|р|m|d|h)\.|\s(?:года|року|г|m))?"
# Arab agencies print a month twice, "21 يناير كانون الثاني".
_TWICE = rf"(?: (?:{'|'.join(n for names in WORDS.months for n in names if 'ا' <= n[0] <= 'ي' or n[0] in 'آأ')}))?"
_DAY_MONTH = re.compile(
    rf"(?P<d>\d{{1,2}})(?:st|nd|rd|th|er|re|º|°|ª|\.|-?го|-?е|e)?\s*[,-]?\s?(?:de |d['’]|of |di )?"
    rf"(?P<m>{_WORD}){_TWICE}\.?(?:(?:,? (?:de |del )?|/|\.|-)(?P<y>{_YEAR}))?{_TAIL}",
)
_DAY_LONG_MONTH = re.compile(rf"(?P<d>\d{{1,2}}) (?P<m>{_WORD} {_WORD})(?:,? (?P<y>{_YEAR}))?")
_MONTH_DAY = re.compile(
    rf"(?P<m>{_WORD})\.? {{0,2}}(?P<d>\d{{1,2}})(?!\d)(?:st|nd|rd|th)?(?:(?:,? {{0,2}}|/)(?P<y>{_YEAR}))?{_TAIL}"
)
_YEAR_FIRST = re.compile(
    rf"(?P<y>{_YEAR})[.,]?(?: ?(?:m|г)\.)? (?:gada |m\. |metų )?(?P<m>{_WORD})\.? (?P<d>\d{{1,2}})\.?{_TAIL}"
)
_YEAR_DAY_MONTH = re.compile(rf"(?P<y>{_YEAR})\.? gada (?P<d>\d{{1,2}})\. (?P<m>{_WORD})")
_ISO = re.compile(rf"(?P<y>{_YEAR})[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?!\d)\.?")
_NUMERIC = re.compile(rf"(?P<d>\d{{1,2}})(?P<s> ?[./-] ?)(?P<m>\d{{1,2}})(?:\.|(?P=s)(?P<y>{_YEAR}|\d\d))?(?!\d)\.?")
_VIETNAMESE = re.compile(
    rf"(?:ngày )?(?P<d>\d{{1,2}})[ -](?:tháng|thg) ?(?P<m>\d{{1,2}})(?:[ ,-]+(?:năm )?(?P<y>{_YEAR}))?"
)
_EAST_ASIAN = re.compile(
    rf"(?:(?P<y>{_YEAR}) ?[年년] ?)?(?:(?P<m>\d{{1,2}}) ?[月월] ?)?(?P<d>\d{{1,2}}) ?[日일](?: ?[(（].[)）])?"
)
_DAY_ALONE = re.compile(r"(?P<d>\d{1,2})(?= \([^\W\d_])")  # "MADRID, 21 (EUROPA PRESS)"
_DIGITS = re.compile(r"\d")
_WORD_ALONE = re.compile(_WORD)
_GAP = re.compile(r"[,.]? (?=[^\W_])")
_AFTER = re.compile(rf",? \(?({_WORD})\)?")


@dataclass(frozen=True, slots=True)
class PrintedDate:
    """What a dateline prints of a date: day of the month and whatever else, or only a weekday (0 is Monday).

    swapped: the day and month of a numeric date may be the other way round.
    """

    day: int | None = None
    month: int | None = None
    year: int | None = None
    weekday: int | None = None
    swapped: bool = False


@cache
def _names() -> tuple[Mapping[str, Mapping[str, int]], Mapping[str, int]]:
    """Folded month names -> language -> month; folded weekday names -> weekday."""
    months: dict[str, dict[str, int]] = defaultdict(dict)
    weekdays: dict[str, int] = {}
    for language, locale in default_loader.get_locale_map(languages=list(WORDS.languages)).items():
        for number, english in enumerate(_MONTHS, 1):
            for name in locale.info[english]:
                if not name.isdigit() and len(name) > 1:
                    months[fold(name)].setdefault(language.partition("-")[0], number)
        for number, english in enumerate(_WEEKDAYS):
            for name in locale.info[english]:
                if len(name) > 3:
                    weekdays.setdefault(fold(name), number)
    for number, names in enumerate(WORDS.months, 1):
        for name in names:
            months[fold(name)].setdefault("", number)
    return months, weekdays


def month_number(name: str, language: str | None) -> int | None:
    """1 to 12 for a month's name in the language, else in whatever language knows it; None if none does."""
    known = _names()[0].get(fold(name))
    if not known:
        return None
    spoken = {"no": "nb", "nn": "nb"}.get(code := (language or "").partition("-")[0].lower(), code)
    return known.get(spoken) or Counter(known.values()).most_common(1)[0][0]


def weekday_number(name: str) -> int | None:
    """0 (Monday) to 6 for a weekday's full name in any language."""
    return _names()[1].get(fold(name))


def read_date(text: str, start: int, language: str | None, country: str | None) -> tuple[int, PrintedDate] | None:
    """The date at start of a text (digits, dashes and spaces normalized), and where it ends."""
    window = text[start : start + 48]
    before = _weekday_before(window)
    offset = before[0] if before else 0
    found = _dated(window, offset, language, country)
    if found is None:
        return (start + before[0], PrintedDate(weekday=before[1])) if before else None
    end, printed = found
    return start + _weekday_after(window, end), printed


def _weekday_before(window: str) -> tuple[int, int] | None:
    word = _WORD_ALONE.match(window)
    number = weekday_number(word[0]) if word else None
    if word is None or number is None:
        return None
    gap = _GAP.match(window, word.end())
    return (gap.end() if gap and _DIGITS.search(window, gap.end(), gap.end() + 12) else word.end()), number


def _weekday_after(window: str, end: int) -> int:
    after = _AFTER.match(window, end)
    return after.end() if after and weekday_number(after[1]) is not None else end


def _dated(window: str, at: int, language: str | None, country: str | None) -> tuple[int, PrintedDate] | None:
    if not _DIGITS.search(window, at, at + 24):
        return None
    for shape in (_ISO, _EAST_ASIAN, _VIETNAMESE):
        found = shape.match(window, at)
        if found:
            return _checked(found, int(found["m"]) if found["m"] else None)
    for shape in (_YEAR_DAY_MONTH, _YEAR_FIRST, _DAY_MONTH, _MONTH_DAY, _DAY_LONG_MONTH):
        found = shape.match(window, at)
        month = month_number(found["m"], language) if found else None
        if found and month:
            return _checked(found, month)
    alone = _DAY_ALONE.match(window, at)
    if alone and 1 <= int(alone["d"]) <= 31:
        return alone.end(), PrintedDate(int(alone["d"]))
    found = _NUMERIC.match(window, at)
    return _numeric(found, language, country) if found else None


def _checked(found: re.Match[str], month: int | None) -> tuple[int, PrintedDate] | None:
    day, year = int(found["d"]), found["y"]
    if not 1 <= day <= 31 or not 1 <= (month or 1) <= 12:
        return None
    return found.end(), PrintedDate(day, month or None, int(year) if year else None)


def _numeric(found: re.Match[str], language: str | None, country: str | None) -> tuple[int, PrintedDate] | None:
    first, second, year = int(found["d"]), int(found["m"]), found["y"]
    if not year and not (found["s"] == "." and found[0].endswith(".")) and found["s"] != " - ":
        return None  # "9/11", "24-7", "15.9"
    american = country == "US" or (country is None and (language or "").lower() == "en-us")
    month_first = (american and found["s"] != "." and first <= 12) or second > 12
    day, month = (second, first) if month_first else (first, second)
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        return None
    full = (int(year) + 2000 if len(year) == 2 else int(year)) if year else None
    return found.end(), PrintedDate(day, month, full, swapped=first <= 12 and second <= 12 and "." not in found["s"])


def resolve(printed: PrintedDate, published: date | None) -> str | None:
    """ISO 8601, or None where the printed date cannot be completed or does not lie close before publication."""
    if isinstance(published, datetime):
        published = published.date()
    if published is None or not date.min.year < published.year < date.max.year:  # the days around it must be dates
        whole = _day(printed.year, printed.month, printed.day)
        return whole.isoformat() if whole else None
    first, last = published - timedelta(days=DAYS_BEFORE), published + timedelta(days=DAYS_AFTER)
    close = [d for d in _days(printed, published) if first <= d <= last]
    return max(close).isoformat() if close else None


def _days(printed: PrintedDate, published: date) -> Iterator[date]:
    if printed.weekday is not None:
        yield published - timedelta(days=(published.weekday() - printed.weekday) % 7)
        return
    around = [published.year - 1, published.year, published.year + 1]
    for year in [printed.year] if printed.year else around:
        for month in [printed.month] if printed.month else range(1, 13):
            whole = _day(year, month, printed.day)
            if whole:
                yield whole
            elif printed.swapped:
                swapped = _day(year, printed.day, printed.month)
                if swapped:
                    yield swapped


def _day(year: int | None, month: int | None, day: int | None) -> date | None:
    try:
        return date(year or 0, month or 0, day or 0)
    except ValueError:
        return None
