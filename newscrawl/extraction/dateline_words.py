"""The word lists of the dateline reader, folded once: datelines.toml explains each."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files

from newscrawl.extraction.placenames import fold


@dataclass(frozen=True, slots=True)
class Words:
    """See datelines.toml, key by key. Sets hold folded words; months holds the twelve lists as printed."""

    labels: frozenset[str]
    weak: frozenset[str]
    names: frozenset[str]
    before_dates: frozenset[str]
    agencies: frozenset[str]
    hijri: frozenset[str]
    english: frozenset[str]
    particles: frozenset[str]
    abbreviated: frozenset[str]
    topics: tuple[str, ...]
    languages: tuple[str, ...]
    months: tuple[tuple[str, ...], ...]
    colon_countries: Mapping[str, list[str]]
    quarter_countries: frozenset[str]
    stop_languages: frozenset[str]
    caseless_colon_languages: frozenset[str]


def _load() -> Words:
    tables = tomllib.loads(files("newscrawl.extraction").joinpath("datelines.toml").read_text("utf-8"))
    words, style = tables["words"], tables["style"]

    def folded(key: str) -> frozenset[str]:
        return frozenset(map(fold, words[key].split()))

    return Words(
        labels=folded("labels"),
        weak=folded("weak"),
        names=folded("names"),
        before_dates=folded("before_dates"),
        agencies=folded("agencies"),
        hijri=folded("hijri"),
        english=folded("english"),
        particles=folded("particles"),
        abbreviated=folded("abbreviated"),
        topics=tuple(words["topics"].split()),
        languages=tuple(tables["months"]["languages"]),
        months=tuple(map(tuple, tables["months"]["more"])),
        colon_countries=style["colon_countries"],
        quarter_countries=frozenset(style["quarter_countries"]),
        stop_languages=frozenset(style["stop_languages"]),
        caseless_colon_languages=frozenset(style["caseless_colon_languages"]),
    )


WORDS = _load()
