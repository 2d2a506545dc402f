"""What changed between two texts or two records, word by word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

Kind = Literal["same", "out", "in"]

_TOKENS = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+|\s+|[^\w\s]")
#: More words than this in a changed paragraph are shown as one change: the comparison is quadratic.
_MOST = 3000
#: Keys that differ between any two extractions of a page and say nothing about the story.
_OF_THE_RUN = frozenset({"fetched_at", "archive", "extractor", "revision", "content_hash", "http_status", "site"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both, only in the old (out) or only in the new (in)."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field whose value changed; old and new hold the pieces to show on either side."""

    field: str
    old: Sequence[Piece]
    new: Sequence[Piece]


def pieces(old: str, new: str) -> list[Piece]:
    """The way from one text to the other: paragraphs are matched first, then words within those that changed.

    >>> [(p.kind, p.text) for p in pieces("a red boat", "a blue boat")]
    [('same', 'a '), ('out', 'red'), ('in', 'blue'), ('same', ' boat')]
    """
    before, after = re.split(r"(?<=\n\n)", old), re.split(r"(?<=\n\n)", new)
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        out, into = "".join(before[a:b]), "".join(after[c:d])
        found += [Piece("same", out)] if tag == "equal" else _words(out, into)
    return [piece for piece in found if piece.text]


def _words(old: str, new: str) -> list[Piece]:
    before, after = _TOKENS.findall(old), _TOKENS.findall(new)
    if not before or not after or len(before) > _MOST or len(after) > _MOST:
        return [Piece("out", old), Piece("in", new)]
    found: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Piece("same", "".join(before[a:b])))
        else:
            found += [Piece("out", "".join(before[a:b])), Piece("in", "".join(after[c:d]))]
    return found


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """The fields that differ between two records (plain JSON types), in the order of the new one's keys."""
    for key in [*new, *(key for key in old if key not in new)]:
        if key in _OF_THE_RUN or old.get(key) == new.get(key):
            continue
        way = pieces(as_text(old.get(key)), as_text(new.get(key)))
        yield Change(key, [p for p in way if p.kind != "in"], [p for p in way if p.kind != "out"])


def as_text(value: object) -> str:
    """A field's value for people: text as it is, lists and objects as JSON, nothing for null."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
