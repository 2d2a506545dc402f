"""What a server's headers forbid its readers to do with a page.

https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag (X-Robots-Tag);
https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/ (TDM-Reservation).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_KNOWN = ("noindex", "noarchive", "nocache", "noai", "noimageai", "nosnippet")
_SPOKEN_TO = ("newscrawl", "robots", "*")
#: Directives that have a colon of their own, so that what stands before it is no crawler's name.
_WITH_VALUE = ("max-snippet", "max-image-preview", "max-video-preview", "unavailable_after")


def robots_flags(headers: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """The flags that an answer's headers set, sorted: of X-Robots-Tag those that speak to every crawler or to this one
    ("noindex", "noarchive", "nocache", "noai", "noimageai", "nosnippet"; "none" is "noindex"), and "tdm-reservation"
    where text and data mining rights are reserved. headers: (name, value) pairs; a name may come more than once."""
    flags = set()
    for name, value in headers:
        if name.lower() == "x-robots-tag":
            flags |= _directives(value[:2000].lower())
        elif name.lower() == "tdm-reservation" and value.strip() == "1":
            flags.add("tdm-reservation")
    return tuple(sorted(flags))


def _directives(value: str) -> set[str]:
    found, listening = set(), True
    for part in re.split(r"[,;]", value):
        name, colon, rest = part.partition(":")
        if colon and name.strip() not in _WITH_VALUE:
            listening, part = name.strip() in _SPOKEN_TO, rest
        word = part.strip()
        if listening and word in _KNOWN:
            found.add(word)
        elif listening and word == "none":
            found.add("noindex")
    return found


def opted_out(flags: Iterable[str]) -> bool:
    """Whether flags ask that a page is not used for text and data mining or the training of models."""
    return not {"noai", "tdm-reservation"}.isdisjoint(flags)
