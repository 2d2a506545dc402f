"""The measures of the extraction benchmark, on texts short enough to count by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.extraction import fallen, keep_floor, read_floor
from benchmarks.scoring import (
    Answer,
    Figures,
    Found,
    counted,
    folded,
    harmonic,
    mean,
    name_f1,
    same_minute,
    score,
    shingles,
    words,
)

TEN = "one two three four five six seven eight nine ten"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Old ferry, old harbour!", ["old", "ferry", "old", "harbour"]),
        ("渡轮退役", ["渡", "轮", "退", "役"]),
        ("フェリーが出た 2026", [*"フェリーが出た", "2026"]),
        ("배가 떠났다", [*"배가떠났다"]),
        ("新しいferry", ["新", "し", "い", "ferry"]),
        ("Паром ушёл", ["паром", "ушёл"]),
        ("غادرت العبّارة", ["غادرت", "العب", "ارة"]),  # a vowel sign is no letter, here as in the public measures
        ("", []),
        (None, []),
    ],
)
def test_words(text: str | None, expected: list[str]) -> None:
    assert words(text) == expected
    assert folded(text) == " ".join(expected)


@pytest.mark.parametrize(
    ("text", "count"),
    [("", 0), ("?!", 0), ("one", 1), ("one two three", 1), ("one two three four", 1), (TEN, 7), ("a a a a a", 2)],
)
def test_shingles_are_four_words_and_of_a_short_text_all(text: str, count: int) -> None:
    assert shingles(text).total() == count


def test_case_counts_in_shingles_and_not_in_words() -> None:
    found = score(Found(TEN.upper()), Answer(TEN))
    assert (found.precision, found.recall, found.exact, found.word_f1) == (0, 0, False, 1)


@pytest.mark.parametrize(
    ("text", "precision", "recall", "exact", "word_f1"),
    [
        (TEN, 1, 1, True, 1),
        ("One, two: three".lower() + TEN.removeprefix("one two three"), 1, 1, True, 1),
        ("one two three four five", 1, 2 / 7, False, 2 / 3),
        (f"{TEN} eleven twelve", 7 / 9, 1, False, 20 / 22),
        ("ten nine eight seven six five four three two one", 0, 0, False, 1),
        ("Share this story", 0, 0, False, 0),
        ("", None, 0, False, 0),
    ],
)
def test_a_text_against_its_answer(
    text: str, precision: float | None, recall: float, exact: bool, word_f1: float
) -> None:
    found = score(Found(text), Answer(TEN))
    assert (found.precision, found.recall, found.exact) == (precision, recall, exact)
    assert found.word_f1 == pytest.approx(word_f1)


def test_a_page_without_a_story_has_no_recall() -> None:
    found = score(Found(TEN), Answer(""))
    assert (found.precision, found.recall, found.word_f1) == (0, None, 0)
    assert score(Found(""), Answer("")).exact


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"The deck of it\n{TEN}", TEN),
        (f"THE DECK – of it.\n{TEN}", TEN),
        (f"The deck\n{TEN}", f"The deck\n{TEN}"),
        (f"{TEN}\n\nA second one that says a little more\n", TEN),
        (f"second one that says a little more\n{TEN}", TEN),
        (f"{TEN} The deck of it", f"{TEN} The deck of it"),
    ],
)
def test_a_deck_in_the_text_is_not_counted(text: str, left: str) -> None:
    assert counted(text, ("The deck of it", "A second one that says a little more", "")) == left


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        (f"{TEN}\n\nElf zwölf dreizehn\n\nthe end of it", True),
        (f"{TEN}\n\nthe end of it", True),
        (f"Elf zwölf dreizehn\n\n{TEN}\n\nthe end of it", True),
        (f"{TEN}\n\nthe end of it\n\nElf zwölf", False),
    ],
)
def test_optional_paragraphs_may_be_there_or_not(text: str, exact: bool) -> None:
    answer = Answer(f"{TEN}\n\nthe end of it", optional=("Elf zwölf dreizehn",))
    assert score(Found(text), answer).exact is exact


FIELDS = Answer(
    TEN, "Harbour opens: ferries leave", ("A deck.", "Of two."), "2026-05-03T10:15:30+02:00", ("Anna Berg", "Jo Ek")
)


@pytest.mark.parametrize(
    ("found", "field", "expected"),
    [
        ({"headline": "HARBOUR OPENS – Ferries leave"}, "headline", 1),
        ({"headline": "Harbour opens: ferries leave | The Gull"}, "headline", 0),
        ({}, "headline", 0),
        ({"deck": "A deck. Of two."}, "deck", 1),
        ({"deck": "A deck."}, "deck", 0),
        ({"published": "2026-05-03"}, "day", 1),
        ({"published": "2026-05-03"}, "minute", 0),
        ({"published": "2026-05-03T10:15:00+02:00"}, "minute", 1),
        ({"published": "2026-05-03T08:15:45Z"}, "minute", 1),
        ({"published": "2026-05-03 10:15"}, "minute", 1),
        ({"published": "2026-05-03T10:17:00+02:00"}, "minute", 0),
        ({"published": "3 May 2026"}, "day", 0),
        ({"published": "3 May 2026"}, "minute", 0),
        ({}, "minute", 0),
        ({"authors": ("ANNA BERG", "Jo Ek")}, "authors", 1),
        ({"authors": ("Anna Berg",)}, "authors", 2 / 3),
        ({"authors": ("Anna Berg", "The Gull", "Ida Oe")}, "authors", 0.4),
        ({"authors": ("Someone Else",)}, "authors", 0),
        ({"authors": ("",)}, "authors", 0),
    ],
)
def test_fields(found: dict[str, Any], field: str, expected: float) -> None:
    assert score(Found(TEN, **found), FIELDS).fields[field] == pytest.approx(expected)


def test_only_what_the_answer_has_is_asked_for() -> None:
    assert score(Found(TEN, "Harbour opens", "A deck", "2026-05-03", ("Anna Berg",)), Answer(TEN)).fields == {}
    assert set(score(Found(TEN), Answer(TEN, published="2026-05-03")).fields) == {"day"}


def test_helpers() -> None:
    assert harmonic(0.5, 1) == pytest.approx(2 / 3)
    assert harmonic(None, 1) == harmonic(0, 1) == 0
    assert not same_minute(None, "2026-05-03T10:15:00")
    assert name_f1((), ()) == 0


def test_means_over_pages() -> None:
    scores = [
        score(Found(TEN, "Yes"), Answer(TEN, "Yes")),
        score(Found("one two three four"), Answer(TEN, "Yes")),
        score(Found(""), Answer(TEN)),
    ]
    figures = mean(scores)
    assert (figures.pages, figures.empty, figures.precision) == (3, 1, 1)
    assert figures.recall == pytest.approx((1 + 1 / 7 + 0) / 3)
    assert figures.f1 == pytest.approx(harmonic(figures.precision, figures.recall))
    assert figures.exact == pytest.approx(1 / 3)
    assert (figures.headline, figures.minute) == (0.5, None)


def figures(**more: float) -> Figures:
    known = {"f1": 0.98, "precision": 0.98, "recall": 0.98, "exact": 0.6, "word_f1": 0.98, "headline": 0.94}
    return Figures(pages=10, empty=0, **{**known, **more})  # type: ignore[arg-type]


def test_a_floor_is_kept_beside_others_and_tells_what_fell(tmp_path: Path) -> None:
    file = tmp_path / "floor.json"
    assert read_floor(file) == {}
    keep_floor(file, "blogs", figures(f1=0.9))
    keep_floor(file, "news", figures())
    kept = json.loads(file.read_text())
    assert set(kept) == {"blogs", "news"}
    assert {key: value for key, value in kept["news"].items() if key != "date"} == {
        "pages": 10,
        "f1": 0.98,
        "exact": 0.6,
        "headline": 0.94,
    }
    assert fallen(figures(f1=0.978, headline=0.938, exact=0.1), kept["news"]) == {}
    assert fallen(figures(f1=0.976, headline=0.99), kept["news"]) == {"f1": (0.976, 0.98)}
    with pytest.raises(ValueError, match="10 pages"):
        fallen(figures(), {**kept["news"], "pages": 9})
