"""What is no story is turned away with the right reason, and what is one is not: invented pages in many languages."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator

import pytest
from crawling import ROOT

from newscrawl import Article, Rejection, extract
from newscrawl.extraction.verdict import is_paywall
from newscrawl.items import REASONS

BENCH = ROOT.parent / "shared" / "bench"
URL = "https://www.gull.example/news/2026/harbor"
STORY = "".join(
    f"<p>{text}</p>"
    for text in (
        "The old ferry left the harbor of Orm for the last time on Friday, with a band on deck and the mayor below it.",
        "The pilot, Jon Aare, had steered her for 31 years, and said that she had always known the way by herself.",
        "The ship was built in 1961 and has carried four million people, most of them twice, and a number of goats.",
    )
)
NAV = "<nav><a href='/'>Home</a> <a href='/world'>World</a> <a href='/sport'>Sport</a></nav>"


def page(body: str, title: str = "", head: str = "") -> str:
    head = f"<head><title>{title} - The Gull</title>{head}</head>"
    return f"<html>{head}<body>{NAV}{body}<footer>The Gull</footer></body></html>"


def jsonld(**data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@context": "https://schema.org", **data})}</script>'


def links(count: int) -> str:
    return "".join(
        f"<li><a href='/news/{n}'>Council talks about the harbor once more</a> 0{1 + n % 9}/05/2026</li>"
        for n in range(count)
    )


FIGURES = "".join(
    f"<figure><img src='/{n}.jpg'><figcaption>The lamp of tower {n} from the stairs. Ida Brandt</figcaption></figure>"
    for n in range(6)
)
PASSWORD = "<form><label>E-mail <input name=u></label> Password <input type=password> <button>Log in</button></form>"

TURNED_AWAY = [
    (
        "soft_404",
        "Page not found",
        "<h1>Page not found</h1><p>Sorry, the page you are looking for does not exist or has been moved.</p>",
    ),
    (
        "soft_404",
        "404",
        "<h1>Oops!</h1><p>We can't seem to find what you want. Go back to the home page or use the search above.</p>",
    ),
    (
        "soft_404",
        "Seite nicht gefunden",
        "<h1>Seite nicht gefunden</h1><p>Die gewünschte Seite wurde leider nicht gefunden, sie ist umgezogen.</p>",
    ),
    (
        "soft_404",
        "Page introuvable",
        "<h1>Page introuvable</h1><p>La page que vous cherchez n'existe plus ou a été déplacée ailleurs.</p>",
    ),
    (
        "soft_404",
        "Página no encontrada",
        "<h1>Página no encontrada</h1><p>La página que busca no existe o ha sido eliminada del sitio.</p>",
    ),
    ("soft_404", "页面不存在", "<h1>页面不存在</h1><p>您访问的页面不存在或已被删除，请返回首页。</p>"),
    (
        "soft_404",
        "Страница не найдена",
        "<h1>Страница не найдена</h1><p>Запрошенная страница не существует или была удалена.</p>",
    ),
    (
        "bot_wall",
        "Just a moment...",
        "<h1>Checking your browser</h1><p>Please verify that you are a human. This process is automatic.</p>",
    ),
    (
        "bot_wall",
        "Access denied",
        "<h1>Access denied</h1><p>You don't have permission to access this resource. Reference #18.2f</p>",
    ),
    ("bot_wall", "安全验证", "<h1>安全验证</h1><p>您的访问过于频繁，请完成验证后继续。</p>"),
    (
        "consent_wall",
        "Before you continue",
        """<h1>Before you continue</h1><p>We and our 214 partners use cookies to store and access information on your
        device, in order to show personalized ads and content.</p><p>You can change or withdraw your consent.</p>""",
    ),
    (
        "consent_wall",
        "Wir benötigen Ihre Zustimmung",
        """<h1>Wir benötigen Ihre Zustimmung</h1><p>Wir und unsere 180 Partner speichern Informationen auf Ihrem Gerät,
        um personalisierte Werbung zu zeigen.</p><button>Alle akzeptieren</button>""",
    ),
    ("login_wall", "Log in", f"<h1>Log in</h1><p>Please log in to your account to continue reading.</p>{PASSWORD}"),
    (
        "login_wall",
        "Anmelden",
        f"<h1>Anmelden</h1><p>Bitte melden Sie sich an, um weiterzulesen. Passwort vergessen?</p>{PASSWORD}",
    ),
    (
        "search",
        "Search results for ferry",
        f"<h1>Search results for ferry</h1><p>24 results found</p><ul>{links(24)}</ul>",
    ),
    ("listing", "Harbor", f"<h1>Harbor</h1><ul>{links(20)}</ul>"),
    ("listing", "Archive May 2026", f"<h1>Archive May 2026</h1><ul>{links(12)}</ul><p><a href='?page=2'>Older</a></p>"),
    (
        "gallery",
        "In pictures: lighthouses",
        f"<h1>In pictures: lighthouses</h1>{FIGURES}<p>Copyright 2026 The Gull</p>",
    ),
    ("empty", "", ""),
]


@pytest.mark.parametrize(("reason", "title", "body"), TURNED_AWAY)
def test_what_is_turned_away(reason: str, title: str, body: str) -> None:
    html = page(body, title) if body else "<html><head><title></title></head><body><script>x = 1</script></body></html>"
    found = extract(html, url=URL)
    assert isinstance(found, Rejection), found
    assert found.reason == reason
    assert reason in REASONS
    assert found.detail


def test_a_page_that_is_a_video() -> None:
    head = jsonld(
        **{"@type": "VideoObject", "name": "Salt", "uploadDate": "2026-05-03T10:00:00Z", "duration": "PT1M48S"}
    )
    found = extract(page("<h1>Salt</h1><video src=/a.mp4></video><p class=duration>01:48</p>", "Salt", head), url=URL)
    assert isinstance(found, Rejection)
    assert found.reason == "video"


def test_a_page_with_words_but_no_paragraphs() -> None:
    found = extract(page("<h1>Harbor</h1>", "Harbor"), url=URL)
    assert isinstance(found, Rejection)
    assert found.reason == "no_story"


@pytest.mark.parametrize(
    "title",
    [
        "Page not found: the library that lost its books",
        "Just a moment: the shortest strike in history",
        "Access denied: why the harbor stays closed",
        "Your privacy is worth 4 dollars, a study says",
        "Log in the river stops the ferry",
        "Search for the missing ferry goes on",
        "404 steps to the lamp",
    ],
)
def test_a_story_about_such_things_is_a_story(title: str) -> None:
    found = extract(page(f"<article><h1>{title}</h1>{STORY}</article>", title), url=URL)
    assert isinstance(found, Article), found
    assert (found.headline, found.completeness) == (title, "full")


@pytest.mark.parametrize(
    "around",
    [
        f"<form>{PASSWORD}</form>",
        "<div class=cookie-banner><p>We and our partners use cookies. You can change your consent.</p></div>",
        f"<ul>{links(30)}</ul>",
        FIGURES,
        "<video src=/a.mp4></video>",
        "<p>The requested comment could not be found. It may have been removed.</p>",
    ],
)
def test_what_stands_around_a_story_does_not_turn_it_away(around: str) -> None:
    head = jsonld(**{"@type": "NewsArticle", "headline": "Last ferry", "datePublished": "2026-05-03T10:00:00Z"})
    found = extract(page(f"<article><h1>Last ferry</h1>{STORY}</article>{around}", "Last ferry", head), url=URL)
    assert isinstance(found, Article), found
    assert found.completeness == "full"


def test_a_story_of_one_sentence_is_a_story() -> None:
    found = extract(
        page("<article><h1>Ferry late</h1><p>The ferry to Orm was eleven minutes late on Friday.</p></article>"),
        url=URL,
    )
    assert isinstance(found, Article)


LOCKED = [
    "This story is for subscribers. Get unlimited access to The Gull for 4 dollars a month, cancel at any time.",
    "Subscribe to continue reading",
    "You have reached your limit of free articles this month.",
    "To read the full story, log in or register.",
    "Dieser Artikel ist nur für Abonnenten verfügbar.",
    "Weiterlesen mit Gull Plus",
    "Cet article est réservé aux abonnés.",
    "Il vous reste 74 % de cet article à lire.",
    "Este artículo es exclusivo para suscriptores.",
    "Conteúdo exclusivo para assinantes.",
    "Questo articolo è riservato agli abbonati.",
    "Dit artikel is alleen voor abonnees.",
    "För att läsa vidare, logga in.",
    "本文仅限会员阅读",
    "この記事は有料会員限定です。",
]


@pytest.mark.parametrize("box", LOCKED)
def test_a_box_in_the_place_of_the_rest_makes_a_teaser(box: str) -> None:
    found = extract(page(f"<article><h1>Last ferry</h1>{STORY}<div class=box><p>{box}</p></div></article>"), url=URL)
    assert isinstance(found, Article)
    assert found.completeness == "teaser"
    assert box not in found.body


@pytest.mark.parametrize(
    "text",
    [
        "The full report is for members of the public to read at the town hall.",
        "This story is a long one, for readers of old books.",
        "Subscribers to the ferry's timetable were told by post.",
        "Get full marks, the teacher said, and you may steer the ferry.",
    ],
)
def test_sentences_that_are_no_such_box(text: str) -> None:
    assert not is_paywall(text)


@pytest.mark.parametrize(("paragraphs", "completeness"), [(2, "teaser"), (40, "full")])
def test_what_a_page_declares_to_be_locked(paragraphs: int, completeness: str) -> None:
    """Some publishers declare every story so; one that stands there whole is whole."""
    text = "".join(
        f"<p>On day {n} the ferry was late again, and nobody could say what it was waiting for.</p>"
        for n in range(paragraphs)
    )
    head = jsonld(**{"@type": "NewsArticle", "headline": "Last ferry", "isAccessibleForFree": False})
    found = extract(page(f"<article><h1>Last ferry</h1>{text}</article>", "Last ferry", head), url=URL)
    assert isinstance(found, Article)
    assert found.completeness == completeness


def entries(times: list[str]) -> str:
    said = "was strong enough to move the crane a little, the harbor master said, and to turn it round once."
    return "".join(
        f"<div><time>{time}</time><h2>Wind on pier {n}</h2><p>The wind on pier {n} {said}</p></div>"
        for n, time in enumerate(times)
    )


@pytest.mark.parametrize(
    ("times", "completeness"),
    [
        (["22:55", "21:30", "19:12", "17:40", "15:05"], "liveblog"),
        (["7.15 am", "8.20 am", "11.05 am", "1.30 pm"], "liveblog"),
        (["9:00 am", "6:00 pm", "9:00 am", "4:30 pm", "10:00 am", "2:00 pm"], "full"),
        (["22:55", "21:30"], "full"),
    ],
)
def test_a_liveblog_is_told_by_its_entries(times: list[str], completeness: str) -> None:
    found = extract(page(f"<article><h1>Storm over the harbor</h1>{STORY}{entries(times)}</article>"), url=URL)
    assert isinstance(found, Article)
    assert found.completeness == completeness


def test_a_liveblog_that_says_so() -> None:
    head = jsonld(**{"@type": "LiveBlogPosting", "headline": "Storm", "datePublished": "2026-05-03T10:00:00Z"})
    found = extract(page(f"<article><h1>Storm</h1>{STORY}</article>", "Storm", head), url=URL)
    assert isinstance(found, Article)
    assert found.completeness == "liveblog"


def stored(name: str) -> Iterator[tuple[str, bytes, str]]:
    for path in sorted((BENCH / name / "html").glob("*.html.gz")):
        told = json.loads(
            (BENCH / name / "ground-truth" / path.name.replace(".html.gz", ".json")).read_text(encoding="utf-8")
        )
        yield path.name, gzip.decompress(path.read_bytes()), told.get("url") or ""


@pytest.mark.skipif(not BENCH.is_dir(), reason="the stored pages are not here")
def test_no_stored_story_is_turned_away() -> None:
    found = {name: extract(html, url=url) for name, html, url in stored("news")}
    assert {name: each.reason for name, each in found.items() if isinstance(each, Rejection)} == {}
