"""What stands right at the head and foot of a story's text: imprints, end marks, times without a zone."""

from __future__ import annotations

import pytest

from newscrawl import Article, extract
from newscrawl.extraction.endmarks import is_end_mark, is_parting, without_end_mark
from newscrawl.extraction.imprint import Imprint, read_imprint
from newscrawl.extraction.localtime import with_offset
from newscrawl.extraction.printed import Reader

LINES = tuple(
    f"On day {n} the ferry left the harbor of Orm a little late, and nobody on board seemed to mind that very much."
    for n in range(1, 7)
)


def body_of(*paragraphs: str, url: str = "https://www.gull.example/a") -> str:
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    found = extract(
        f"<html lang=en><body><article><h1>Last ferry</h1><div>{text}</div></article></body></html>", url=url
    )
    assert isinstance(found, Article)
    return found.body


@pytest.mark.parametrize(
    ("paragraph", "rest"),
    [
        ("It gave no date. Enditem", "It gave no date."),
        ('"We know," he said. Enditem', '"We know," he said.'),
        ("It gave no date.Enditem", "It gave no date."),
        ("中小学生免费。（完）", "中小学生免费。"),
        ("中小学生免费。 (完)", "中小学生免费。"),
        ("배가 떠났다. (끝)", "배가 떠났다."),
        ("The dog was found in a bakery. ■", "The dog was found in a bakery."),
        ("The ferry is late. -30-", "The ferry is late."),
        ("The ferry is late. ###", "The ferry is late."),
        ("The ferry is late. ENDS", "The ferry is late."),
        ("Das Schiff ist spät. (Ende)", "Das Schiff ist spät."),
        ("They met at the END", None),
        ("Alles ging zu Ende.", None),
        ("The score was 2-0-", None),
        ("He lives at No. 30-", None),
        ("The enditem is a word of the trade.", None),
    ],
)
def test_end_marks_in_a_paragraph(paragraph: str, rest: str | None) -> None:
    assert without_end_mark(paragraph) == (rest or paragraph, rest is not None)


@pytest.mark.parametrize("line", ["Enditem", "（完）", "-30-", "###", "(END)", "■", "ENDS", "- End -"])
def test_lines_that_are_end_marks(line: str) -> None:
    assert is_end_mark(line)
    assert not is_end_mark(f"{line} of the line, said the pilot")


@pytest.mark.parametrize("line", ["***", "* * *", "___", "———", "#"])
def test_marks_that_part_and_do_not_end(line: str) -> None:
    assert is_parting(line)
    assert not is_end_mark(line)


def test_what_follows_an_end_mark_is_no_story() -> None:
    assert body_of(
        *LINES[:5], f"{LINES[5]} Enditem", "The harbor office can be reached by telephone on any day but Monday."
    ) == ("\n\n".join(LINES))
    assert body_of(
        *LINES, "-30-", "The harbor office can be reached by telephone on any day but Monday."
    ) == "\n\n".join(LINES)


def test_an_end_mark_near_the_head_ends_nothing() -> None:
    assert body_of(f"{LINES[0]} ■", *LINES[1:]) == "\n\n".join(LINES)


@pytest.mark.parametrize(
    "imprint",
    [
        "by Anna Berg and Jo de Brun",
        "By ANNA BERG",
        "Xinhua, May 3, 2026",
        "Source: Xinhua",
        "May 3, 2026",
        "Updated 3 May 2026",
    ],
)
def test_an_imprint_as_the_first_paragraph(imprint: str) -> None:
    assert body_of(imprint, *LINES) == "\n\n".join(LINES)


@pytest.mark.parametrize(
    "opening", ["By Tuesday evening the rain had stopped.", "The treaty was signed on May 3, 2026 in Orm."]
)
def test_a_first_sentence_that_is_none(opening: str) -> None:
    assert body_of(opening, *LINES) == "\n\n".join((opening, *LINES))


@pytest.mark.parametrize(
    ("language", "line", "imprint"),
    [
        ("en", "0 Comment(s)Print E-mail Xinhua, May 3, 2026", Imprint("2026-05-03", publisher="Xinhua")),
        (
            "en",
            "Source: Xinhua | 2026-05-03 19:28:05 | Editor: mlee",
            Imprint("2026-05-03T19:28:05", publisher="Xinhua"),
        ),
        ("en", "Xinhua | Updated: 2026-05-03 09:01", Imprint(None, "2026-05-03T09:01:00", publisher="Xinhua")),
        ("en", "(Xinhua) 08:15, May 3, 2026", Imprint("2026-05-03T08:15:00", publisher="Xinhua")),
        ("en", "Sydney Morning Herald, 3 May 2026", Imprint("2026-05-03", publisher="Sydney Morning Herald")),
        ("en", "Anna Berg, 3 May 2026, Sydney", Imprint("2026-05-03", authors=("Anna Berg",))),
        ("de", "Von Anna Berg, 3. Mai 2026, 10:15 Uhr", Imprint("2026-05-03T10:15:00", authors=("Anna Berg",))),
        ("es", "Por Ana Pérez | 3 de mayo de 2026", Imprint("2026-05-03", authors=("Ana Pérez",))),
        (
            "zh",
            "2026年05月03日 08:15:30 来源：新华社 作者：张三",
            Imprint("2026-05-03T08:15:30", None, ("张三",), "新华社"),
        ),
        ("zh", "来源：沧海社", Imprint(publisher="沧海社")),
        ("zh", "字号： 大 中 小", None),
        ("zh", "责任编辑：李四", None),
        ("de", "Von Dresden nach Prag", None),
        ("en", "By the numbers", None),
        ("en", "By Tuesday evening the rain stopped", None),
        ("en", "The treaty was signed on May 3, 2026 in Geneva.", None),
    ],
)
def test_imprints(language: str, line: str, imprint: Imprint | None) -> None:
    assert read_imprint(line, Reader(language)) == imprint


@pytest.mark.parametrize(
    ("value", "url", "told"),
    [
        ("2026-05-03", "https://www.gull.de/a", "2026-05-03"),
        ("2026-05-03T10:15:00+02:00", None, "2026-05-03T10:15:00+02:00"),
        ("2026-05-03T10:15:00", "https://www.gull.de/a", "2026-05-03T10:15:00+02:00"),
        ("2026-01-03T10:15:00", "https://www.gull.de/a", "2026-01-03T10:15:00+01:00"),
        ("2026-05-03T10:15:00", "http://www.portal.cn/a", "2026-05-03T10:15:00+08:00"),
        ("2026-05-03T10:15:00", "https://www.gull.com/a", "2026-05-03"),
        ("2026-05-03T10:15:00", "https://www.gull.ru/a", "2026-05-03"),
        ("2026-05-03T10:15:00", "http://[bad/a", "2026-05-03"),
        ("2026-05-03T10:15:00", None, "2026-05-03"),
        (None, "https://www.gull.de/a", None),
    ],
)
def test_no_time_without_an_offset(value: str | None, url: str | None, told: str | None) -> None:
    assert with_offset(value, url) == told
