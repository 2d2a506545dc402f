"""Addresses: which are one story, which are one site, which are none."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discovery.shapes import is_page, is_service, may_be_story, story_score, url_date
from newscrawl.discovery.urls import absolute, article_id, canonical, clean, in_domains, is_story_link, same_site

STORY = "https://example.com/news/harbour-reopens"

# --- One story -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "variant",
    [
        "https://example.com/news/harbour-reopens",
        "http://example.com/news/harbour-reopens",
        "https://www.example.com/news/harbour-reopens",
        "https://WWW.Example.COM/news/harbour-reopens",
        "https://www3.example.com/news/harbour-reopens",
        "https://m.example.com/news/harbour-reopens",
        "https://amp.example.com/news/harbour-reopens",
        "https://example.com./news/harbour-reopens",
        "https://example.com:443/news/harbour-reopens",
        "http://example.com:80/news/harbour-reopens",
        "https://example.com/news/harbour-reopens/",
        "https://example.com//news//harbour-reopens",
        "https://example.com/news/harbour-reopens#comments",
        "https://example.com/news/harbour-reopens?",
        "https://example.com/news/harbour-reopens?utm_source=rss&utm_medium=feed&utm_campaign=x",
        "https://example.com/news/harbour-reopens?UTM_Source=rss",
        "https://example.com/news/harbour-reopens?fbclid=IwAR0&gclid=1&mc_cid=2&ns_mchannel=social",
        "https://example.com/news/harbour-reopens?at_medium=RSS&at_campaign=KARANGA",
        "https://example.com/news/harbour-reopens?from=rss",
        "https://example.com/news/harbour-reopens?share=twitter",
        "https://example.com/news/harbour-reopens/amp",
        "https://example.com/news/harbour-reopens/amp/",
        "https://example.com/amp/news/harbour-reopens",
        "https://example.com/news/harbour-reopens.amp",
        "https://example.com/news/harbour-reopens?amp",
        "https://example.com/news/harbour-reopens?amp=1",
        "https://example.com/news/harbour-reopens?outputType=amp",
        "https://example.com/news/harbour-reopens/print",
        "https://example.com/print/news/harbour-reopens",
        "https://example.com/news/harbour-reopens?print=1",
        "https://example.com/news/harbour-reopens?view=print",
        "https://example.com/news/harbour-reopens/index.html",
        "https://example.com/news/harbour-reopens;jsessionid=0A1B2C",
        "https://example.com/news/h%61rbour-reopens",
        "https://example.com/news/./x/../harbour-reopens",
        "https://example-com.cdn.ampproject.org/c/s/example.com/news/harbour-reopens/amp/",
        "https://example-com.cdn.ampproject.org/v/s/www.example.com/news/harbour-reopens?amp_js_v=0.1&usqp=mq331",
        "https://www.google.com/amp/s/example.com/news/harbour-reopens",
        " https://example.com/news/harbour-reopens ",
    ],
)
def test_variants_fold(variant):
    assert canonical(variant) == STORY
    assert article_id(variant) == article_id(STORY)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://example.com/story.php?id=1", "https://example.com/story.php?id=2"),
        ("https://example.com/?p=1", "https://example.com/?p=2"),
        ("https://example.com/a?page=1", "https://example.com/a?page=2"),
        ("https://example.com/a?cid=1", "https://example.com/a?cid=2"),
        ("https://example.com/a?article=1&source=x", "https://example.com/a?article=1&source=y"),
        ("https://example.com/a?keyword=x", "https://example.com/a?keyword=y"),
        ("https://example.com/a", "https://example.com/A"),
        ("https://example.com/a", "https://news.example.com/a"),
        ("https://example.com/a", "https://example.org/a"),
        ("https://example.com/a", "https://example.com:8080/a"),
        ("https://example.com/a-amp", "https://example.com/a"),
        ("https://example.com/champ", "https://example.com/ch"),
        ("https://example.com/blueprint", "https://example.com/blue"),
        ("https://example.com/a?view=full", "https://example.com/a"),
        ("https://example.com/a?from=2020", "https://example.com/a"),
        ("https://example.com/c_1310141234.htm", "https://example.com/c_1310141234_2.htm"),
        ("https://example.com/a%2Fb", "https://example.com/a/b"),
        ("https://wwwexample.com/a", "https://example.com/a"),
        ("https://www.com/a", "https://com/a"),
    ],
)
def test_different_stories_stay_apart(one, other):
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", "https://example.com"),
        ("https://example.com/", "https://example.com"),
        ("https://example.com/?b=2&a=1&a=0", "https://example.com?a=0&a=1&b=2"),
        ("https://example.com/a?empty=", "https://example.com/a?empty="),
        ("https://example.com/порт", "https://example.com/%D0%BF%D0%BE%D1%80%D1%82"),
        ("https://пример.example.com/a", "https://xn--e1afmkfd.example.com/a"),
        ("http://[2606:4700::1]/a", "https://[2606:4700::1]/a"),
        ("mailto:a@example.com", "mailto:a@example.com"),
        ("not an address", "not an address"),
        ("http://[broken", "http://[broken"),
        ("http://example.com:99999/", "http://example.com:99999/"),
        ("", ""),
    ],
)
def test_canonical(url, expected):
    assert canonical(url) == expected


def test_article_id():
    digest = hashlib.sha256(STORY.encode()).hexdigest()
    assert article_id("http://www.example.com/news/harbour-reopens/?utm_source=x") == digest[:32]
    assert len(article_id("\ud800")) == 32


_URL = st.builds(
    "{}://{}{}{}".format,
    st.sampled_from(["http", "https"]),
    st.sampled_from(
        ["www.example.com", "m.www.example.com", "example.com:80", "ü.example.com", "127.0.0.1:8000", "[::1]"]
    ),
    st.text(st.sampled_from("/ampringt.;?=&#%2Fé漢index.html -_~:@+"), max_size=40).map(lambda t: "/" + t),
    st.sampled_from(["", "?amp=1&x=2", "#x", "?utm_a=1&b=%E4%B8%AD&b=1+2", "/amp/amp/print", "/index.html/index.html"]),
)


@settings(max_examples=500)
@given(_URL)
def test_canonical_is_stable(url):
    once = canonical(url)
    assert canonical(once) == once
    assert canonical(f"http://{url.partition('://')[2]}") == canonical(f"https://{url.partition('://')[2]}")


@settings(max_examples=300)
@given(st.text(max_size=60), st.text(max_size=30))
def test_nothing_raises(text, base):
    for url in (text, f"https://{text}", f"https://example.com/{text}"):
        assert isinstance(canonical(url), str)
        assert isinstance(clean(url), str)
        assert len(article_id(url)) == 32
        assert same_site(url, base) in (True, False)
        found = absolute(url, f"https://example.com/{base}")
        assert found is None or found.startswith(("http://", "https://"))
        assert isinstance(story_score(found or "https://example.com/"), int)


def test_clean_keeps_the_address():
    url = "http://www.example.com/a/?id=1&utm_source=x&b=%20&fbclid=2&empty#top"
    assert clean(url) == "http://www.example.com/a/?id=1&b=%20&empty"
    assert clean("mailto:a@example.com") == "mailto:a@example.com"


# --- One site --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://english.news.cn/a", "https://www.news.cn/b", True),
        ("https://www.bbc.co.uk/a", "https://news.bbc.co.uk/", True),
        ("https://bbc.co.uk/a", "https://itv.co.uk/", False),
        ("https://a.com.cn", "https://b.com.cn", False),
        ("https://one.blogspot.com/a", "https://two.blogspot.com/a", False),
        ("https://example.com.evil.test", "https://example.com", False),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:9000/", True),
        ("http://127.0.0.1/a", "http://127.0.0.2/", False),
        ("http://localhost:1/", "http://localhost:2/", True),
        ("example.com", "https://www.example.com/x", True),
        ("", "", False),
        ("https://", "https://", False),
    ],
)
def test_same_site(one, other, same):
    assert same_site(one, other) is same
    assert same_site(other, one) is same


def test_in_domains():
    assert in_domains("https://www.example.com/a", ["example.com"])
    assert in_domains("https://EXAMPLE.com:8443/a", ["Example.com"])
    assert not in_domains("https://badexample.com/a", ["example.com"])
    assert not in_domains("https://example.com/a", ["www.example.com"])
    assert not in_domains("https://example.com/a", [])


def test_is_story_link():
    article, skip = [r"/\d{8}/[0-9a-f]{32}/c\.html$"], [r"/photo/"]
    story = "https://english.news.cn/20260429/293485b2527a41408c106a9c5eb21920/c.html"
    assert is_story_link(story, article, skip)
    assert not is_story_link(story.replace(".cn/", ".cn/photo/"), article, skip)
    assert not is_story_link("https://english.news.cn/world/", article, skip)
    assert is_story_link("https://english.news.cn/world/", [], skip)


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("b.html", "https://example.com/a/b.html"),
        ("/b", "https://example.com/b"),
        ("//news.example.com/b", "https://news.example.com/b"),
        ("  \n/b\t", "https://example.com/b"),
        ("/b#top", "https://example.com/b"),
        ("/b c", "https://example.com/b%20c"),
        ("?x=1", "https://example.com/a/x.html?x=1"),
        ("HTTPS://Example.com/b", "https://Example.com/b"),
        ("#top", None),
        ("", None),
        ("javascript:alert(1)", None),
        ("mailto:a@example.com", None),
        ("file:///etc/passwd", None),
        ("data:text/html,x", None),
        ("https://user:secret@example.com/", None),
        ("https:///b", "https://example.com/b"),
        ("https://[b", None),
        ("https://example.com:99999/", None),
        ("https://exa mple.com/", None),
        ("/b\x00c", None),
        ("/" + "b" * 3000, None),
    ],
)
def test_absolute(link, expected):
    assert absolute(link, "https://example.com/a/x.html") == expected


# --- Shapes ----------------------------------------------------------------------------------------------------------


_STORIES = """https://english.news.cn/20260429/293485b2527a41408c106a9c5eb21920/c.html
    http://www.xinhuanet.com/english/2021-08/20/c_1310141234.htm
    http://www.china.org.cn/world/Off_the_Wire/2022-01/22/content_78005678.htm
    https://www.example.com/2026/04/29/world/harbour-reopens-after-storm
    https://www.example.com/2026/apr/29/harbour-reopens-after-the-storm
    https://www.example.com/news/world-europe-68912345
    https://www.example.com/politik/hafen-oeffnet-wieder-nach-dem-sturm-a-3f6c0a5e-1d2b-4c3d-8e9f-0a1b2c3d4e5f
    https://www.example.com/articles/c4ngkn0d9l5o-harbour-reopens-after-storm-petra
    https://www.example.com/hafen-oeffnet-nach-sturm-wieder-100.html
    https://www.example.jp/articles/-/ASV4Y0QZ0V4YUTIL00BM-20260429
    https://www.example.com/сайт/2026/04/29/port-otkryt-posle-shtorma/
    https://www.example.cn/新闻/港口在风暴之后重新开放引发关注"""


@pytest.mark.parametrize("url", _STORIES.split())
def test_shape_of_stories(url):
    assert story_score(url) >= 3


_OTHERS = """https://www.example.com/ https://www.example.com/world https://www.example.com/world/europe/
    https://www.example.com/tag/storms https://www.example.com/author/mara-lind https://www.example.com/about-us
    https://www.example.com/login?next=/a https://www.example.com/privacy-policy https://www.example.com/search?q=storm
    https://www.example.com/topics/climate-change https://www.example.com/category/news/page/2
    https://www.example.com/newsletters/the-morning https://www.example.com/index.html
    https://www.example.com/video https://www.example.com/weather/forecast"""


@pytest.mark.parametrize("url", _OTHERS.split())
def test_shape_of_other_pages(url):
    assert story_score(url) < 3


def test_kinds_of_pages():
    assert is_page("https://example.com/a.html") and is_page("https://example.com/a") and is_page("https://a.b/c.shtml")
    assert not is_page("https://example.com/a.pdf") and not is_page("https://example.com/A.JPG?x=1")
    assert is_service("https://example.com/tag/x") and not is_service("https://example.com/tagging/x")
    assert may_be_story("https://example.com/story") and not may_be_story("https://example.com/tag/x")


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://example.com/2026/04/29/a", "2026-04-29"),
        ("https://example.com/2026/4/9/a", "2026-04-09"),
        ("https://example.com/20260429/a", "2026-04-29"),
        ("https://example.com/a-20260429", "2026-04-29"),
        ("https://example.com/2026-04/29/c_1.htm", "2026-04-29"),
        ("https://example.com/202604/29/c_1.htm", "2026-04-29"),
        ("https://example.com/2026-04-29-a", "2026-04-29"),
        ("https://example.com/a-20260429103000-nt.html", None),
        ("https://example.com/20261329/a", None),
        ("https://example.com/2026/02/31/a", None),
        ("https://example.com/1234567890/a", None),
        ("https://example.com/a?d=20260429", None),
    ],
)
def test_url_date(url, day):
    assert url_date(url) == day
