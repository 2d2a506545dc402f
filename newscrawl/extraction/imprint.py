"""Lines between headline and story that say who wrote it, where it is from and when: bylines, sources, dates.

"By Anna Berg | Xinhua | Updated: 2022-01-22 08:15", "来源：新华社 作者：张三", "0 Comment(s)Print E-mail Xinhua, May 3,
2026". The words that help are chrome/dumps.toml and bylines.toml.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from newscrawl.extraction.names import is_agency, is_full, is_name, names_in, opens_byline, words
from newscrawl.extraction.printed import Reader
from newscrawl.extraction.printed import words as date_words
from newscrawl.extraction.text import clean, is_names

#: Characters that such a line has at most, and that may be left of it when all that is known is taken out.
LONGEST, _MOST_LEFT = 240, 60
_SMALL_WORD = 3
_CLOCK = re.compile(
    r"\s*[,|-]?\s*\(?\d{1,2}[:.h时時]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?\s*(?:\(?[A-Z]{2,5}(?:[+-]\d{1,4})?\)?)?(?!\w)"
)
_PIECES = re.compile(r"\s*[|;·•●/\t]+\s*|\s*[,，、]\s*|\s{2,}|\s+[-–—]+\s+|[()（）\[\]【】]")
_KEY = re.compile(r"([^\W\d_][^:：]{0,30})[:：]\s*")
_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»“」』）)]*$")
_HALF_DAY = re.compile(r"\b[ap]\.\s?m\.\s*$", re.IGNORECASE)
_EDGES = " ,，:：;|-–—/·•.()（）[]【】<>>》"


@dataclass(frozen=True, slots=True)
class Imprint:
    """What one such line says; None or empty where it does not. The dates are ISO 8601."""

    published_at: str | None = None
    modified_at: str | None = None
    authors: tuple[str, ...] = ()
    publisher: str | None = None


@dataclass(frozen=True, slots=True)
class Chrome:
    """The words of chrome/dumps.toml, compiled."""

    tools: re.Pattern[str]
    house: re.Pattern[str]
    trail: re.Pattern[str]
    closing: re.Pattern[str]


@cache
def chrome_words() -> Chrome:
    """The words, read once. Raises ValueError where one does not compile."""
    data: dict[str, Any] = tomllib.loads(
        files("newscrawl.extraction").joinpath("chrome", "dumps.toml").read_text(encoding="utf-8")
    )
    either = {key: "|".join(listed) for key, listed in data.items()}
    try:
        return Chrome(
            tools=re.compile(
                rf"(?<![^\W\d_])(?:{either['tools']})(?![^\W\d_])|(?<=\))(?:print|e-?mail)", re.IGNORECASE
            ),
            house=re.compile(rf"(?<!\w)(?:{either['houses']})(?!\w)|(?:{either['house_ends']})$", re.IGNORECASE),
            trail=re.compile(rf"\W{{0,3}}(?:{either['trail']})\s*[>»›:：/|\\]", re.IGNORECASE),
            closing=re.compile(rf"\W{{0,3}}(?:{either['closing']})", re.IGNORECASE),
        )
    except re.error as error:
        raise ValueError(f"chrome/dumps.toml: {error}") from None


def read_imprint(line: str, reader: Reader) -> Imprint | None:
    """What a line says of the story's origin, or None where it is no such line."""
    if len(line) > LONGEST or len(line) < 2:
        return None
    dates = list(reader.read(line))
    rest = _without_dates(line, reader) if dates else line
    is_by, named = opens_byline(clean(chrome_words().tools.sub(" ", rest)).strip(_EDGES)), words().source.search(rest)
    if not (dates or is_by or named):
        return None
    publisher, authors, left = _read_rest(rest)
    if left > _MOST_LEFT or (not dates and not authors and not publisher):
        return None
    if _SENTENCE.search(line.strip()) and not _HALF_DAY.search(line) and (left > 12 or not dates):
        return None
    published = next((d.value for d in dates if not d.updated), None)
    modified = next((d.value for d in dates if d.updated), None)
    return Imprint(published, modified, authors, publisher)


def _without_dates(line: str, reader: Reader) -> str:
    """The line with a bar in each place of a date, its clock time and the word that announces it."""
    text = clean(line)
    for start, stop in reversed(reader.places(text)):
        clock = _CLOCK.match(text[stop:])
        text = f"{text[:start]} | {text[stop + (clock.end() if clock else 0) :]}"
    text = _CLOCK.sub(" | ", text)
    for pattern in (date_words().updated, date_words().published):
        text = pattern.sub(" | ", text)
    return text


def _read_rest(text: str) -> tuple[str | None, tuple[str, ...], int]:
    """Publisher, authors, and how many characters say something else."""
    publisher: str | None = None
    authors: dict[str, None] = {}
    left = 0
    for piece in _pieces(text):
        key = _KEY.match(piece)
        value = piece[key.end() :].strip(_EDGES) if key else piece
        if key and words().source.match(key[0]):
            publisher = publisher or (value if is_name(value) or is_agency(value) else None)
        elif opens_byline(piece):
            persons = [name for name in names_in(piece) if _is_capitalised(name)]
            authors |= dict.fromkeys(persons)
            left += 0 if persons else len(piece)
        elif key:
            continue  # "Editor: …", "Location: …"
        elif is_agency(piece) or _is_house(piece):
            publisher = publisher or piece
        elif is_name(piece) and is_full(piece) and _is_capitalised(piece) and names_in(piece):
            authors |= dict.fromkeys(names_in(piece))
        elif is_name(piece) and len(piece) <= 30 and _is_capitalised(piece) and not authors:
            publisher = publisher or piece
        else:
            left += len(piece)
    return publisher, tuple(authors), left


def _is_house(piece: str) -> bool:
    """Whether a text is the name of a paper, agency or site: it has a word of such names, and no other small words."""
    small = (word for word in piece.split() if word[0].islower() and len(word) > _SMALL_WORD and "." not in word)
    return len(piece) <= 40 and is_name(piece) and bool(chrome_words().house.search(piece)) and not any(small)


def _is_capitalised(name: str) -> bool:
    """Whether a name is written as names are: in capitals but for small words; scripts without case always are."""
    return is_names(name) or (" " not in name and not name[0].islower()) or not any(c.islower() for c in name)


def _pieces(text: str) -> list[str]:
    """The line's parts. A key and its value stay together, several keys in a row are parted."""
    bare = chrome_words().tools.sub(" | ", text)
    bare = re.sub(r"\s(?=[^\W\d_]{2,12}[:：])", " | ", bare)
    return [piece for part in _PIECES.split(bare) if (piece := clean(part).strip(_EDGES))]
