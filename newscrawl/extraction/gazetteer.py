"""Places by their printed names: cities with coordinates, states and provinces, countries, in the scripts of the press.

The data is GeoNames' and CLDR's, packed by tools/build_places.py into one text that is searched as it is, so that it
loads in a tenth of a second and 20 MB on first need. Five sections, each of lines of tab-separated fields:

    names of cities, folded and sorted    the numbers of the cities so called, most people first; "a": an alternate name
    cities by number                      name, country, division's code, latitude, longitude, population
    names of countries and divisions      codes: "CA" a country, "CA.08" a division
    divisions                             code, name
    countries                             code, name, languages, the number of the capital

Which of several places is meant is decided by what is printed beside the name, then by the cities that the Associated
Press and the Canadian Press let stand alone, then by the publisher's country, then by population.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from isal import isal_zlib

from newscrawl.extraction.placenames import fold

#: A city of the publisher's country is preferred unless a namesake elsewhere is this many times as large:
#: a capital (Athens, Georgia and Athens) and any other (Sydney, Nova Scotia and Sydney).
CAPITAL_RATIO, CITY_RATIO = 10, 100
#: What an alternate name counts against a name proper: Rome in German is not the village of Rom in France.
ALIAS_DISCOUNT = 30
_GZIP = 31  # zlib's window bits for a gzip file


@dataclass(frozen=True, slots=True)
class Area:
    """A country (ISO 3166-1 alpha-2; "" for places under none), or a division of it with GeoNames' code and name."""

    country: str
    code: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class City:
    """A city of the gazetteer: English standard name, ISO country, division's code and name, degrees (WGS 84), people.

    proper: it was looked up under its name, not under an alternate one; capital: of its country; alone: the style
    books let it stand without a country.
    """

    name: str
    country: str
    code: str
    region: str | None
    latitude: float
    longitude: float
    population: int
    proper: bool = True
    capital: bool = False
    alone: bool = False

    @property
    def weight(self) -> int:
        """How likely the name means this city, all else equal."""
        return self.population if self.proper else self.population // ALIAS_DISCOUNT


@dataclass(frozen=True, slots=True)
class _Data:
    city_names: bytes
    cities: list[bytes]
    area_names: bytes
    regions: Mapping[str, str]
    countries: Mapping[str, tuple[str, ...]]
    capitals: frozenset[int]
    extra: Mapping[str, Any]
    alone: Mapping[str, str]
    aliases: Mapping[str, tuple[str, str]]
    short_areas: Mapping[str, tuple[Area, ...]]


def _fields(section: bytes) -> Iterator[list[str]]:
    return (line.split("\t") for line in section.decode().split("\n"))


@cache
def _data() -> _Data:
    package = files("newscrawl.extraction")
    sections = isal_zlib.decompress(package.joinpath("places.txt.gz").read_bytes(), _GZIP).split(b"\f")
    extra = tomllib.loads(package.joinpath("placenames.toml").read_text("utf-8"))
    regions = {code: extra["english"].get(name, name) for code, name in _fields(sections[3])}
    countries = {code: tuple(rest) for code, *rest in _fields(sections[4])}
    return _Data(
        city_names=sections[0],
        cities=sections[1].split(b"\n"),
        area_names=sections[2],
        regions=regions,
        countries=countries,
        capitals=frozenset(int(rest[2]) for rest in countries.values() if rest[2]),
        extra=extra,
        alone={fold(name): code for name, code in (entry.split("|") for entry in extra["standalone"])},
        aliases={fold(printed): (fold(n), code) for printed, (n, code) in _pairs(extra["aliases"])},
        short_areas=_short_areas(extra, regions),
    )


def _pairs(aliases: Mapping[str, str]) -> Iterator[tuple[str, tuple[str, str]]]:
    for printed, target in aliases.items():
        name, _, country = target.partition("|")
        yield printed, (name, country)


def _short_areas(extra: Mapping[str, Any], regions: Mapping[str, str]) -> dict[str, tuple[Area, ...]]:
    codes = {(code.partition(".")[0], name): code.partition(".")[2] for code, name in regions.items()}
    found: dict[str, tuple[Area, ...]] = {}
    for printed, country in (extra["countries"] | extra["specials"]).items():
        found[fold(printed)] = (Area(country),)
    for country, table in extra["regions"].items():
        for name, forms in table.items():
            for form in forms:
                area = Area(country, codes[country, name], name)
                found[fold(form)] = (*found.get(fold(form), ()), area)
    return found


def _line(section: bytes, key: bytes) -> bytes | None:
    """What follows the key on its line in a section of sorted lines: binary search in the text itself."""
    low, high = 0, len(section)
    while low < high:
        start = section.rfind(b"\n", low, (low + high) // 2) + 1 or low
        end = section.find(b"\n", start)
        end = high if end < 0 else end
        tab = section.find(b"\t", start, end)
        here = section[start:tab]
        if here == key:
            return section[tab + 1 : end]
        low, high = (end + 1, high) if here < key else (low, start)
    return None


def _city(entry: str) -> City:
    data = _data()
    number = int(entry.rstrip("a"))
    name, country, code, latitude, longitude, population = data.cities[number].decode().split("\t")
    capital = number in data.capitals
    return City(
        name=data.extra["english"].get(name, name),
        country=country,
        code=code,
        region=data.regions.get(f"{country}.{code}"),
        latitude=float(latitude),
        longitude=float(longitude),
        population=int(population),
        proper=not entry.endswith("a"),
        capital=capital,
        alone=data.alone.get(fold(data.extra["english"].get(name, name))) == country,
    )


def _spellings(key: str) -> Iterator[str]:
    """The folded name, and how else it may be spelled: St./Saint, Mt./Mount, Ft./Fort, German ae, oe, ue."""
    yield key
    for short, full in (("st ", "saint "), ("ste ", "sainte "), ("mt ", "mount "), ("ft ", "fort ")):
        if key.startswith(short):
            yield full + key[len(short) :]
        elif key.startswith(full):
            yield short + key[len(full) :]
    if "ae" in key or "oe" in key or "ue" in key:
        yield key.replace("ae", "a").replace("oe", "o").replace("ue", "u")


@lru_cache(maxsize=4096)
def cities(name: str) -> tuple[City, ...]:
    """Every city so called, in any language, the likeliest first."""
    data = _data()
    key = fold(name)
    alias = data.aliases.get(key)
    target, country = alias if alias else (key, "")
    for spelling in _spellings(target):
        line = _line(data.city_names, spelling.encode(errors="replace")) if spelling else None
        if line:
            found = sorted(map(_city, line.decode().split()), key=lambda c: -c.weight)
            meant = [replace(c, proper=True) for c in found if c.country == country][:1]
            return (*meant, *(c for c in found if not meant or c.country != country or c.name != meant[0].name))
    return ()


@lru_cache(maxsize=4096)
def areas(name: str) -> tuple[Area, ...]:
    """Every country and division so called: by full name in many languages, or by the style books' short forms."""
    data = _data()
    key = fold(name)
    short = data.short_areas.get(key, ())
    line = _line(data.area_names, key.encode(errors="replace")) if key else None
    codes = [code.partition(".") for code in (line or b"").decode().split()]
    return (*short, *(Area(c, d or None, data.regions.get(f"{c}.{d}")) for c, _, d in codes))


def home_countries(language: str | None) -> frozenset[str]:
    """ISO codes of the countries where a language (BCP 47) is spoken officially or widely, as GeoNames lists them."""
    return _homes((language or "").partition("-")[0].lower())


@cache
def _homes(language: str) -> frozenset[str]:
    wanted = {"no": {"no", "nb", "nn"}, "nb": {"no", "nb"}, "zh": {"zh", "yue"}}.get(language, {language})
    if not language:
        return frozenset()
    return frozenset(code for code, (_, spoken, _) in _data().countries.items() if wanted & set(spoken.split(",")))


def choose(found: tuple[City, ...], area: tuple[Area, ...] = (), country: str | None = None) -> City | None:
    """The city meant by a name, given what is printed beside it and the publisher's country (ISO).

    Where an area is printed and no city of that name lies in it, there is none: never a guess.
    """
    if area:
        inside = [c for c in found if any(a.country == c.country and a.code in (None, c.code) for a in area)]
        return next((c for c in inside if c.alone and c.proper), inside[0]) if inside else None
    if not found:
        return None
    best = next((c for c in found if c.alone and c.proper), found[0])
    near = next((c for c in found if c.country == country), None)
    if near is None or best.alone:
        return best
    ratio = CAPITAL_RATIO if best.capital else CITY_RATIO
    return near if near.population * ratio >= best.weight else best
