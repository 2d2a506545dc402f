"""The place of a dateline: which words may be one, how many are printed, and which place of the gazetteer is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from newscrawl.extraction.dateline_reading import Context, Reading
from newscrawl.extraction.dateline_words import WORDS
from newscrawl.extraction.gazetteer import Area, City, areas, choose, cities, home_countries

LONGEST_PLACE, MOST_WORDS = 60, 6
#: Inhabitants from which a city is rather meant than a division, or a country, of its name.
LARGER_THAN_DIVISION, LARGER_THAN_COUNTRY = 100_000, 1_000_000

Style = Literal["upper", "title", "caseless"]
_PARTS = re.compile(r"\s*/\s*|\s+(?:(?i:and|und|et|og|och|en|ja|та|ve)|y|e|i|a|&|и|і|و|और)\s+|\s*[・·]\s*")


def plausible(run: str) -> bool:
    """Whether words may be a place's name: few, and written as names are."""
    words = run.split()
    if len(run) > LONGEST_PLACE or len(words) > MOST_WORDS or not (run[0].isalpha() or run[0] in "'’"):
        return False
    if run[0].islower():
        return False
    return all(not w[0].islower() or w.casefold().strip(".") in WORDS.particles or len(w) <= 3 for w in words)


def split_row(run: str) -> Iterator[str]:
    """The places of "BEIRUT/THE HAGUE" in order; a reporter before the place, "Ahmet YILMAZ/ANTALYA", is none."""
    if cities(run) or areas(run):
        yield run
        return
    parts = [part for part in _PARTS.split(run) if part][:4]
    if not all(map(plausible, parts)):
        return
    for part in parts:
        mixed = any(w.isupper() and len(w) > 1 for w in part.split()) and any(w.istitle() for w in part.split())
        if not (mixed and len(parts) > 1 and part is not parts[-1]):
            yield part


@dataclass(frozen=True, slots=True)
class Where:
    """A place resolved: a city, or else the country or division it is; area is what is printed beside it.

    known: the gazetteer has it.
    """

    city: City | None = None
    itself: Area | None = None
    area: Area | None = None
    known: bool = False


def areas_beside(place: str, printed: str) -> tuple[Area, ...]:
    """What a state or country beside a place may be: of several so called, those where a city of that name lies.

    Empty where the words name none, or rather a city: "MONOPOLI (BARI)" prints the province's capital.
    """
    found, here = areas(printed), cities(place)
    inside = tuple(a for a in found if any(_lies_in(c, a) for c in here))
    if here and not inside and cities(printed) and all(a.code for a in found):
        return ()
    return inside or found


def _lies_in(city: City, area: Area) -> bool:
    return city.country == area.country and area.code in (None, city.code)


def locate(reading: Reading, context: Context) -> Where:
    """The first place of a row: by what is printed beside it, the publisher's country, and population."""
    if not reading.parts:
        return Where()
    beside, first = reading.beside[:1][0] if reading.beside else (), reading.parts[0]
    found = cities(first) or _quarter(first)
    city = choose(found, beside, context.country)
    if city is None and len(reading.parts) > 1:  # "NEW YORK AND MAINZ, Germany": the country is the last place's
        city, beside = choose(found, (), context.country), ()
    itself = None if beside else _area_itself(areas(first), found, city, context.country)
    area = next((a for a in beside if city and _lies_in(city, a)), None) or _one_area(beside, context)
    known = bool(city or itself)
    return Where(None if itself else city, itself, area, known)


def _quarter(name: str) -> tuple[City, ...]:
    """The city of "Stuttgart-Vaihingen", where papers print quarters so."""
    head, hyphen, quarter = name.partition("-")
    found = cities(head) if hyphen and quarter[:1].isupper() else ()
    return found[:1] if found and found[0].country in WORDS.quarter_countries and found[0].proper else ()


def _one_area(beside: tuple[Area, ...], context: Context) -> Area | None:
    """The area meant where no city decides it: the publisher's, the language's, or the only one; never a guess."""
    homes = {context.country} if context.country else home_countries(context.code)
    near = [a for a in beside if a.country in homes] or list(beside)
    return near[0] if near and len({a.country for a in near}) == 1 else None


def _area_itself(
    found: tuple[Area, ...], namesakes: tuple[City, ...], city: City | None, country: str | None
) -> Area | None:
    """Whether a name is a country's or a division's rather than a town's: CUBA, not Cuba, Missouri.

    A division that is called after its own town is not: Douglas, Isle of Man.
    """
    countries = [a for a in found if a.code is None]
    if countries and not (city and (city.capital or city.alone or city.weight >= LARGER_THAN_COUNTRY)):
        return countries[0]
    own = [c for c in namesakes if c.proper or c.capital]
    found = tuple(a for a in found if not any(_lies_in(c, a) for c in own))
    if found and not countries and (city is None or city.weight < LARGER_THAN_DIVISION):
        return next((a for a in found if a.country == country), found[0])
    return None


def style(text: str) -> Style:
    """How a place is printed: McALLEN counts as upper case."""
    upper, lower = sum(c.isupper() for c in text), sum(c.islower() for c in text)
    if not upper and not lower:
        return "caseless"
    return "upper" if upper > lower and upper > 1 else "title"
