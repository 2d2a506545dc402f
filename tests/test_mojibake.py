"""Text whose UTF-8 was read in another encoding on its way to the page, and text that only looks like it."""

from __future__ import annotations

import pytest

from newscrawl import Article, extract
from newscrawl.extraction.charset import is_garbled, repaired


def garbled(text: str, encoding: str) -> str:
    """As a publisher's broken export makes it."""
    return text.encode().decode(encoding)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("It isn’t the ferry’s fault – “storms” come first …", "latin-1"),
        ("It isn’t the ferry’s fault – not yet …", "cp1252"),
        ("Über die Brücke führt kein Weg nach Köln", "latin-1"),
        ("L’été, à la préfecture, reste très agité", "latin-1"),
        ("La alcaldía anunció más trenes mañana", "cp1252"),
        ("Мэр сообщил о паромах", "latin-1"),
    ],
)
def test_mojibake_is_repaired(text: str, encoding: str) -> None:
    broken = garbled(text, encoding)
    assert is_garbled(broken.encode())
    assert repaired(broken) == text


@pytest.mark.parametrize(
    "text",
    [
        "It isn’t the ferry’s fault – “storms” come first …",
        "Über die Brücke führt kein Weg nach Köln",
        "SÃO PAULO e AÇÃO: a câmara aprova",
        "Đà Nẵng và Huế",
        "Ð er íslenskur bókstafur, Ñ es una letra",
        "Мэр сообщил о паромах",
        "市长宣布新的轮渡航线",
        "A price of £30 – or €35",
    ],
)
def test_text_that_is_sound_stays(text: str) -> None:
    assert not is_garbled(text.encode()) or repaired(text) == text


def test_a_page_is_repaired_before_it_is_read() -> None:
    story = "".join(
        f"<p>{n} ferries won’t sail – “not before noon”, the harbour’s master said on Friday.</p>" for n in range(9)
    )
    page = f"<html><body><article><h1>Harbour’s ferries can’t sail</h1>{story}</article></body></html>"
    sound, broken = extract(page), extract(garbled(page, "latin-1").encode())
    assert isinstance(sound, Article)
    assert isinstance(broken, Article)
    assert (broken.headline, broken.body) == (sound.headline, sound.body)
    assert "won’t" in broken.body


def test_a_page_in_one_line_is_repaired_as_one() -> None:
    broken = garbled('<p title="Café">It isn’t</p><p>at\u00a0noon</p>', "latin-1")
    assert repaired(broken) == '<p title="Café">It isn’t</p><p>at\u00a0noon</p>'


def test_only_broken_lines_are_touched() -> None:
    assert repaired(f"naïve Ã la carte\n{garbled('isn’t', 'latin-1')}") == "naïve Ã la carte\nisn’t"
