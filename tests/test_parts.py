"""A story on several pages becomes one record."""

from __future__ import annotations

import re
from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newscrawl.extraction.article import extract, extract_page
from newscrawl.extraction.parts import join_parts
from newscrawl.extraction.text import content_hash, count_words
from newscrawl.items import Article, Image, Rejection

URL = "https://www.gull.example/travel/2026-10/17/content_90356759.shtml"
TEXTS = tuple(
    f"On day {n} the mule walked ahead of us through the valley, and nobody could say what it was thinking of."
    for n in range(1, 10)
)


def part(number: int, *paragraphs: str) -> Article:
    url = URL if number == 1 else URL.replace(".shtml", f"_{number}.shtml")
    pager = "".join(
        f'<a href="content_90356759{"" if n == 1 else f"_{n}"}.shtml">{n}</a> ' if n != number else f"<b>{n}</b> "
        for n in (1, 2, 3)
    )
    text = "".join(f"<p>{each}</p>" for each in paragraphs)
    html = f"<html lang=en><body><h1>A mule with a mind</h1><div id=txt>{text}</div><div>{pager}</div></body></html>"
    found = extract(html, url=url)
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ferries sail again.", 3),
        ("Über 3,5 Mio. € – später", 5),
        ("渡轮恢复", 4),
        ("渡轮 No 7 恢复了", 7),
        ("부산 3일", 4),
        ("", 0),
    ],
)
def test_words_are_counted(text: str, expected: int) -> None:
    assert count_words(text) == expected


@given(st.text(max_size=30) | st.text(st.sampled_from("ab Z9_'’“”–—…«é½文ж한?.\xa0\n"), max_size=30))
def test_words_are_rows_of_letters_and_digits(text: str) -> None:
    """Whether they are counted as bytes or not. Characters of Chinese, Japanese and Korean count one by one."""
    single = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
    assert count_words(text) == len(re.findall(rf"[{single}]|(?:(?![{single}])\w)+", text))


@given(st.text(max_size=20), st.text(st.sampled_from("ab \n\t\xa0\u3000é\x85\u200b"), max_size=20))
def test_a_story_is_the_same_whatever_its_white_space(headline: str, body: str) -> None:
    folded = " ".join(f"{headline} {body}".split())
    assert content_hash(headline, body) == sha256(folded.encode("utf-8", "replace")).hexdigest()


def test_bodies_follow_each_other() -> None:
    joined = join_parts(part(1, *TEXTS[:3]), [part(2, *TEXTS[3:6]), part(3, *TEXTS[6:])])
    assert joined.body == "\n\n".join(TEXTS)
    assert joined.word_count == count_words(joined.body)
    assert joined.content_hash == content_hash("A mule with a mind", joined.body)
    assert (joined.url, joined.id) == (URL, part(1, *TEXTS[:3]).id)


def test_nothing_comes_twice() -> None:
    first, second = part(1, *TEXTS[:3]), part(2, *TEXTS[3:6])
    again = replace(
        second, body="\n\n".join(("A mule with a mind", TEXTS[2], second.body)), headline="A mule with a mind"
    )
    assert join_parts(first, [again]).body == "\n\n".join(TEXTS[:6])


def test_a_dateline_that_further_parts_print_again_is_taken_off() -> None:
    first = part(1, f"GENEVA, Oct. 17 (Xinhua) -- {TEXTS[0]}", *TEXTS[1:3])
    assert first.dateline is not None
    second = replace(part(2, *TEXTS[3:6]), dateline=None)
    second = replace(second, body=f"{first.dateline.raw} {second.body}")
    assert join_parts(first, [second]).body == "\n\n".join(TEXTS[:6])


def test_the_other_fields() -> None:
    shore, mule = Image("https://a.example/shore.jpg", "The shore"), Image("https://a.example/mule.jpg")
    first = replace(
        part(1, *TEXTS[:3]),
        images=(shore, mule),
        confidence=0.9,
        modified_at="2026-10-17T10:00:00Z",
        keywords=("mules",),
    )
    second = replace(
        part(2, *TEXTS[3:6]),
        images=(Image(mule.url, "The mule", "Mei Tan"),),
        confidence=0.6,
        modified_at="2026-10-18T10:00:00Z",
        keywords=("mules", "tea"),
        provenance={"body": "trafilatura"},
    )
    joined = join_parts(first, [second])
    assert joined.images == (shore, Image(mule.url, "The mule", "Mei Tan"))
    assert (joined.confidence, joined.modified_at, joined.keywords) == (0.6, "2026-10-18T10:00:00Z", ("mules", "tea"))
    assert joined.provenance == first.provenance


@pytest.mark.parametrize(
    ("kinds", "joined"),
    [(("full", "full"), "full"), (("full", "teaser"), "teaser"), (("liveblog", "full"), "liveblog")],
)
def test_completeness_is_the_least_of_all_parts(kinds: tuple[str, str], joined: str) -> None:
    first, second = (replace(part(n, *TEXTS[n : n + 3]), completeness=kind) for n, kind in enumerate(kinds, 1))
    assert join_parts(first, [second]).completeness == joined


def test_one_part_is_itself() -> None:
    assert join_parts(part(1, *TEXTS[:3]), []) == part(1, *TEXTS[:3])


@given(st.lists(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=4), min_size=1, max_size=4))
def test_every_paragraph_of_every_part_is_there_once(texts: list[list[str]]) -> None:
    base = part(1, *TEXTS[:3])
    parts = [replace(base, body="\n\n".join(each)) for each in texts]
    body = join_parts(parts[0], parts[1:]).body.split("\n\n") if len(parts) > 1 else list(dict.fromkeys(texts[0]))
    assert body == list(dict.fromkeys(paragraph for each in texts for paragraph in each))


@pytest.mark.parametrize(
    ("number", "link", "found"),
    [
        (1, '<a href="{0}_2.shtml">2</a>', 2),
        (1, f'<a href="{{0}}_2.shtml">{" " * 80}2{" " * 80}</a>', 2),
        (1, '<a rel="next" href="{0}_2.shtml">Onward</a>', 2),
        (2, '<a href="{0}.shtml">1</a> <b>2</b> <a href="{0}_3.shtml">Next Page &gt;</a>', 3),
        (2, '<a href="{0}.shtml">上一页</a><a href="{0}_3.shtml">下一页</a>', 3),
        (3, '<a href="{0}.shtml">1</a> <a href="{0}_2.shtml">2</a>', None),
        (1, '<a rel="next" href="content_90356760.shtml">Next story</a>', None),
        (1, '<a href="{0}_3.shtml">2</a>', None),
    ],
)
def test_where_the_next_part_is(number: int, link: str, found: int | None) -> None:
    url = URL if number == 1 else URL.replace(".shtml", f"_{number}.shtml")
    html = f"<html><body><h1>A mule</h1><p>{TEXTS[0]}</p>{link.format('content_90356759')}</body></html>"
    extraction = extract_page(html, url=url)
    assert not isinstance(extraction.result, Rejection)
    assert extraction.next_part == (URL.replace(".shtml", f"_{found}.shtml") if found else None)
