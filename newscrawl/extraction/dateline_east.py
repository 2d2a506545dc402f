"""Datelines of the Chinese, Japanese and Korean press, which run words together and close with a bracket or 电.

    新华社北京4月24日电（记者 张三）    中新网香港1月2日电    （中央社記者王小明台北21日電）
    【ソウル＝小池和樹】    【ワシントン時事】    ［ロンドン　２１日　ロイター］    ワシントン（CNN）
    [서울=뉴시스]홍길동 기자 =    (서울=연합뉴스) 홍길동 기자 =

Texts come in with full-width forms made plain (see dateline._normalize).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from newscrawl.extraction.agencies import EAST_ASIAN_FORMS, Agency, agencies
from newscrawl.extraction.dateline_agency import named_agencies
from newscrawl.extraction.dateline_dates import PrintedDate, read_date
from newscrawl.extraction.dateline_reading import Candidate, Context, Reading
from newscrawl.extraction.dateline_words import WORDS
from newscrawl.extraction.gazetteer import cities

_EAST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_AGENCY = "|".join(map(re.escape, EAST_ASIAN_FORMS))
_DATE = r"(?:\d{4}年 ?)?(?:\d{1,2}月 ?)?\d{1,2}日"
_HAN = r"[\u3400-\u9fff·/、 ]"
_REPORTER = r"(?: ?\([^()\n]{1,60}\))?"
#: 新华社北京4月24日电（记者 …）; 本报 is the paper itself. 报道 without 据 only after a date.
_CHINESE = re.compile(
    rf"(?P<from>据|據)? ?(?:(?P<agency>{_AGENCY})|(?P<own>本[报報网台刊])|(?P<other>[\u3400-\u9fff《》]{{3,14}}?)) ?"
    rf"(?:记者|記者)?(?P<place>{_HAN}{{0,14}}?) ?"
    rf"(?P<date>{_DATE})? ?(?P<end>(?:综合|綜合|专|專|外)?(?:电讯|电|電|讯|訊)|报道(?=[ :,])){_REPORTER}:?"
)
_TAIWANESE = re.compile(
    rf"[(【\[〔](?P<agency>{_AGENCY})(?:記者|记者)?(?P<middle>[^\d()【】\[\]〔〕]{{0,24}}?)(?P<date>{_DATE})?"
    rf"(?:綜合|综合)?外?[專专]?(?:[電电](?:報導|报道)|報導|报道|[電电])[)】\]〕]"
)
_REPORTER_FIRST = re.compile(
    r"[(【\[〔]?(?:[\u3400-\u9fff]{2,6})?(?:特派記者|記者|特派员|记者)[\u3400-\u9fff、]{2,12}/(?P<place>[\u3400-\u9fff]{2,5})"
    r"(?:\d{1,2}日)?(?:報導|报道|电|電|專訪)(?:[)】\]〕]|(?=\s))"
)
_BRACKET = re.compile(
    r"(?:【(?P<a>[^【】\n]{1,50})】|\[(?P<b>[^\[\]\n]{1,50})\]|〔(?P<c>[^〔〕\n]{1,50})〕|\((?P<d>[^()\n]{1,50})\))"
)
_PIECES = re.compile(r"[=\s、,/・·]+")
_AFTER_BRACKET = re.compile(r" ?(?:—|-(?= )|:)")
_KOREAN_REPORTER = re.compile(
    r" ?[^\n=\[\](){}\"“”]{1,60}?(?:기자|특파원|통신원|객원|위원|리포터|PD|앵커|작가|인턴)[^\n=\[\](){}\"“”.]{0,20}="
)
_KATAKANA_THEN_NAME = re.compile(r"(?P<place>[ァ-ヴー・]{2,14})(?P<rest>[\u3400-\u9fffぁ-ん々]{3,6})$")


def read_east_asian(text: str, context: Context) -> Candidate | None:
    """The dateline at the head of a normalized opening, if it is in one of these styles."""
    text = text[:160]
    if not _EAST.search(text[:80]):
        return None
    return _chinese(text) or _taiwanese(text) or _reporter_first(text) or _bracketed(text, context)


def _place_span(text: str, start: int, end: int) -> tuple[int, int]:
    raw = text[start:end]
    return start + len(raw) - len(raw.lstrip()), start + len(raw.rstrip())


def _row(printed: str) -> tuple[str, ...]:
    return (printed,) if cities(printed) else tuple(p for p in _PIECES.split(printed) if p)


def _printed_date(text: str | None) -> PrintedDate | None:
    found = read_date(text, 0, "zh", None) if text else None
    return found[1] if found else None


def _known(found: re.Match[str]) -> tuple[Agency, ...]:
    return agencies(found["agency"]) if found["agency"] else ()


def _chinese(text: str) -> Candidate | None:
    found = _CHINESE.match(text.lstrip())
    if found is None:
        return None
    shift = len(text) - len(text.lstrip())
    if found["other"]:
        return _other_outlet(found, shift)
    place, told = found["place"].strip(), found["end"].startswith("报道")
    if told and (found["from"] or not found["date"]):
        return None
    if not found["date"] and not (place and cities(_row(place)[0])):
        return None
    if place and len(place) > 6 and not all(map(cities, _row(place))):
        return None
    span = _place_span(text, found.start("place") + shift, found.end("place") + shift) if place else None
    reading = Reading(place=span, parts=_row(place) if place else (), date=_printed_date(found["date"]))
    reading = replace(reading, agencies=_known(found), named=found["agency"], wrapped=True)
    return Candidate(reading, "none", found.end() + shift) if reading.agencies or place else None


def _other_outlet(found: re.Match[str], shift: int) -> Candidate | None:
    """中国之声《国防时空》北京2月22日电: an outlet of any name, if a known place and a date stand before 电."""
    words = found["other"] + found["place"]
    row = _row_at_end(words)
    if not row or not found["date"] or found["end"].startswith("报道"):
        return None
    at = len(words) - sum(map(len, row)) - len(row) + 1
    start = found.start("other") + shift
    reading = Reading((start + at, start + len(words)), row, date=_printed_date(found["date"]))
    reading = replace(reading, named=words[:at].strip() or None, wrapped=True)
    return Candidate(reading, "none", found.end() + shift)


def _row_at_end(words: str) -> tuple[str, ...]:
    """The places that the words end with, in order: 上海 and 杭州 of 沧海社上海、杭州."""
    row: tuple[str, ...] = ()
    while place := next(_endings(words), ""):
        row = (place, *row)
        words = words[: -len(place)]
        if not words.endswith(("、", "·", "/")):
            break
        words = words[:-1]
    return row


def _taiwanese(text: str) -> Candidate | None:
    found = _TAIWANESE.match(text)
    if found is None:
        return None
    place = next(_endings(found["middle"]), "")
    end = found.end("middle")
    reading = Reading(
        place=(end - len(place), end) if place else None,
        parts=(place,) if place else (),
        date=_printed_date(found["date"]),
        agencies=_known(found),
        named=found["agency"],
        wrapped=True,
    )
    return Candidate(reading, "none", found.end())


def _reporter_first(text: str) -> Candidate | None:
    """〔記者王小明/台北報導〕; 綜合報導, from everywhere, is no place."""
    found = _REPORTER_FIRST.match(text)
    if found is None or not cities(found["place"]):
        return None
    return Candidate(Reading(found.span("place"), (found["place"],)), "none", found.end())


def _endings(words: str) -> Iterator[str]:
    """The places that the words end with, the longest first: 王小明台北 ends with 台北."""
    yield from (words[i:] for i in range(max(0, len(words) - 8), len(words) - 1) if cities(words[i:]))


def _bracketed(text: str, context: Context) -> Candidate | None:
    found = _BRACKET.match(text)
    if found is None:
        return None
    name = found.lastgroup or "a"
    inner, start = found[name], found.start(name)
    reading = _inside(inner, start, context)
    if reading is None:
        return None
    end = found.end()
    korean = _KOREAN_REPORTER.match(text, end)
    if korean:
        return Candidate(reading, "none", korean.end())
    after = _AFTER_BRACKET.match(text, end)
    return Candidate(reading, "none", after.end() if after else end)


def _inside(inner: str, start: int, context: Context) -> Reading | None:
    """A place and who files from it, in brackets; an agency alone; a date and an agency."""
    reading = Reading(wrapped=True)
    pieces = list(_pieces(inner))
    equals = "=" in inner
    for number, (offset, piece) in enumerate(pieces):
        span = (start + offset, start + offset + len(piece))
        date = read_date(piece, 0, context.language or "ja", context.country) if piece[0].isdigit() else None
        known = named_agencies(piece)
        if date and date[0] == len(piece):
            reading = replace(reading, date=date[1])
        elif known and (number or not cities(piece)):
            reading = replace(reading, agencies=reading.agencies or known, named=reading.named or piece)
        elif cities(piece) and not reading.named and (number == 0 or reading.parts):
            first = reading.place[0] if reading.place else span[0]
            reading = replace(reading, place=(first, span[1]), parts=(*reading.parts, piece))
        elif number == 0 and len(pieces) == 1:
            return _run_together(piece, span[0])
        elif number == 0 and equals and named_agencies(pieces[1][1]) and not _is_topic(piece):
            reading = replace(reading, place=span, parts=(piece,))  # a county that the gazetteer does not have
        elif not (equals and reading.parts):
            return None
        elif _HANGUL.search(inner) and not reading.named:
            reading = replace(reading, named=piece)
    if reading.place and (reading.agencies or reading.date or equals):
        return reading
    return reading if reading.agencies and not reading.place and _only_agencies(inner) else None


_HANGUL = re.compile(r"[\uac00-\ud7af]")


def _is_topic(words: str) -> bool:
    return any(topic in words for topic in WORDS.topics)


def _only_agencies(inner: str) -> bool:
    return all(agencies(p) or _printed_date(p) for _, p in _pieces(inner))


def _pieces(inner: str) -> Iterator[tuple[int, str]]:
    at = 0
    for piece in _PIECES.split(inner):
        if piece:
            at = inner.index(piece, at)
            yield at, piece
            at += len(piece)


def _run_together(piece: str, start: int) -> Reading | None:
    """ワシントン時事, and Mainichi's ワシントン and a reporter's name without a mark; not パリ五輪."""
    for cut in range(len(piece) - 1, 1, -1):
        place, rest = piece[:cut], piece[cut:]
        known = agencies(rest) if cities(place) else ()
        if known:
            return Reading((start, start + cut), (place,), agencies=known, named=rest, wrapped=True)
    found = _KATAKANA_THEN_NAME.fullmatch(piece)
    if found and cities(found["place"]) and not _is_topic(found["rest"]):
        return Reading((start, start + found.end("place")), (found["place"],), wrapped=True)
    return None
