"""The agency of a dateline: in brackets with desks and reporters, between slashes, or signed behind the place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from newscrawl.extraction.agencies import Agency, agencies, printed_bare
from newscrawl.extraction.gazetteer import cities

_SLASH = re.compile(r"/ ?([^/\n]{2,50}?) ?/(?!/)")
_ALTERNATIVES = re.compile(r"\s*[/,&;+|—]\s*|\s+-\s+|\s+(?:and|und|y|et|e|og|och|en|и|та|ve)\s+")


def named_agencies(inner: str) -> tuple[Agency, ...]:
    """The agencies a bracket names: "AP", "dpa/lno", "Reuters Health", "AP/Reuters", "RIA Novosti, Ivan Petrov"."""
    whole = agencies(inner)
    if whole:
        return whole
    parts = [*_ALTERNATIVES.split(inner), *inner.split("-")]
    for part in [p for p in parts if p][:8]:
        words = part.split()
        for length in (3, 2, 1):
            known = agencies(" ".join(words[:length])) if len(words) <= length + 3 else ()
            if known and (length >= len(words) or printed_bare(" ".join(words[:length]))):
                return known
    return ()


def slashed(text: str, at: int) -> tuple[int, tuple[Agency, ...], str] | None:
    """The end of "/TASS/", the agencies it may be, and what is printed; None if no agency stands between slashes."""
    found = _SLASH.match(text, at)
    known = next((k for k in (agencies(found[1]), *map(agencies, _windows(found[1]))) if k), ()) if found else ()
    return (found.end(), known, found[1]) if found and known else None


def _windows(inner: str) -> Iterator[str]:
    """One and two words of "Корр. ТАСС Иван Иванов" at a time."""
    words = re.split(r"[\s,/]+", inner)[:6]
    for length in (2, 1):
        for start in range(len(words) - length + 1):
            yield " ".join(words[start : start + length])


def signed_by(run: str) -> tuple[str, str] | None:
    """A place and who files from it without brackets: "BERLIN taz", "Halle/MZ", "Magdeburg/dpa"."""
    place, _, last = run.rpartition(" ")
    if place.isupper() and last.islower() and agencies(last) and cities(place.split("/")[0]):
        return place, last
    place, _, last = run.rpartition("/")
    code = last.isupper() and 2 <= len(last) <= 3 and not place.isupper()
    return (place, last) if cities(place) and not cities(run) and (printed_bare(last) or code) else None
