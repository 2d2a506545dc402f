"""Strings that a regex may choke on, made from its own parse tree; and every regex that the package compiles.

A regex takes exponential or cubic time where repeats can share the same text in many ways. So for each repeat in a
pattern this pumps what the repeat takes, behind what leads up to it, and ends in something that matches nothing.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

PACKAGE = Path(__file__).parent.parent / "newscrawl"
_CLASSES = {
    op.CATEGORY_DIGIT: "0",
    op.CATEGORY_SPACE: " ",
    op.CATEGORY_WORD: "a",
    op.CATEGORY_NOT_DIGIT: "a",
    op.CATEGORY_NOT_SPACE: "a",
    op.CATEGORY_NOT_WORD: " ",
}
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_COMMON = (
    "a",
    " ",
    "0",
    "\n",
    "<",
    "-",
    ".",
    ",",
    "&",
    '"',
    "'",
    "/",
    "a ",
    "0 ",
    "a.",
    "A",
    "中",
    "\u00a0",
    "\\",
    "[",
)
#: A repeat up to so many times is no repeat worth pumping.
_FEW = 8
#: Attacks on one pattern; alternations of hundreds of words repeat themselves after that.
_MOST = 120


@dataclass(frozen=True)
class Rule:
    """A regex of the package: where it was compiled, its pattern and flags."""

    where: str
    pattern: str | bytes
    flags: int


def attacks(pattern: str | bytes, flags: int, length: int) -> Iterator[str]:
    """Hostile strings of about length characters."""
    text = pattern.decode("latin-1") if isinstance(pattern, bytes) else pattern
    tree = parser.parse(text, flags & ~re.DEBUG)
    seen: set[str] = set()
    pumped = [(before, inner) for before, inner in _repeats(tree, "") if inner]
    for (before, inner), tail in product([*(("", each) for each in _COMMON), *pumped], ("\x00", "")):
        attack = before[:200] + inner * max(length // max(len(inner), 1), 1) + tail
        if attack not in seen:
            seen.add(attack)
            yield attack
        if len(seen) >= _MOST:
            return


def _repeats(tree: Any, before: str) -> Iterator[tuple[str, str]]:
    """(text that leads up to it, text that it takes once) of every repeat, from the outside in."""
    for kind, value in tree:
        for alternative in _inner(kind, value):
            if kind in _REPEATS and value[1] > _FEW:
                for each in _samples(alternative):
                    yield before, each
            yield from _repeats(alternative, before)
        before += next(_samples([(kind, value)]))


def _inner(kind: Any, value: Any) -> list[Any]:
    if kind in _REPEATS:
        return [value[2]]
    if kind is op.SUBPATTERN:
        return [value[3]]
    if kind is op.BRANCH:
        return list(value[1])
    if kind is op.ATOMIC_GROUP:
        return [value]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [value[1]]
    return []


def _samples(tree: Any) -> Iterator[str]:
    """A few texts that a pattern matches: each of its alternatives once, everything else in its first form."""
    items = list(tree)
    if len(items) == 1 and items[0][0] in (op.BRANCH, op.SUBPATTERN, op.IN):
        kind, value = items[0]
        if kind is op.BRANCH:
            for alternative in value[1][:12]:
                yield from _samples(alternative)
            return
        if kind is op.SUBPATTERN:
            yield from _samples(value[3])
            return
        yield from dict.fromkeys(_member(each) for each in value[:8] if each[0] is not op.NEGATE)
        return
    yield "".join(_one(kind, value) for kind, value in items)


def _one(kind: Any, value: Any) -> str:
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.NOT_LITERAL:
        return "a" if value != ord("a") else "b"
    if kind is op.ANY:
        return "a"
    if kind is op.IN:
        return _of_set(value)
    if kind in _REPEATS:
        return next(_samples(value[2])) * max(value[0], 1)
    if kind in (op.SUBPATTERN, op.BRANCH, op.ATOMIC_GROUP):
        return next(_samples(_inner(kind, value)[0]), "")
    return ""


def _of_set(value: Any) -> str:
    members = [each for each in value if each[0] is not op.NEGATE]
    if len(members) == len(value):
        return _member(members[0])
    excluded = re.compile("[" + "".join(_as_class(each) for each in members) + "]")
    return next((c for c in "a0 .<中\n" if not excluded.match(c)), "\x01")


def _member(each: Any) -> str:
    kind, value = each
    return chr(value) if kind is op.LITERAL else chr(value[0]) if kind is op.RANGE else _CLASSES.get(value, "a")


def _as_class(each: Any) -> str:
    kind, value = each
    if kind is op.LITERAL:
        return re.escape(chr(value))
    if kind is op.RANGE:
        return f"{re.escape(chr(value[0]))}-{re.escape(chr(value[1]))}"
    return {"digit": r"\d", "space": r"\s", "word": r"\w"}.get(str(value).lower().removeprefix("category_"), "")


class Collecting:
    """While it is entered, every regex that the package's own code compiles is kept in rules, also one that is only
    used once: re.sub("…") compiles too."""

    def __init__(self) -> None:
        self.rules: dict[tuple[str | bytes, int], Rule] = {}

    def __enter__(self) -> Collecting:
        self._compile = re._compile  # type: ignore[attr-defined]
        re._compile = self._kept  # type: ignore[attr-defined]
        return self

    def __exit__(self, *exception: object) -> None:
        re._compile = self._compile  # type: ignore[attr-defined]

    def _kept(self, pattern: Any, flags: int) -> re.Pattern[Any]:
        compiled: re.Pattern[Any] = self._compile(pattern, flags)
        frame = sys._getframe(1)
        while frame.f_back and frame.f_code.co_filename == re.__file__:
            frame = frame.f_back
        path = Path(frame.f_code.co_filename)
        if PACKAGE in path.parents and "sample_site" not in path.parts:
            where = f"{path.relative_to(PACKAGE)}:{frame.f_lineno}"
            self.rules.setdefault((compiled.pattern, compiled.flags), Rule(where, compiled.pattern, compiled.flags))
        return compiled
