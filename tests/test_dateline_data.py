"""What the dateline reader knows: the agencies file and its errors, the gazetteer, the grammar of dates."""

from __future__ import annotations

from datetime import date, datetime
from importlib.resources import files

import pytest

from newscrawl.extraction.agencies import AGENCIES, KINDS, AgencyError, agencies, load_agencies, pick
from newscrawl.extraction.dateline_dates import read_date, resolve
from newscrawl.extraction.gazetteer import areas, choose, cities, home_countries
from newscrawl.extraction.placenames import fold

PUBLISHED = date(2026, 1, 22)
GOOD = """\
[[agency]]
name = "Example Press"
forms = ["EXP", "Example Press"]
languages = ["en"]
country = "GB"
url = "https://example.org/"
source = "https://example.org/about"

[[agency]]
name = "Other"
forms = ["OTH"]
languages = ["de", "fr"]
country = "CH"
kind = "outlet"
url = "https://example.com/"
source = "https://example.com/about"
"""


def test_a_good_file_is_read() -> None:
    first, second = load_agencies(GOOD)
    assert (first.name, first.forms, first.kind) == ("Example Press", ("EXP", "Example Press"), "wire")
    assert (second.languages, second.country, second.kind) == (("de", "fr"), "CH", "outlet")


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ('country = "CH"', 'county = "CH"', 13, "county"),
        ('country = "GB"', "country = 44", 5, "country: expected a string"),
        ('country = "GB"', 'country = "UKX"', 5, "ISO 3166"),
        ('forms = ["OTH"]', "forms = []", 11, "forms: expected a list"),
        ('forms = ["OTH"]', 'forms = "OTH"', 11, "forms: expected a list"),
        ('forms = ["OTH"]', 'forms = ["OTH", 3]', 11, "forms: expected a list"),
        ('kind = "outlet"', 'kind = "paper"', 14, "wire, release, outlet"),
        ('name = "Other"\n', "", 9, "name: expected to be there"),
        ('source = "https://example.org/about"', 'source = ""', 7, "source: expected a string"),
        ("[[agency]]\nname = \"Other\"", "[[agencies]]\nname = \"Other\"", 9, "agencies: expected only [[agency]]"),
        ('name = "Other"', 'name = "Other', 10, "line 10"),
    ],
)  # fmt: skip
def test_a_wrong_key_is_an_error_that_names_its_line(old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    with pytest.raises(AgencyError) as error:
        load_agencies(GOOD.replace(old, new), "some.toml")
    assert "some.toml" in str(error.value)
    assert f"line {line}" in str(error.value)
    assert says in str(error.value)


def test_the_bundled_agencies_are_complete() -> None:
    names = [agency.name for agency in AGENCIES]
    assert len(names) == len(set(names)) > 200
    for agency in AGENCIES:
        assert agency.kind in KINDS
        assert agency.url.startswith(("https://", "http://"))
        assert agency.source.startswith(("https://", "http://"))
        assert len(set(agency.forms)) == len(agency.forms)
        assert any(found is agency for found in agencies(agency.forms[0]))


@pytest.mark.parametrize(
    "name",
    [
        "Reuters", "AP", "AFP", "dpa", "APA", "SDA", "EFE", "ANSA", "TASS", "Xinhua",
        "Kyodo", "Jiji", "Yonhap", "PTI", "ANI", "IANS", "Anadolu", "SPA", "WAM", "MENA",
        "KUNA", "Lusa", "Belga", "ANP", "NTB", "TT", "Ritzau", "STT", "PAP", "ČTK",
        "MTI", "Agerpres", "BTA", "Tanjug", "Hina", "Ukrinform", "Interfax", "Bernama", "Antara", "VNA",
        "APS", "MAP",
    ],
)  # fmt: skip
def test_the_agencies_of_the_field_are_known_by_name(name: str) -> None:
    assert name in [agency.name for agency in agencies(name)]


@pytest.mark.parametrize(
    ("form", "language", "country", "name"),
    [
        ("APA", "de", "AT", "APA"),
        ("APA", "fr", "SN", "APAnews"),
        ("APA", "az", "AZ", "Azeri Press Agency"),
        ("KNA", "de", "DE", "KNA"),
        ("KNA", "en", "KE", "Kenya News Agency"),
        ("CNA", "zh", "TW", "CNA"),
        ("CNA", "el", "CY", "Cyprus News Agency"),
        ("APS", "fr", "DZ", "APS"),
        ("APS", "fr", "SN", "Agence de presse sénégalaise"),
        ("reuters", "en", None, "Reuters"),
        ("A F P", "fr", None, "AFP"),
        ("РИА Новости", "ru", None, "RIA Novosti"),
    ],
)
def test_an_agency_is_picked_by_place_and_language(form: str, language: str, country: str | None, name: str) -> None:
    assert pick(agencies(form), language, country).name == name


@pytest.mark.parametrize(
    ("printed", "english", "country"),
    [
        ("北京", "Beijing", "CN"), ("München", "Munich", "DE"), ("MUENCHEN", "Munich", "DE"),
        ("Genève", "Geneva", "CH"), ("Genf", "Geneva", "CH"), ("Ginebra", "Geneva", "CH"),
        ("ЖЕНЕВА", "Geneva", "CH"), ("ジュネーブ", "Geneva", "CH"), ("Köln", "Cologne", "DE"),
        ("Den Haag", "The Hague", "NL"), ("Roma", "Rome", "IT"), ("Rom", "Rome", "IT"),
        ("القاهرة", "Cairo", "EG"), ("서울", "Seoul", "KR"), ("Київ", "Kyiv", "UA"), ("KIEV", "Kyiv", "UA"),
        ("नई दिल्ली", "New Delhi", "IN"), ("ঢাকা", "Dhaka", "BD"), ("İSTANBUL", "Istanbul", "TR"),
        ("St. Gallen", "Sankt Gallen", "CH"), ("ST LOUIS", "St. Louis", "US"),
        ("Reykjavik", "Reykjavik", "IS"), ("N'DJAMENA", "N'Djamena", "TD"),
        ("Port-au-Prince", "Port-au-Prince", "HT"), ("Kraków", "Kraków", "PL"), ("Praha", "Prague", "CZ"),
        ("København", "Copenhagen", "DK"), ("Αθήνα", "Athens", "GR"), ("תל אביב", "Tel Aviv", "IL"),
        ("กรุงเทพมหานคร", "Bangkok", "TH"), ("Hà Nội", "Hanoi", "VN"), ("Nueva York", "New York", "US"),
        ("Вашингтон", "Washington", "US"), ("Gundremmingen", "Gundremmingen", "DE"),
    ],
)  # fmt: skip
def test_a_place_is_found_under_its_name_in_any_language(printed: str, english: str, country: str) -> None:
    city = choose(cities(printed))
    assert city is not None
    assert (city.name, city.country) == (english, country)


@pytest.mark.parametrize(
    ("printed", "beside", "publisher", "country", "region"),
    [
        ("Portland", "Ore.", None, "US", "Oregon"),
        ("Portland", "Maine", None, "US", "Maine"),
        ("Victoria", "B.C.", "AU", "CA", "British Columbia"),
        ("Hyderabad", "", "PK", "PK", "Sindh"),
        ("Hyderabad", "", None, "IN", "Telangana"),
        ("Hyderabad", "India", "PK", "IN", "Telangana"),
        ("Birmingham", "", "US", "US", "Alabama"),
        ("Birmingham", "", "GB", "GB", "England"),
        ("London", "", "CA", "GB", "England"),
        ("London", "Ont.", "GB", "CA", "Ontario"),
        ("Sydney", "", "CA", "AU", "New South Wales"),
        ("Sydney", "N.S.", "AU", "CA", "Nova Scotia"),
        ("Athens", "Greece", "US", "GR", None),
        ("Vienna", "", "US", "AT", "Vienna"),
        ("Tripoli", "", "LB", "LB", None),
        ("Tripoli", "", None, "LY", None),
    ],
)
def test_print_decides_between_namesakes_then_the_publisher_then_size(
    printed: str, beside: str, publisher: str | None, country: str, region: str | None
) -> None:
    city = choose(cities(printed), areas(beside) if beside else (), publisher)
    assert city is not None
    assert city.country == country
    assert region is None or city.region == region


def test_a_place_that_is_not_where_print_puts_it_is_unknown() -> None:
    assert choose(cities("Paris"), areas("Japan")) is None
    assert cities("Xyzzyton") == ()
    assert areas("Xyzzyland") == ()


def test_countries_by_language() -> None:
    assert {"DE", "AT", "CH"} <= home_countries("de-AT")
    assert "FR" not in home_countries("de")
    assert home_countries(None) == home_countries("xx") == frozenset()


def test_folding_keeps_what_carries_meaning() -> None:
    assert fold("ザ") != fold("サ")
    assert fold("दिल्ली") != fold("दल्ल")
    assert fold("Québec") == fold("QUEBEC") == fold("Que\u0301bec")


@pytest.mark.parametrize(
    ("text", "language", "printed", "resolved"),
    [
        ("Jan. 21 (AP)", "en", "Jan. 21", "2026-01-21"),
        ("Dec. 31 (AP)", "en", "Dec. 31", "2025-12-31"),
        ("Nov. 23 (AP)", "en", "Nov. 23", "2025-11-23"),
        ("Nov. 22 (AP)", "en", "Nov. 22", None),
        ("Jan. 23 (AP)", "en", "Jan. 23", "2026-01-23"),
        ("Jan. 24 (AP)", "en", "Jan. 24", None),
        ("Jan. 21, 2025 (AP)", "en", "Jan. 21, 2025", None),
        ("21 de enero de 2026 (EFE)", "es", "21 de enero de 2026", "2026-01-21"),
        ("2026. január 21., szerda (MTI)", "hu", "2026. január 21., szerda", "2026-01-21"),
        ("21 يناير كانون الثاني 2026 (", "ar", "21 يناير كانون الثاني 2026", "2026-01-21"),
        ("21 tháng 1 (TTXVN)", "vi", "21 tháng 1", "2026-01-21"),
        ("sausio 21 d. (ELTA)", "lt", "sausio 21 d.", "2026-01-21"),
        ("17.01.2026 -", "de", "17.01.2026", "2026-01-17"),
        ("1/21/2026 -", "en", "1/21/2026", "2026-01-21"),
        ("2026-01-21 -", "en", "2026-01-21", "2026-01-21"),
        ("21日", "ja", "21日", "2026-01-21"),
        ("30日", "ja", "30日", "2025-12-30"),
        ("Thursday (Reuters)", "en", "Thursday", "2026-01-22"),
        ("Friday (Reuters)", "en", "Friday", "2026-01-16"),
        ("Wednesday, Jan. 21 (AP)", "en", "Wednesday, Jan. 21", "2026-01-21"),
        ("listopad 21", "cs", None, None),
        ("Feb 30 (AP)", "en", "Feb 30", None),
        ("9/11", "en", None, None),
        ("24-7", "en", None, None),
        ("15.9", "en", None, None),
        ("3 persons", "en", None, None),
        ("99 January", "en", None, None),
    ],
)
def test_dates(text: str, language: str, printed: str | None, resolved: str | None) -> None:
    found = read_date(text, 0, language, None)
    if text == "listopad 21":
        assert found is not None
        assert resolve(found[1], date(2026, 11, 22)) == "2026-11-21"
        assert resolve(read_date(text, 0, "hr", None)[1], date(2026, 10, 22)) == "2026-10-21"  # type: ignore[index]
        return
    assert (text[: found[0]] if found else None) == printed
    assert (resolve(found[1], PUBLISHED) if found else None) == resolved


def test_without_a_publication_date_only_a_whole_date_is_taken() -> None:
    whole, part = read_date("Jan. 21, 2020 (AP)", 0, "en", None), read_date("Jan. 21 (AP)", 0, "en", None)
    assert whole is not None
    assert part is not None
    assert resolve(whole[1], None) == "2020-01-21"
    assert resolve(part[1], None) is None
    assert resolve(part[1], datetime(2026, 1, 22, 23, 59)) == "2026-01-21"


def test_the_data_files_ship_with_the_package() -> None:
    for name in ("agencies.toml", "datelines.toml", "placenames.toml", "places.txt.gz"):
        assert files("newscrawl.extraction").joinpath(name).is_file()
