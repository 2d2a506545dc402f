"""What pages put around stories, as data: chrome/*.toml hold the rules, this module reads and applies them.

Two kinds of rule. [[element]] rules look at an element's label (its class, id and role, split into lower-case words
joined by "-"), [[line]] rules at one line of text. Both serve web pages; line rules serve text dumps as well.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

from newscrawl.extraction.patterns import Pattern, opening

Match = Callable[[str], re.Match[str] | None]

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PARTS = re.compile(r"[\s_.:/]+|--+")
_MAX_LABEL = 1_000
_ESCAPE_OR_TEXT = re.compile(r"(\\.)|([^\\]+)")
_NEVER = "(?!)"


@dataclass(frozen=True, slots=True)
class ElementRule:
    """name; words: regexes over rows of a label's words; classes: regexes over a whole class; bulk: whether such an
    element may hold much text (comments, teasers)."""

    name: str
    words: str
    classes: str
    bulk: bool


@dataclass(frozen=True, slots=True)
class LineRule:
    """name; pattern: regex for the whole line in lower case; longest: characters that such a line has at most.

    takes: "links" or "rest" if what follows the line goes with it, else ""; linked: holds only for lines that are
    links; holds: strings one of which such a line holds, if there are any.
    """

    name: str
    pattern: str
    longest: int
    takes: str
    linked: bool
    holds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """Every chrome rule, in file order."""

    elements: tuple[ElementRule, ...]
    lines: tuple[LineRule, ...]


@cache
def rules() -> Rules:
    """The bundled rules, read once."""
    elements: list[ElementRule] = []
    lines: list[LineRule] = []
    for path in sorted(files("newscrawl.extraction").joinpath("chrome").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            elements += map(_element, data.get("element", []))
            lines += map(_line, data.get("line", []))
    return Rules(tuple(elements), tuple(lines))


def _element(rule: dict[str, Any]) -> ElementRule:
    words, classes = ("|".join(rule.get(key, ())) for key in ("words", "classes"))
    return ElementRule(rule["name"], words, classes, rule.get("bulk", False))


def _line(rule: dict[str, Any]) -> LineRule:
    # Lower case on both sides rather than re.IGNORECASE, which is half as fast for so many words.
    pattern = _ESCAPE_OR_TEXT.sub(lambda found: found[1] or found[2].lower(), "|".join(rule["match"]))
    takes, linked, holds = rule.get("takes", ""), rule.get("linked", False), tuple(rule.get("holds", ()))
    return LineRule(rule["name"], pattern, int(rule["longest"]), takes, linked, holds)


def words_of(label: str) -> str:
    """A label's words, lower case, joined by "-" within a class name and by a space between them.

    >>> words_of("ArticleShare social_bar")
    'article-share social-bar'
    """
    label = label[:_MAX_LABEL]
    if label.islower() and label.replace("-", "").isalnum() and "--" not in label:  # as most are written
        return label
    spaced = label if label.islower() else _CAMEL.sub("-", label)
    if not _PARTS.search(spaced):
        return spaced.lower()
    return " ".join(["-".join(filter(None, _PARTS.split(word))) for word in spaced.split()]).lower()


@lru_cache(maxsize=100_000)
def element_rule(label: str) -> ElementRule | None:
    """The rule that takes off an element with this label, or None: the first one in file order."""
    found = [at for name in label[:_MAX_LABEL].split() if (at := _rule_of(name)) is not None]
    return rules().elements[min(found)] if found else None


@lru_cache(maxsize=100_000)
def _rule_of(name: str) -> int | None:
    """Which rule fits a single class, id or role: pages share few of these, however they combine them."""
    words, known = words_of(name), _names()
    found = [known.whole[words]] if words in known.whole else []
    start, closed = 0, words + "-"
    for word in words.split("-"):
        if listed := known.rows.get(word):
            found += [at for row, at in listed if closed.startswith(row, start)]
        if fits := known.endless.match(words, start):
            found.append((fits.lastindex or 0) - 1)
        start += len(word) + 1
    return min(found, default=None)


@dataclass(frozen=True, slots=True)
class _Names:
    """Which rule takes off an element by a row of its words (each with its "-"), found by the first of them; which by
    all of its words; endless: what cannot be listed, each rule as a group."""

    rows: Mapping[str, Sequence[tuple[str, int]]]
    whole: Mapping[str, int]
    endless: re.Pattern[str]


@cache
def _names() -> _Names:
    rows: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    whole: dict[str, int] = {}
    endless: list[str] = []
    for at, rule in enumerate(rules().elements):
        listed, more = Pattern.of(rule.words).spelled() if rule.words else ((), ())
        for row in listed:
            rows[row.partition("-")[0]].append((f"{row}-", at))
        classes, odd = Pattern.of(rule.classes).spelled() if rule.classes else ((), ())
        whole = {**dict.fromkeys(classes, at), **whole}
        endless.append("|".join([*more, *(f"(?<![^ ]){each}$" for each in odd)]) or _NEVER)
    either = "|".join([f"({each})" for each in endless])
    return _Names(rows, whole, re.compile(f"(?:{either})(?:$|[ -])"))


def line_rule(text: str) -> LineRule | None:
    """The rule that takes off this line of text, or None: the first one in file order."""
    return next(line_rules(text), None)


def line_rules(text: str) -> Iterator[LineRule]:
    """Every rule that fits a line of text, in file order."""
    lowered, limits = text.lower(), _limits()
    at = bisect_left(limits, len(lowered))
    for rule, match in _lines_for(opening(lowered), limits[at]) if at < len(limits) else ():
        if (not rule.holds or any(map(lowered.__contains__, rule.holds))) and match(lowered):
            yield rule


@cache
def _limits() -> list[int]:
    """The lengths from which on lines have fewer rules."""
    return sorted({rule.longest for rule in rules().lines})


@lru_cache(maxsize=4096)
def _lines_for(character: str, size: int) -> tuple[tuple[LineRule, Match], ...]:
    """The rules for lines of up to so many characters, one of _limits(), that begin with this one."""
    return tuple((rule, _matcher(each)) for rule, each in _lines_beginning(character) if size <= rule.longest)


@cache
def _line_patterns() -> list[tuple[LineRule, Pattern]]:
    return [(rule, Pattern.of(rule.pattern)) for rule in rules().lines]


@lru_cache(maxsize=4096)
def _lines_beginning(character: str) -> list[tuple[LineRule, str]]:
    narrowed = ((rule, whole.beginning(character)) for rule, whole in _line_patterns())
    return [(rule, pattern) for rule, pattern in narrowed if pattern is not None]


@lru_cache(maxsize=4096)  # rules that may begin with anything are the same for every character
def _matcher(pattern: str) -> Match:
    return re.compile(pattern).match
