"""News agencies as data: what a dateline prints for them, and the canonical name. The table is agencies.toml."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from newscrawl.extraction.placenames import fold

KINDS = ("wire", "release", "outlet")
_TEXT, _LISTS = ("name", "country", "url", "source"), ("forms", "languages")


class AgencyError(ValueError):
    """An agencies file that cannot be used: names the file, the line, the key and what was expected."""


@dataclass(frozen=True, slots=True)
class Agency:
    """One agency; agencies.toml explains the keys."""

    name: str
    forms: tuple[str, ...]
    languages: tuple[str, ...]
    country: str
    url: str
    source: str
    kind: str = "wire"


def load_agencies(text: str, source: str = "agencies.toml") -> tuple[Agency, ...]:
    """The agencies of a TOML text. Raises AgencyError at the first key that is wrong, missing or unknown."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise AgencyError(f"{source}: {error}") from None
    for key in tables:
        if key != "agency" or not isinstance(tables[key], list):
            raise AgencyError(f"{source}, line {_line(text, key)}: {key}: expected only [[agency]] tables")
    return tuple(_agency(t, number, text, source) for number, t in enumerate(tables.get("agency", ())))


def _agency(table: Mapping[str, object], number: int, text: str, source: str) -> Agency:
    def wrong(key: str, expected: str) -> AgencyError:
        return AgencyError(f"{source}, line {_line(text, key, number)}: {key}: expected {expected}")

    for key, value in table.items():
        if key in _LISTS:
            if not (isinstance(value, list) and value and all(isinstance(x, str) and x for x in value)):
                raise wrong(key, "a list of strings that are not empty")
        elif key == "kind":
            if value not in KINDS:
                raise wrong(key, f"one of {', '.join(KINDS)}")
        elif key not in _TEXT:
            raise wrong(key, f"one of {', '.join((*_TEXT, *_LISTS, 'kind'))}")
        elif not isinstance(value, str) or not value:
            raise wrong(key, "a string that is not empty")
    for key in (*_TEXT, *_LISTS):
        if key not in table:
            raise wrong(key, "to be there")
    if not re.fullmatch("[A-Z]{2}", str(table["country"])):
        raise wrong("country", "an ISO 3166-1 alpha-2 code")
    return Agency(**{k: tuple(v) if isinstance(v, list) else v for k, v in table.items()})  # type: ignore[arg-type]


def _line(text: str, key: str, number: int | None = None) -> int:
    """The number of the line where a key of the nth [[agency]] stands; of the table's head if the key is missing."""
    seen, head = -1, 1
    for count, line in enumerate(text.split("\n"), 1):
        if re.match(r"\s*\[\[\s*agency\s*\]\]", line):
            seen += 1
            head = count if seen == number else head
        here = seen == number or number is None
        if here and re.match(rf"""\s*\[*\s*["']?{re.escape(key)}["']?\s*[=\]]""", line):
            return count
    return head


def _key(form: str) -> str:
    return fold(form).replace(" ", "")


def _index(agencies: Iterable[Agency]) -> dict[str, tuple[Agency, ...]]:
    index: dict[str, list[Agency]] = defaultdict(list)
    for agency in agencies:
        for key in dict.fromkeys(_key(form) for form in (agency.name, *agency.forms)):
            index[key].append(agency)
    return {key: tuple(found) for key, found in index.items()}


AGENCIES = load_agencies(files("newscrawl.extraction").joinpath("agencies.toml").read_text("utf-8"))
_BY_FORM = _index(AGENCIES)
_EXACT = frozenset(form for agency in AGENCIES for form in agency.forms)
#: Longest first, for text without spaces between words.
EAST_ASIAN_FORMS = sorted(
    (form for form in _EXACT if re.search(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]", form)), key=len, reverse=True
)


@lru_cache(maxsize=4096)
def agencies(text: str) -> tuple[Agency, ...]:
    """The agencies that text stands for, whatever its case; none if it says more than a form."""
    return _BY_FORM.get(_key(text), ())


def printed_bare(text: str) -> bool:
    """Whether text is a form as agencies print it without brackets: case counts, so that a map is not the MAP."""
    return text in _EXACT or (text.isupper() and bool(agencies(text)))


def pick(found: tuple[Agency, ...], language: str | None, *countries: str | None) -> Agency:
    """Which of several agencies with one form is meant: one of a country given (the place's, the publisher's), else
    one that files in the page's language, first of all if that is the agency's own.

    >>> pick(agencies("APA"), "de").name, pick(agencies("APA"), "fr", "SN").name, pick(agencies("CNA"), "zh").name
    ('APA', 'APAnews', 'CNA')
    """
    spoken = (language or "").partition("-")[0].lower()
    near = [[a.country == country for a in found] for country in countries if country]

    def fit(number: int) -> tuple[bool, ...]:
        languages = found[number].languages
        return (*(row[number] for row in near), spoken in languages, spoken == languages[0])

    return found[max(range(len(found)), key=fit)]
