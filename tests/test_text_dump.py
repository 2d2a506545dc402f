"""Text dumps: what a copied page, or an old scraper's file, gives; invented stories in several languages and shapes."""

from __future__ import annotations

import json
import textwrap
from datetime import UTC, datetime

import pytest
from crawling import ROOT
from hypothesis import given
from hypothesis import strategies as st

from newscrawl import Article, Rejection, extract_text
from newscrawl.items import to_dict
from newscrawl.storage.schema import problems

SEED = ROOT.parent / "shared" / "seed"
HEADLINE = "Last ferry leaves Orm with the mayor asleep"
FERRY = (
    "The old ferry left the harbor of Orm for the last time on Friday, with a band on deck and the mayor below it.",
    '"We will miss her," said the pilot, Jon Aare, who had steered her for 31 years. "She always knew the way."',
    "The ship was built in 1961 and has carried four million people, most of them twice.",
)
FAEHRE = (
    "Die alte Fähre verließ den Hafen am Freitag zum letzten Mal, mit dem Bürgermeister unter Deck.",
    "Das Schiff wurde 1961 gebaut und hat vier Millionen Menschen befördert, die meisten von ihnen zweimal.",
)
DUCHUAN = (
    "最后一班渡轮三日离开码头，乐队在甲板上演奏，市长在船舱里睡着了。",
    "“我们会想念它。”驾驶了三十一年的船长说，“它总是认得路。”",
    "这艘船建于1961年，载过四百万人次。",
)


def story(text: str, **more: object) -> Article:
    found = extract_text(text, **more)  # type: ignore[arg-type]
    assert isinstance(found, Article), found
    assert list(problems(to_dict(found))) == []
    return found


def body(paragraphs: tuple[str, ...]) -> str:
    return "\n\n".join(paragraphs)


@pytest.mark.skipif(not SEED.is_dir(), reason="the stored dump is not here")
def test_the_stored_dump_has_every_value_it_must_have() -> None:
    text = next(SEED.glob("*.txt")).read_text(encoding="utf-8")
    expected = json.loads((SEED / "expected.json").read_text(encoding="utf-8"))
    record = to_dict(story(text))
    dateline = expected.pop("dateline")
    assert {key: record[key] for key in expected} == expected
    assert {key: record["dateline"][key] for key in dateline} == dateline


def dump(head: str, paragraphs: tuple[str, ...] = FERRY, tail: str = "", between: str = "\n\n") -> str:
    return f"{head}\n\n{between.join(paragraphs)}\n{tail}"


@pytest.mark.parametrize(
    ("head", "fields"),
    [
        (HEADLINE, {"published_at": None, "authors": (), "publisher": None, "deck": None}),
        (f"{HEADLINE}\n\nBy Anna Berg", {"authors": ("Anna Berg",)}),
        (f"{HEADLINE}\n\nMay 3, 2026", {"published_at": "2026-05-03", "authors": ()}),
        (
            f"{HEADLINE}\nBy ANNA BERG and Jo de Brun, Staff Writers | Updated May 4, 2026 08:15 GMT",
            {"authors": ("ANNA BERG", "Jo de Brun"), "modified_at": "2026-05-04T08:15:00+00:00", "published_at": None},
        ),
        (
            f"{HEADLINE}\nA ship that all knew goes to the breakers\nBy Anna Berg\nPublished 3 May 2026\nShare\nPrint",
            {"deck": "A ship that all knew goes to the breakers", "published_at": "2026-05-03"},
        ),
        (
            f"{HEADLINE}\n0 Comment(s)Print E-mail Xinhua, May 3, 2026\nAdjust font size:",
            {"publisher": "Xinhua", "published_at": "2026-05-03", "authors": ()},
        ),
        (
            f"{HEADLINE}\nSource: Xinhua | 2026-05-03 19:28:05 | Editor: mlee",
            {"publisher": "Xinhua", "published_at": "2026-05-03", "authors": ()},
        ),
        (
            f"Home > World > Europe\n{HEADLINE} - The Gull\n{HEADLINE}\nThe Gull, May 3, 2026",
            {"section": "Europe", "publisher": "The Gull", "headline": HEADLINE},
        ),
    ],
)
def test_the_lines_between_headline_and_story(head: str, fields: dict[str, object]) -> None:
    found = story(dump(head))
    assert found.headline == HEADLINE
    assert {key: getattr(found, key) for key in fields} == fields
    assert found.body == body(FERRY)


@pytest.mark.parametrize(
    "tail",
    [
        "Enditem\nFollow on Twitter and Facebook to join the conversation.\nGullNews App Download",
        "-30-\n\nAnna Berg can be reached at the harbor, where she has a desk.",
        "(END)\n",
        "###\nAbout the harbor company\nThe harbor company runs three ferries and a crane.",
        "Print E-mail Bookmark and Share\nGo to Forum >>0 Comment(s)\nNo comments.\nAdd your comments...\nUser Name",
        "Comments (2)\nLovely story, I took that ferry every summer with my aunt.\nSo did I, in the rain.",
        "Related stories\nAnother ferry is late again\nThe mayor wakes up at last\n",
        "Share\nTweet\n© 2026 The Gull. All rights reserved.\nHome\nContact",
    ],
)
def test_what_stands_below_the_story(tail: str) -> None:
    assert story(dump(HEADLINE, tail=f"\n{tail}")).body == body(FERRY)


@pytest.mark.parametrize("mark", [" Enditem", " ■", " -30-", " (END)", " ###", " ENDS"])
def test_an_end_mark_in_the_last_paragraph(mark: str) -> None:
    assert story(
        dump(HEADLINE, (*FERRY[:2], FERRY[2] + mark), "\nSomebody else wrote this line later on.")
    ).body == body(FERRY)


def test_german() -> None:
    head = "Letzte Fähre verlässt Orm\nVon Anna Berg\nStand: 3. Mai 2026, 10:15 Uhr"
    tail = (
        "\nTeilen\nDrucken\nKommentare (3)\nSchöner Artikel, ich bin oft mit der Fähre gefahren und vermisse sie sehr."
    )
    found = story(dump(head, FAEHRE, tail))
    assert (found.headline, found.language, found.authors) == ("Letzte Fähre verlässt Orm", "de", ("Anna Berg",))
    assert (found.published_at, found.body) == ("2026-05-03", body(FAEHRE))


def test_spanish() -> None:
    head = "El último transbordador deja Orm\nPor Ana Pérez | 3 de mayo de 2026\nCompartir"
    lines = (
        "El viejo transbordador salió del puerto de Orm por última vez el viernes, con el alcalde dormido.",
        "El barco fue construido en 1961 y ha llevado a cuatro millones de personas, casi todas dos veces.",
    )
    found = story(dump(head, lines, "\nComentarios (2)\nYo también viajé en ese barco cuando era niño, con mi tía."))
    assert (found.language, found.authors, found.published_at) == ("es", ("Ana Pérez",), "2026-05-03")
    assert found.body == body(lines)


def test_chinese() -> None:
    head = "海上最后一班渡轮退役\n\n2026-05-03 10:15  来源： 沧海网  字号： 大 中 小"
    lines = (f"　　新华社青岛5月3日电（记者许安）{DUCHUAN[0]}", f"　　{DUCHUAN[1]}", f"　　{DUCHUAN[2]}（完）")
    found = story(dump(head, lines, "\n责任编辑：李四\n分享到：\n相关新闻\n渡轮沉没\n"))
    assert (found.headline, found.language, found.publisher) == ("海上最后一班渡轮退役", "zh", "沧海网")
    assert found.dateline is not None
    assert (found.dateline.place, found.dateline.date, found.dateline.agency) == ("青岛", "2026-05-03", "Xinhua")
    assert found.body == body(DUCHUAN)


def test_a_dateline_is_resolved_and_taken_off() -> None:
    found = story(dump(f"{HEADLINE}\nMay 4, 2026", ("GENEVA, May 3 (Xinhua) -- " + FERRY[0], *FERRY[1:])))
    assert found.dateline is not None
    assert (found.dateline.city, found.dateline.country, found.dateline.date) == ("Geneva", "CH", "2026-05-03")
    assert found.body == body(FERRY)


def test_a_deck_before_the_dateline() -> None:
    deck = "A ship that everybody knew goes to the breakers."
    found = story(dump(f"{HEADLINE}\n\n{deck}", ("GENEVA, May 3 (Xinhua) -- " + FERRY[0], *FERRY[1:])))
    assert (found.deck, found.body) == (deck, body(FERRY))


@pytest.mark.parametrize("width", [48, 60, 72, 80])
@pytest.mark.parametrize("indented", [False, True])
def test_wrapped_text_flows_again(width: int, indented: bool) -> None:
    indent, between = ("    ", "\n") if indented else ("", "\n\n")
    wrapped = tuple(textwrap.fill(paragraph, width, initial_indent=indent) for paragraph in FERRY)
    assert story(f"{HEADLINE}\nMay 3, 2026{between}{between.join(wrapped)}").body == body(FERRY)


def test_wrapped_chinese_flows_again() -> None:
    text = "海上最后一班渡轮退役\n2026年5月3日 来源：沧海网\n"
    for paragraph in DUCHUAN:
        whole = "　　" + paragraph * (2 if paragraph is DUCHUAN[0] else 1)
        text += "\n".join(whole[i : i + 18] for i in range(0, len(whole), 18)) + "\n"
    assert story(text).body == body((DUCHUAN[0] * 2, *DUCHUAN[1:]))


def test_a_paragraph_a_line() -> None:
    assert story(dump(HEADLINE, between="\n")).body == body(FERRY)


@pytest.mark.parametrize("new_line", ["\r\n", "\r", "\u2028"])
def test_line_ends_of_other_systems(new_line: str) -> None:
    assert story(dump(f"{HEADLINE}\nMay 3, 2026").replace("\n", new_line)).body == body(FERRY)


def test_a_dump_that_is_html_is_read_as_a_page() -> None:
    html = f"<!DOCTYPE html><html><body><h1>{HEADLINE}</h1>{''.join(f'<p>{p}</p>' for p in FERRY)}</body></html>"
    found = story(html)
    assert (found.headline, found.body) == (HEADLINE, body(FERRY))


def test_times_after_the_fetch_are_not_believed() -> None:
    found = story(dump(f"{HEADLINE}\nMay 3, 2036"), fetched_at=datetime(2026, 5, 3, tzinfo=UTC))
    assert (found.published_at, found.fetched_at) == (None, "2026-05-03T00:00:00+00:00")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n\x00\ufeff\n", "empty"),
        ("a" * 2_000_001, "too_large"),
        ("%PDF-1.7\n1 0 obj", "not_html"),
        ("\x01\x02\x03\x04" * 50, "not_html"),
        (
            "Home\nNews\nSport\nShare\nPrint E-mail\n0 Comment(s)\nSubscribe\n© 2026 The Gull. All rights reserved.",
            "no_story",
        ),
        ("Page not found\n\nSorry, the page you are looking for does not exist or has been moved.", "soft_404"),
        ("Just a moment...\n\nPlease verify that you are a human. This process is automatic.", "bot_wall"),
        (
            "Before you continue\n\nWe and our 214 partners use cookies and store information on a device. Accept all",
            "consent_wall",
        ),
    ],
)
def test_what_is_no_story(text: str, reason: str) -> None:
    found = extract_text(text, url="https://www.gull.example/x", fetched_at=datetime(2026, 5, 3, tzinfo=UTC))
    assert isinstance(found, Rejection)
    assert (found.reason, found.url, found.fetched_at) == (
        reason,
        "https://www.gull.example/x",
        "2026-05-03T00:00:00+00:00",
    )


def test_a_locked_story_is_a_teaser() -> None:
    found = story(
        dump(HEADLINE, FERRY[:2], "\nThis story is for subscribers. Get unlimited access for 4 dollars a month.\n")
    )
    assert (found.completeness, found.body) == ("teaser", body(FERRY[:2]))


@given(st.text(max_size=600))
def test_no_text_makes_it_raise(text: str) -> None:
    assert isinstance(extract_text(text), (Article, Rejection))


LINES = st.sampled_from(
    (
        *FERRY,
        *FAEHRE,
        *DUCHUAN,
        HEADLINE,
        "",
        "",
        "By Anna Berg",
        "Von Anna Berg, 3. Mai 2026",
        "May 3, 2026",
        "Xinhua, May 3, 2026",
        "GENEVA, May 3 (Xinhua) -- " + FERRY[0],
        "Enditem",
        "Read more: The mayor wakes up",
        "Comments (2)",
        "Weather",
        "- a list item without an end",
        "***",
        "来源：沧海网",
        "The Gull",
        "Share",
        "A line that has no full stop at its end but many small words in it, as the captions of old pictures often do",
    )
)


@given(st.lists(LINES, min_size=1, max_size=14))
def test_it_is_idempotent_on_its_own_output(lines: list[str]) -> None:
    first = extract_text("\n".join((HEADLINE, *lines)))
    if isinstance(first, Rejection) or not first.headline:
        return
    opening = f"{first.dateline.raw} " if first.dateline else ""
    again = extract_text(f"{first.headline}\n\n{opening}{first.body}")
    assert isinstance(again, Article), again
    assert again.body == first.body


@given(st.lists(LINES, min_size=1, max_size=14))
def test_no_word_is_invented(lines: list[str]) -> None:
    found = extract_text("\n".join((HEADLINE, *lines)))
    if isinstance(found, Article):
        assert set(found.body.split()) <= set(" ".join(lines).split())
