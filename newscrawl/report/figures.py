"""From records to what a report shows of them: counts by time, section, place and agency, lengths, table rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

Record = Mapping[str, Any]

#: Shown by name; what is rarer is summed up in one bar.
MOST = 12
OTHERS = "others"
UNKNOWN = "not given"


@dataclass(frozen=True, slots=True)
class Place:
    """A place that datelines name. latitude and longitude are degrees."""

    name: str
    latitude: float
    longitude: float
    articles: int


@dataclass(frozen=True, slots=True)
class Timeline:
    """Articles by the time of their publication (UTC). unit: "hour", "day" or "month"; earlier and dateless are
    those before the first bar and those whose time is not known to the unit."""

    unit: str
    bars: Sequence[tuple[str, int]]
    earlier: int = 0
    dateless: int = 0


@dataclass(slots=True)
class Figures:
    """Sums over the records of a run."""

    sections: Counter[str] = field(default_factory=Counter)
    agencies: Counter[str] = field(default_factory=Counter)
    languages: Counter[str] = field(default_factory=Counter)
    completeness: Counter[str] = field(default_factory=Counter)
    places: Counter[tuple[str, float, float]] = field(default_factory=Counter)
    words: list[int] = field(default_factory=list)
    times: list[datetime | date] = field(default_factory=list)
    articles: int = 0
    timeless: int = 0
    placeless: int = 0

    def add(self, record: Record) -> None:
        """Count one record. Values of the wrong type, as other programs may write them, count as not given."""
        self.articles += 1
        self.sections[_text(record.get("section")) or UNKNOWN] += 1
        self.languages[_text(record.get("language")) or UNKNOWN] += 1
        self.completeness[_text(record.get("completeness")) or UNKNOWN] += 1
        words, when = record.get("word_count"), moment(record.get("published_at"))
        self.words += [words] if isinstance(words, int) else []
        self.times += [when] if when else []
        self.timeless += when is None
        self._add_dateline(record.get("dateline"))

    def _add_dateline(self, dateline: object) -> None:
        line = dateline if isinstance(dateline, Mapping) else {}
        self.agencies[_text(line.get("agency")) or UNKNOWN] += 1
        name = _text(line.get("city")) or _text(line.get("place"))
        latitude, longitude = line.get("latitude"), line.get("longitude")
        if name and isinstance(latitude, (int, float)) and isinstance(longitude, (int, float)):
            self.places[name, float(latitude), float(longitude)] += 1
        else:
            self.placeless += 1

    def found_places(self) -> list[Place]:
        """Places by number of articles, most first."""
        return [Place(*where, number) for where, number in self.places.most_common()]

    def timeline(self) -> Timeline:
        """Articles by hour, by day where they span more than three days, by month where more than three months."""
        known = sorted(_start(when) for when in self.times)
        if not known:
            return Timeline("day", (), dateless=self.timeless)
        first, last = known[len(known) // 20], known[-1]  # a few old stories do not stretch the axis
        unit = _unit(last - first)
        exact = [_start(w) for w in self.times if unit != "hour" or isinstance(w, datetime)]
        counts = Counter(_floor(when, unit) for when in exact if when >= _floor(first, unit))
        bars = [(_label(bar, unit), counts[bar]) for bar in _bars(_floor(first, unit), _floor(last, unit), unit)]
        earlier = sum(when < _floor(first, unit) for when in exact)
        return Timeline(unit, bars, earlier, self.timeless + len(self.times) - len(exact))


def figures_of(records: Iterable[Record]) -> Figures:
    """The sums over records."""
    figures = Figures()
    for record in records:
        figures.add(record)
    return figures


def most(counts: Mapping[str, int], limit: int = MOST) -> list[tuple[str, int]]:
    """The most frequent ones, the rest summed up, and what is not given at the end.

    >>> most({"a": 3, "b": 2, "c": 1, "not given": 9}, limit=2)
    [('a', 3), ('others', 3), ('not given', 9)]
    """
    ranked = sorted(((k, v) for k, v in counts.items() if k != UNKNOWN and v), key=lambda kv: (-kv[1], kv[0]))
    rest = sum(v for _, v in ranked[limit - 1 :])
    shown = ranked if len(ranked) <= limit else [*ranked[: limit - 1], (OTHERS, rest)]
    return [*shown, (UNKNOWN, counts[UNKNOWN])] if counts.get(UNKNOWN) else shown


def histogram(values: Sequence[int], bins: int = 16) -> list[tuple[str, int]]:
    """Lengths in bins of a round width; the last bin takes all that is longer than nearly all."""
    if not values:
        return []
    top = sorted(values)[int(0.97 * (len(values) - 1))]
    width = next(w * 10**e for e in range(1, 9) for w in (1, 2, 5) if w * 10**e * bins > top)
    last = top // width
    counts = Counter(min(value // width, last) for value in values)
    return [(f"{n * width}–{(n + 1) * width - 1}" if n < last else f"{n * width}+", counts[n]) for n in range(last + 1)]


def moment(value: object) -> datetime | date | None:
    """A record's time: a datetime in UTC, or a date where only the day is known.

    >>> moment("2026-11-24T03:00:00+08:00")
    datetime.datetime(2026, 11, 23, 19, 0, tzinfo=datetime.timezone.utc)
    """
    if not isinstance(value, str):
        return None
    try:
        if len(value) <= 10:
            return date.fromisoformat(value)
        when = datetime.fromisoformat(value)
        return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _text(value: object) -> str | None:
    return value.strip() or None if isinstance(value, str) else None


def _start(when: datetime | date) -> datetime:
    return when if isinstance(when, datetime) else datetime(when.year, when.month, when.day, tzinfo=UTC)


def _unit(span: timedelta) -> str:
    return "hour" if span <= timedelta(days=3) else "day" if span <= timedelta(days=92) else "month"


def _floor(when: datetime, unit: str) -> datetime:
    hour = when.replace(minute=0, second=0, microsecond=0)
    return hour if unit == "hour" else hour.replace(hour=0) if unit == "day" else hour.replace(hour=0, day=1)


def _bars(first: datetime, last: datetime, unit: str) -> list[datetime]:
    bars = [first]
    step = {"hour": timedelta(hours=1), "day": timedelta(days=1), "month": timedelta(days=32)}[unit]
    while bars[-1] < last and len(bars) < 1200:
        bars.append(_floor(bars[-1] + step, unit))
    return bars


def _label(bar: datetime, unit: str) -> str:
    return bar.strftime({"hour": "%d %b %H:00", "day": "%d %b", "month": "%b %Y"}[unit])
