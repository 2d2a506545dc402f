"""What is wrong in a profile beyond names and types: one line each, naming file, key and reason."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Sequence
from importlib.resources.abc import Traversable
from ipaddress import ip_address
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cssselect import HTMLTranslator, SelectorError

from newscrawl.sites import Layout, Site, SiteError, load_site, profile_files

#: Characters of a regex or selector; what is longer was not written by a person.
MAX_PATTERN = 500

_WAYS = ("feeds", "news_sitemaps", "sitemaps", "listings")
_SELECTORS = ("headline", "deck", "authors", "published", "body", "drop")
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-(?:[A-Z]{2}|\d{3}))?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*")


def faults_of(site: Site) -> Iterator[str]:
    """What keeps a profile from being used: regexes, selectors, URLs, time zone, the order of layouts."""
    for where, message in _faults(site):
        yield f"{site.source}: {where}: {message}"


def gaps_of(site: Site) -> Iterator[str]:
    """What a profile of the catalogue must say too: publisher, language, domains, and a way to the stories."""
    for where, message in _gaps(site):
        yield f"{site.source}: {where}: {message}"


def check_catalogue(folder: Traversable) -> Iterator[str]:
    """Everything that is wrong with the profiles in a folder; a bad file does not hide the next one's faults."""
    if not folder.is_dir():
        yield f"{folder}: is no folder"
        return
    for path in profile_files(folder):
        try:
            site = load_site(path)
        except SiteError as error:
            yield str(error)
            continue
        yield from faults_of(site)
        yield from gaps_of(site)


def _faults(site: Site) -> Iterator[tuple[str, str]]:
    for key in ("article", "skip"):
        for pattern in getattr(site.discover, key):
            if reason := _regex_fault(pattern):
                yield f"discover.{key}", f"{pattern[:80]!r} is no regex: {reason}"
    for key in _WAYS:
        for url in getattr(site.discover, key):
            if re.match(r"[\w+.-]+://[^/?#]*@", url):
                yield (
                    f"discover.{key}",
                    "a user name or password in an address would stand in logs and reports",
                )
            elif not _is_url(url):
                yield f"discover.{key}", f"{url[:200]!r} is no http(s) URL"
    for number, layout in enumerate(site.layouts, 1):
        yield from _layout_faults(layout, number)
    if not _is_newest_first(site.layouts):
        yield "layout", "the newest comes first, and every older one says valid_until"
    if site.timezone and not _is_zone(site.timezone):
        yield "timezone", f"{site.timezone!r} is no IANA time zone"
    for domain in site.domains:
        if not _HOST.fullmatch(domain) and not _is_address(domain):
            yield "domains", f"{domain[:80]!r} is no host name: expected one such as example.com"


def _is_newest_first(layouts: Sequence[Layout]) -> bool:
    """Whether dated layouts are in order; where none is dated, they are tried one after the other."""
    dates = [layout.valid_until for layout in layouts]
    if not any(dates):
        return True
    older = [day for day in dates[0 if dates[0] else 1 :] if day]
    return None not in dates[1:] and older == sorted(set(older), reverse=True)


def _layout_faults(layout: Layout, number: int) -> Iterator[tuple[str, str]]:
    for key in _SELECTORS:
        value = getattr(layout, key)
        for selector in value if isinstance(value, tuple) else filter(None, [value]):
            if reason := _selector_fault(selector):
                yield f"layout {number}: {key}", f"{selector[:80]!r} is no CSS selector: {reason}"


def _gaps(site: Site) -> Iterator[tuple[str, str]]:
    if not site.publisher:
        yield "publisher", "is missing: the name that the site goes by"
    if not _LANGUAGE.fullmatch(site.language or ""):
        yield "language", f"expected a language tag such as en or zh-Hant, got {site.language!r}"
    if site.country is not None and (not _COUNTRY.fullmatch(site.country) or site.country in ("UK", "EU")):
        yield "country", f"expected two letters of ISO 3166 such as GB, got {site.country!r}"
    if not site.domains:
        yield "domains", "is missing: the hosts that stories are on"
    if not any(getattr(site.discover, key) for key in _WAYS):
        yield "discover", f"names no way to the stories: give one of {', '.join(_WAYS)}"


def _regex_fault(pattern: str) -> str | None:
    if len(pattern) > MAX_PATTERN:
        return f"longer than {MAX_PATTERN} characters"
    try:
        with warnings.catch_warnings(action="ignore", category=FutureWarning):
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        return str(error)
    return None


def _selector_fault(selector: str) -> str | None:
    if len(selector) > MAX_PATTERN:
        return f"longer than {MAX_PATTERN} characters"
    try:
        HTMLTranslator().css_to_xpath(selector)
    except (SelectorError, RecursionError) as error:
        return str(error)
    return None


def _is_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0 and url.isprintable()
        )
    except ValueError:
        return False


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name).key)
    except (KeyError, ValueError, OSError):
        return False


def _is_address(host: str) -> bool:
    try:
        return bool(ip_address(host))
    except ValueError:
        return False
