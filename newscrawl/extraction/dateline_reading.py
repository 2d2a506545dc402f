"""What the steps of the dateline reader hand to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from newscrawl.extraction.agencies import Agency
from newscrawl.extraction.dateline_dates import PrintedDate
from newscrawl.extraction.gazetteer import Area
from newscrawl.extraction.placenames import fold

Mark = Literal["dash", "colon", "stop", "bar", "dot", "comma", "space", "line", "none"]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a row of items says. Spans are offsets in the scanned text.

    place: the span printed; parts: the places in it; beside: for each area printed beside it, what it may mean;
    agencies: what the agency's form may stand for; named: an agency, or what stands in its place, as printed;
    wrapped: the agency stands in brackets or slashes; inside: the place does; dated_first: the date comes before it.
    """

    place: tuple[int, int] | None = None
    parts: tuple[str, ...] = ()
    beside: tuple[tuple[Area, ...], ...] = ()
    bracketed_area: bool = False
    date: PrintedDate | None = None
    agencies: tuple[Agency, ...] = ()
    named: str | None = None
    wrapped: bool = False
    inside: bool = False
    dated_first: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading, the mark that ends it, and where that mark ends."""

    reading: Reading
    mark: Mark
    end: int


@dataclass(frozen=True, slots=True)
class Context:
    """What is known of the page: language (BCP 47), country (ISO) and name of the publisher.

    followed: a long paragraph comes after this one, so that a place alone may be its dateline; agency_only: nothing
    but a dateline with an agency is looked for.
    """

    language: str | None = None
    country: str | None = None
    publisher: str | None = None
    followed: bool = False
    agency_only: bool = False
    code: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", (self.language or "").partition("-")[0].lower())


def is_publisher(name: str, context: Context) -> bool:
    """Whether a name is the publisher's own."""
    own = fold(context.publisher or "").replace(" ", "")
    return bool(own) and fold(name).replace(" ", "") == own
