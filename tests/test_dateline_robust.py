"""Hostile and broken openings: None or the first real dateline, never an exception, and only the opening is read."""

from __future__ import annotations

from datetime import date, timedelta
from importlib.resources import files

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.extraction import gazetteer
from newscrawl.extraction.dateline import OPENING, find_dateline, parse_dateline
from newscrawl.extraction.dateline_dates import DAYS_AFTER, DAYS_BEFORE

PUBLISHED = date(2026, 1, 22)
LANGUAGES = [None, "", "en", "de", "ru", "ar", "zh", "ja", "ko", "hi", "tr", "xx", "en-", "zh-Hant-TW"]
PIECES = [
    "GENEVA", "Geneva", "München", "МОСКВА", "القاهرة", "नई दिल्ली", "北京", "ソウル", "서울", "Smith",
    "N.Y.", "France", "Jan. 21", "21 января", "21日", "1月21日", "21 - 1", "Rajab 9, 1445", "(AP)",
    "(dpa/lno)", "/TASS/", "РИА Новости", "新华社", "电", "（记者 张三）", "ロイター", "뉴시스", "기자 =",
    "KOMPAS.com", "By Jane Doe", "(", ")", "[", "]", "【", "】", "〔", "〕", "=", "＝", "/", "//", "-",
    "--", "—", " — ", ".", ". ", ":", ",", "、", "|", "·", "।", "\n", " ", "\u00a0", "\u200f",
    "\u00ad", "\u0301", "\ud800", "\x00", "…", "\"", "’", "A", "a", "١", "9",
]  # fmt: skip

HOSTILE = {
    "a megabyte without a space": "A" * 1_000_000,
    "a megabyte of small letters": "a" * 1_000_000,
    "only hyphens": "-" * 1_000_000,
    "only dashes": "— " * 100_000,
    "only spaces": " " * 1_000_000,
    "only line ends": "\n" * 1_000_000,
    "open brackets": "(" * 100_000,
    "open brackets with letters": "(a" * 100_000,
    "slashes": "/a " * 100_000,
    "initials": "A. " * 100_000,
    "commas": "A, " * 100_000,
    "digits": "1" * 100_000,
    "bidirectional marks": "\u202e\u200f" * 100_000,
    "control characters": "\x00\x01\x7f" * 100_000,
    "half of a character": "\ud800" * 1000,
    "Chinese without an end": "新华社" * 100_000,
    "Korean without an end": "(서울=" * 100_000,
    "Japanese without an end": "【ソウル＝" * 100_000,
    "names without an end": "By " + "A " * 100_000,
    "times without an end": "10:10 am pm " * 10_000,
    "months without an end": "Jan " * 10_000,
    "combining marks": "E\u0301" * 100_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
@pytest.mark.parametrize("language", ["en", "zh"])
def test_hostile_openings_give_none(text: str, language: str) -> None:
    assert parse_dateline(text, published=PUBLISHED, language=language) is None


def test_no_more_than_the_opening_is_read() -> None:
    class Counted(str):
        """A paragraph that only lets its opening be sliced."""

        def __getitem__(self, key: object) -> str:
            assert isinstance(key, slice)
            assert key.stop is not None
            assert key.stop <= 3 * OPENING
            return str(self)[key]

        def _refuse(self, *_: object) -> str:
            raise AssertionError("the whole paragraph was read")

        strip = lstrip = split = translate = casefold = lower = _refuse  # type: ignore[assignment]

    assert parse_dateline(Counted("A" * 10_000), published=PUBLISHED, language="en") is None
    found = parse_dateline(Counted("PARIS (AP) — " + "The mayor. " * 1000), published=PUBLISHED, language="en")
    assert found is not None


@pytest.mark.parametrize("cut", range(len("GENEVA, Jan. 21 (Xinhua)")))
def test_a_dateline_cut_off_in_the_middle_is_none(cut: int) -> None:
    assert parse_dateline("GENEVA, Jan. 21 (Xinhua)"[:cut], published=PUBLISHED, language="en") is None


@settings(max_examples=600, deadline=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=24).map("".join) | st.text(max_size=300),
    st.sampled_from(LANGUAGES),
    st.none() | st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    st.sampled_from([None, "US", "de", "??"]),
)
def test_any_text_gives_none_or_a_dateline_that_the_text_begins_with(
    text: str, language: str | None, published: date | None, country: str | None
) -> None:
    found = parse_dateline(text, published=published, language=language, country=country, publisher="Example")
    if found is None:
        return
    assert found.raw == found.raw.strip() != ""
    assert text.lstrip().startswith(found.raw)
    assert found.place is None or found.place in found.raw
    assert (found.latitude is None) == (found.longitude is None) == (found.city is None)
    assert found.place or found.agency
    if found.date and published:
        taken = date.fromisoformat(found.date)
        assert published - timedelta(days=DAYS_BEFORE) <= taken <= published + timedelta(days=DAYS_AFTER)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=12).map("".join), max_size=20))
def test_any_paragraphs_give_none_or_the_index_of_one(paragraphs: list[str]) -> None:
    found = find_dateline(paragraphs, published=PUBLISHED, language="en", country=None, publisher=None)
    assert found is None or paragraphs[found[0]].lstrip().startswith(found[1].raw)


def test_the_gazetteer_is_searched_in_place() -> None:
    packed = files("newscrawl.extraction").joinpath("places.txt.gz").read_bytes()
    assert len(packed) < 8_000_000
    data = gazetteer._data()
    held = len(data.city_names) + len(data.area_names) + sum(map(len, data.cities)) + 40 * len(data.cities)
    assert held < 40_000_000
