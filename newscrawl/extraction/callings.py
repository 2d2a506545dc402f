"""What templates call their elements ("article__byline", "entry-date"), asked for by meaning. Words: callings.toml."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from importlib import resources

_MOST_KNOWN = 5_000  # names remembered a meaning


@dataclass(frozen=True, slots=True)
class Calling:
    """One meaning. Every alternative of its pattern begins with a letter, so that the search is a quick one."""

    words: re.Pattern[str]
    but: re.Pattern[str] | None = None
    _known: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def fits(self, called: str) -> bool:
        """Whether what an element is called (context.marks) has this meaning; pages of a site repeat their names."""
        if not called:
            return False
        known = self._known.get(called)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            known = self._known[called] = self._fits(called)
        return known

    def _fits(self, called: str) -> bool:
        if not self.words.search(called):
            return False
        return self.but is None or not self.but.search(called) or bool(self.words.search(self.but.sub(" ", called)))


@cache
def calling(meaning: str) -> Calling:
    """The calling of that name in callings.toml. Raises KeyError for any other."""
    data = _data()[meaning]
    return Calling(_pattern(data["words"]), _pattern(data["but"]) if "but" in data else None)


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(resources.files("newscrawl.extraction").joinpath("callings.toml").read_text(encoding="utf-8"))


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(map(_one, sorted(words, key=len, reverse=True))))


def _one(word: str) -> str:
    if not word.startswith("="):
        return re.escape(word)
    whole = re.escape(word[1:])
    return rf"{whole}(?<![a-z]{whole})(?![a-z])"
