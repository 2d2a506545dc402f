"""What `-a NAME=VALUE` may say to a crawl, checked before anything is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import date
from typing import Any
from urllib.parse import urlsplit


class ArgumentError(ValueError):
    """A crawl argument that cannot be used: one line for people."""


@dataclass(frozen=True, slots=True)
class Arguments:
    """since: oldest publication day wanted; limit: most articles to fetch; full: look at everything again;
    rebuild: make the ledger anew from the sealed files; url, profile: for the `news` spider only."""

    since: date | None = None
    limit: int | None = None
    full: bool = False
    rebuild: bool = False
    url: str | None = None
    profile: str | None = None


def parse_arguments(given: dict[str, Any]) -> Arguments:
    """The arguments of a crawl from their texts. Raises ArgumentError naming the argument and what was expected."""
    known = [f.name for f in fields(Arguments)]
    for name in given:
        if name not in known and not name.startswith("_"):
            raise ArgumentError(f"-a {name}: no such argument; known are {', '.join(known)}")
    values: dict[str, Any] = {name: _PARSERS[name](name, given[name]) for name in known if name in given}
    return Arguments(**values)


def _date(name: str, value: str) -> date:
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise ArgumentError(f"-a {name}={value}: expected a date such as 2026-01-31") from None


def _count(name: str, value: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", value):
        raise ArgumentError(f"-a {name}={value}: expected a number above zero")
    return int(value)


def _flag(name: str, value: str) -> bool:
    if value.lower() not in {"0", "1", "true", "false", "yes", "no"}:
        raise ArgumentError(f"-a {name}={value}: expected 1 or 0")
    return value.lower() in {"1", "true", "yes"}


def _url(name: str, value: str) -> str:
    if re.match(r"[\w+.-]+://[^/?#]*@", value):
        raise ArgumentError(f"-a {name}: a user name or password in an address would stand in logs and reports")
    try:
        parts = urlsplit(value)
        if parts.scheme in {"http", "https"} and re.search(r"\w", parts.hostname or ""):
            return value
    except ValueError:
        pass
    raise ArgumentError(f"-a {name}={value}: expected a web address such as https://example.com/")


def _path(name: str, value: str) -> str:
    if not value:
        raise ArgumentError(f"-a {name}=: expected the path of a profile")
    return value


_PARSERS = {"since": _date, "limit": _count, "full": _flag, "rebuild": _flag, "url": _url, "profile": _path}
