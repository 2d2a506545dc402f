"""Times that a page gives without a zone: in its country's, where that has one; else only the day is known."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def with_offset(value: str | None, url: str | None) -> str | None:
    """An ISO 8601 time with its offset, or a plain day: records hold no time that could be any of 26 moments.

    >>> with_offset("2026-05-03T10:15:00", "https://www.gull.de/a"), with_offset("2026-05-03T10:15:00", None)
    ('2026-05-03T10:15:00+02:00', '2026-05-03')
    """
    if value is None or len(value) == 10:
        return value
    when = datetime.fromisoformat(value)
    zone = None if when.tzinfo else _zone(url)
    if zone is not None:
        when = when.replace(tzinfo=zone)
    return when.isoformat() if when.tzinfo else value[:10]


def _zone(url: str | None) -> ZoneInfo | None:
    try:
        label = (urlsplit(url or "").hostname or "").rsplit(".", 1)[-1]
        return ZoneInfo(_zones()[label]) if label in _zones() else None
    except (ValueError, ZoneInfoNotFoundError):
        return None


@cache
def _zones() -> Mapping[str, str]:
    data = tomllib.loads(files("newscrawl.extraction").joinpath("localtime.toml").read_text(encoding="utf-8"))
    return {label: name for name, labels in data["zones"].items() for label in labels}
