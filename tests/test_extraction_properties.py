"""What holds for every page: extraction never raises, invents nothing, gives the same again on what it gave, and does
not mind what stands around the story. Pages are drawn from stories in many languages and from what breaks pages."""

from __future__ import annotations

import json
from html import escape

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from many_languages import AROUND, STORIES, Told, page

from newscrawl import Article, extract, extract_text
from newscrawl.extraction.page import Page, read_page
from newscrawl.extraction.text import clean
from newscrawl.items import REASONS, to_dict
from newscrawl.storage.schema import problems

URL = "https://www.gull.example/news/ferry"
QUICK = settings(max_examples=120, deadline=None)

TOLD = st.sampled_from(STORIES)
TAGS = (
    "p",
    "div",
    "span",
    "b",
    "a",
    "li",
    "ul",
    "h1",
    "h2",
    "article",
    "section",
    "table",
    "td",
    "figure",
    "nav",
    "br",
)
TEXTS = [
    text for told in STORIES for text in (told.headline, *told.paragraphs, told.share, told.read_more, told.rights)
]
#: Drawn by number: Hypothesis writes out what it draws from.
WORDS = st.integers(0, len(TEXTS) - 1).map(lambda at: TEXTS[at])
LABELS = st.sampled_from(["", "share", "story", "related-links", "paywall", "comments", "caption", "byline"])


@st.composite
def element(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    tag, label = draw(st.sampled_from(TAGS)), draw(LABELS)
    return f'<{tag} class="{label}">{draw(inner)}</{tag}>'


#: Bits of pages: stories' sentences in elements of all kinds, some of them broken, some noise.
BITS = st.recursive(
    WORDS.map(escape)
    | st.text(max_size=20)
    | st.sampled_from(["<!-- c -->", "<script>x</script>", "&nbsp;", "</div>"]),
    lambda inner: element(inner) | st.lists(inner, max_size=4).map("".join),
    max_leaves=12,
)
HEADS = st.sampled_from(
    [
        "",
        '<meta property="og:title" content="Last ferry leaves">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Last ferry"}</script>',
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": [1, {}], "author": 3}</script>',
        "<script type=application/ld+json>[[</script>",
    ]
)


@QUICK
@given(st.binary(max_size=300) | BITS.map(lambda bits: bits.encode("utf-8", "replace")), HEADS)
def test_it_never_raises(noise: bytes, head: str) -> None:
    for html in (noise, f"<html><head>{head}</head><body>".encode() + noise):
        found = extract(html, url=URL)
        if isinstance(found, Article):
            assert list(problems(to_dict(found))) == []
        else:
            assert found.reason in REASONS


# Nothing is invented


UNSEEN = ("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "select", "textarea", "head")


def letters(text: str) -> str:
    """A text without white space, which comes and goes at the ends of lines, and without characters that have no form:
    trafilatura, where it is asked, leaves those out."""
    return "".join(each for each in clean(text) if each.isprintable() and not each.isspace())


def page_texts(html: str) -> tuple[str, str]:
    """What stands on a page, without scripts and with them."""
    found = read_page(html, URL)
    assert isinstance(found, Page)
    everything = "".join(found.tree.itertext())
    etree.strip_elements(found.tree, *UNSEEN, with_tail=False)
    return letters("".join(found.tree.itertext())), letters(everything)


@QUICK
@given(st.lists(BITS, max_size=8), HEADS)
def test_no_word_is_invented(bits: list[str], head: str) -> None:
    html = f"<html><head>{head}</head><body>{''.join(bits)}</body></html>"
    found = extract(html, url=URL)
    if isinstance(found, Article):
        seen, all_of_it = page_texts(html)
        for word in found.body.split():
            assert letters(word) in seen or letters(word) in all_of_it


def test_no_word_is_made_of_what_stands_on_both_sides_of_a_dropped_element() -> None:
    title = "Last ferry leaves Orm with the mayor asleep"
    html = f"<body>{title}{title}Share on Facebook<p class=share>{title}</p>Читайте также: Капитан{title}</body>"
    found = extract(html, url=URL)
    assert isinstance(found, Article)
    assert "FacebookЧитайте" not in found.body


#: Ways to set a paragraph that change nothing of what a reader sees.
SETTINGS = (
    lambda text: text,
    lambda text: text.replace(" ", " \n\t ", 2),
    lambda text: text.replace(" ", "&nbsp;", 1),
    lambda text: f"<span>{text[:9]}</span><b>{text[9:20]}</b>{text[20:]}",
    lambda text: f'{text[:14]}<a href="/n/2">{text[14:22]}</a>{text[22:]}',
    lambda text: f"{text[:6]}&shy;{text[6:11]}<wbr>{text[11:]}",
    lambda text: f"{text[:8]}<!-- c --><script>no()</script>{text[8:]}",
)


@QUICK
@given(TOLD, st.lists(st.sampled_from(SETTINGS), min_size=5, max_size=5))
def test_a_paragraph_is_what_a_reader_sees(told: Told, ways: list) -> None:  # type: ignore[type-arg]
    set_ = [way(each) for way, each in zip(ways, told.paragraphs, strict=True)]
    found = extract(page(told, inner="".join(f"<p>{each}</p>" for each in set_)), url=URL)
    assert isinstance(found, Article)
    assert found.body == told.body


@QUICK
@given(TOLD, st.integers(1, 5), st.booleans())
def test_no_word_is_invented_where_the_text_comes_from_data(told: Told, shown: int, free: bool) -> None:
    data = {"@type": "NewsArticle", "headline": told.headline, "articleBody": told.body, "isAccessibleForFree": free}
    script = f'<script type="application/ld+json">{json.dumps(data, ensure_ascii=False)}</script>'
    inner = "".join(f"<p>{each}</p>" for each in told.paragraphs[:shown])
    found = extract(page(told, inner=inner).replace("</head>", f"{script}</head>"), url=URL)
    assert isinstance(found, Article)
    assert letters(found.body) in letters(told.body)


# The same again


@st.composite
def stories(draw: st.DrawFn) -> tuple[Told, str]:
    """A page with some of a story's paragraphs, in any order, and chrome here and there."""
    told = draw(TOLD)
    parts = draw(st.lists(st.sampled_from(told.paragraphs), min_size=3, max_size=5, unique=True))
    pieces = draw(st.lists(st.sampled_from(sorted(AROUND)), max_size=4))
    inner = "".join(f"<p>{escape(each)}</p>" for each in parts)
    return told, page(told, inner=inner, above="".join(AROUND[each](told) for each in pieces))


@QUICK
@given(stories())
def test_it_gives_the_same_on_its_own_text(drawn: tuple[Told, str]) -> None:
    told, html = drawn
    first = extract(html, url=URL)
    assert isinstance(first, Article)
    assert all(clean(line) == line for line in first.body.split("\n\n"))
    raw = f"{first.dateline.raw} " if first.dateline else ""
    again = extract_text(f"{first.headline}\n\n{raw}{first.body}", url=URL)
    assert isinstance(again, Article)
    assert (again.headline, again.body) == (first.headline, first.body)
    inner = "".join(f"<p>{escape(line)}</p>" for line in first.body.split("\n\n"))
    as_page = extract(page(told, inner=inner), url=URL)
    assert isinstance(as_page, Article)
    assert (as_page.headline, as_page.body, as_page.content_hash) == (first.headline, first.body, first.content_hash)


@QUICK
@given(st.lists(BITS, max_size=8), HEADS)
def test_whatever_it_gave_is_clean(bits: list[str], head: str) -> None:
    found = extract(f"<html><head>{head}</head><body>{''.join(bits)}</body></html>", url=URL)
    if isinstance(found, Article):
        for line in found.body.split("\n\n"):
            assert clean(line) == line != ""


# Chrome around the story changes nothing


@st.composite
def chrome(draw: st.DrawFn, told: Told) -> str:
    """Pieces of a page's frame, each perhaps in elements of its own."""
    text = ""
    for kind in draw(st.lists(st.sampled_from(sorted(AROUND)), max_size=5)):
        around = draw(st.sampled_from(["{}", "<div>{}</div>", "<section><div>{}</div></section>", "<aside>{}</aside>"]))
        text += around.format(AROUND[kind](told))
    return text


@QUICK
@given(st.data(), TOLD)
def test_chrome_around_the_story_changes_nothing(data: st.DataObject, told: Told) -> None:
    plain = extract(page(told), url=URL)
    above, below = data.draw(chrome(told)), data.draw(chrome(told))
    found = extract(page(told, above=above, below=below), url=URL)
    assert isinstance(plain, Article)
    assert isinstance(found, Article)
    for key in ("headline", "deck", "dateline", "authors", "published_at", "language", "body", "completeness"):
        assert getattr(found, key) == getattr(plain, key), key


@QUICK
@given(st.data(), TOLD, st.integers(0, 5))
def test_boxes_within_the_story_change_nothing(data: st.DataObject, told: Told, at: int) -> None:
    kinds = [kind for kind in sorted(AROUND) if kind != "related without a name"]
    piece = AROUND[data.draw(st.sampled_from(kinds))](told)
    parts = [f"<p>{escape(each)}</p>" for each in told.paragraphs]
    found = extract(page(told, inner="".join((*parts[:at], piece, *parts[at:]))), url=URL)
    assert isinstance(found, Article)
    assert found.body == told.body
