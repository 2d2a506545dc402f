"""Dates: what machines write, what pages print in many languages, and which of them is believed."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.extraction.metadata import Metadata, read_metadata
from newscrawl.extraction.page import Page, read_page
from newscrawl.extraction.printed import Reader, make_date, word_date
from newscrawl.extraction.times import Judge, iso_time, url_day
from newscrawl.items import Hints
from newscrawl.sites import parse_site


@pytest.mark.parametrize(
    "text,expected",
    [
        ("2026-05-03T10:20:30+02:00", "2026-05-03T10:20:30+02:00"),
        ("2026-05-03T10:20:30.123Z", "2026-05-03T10:20:30+00:00"),
        ("2026-05-03T10:20:30+0530", "2026-05-03T10:20:30+05:30"),
        ("2026-05-03T10:20-08", "2026-05-03T10:20:00-08:00"),
        ("2026-05-03 10:20", "2026-05-03T10:20:00"),
        ("2026-05-03", "2026-05-03"),
        ("2026-5-3", "2026-05-03"),
        ("20260503", "2026-05-03"),
        ("20260503T102030Z", "2026-05-03T10:20:30+00:00"),
        ("1777803630", "2026-05-03T10:20:30+00:00"),
        ("1777803630000", "2026-05-03T10:20:30+00:00"),
        ("2026-05-03T24:00:00Z", "2026-05-03T00:00:00+00:00"),
        ("2026-05-03T10:20:60Z", "2026-05-03T10:20:59+00:00"),
        ("2026-02-30", None),
        ("9999999-13-45", None),
        ("0000-01-01T00:00:00Z", None),
        ("2026-05-03T10:99Z", None),
        ("PT5M30S", None),
        ("yesterday", None),
        ("", None),
        (None, None),
    ],
)
def test_iso_time(text: str | None, expected: str | None) -> None:
    assert iso_time(text) == expected


PRINTED = [
    (
        "en",
        "Published: 15:56 BST, 27 April 2024 | Updated: 15:57 BST, 27 April 2024",
        ["2024-04-27T15:56:00+01:00", "2024-04-27T15:57:00+01:00*"],
    ),
    ("en", "Friday, 22 Nov 2024 4:55 PM MYT", ["2024-11-22T16:55:00+08:00"]),
    ("en", "17:41 JST, October 13, 2024", ["2024-10-13T17:41:00+09:00"]),
    ("en", "June 30, 2026 - 4.34pm", ["2026-06-30T16:34:00"]),
    ("en", "Dec. 18, 2025 at 5 PM", ["2025-12-18T17:00:00"]),
    ("en", "May 4, 2026 12:05 a.m.", ["2026-05-04T00:05:00"]),
    ("en", "Posted on 06/01/2026 - 13:55 GMT+1 •Updated 14:20", ["2026-01-06T13:55:00+01:00"]),
    ("de", "Veröffentlicht am 13. Mai 2026 um 15:44 Uhr", ["2026-05-13T15:44:00"]),
    ("de", "Stand: 5.6.2025, 7.03 Uhr", ["2025-06-05T07:03:00"]),
    ("fr", "Publié le 22 novembre 2024 à 07h22, mis à jour à 09h42", ["2024-11-22T07:22:00"]),
    ("fr", "le 1er mars 2025", ["2025-03-01"]),
    ("es", "02/12/2024 Actualizado a las 20:56h.", ["2024-12-02"]),
    ("es", "3 de mayo de 2026, 9:05", ["2026-05-03T09:05:00"]),
    ("pt", "31 de janeiro de 2025 às 20h02", ["2025-01-31T20:02:00"]),
    ("it", "4 Febbraio 2025 - 14:41", ["2025-02-04T14:41:00"]),
    ("nl", "3 mei 2026 om 10:15", ["2026-05-03T10:15:00"]),
    ("sv", "Publicerad 23 okt 2025 kl 10.23", ["2025-10-23T10:23:00"]),
    ("nb", "Publisert 06.01.2026 - 17:29", ["2026-01-06T17:29:00"]),
    (
        "pl",
        "Aktualizacja: 02.02.2025 23:49 Publikacja: 02.02.2025 21:52",
        ["2025-02-02T23:49:00*", "2025-02-02T21:52:00"],
    ),
    ("ru", "14 мая 2025, 20:28", ["2025-05-14T20:28:00"]),
    ("uk", "8 січня 2026, 17:46", ["2026-01-08T17:46:00"]),
    ("tr", "Giriş: 03.07.2024 - 18:24 Güncelleme: 03.07.2024 - 18:57", ["2024-07-03T18:24:00", "2024-07-03T18:57:00*"]),
    ("id", "Senin, 20 Januari 2026 18:33 WIB", ["2026-01-20T18:33:00+07:00"]),
    ("ja", "2025年1月13日 20時01分", ["2025-01-13T20:01:00"]),
    ("ja", "2025/1/14 21:17（最終更新 1/14 21:30）", ["2025-01-14T21:17:00"]),
    ("zh", "2026-11-24 09:46:08 来源：海港报", ["2026-11-24T09:46:08"]),
    ("ko", "입력 2026.07.12 22:09 수정 2026.07.12 22:23", ["2026-07-12T22:09:00", "2026-07-12T22:23:00*"]),
    ("ko", "2025년 5월 15일 오후 8:00", ["2025-05-15T20:00:00"]),
    ("ar", "١٢ يناير ٢٠٢٥ 10:30", ["2025-01-12T10:30:00"]),
    ("th", "12 มกราคม 2567 10:30 น.", ["2024-01-12T10:30:00"]),
    ("xx", "3 May 2026", ["2026-05-03"]),
    ("en", "3 hours ago", []),
    ("en", "The harbour of 1998 had 3 piers", []),
    ("en", "31/31/2026", []),
    ("en", "page 3 of 2026", []),
]


@pytest.mark.parametrize("language,line,expected", PRINTED, ids=[f"{lang}: {line[:30]}" for lang, line, _ in PRINTED])
def test_printed_dates(language: str, line: str, expected: list[str]) -> None:
    assert [d.value + "*" * d.updated for d in Reader(language).read(line)] == expected


@pytest.mark.parametrize("month", ["May", "Sep", "Sept.", "december", "AUG", "Mai", "Smarch"])
@given(day=st.integers(0, 33), year=st.integers(1, 2600), form=st.sampled_from(["{m} {d}, {y}", "{d} {m} {y}"]))
def test_dates_in_english_are_read_as_in_any_language(month: str, day: int, year: int, form: str) -> None:
    text = form.format(m=month, d=day, y=f"{year:04}")
    assert word_date(text, "en") == word_date(text, None)  # which asks dateparser alone


def test_the_order_of_figures_is_the_countrys() -> None:
    assert [d.value for d in Reader("en", month_first=True).read("5/3/2026 | 25/3/2026")] == [
        "2026-05-03",
        "2026-03-25",
    ]
    assert [d.value for d in Reader("en").read("5/3/2026")] == ["2026-03-05"]
    assert [d.value for d in Reader("en", month_first=True).read("5.3.2026")] == ["2026-03-05"]


def test_the_sites_zone_is_used_where_none_is_printed() -> None:
    reader = Reader("en", zone=ZoneInfo("Asia/Shanghai"))
    assert [d.value for d in reader.read("3 May 2026 10:20 | 4 May 2026 10:20 UTC")] == [
        "2026-05-03T10:20:00+08:00",
        "2026-05-04T10:20:00+00:00",
    ]


@pytest.mark.parametrize(
    "url,expected",
    [
        ("https://a.example/2026/05/03/harbour", "2026-05-03"),
        ("https://a.example/2026-05/03/c_12.htm", "2026-05-03"),
        ("https://a.example/20260503/ab12/c.html", "2026-05-03"),
        ("https://a.example/x-20260503105634-nt.html", None),
        ("https://a.example/news/2023/apr/28/budget", "2023-04-28"),
        ("https://a.example/2026/5/3/harbour", "2026-05-03"),
        ("https://a.example/2026/13/40/harbour", None),
        ("https://a.example/id/1234567890", None),
        ("https://a.example/harbour?d=2026-05-03", None),
        ("https://[broken", None),
        (None, None),
    ],
)
def test_url_day(url: str | None, expected: str | None) -> None:
    assert url_day(url) == expected


FETCHED = datetime(2026, 5, 3, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "value,zone,expected",
    [
        ("2026-05-03T11:00:00+00:00", None, "2026-05-03T11:00:00+00:00"),
        ("2026-05-03T14:00:00+00:00", None, "2026-05-03T14:00:00"),  # a local time sent as UTC
        ("2026-05-03T19:30:00+00:00", "Asia/Shanghai", "2026-05-03T19:30:00+08:00"),
        ("2026-05-03T10:00:00", "Europe/Berlin", "2026-05-03T10:00:00+02:00"),
        ("2026-05-05T10:00:00+00:00", None, None),
        ("2026-05-04", None, "2026-05-04"),  # already tomorrow, somewhere
        ("2026-05-05", None, None),
        ("1970-01-01", None, None),
    ],
)
def test_nothing_is_later_than_the_fetch(value: str, zone: str | None, expected: str | None) -> None:
    assert Judge(FETCHED, ZoneInfo(zone) if zone else None).believed(value) == expected


def read(body: str, head: str = "", url: str = "https://gull.example/harbour", **more: object) -> Metadata:
    page = read_page(f'<html lang="en"><head>{head}</head><body>{body}</body></html>', url)
    assert isinstance(page, Page)
    return read_metadata(page, **more)  # type: ignore[arg-type]


TEXT = (
    "<p>"
    + "The harbour opened on Sunday after three years of work, and ferries left for the islands again. " * 3
    + "</p>"
)
STORY = "<h1>Harbour opens after three years of work</h1>{}" + TEXT + TEXT


@pytest.mark.parametrize(
    "line,expected",
    [
        ('<div class="date">3 May 2026, 10:20</div>', "2026-05-03T10:20:00"),
        ("<p>By Anna Berg</p><p>May 3, 2026 10:20 am</p>", "2026-05-03T10:20:00"),
        ('<span>Published</span> <time datetime="2026-05-03T08:20:00Z">3 May</time>', "2026-05-03T08:20:00+00:00"),
        ('<span itemprop="datePublished" content="2026-05-03T08:20:00Z">yesterday</span>', "2026-05-03T08:20:00+00:00"),
        (
            (
                '<span>Updated <time datetime="2026-05-04">4 May</time></span><span>First published <time '
                'datetime="2026-05-03">3 May</time></span>'
            ),
            "2026-05-03",
        ),
        ("<ul><li>3 May 2026</li><li>10:20</li></ul>", "2026-05-03"),
        ("", None),
        (
            (
                '<figure><img src="a.jpg"><figcaption>The harbour as it looked before the storm of 4 March '
                "2021</figcaption></figure>"
            ),
            None,
        ),
        ('<div class="related"><a href="/x">Old harbour closes</a> <span class="date">1 May 2020</span></div>', None),
    ],
)
def test_the_line_at_the_headline(line: str, expected: str | None) -> None:
    found = read(STORY.format(line))
    assert found.published_at == expected
    assert found.provenance.get("published_at") == ("template" if expected else None)


def test_comments_and_related_stories_have_no_say() -> None:
    rest = (
        '<div class="comments"><time datetime="2026-05-09T10:00:00Z">9 May</time></div><aside><time '
        'datetime="2020-01-01">x</time></aside>'
    )
    assert read(STORY.format("") + rest).published_at is None


@pytest.mark.parametrize(
    ("tail", "expected"),
    [
        ("<div><span>Posted on May 3, 2026</span></div>", "2026-05-03"),
        ("<footer><p>by us</p></footer><span>May 3, 2026</span><span>3 May 2026</span>", "2026-05-03"),
        ("<span>May 3, 2026</span><span>May 4, 2026</span>", None),
        ("<ul><li><span>May 3, 2026</span></li></ul>", None),
        ("<div class=comments><span>May 3, 2026</span></div>", None),
        ("<p>The ferry of May 3, 2026, was the last one for a while.</p>", None),
    ],
)
def test_the_one_day_that_stands_alone_after_the_story(tail: str, expected: str | None) -> None:
    story = "<p>" + "The harbour opened on Sunday after three years of work, and ferries left again. " * 3 + "</p>"
    assert read(f"<h1>Harbour opens after storm</h1>{story * 4}{tail}").published_at == expected


def test_a_day_is_completed_by_a_printed_time_of_the_same_day() -> None:
    head = (
        '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Harbour '
        'opens","datePublished":"2026-05-03"}</script>'
    )
    assert (
        read(STORY.format('<div class="date">3 May 2026 10:20 CEST</div>'), head).published_at
        == "2026-05-03T10:20:00+02:00"
    )
    assert read(STORY.format('<div class="date">2 May 2026 10:20</div>'), head).published_at == "2026-05-03"


def test_modified_is_never_before_published() -> None:
    head = (
        '<meta property="article:published_time" content="2026-05-03T10:00:00Z"><meta '
        'property="article:modified_time" content="{}">'
    )
    assert read("", head.format("2026-05-04T09:00:00Z")).modified_at == "2026-05-04T09:00:00+00:00"
    assert read("", head.format("2026-05-01T09:00:00Z")).modified_at is None


def test_a_page_that_only_says_when_it_was_updated() -> None:
    assert read(STORY.format("<p>Last updated: 3 May 2026</p>")).published_at == "2026-05-03"


@pytest.mark.parametrize(
    "head",
    [
        f'<meta name="{key}" content="2026-05-03T10:20:00+02:00">'
        for key in (
            "date",
            "pubdate",
            "DC.date.issued",
            "parsely-pub-date",
            "sailthru.date",
            "w-published-date",
            "publish-date",
        )
    ]
    + ['<meta itemprop="datePublished" content="Sun, 03 May 2026 10:20:00 +0200">'],
)
def test_meta_tags_of_every_kind(head: str) -> None:
    found = read("", head)
    assert found.published_at == "2026-05-03T10:20:00+02:00"
    assert found.provenance["published_at"] == "meta"


def test_last_words() -> None:
    assert read("", url="https://gull.example/2026/05/03/harbour").provenance["published_at"] == "url"
    assert read("", "<title>Harbour opens | Gull | 03.05.2026</title>").published_at == "2026-05-03"
    hints = Hints(published_at="2026-05-03T10:20:00Z", source="feed")
    assert read("", hints=hints).provenance["published_at"] == "feed"
    assert read("", '<meta name="date" content="2026-05-01">', hints=hints).published_at == "2026-05-01"


def test_a_feed_completes_a_day_with_its_time() -> None:
    hints = Hints(published_at="2026-05-03T10:20:00Z", source="feed")
    assert read("", '<meta name="date" content="2026-05-03">', hints=hints).published_at == "2026-05-03T10:20:00+00:00"


def test_a_profiles_selector_and_zone_win() -> None:
    site = parse_site({"name": "gull", "timezone": "Asia/Shanghai", "layout": [{"published": ".when"}]}, "gull.toml")
    body = '<p class="when">2026-05-03 10:20:30</p>'
    found = read(body, '<meta name="date" content="2026-05-01T00:00:00Z">', site=site)
    assert found.published_at == "2026-05-03T10:20:30+08:00"
    assert found.provenance["published_at"] == "profile"


@settings(max_examples=300, deadline=None)
@given(
    st.text(alphabet=st.characters(categories=("Nd", "Lu", "Ll", "Po", "Zs", "Pd")), max_size=60),
    st.sampled_from(["en", "de", "ja", "zz", None]),
)
def test_any_line_is_read(line: str, language: str | None) -> None:
    for printed in Reader(language).read(line):
        datetime.fromisoformat(printed.value)


@settings(max_examples=300, deadline=None)
@given(st.integers(), st.integers(), st.integers())
def test_any_figures_make_a_day_or_none(year: int, month: int, day: int) -> None:
    found = make_date(year, month, day)
    assert found is None or 1800 <= found.year <= 2200
