"""Section, publisher and reporters as pages print them, where neither JSON-LD nor meta tags name them."""

from __future__ import annotations

import pytest
from fields import TEXT, jsonld, read

from newscrawl.extraction.images import split_credit
from newscrawl.extraction.names import labelled_source
from newscrawl.extraction.reporters import reporters_in
from newscrawl.items import Image

STORY = f"<h1>Harbour opens after storm</h1>{TEXT * 3}"
HOME = '<a href="/">Front</a>'

SECTIONS = {
    "last link": (f'<div class="crumbs">{HOME} &gt; <a href="/w">World</a> &gt; <a href="/w/a">Asia</a></div>', "Asia"),
    "home by its name": ('<p class="breadcrumb"><a href="/zh/">首页</a> <a href="/t">文化</a> <i>正文</i></p>', "文化"),
    "home alone": (f'<div class="breadcrumbs">{HOME}</div>', None),
    "ends with the story": (
        f'<nav aria-label="breadcrumb">{HOME} <a href="/w">World</a> <a href="/x">Harbour opens after storm</a></nav>',
        "World",
    ),
    "a way back": ('<div class="crumb"><a href="/news">‹ All stories</a></div>', None),
    "folder of the page": ('<p><a href="/local/">Town</a> <a href="/sport/">Sport</a></p>', "Town"),
    "the nearest folder": ('<p><a href="/local/">Town</a> <a href="/local/2026/">This year</a></p>', "This year"),
    "the page itself": ('<p><a href="/local/2026/harbour-opens#share">More</a></p>', None),
    "nothing": ("<p>World</p>", None),
}


@pytest.mark.parametrize(("above", "expected"), SECTIONS.values(), ids=SECTIONS)
def test_printed_section(above: str, expected: str | None) -> None:
    assert read(above + STORY).section == expected


def test_trail_in_jsonld_and_what_goes_before_it() -> None:
    steps = [
        {"@type": "ListItem", "position": 1, "name": "Home", "item": "https://www.gull.example/"},
        {"@type": "ListItem", "position": 2, "item": {"@id": "https://www.gull.example/w", "name": "World"}},
        {"@type": "ListItem", "position": 3, "name": "Harbour opens after storm"},
    ]
    trail = jsonld(**{"@type": "BreadcrumbList", "itemListElement": steps})
    assert read(STORY, trail).section == "World"
    assert read(STORY, trail + '<meta property="article:section" content="Local">').section == "Local"
    assert read(STORY, trail + '<meta property="article:section" content="Uncategorized">').section == "World"


SOURCES = {
    "labelled": (
        "<p><span>Source: Gull Wire</span><span>2026-05-03 10:00</span><span>Editor: ml</span></p>",
        "Gull Wire",
    ),
    "labelled in Chinese": ("<p><span>2026-05-03 10:12</span><span>来源：灯塔社</span></p>", "灯塔社"),
    "called so": ('<p><a>Print</a> <span class="source">Gull Wire</span>, <span>May 3, 2026</span></p>', "Gull Wire"),
    "agency beside a date": ("<p><a>Print</a> Xinhua, May 3, 2026</p>", "Xinhua"),
    "of a picture": ("<figure><img src=a.jpg><figcaption>The pier. Source: Gull Wire</figcaption></figure>", None),
    "of a date": ('<p class="source">3 May 2026</p>', None),
    "nothing": ("<p>Open source software</p>", None),
}


@pytest.mark.parametrize(("below", "expected"), SOURCES.values(), ids=SOURCES)
def test_printed_source(below: str, expected: str | None) -> None:
    body = f"<h1>Harbour opens after storm</h1>{below}{TEXT * 3}"
    assert read(body).publisher == expected
    assert read(body, '<meta property="og:site_name" content="The Gull">').publisher == "The Gull"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Source: The Gull | Editor: mlee", "The Gull"),
        ("Quelle: dpa/Harbour Press", "dpa"),
        ("稿源：灯塔网 2026-05-03", "灯塔网"),
        ("Source: the mayor said on Sunday that nobody would be asked", None),
        ("Sources say so", None),
        ("Source:", None),
    ],
)
def test_labelled_source(line: str, expected: str | None) -> None:
    assert labelled_source(line) == expected


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ("灯塔社宁波11月2日电（记者林舟、许安）港口重新开放。", "林舟 许安"),
        ("灯塔社宁波11月2日电（记者 林舟 通讯员 许安）港口重新开放。", "林舟 许安"),
        ("（本报记者周帆）港口重新开放。", "周帆"),
        ("〔記者林舟／台北報導〕港口重新開放。", "林舟"),
        ("[부산=등대뉴스] 김하늘·이바다 기자 = 항구가 다시 열렸다.", "김하늘 이바다"),
        ("记者在现场看到，港口重新开放。", ""),
        ("【ソウル＝灯台】港が再開した。", ""),
        ("", ""),
    ],
)
def test_reporters_in_datelines(opening: str, expected: str) -> None:
    assert " ".join(reporters_in(opening)) == expected


def test_reporters_are_authors_where_no_byline_names_any() -> None:
    story = (
        "<h1>港口重新开放</h1><p>灯塔社宁波11月2日电（记者林舟、许安）"
        + "港口经过三年施工于周日重新开放。" * 8
        + "</p>"
    )
    found = read(story, lang=' lang="zh"')
    assert (found.authors, found.provenance["authors"]) == (("林舟", "许安"), "text")
    assert read(story, '<meta name="author" content="周帆">', lang=' lang="zh"').authors == ("周帆",)


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("The pier on Sunday. (Anna Berg/Gull Wire)", "The pier on Sunday.", "Anna Berg/Gull Wire"),
        ("The pier on Sunday. (Photo by Anna Berg/Gull Wire)", "The pier on Sunday.", "Photo by Anna Berg/Gull Wire"),
        ("The pier on Sunday [Photo: Anna Berg].", "The pier on Sunday", "Photo: Anna Berg"),
        ("图为码头。 灯塔社记者 许安 摄", "图为码头。", "灯塔社记者 许安 摄"),
        ("图为码头。（许安 摄）", "图为码头。", "许安 摄"),
        ("The old pier (left) and the new one", "The old pier (left) and the new one", None),
        ("The pier (built 1893)", "The pier (built 1893)", None),
    ],
)
def test_captions_and_credits(text: str, caption: str, credit: str | None) -> None:
    assert split_credit(text) == (caption, credit)


def test_pictures_in_boxes_drawings_and_pictures_that_load_late() -> None:
    body = f"""<article><h1>Harbour opens after storm</h1>{TEXT * 4}
      <div class="pic"><img src="/img/pier.jpg"><p class="text">The pier. (Anna Berg/Gull Wire)</p></div>
      <figure><img src="/img/map.svg" width="900" height="474"><figcaption>Where the pier is</figcaption></figure>
      <figure><img src="/img/blank.gif" data-src="/img/late.jpg"><figcaption>A ferry</figcaption></figure>
      <div class="pic"><img src="/img/a.jpg"><a href="/other">Another story of the day</a></div>
      <img src="/img/arrow.svg"></article>"""
    assert read(body).images == (
        Image("https://www.gull.example/img/pier.jpg", "The pier.", "Anna Berg/Gull Wire"),
        Image("https://www.gull.example/img/map.svg", "Where the pier is", None),
        Image("https://www.gull.example/img/late.jpg", "A ferry", None),
        Image("https://www.gull.example/img/a.jpg"),
    )
