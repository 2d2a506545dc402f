"""Where in a story the dateline may stand, and what the rest of the paragraph is."""

from __future__ import annotations

from datetime import date

import pytest

from newscrawl.extraction.dateline import MOST_PARAGRAPHS, find_dateline, parse_dateline

PUBLISHED = date(2026, 1, 22)
TEXT = "The council met for nine hours on Tuesday and agreed on nothing that had not been agreed before."
WIRE = f"GENEVA, Jan. 21 (Xinhua) -- {TEXT}"
PLAIN = f"GENEVA — {TEXT}"


def found(*paragraphs: str, language: str | None = "en", country: str | None = None) -> tuple[int, str] | None:
    result = find_dateline(paragraphs, published=PUBLISHED, language=language, country=country, publisher=None)
    return (result[0], result[1].raw) if result else None


@pytest.mark.parametrize("before", range(3))
def test_notes_and_decks_may_come_before_the_dateline(before: int) -> None:
    notes = ["(Adds comment from the mayor)", "Correction: An earlier version misspelled a name."][:before]
    assert found(*notes, PLAIN, TEXT) == (before, "GENEVA —")


@pytest.mark.parametrize("before", [3, 7, MOST_PARAGRAPHS - 1])
def test_after_the_third_paragraph_only_a_dateline_with_an_agency_counts(before: int) -> None:
    assert found(*[TEXT] * before, PLAIN) is None
    assert found(*[TEXT] * before, WIRE) == (before, "GENEVA, Jan. 21 (Xinhua) --")


def test_far_down_nothing_is_looked_for() -> None:
    assert found(*[TEXT] * MOST_PARAGRAPHS, WIRE) is None


def test_the_first_dateline_wins() -> None:
    assert found(PLAIN, WIRE) == (0, "GENEVA —")


def test_ten_datelines_in_a_row_give_the_first() -> None:
    result = parse_dateline("BERLIN, Jan 3 (AP) — " * 10, published=PUBLISHED, language="en")
    assert result is not None
    assert (result.raw, result.city) == ("BERLIN, Jan 3 (AP) —", "Berlin")


def test_a_place_on_a_line_of_its_own_needs_text_after_it() -> None:
    assert found("BANGKOK", TEXT) == (0, "BANGKOK")
    assert found("München/London", TEXT, language="de") == (0, "München/London")
    assert found("Stuttgart", TEXT, language="de") == (0, "Stuttgart")
    assert found("BANGKOK") is None
    assert found("BANGKOK", "Short.") is None
    assert found("Overview", TEXT) is None
    assert found("Charlotte", TEXT) is None


def test_the_place_and_its_text_in_one_paragraph_on_two_lines() -> None:
    assert found(f"GENEVA, Jan. 21 (Xinhua)\n{TEXT}") == (0, "GENEVA, Jan. 21 (Xinhua)")


@pytest.mark.parametrize(
    "paragraph",
    [
        WIRE,
        PLAIN,
        f"\u200fGENEVA, Jan.\u00a021 (Xinhua)\u2009--\u00a0{TEXT}",
        f"GE\u00adNE\u00adVA, Jan. 21 (Xin\u00adhua) -- {TEXT}",
        f"［ロンドン　２１日　ロイター］ - {TEXT}",
        f"新华社北京1月21日电（记者 张三）{TEXT}",
        f"ＧＥＮＥＶＡ, Jan. 21 （Xinhua） －－ {TEXT}",
    ],
)
def test_raw_and_the_rest_give_the_paragraph_back(paragraph: str) -> None:
    result = parse_dateline(paragraph, published=PUBLISHED, language=None)
    assert result is not None
    assert paragraph.startswith(result.raw)
    assert paragraph[len(result.raw) :].strip() == TEXT


def test_place_is_kept_as_printed() -> None:
    result = parse_dateline(f"ＧＥＮＥＶＡ, Jan. 21 （Xinhua） －－ {TEXT}", published=PUBLISHED)
    assert result is not None
    assert (result.place, result.city, result.date) == ("ＧＥＮＥＶＡ", "Geneva", "2026-01-21")


def test_two_places_give_the_first_and_keep_both_in_print() -> None:
    result = parse_dateline(f"BEIRUT/THE HAGUE, Jan 7 (Reuters) - {TEXT}", published=PUBLISHED, language="en")
    assert result is not None
    assert (result.place, result.city, result.country) == ("BEIRUT/THE HAGUE", "Beirut", "LB")
    assert result.latitude == pytest.approx(33.89, abs=0.05)
    assert result.longitude == pytest.approx(35.50, abs=0.05)


def test_a_row_of_chinese_places_after_an_outlet_that_is_no_known_agency() -> None:
    found = parse_dateline(
        "灯塔社上海、杭州10月18日电（记者周帆）雨停了。", published=date(2026, 10, 18), language="zh"
    )
    assert found
    assert (found.agency, found.place, found.city, found.date) == ("灯塔社", "上海、杭州", "Shanghai", "2026-10-18")


def test_unknown_places_keep_what_is_printed_and_nothing_else() -> None:
    result = parse_dateline(f"XYZZYTON (Reuters) - {TEXT}", published=PUBLISHED, language="en")
    assert result is not None
    assert result.place == "XYZZYTON"
    assert (result.city, result.region, result.country, result.latitude, result.longitude) == (None,) * 5


def test_the_outlets_own_name_is_no_agency_but_an_agency_may_sign_its_own_stories() -> None:
    alone = "({}) — " + TEXT
    assert parse_dateline(alone.format("CNN"), publisher="CNN") is None
    assert parse_dateline(alone.format("CNN"), publisher="The Example") is not None
    assert parse_dateline(alone.format("Reuters"), publisher="Reuters") is not None


@pytest.mark.parametrize(("publisher", "agency"), [("Gull Wire", "Gull Wire"), ("The Gull", None), (None, None)])
def test_an_unknown_agency_is_known_on_its_own_site_where_a_date_stands_before_it(
    publisher: str | None, agency: str | None
) -> None:
    text = "Oct. 27 (Gull Wire) -- Nets on the ridge caught fog."
    found = parse_dateline(text, published=date(2026, 10, 28), language="en", publisher=publisher)
    assert (found.agency if found else None) == agency
    assert parse_dateline("(Gull Wire) -- Nets on the ridge caught fog.", publisher=publisher) is None


def test_a_language_tag_with_a_country_stands_for_the_publishers_country() -> None:
    british = parse_dateline(f"BIRMINGHAM — {TEXT}", language="en-GB")
    given = parse_dateline(f"BIRMINGHAM — {TEXT}", language="en-GB", country="us")
    assert british is not None
    assert given is not None
    assert (british.country, given.country, given.region) == ("GB", "US", "Alabama")
