"""From the opening of a paragraph to the datelines that may stand there: items, and the marks between them.

A dateline is a row of items (place, state or country, date, agency, reporter) with marks between them, and ends with
one: "LA CROSSE, Wis. (AP) —", "МОСКВА, 21 янв — РИА Новости.", "(ANSA) - ROMA, 21 GEN -", "TEMPO.CO, Jakarta -". The
scanner goes from item to item, once, never back, and notes a candidate at every mark that can end a dateline. Which of
the candidates is one is not its business (see dateline_judge).
"""

from __future__ import annotations

import re
from dataclasses import replace

from newscrawl.extraction.agencies import agencies, printed_bare
from newscrawl.extraction.dateline_agency import named_agencies, signed_by, slashed
from newscrawl.extraction.dateline_dates import month_number, read_date
from newscrawl.extraction.dateline_place import areas_beside, plausible, split_row
from newscrawl.extraction.dateline_reading import Candidate, Context, Mark, Reading, is_publisher
from newscrawl.extraction.dateline_words import WORDS
from newscrawl.extraction.gazetteer import Area, areas, cities
from newscrawl.extraction.placenames import fold

MOST_ITEMS = 9

_START = re.compile(
    r"[\s■●▪◆►▶★※◇○*]*(?:(?:\((?:di|by|von|por|par) [^()\n]{3,60}\)|(?:By|BY|Von|Por|Par|Di) [^\n]{3,80})\n\s*)?"
)
_BRACKET = re.compile(r"\(([^()\[\]\n]{1,90})\)|\[([^()\[\]\n]{1,90})\]")
_CODE = re.compile(r"/ ?([A-Za-z]{2,4})(?= ?(?:-|—|\.|:))")
_TIME = re.compile(
    r"(?:at )?\d{1,2}[:.h]\d{2}(?: ?(?:[ap]\.?m\.?|uhr|h|hrs|gmt|utc|ist|est|et|cet|pt|mt)\b[+\d]*)*", re.I
)
_RUN = re.compile(r"[^\d,،、;:|·•।()\[\]=—\n…!?؟\"“”„«»<>{}]{1,70}")
_CUT = re.compile(r"\.(?=[\s\-—/(]|$)|\s-|-(?=\s|$)|--|\s/(?=[^/\n]{1,50}/)|//")
_MARK = re.compile(
    r" *(?P<stop>\.(?=[\s\-—,/(:]|$))? *(?P<mark>[,،、;|·•।]|:(?!\d)|//|(?<= )/(?= ))? *"
    r"(?P<dash>(?:—+|-{2,}|-(?=[\s(\[/]|$)|(?<=[)\]/.,])-)(?: (?:—|--?)(?= ))?)?"
)
_DOMAIN = re.compile(r"[\w-]{2,30}\.(?:com?|net|org|info|news|id|co\.id|ru|ua|vn|tr|az|kz|de|at|ch|tv|gov\.\w\w)", re.I)
_BYLINE = re.compile(
    r"(?:by|von|par|por|door|di|da|av|af|oleh|від|корр\.) (?:[^\W\d_][\w.'’-]*(?: |(?=\s*[,:—-]))){1,5}", re.I
)
_NAME = re.compile(r"[^\W\d_](?:\.|[\w'’-]+)(?: [^\W\d_](?:\.|[\w'’-]+)){1,3}")
_HIJRI = re.compile(r"(?:(\w+) \d{1,2}|\d{1,2} (\w+))[,،]? 14\d\d(?: ?(?:AH|H|هـ|ه)\b)?(?: ?الموافق)?[,،]? ?")
_PRINTED_AGENCY = re.compile(r"[^\W\d_][\w.&'’+\-]*(?: [\w.&'’+\-]+){0,3}")


def scan(text: str, context: Context) -> list[Candidate]:
    """Every candidate at the head of a normalized opening, the shortest first."""
    start = _START.match(text)
    position, reading, after = (start.end() if start else 0), Reading(), "space"
    found: list[Candidate] = []
    for _ in range(MOST_ITEMS):
        step = _item(text, position, reading, after, context)
        if step is None:
            break
        end, reading = step
        mark, mark_end = _mark(text, end)
        if mark in ("dash", "colon", "stop", "bar", "dot", "line"):
            found.append(Candidate(reading, mark, mark_end))
        elif mark == "space" and text[end - 1] in ")]/":
            found.append(Candidate(reading, "none", end))
        if not _goes_on(mark, reading, text, mark_end, context):
            break
        position, after = mark_end + len(text[mark_end:]) - len(text[mark_end:].lstrip(" ")), mark
    return found


def _goes_on(mark: Mark, reading: Reading, text: str, end: int, context: Context) -> bool:
    """Whether another item may follow: after a dash only what the place still lacks, or the agency's reporter."""
    if mark in ("colon", "line"):
        return False
    if mark == "dash" and reading.place and (reading.agencies or reading.named):
        return context.code == "tr" or bool(_BYLINE.match(text, end + 1))
    return True


def _mark(text: str, position: int) -> tuple[Mark, int]:
    found = _MARK.match(text, position)
    if found is None:
        return "space", position
    end = max(found.end("stop"), found.end("mark"), found.end("dash"), position)
    sign = found["mark"] or ""
    if sign == "/" and slashed(text, found.start("mark")):
        return "space", position
    if found["dash"] or sign == "//":
        return "dash", end
    if sign == ":":
        return "colon", end
    if sign in {"|", "/"}:
        return "bar", end
    if sign in {"·", "•"}:
        return "dot", end
    if sign == "।" or (found["stop"] and not sign):
        return "stop", end
    if sign:
        return "comma", end
    rest = text[position:].lstrip(" ")
    if not rest or rest[0] == "\n":
        return "line", position
    return ("stop" if text[position - 1] == "." else "space"), position


def _item(text: str, at: int, reading: Reading, after: str, context: Context) -> tuple[int, Reading] | None:
    if at >= len(text):
        return None
    if text[at] in "([":
        return _bracket(text, at, reading, context)
    if text[at] == "/":
        return _slashes(text, at, reading)
    has_agency = bool(reading.agencies or reading.named)
    if has_agency and reading.place:
        end = _reporter(text, at, reading, after, context)
        if end:
            return end, reading
    if reading.date is None:
        dated = _date(text, at, reading, context)
        if dated:
            return dated
    time = _TIME.match(text, at)
    if time:
        return time.end(), reading
    return _words(text, at, reading, after, context)


def _date(text: str, at: int, reading: Reading, context: Context) -> tuple[int, Reading] | None:
    hijri = _HIJRI.match(text, at)
    if hijri and fold(hijri[1] or hijri[2]) in WORDS.hijri:
        at = hijri.end()
    word, _, _ = text[at : at + 12].partition(" ")
    if word and fold(word) in WORDS.before_dates:
        at += len(word) + 1
    found = read_date(text, at, context.language, context.country)
    if found is None or (found[0] < len(text) and text[found[0]].isalnum() and text[found[0] - 1].isalnum()):
        return None
    return found[0], replace(reading, date=found[1], dated_first=reading.place is None)


def _reporter(text: str, at: int, reading: Reading, after: str, context: Context) -> int | None:
    """Where the reporter's name after an agency ends, in the styles that print it inside the dateline."""
    byline = _BYLINE.match(text, at)
    if byline:
        return byline.end()
    name = _NAME.match(text, at)
    if name is None or not all(word[0].isupper() for word in name[0].split()):
        return None
    follows = _mark(text, name.end())[0]
    if context.code == "tr" and after == "dash":
        return name.end() if name[0].isupper() and follows == "dash" else None
    russian = any(a.country in {"RU", "UA", "BY", "KZ"} for a in reading.agencies)
    return name.end() if russian and after == "comma" and follows in ("stop", "dash") else None


def _run(text: str, at: int) -> str:
    """The words at a position up to the next mark; the full stop of "St." and of initials is none."""
    found = _RUN.match(text, at)
    run = found[0] if found else ""
    for cut in _CUT.finditer(run):
        if cut[0] == "." and run[cut.end() + 1 : cut.end() + 2].isalpha():
            word = run[: cut.start()].rpartition(" ")[2].casefold()
            if len(word) == 1 or "." in word or word in WORDS.abbreviated:
                continue
        if cut[0][-1] == "/" and cut[0] != "//" and not slashed(text, at + cut.end() - 1):
            continue
        run = run[: cut.start()]
        break
    return run.rstrip()


def _words(text: str, at: int, reading: Reading, after: str, context: Context) -> tuple[int, Reading] | None:
    run = _run(text, at)
    if not run:
        return None
    has_agency = bool(reading.agencies or reading.named)
    if not has_agency and printed_bare(run) and (reading.place or reading.date or after == "space"):
        return at + len(run), replace(reading, agencies=agencies(run), named=run)
    if not has_agency and _DOMAIN.fullmatch(run):
        return at + len(run), replace(reading, named=run)
    if reading.place is None:
        return _place(text, at, run, reading)
    if after == "comma" and not has_agency and (not reading.date or reading.dated_first):
        return _beside(at, run, reading)
    return None


def _place(text: str, at: int, run: str, reading: Reading) -> tuple[int, Reading] | None:
    has_agency = bool(reading.agencies or reading.named)
    first, _, others = run.partition(" ")
    if others and not has_agency and first.isupper() and len(first) > 2 and printed_bare(first) and not cities(run):
        return at + len(first), replace(reading, agencies=agencies(first), named=first)
    run = _without_date_words(text, at, run)
    signed = None if has_agency else signed_by(run)
    end = at + len(run)
    if signed:
        run, named = signed
        reading = replace(reading, agencies=agencies(named), named=named, wrapped=True)
    parts = tuple(split_row(run)) if run and plausible(run) else ()
    if not parts:
        return None
    place_start, place_end = at + run.index(parts[0]), at + len(run)
    if text.startswith(".", place_end) and "." in run.rpartition(" ")[2]:
        place_end += 1  # "Frankfurt a.M."
    return max(end, place_end), replace(reading, place=(place_start, place_end), parts=parts)


def _without_date_words(text: str, at: int, run: str) -> str:
    """ "KATHMANDU April" before "25", and "Paris le" before "21", are a place and the head of a date."""
    if not text[at + len(run) : at + len(run) + 2].strip(" .")[:1].isdigit():
        return run
    place, _, last = run.rpartition(" ")
    return place.rstrip() if place and (fold(last) in WORDS.before_dates or month_number(last, None)) else run


def _beside(at: int, run: str, reading: Reading) -> tuple[int, Reading] | None:
    """A state or a country after the place, or one more place of a row."""
    found = areas_beside(reading.parts[0], run)
    if found and plausible(run):
        return at + len(run), replace(reading, beside=(*reading.beside, found))
    row = len(reading.parts) < 4 and not reading.beside and plausible(run)
    if row and reading.place and all(map(cities, reading.parts)) and cities(run):
        return at + len(run), replace(
            reading, place=(reading.place[0], at + len(run)), parts=(*reading.parts, *split_row(run))
        )
    return None


def _bracket(text: str, at: int, reading: Reading, context: Context) -> tuple[int, Reading] | None:
    found = _BRACKET.match(text, at)
    if found is None:
        return None
    inner, end = (found[1] or found[2]).strip(), found.end()
    if not inner:
        return None
    if reading.place and not reading.named and cities(text[reading.place[0] : end]):
        return end, replace(reading, place=(reading.place[0], end), parts=(text[reading.place[0] : end],))
    lone_state = inner.isupper() and len(inner) == 2 and any(_in_state(c, inner) for c in reading.parts[:1])
    if not (reading.agencies or reading.named):
        known = () if lone_state else named_agencies(inner)
        if known:
            return end, replace(reading, agencies=known, named=inner, wrapped=True)
        if fold(inner).replace(" ", "") in WORDS.agencies:
            return end, replace(reading, named="", wrapped=True)
    if reading.place is None and reading.date and not reading.agencies and is_publisher(inner, context):
        return end, replace(reading, named=inner, wrapped=True)  # "Oct. 27 (Pelagia) --": an agency on its own site
    if reading.place is None:
        return _inside(text, at, end, inner, reading, context)
    beside = areas_beside(reading.parts[0], inner)
    if beside:
        return end, replace(reading, beside=(*reading.beside, beside), bracketed_area=True)
    if inner.isupper() and any(c.country == inner for c in cities(reading.parts[0])):
        return end, replace(reading, beside=(*reading.beside, (Area(inner),)), bracketed_area=True)
    if cities(inner):
        return end, replace(reading, bracketed_area=True)
    dated = _date(inner, 0, reading, context) if reading.date is None else None
    if dated and dated[0] == len(inner):
        return end, dated[1]
    if not reading.named and _PRINTED_AGENCY.fullmatch(inner) and len(inner) <= 30:
        return end, replace(reading, named=inner, wrapped=True)
    return None


def _in_state(place: str, state: str) -> bool:
    us = [a for a in areas(state) if a.country == "US"]
    return any(c.country == "US" and c.code == a.code for a in us for c in cities(place))


def _inside(text: str, at: int, end: int, inner: str, reading: Reading, context: Context) -> tuple[int, Reading] | None:
    """A bracket that holds the place, and perhaps all: "(Leipzig) -", "(Beirut, January 21, 2024) –"."""
    whole = [c for c in scan(inner, context) if c.mark == "line" and c.reading.place]
    if not whole:
        return None
    offset = text.index(inner, at)
    read = whole[-1].reading
    span = (read.place[0] + offset, read.place[1] + offset) if read.place else None
    return end, replace(
        reading,
        place=span,
        parts=read.parts,
        beside=read.beside,
        date=read.date or reading.date,
        agencies=read.agencies or reading.agencies,
        named=read.named or reading.named,
        wrapped=reading.wrapped or bool(read.named),
        inside=True,
    )


def _slashes(text: str, at: int, reading: Reading) -> tuple[int, Reading] | None:
    found = None if reading.agencies else slashed(text, at)
    code = _CODE.match(text, at)
    if code and not found and reading.place and not reading.named:  # "Halle (Saale)/MZ -"
        return code.end(), replace(reading, agencies=agencies(code[1]), named=code[1], wrapped=True)
    return (found[0], replace(reading, agencies=found[1], named=found[2], wrapped=True)) if found else None
