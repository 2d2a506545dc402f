"""Pages that are larger, deeper or stranger than any page should be: refused with a reason, or read as what they are.

Each is extracted in a worker under the limits of a crawl; a few pages need most of the time that they may have.
"""

from __future__ import annotations

import asyncio
import csv
import io
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hostile_stories import headline, paragraphs, story

from newscrawl.extraction.article import extract
from newscrawl.items import Article, Rejection
from newscrawl.report.text import plain, visible
from newscrawl.storage.batches import to_line
from newscrawl.workers import Workers

URL = "https://hostile.example/2026/11/24/story.html"
FETCHED = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
MB = 1_000_000


def ld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


#: What is larger than the limits, or as large as they allow: (page, whether a record must come of it). No record means
#: one of the reasons for limits; a page that is slow on a busy machine may also be given up for its time.
LARGE: dict[str, tuple[Callable[[], str], bool]] = {
    "tags within each other": (lambda: story(1, body="<div>" * 100_000), False),
    "inline tags within each other": (lambda: story(2, body="<b>" * 900 + "x"), True),
    "lists within each other": (lambda: story(3, body="<ul><li>" * 400 + "x"), True),
    "tables within each other": (lambda: story(4, body="<table><tr><td>" * 300 + "x"), True),
    "open paragraphs": (lambda: "<p>" * 3_300_000, False),
    "elements": (lambda: story(5, body="<p>a</p>" * 120_000), False),
    "breaks": (lambda: story(6, body="text<br>" * 40_000), True),
    "blank breaks": (lambda: story(7, body="<span> </span><br>" * 40_000), True),
    "one word": (lambda: story(8, body=f"<p>{'w' * 9 * MB}</p>"), False),
    "words": (lambda: story(9, body=f"<p>{'word ' * 500_000}</p>"), False),
    "spaces": (lambda: story(10, body=f"<p>{' ' * 9 * MB}x</p>"), True),
    "lines": (lambda: story(11, body="<pre>" + "\n" * 9 * MB), True),
    "invisible marks": (lambda: story(12, body="\u202e\u200b" * 700_000), True),
    "references": (lambda: story(13, body="<i title='" + "&amp;" * 1_500_000 + "'>x</i>"), True),
    "an open comment": (lambda: story(14, body="<!--" * 2 * MB), True),
    "an attribute": (lambda: story(15, body=f"<p class='{'a ' * 2 * MB}'>x</p>"), True),
    "meta tags": (lambda: story(16, head='<meta name="author" content="A Bee">' * 90_000), True),
    "titles": (lambda: story(17, head="<title>a</title>" * 90_000), True),
    "links in the head": (lambda: story(18, head="<link rel=canonical href=/a>" * 90_000), True),
    "links in the page": (
        lambda: story(19, body="".join(f"<a href=/n/{n}>Story {n}</a>" for n in range(90_000))),
        True,
    ),
    "pictures": (lambda: story(20, body="<img src=a.jpg alt=b>" * 90_000), True),
    "JSON arrays within each other": (lambda: story(21, head=ld("[" * 3 * MB)), True),
    "JSON objects within each other": (lambda: story(22, head=ld('{"a":' * 600_000)), True),
    "JSON nodes": (lambda: story(23, head=ld('[{"@type":"Thing"}' + ',{"@type":"NewsArticle"}' * 80_000 + "]")), True),
    "JSON scripts": (lambda: story(24, head=ld('{"@type":"NewsArticle"}') * 80_000), True),
    "JSON that breaks off": (lambda: story(25, head=ld('{"headline":"' + "\\" * 3 * MB)), True),
    "JSON numbers": (lambda: story(26, head=ld('{"@type":"NewsArticle","wordCount":' + "9" * 3 * MB + "}")), True),
    "a title": (lambda: story(27, title="h" * MB), True),
    "dates": (lambda: story(28, body="<time datetime='2026-01-01T10:00'>1 January 2026</time>" * 10_000), True),
    "bylines": (lambda: story(29, body="<p class=byline>By Anna Berg</p>" * 10_000), True),
    "headings": (lambda: story(30, body="<h2>A part of it</h2>" * 10_000), True),
}
LIMITS = {"too_large", "too_complex", "too_long", "timeout"}


@pytest.fixture(scope="module")
def results() -> dict[str, Article | Rejection]:
    async def run() -> dict[str, Article | Rejection]:
        workers = Workers(2, 30, None)
        try:
            pages = {name: make().encode("utf-8", "surrogatepass") for name, (make, _) in LARGE.items()}
            about = {"url": URL, "fetched_at": FETCHED, "http_status": 200}
            done = await asyncio.gather(*(workers.extract(page, **about) for page in pages.values()))
            return dict(zip(pages, (each.result for each in done), strict=True))
        finally:
            workers.close()

    return asyncio.run(run())


@pytest.mark.parametrize("name", LARGE)
def test_a_page_of_too_much_is_refused_or_read(results: dict[str, Article | Rejection], name: str) -> None:
    result, must = results[name], LARGE[name][1]
    if isinstance(result, Rejection):
        assert not must
        assert result.reason in LIMITS
        assert (result.url, result.http_status) == (URL, 200)
    else:
        assert must
        assert len(result.headline or "") < 2_000
        assert all(len(value) < 2_000 for value in (*result.authors, *result.keywords))
        assert len(result.body) < 2 * MB


# Strange pages

ABSURD = ("0000-00-00", "9999999-13-45", "-1", "0", "99999999999999999999", "2026-02-31T25:61:61+99:99", "1e999", "NaN")


@pytest.mark.parametrize(
    "value", [*ABSURD, "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "31 Foo 20266", "١٢/١٣/١٤١٤"]
)
def test_an_absurd_date_is_no_date(value: str) -> None:
    head = f'<meta property="article:published_time" content="{value}"><meta name="date" content="{value}">'
    body = f'<time datetime="{value}">{value}</time>'
    result = extract(
        story(40, head=head + ld(f'{{"@type":"NewsArticle","datePublished":"{value}"}}'), body=body), url=None
    )
    assert isinstance(result, Article)
    assert result.published_at is None


def charsets() -> Iterator[tuple[str, bytes, str | None]]:
    text = story(41).replace('<meta charset="utf-8">', "")
    for name in (
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "utf-32",
        "utf-32-le",
        "windows-1252",
        "gb18030",
    ):
        yield f"{name} declared", text.encode(name), name.removesuffix("-sig")
    for name in ("utf-8", "utf-8-sig", "utf-16", "utf-32", "utf-16-le", "utf-16-be"):
        yield f"{name} undeclared", text.encode(name), None
    for lie in (
        "utf-16",
        "utf-32",
        "x-none-such",
        "utf-7",
        "base64",
        "idna",
        "unicode_escape",
        "\x00",
        "",
        "a" * 10_000,
    ):
        yield f"utf-8 declared as {lie[:20]!r}", text.encode(), lie


@pytest.mark.parametrize(
    ("page", "charset"), [(p, c) for _, p, c in charsets()], ids=[name for name, _, _ in charsets()]
)
def test_a_page_is_read_whatever_its_charset_is_said_to_be(page: bytes, charset: str | None) -> None:
    result = extract(page, url=URL, encoding=charset)
    assert isinstance(result, Article)
    assert result.headline == headline(41)
    assert result.body.split("\n\n") == paragraphs(41)


@pytest.mark.parametrize("charset", ["base64", "idna", "punycode", "utf-7", "unicode_escape", "rot13", "hex"])
def test_a_codec_that_is_no_encoding_is_no_claim(charset: str) -> None:
    result = extract(story(44).encode() + b"\xff\xfe\xc3" * 500, url=URL, encoding=charset)
    assert isinstance(result, Article)
    assert result.headline == headline(44)


@pytest.mark.parametrize(
    "junk",
    [
        "\x00",
        "\x01\x1f\x7f",
        "\ufffe\uffff",
        "\ud800",
        "\udfff\ud800",
        "\x1b[31m",
        "\u202e",
        "\u2066\u2067",
        "\x0b\x0c",
    ],
)
def test_what_is_no_text_leaves_no_trace(junk: str) -> None:
    page = story(42, title=f"{junk}{headline(42)}{junk}").replace("council meets", f"council{junk} meets")
    for given in (page, page.encode("utf-8", "surrogatepass")):
        result = extract(given, url=URL)
        assert isinstance(result, Article)
        printed = f"{result.headline} {result.body}".replace("\n\n", " ").replace("\ufffd", "")
        assert printed.isprintable()
        to_line(result).decode("utf-8")


# What becomes of a record elsewhere

HEADLINES = (
    '=HYPERLINK("http://evil.example")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "'); DROP TABLE urls; --",
    "<script>x</script>",
)


@pytest.mark.parametrize("text", HEADLINES)
def test_a_headline_stays_text_in_a_line_of_json(text: str) -> None:
    """Records are JSON: there is no cell to hold a formula, no markup, no SQL; the text arrives as it was printed."""
    result = extract(story(43, title=text.replace("<", "&lt;")), url=URL)
    assert isinstance(result, Article)
    line = to_line(result)
    assert line.count(b"\n") == 1
    assert result.headline in (text, text.strip("'"), "x")


def test_a_line_for_people_has_no_codes_and_is_one_line() -> None:
    text = "a\x1b[31mb\r\nERROR c\u202ed\x9b2J\x00"
    assert plain(text) == "a⟨U+001B⟩[31mb ERROR c⟨U+202E⟩d⟨U+009B⟩2J⟨U+0000⟩"
    assert "\x1b" not in visible(text)


def test_sql_is_never_made_of_words_of_a_page(tmp_path: Path) -> None:
    """A ledger whose URLs, titles and validators are SQL still holds them as texts."""
    from newscrawl.items import Candidate, Hints
    from newscrawl.storage.ledger import Ledger

    ledger = Ledger(tmp_path / "ledger.sqlite3")
    evil = "https://x.example/'); DROP TABLE urls; --"
    assert ledger.discover([(evil, Candidate(evil, evil, Hints(title=evil)))], 1, 1) == [evil]
    assert [entry.url for entry in ledger.due(2, 10)] == [evil]
    ledger.close()
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as db:
        assert db.execute("SELECT count(*) FROM urls").fetchone() == (1,)
    db.close()


def test_nothing_in_the_package_writes_csv() -> None:
    """An export of records to CSV would have to disarm formulas; there is none, and csv stays out until one does."""
    sources = Path(__file__).parent.parent / "newscrawl"
    assert csv.writer(io.StringIO())
    assert not [path for path in sources.rglob("*.py") if "import csv" in path.read_text(encoding="utf-8")]
