"""Names of authors out of bylines: persons as printed, without "By", titles, roles, degrees, dates or addresses.

The words of bylines, in many languages, are in bylines.toml; names of agencies are in agencies.toml.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from newscrawl.extraction.agencies import agencies
from newscrawl.extraction.text import clean, fold

MAX_NAME = 60  # characters
MAX_NAMES = 30
_HANDLE = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+|(?<!\w)@\w+")
_BRACKETS = re.compile(r"\s*[(\[{<（【].{0,80}?[)\]}>）】]")
_DATE = re.compile(
    r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\b\d{4}\b|\b\d{1,2}:\d{2}|\d+\s*(?:min|hours?|days?|weeks?|Std|Min)|\d{1,2}(?:st|nd|rd|th)?\s+\w|年|\d"
)
_HARD = re.compile(r"\s*[;|•·∙⋅●/\n、，；│]\s*|\s+[-–—]\s+|\s*…\s*")
_FIRST_WORD = re.compile(r"\W*([^\W\d_]+)")
_SOURCE_END = re.compile(r"[|;()（）\[\]/•·\n]|\s\S+[:：]|\d")
_NO_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_EDGES = " ,:-–—\"'“”*#"
_MONTH = re.compile(
    r"\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec|january|february|march|april|june|july|august|september|october"
    r"|november|december|januar|februar|märz|mai|juni|juli|oktober|dezember|janvier|février|mars|avril|juin|juillet|août"
    r"|septembre|octobre|novembre|décembre|enero|febrero|marzo|abril|mayo|junio|julio|septiembre|octubre|noviembre|diciembre"
    r"|monday|tuesday|wednesday|thursday|friday|saturday|sunday)\b[.,]?\s*\d",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of bylines, compiled."""

    by: re.Pattern[str]
    only_by: re.Pattern[str]
    by_starts: frozenset[str]
    role_words: frozenset[str]
    stop_words: frozenset[str]
    source: re.Pattern[str]
    role: re.Pattern[str]
    suffix: re.Pattern[str]
    conjunction: re.Pattern[str]
    stop: re.Pattern[str]
    letters: frozenset[str]
    desks: frozenset[str]
    never: frozenset[str]
    paths: frozenset[str]


@cache
def words() -> Words:
    """The words of bylines.toml."""
    data = tomllib.loads(resources.files("newscrawl.extraction").joinpath("bylines.toml").read_text(encoding="utf-8"))
    return Words(
        by=re.compile(rf"^\W*(?:{_any(data['by'])})(?:\s*[:：]\s*|\s+(?=\S)|(?<=[^\x00-\u1fff])(?=\S))", re.IGNORECASE),
        only_by=re.compile(rf"\W*(?:{_any([*data['by'], *data['and']])})\W*", re.IGNORECASE),
        by_starts=frozenset(w.split()[0][: None if w.isascii() else 1].casefold() for w in (*data["by"], *data["and"])),
        source=re.compile(rf"(?<!\w)(?:{_any(data['source'])})\s*[:：]\s*", re.IGNORECASE),
        role_words=_first_words(data["roles"]),
        stop_words=_first_words(data["stop"]),
        role=re.compile(rf"(?:^|[\s,(])(?:{_any(data['roles'])})(?=$|[\s,.)])", re.IGNORECASE),
        suffix=re.compile(rf"\s*(?:{_any(data['suffix'])})$"),
        conjunction=re.compile(
            rf"\s+(?:{_any(data['and'])}|&|\+)\s+|(?<=[\u3040-\u9fff])と(?=[\u3040-\u9fff])", re.IGNORECASE
        ),
        stop=re.compile(rf"(?:^|\s)(?:{_any(data['stop'])})(?=$|[\s:.,])", re.IGNORECASE),
        letters=frozenset(fold(w).replace(" ", "") for w in data["letters"]),
        desks=frozenset(fold(w) for w in data["desks"]),
        never=frozenset(fold(w) for w in (*data["never"], *data["stop"])),
        paths=frozenset(data["author_paths"]),
    )


def _first_words(listed: Iterable[str]) -> frozenset[str]:
    """The words that these begin with: looked up before the long patterns are tried."""
    return frozenset(re.split(r"[\s-]", w)[0].casefold() for w in listed)


def _any(listed: Iterable[str]) -> str:
    return "|".join(re.escape(w) for w in sorted(set(listed), key=len, reverse=True))


def is_agency(name: str) -> bool:
    """Whether a name is an agency's, in any of its forms."""
    return bool(agencies(name))


def agency_line(own: str) -> str | None:
    """The agency that a line names and nothing else but a label, a place or a date, as printed: "AFP", "AFP, Manila",
    "Source: Xinhua", "Xinhua, January 22, 2022". An agency's name that is also a word needs the label or the date."""
    if len(own) > MAX_NAME:
        return None
    if label := _source_label(own):
        parts = own[label.end() :].split()
        named = (" ".join(parts[:count]).strip(",;|") for count in range(min(len(parts), 4), 0, -1))
        return next((name for name in named if is_agency(name)), None)
    name, _, rest = (part.strip() for part in own.partition(","))
    bare = name.isupper() or " " in name or (name.islower() and len(name) <= 4)
    return name if name and (bare or any(c.isdigit() for c in rest)) and is_agency(name) else None


def _source_label(line: str) -> re.Match[str] | None:
    return words().source.search(line) if ":" in line or "：" in line else None


def labelled_source(line: str) -> str | None:
    """Whom a short line names as its source, known or not, as printed.

    >>> labelled_source("Source: The Gull | Editor: mlee"), labelled_source("2026-10-30 来源：沧海社 作者：许安")
    ('The Gull', '沧海社')
    """
    label = _source_label(line[:150])
    if label is None:
        return None
    named = _SOURCE_END.split(line[label.end() : label.end() + MAX_NAME], maxsplit=1)[0]
    named = named.split()[0] if named.strip() and not named.isascii() and _NO_SPACES.match(named) else named
    name = named.strip(_EDGES)
    return name if 1 < len(name) <= MAX_NAME // 2 and len(name.split()) <= 5 else None


def opens_byline(text: str) -> bool:
    """Whether a line starts as bylines do ("By …", "Von …", "文/…")."""
    return starts_like_by(text) and bool(words().by.match(text[:80]))


def says_by(text: str) -> bool:
    """Whether a text is such a word and nothing else ("By", "Autor:", "und")."""
    return len(text) < 40 and bool(text) and starts_like_by(text) and bool(words().only_by.fullmatch(text))


def starts_like_by(text: str) -> bool:
    """Whether the first word is one that opens bylines: a quick look before the long patterns."""
    first = _FIRST_WORD.match(text[:80])
    if not first:
        return "&" in text[:3] or "+" in text[:3]
    word = first[1].casefold()
    return word in words().by_starts or (not word.isascii() and word[0] in words().by_starts)


def names_in(text: str) -> tuple[str, ...]:
    """The names in one byline, each once.

    >>> names_in("By Anna Berg and Dr. Jean-Luc de Brun, Staff Writers | Updated May 3, 2026")
    ('Anna Berg', 'Jean-Luc de Brun')
    """
    found: dict[str, str] = {}
    for part in _parts(_HANDLE.sub(" ", _BRACKETS.sub(" ", clean(text[:1_000])))):
        name = _name(part)
        if name:
            found.setdefault(fold(name), name)
    return tuple(found.values())[:MAX_NAMES]


def _parts(text: str) -> Iterator[str]:
    known = words()
    for line in _HARD.split(text):
        line = _without_by(line.strip(" ,:-–—").lstrip("."))
        for piece in known.conjunction.split(line):
            yield from _between_commas(piece)


def _without_by(text: str) -> str:
    return words().by.sub("", text) if opens_byline(text) else text


def _between_commas(piece: str) -> Iterator[str]:
    parts = [p.strip() for p in piece.split(",")]
    if len(parts) == 2 and _is_inverted(*parts):
        yield f"{parts[1]} {parts[0]}"  # "Berg, Anna"
        return
    first = len(parts[0].split())
    for position, part in enumerate(parts):
        place = position and first > 1 and len(part.split()) == 1 and part.isascii()  # "Anna Berg, Paris"
        if not place and not (position and first > 1 and _has_role(part)):  # "Anna Berg, Junior Affiliate Editor"
            yield part


def _has_role(part: str) -> bool:
    return bool(set(part.casefold().split()) & words().role_words) and bool(words().role.search(part))


def _is_inverted(last: str, first: str) -> bool:
    simple = all(word.isalpha() and word.istitle() for word in (last, *first.replace(".", "").split()[:1]))
    return simple and " " not in last and len(first.split()) <= 2 and not (is_agency(last) or is_agency(first))


def _name(part: str) -> str | None:
    known = words()
    for _ in range(3):
        part = _without_by(part.strip(_EDGES)).strip()
    tokens = set(re.split(r"[\s.,:()-]+", part.casefold()))
    patterns = (_MONTH, _DATE, known.stop) if tokens & known.stop_words or not part.isascii() else (_MONTH, _DATE)
    for pattern in patterns:
        if match := pattern.search(part):
            part = part[: match.start()]
    part = part if part.isascii() else known.suffix.sub("", part)
    part = known.role.sub(" ", part) if tokens & known.role_words or not part.isascii() else part
    name = " ".join(w for w in part.split() if not _is_letters(w)).strip(_EDGES)
    name = name if re.search(r"\b(?:\w|Jr|Sr)\.$", name) else name.rstrip(".")
    return name if is_name(name) else None


def _is_letters(word: str) -> bool:
    """Degrees and titles: "PhD", "M.D.", "CFP®", "Dr."; a name that only looks like one ("Ma", "Do") is kept."""
    if fold(word).replace(" ", "") not in words().letters:
        return False
    return word.isupper() or "." in word or not word.istitle()


def is_name(name: str) -> bool:
    """Whether a text can be a name: short, few words, no sentence, not one of the words that stand in for a name."""
    folded = fold(name)
    if (
        not folded
        or not 2 <= len(name) <= MAX_NAME
        or folded in words().never
        or any(c in name for c in "?!=<>{}\\_%@:：")
    ):
        return False
    parts = name.split()
    if len(parts) > 6 or any(c.isdigit() for c in name):
        return False
    lower = sum(p[0].islower() for p in parts)
    if says_by(name) or words().role.fullmatch(name):
        return False
    return lower < len(parts) or len(parts) == 1


def is_person(name: str, site_names: frozenset[str]) -> bool:
    """Whether a name can be a person's: no site, agency, desk or address."""
    folded = fold(name)
    squeezed = folded.replace(" ", "")
    if any(squeezed == site.replace(" ", "") for site in site_names) or is_agency(name):
        return False
    if "." in name.strip(".") and " " not in name:
        return False
    return not any(word in words().desks for word in (*folded.split(), folded))


def is_full(name: str) -> bool:
    """Whether a person's name is a full one, not a user name or a first name alone.

    >>> is_full("Anna Berg"), is_full("aberg"), is_full("Anna B"), is_full("李四")
    (True, False, False, True)
    """
    parts = [p for p in name.split() if len(p.strip(".")) > 1]
    return len(parts) > 1 or not name[:1].isascii() and not name[:1].isupper() and len(name) > 1
