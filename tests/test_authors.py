"""Authors: persons as printed, in many languages; agencies and desks only where no person is named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.extraction.metadata import Metadata, read_metadata
from newscrawl.extraction.names import is_full, is_person, names_in, opens_byline
from newscrawl.extraction.page import Page, read_page
from newscrawl.extraction.text import clean
from newscrawl.items import Hints
from newscrawl.sites import parse_site

BYLINES = [
    ("By Anna Berg", "Anna Berg"),
    ("by Anna Berg and Jean-Luc de Brun", "Anna Berg|Jean-Luc de Brun"),
    ("Anna Berg, Staff Writer | Updated May 3, 2026", "Anna Berg"),
    ("By ANNA BERG, Senior Reporter", "ANNA BERG"),
    ("Anna Berg, Junior Harbour Editor", "Anna Berg"),
    ("Written by Dr. Anna Berg, PhD", "Anna Berg"),
    ("By Anna Berg For gull.example", "Anna Berg"),
    ("Anna Berg (anna.berg@gull.example)", "Anna Berg"),
    ("Anna Berg @annaberg", "Anna Berg"),
    ("Anna Berg • 3 min read", "Anna Berg"),
    ("Posted by Anna Berg on Friday December 19", "Anna Berg"),
    ("Anna Berg, Paris", "Anna Berg"),
    ("Berg, Anna", "Anna Berg"),
    ("Anna Berg, Olu Ade, Mia Holm & Per Lind", "Anna Berg|Olu Ade|Mia Holm|Per Lind"),
    ("Carl Berg Jr.", "Carl Berg Jr."),
    ("Victoria O’Regan", "Victoria O’Regan"),
    ("Von Anna Berg und Jan März", "Anna Berg|Jan März"),
    ("Ein Kommentar von Anna Berg", "Anna Berg"),
    ("Von Anna Berg, Redakteurin", "Anna Berg"),
    ("Text: Anna Berg Foto: Per Lind", "Anna Berg"),
    ("Par Anna Berg et Luc Brun", "Anna Berg|Luc Brun"),
    ("Propos recueillis par Anna Berg", "Anna Berg"),
    ("Por Anna Berg y Luis Pena", "Anna Berg|Luis Pena"),
    ("Di Anna Berg e Marco Neri", "Anna Berg|Marco Neri"),
    ("a cura di Anna Berg", "Anna Berg"),
    ("Door Anna Berg en Jan de Vries", "Anna Berg|Jan de Vries"),
    ("Av Anna Berg och Per Lind", "Anna Berg|Per Lind"),
    ("Af Anna Berg", "Anna Berg"),
    ("Autor: Anna Berg", "Anna Berg"),
    ("Автор: Анна Берг, корреспондент", "Анна Берг"),
    ("Oleh Anna Berg", "Anna Berg"),
    ("记者 张三", "张三"),
    ("作者：李四", "李四"),
    ("文/王五", "王五"),
    ("【東京・山田花子】", None),
    ("山田花子記者", "山田花子"),
    ("山田 花子", "山田 花子"),
    ("김하늘 기자", "김하늘"),
    ("بقلم: أحمد علي", "أحمد علي"),
    ("By", None),
    ("admin", None),
    ("Staff", None),
    ("https://gull.example/author/anna", None),
    ("May 3, 2026", None),
    ("", None),
]


@pytest.mark.parametrize("line,expected", BYLINES, ids=[line[:30] or "empty" for line, _ in BYLINES])
def test_names_in(line: str, expected: str | None) -> None:
    assert names_in(line) == (tuple(expected.split("|")) if expected else ())


@pytest.mark.parametrize(
    "line", ["By Anna", "Von: Anna", "文/王", "Por Anna", "Oleh: Anna", "Автор: Анна", "Written by Anna"]
)
def test_opens_byline(line: str) -> None:
    assert opens_byline(line)


@pytest.mark.parametrize("line", ["Byron wrote", "Vonnegut", "The mayor", "", "2026", "Diane Berg", "Portugal wins"])
def test_does_not_open_byline(line: str) -> None:
    assert not opens_byline(line)


@pytest.mark.parametrize(
    "name",
    [
        "Reuters",
        "AFP",
        "Associated Press",
        "The Gull",
        "Gull Newsroom",
        "News Desk",
        "gull.example",
        "Sports Team",
        "新华社",
        "Redaktion Politik",
    ],
)
def test_is_no_person(name: str) -> None:
    assert not is_person(name, frozenset({"the gull"}))


@pytest.mark.parametrize("name", ["Anna Berg", "Tim Hanlon", "Xi Chen", "李四", "Анна Берг", "Madonna", "Jan März"])
def test_is_a_person(name: str) -> None:
    assert is_person(name, frozenset({"the gull"}))


def test_is_full() -> None:
    assert [is_full(n) for n in ("Anna Berg", "aberg", "Anna B", "Anna", "李四", "Анна Берг")] == [
        True,
        False,
        False,
        False,
        True,
        True,
    ]


TEXT = (
    "<p>"
    + "The harbour opened on Sunday after three years of work, and ferries left for the islands again. " * 3
    + "</p>"
)


def read(line: str = "", author: object = None, head: str = "", tail: str = "", **more: object) -> Metadata:
    story = {"@type": "NewsArticle", "headline": "Harbour opens after storm", **({"author": author} if author else {})}
    head += (
        '<meta property="og:site_name" content="The Gull">'
        f'<script type="application/ld+json">{json.dumps(story)}</script>'
    )
    body = f"<article><h1>Harbour opens after storm</h1>{line}<div>{TEXT * 4}{tail}</div></article>"
    page = read_page(
        f'<html lang="en"><head>{head}</head><body>{body}</body></html>', "https://www.gull.example/local/harbour"
    )
    assert isinstance(page, Page)
    return read_metadata(page, **more)  # type: ignore[arg-type]


ANNA = {"@type": "Person", "name": "Anna Berg"}
PER = {"@type": "Person", "name": "Per Lind"}
GULL = {"@type": "Organization", "name": "The Gull"}
AFP = {"@type": "Organization", "name": "AFP"}

TOLD = [
    (ANNA, "Anna Berg"),
    ([ANNA, PER, ANNA], "Anna Berg|Per Lind"),
    ("Anna Berg and Per Lind", "Anna Berg|Per Lind"),
    ("Anna Berg, AFP", "Anna Berg"),
    ([ANNA, AFP], "Anna Berg"),
    ([GULL, PER], "Per Lind"),
    (AFP, "AFP"),
    ([AFP, GULL], "AFP"),
    (GULL, "The Gull"),
    ({"@type": "Organization", "name": "Center for Ports and Ferries"}, "Center for Ports and Ferries"),
    ({"@type": "Person", "name": "By Anna Berg"}, "Anna Berg"),
    ({"@type": "Person", "name": ["Anna Berg"]}, "Anna Berg"),
    ({"@type": "Person", "name": "https://gull.example/anna"}, None),
    ({"@type": "Person"}, None),
    (7, None),
]


@pytest.mark.parametrize("author,expected", TOLD, ids=[json.dumps(author)[:40] for author, _ in TOLD])
def test_authors_of_jsonld(author: object, expected: str | None) -> None:
    found = read(author=author)
    assert found.authors == (tuple(expected.split("|")) if expected else ())
    assert found.provenance.get("authors") == ("json-ld" if expected else None)


PRINTED = [
    ('<p class="byline">By Anna Berg</p>', "Anna Berg"),
    ('<p>By <a href="/author/anna-berg">Anna Berg</a>, Reporter</p>', "Anna Berg"),
    ('<a rel="author" href="/x">Anna Berg</a>', "Anna Berg"),
    ('<span itemprop="author"><span itemprop="name">Anna Berg</span></span>', "Anna Berg"),
    ('<div class="author"><a href="/a">Anna Berg</a><a href="/b">Per Lind</a></div>', "Anna Berg|Per Lind"),
    ('<ul class="authors"><li><span>von</span> <span>Anna Berg</span></li><li>3. Mai 2026</li></ul>', "Anna Berg"),
    ('<div class="box author">Anna Berg</div><div class="box author">Per Lind</div>', "Anna Berg|Per Lind"),
    ("<address>Von Anna Berg und Per Lind</address>", "Anna Berg|Per Lind"),
    ('<div class="byline"><span class="firstname">Anna</span> <span class="lastname">Berg</span></div>', "Anna Berg"),
    ("<p><strong>ANNA BERG</strong></p>", "ANNA BERG"),
    (
        (
            '<div class="author-bio-image"><img src="a.jpg"></div><div class="author-name">Anna Berg</div><div '
            'class="author-role">Chief Reporter</div>'
        ),
        "Anna Berg",
    ),
    ("<p>AFP, Manila</p>", "AFP"),
    ("<span>dpa</span>", "dpa"),
    ('<p class="byline">By Gull Newsroom</p>', "Gull Newsroom"),
    ('<p class="byline">By AFP</p>', "AFP"),
    ("<p>By clicking Continue you agree to the Terms of Use and the Privacy Policy of The Gull</p>", None),
    ('<figure><img src="a.jpg"><figcaption class="credit author">Photo: Per Lind</figcaption></figure>', None),
    ('<div class="share-author">Share</div>', None),
    ('<div class="related"><p class="byline">By Someone Else</p></div>', None),
    ('<aside><p class="byline">By Someone Else</p></aside>', None),
    ("<p>From Reels to Messages</p>", None),
    ("", None),
]


@pytest.mark.parametrize("line,expected", PRINTED, ids=[line[:40] or "none" for line, _ in PRINTED])
def test_printed_byline(line: str, expected: str | None) -> None:
    found = read(line)
    assert found.authors == (tuple(expected.split("|")) if expected else ())


WEIGHED = [
    ("the byline names more", "<p class=byline>By Anna Berg and Per Lind</p>", ANNA, "Anna Berg|Per Lind"),
    ("the byline names others", "<p class=byline>By Mia Holm</p>", ANNA, "Mia Holm"),
    ("the byline spells it out", "<div class=author>Mia Holm</div>", {"@type": "Person", "name": "mholm"}, "Mia Holm"),
    ("the head names more", "<p class=byline>By Anna Berg</p>", [ANNA, PER], "Anna Berg|Per Lind"),
    ("an unsure byline names others", "<div class=author>Mia Holm</div>", ANNA, "Anna Berg"),
    ("only the site is told", "<p class=byline>By Mia Holm</p>", GULL, "Mia Holm"),
    ("an agency beside a person", "<p class=byline>By Mia Holm, AFP</p>", GULL, "Mia Holm"),
    ("an agency against the site", "<p class=byline>AFP</p>", GULL, "AFP"),
]


@pytest.mark.parametrize("line,author,expected", [w[1:] for w in WEIGHED], ids=[w[0] for w in WEIGHED])
def test_sources_are_weighed(line: str, author: object, expected: str) -> None:
    assert read(line, author).authors == tuple(expected.split("|"))


def test_meta_tags() -> None:
    found = read(head='<meta name="author" content="Anna Berg"><meta name="author" content="Per Lind">')
    assert (found.authors, found.provenance["authors"]) == (("Anna Berg", "Per Lind"), "meta")
    assert read(head='<meta property="article:author" content="https://social.example/gull">').authors == ()


def test_a_list_of_facts_is_read_last() -> None:
    found = read(tail="<ul><li><strong>Date</strong> 3 May 2026</li><li><strong>Author</strong> Anna Berg</li></ul>")
    assert (found.authors, found.provenance["authors"]) == (("Anna Berg",), "text")


SIGNED = {
    "a label and a name": ("<div><p>Written by</p><p>Anna Berg</p></div>", "Anna Berg"),
    "a heading": ("<h3>Author</h3><p> Anna Berg</p>", "Anna Berg"),
    "a label and something else": ("<div><p>Written by</p><p>People who care about harbours</p></div>", None),
    "a box at the end": (
        '<div class="author"><p class="name"><a rel="author" href="/a">Anna Berg</a></p></div>',
        "Anna Berg",
    ),
    "the same twice": (
        '<a href="/author/berg/">Anna Berg</a><p><a href="/author/berg/">Anna Berg</a></p>',
        "Anna Berg",
    ),
    "several": ('<a href="/author/berg/">Anna Berg</a><p><a href="/author/lind/">Per Lind</a></p>', None),
    "a comment's": ('<div class="comments"><a rel="author" href="/a">Anna Berg</a></div>', None),
    "in the footer": ('<footer><a rel="author" href="/a">Anna Berg</a></footer>', None),
}


@pytest.mark.parametrize(("tail", "expected"), SIGNED.values(), ids=SIGNED)
def test_signatures_after_the_story(tail: str, expected: str | None) -> None:
    found = read(tail=TEXT * 3 + tail)
    assert found.authors == ((expected,) if expected else ())
    assert read(author=PER, tail=TEXT * 3 + tail).authors == ("Per Lind",)


def test_labels_for_previews() -> None:
    head = '<meta name="twitter:label1" content="{}"><meta name="twitter:data1" content="Anna Berg">'
    assert read(head=head.format("Written by")).authors == ("Anna Berg",)
    assert read(head=head.format("Reading time")).authors == ()


def test_hints_only_fill_gaps() -> None:
    hints = Hints(authors=("Per Lind",), source="feed")
    assert read(hints=hints).authors == ("Per Lind",)
    assert read(hints=hints).provenance["authors"] == "feed"
    assert read(author=ANNA, hints=hints).authors == ("Anna Berg",)


def test_a_profile_wins() -> None:
    site = parse_site({"name": "gull", "layout": [{"authors": ".who"}]}, "gull.toml")
    found = read('<p class="who">Anna Berg; Per Lind</p>', {"@type": "Person", "name": "Mia Holm"}, site=site)
    assert (found.authors, found.provenance["authors"]) == (("Anna Berg", "Per Lind"), "profile")


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=120))
def test_any_line_gives_names_that_stand_in_it(line: str) -> None:
    for name in names_in(line):
        assert 2 <= len(name) <= 60
        assert "@" not in name and "://" not in name
        words = clean(line).split()
        assert all(any(word in whole for whole in words) or len(word) < 2 for word in name.split())
