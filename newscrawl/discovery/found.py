"""What a discovery document gives: links that look like stories, further documents to read, and what was wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from newscrawl.discovery.markup import one_line
from newscrawl.discovery.urls import absolute, canonical, in_domains, same_site
from newscrawl.items import Candidate, Hints

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Warnings kept per document: a broken document says the same thing over and over.
MAX_WARNINGS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """candidates: links that look like stories, in the document's order, each once; next: URLs of further documents
    (a sitemap index's sitemaps, a listing's or feed's older pages); warnings: what was wrong, one line each."""

    candidates: tuple[Candidate, ...] = ()
    next: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


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
    next: dict[str, None] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    offsite: set[str] = field(default_factory=set)

    def candidate(self, link: str, hints: Hints, base: str | None = None) -> bool:
        """Add a link; False where it is none of this site's, is no web address, or the limit is reached."""
        address = self.address(link, base)
        if address is None or address == self.url or len(self.candidates) >= self.limit:
            return False
        self.candidates.setdefault(canonical(address), Candidate(address, self.url, hints))
        return True

    def further(self, link: str, base: str | None = None) -> None:
        """Add a document to read next: on the site, or beside this one where that is elsewhere; not this one."""
        address = absolute(link, base or self.url)
        if address is not None and not same_site(address, self.url):
            address = self.address(link, base)
        if address is not None and address != self.url and len(self.next) < self.limit:
            self.next[address] = None

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
        if self.offsite:
            self.warn(f"{len(self.offsite)} links to other sites were left out")
        if len(self.candidates) >= self.limit:
            self.warn(f"more than {self.limit} links: the rest was left out")
        return Found(tuple(self.candidates.values()), tuple(self.next), tuple(self.warnings))
