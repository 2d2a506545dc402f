"""The opening of a wire story: where and when it was filed, and by whom. docs/datelines.md describes the styles read.

`raw` is what is printed up to and with its closing mark, so that raw and the rest give the paragraph back. The fields
are read from it, never guessed: a place that the gazetteer does not know keeps `place` and nothing else, a date that
does not lie close before the publication date is not taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from newscrawl.extraction.agencies import pick
from newscrawl.extraction.dateline_dates import resolve
from newscrawl.extraction.dateline_east import read_east_asian
from newscrawl.extraction.dateline_judge import accept
from newscrawl.extraction.dateline_place import Where, locate
from newscrawl.extraction.dateline_reading import Candidate, Context, Reading
from newscrawl.extraction.dateline_scan import scan
from newscrawl.items import Dateline

#: Characters of a paragraph that are looked at; the longest dateline of the labelled pages has 60.
OPENING = 240
#: Paragraphs in which a dateline is looked for, and further ones in which it must name an agency.
FIRST_PARAGRAPHS, MOST_PARAGRAPHS = 3, 12
#: Characters of the paragraph after a place on a line of its own.
FOLLOWING = 60

_INVISIBLE = re.compile("[\u00ad\u200b\u200d-\u200f\u202a-\u202e\u2060-\u2069\ufeff\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_PLAIN = str.maketrans(
    {chr(c): chr(c - 0xFEE0) for c in range(0xFF01, 0xFF5F)}  # full-width forms
    | dict.fromkeys(
        "\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t", " "
    )
    | dict.fromkeys("–—―‒−⸺⸻﹘─━", "—")
    | dict.fromkeys("‐‑﹣⁃", "-")
    | {
        "۔": ".",
        "॥": "।",
        "：": ":",
        "︰": ":",
        "＝": "=",
        "゠": "=",
        "\r": "\n",
        "\u2028": "\n",
        "\u2029": "\n",
        "⁄": "/",
    }
    | {chr(base + n): str(n) for base in (0x660, 0x6F0, 0x966, 0x9E6, 0xE50) for n in range(10)}
)


def parse_dateline(
    paragraph: str,
    *,
    published: date | None = None,
    language: str | None = None,
    country: str | None = None,
    publisher: str | None = None,
) -> Dateline | None:
    """The dateline at the head of a paragraph, or None.

    published: the story's publication date, without which no year is filled in; language: BCP 47 of the page; country:
    ISO 3166-1 alpha-2 of the publisher, which decides between namesakes; publisher: its name, which is no agency.

    >>> parse_dateline("GENEVA, Jan. 21 (Xinhua) -- Talks ended.", published=date(2022, 1, 22)).date
    '2022-01-21'
    """
    return _parse(paragraph, published, _context(language, country, publisher))


def find_dateline(
    paragraphs: Sequence[str],
    *,
    published: date | None = None,
    language: str | None = None,
    country: str | None = None,
    publisher: str | None = None,
) -> tuple[int, Dateline] | None:
    """The story's dateline and the index of its paragraph: notes, decks and corrections may come before it.

    After the third paragraph only a dateline that names an agency is taken, after the twelfth none. A place on a line
    of its own needs a longer paragraph after it.
    """
    context = _context(language, country, publisher)
    for index, paragraph in enumerate(paragraphs[:MOST_PARAGRAPHS]):
        followed = index + 1 < len(paragraphs) and len(paragraphs[index + 1]) >= FOLLOWING
        here = replace(context, followed=followed, agency_only=index >= FIRST_PARAGRAPHS)
        found = _parse(paragraph, published, here)
        if found:
            return index, found
    return None


def _context(language: str | None, country: str | None, publisher: str | None) -> Context:
    """Where no country is given, that of the language tag: "de-AT", "en-IN"; "en-US" stands on pages from anywhere."""
    tags = (language or "").replace("_", "-").split("-")
    region = next((tag.upper() for tag in tags[1:] if len(tag) == 2 and tag.isalpha()), None)
    if region == "US" and tags[0].lower() == "en":
        region = None
    return Context(language, country.upper() if country else region, publisher)


def _parse(paragraph: str, published: date | None, context: Context) -> Dateline | None:
    head = paragraph[: 2 * OPENING].lstrip()[: OPENING + 1]
    text, offsets = _normalize(head)
    if not text.strip():
        return None
    found = _candidate(text, context)
    if found is None or found[0].end > OPENING:
        return None
    return _dateline(*found, head, offsets, published, context)


def _candidate(text: str, context: Context) -> tuple[Candidate, Where] | None:
    """The longest candidate that is a dateline."""
    east = read_east_asian(text, context)
    if east:
        return east, locate(east.reading, context)
    judged = ((c, locate(c.reading, context)) for c in reversed(scan(text, context)))
    return next(((c, where) for c, where in judged if accept(c, text, where, context)), None)


def _normalize(head: str) -> tuple[str, Sequence[int]]:
    """Marks, digits and spaces in one form each, invisible characters gone; and where each character came from."""
    if not _INVISIBLE.search(head):
        return head.translate(_PLAIN), range(len(head) + 1)
    offsets = [i for i, c in enumerate(head) if not _INVISIBLE.match(c)]
    return "".join(head[i] for i in offsets).translate(_PLAIN), [*offsets, len(head)]


def _dateline(
    candidate: Candidate, where: Where, head: str, offsets: Sequence[int], published: date | None, context: Context
) -> Dateline:
    reading = candidate.reading
    start, end = reading.place or (0, 0)
    city, area = where.city, where.itself or where.area
    return Dateline(
        raw=head[: offsets[candidate.end - 1] + 1].strip(),
        place=head[offsets[start] : offsets[end - 1] + 1].strip() if reading.place else None,
        city=city.name if city else None,
        region=city.region if city else area.region if area else None,
        country=city.country if city else (area.country or None) if area else None,
        latitude=city.latitude if city else None,
        longitude=city.longitude if city else None,
        date=resolve(reading.date, published) if reading.date else None,
        agency=_agency(reading, where, context),
    )


def _agency(reading: Reading, where: Where, context: Context) -> str | None:
    """The canonical name of a known agency; what is printed in an agency's place otherwise."""
    if reading.agencies:
        there = where.city.country if where.city else where.area.country if where.area else None
        return pick(reading.agencies, context.language, there, context.country).name
    return reading.named or None
