"""The inspector: every block shown with its fate, and a page that can do nothing."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import pytest
from crawling import Crawls
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html as lxml_html
from report_runs import HOSTILE, START, hostile_article, make_article, real_runs

from newscrawl.commands.inspect import has_display
from newscrawl.extraction.article import extract_page
from newscrawl.extraction.page import Page, read_page
from newscrawl.items import Rejection, to_dict
from newscrawl.report.annotate import Annotated, annotate
from newscrawl.report.archived import find_record
from newscrawl.report.differences import changes, pieces, rows
from newscrawl.report.history import read_run
from newscrawl.report.inspector import Source, render_diff, render_inspection

STORY = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Ferry returns | The Courier</title>
<meta property="og:title" content="Ferry returns to the bay"><meta name="author" content="Mara Lindqvist">
<meta property="article:published_time" content="2026-11-24T08:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/world">World</a></nav>
<article><h1>Ferry returns to the bay</h1>
<p>The ferry that left the bay in spring came back on Tuesday with a new engine and an old crew, the harbour said.</p>
<div class="share-buttons">Share on Facebook</div>
<p>Passengers waited from dawn. Some had brought flags, and one had brought the horn of the ship that sank in 1931.</p>
<p>The council paid half of the engine. The other half came from a raffle that ran for three winters in the town.</p>
<p>Crossings start on Friday, twice a day, and the fare is what it was before, the captain told a small crowd.</p>
</article><footer>Copyright The Courier</footer></body></html>"""


def seen(source: str, **more: Any) -> Annotated:
    page = read_page(source)
    assert isinstance(page, Page)
    return annotate(page, extract_page(source, trace=True), **more)


def tree(source: str) -> lxml_html.HtmlElement:
    return lxml_html.document_fromstring(source)


def test_blocks_are_tinted_by_their_fate() -> None:
    found = seen(STORY)
    page = tree(found.html)
    kept = [node.text_content()[:10] for node in page.xpath("//*[@data-nc='kept']")]
    assert kept == ["The ferry ", "Passengers", "The counci", "Crossings "]
    assert found.kept == 4
    left_out = " ".join(node.text_content() for node in page.xpath("//*[@data-nc='dropped' or @data-nc='outside']"))
    assert "Home" in left_out
    assert "Copyright" in left_out
    assert all(node.get("title") for node in page.xpath("//*[@data-nc='dropped']"))


def test_a_dropped_block_names_its_rule() -> None:
    extraction = extract_page(STORY, trace=True)
    rules = {block.rule for block in extraction.trace if not block.kept and block.rule != "outside"}
    found = seen(STORY)
    assert {block.rule for block in found.dropped} == rules
    for block in found.dropped:
        node = tree(found.html).xpath(f"//*[@data-nc-block='{block.mark}']")
        assert not node or block.rule in node[0].get("title")


def test_fields_are_found_on_the_page_or_in_its_head() -> None:
    found = seen(STORY)
    page = tree(found.html)
    assert "headline" in found.shown
    assert page.xpath("//*[contains(@data-nc-field, 'headline')]")[0].text_content() == "Ferry returns to the bay"
    assert "body" in found.shown
    head = inspected(STORY).xpath("//div[contains(@class, 'field')][dt[contains(., 'published_at')]]//code/text()")
    assert head == ['<meta property="article:published_time" content="2026-11-24T08:00:00Z">']


def test_a_dateline_is_found_in_its_paragraph() -> None:
    source = STORY.replace("<p>The ferry", "<p>GENEVA, Nov. 24 (Harbour Wire) -- The ferry")
    found = seen(source, dateline="GENEVA, Nov. 24 (Harbour Wire) --")
    assert tree(found.html).xpath("//*[@data-nc-field='dateline']")[0].text_content().startswith("GENEVA")
    assert "dateline" in found.shown
    assert "dateline" not in seen(STORY, dateline="LIMA, Nov. 24 --").shown


#: What could run, load, navigate or submit; each must be gone, the words around it must stay.
DANGERS = [
    "<script>fetch('https://a.example/')</script>",
    "<script src='https://a.example/x.js'></script>",
    "<img src='https://a.example/x.png' alt='A pier' onerror=alert(1)>",
    "<picture><source srcset='https://a.example/x.webp'><img src='https://a.example/x.png'></picture>",
    "<iframe src='https://a.example/'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='https://a.example/x'><embed src='https://a.example/y'></object>",
    "<video poster='https://a.example/p.jpg'><source src='https://a.example/v.mp4'></video>",
    "<audio src='https://a.example/a.mp3' autoplay></audio>",
    "<svg onload=alert(1)><image href='https://a.example/x.png'/><script>alert(2)</script></svg>",
    "<math><maction actiontype='statusline' xlink:href='javascript:alert(1)'>x</maction></math>",
    "<a href='javascript:alert(1)' ping='https://a.example/'>a link</a>",
    "<a href='https://a.example/' target=_top>a link</a>",
    "<form action='https://a.example/'><input name=q autofocus onfocus=alert(1)><button>Go</button></form>",
    "<meta http-equiv=refresh content='0;url=https://a.example/'>",
    "<base href='https://a.example/'>",
    "<link rel=stylesheet href='https://a.example/x.css'><link rel=preload as=image href='https://a.example/y.png'>",
    "<style>@import 'https://a.example/x.css'; p { background: url(https://a.example/x.png) }</style>",
    "<style>p { background: u\\72l(https://a.example/x.png) } @font-face { src: url(//a.example/f) }</style>",
    "<style>p { background: ururl(l(https://a.example/x.png) }</style>",
    "<style>p { background: image-set('https://a.example/x.png' 1x) }</style>",
    "<p style='background: url(https://a.example/x.png)' background='https://a.example/y.png'>styled</p>",
    "<table background='https://a.example/x.png'><tr><td background='https://a.example/x.png'>cell</table>",
    "<body onload=alert(1) background='https://a.example/x.png'>",
    "<template><img src=x onerror=alert(1)></template><noscript><img src='https://a.example/n.png'></noscript>",
    "<o:p>office</o:p><input type=image src='https://a.example/x.png'>",
]


def disarmed(html: str) -> None:
    page = tree(html)
    gone = "script iframe frame object embed link base form input button img video audio source svg math template"
    assert not page.xpath(" | ".join(f"//{name}" for name in gone.split()))
    assert [meta.get("http-equiv") for meta in page.xpath("//meta")] == [None, "Content-Security-Policy"]
    loads = {
        "src",
        "srcset",
        "href",
        "action",
        "background",
        "poster",
        "data",
        "ping",
        "srcdoc",
        "formaction",
        "target",
    }
    for node in page.iter():
        names = {str(name).lower() for name in node.attrib}
        assert not names & loads, node.attrib
        assert not any(name.startswith("on") or ":" in name for name in names), node.attrib
    styles = page.xpath("//style/text() | //@style")
    assert not any(re.search(r"url\s*\(|@import|image-set\(|src\s*\(|\\", style, re.I) for style in styles)


@pytest.mark.parametrize("danger", DANGERS)
@pytest.mark.parametrize("place", ["<article>", "<p>The ferry", "<head>", "</body>"])
def test_a_page_can_do_nothing(danger: str, place: str) -> None:
    html = seen(STORY.replace(place, f"{danger}{place}", 1)).html
    disarmed(html)
    assert "Passengers waited from dawn." in html


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(DANGERS + [*"<>'\"/&;", "<!--", "-->", "<p>", "</div>", "]]>", "<![CDATA[", HOSTILE])))
def test_no_mixture_brings_it_back(parts: list[str]) -> None:
    disarmed(seen("<p>" + "".join(parts) + STORY).html)


def test_pictures_leave_a_word_behind() -> None:
    page = tree(seen(STORY.replace("</h1>", "</h1><img src='/pier.jpg' alt='The pier at noon'>")).html)
    assert page.xpath("//span[@data-nc-was='img']/text()") == ["[picture: The pier at noon]"]


def inspected(source: str | bytes, **more: Any) -> lxml_html.HtmlElement:
    return tree(render_inspection(Source(source, **more)))


def test_the_page_beside_the_record() -> None:
    page = inspected(STORY, url="https://courier.example/ferry", fetched_at=START)
    frame = page.xpath("//iframe")[0]
    assert frame.get("sandbox") == "allow-same-origin", "no scripts, forms, popups, navigation"
    disarmed(frame.get("srcdoc"))
    assert page.xpath("//button[@data-field='headline']")
    assert page.xpath("//h1")[0].text_content() == "Ferry returns to the bay"
    assert (
        page.xpath("//dt[. = 'url']/following-sibling::dd")[0].text_content().strip() == "https://courier.example/ferry"
    )
    policy = page.xpath("//meta[@http-equiv]/@content")[0]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")


@pytest.mark.parametrize(
    ("source", "reason"),
    [(b"%PDF-1.7 ...", "not_html"), (b"", "empty"), (b"<html><body></body></html>", "empty"), (b"{}", "not_html")],
)
def test_what_is_no_story_is_shown_with_its_reason(source: bytes, reason: str) -> None:
    page = inspected(source)
    assert reason in page.xpath("//div[@class='verdict bad']")[0].text_content()


def test_a_page_that_was_too_much_is_not_extracted_again() -> None:
    record = to_dict(Rejection("https://courier.example/deep", "timeout", "10 s", 200))
    page = tree(render_inspection(Source(STORY), record))
    assert "timeout" in page.xpath("//div[@class='verdict bad']")[0].text_content()
    assert not tree(page.xpath("//iframe/@srcdoc")[0]).xpath("//*[@data-nc]")


def test_hostile_records_are_text() -> None:
    source = render_inspection(Source(f"<p>{HOSTILE}{STORY}", url="javascript:alert(1)"), to_dict(hostile_article()))
    page = tree(source)
    assert len(page.xpath("//script")) == 1
    assert not page.xpath("//img | //@onerror | //@onload | //a[starts-with(@href, 'javascript')]")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", source)
    assert "<script>document.title='owned'</script>" in page.text_content()


# Differences


@given(st.text("abc \n字文", max_size=60), st.text("abc \n字文", max_size=60))
def test_pieces_are_the_whole_of_both(old: str, new: str) -> None:
    way = pieces(old, new)
    assert "".join(piece.text for piece in way if piece.kind != "in") == old
    assert "".join(piece.text for piece in way if piece.kind != "out") == new


def test_very_long_texts_are_one_change() -> None:
    old, new = "word " * 9000, "other " * 9000
    assert [piece.kind for piece in pieces(old, new)] == ["out", "in"]


@given(st.text("abc \n字文", max_size=60), st.text("abc \n字文", max_size=60))
def test_rows_are_the_whole_of_both(old: str, new: str) -> None:
    found = rows(old, new)
    for side, text in (("old", old), ("new", new)):
        parts = ["\n\n".join(row.same) if row.same else "".join(p.text for p in getattr(row, side)) for row in found]
        assert "".join(parts).replace("\n", "") == text.replace("\n", "")


def test_paragraphs_stand_beside_what_became_of_them() -> None:
    a, b, c = "The ferry left at dawn.", "Nobody waved to it.", "It was cold."
    found = rows(f"{a}\n\n{b}\n\n{c}", f"{a}\n\nNobody sang to it.\n\n{c}\n\nAnd dark.")
    assert [list(row.same) for row in found] == [[a], [], [c], []]
    assert [(p.kind, p.text) for p in found[1].old] == [("same", "Nobody "), ("out", "waved"), ("same", " to it.")]
    assert (found[3].old, [(p.kind, p.text) for p in found[3].new]) == ([], [("in", "And dark.")])
    moved = rows(f"{a}\n\nNobody sang to it.\n\nThe end.", f"{a}\n\nA goat ate the timetable.\n\n{b}\n\n{c}")
    told = [["".join(p.text for p in side) for side in (row.old, row.new)] for row in moved[1:]]
    assert told == [["", "A goat ate the timetable."], ["Nobody sang to it.", b], ["The end.", c]]
    many = rows("\n\n".join(f"a{n}" for n in range(99)), "\n\n".join(f"b{n}" for n in range(99)))
    assert len(many) == 1
    (alien,) = rows("Nobody waved to it.", "A goat ate the last timetable of the year.")
    assert [(p.kind, p.text) for p in alien.old] == [("out", "Nobody waved to it.")], "no confetti"


def test_only_what_speaks_of_the_story_changes() -> None:
    old = to_dict(make_article(random.Random(1), 1, "courier", START))
    new = {**old, "headline": "Another", "authors": ["A", "B"], "fetched_at": "later", "revision": 2, "deck": "now"}
    assert [change.field for change in changes(old, new)] == ["headline", "deck", "authors"]
    assert list(changes(old, old)) == []


def test_two_versions_side_by_side() -> None:
    old = to_dict(extract_page(STORY).result)
    new = {**old, "headline": "Ferry <b>back</b> in the bay"}
    page = tree(render_diff(Source(STORY), old, new))
    assert page.xpath("//main/h2[1]")[0].text_content() == "1 field changed"
    change = page.xpath("//section[@aria-label='headline']")[0]
    assert change.xpath(".//del/text()") == ["returns", "to"]
    assert "<b>back</b>" in change.text_content()
    assert page.xpath("//iframe/@srcdoc")


def test_a_story_that_became_a_rejection() -> None:
    page = tree(render_diff(Source(STORY), to_dict(extract_page(STORY).result), Rejection(None, "listing", "links")))
    verdict = page.xpath("//div[@class='verdict bad']")[0].text_content()
    assert "record → rejected: listing" in verdict and "links" in verdict
    assert len(tree(page.xpath("//iframe/@srcdoc")[0]).xpath("//*[@data-nc-diff='gone']")) == 4


def test_the_page_shows_which_blocks_went_and_came() -> None:
    new = to_dict(extract_page(STORY).result)
    paragraphs = new["body"].split("\n\n")
    old = {**new, "body": "\n\n".join([*paragraphs[:2], paragraphs[3], "Copyright The Courier"])}
    page = tree(render_diff(Source(STORY), old, new, "../diff.html"))
    framed = tree(page.xpath("//iframe/@srcdoc")[0])
    (gone,), (came,) = (framed.xpath(f"//*[@data-nc-diff='{kind}']") for kind in ("gone", "came"))
    assert gone.text_content() == "Copyright The Courier"
    assert came.text_content() == paragraphs[2]
    listed = page.xpath("//ul[@class='dropped-list']//button")
    assert [each.get("data-block") for each in listed] == [gone.get("data-nc-block"), came.get("data-nc-block")]
    assert (
        listed[0].xpath("span/text()")
        == gone.xpath("@title[contains(., 'only in the old record')]/../@title")[0].split(": ")[1:]
    ), "the rule that drops it today"
    assert page.xpath("//header//a/@href")[0] == "../diff.html"
    rest = [each.text_content() for each in page.xpath("//section[@aria-label='body']//details//div")]
    assert "\n\n".join(paragraphs[:2]) in rest, "what is in both folds up"


def test_a_page_cannot_play_a_tint() -> None:
    fake = "<p data-nc=kept data-nc-diff=gone data-nc-field=headline>Read our newsletter, it is free of charge</p>"
    page = tree(seen(STORY.replace("</nav>", f"{fake}</nav>")).html)
    assert not page.xpath("//*[@data-nc-diff]")
    assert not page.xpath("//p[@data-nc='kept'][contains(., 'newsletter')]")


def test_hostile_differences_are_text() -> None:
    old = to_dict(hostile_article(1))
    new = {**to_dict(hostile_article(2)), "headline": f"{HOSTILE} again", "body": f"{HOSTILE}\n\nNew. {HOSTILE}"}
    source = render_diff(Source(f"<p>{HOSTILE}{''.join(DANGERS)}{STORY}", url="javascript:alert(1)"), old, new)
    page = tree(source)
    disarmed(page.xpath("//iframe/@srcdoc")[0])
    assert page.xpath("//iframe/@sandbox") == ["allow-same-origin"]
    assert len(page.xpath("//script")) == 1
    assert not page.xpath("//img | //@onerror | //@onload | //a[starts-with(@href, 'javascript')]")
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", source)
    assert "<script>document.title='owned'</script>" in page.text_content()


def test_what_hung_a_worker_is_not_read_again() -> None:
    record = to_dict(extract_page(STORY).result)
    page = tree(render_diff(Source(STORY), record, Rejection(None, "timeout", "10 s")))
    assert not tree(page.xpath("//iframe/@srcdoc")[0]).xpath("//*[@data-nc]")


# The command


def test_inspecting_a_file(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(STORY)
    out = tmp_path / "seen.html"
    url = "https://courier.example/ferry"
    _, said, _ = Crawls(tmp_path).run("inspect", str(tmp_path / "page.html"), "--no-open", "-o", str(out), "--url", url)
    assert said.strip() == str(out)
    assert "Ferry returns to the bay" in tree(out.read_text()).xpath("//h1")[0].text_content()


def test_inspecting_records_of_a_crawl(tmp_path: Path) -> None:
    real = real_runs()
    run = read_run(real.runs[0])
    record = next(record for record in run.articles() if record["confidence"] > 0.7)
    out = tmp_path / "seen.html"
    real.crawls.run("inspect", record["id"], "--no-open", "-o", str(out))
    page = tree(out.read_text())
    assert page.xpath("//h1")[0].text_content() == " ".join(record["headline"].split())
    assert "Today's extraction gives other values" not in page.text_content()
    line = next(line for line in run.rejections() if line["archive"])
    assert find_record(real.crawls.output, line["archive"]["record_id"]) == (run, json.loads(json.dumps(line)))


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ("0" * 32, r"inspect: 0{32}: no such record under .*\n"),
        ("nowhere.html", r"inspect: nowhere.html: cannot be read: No such file or directory\n"),
        (".", r"inspect: \.: cannot be read: Is a directory\n"),
        ("http://127.0.0.1:9/", r"inspect: http://127.0.0.1:9/: .*\n"),
    ],
)
def test_inspecting_what_is_not_there(tmp_path: Path, wanted: str, said: str) -> None:
    _, out, err = Crawls(tmp_path).run("inspect", wanted, "--no-open", "-o", str(tmp_path / "x.html"), status=1)
    assert (out, bool(re.fullmatch(said, err))) == ("", True), err


@pytest.mark.skipif("sys.platform in ('darwin', 'win32')", reason="there is always a display")
def test_a_page_is_opened_only_where_there_is_a_display() -> None:
    assert has_display({"DISPLAY": ":0"})
    assert has_display({"WAYLAND_DISPLAY": "wayland-0"})
    assert not has_display({})
