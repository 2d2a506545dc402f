"""What a page forbids its readers to do with it: robots meta tags and the TDM reservation protocol.

https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag;
https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/ (section 6: meta tags).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newscrawl.extraction.head import Head

_KEYS = ("robots", "googlebot", "googlebot-news", "newscrawl")


@dataclass(frozen=True, slots=True)
class Robots:
    """Flags of the page's meta tags; tdm_reserved: text and data mining rights are reserved."""

    noindex: bool = False
    noarchive: bool = False
    noai: bool = False
    noimageai: bool = False
    tdm_reserved: bool = False
    tdm_policy: str | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags by the names that the field uses for them."""
        named = {
            "noindex": self.noindex,
            "noarchive": self.noarchive,
            "noai": self.noai,
            "noimageai": self.noimageai,
            "tdm-reservation": self.tdm_reserved,
        }
        return tuple(name for name, is_set in named.items() if is_set)

    @property
    def opted_out(self) -> bool:
        """Whether the page asks not to be used for text and data mining or the training of models."""
        return self.noai or self.tdm_reserved


def read_robots(head: Head) -> Robots:
    """The flags, from whichever robots tags the page has. "none" stands for noindex."""
    words = {w for value in head.every(_KEYS) for w in re.split(r"[\s,;]+", value[:2_000].lower())}
    return Robots(
        noindex=bool({"noindex", "none"} & words),
        noarchive="noarchive" in words,
        noai="noai" in words,
        noimageai="noimageai" in words,
        tdm_reserved=head.first("tdm-reservation") == "1",
        tdm_policy=head.first("tdm-policy"),
    )
