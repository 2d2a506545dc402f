"""What the site has besides stories at one address: pages that are none, other addresses, redirects, dead links."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from newscrawl.sample_site.faults import Fault, parse_fault
from newscrawl.sample_site.stories import stories


@dataclass(frozen=True, slots=True)
class Odd:
    """An entry of odd.toml, whose head explains the keys. kind: page, also, redirect or link; path: with its query."""

    kind: str
    path: str
    listed: str
    title: str
    date: str
    reason: str | None = None
    story: str | None = None
    template: str | None = None
    content_type: str = "text/html; charset=utf-8"
    status: int = 200
    to: str | None = None
    optional: bool = False
    ignored: bool = False


@cache
def _data() -> dict[str, list[dict[str, Any]]]:
    return tomllib.loads((files(__package__) / "odd.toml").read_text(encoding="utf-8"))


@cache
def odd_entries() -> tuple[Odd, ...]:
    """Every entry but the faults."""
    paths = {story.key: story.path for story in stories(1)}
    found = []
    for kind in ("page", "also", "redirect", "link"):
        for raw in _data()[kind]:
            values = {k: v for k, v in raw.items() if k not in {"query", "date"}}
            values["path"] = raw.get("path") or paths[raw["story"]] + raw["query"]
            found.append(Odd(kind=kind, date=str(raw["date"]), **values))
    return tuple(found)


@cache
def own_faults() -> tuple[Fault, ...]:
    """The faults that the site has by itself after every start."""
    paths = {story.key: story.path for story in stories(1)}
    return tuple(
        parse_fault({**{k: v for k, v in raw.items() if k != "story"}, "path": paths[raw["story"]]})
        for raw in _data()["fault"]
    )
