"""What a story's address looks like, for sites whose profile does not say.

An address is scored: dates, long numbers and hashes, and slugs of several words speak for a story; words such as
"category" or "login", short single words and bare section paths speak against. The lists are in shapes.toml.
"""

from __future__ import annotations

import re
import tomllib
from datetime import date
from functools import lru_cache
from importlib import resources
from urllib.parse import unquote, urlsplit

_DATA = tomllib.loads(resources.files(__package__).joinpath("shapes.toml").read_text(encoding="utf-8"))
_NOT_STORY = frozenset(_DATA["not_story"])
_NOT_PAGE = frozenset(_DATA["not_page"])
NOT_PLACE = frozenset(_DATA["not_place"])
OLDER = frozenset(_DATA["older"])

#: The score from which an address alone is taken for a story's.
STORY = 3

_DATE = re.compile(
    r"(?<!\d)((?:19|20)\d\d)[-/_.]?(0[1-9]|1[0-2])[-/_.]?(0[1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)((?:19|20)\d\d)/([1-9])/([1-9]|[12]\d|3[01])(?!\d)"
    r"|(?<!\d)((?:19|20)\d\d)-?(0[1-9]|1[0-2])/(0[1-9]|[12]\d|3[01])(?!\d)"
)
_MONTH = re.compile(r"/(?:19|20)\d\d/(?:\d\d?|[a-z]{3})/")
_NUMBER = re.compile(r"(?<!\d)\d{5,}(?!\d)")
_HASH = re.compile(r"(?<![0-9a-z])(?=[0-9a-f]*\d)[0-9a-f]{16,}(?![0-9a-z])|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}")
_WORDS = re.compile(r"[^\W\d_]{2,}|\d+")
_ENDING = re.compile(r"\.([a-z0-9]{1,5})$")


def is_page(url: str) -> bool:
    """Whether the address may be a web page, by its file ending."""
    ending = _ENDING.search(urlsplit(url).path.lower())
    return ending is None or ending[1] not in _NOT_PAGE


def may_be_story(url: str) -> bool:
    """Whether an address that a sitemap or feed names is worth a request: anything but files and service pages."""
    return is_page(url) and story_score(url) > -3


@lru_cache(maxsize=4096)
def is_service(url: str) -> bool:
    """Whether a segment of the address stands for a service or an overview ("login", "tag", "about")."""
    segments = unquote(urlsplit(url).path).lower().split("/")
    return any(_ENDING.sub("", segment) in _NOT_STORY for segment in segments)


@lru_cache(maxsize=4096)
def story_score(url: str) -> int:
    """How much an address looks like a story's: from STORY on it is taken for one; below 1 for anything but."""
    parts = urlsplit(url)
    path = unquote(parts.path).lower()
    segments = [segment for segment in path.split("/") if segment]
    if not segments and not parts.query:
        return -5
    last = segments[-1] if segments else ""
    slug = max(map(_slug_score, segments[-2:]), default=0)
    dated = url_date(url) is not None
    score = slug + (3 if dated else 1 if _MONTH.search(path) else 0)
    if is_service(url):
        score -= 2 if dated else 4
    score += 2 if _NUMBER.search(path) else 1 if _NUMBER.search(parts.query) else 0
    score += 3 if _HASH.search(path) else 0
    score += 1 if len(segments) > 1 and (last.isdigit() or last.endswith((".html", ".htm", ".shtml"))) else 0
    score -= 1 if len(segments) < 2 and slug < 3 and not parts.query else 0
    return score - (2 if last in ("index.html", "index.htm", "index.shtml", "index.php") else 0)


def _slug_score(segment: str) -> int:
    words = _WORDS.findall(_ENDING.sub("", segment))
    if any(ord(c) > 0x2E80 for c in segment) and len(segment) >= 8:  # a headline in Chinese, Japanese or Korean
        return 3
    joined = segment.count("-") + segment.count("_")
    if len(words) >= 5 and joined >= 4:
        return 4
    if len(words) >= 4 and joined >= 3:
        return 3
    return 1 if len(words) >= 3 and joined >= 2 else 0


@lru_cache(maxsize=4096)
def url_date(url: str) -> str | None:
    """The day that an address names (/2026/04/29/, /20260429/, /2026-04/29/), as ISO 8601, or None."""
    for match in _DATE.finditer(urlsplit(url).path):
        year, month, day = (int(part) for part in match.groups() if part is not None)
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            continue
    return None
