"""What pages put around stories, as data: chrome/*.toml hold the rules, this module reads and applies them.

Two kinds of rule. [[element]] rules look at an element's label (its class, id and role, split into lower-case words
joined by "-"), [[line]] rules at one line of text. Both serve web pages; line rules serve text dumps as well.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_PARTS = re.compile(r"[\s_.:/]+|--+")
_MAX_LABEL = 1_000
_ESCAPE_OR_TEXT = re.compile(r"(\\.)|([^\\]+)")


@dataclass(frozen=True, slots=True)
class ElementRule:
    """name; match: regex over a label's words; bulk: whether such an element may hold much text (comments, teasers)."""

    name: str
    match: re.Pattern[str]
    bulk: bool


@dataclass(frozen=True, slots=True)
class LineRule:
    """name; match: regex for the whole line in lower case; longest: characters that such a line has at most.

    takes: "links" or "rest" if what follows the line goes with it, else ""; linked: holds only for lines that are
    links.
    """

    name: str
    match: re.Pattern[str]
    longest: int
    takes: str
    linked: bool

    def fits(self, lowered: str) -> bool:
        """Whether a line, in lower case, is one of these."""
        return len(lowered) <= self.longest and self.match.match(lowered) is not None


@dataclass(frozen=True, slots=True)
class Rules:
    """Every chrome rule, in file order."""

    elements: tuple[ElementRule, ...]
    lines: tuple[LineRule, ...]


@cache
def rules() -> Rules:
    """The bundled rules, read once. Raises ValueError with file and rule where one does not compile."""
    elements: list[ElementRule] = []
    lines: list[LineRule] = []
    for path in sorted(files("newscrawl.extraction").joinpath("chrome").iterdir(), key=lambda p: p.name):
        if path.name.endswith(".toml"):
            data = tomllib.loads(path.read_text(encoding="utf-8"))
            elements += [_element(r, path.name) for r in data.get("element", [])]
            lines += [_line(r, path.name) for r in data.get("line", [])]
    return Rules(tuple(elements), tuple(lines))


def _element(rule: dict[str, Any], source: str) -> ElementRule:
    parts = []
    if words := rule.get("words"):
        parts.append(rf"(?:^|[ -])(?:{'|'.join(words)})(?:$|[ -])")
    if classes := rule.get("classes"):
        parts.append(rf"(?:^| )(?:{'|'.join(classes)})(?:$| )")
    return ElementRule(rule["name"], _compiled("|".join(parts), rule["name"], source), rule.get("bulk", False))


def _line(rule: dict[str, Any], source: str) -> LineRule:
    # Lower case on both sides rather than re.IGNORECASE, which is half as fast for so many words.
    pattern = _ESCAPE_OR_TEXT.sub(lambda found: found[1] or found[2].lower(), "|".join(rule["match"]))
    match = _compiled(pattern, rule["name"], source)
    return LineRule(rule["name"], match, int(rule["longest"]), rule.get("takes", ""), rule.get("linked", False))


def _compiled(pattern: str, name: str, source: str) -> re.Pattern[str]:
    try:
        return re.compile(f"(?:{pattern})")
    except re.error as error:
        raise ValueError(f"chrome/{source}: {name}: {error}") from None


def words_of(label: str) -> str:
    """A label's words, lower case, joined by "-" within a class name and by a space between them.

    >>> words_of("ArticleShare social_bar")
    'article-share social-bar'
    """
    label = label[:_MAX_LABEL]
    spaced = label if label.islower() else _CAMEL.sub("-", label)
    if not _PARTS.search(spaced):
        return spaced.lower()
    return " ".join(["-".join(filter(None, _PARTS.split(word))) for word in spaced.split()]).lower()


@lru_cache(maxsize=50_000)
def element_rule(label: str) -> ElementRule | None:
    """The rule that takes off an element with this label, or None: the first one in file order."""
    found = [at for name in label[:_MAX_LABEL].split() if (at := _rule_of(name)) is not None]
    return rules().elements[min(found)] if found else None


@lru_cache(maxsize=100_000)
def _rule_of(name: str) -> int | None:
    """Which rule fits a single class, id or role: pages share few of these, however they combine them."""
    words = words_of(name)
    return next((at for at, rule in enumerate(rules().elements) if rule.match.search(words)), None)


def line_rule(text: str) -> LineRule | None:
    """The rule that takes off this line of text, or None."""
    lowered = text.lower()
    for rule in _lines_for(len(lowered)):
        if rule.match.match(lowered):
            return rule
    return None


@lru_cache(maxsize=4096)
def _lines_for(size: int) -> tuple[LineRule, ...]:
    """The rules for lines of so many characters."""
    return tuple(rule for rule in rules().lines if size <= rule.longest)
