"""The catalogue: one TOML file per site, and the loader that checks them. A profile is data; no profile holds code.

Loading checks names and types only, so that `scrapy list` stays quick; `check_site` also compiles every regex and
selector, and runs before a crawl sends its first request. `check_catalogue` says all that is wrong with a folder.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

#: The bundled catalogue; the package may stand in a zip file (an egg), so this need not be a folder on disk.
FOLDER: Traversable = resources.files(__package__)
#: Bytes of the longest profile that is read.
MAX_BYTES = 200_000


class SiteError(ValueError):
    """A profile that cannot be used: names the file, the key and what was expected."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a site's stories stand on its pages: CSS selectors, each optional. valid_until dates an old layout."""

    valid_until: date | None = None
    headline: str | None = None
    deck: str | None = None
    authors: str | None = None
    published: str | None = None
    body: str | None = None
    drop: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Discover:
    """Where a site announces its stories (URLs), and which links are stories (regexes searched in the URL)."""

    feeds: tuple[str, ...] = ()
    news_sitemaps: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    listings: tuple[str, ...] = ()
    article: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """One site's profile. language is BCP 47; country is ISO 3166-1 alpha-2; timezone is an IANA name; health holds
    floors that differ from the defaults (see newscrawl/report/health.py)."""

    name: str
    publisher: str | None = None
    language: str | None = None
    country: str | None = None
    timezone: str | None = None
    domains: tuple[str, ...] = ()
    discover: Discover = field(default_factory=Discover)
    layouts: tuple[Layout, ...] = ()
    health: Mapping[str, float] = field(default_factory=dict)
    source: str | None = None


_TEXT = {"publisher", "language", "country", "timezone"}
_DISCOVER = {"feeds", "news_sitemaps", "sitemaps", "listings", "article", "skip"}
_LAYOUT = {"headline", "deck", "authors", "published", "body"}
_ZONE = re.compile(r"[A-Za-z0-9_+-]{1,40}(?:/[A-Za-z0-9_+-]{1,40}){0,2}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,40}")


def load_sites(folder: Traversable | None = None) -> dict[str, Site]:
    """Every profile in the bundled catalogue, or in folder instead, by name. Raises SiteError on a bad one."""
    return {site.name: site for site in map(load_site, profile_files(folder or FOLDER))}


def profile_files(folder: Traversable) -> list[Traversable]:
    """The profiles in a folder, by name. Raises SiteError where there is no such folder."""
    try:
        return sorted((each for each in folder.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
    except OSError as error:
        raise SiteError(f"{folder}: cannot be read: {error.strerror}") from None


def known_sites(own: str | Path | None = None) -> dict[str, Site]:
    """The bundled profiles and those in a folder of the user's own; where names are the same, the user's wins."""
    return load_sites() | (load_sites(Path(own)) if own else {})


def load_site(path: Traversable) -> Site:
    """The profile in one file. Raises SiteError with file, key and reason."""
    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise SiteError(f"{path}: is longer than {MAX_BYTES} bytes, which no profile is")
        data = tomllib.loads(text.decode("utf-8"))
    except OSError as error:
        raise SiteError(f"{path}: cannot be read: {error.strerror}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise SiteError(f"{path}: is not TOML: {error}") from None
    if "name" not in data:
        raise SiteError(f"{path}: name: is missing")
    if data["name"] != path.name.removesuffix(".toml"):
        raise SiteError(f"{path}: name: is {data['name']!r}, but the file is named {path.name!r}")
    return parse_site(data, str(path))


def parse_site(data: Mapping[str, Any], source: str) -> Site:
    """A profile from parsed TOML; source names it in errors."""
    _only(data, _TEXT | {"name", "domains", "discover", "layout", "health"}, source, "")
    name = data.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise SiteError(f"{source}: name: expected lower-case letters, digits and _, got {name!r}")
    zone = data.get("timezone")
    if isinstance(zone, str) and not _ZONE.fullmatch(zone):
        raise SiteError(f"{source}: timezone: {zone[:100]!r} is no IANA time zone")
    return Site(
        name=name,
        **{key: _text(data, key, source, "") for key in _TEXT},
        domains=_texts(data, "domains", source, ""),
        discover=_discover(_table(data, "discover", source), source),
        layouts=tuple(_layout(each, source, n) for n, each in enumerate(_tables(data, "layout", source), 1)),
        health={k: _number(v, source, f"health.{k}") for k, v in _table(data, "health", source).items()},
        source=source,
    )


def _discover(data: Mapping[str, Any], source: str) -> Discover:
    _only(data, _DISCOVER, source, "discover.")
    return Discover(**{key: _texts(data, key, source, "discover.") for key in _DISCOVER})


def _layout(data: Mapping[str, Any], source: str, number: int) -> Layout:
    where = f"layout {number}: "
    _only(data, _LAYOUT | {"valid_until", "drop"}, source, where)
    until = data.get("valid_until")
    if until is not None and type(until) is not date:
        raise SiteError(f"{source}: {where}valid_until: expected a date such as 2021-12-31, got {until!r}")
    texts = {key: _text(data, key, source, where) for key in _LAYOUT}
    return Layout(valid_until=until, drop=_texts(data, "drop", source, where), **texts)


def _only(data: Mapping[str, Any], allowed: set[str], source: str, where: str) -> None:
    for key in data:
        if key not in allowed:
            raise SiteError(f"{source}: {where}{key}: no such key; known are {', '.join(sorted(allowed))}")


def _text(data: Mapping[str, Any], key: str, source: str, where: str) -> str | None:
    value = data.get(key)
    if value is not None and (not isinstance(value, str) or not value.strip()):
        raise SiteError(f"{source}: {where}{key}: expected text, got {value!r}")
    return value


def _texts(data: Mapping[str, Any], key: str, source: str, where: str) -> tuple[str, ...]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(x, str) and x for x in value):
        raise SiteError(f"{source}: {where}{key}: expected a list of texts, got {value!r}")
    return tuple(value)


def _number(value: Any, source: str, key: str) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise SiteError(f"{source}: {key}: expected a number, got {value!r}")
    return float(value)


def _table(data: Mapping[str, Any], key: str, source: str) -> Mapping[str, Any]:
    value = data.get(key, {})
    if not isinstance(value, dict):
        raise SiteError(f"{source}: {key}: expected a table [{key}], got {value!r}")
    return value


def _tables(data: Mapping[str, Any], key: str, source: str) -> list[Mapping[str, Any]]:
    value = data.get(key, [])
    if not isinstance(value, list) or not all(isinstance(x, dict) for x in value):
        raise SiteError(f"{source}: {key}: expected tables [[{key}]], got {value!r}")
    return value


def check_site(site: Site) -> Iterator[str]:
    """What is wrong in a profile beyond names and types, one line each: regexes, selectors, URLs, time zone."""
    from newscrawl.sites.check import faults_of  # loads the selector compiler, which `scrapy list` does without

    return faults_of(site)
