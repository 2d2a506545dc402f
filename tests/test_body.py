"""Where the story is and which of its blocks are kept: invented pages, rule by rule, in several languages."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from many_languages import AROUND, BETWEEN, STORIES, Piece, Told, links, page, paragraphs

from newscrawl import Article, extract
from newscrawl.extraction.article import extract_page
from newscrawl.extraction.blocks import Block, read_blocks
from newscrawl.extraction.page import Page, read_page

URL = "https://www.gull.example/news/ferry"
BY_LANGUAGE = {told.language: told for told in STORIES}
EN = BY_LANGUAGE["en"]
SOME = [BY_LANGUAGE[each] for each in ("en", "es", "ru", "ar", "zh")]


def read(html: str, url: str = URL) -> Article:
    found = extract(html, url=url)
    assert isinstance(found, Article), found
    return found


def fates(html: str) -> dict[str, str | None]:
    """Every block of a page with the rule that dropped it; None where it was kept."""
    return {block.text: None if block.kept else block.rule for block in extract_page(html, url=URL, trace=True).trace}


# Blocks


def blocks_of(body: str) -> list[Block]:
    found = read_page(f"<html><body>{body}</body></html>", URL)
    assert isinstance(found, Page)
    return read_blocks(found.tree).blocks


def cut(body: str) -> list[tuple[str, str]]:
    return [(block.kind, block.text) for block in blocks_of(body)]


LONG = "A line of more than sixty characters that ends as a sentence does, with a stop."


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>One</p><p>Two</p>", [("text", "One"), ("text", "Two")]),
        ("bare text<p>One</p>more", [("text", "bare text"), ("text", "One"), ("text", "more")]),
        ("<div>One<br><br>Two<br/> <br>Three</div>", [("text", "One"), ("text", "Two"), ("text", "Three")]),
        ("<div>One<br>two</div>", [("text", "One two")]),
        (f"<div>{LONG}<br>{LONG}</div>", [("text", LONG), ("text", LONG)]),
        ("<p>O<b>n</b>e <a href=x>t<i>w</i>o</a></p>", [("text", "One two")]),
        ("<p>One<script>x</script><style>y</style><svg><text>z</text></svg> two</p>", [("text", "One two")]),
        ("<p>One <!-- no -->two</p>", [("text", "One two")]),
        ("<p>On\u00ade\u200b  two\u00a0three</p>", [("text", "One two three")]),
        ("<h2>Head</h2><p>One</p>", [("heading", "Head"), ("text", "One")]),
        ("<ul><li>One</li><li><p>Two</p></li></ul>", [("item", "One"), ("item", "Two")]),
        ("<ol><li>One<ul><li>Two</li></ul>three</li></ol>", [("item", "One"), ("item", "Two"), ("item", "three")]),
        ("<blockquote><p>One</p></blockquote>", [("quote", "One")]),
        ("<figure><img><figcaption>One</figcaption></figure>", [("caption", "One")]),
        ("<table><tr><td>One</td><th>Two</th></tr></table>", [("cell", "One"), ("cell", "Two")]),
        ("<dl><dt>One</dt><dd>Two</dd></dl>", [("item", "One"), ("item", "Two")]),
        ("<pre>One\n  two</pre>", [("pre", "One two")]),
        ("<p>漢<ruby>字<rp>(</rp><rt>じ</rt><rp>)</rp></ruby>だ</p>", [("text", "漢字だ")]),
        ("<p>渡轮<b>退役</b>了</p>", [("text", "渡轮退役了")]),
        ("<p>غادرت <b>العبّارة</b> الميناء</p>", [("text", "غادرت العبّارة الميناء")]),
        ("<my-text>One</my-text>two", [("text", "One"), ("text", "two")]),
        ("<p> \u200b </p><p></p>", []),
    ],
)
def test_a_page_as_blocks(body: str, expected: list[tuple[str, str]]) -> None:
    assert cut(body) == expected


NESTED = st.recursive(
    st.sampled_from(["", " ", "one", " two ", "three four", "<br>", "<br><br>", "<script>unseen</script>"]),
    lambda inside: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["div", "section", "p", "span", "b", "a", "li", "my-box"]),
        st.lists(inside, max_size=4),
    ),
    max_leaves=30,
)


@given(NESTED)
def test_blocks_hold_what_is_seen_in_order_and_nodes_know_where_they_stand(body: str) -> None:
    found = read_page(f"<html><body><p>start</p>{body}</body></html>", URL)
    assert isinstance(found, Page)
    read = read_blocks(found.tree)
    seen = found.tree.xpath("string(//body)").replace("unseen", "")
    assert "".join("".join(block.text for block in read.blocks).split()) == "".join(seen.split())
    assert [block.order for block in read.blocks] == list(range(len(read.blocks)))
    for node in read.nodes:
        assert {id(other) for other in read.nodes if node.within(other)} == {id(other) for other in node.chain()}


def test_text_in_links_and_in_bold_is_counted() -> None:
    (block,) = blocks_of("<p>One <a href=x>two <b>three</b></a> <i>four</i></p>")
    assert (block.links, block.strong) == (len("twothree"), len("threefour"))
    assert block.link_share == pytest.approx(8 / len(block.text))


def test_elements_within_each_other_lose_no_text() -> None:
    deep = "<div>" * 600 + "<p>One</p><p>two</p>" + "</div>" * 600
    assert " ".join(text for _, text in cut(f"{deep}<p>three</p>")) == "One two three"


# Chrome around the story


@pytest.mark.parametrize("kind", AROUND)
@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.language)
def test_chrome_around_a_story(told: Told, kind: str) -> None:
    piece = AROUND[kind](told)
    for html in (
        page(told, above=piece),
        page(told, below=piece),
        page(told, inner=paragraphs(told) + piece),
        page(told, above=f"<div><div>{piece}</div></div>", below=f"<section>{piece}</section>"),
    ):
        assert read(html).body == told.body


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.language)
def test_all_chrome_at_once(told: Told) -> None:
    everything = "".join(piece(told) for piece in AROUND.values())
    found = read(page(told, above=everything, below=everything))
    assert (found.headline, found.body) == (told.headline, told.body)


@pytest.mark.parametrize(
    ("told", "piece"),
    [
        pytest.param(
            told,
            piece,
            id=f"{told.language}-{kind}",
        )
        for told in STORIES
        for kind, piece in BETWEEN.items()
    ],
)
def test_chrome_between_paragraphs(told: Told, piece: Piece) -> None:
    first, *rest = (f"<p>{each}</p>" for each in told.paragraphs)
    assert read(page(told, inner=f"{first}{piece(told)}{''.join(rest)}")).body == told.body


# Class names lie


@pytest.mark.parametrize(
    "label", ["paywall", "gallery", "share", "related", "comments", "advert", "modal", "sidebar", "cookie-banner"]
)
@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_no_class_name_takes_off_the_whole_story(told: Told, label: str) -> None:
    assert read(page(told).replace("<body>", f'<body class="{label}">')).body == told.body
    assert read(page(told).replace("<article><h1>", f'<article class="{label}"><h1>')).body == told.body
    assert read(page(told).replace("<p>", f'<p class="{label}-text {label}">')).body == told.body


@pytest.mark.parametrize("tag", ["aside", "nav", "form", "header", "footer"])
@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_no_element_takes_off_the_whole_story(told: Told, tag: str) -> None:
    assert read(page(told).replace("<article>", f"<{tag}>").replace("</article>", f"</{tag}>")).body == told.body


# Containers


@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_an_endless_page_gives_its_first_story(told: Told) -> None:
    other = "".join(f"<p>{each} Bis.</p>" for each in reversed(told.paragraphs))
    title = told.others[1]
    second = f"<article><h1>{title}</h1><div>{other}</div></article>"
    assert read(page(told, below=second)).body == told.body


@pytest.mark.parametrize(
    "wrapped",
    [
        "<div>{0}</div><div>{1}</div>",
        "<section>{0}</section><div class=ad-slot>Ad</div><section>{1}</section>",
        "<div><div>{0}</div></div><div><div>{1}</div></div>",
        "{0}<div>{1}</div>",
    ],
)
@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_a_story_in_two_halves(told: Told, wrapped: str) -> None:
    halves = ("".join(f"<p>{each}</p>" for each in half) for half in (told.paragraphs[:3], told.paragraphs[3:]))
    assert read(page(told, inner=wrapped.format(*halves))).body == told.body


@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_old_pages(told: Told) -> None:
    cell = f"<table><tr><td>{links(told.sections)}</td><td>{paragraphs(told)}</td></tr></table>"
    assert read(page(told, inner=cell)).body == told.body
    assert read(page(told, inner="<br><br>".join(told.paragraphs))).body == told.body
    assert read(page(told, inner="".join(f"<div>{each}</div>" for each in told.paragraphs))).body == told.body


@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_a_first_paragraph_above_the_container(told: Told) -> None:
    first, *rest = told.paragraphs
    html = page(told, inner="".join(f"<p>{each}</p>" for each in rest))
    assert read(html.replace("</h1>", f"</h1><p class=lead>{first}</p>")).body in (told.body, "\n\n".join(rest))
    assert (
        first
        in (read(html.replace("</h1>", f"</h1><p class=lead>{first}</p>")).deck or "")
        + read(html.replace("</h1>", f"</h1><p class=lead>{first}</p>")).body
    )


# Blocks by what they say


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.language)
def test_the_headline_again(told: Told) -> None:
    for again in (f"<h2>{told.headline}</h2>", f"<p>{told.headline}</p>", f"<p><b>{told.headline}</b></p>"):
        assert read(page(told, inner=again + paragraphs(told))).body == told.body


@pytest.mark.parametrize(
    "told",
    STORIES,
    ids=lambda told: told.language,
)
def test_a_paragraph_twice(told: Told) -> None:
    assert read(page(told, inner=paragraphs(told) + f"<p>{told.paragraphs[1]}</p>")).body == told.body


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.language)
def test_captions(told: Told) -> None:
    figure = f"<figure><img src=/a.jpg><figcaption>{told.others[0]}</figcaption></figure>"
    first, *rest = (f"<p>{each}</p>" for each in told.paragraphs)
    assert read(page(told, inner=f"{figure}{first}{figure}{''.join(rest)}")).body == told.body


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.language)
def test_subheadings_lists_and_quotes_of_the_story_stay_in_order(told: Told) -> None:
    a, b, c, d, e = told.paragraphs
    title = told.others[2]
    inner = f"<p>{a}</p><h2>{title}</h2><p>{b}</p><ul><li>{c}</li><li>{d}</li></ul><blockquote><p>{e}</p></blockquote>"
    assert read(page(told, inner=f"{inner}<p>{a[::-1]}</p>")).body == "\n\n".join((a, title, b, c, d, e, a[::-1]))


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.language)
def test_a_subheading_that_nothing_follows(told: Told) -> None:
    html = page(told, inner=f"{paragraphs(told)}<h2>{told.others[2]}</h2>")
    assert read(html).body == told.body
    assert fates(html)[told.others[2]] == "dangling"


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.language)
def test_a_list_of_links_in_the_story(told: Told) -> None:
    first, *rest = (f"<p>{each}</p>" for each in told.paragraphs)
    html = page(told, inner=f"{first}<ul>{links(told.others)}</ul>{''.join(rest)}")
    assert read(html).body == told.body
    assert None not in {fates(html)[title] for title in told.others}


def test_a_list_with_links_in_its_sentences_stays() -> None:
    items = "".join(
        f"<li>The <a href=/n>ferry</a> of line {n} goes to the island on each day but Monday.</li>" for n in range(3)
    )
    assert read(page(EN, inner=f"{paragraphs(EN)}<ul>{items}</ul>")).body.count("of line") == 3


@pytest.mark.parametrize(
    ("byline", "rule"),
    [
        ("By Anna Berg", "byline"),
        ("Anna Berg and Jo Ek", "byline"),
        ("Von Anna Berg und Jo Ek", "byline"),
        ("Anna Berg is a reporter of The Gull and lives in Orm with two goats.", "byline"),
        ("Anna Berg est une journaliste de La Mouette et vit avec deux chèvres.", "byline"),
        ("Anna Berg es la corresponsal de La Gaviota y vive en Orm con dos cabras.", "byline"),
    ],
)
def test_names_of_the_authors(byline: str, rule: str) -> None:
    data = {"@type": "NewsArticle", "headline": EN.headline, "author": [{"name": "Anna Berg"}, {"name": "Jo Ek"}]}
    head = f'<script type="application/ld+json">{json.dumps(data)}</script></head>'
    html = page(EN, inner=f"{paragraphs(EN)}<p>{byline}</p>").replace("</head>", head)
    assert read(html).body == EN.body
    assert fates(html)[byline] == rule


@pytest.mark.parametrize(
    ("title", "taken"),
    [
        ("<p>Read more:</p>", True),
        ("<p>Lesen Sie auch:</p>", True),
        ("<p>Te puede interesar:</p>", True),
        ("<p>Читайте также:</p>", True),
        ("<p>相关新闻：</p>", True),
        ("<p>The goats:</p>", False),
    ],
)
def test_what_a_title_takes_along(title: str, taken: bool) -> None:
    first, *rest = (f"<p>{each}</p>" for each in EN.paragraphs)
    link = '<p><a href="/n/1">Goats come home</a></p>'
    body = read(page(EN, inner=f"{first}{title}{link}{''.join(rest)}")).body
    assert ("Goats come home" not in body) is taken
    assert body.startswith(EN.paragraphs[0])
    assert body.endswith("\n\n".join(EN.paragraphs[1:]))


@pytest.mark.parametrize(
    "title", ["About the author", "Über die Autorin", "References", "Einzelnachweise", "参考文献", "Источники"]
)
def test_a_box_near_the_end_goes_with_its_title(title: str) -> None:
    box = f"<p>{title}</p><p>She keeps goats and has written four books on harbours and on what they are good for.</p>"
    assert read(page(EN, inner=paragraphs(EN) + box)).body == EN.body


# Other ways to the text


def data_page(told: Told, shown: str, text: str, free: bool = True) -> str:
    """A page that shows one thing and hands another to search engines."""
    data = {
        "@type": "NewsArticle",
        "headline": told.headline,
        "articleBody": text,
        "isAccessibleForFree": free,
        "datePublished": "2026-05-03T10:15:00Z",
    }
    script = f'<script type="application/ld+json">{json.dumps(data)}</script>'
    return f"<html lang={told.language}><head>{script}</head><body><h1>{told.headline}</h1>{shown}</body></html>"


@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_text_that_only_search_engines_get(told: Told) -> None:
    found = read(data_page(told, "<div id=app></div>", told.body))
    assert (found.body, found.provenance["body"]) == (told.body, "json-ld")
    assert found.confidence < 0.5


@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_text_of_a_locked_story_that_only_search_engines_get(told: Told) -> None:
    html = data_page(told, f"<p>{told.paragraphs[0]}</p>", told.body, free=False)
    found = read(html)
    assert (found.body, found.completeness) == (told.paragraphs[0], "teaser")


@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_what_the_page_shows_is_believed_before_its_data(told: Told) -> None:
    found = read(data_page(told, paragraphs(told), "\n\n".join(told.paragraphs[:4])))
    assert (found.body, found.provenance["body"]) == (told.body, "template")


# How sure


@pytest.mark.parametrize("told", STORIES, ids=lambda told: told.language)
def test_a_plain_page_leaves_no_doubt(told: Told) -> None:
    assert read(page(told, inner=paragraphs(told))).confidence > 0.9


@pytest.mark.parametrize("told", SOME, ids=lambda told: told.language)
def test_choices_lower_the_confidence(told: Told) -> None:
    plain = read(page(told, inner=paragraphs(told)))
    tags = ("div", "section", "p", "main")
    scattered = "".join(f"<{tags[n % 4]}>{each}</{tags[n % 4]}>" for n, each in enumerate(told.paragraphs))
    beside = f"<table><tr><td>{'</td><td>'.join(told.paragraphs)}</td></tr></table>"
    for unclear in (scattered, paragraphs(told) + f"<aside>{beside}</aside>"):
        found = read(page(told, inner=unclear))
        assert 0 <= found.confidence < plain.confidence
