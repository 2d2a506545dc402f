"""Regexes taken apart: a rule of chrome is a long row of alternatives, and most texts fit none of them.

Two things are made of such a row. For lines that open with "s" a narrower pattern, of those alternatives that can begin
with "s" (Pattern.beginning). For names, of which all is known that they may be, the list of these, to be looked up
without a regex (Pattern.spelled). What is not understood (a look-ahead, an anchor) may begin with anything.

Characters that are not ASCII share one narrower pattern: there are many, and few alternatives begin with one.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product

_TOKEN = re.compile(
    r"(?P<group>\((?:\?(?:[:=!>]|<[=!]))?)|(?P<end>\))|(?P<bar>\|)|(?P<repeat>(?:[?*+]|\{\d*,?\d*\})[?+]?)"
    r"|(?P<atom>[^\\\[\](){}.|?*+^$]+(?![?*+{])|\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|.)",
    re.DOTALL,
)
_LEFT_OUT = re.compile(r"[?*]|\{0?,")
#: Atoms that stand for no character of the text.
_ANCHORS = frozenset(("^", "$", r"\b", r"\B", r"\A", r"\Z"))
#: Stands for every character that is not ASCII.
_FOREIGN = "\x80"
_CHARACTERS = re.compile(r"\[([^\\^-]+)\]")


@dataclass(slots=True)
class _Part:
    """A piece of an alternative. atom: what it repeats, None where that is not understood; repeat: how often, as in the
    pattern; choices: of a plain group."""

    atom: str | None
    text: str
    choices: Pattern | None = None
    repeat: str = ""

    @property
    def optional(self) -> bool:
        return bool(_LEFT_OUT.match(self.repeat))

    def beginning(self, character: str) -> str | None:
        """The part, without what cannot begin with a character; None where nothing of it can."""
        if self.choices is None:
            return self.text if self.atom is None or _can_open(self.atom, character) else None
        kept = self.choices.beginning(character)
        return kept if kept is None else self.text if self.repeat else f"(?:{kept})"

    def spelled(self) -> list[str] | None:
        """All that the part can be; None where that has no end."""
        texts: list[str] | None = None
        if self.choices:
            listed, endless = self.choices.spelled()
            texts = None if endless else listed
        elif self.atom and (characters := _CHARACTERS.fullmatch(self.atom)):
            texts = [*characters[1]]
        elif self.atom and _is_literal(self.atom):
            texts = [self.atom]
        return texts if texts is None or not self.repeat else [*texts, ""] if self.repeat == "?" else None


@dataclass(slots=True)
class _Alternative:
    parts: list[_Part]

    @property
    def text(self) -> str:
        return "".join([part.text for part in self.parts])

    def beginning(self, character: str) -> str | None:
        for at, part in enumerate(self.parts):
            kept = part.beginning(character)
            if kept is not None:
                return "".join([part.text if part.optional else kept, *[each.text for each in self.parts[at + 1 :]]])
            if not part.optional:
                return None
        return ""

    def spelled(self) -> list[str] | None:
        parts = [part.spelled() for part in self.parts]
        return None if None in parts else ["".join(each) for each in product(*filter(None, parts))]


def opening(text: str) -> str:
    """What a text opens with, as Pattern.beginning asks for it: its first character, or what stands for all others."""
    return first if (first := text[:1]).isascii() else _FOREIGN


class Pattern:
    """Alternatives; those that begin with a certain character are found by it."""

    def __init__(self, alternatives: Sequence[_Alternative]) -> None:
        self._alternatives = alternatives
        self._certain: defaultdict[str, list[str]] = defaultdict(list)
        self._others: list[_Alternative] = []
        for each in alternatives:
            first = each.parts[0] if each.parts else None
            if first and first.atom and _is_literal(first.atom) and not first.repeat:
                self._certain[opening(first.atom)].append(each.text)
            else:
                self._others.append(each)

    @classmethod
    def of(cls, pattern: str) -> Pattern:
        """A regex taken apart. It must have no flags and no capturing groups."""
        return _read([(str(found.lastgroup), found[0]) for found in _TOKEN.finditer(pattern)], 0)[0]

    def beginning(self, character: str) -> str | None:
        """A pattern that matches the same of the texts with this opening(); None where none of them can match."""
        found = [kept for each in self._others if (kept := each.beginning(character)) is not None]
        found += self._certain.get(character, ())
        return "|".join(found) if found else None

    def spelled(self) -> tuple[list[str], list[str]]:
        """Every text that the pattern matches whole, and the alternatives that match more than can be listed."""
        texts: list[str] = []
        endless: list[str] = []
        for each in self._alternatives:
            listed = each.spelled()
            texts += listed or ()
            endless += [each.text] if listed is None else ()
        return texts, endless


def _is_literal(atom: str) -> bool:
    return atom[0] not in "\\[."


@lru_cache(maxsize=20_000)
def _can_open(atom: str, character: str) -> bool:
    if _is_literal(atom):
        return opening(atom) == character
    return character == _FOREIGN or re.fullmatch(atom, character, re.DOTALL) is not None


def _read(tokens: Sequence[tuple[str, str]], at: int) -> tuple[Pattern, int]:
    """The alternatives from a token on, up to the end of the group it stands in, and where that is."""
    found: list[_Alternative] = [_Alternative([])]
    while at < len(tokens) and tokens[at][0] != "end":
        kind, text = tokens[at]
        parts = found[-1].parts
        at += 1
        if kind == "bar":
            found.append(_Alternative([]))
        elif kind == "repeat":
            parts[-1].text += text
            parts[-1].repeat = text
        elif kind == "group":
            begin = at
            choices, at = _read(tokens, at)
            whole = text + "".join([each for _, each in tokens[begin:at]]) + ")"
            parts.append(_Part(None, whole, choices if text == "(?:" else None))
            at += 1
        else:
            parts.append(_Part(None if text in _ANCHORS else text, text))
    return Pattern(found), at
