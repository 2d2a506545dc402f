"""Lists of teasers between a story's paragraphs and after them, and what looks like one and is none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from newscrawl import Article, extract

URL = "https://news.example/harbour/ferries-return"
STORY = [
    f"Paragraph {n} of the story tells what the harbour master said about the ferries on Friday." for n in range(8)
]


def page(*parts: str) -> str:
    body = "".join(f"<p>{p}</p>" for p in STORY[:5]) + "".join(parts) + "".join(f"<p>{p}</p>" for p in STORY[5:])
    return f"<html><body><main><h1>Ferries return</h1><div class=x1>{body}</div></main></body></html>"


def box(title: str, href: str, text: str = "", mark: str = "a7") -> str:
    return f'<div class="{mark}"><h3><a href="{href}">{title}</a></h3><div class=b2>{text}</div></div>'


def boxes(items: Sequence[tuple[str, str, str]]) -> str:
    return f"<div class=k9>{''.join(box(*item) for item in items)}</div>"


TEASERS = {
    "English": [
        (
            "Council votes to rebuild the old pier",
            "/council/pier",
            "The vote ends a dispute of eleven years over cost.",
        ),
        (
            "Why the herring came back to the bay",
            "/nature/herring",
            "Biologists have counted more fish than ever before.",
        ),
    ],
    "German": [
        (
            "Stadtrat beschließt Neubau der Seebrücke",
            "/rat/bruecke",
            "Nach elf Jahren Streit steht die Finanzierung fest.",
        ),
        (
            "Warum der Hering in die Bucht zurückkehrt",
            "/natur/hering",
            "Forscher zählen so viele Fische wie nie zuvor.",
        ),
        ("Fähren fahren wieder nach Plan zur Insel", "/hafen/plan", ""),
    ],
    "Japanese": [
        ("市議会が桟橋の再建を可決しました", "/council/pier-ja", "十一年にわたる費用をめぐる論争に終止符が打たれた。"),
        ("湾にニシンが戻ってきた理由を探る", "/nature/herring-ja", "生物学者はこれまでで最も多くの魚を数えた。"),
    ],
    "Arabic": [
        (
            "مجلس المدينة يصوت على إعادة بناء الرصيف",
            "/council/pier-ar",
            "ينهي التصويت خلافا دام أحد عشر عاما حول التكلفة.",
        ),
        ("لماذا عادت أسماك الرنجة إلى الخليج مجددا", "/nature/herring-ar", "أحصى العلماء أسماكا أكثر من أي وقت مضى."),
    ],
}


@pytest.mark.parametrize("items", TEASERS.values(), ids=TEASERS)
def test_teasers_are_taken_off(items: Sequence[tuple[str, str, str]]) -> None:
    record = extract(page(boxes(items)), url=URL)
    assert isinstance(record, Article)
    assert record.body.split("\n\n") == STORY


KEPT = {
    "shops: titles lead to other sites": [
        ("The lamp that the keepers prefer", "https://shop.example/lamp", "It burns for nine hours."),
        ("The coat that no storm gets through", "https://shop.example/coat", "It weighs two kilograms."),
    ],
    "places on the same page": [
        ("What the harbour master wants next", "#next", "He asks for a second pilot."),
        ("What the islanders say about it all", "#say", "They ask for a bridge instead."),
    ],
    "a count": [
        ("1. The old pier at the fish market", "/piers/1", "It was built in 1821 and burnt twice."),
        ("2. The new pier at the ferry terminal", "/piers/2", "It was built in 2011 and never burnt."),
    ],
}


@pytest.mark.parametrize("items", KEPT.values(), ids=KEPT)
def test_lists_of_the_story_stay(items: Sequence[tuple[str, str, str]]) -> None:
    record = extract(page(boxes(items)), url=URL)
    assert isinstance(record, Article)
    assert all(title in record.body for title, _, _ in items)


def test_more_than_a_short_text_is_no_teaser() -> None:
    long = [
        (title, href, "The keepers have tried it for a year, by day and by night. " * 8)
        for title, href, _ in TEASERS["English"]
    ]
    record = extract(page(boxes(long)), url=URL)
    assert isinstance(record, Article)
    assert all(title in record.body for title, _, _ in long)
