"""End marks: how a story says that it is over ("Enditem", "（完）", "-30-"). The marks are in chrome/endmarks.toml."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: Characters at the end of a paragraph that are looked at.
_TAIL = 24
#: What a mark begins with or stands behind; most paragraphs end in a sentence that has nothing of the kind.
_SIGN = re.compile(r"[^\w\s.。]|[.。].", re.DOTALL)
_SENTENCE = r"(?<=[.!?…。！？؟।”\"’'»」』）)])"


@dataclass(frozen=True, slots=True)
class EndMarks:
    """alone: a line that is a mark; at_end: one after a last sentence; parting: marks that close nothing."""

    alone: re.Pattern[str]
    at_end: re.Pattern[str]
    parting: re.Pattern[str]


@cache
def end_marks() -> EndMarks:
    """The marks, read once. Raises ValueError where one does not compile."""
    data = tomllib.loads(files("newscrawl.extraction").joinpath("chrome", "endmarks.toml").read_text(encoding="utf-8"))
    try:
        closing, parting, words = ("|".join(data[key]) for key in ("closing", "parting", "words"))
        return EndMarks(
            alone=re.compile(rf"\W{{0,2}}(?:{closing}|{words})\W{{0,2}}"),
            at_end=re.compile(rf"(?:\s*(?:{closing})|{_SENTENCE}\s*(?<!\w)(?:{words}))[.。]?$"),
            parting=re.compile(rf"(?:{parting})"),
        )
    except re.error as error:
        raise ValueError(f"chrome/endmarks.toml: {error}") from None


def is_end_mark(line: str) -> bool:
    """Whether a line is an end mark and nothing else, after which no story comes."""
    return len(line) <= _TAIL and bool(end_marks().alone.fullmatch(line.strip()))


def is_parting(line: str) -> bool:
    """Whether a line is a mark between parts of a story, or after the last of them."""
    return len(line) <= _TAIL and bool(end_marks().parting.fullmatch(line.strip()))


def without_end_mark(paragraph: str) -> tuple[str, bool]:
    """The paragraph without the end mark that closes it, and whether there was one.

    >>> without_end_mark("It gave no date. Enditem")
    ('It gave no date.', True)
    """
    tail = paragraph[-_TAIL:]
    found = _SIGN.search(tail) and end_marks().at_end.search(tail)
    if not found:
        return paragraph, False
    return (paragraph[: len(paragraph) - len(tail) + found.start()]).rstrip(), True
