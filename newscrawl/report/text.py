"""Text from the web, made safe to show: no control character reaches a terminal, no override turns a line around.

Three rules, kept everywhere in this room: markup is text (templates escape), a link is http or https or no link at
all, and a character that steers a display (escape codes, bidirectional overrides, lone surrogates) is printed by its
code point. Left-to-right and right-to-left marks stay: Arabic and Hebrew stories use them as they should be used.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 and C1 controls, save tab and line feed
    "\u2028\u2029"  # line and paragraph separators
    "\u202a-\u202e\u2066-\u2069"  # embeddings, overrides and isolates
    "\ud800-\udfff\ufeff\ufff9-\ufffb]"  # surrogates without their other half, byte order mark, annotations
)
_SPACE = re.compile(r"\s+")


def visible(text: str) -> str:
    """text with every character that steers a display printed as its code point.

    >>> visible("a\\x1b[31mb")
    'a⟨U+001B⟩[31mb'
    """
    return _STEERING.sub(lambda match: f"⟨U+{ord(match.group()):04X}⟩", text)


def plain(text: object, limit: int | None = None) -> str:
    """text as one line for a terminal or a log: white space folded, nothing that steers, at most limit characters.

    >>> plain("one\\ntwo\\x1b[2J", limit=12)
    'one two⟨U+0…'
    """
    line = visible(_SPACE.sub(" ", str(text)).strip())
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def safe_url(url: object) -> str | None:
    """url if a browser may open it from a report: http or https with a host, no steering characters. Else None.

    >>> safe_url("javascript:alert(1)") is None
    True
    """
    if not isinstance(url, str) or not url.isprintable() or " " in url or _STEERING.search(url):
        return None
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable else None


def without_secrets(url: str) -> str:
    """url without user name and password, for files that are passed around.

    >>> without_secrets("https://me:pw@example.com/a?b")
    'https://example.com/a?b'
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2])) if "@" in parts.netloc else url


def excerpt(text: str, limit: int) -> str:
    """The first limit characters of text, cut at a word where one ends near, with an ellipsis where cut."""
    if len(text) <= limit:
        return text
    cut = text[:limit]
    head, _, tail = cut.rpartition(" ")
    return (head if head and len(tail) < 20 else cut).rstrip(" ,;:") + "…"
