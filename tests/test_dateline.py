"""The dateline reader against tables of invented openings, grouped by agency or trap (tests/datelines/*.toml)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from newscrawl.extraction.dateline import parse_dateline

TABLES = sorted((Path(__file__).parent / "datelines").glob("*.toml"))
KEYS = {"text", "place", "city", "region", "country", "date", "agency", "language", "publisher", "home", "not"}
MARK = "‖"


@dataclass(frozen=True)
class Case:
    """One opening: what is printed, what is known of the page, and what is expected; wanted is None for no dateline."""

    group: str
    paragraph: str
    raw: str
    wanted: dict[str, Any] | None
    published: date
    language: str | None
    publisher: str | None
    home: str | None


def cases() -> Iterator[Case]:
    for path in TABLES:
        table = tomllib.loads(path.read_text("utf-8"))
        for group in table["group"]:
            for entry in group["cases"]:
                entry = {"text": entry, "not": True} if isinstance(entry, str) else entry
                assert entry.keys() <= KEYS, f"{path.name}: {entry.keys() - KEYS}"
                raw, mark, rest = entry["text"].partition(MARK)
                none = entry.get("not", False)
                assert bool(mark) or none, f"{path.name}: no {MARK} in {entry['text']!r}"
                wanted = {k: entry.get(k) for k in ("place", "date", "agency")}
                wanted |= {k: entry[k] for k in ("city", "region", "country") if k in entry}
                yield Case(
                    group=f"{path.stem}: {group['name']}",
                    paragraph=raw + rest,
                    raw=raw.strip(),
                    wanted=None if none else wanted,
                    published=group.get("published", table["published"]),
                    language=entry.get("language", group.get("language")),
                    publisher=entry.get("publisher", group.get("publisher")),
                    home=entry.get("home", group.get("home")),
                )


CASES = list(cases())


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.group}: {case.paragraph[:40]}")
def test_openings(case: Case) -> None:
    found = parse_dateline(
        case.paragraph,
        published=case.published,
        language=case.language,
        country=case.home,
        publisher=case.publisher,
    )
    if case.wanted is None:
        assert found is None
        return
    assert found is not None
    assert found.raw == case.raw
    assert {key: getattr(found, key) for key in case.wanted} == case.wanted
