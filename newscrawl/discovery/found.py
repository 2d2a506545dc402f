"""What a discovery document gives: links that look like stories, further documents to read, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newscrawl.discovery.dates import is_older
from newscrawl.discovery.markup import one_line
from newscrawl.discovery.urls import absolute, canonical, in_domains, same_site
from newscrawl.items import Candidate, Hints

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

#: Warnings kept per document: a broken document says the same thing over and over.
MAX_WARNINGS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """candidates: links that look like stories, in the document's order, each once; next: URLs of further documents
    (a sitemap index's sitemaps, a listing's or feed's older pages); warnings: what was wrong, one line each.

    lastmods: when those of next were changed last, ISO 8601, where an index says so; whole: read to its end and without
    a fault; older: something was left out because it is older than since.
    """

    candidates: tuple[Candidate, ...] = ()
    next: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    lastmods: Mapping[str, str] = field(default_factory=dict)
    whole: bool = True
    older: bool = False


@dataclass(slots=True)
class Gather:
    """Collects what a parser finds: makes links absolute, leaves out other sites, folds variants of one address.

    url: the document's own address; domains: hosts that belong to the site, where known (their subdomains too), else
    the document's own site; limit: candidates kept at most.
    """

    url: str
    domains: Sequence[str] = ()
    limit: int = 200_000
    candidates: dict[str, Candidate] = field(default_factory=dict)
    next: dict[str, str | None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    offsite: set[str] = field(default_factory=set)
    older: bool = False

    def candidate(self, link: str, hints: Hints, base: str | None = None) -> bool:
        """Add a link; False where it is none of this site's, is no web address, or the limit is reached."""
        address = self.address(link, base)
        if address is None or address == self.url or len(self.candidates) >= self.limit:
            return False
        self.candidates.setdefault(canonical(address), Candidate(address, self.url, hints))
        return True

    def leaves_out(self, since: date | None, *moments: str | None) -> bool:
        """Whether an entry is older than since, and so left out, by all its dates (ISO 8601) that are known."""
        known = [moment for moment in moments if moment]
        older = bool(known) and all(is_older(moment, since) for moment in known)
        self.older = self.older or older
        return older

    def further(self, link: str, base: str | None = None, lastmod: str | None = None) -> None:
        """Add a document to read next: on the site, or beside this one where that is elsewhere; not this one.

        lastmod: when it was changed last, ISO 8601; unknown where it is named twice and not alike.
        """
        address = absolute(link, base or self.url)
        if address is not None and not same_site(address, self.url):
            address = self.address(link, base)
        if address is not None and address != self.url and len(self.next) < self.limit:
            self.next[address] = lastmod if self.next.get(address, lastmod) == lastmod else None

    def address(self, link: str, base: str | None = None) -> str | None:
        """The link as an absolute address on this site, or None."""
        address = absolute(link, base or self.url)
        if address is None:
            if "\ufffd" in link:
                self.warn("an address has broken characters")
            return None
        if in_domains(address, self.domains) if self.domains else same_site(address, self.url):
            return address
        if len(self.offsite) < 1000:
            self.offsite.add(address)
        return None

    def warn(self, text: str) -> None:
        """Keep one line about a fault; control characters and excess length are taken out."""
        line = one_line(text, 200)
        if len(self.warnings) < MAX_WARNINGS and line not in self.warnings:
            self.warnings.append(line)

    def found(self, warnings: Iterable[str] = ()) -> Found:
        """Everything gathered so far."""
        for text in warnings:
            self.warn(text)
        whole = not self.warnings and len(self.candidates) < self.limit  # links elsewhere are no fault
        if self.offsite:
            self.warn(f"{len(self.offsite)} links to other sites were left out")
        if len(self.candidates) >= self.limit:
            self.warn(f"more than {self.limit} links: the rest was left out")
        lastmods = {url: lastmod for url, lastmod in self.next.items() if lastmod}
        candidates, warnings = tuple(self.candidates.values()), tuple(self.warnings)
        return Found(candidates, tuple(self.next), warnings, lastmods, whole, self.older)
