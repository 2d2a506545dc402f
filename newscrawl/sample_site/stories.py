"""The invented stories: read from stories/*.toml, one Story each, as they stand on a day of the calendar.

A story's text is written in blocks with a blank line between them. How a block begins says what it is:

    ## Subhead                          - list item                     > a passage set off as a quotation
    [image NAME] caption | credit       [pull] a pull quote             [related] a "Read more" line
    [note] a promotional box            [entry 14:05] heading of an entry of a live page

Everything else is a paragraph. Inside a block, **words** are bold and [[words]] are a link. What the record of the
story must hold is worked out from the same data in truth.py; the templates put the chrome around it.
"""

from __future__ import annotations

import hashlib
import re
import tomllib
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from newscrawl.items import Dateline

#: The kinds of blocks that belong to the story's text; the others are boxes, pictures and links around it.
TEXT_KINDS = frozenset({"paragraph", "subhead", "item", "quote", "entry"})

_PREFIXES = (("## ", "subhead"), ("- ", "item"), ("> ", "quote"))
_SPECIAL = re.compile(r"\[(image|pull|related|note|entry)(?: ([\w:-]+))?\] (.+)", re.DOTALL)
_INLINE = re.compile(r"\*\*(.+?)\*\*|\[\[(.+?)\]\]")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a story. name and credit belong to images, whose caption is text; name is an entry's time, too."""

    kind: str
    text: str
    name: str | None = None
    credit: str | None = None

    @property
    def plain(self) -> str:
        """The text without the marks for bold and links."""
        return _INLINE.sub(lambda m: m[1] or m[2], self.text)


@dataclass(frozen=True, slots=True)
class Story:
    """One story as it stands on one day. published and modified are ISO 8601, with +08:00 or as a plain date: just
    what the page gives. charset is how the page is encoded, declared what the header says ("none": nothing) and
    meta_charset what the page says. ways: where links to it stand ("redirect": only behind one). parts: the blocks
    at which a further part begins. day and gone: when the story appears and goes; changed: when its page last did.
    flags choose the page's markup (see the templates)."""

    key: str
    look: str
    path: str
    headline: str
    published: str | None
    blocks: tuple[Block, ...]
    deck: str | None = None
    section: str | None = None
    keywords: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    dateline: Dateline | None = None
    modified: str | None = None
    language: str = "en"
    completeness: str = "full"
    publisher: str = "Pelagia"
    end: str | None = None
    charset: str = "utf-8"
    declared: str = "utf-8"
    meta_charset: str = "utf-8"
    flags: frozenset[str] = frozenset()
    ways: frozenset[str] = frozenset({"feed", "news-sitemap", "sitemap", "listing"})
    parts: tuple[int, ...] = ()
    comments: int = 0
    day: int = 1
    gone: int | None = None
    changed: int = 1

    @property
    def body(self) -> str:
        """The story's text as its record has it."""
        return "\n\n".join(block.plain for block in self.blocks if block.kind in TEXT_KINDS)

    @property
    def date(self) -> str:
        """The day of publication, for listings and paths; undated stories are filed under the end of October."""
        return (self.published or "2026-10-30")[:10]


def parse_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a story's text; list items stand on lines of their own."""
    pieces: Iterable[str] = re.split(r"\n\s*\n|\n(?=- )", text.strip())
    return tuple(_block(" ".join(piece.split())) for piece in pieces)


def _block(piece: str) -> Block:
    special = _SPECIAL.fullmatch(piece)
    if special:
        kind, name, text = special.groups()
        caption, _, credit = text.partition(" | ")
        return Block(kind, caption, name, credit or None)
    for prefix, kind in _PREFIXES:
        if piece.startswith(prefix):
            return Block(kind, piece.removeprefix(prefix))
    return Block("paragraph", piece)


def _folder(name: str) -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "stories" / name).read_text(encoding="utf-8"))


@cache
def _sources() -> tuple[tuple[str, Mapping[str, Any]], ...]:
    folder = files(__package__) / "stories"
    names = sorted(each.name for each in folder.iterdir() if each.name.startswith(("wire", "portal", "zh")))
    return tuple((name.split("-")[0].removesuffix(".toml"), raw) for name in names for raw in _folder(name)["story"])


@cache
def _places() -> Mapping[str, Mapping[str, Any]]:
    places: Mapping[str, Mapping[str, Any]] = _folder("places.toml")
    return places


@cache
def stories(day: int = 1) -> tuple[Story, ...]:
    """Every story that stands on the site on a day of the calendar, newest first."""
    there = (_read(look, raw, day) for look, raw in _sources() if raw.get("day", 1) <= day < raw.get("gone", 1000))
    return tuple(sorted(there, key=lambda s: (s.date, s.published or "", s.key), reverse=True))


def _read(look: str, raw: Mapping[str, Any], day: int) -> Story:
    known: dict[str, Any] = {k: v for k, v in raw.items() if k not in {"text", "revision", "folder"}}
    for key in ("keywords", "authors", "parts"):
        known[key] = tuple(raw.get(key, ()))
    known["flags"] = frozenset(raw.get("flags", ()))
    if "ways" in raw:
        known["ways"] = frozenset(raw["ways"])
    known["dateline"] = _dateline(raw["dateline"]) if "dateline" in raw else None
    if look == "zh":
        known = {"language": "zh", "publisher": "沧海社"} | known
    known["path"] = raw.get("path") or _path(look, raw)
    known["changed"] = raw.get("day", 1)
    story = Story(look=look, blocks=parse_blocks(raw["text"]), **known)
    return _grown(story, raw, day)


def _grown(story: Story, raw: Mapping[str, Any], day: int) -> Story:
    """The story with every revision, and every change of its comment counter, up to a day."""
    text = raw["text"]
    for change in sorted(raw.get("revision", ()), key=lambda each: each["day"]):
        if change["day"] > day:
            break
        for old, new in change.get("replace", ()):
            if old not in text:
                raise ValueError(f"story {story.key}: day {change['day']} replaces {old!r}, which is not in its text")
            text = text.replace(old, new)
        text += "\n\n" + change.get("append", "")
        fresh = {key: change[key] for key in ("headline", "deck", "modified", "comments") if key in change}
        story = replace(story, blocks=parse_blocks(text), changed=change["day"], **fresh)
    return story


def _dateline(raw: Mapping[str, Any]) -> Dateline:
    where = _places()[raw["city"]] if "city" in raw else {}
    return Dateline(**{**{k: where[k] for k in where if k != "name"}, **raw})


def _path(look: str, raw: Mapping[str, Any]) -> str:
    """A path in the look's style, made from the story's key: the same in every run."""
    date, digest = raw["published"][:10], hashlib.sha256(raw["key"].encode()).hexdigest()[:32]
    if look == "wire":
        return f"/wire/{date.replace('-', '')}/{digest}/c.html"
    if look == "zh":
        return f"/zh/{raw['folder']}/{date.replace('-', '')}/{digest}/c.html"
    number = 90_000_000 + zlib.crc32(raw["key"].encode()) % 1_000_000
    ending = "shtml" if date >= "2026-06" else "htm"
    return f"/portal/{raw['folder']}/{date[:7]}/{date[8:]}/content_{number}.{ending}"
