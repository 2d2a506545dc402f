"""What changed between two texts or two records, word by word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from typing import Any, Literal

Kind = Literal["same", "out", "in"]

#: A word; of Chinese, Japanese and Korean each character, since they set no spaces between words.
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|\w+")
_TOKENS = re.compile(r"\d+(?:[.,:]\d+)+|" + WORD.pattern + r"|\s+|[^\w\s]")
#: More words in a changed paragraph, or pairs of changed paragraphs, are shown as one change: comparing is quadratic.
_MOST = 3000
#: Share of the longer of two paragraphs that must be in both for their words to be compared.
_ALIKE = 0.3
#: Keys that differ between any two extractions of a page and say nothing about the story.
_OF_THE_RUN = frozenset({"fetched_at", "archive", "extractor", "revision", "content_hash", "http_status", "site"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both, only in the old (out) or only in the new (in)."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs that stand beside each other: the pieces of either side, or (same) paragraphs that are in both."""

    old: Sequence[Piece] = ()
    new: Sequence[Piece] = ()
    same: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """A field whose value changed, paragraph by paragraph."""

    field: str
    rows: Sequence[Row]


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


def rows(old: str, new: str) -> list[Row]:
    """Two texts side by side: each paragraph that changed beside what it became, those between in one row.

    >>> [(len(row.old), len(row.new), list(row.same)) for row in rows("Boat.\\n\\nOld.", "Boat.\\n\\nNew.\\n\\nMore.")]
    [(0, 0, ['Boat.']), (1, 1, [])]
    """
    before, after = (text.split("\n\n") if text else [] for text in (old, new))
    found: list[Row] = []
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            found.append(Row(same=before[a:b]))
        else:
            found += _aligned(before[a:b], after[c:d])
    return found


def _aligned(before: Sequence[str], after: Sequence[str]) -> Iterator[Row]:
    """Changed paragraphs, each beside the one that it is like; what is like none stands between them."""
    a = c = 0
    for i, j in (*_partners(before, after), (len(before), len(after))):
        out, into = "\n\n".join(before[a:i]), "\n\n".join(after[c:j])
        if out or into:
            yield _beside(out, into)
        if i < len(before):
            yield _beside(before[i], after[j])
        a, c = i + 1, j + 1


def _partners(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int]]:
    """Which paragraph became which, in order on both sides, so that as many words as can be stay beside their like."""
    if len(before) * len(after) > _MOST:
        return []
    old, new = ([set(WORD.findall(text)) for text in texts] for texts in (before, after))
    best: dict[tuple[int, int], tuple[float, list[tuple[int, int]]]] = {}
    nothing: tuple[float, list[tuple[int, int]]] = (0.0, [])
    for i, j in product(range(len(old)), range(len(new))):
        ways = [best.get((i - 1, j), nothing), best.get((i, j - 1), nothing)]
        shared = len(old[i] & new[j])
        if shared > _ALIKE * max(len(old[i]), len(new[j])):
            score, pairs = best.get((i - 1, j - 1), nothing)
            ways.append((score + shared, [*pairs, (i, j)]))
        best[i, j] = max(ways, key=lambda way: way[0])
    return best.get((len(old) - 1, len(new) - 1), nothing)[1]


def _beside(old: str, new: str) -> Row:
    """Two paragraphs, their words compared; those that share little are marked as a whole, which reads better."""
    way = pieces(old, new)
    shared = sum(len(piece.text) for piece in way if piece.kind == "same")
    if shared < _ALIKE * max(len(old), len(new)):
        way = [piece for piece in (Piece("out", old), Piece("in", new)) if piece.text]
    return Row([p for p in way if p.kind != "in"], [p for p in way if p.kind != "out"])


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    """The fields that differ between two records (plain JSON types), in the order of the new one's keys."""
    for key in [*new, *(key for key in old if key not in new)]:
        if key in _OF_THE_RUN or old.get(key) == new.get(key):
            continue
        yield Change(key, rows(as_text(old.get(key)), as_text(new.get(key))))


def as_text(value: object) -> str:
    """A field's value for people: text as it is, lists and objects as JSON, nothing for null."""
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, (list, tuple)) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
