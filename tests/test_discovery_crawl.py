"""The real spider on sites that announce their stories in every way: what is asked, exactly, and what comes of it."""

from __future__ import annotations

import gzip
import json
from collections import Counter

import pytest
from polite_server import Answer, Host, serving

_TEXT = """<p>The harbour of Port {0} reopened on Tuesday after a storm had closed it for three days, it was said.</p>
<p>Ferries to the islands will run from Wednesday morning, while fishing boats were already out at sea by noon.</p>
<p>Repairs to the northern pier are expected to last until the end of the month and to cost two million crowns.</p>
<p>"We have seen worse, but not in this century," harbour master Ada Quist told reporters on the quay number {0}.</p>"""
_STORY = """<!DOCTYPE html><html lang="en"><head><title>Harbour story {0}</title></head><body><article>
<h1>Harbour story {0}: the port reopens after the storm</h1>{1}</article></body></html>"""
_XML = (("Content-Type", "application/xml"),)
_NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
)


def story(number):
    return Answer(200, _STORY.format(number, _TEXT.format(number)).encode())


def path(number):
    return f"/2026/11/{number:02}/harbour-story-{number}.html"


def entry(number, more=""):
    return f"<url><loc>{{base}}{path(number)}</loc>{more}</url>"


def urlset(*entries):
    return f"<urlset {_NAMESPACES}>{''.join(entries)}</urlset>"


def listing(*numbers, older=""):
    links = "".join(f'<h3><a href="{path(n)}">Harbour story {n}: the port reopens</a></h3>' for n in numbers)
    return f"<!DOCTYPE html><html><body><nav><a href='/about'>About</a></nav>{links}{older}</body></html>"


class Site(Host):
    """Documents may name the host's own address as {base}."""

    def add(self, where, text, headers=_XML, packed=False, status=200):
        body = text.replace("{base}", self.url("")).encode()
        self.answers[where] = [Answer(status, gzip.compress(body) if packed else body, headers)]


@pytest.fixture
def site():
    host = Site("127.6.0.1")
    with serving({"site": host}):
        for number in range(1, 29):
            host.answers[path(number)] = [story(number)]
        yield host


def titles(crawls, name):
    return sorted(
        record["headline"].partition(":")[0].removeprefix("Harbour story ") for record in crawls.records(name)
    )


def profile(site, **ways):
    lines = [f"{key} = {json.dumps([site.url(each) for each in urls])}" for key, urls in ways.items()]
    return f'name = "harbour"\ndomains = ["{site.address}"]\n[discover]\n' + "\n".join(lines)


def test_every_way(site, crawls):
    """A feed with faults, an index of packed and plain sitemaps, a sitemap of news, a listing with older pages."""
    feed = f"""<rss version="2.0"><channel><title>A & B</title>
    <item><title>Harbour story 1</title><link>{{base}}{path(1)}?utm_source=rss&utm_medium=feed</link></item>
    <item><title>Elsewhere</title><link>https://elsewhere.example.org/2026/11/01/harbour.html</link></item>
    <item><title>Anzeige: Boats</title><link>{{base}}/2026/11/01/boats-for-sale-this-week.html</link></item>
    <item><title>Harbour story 2</title><link>{path(2)}"""
    site.add("/feed.xml", feed + "</link></item>")
    site.answers[f"{path(1)}?utm_source=rss&utm_medium=feed"] = [story(1)]
    site.add(
        "/sitemap.xml",
        f"<sitemapindex {_NAMESPACES}><sitemap><loc>{{base}}/one.xml.gz</loc></sitemap>"
        "<sitemap><loc>{base}/two.xml</loc></sitemap><sitemap><loc>{base}/sitemap.xml</loc></sitemap>"
        "<sitemap><loc>{base}/gone.xml</loc></sitemap></sitemapindex>",
    )
    site.add("/one.xml.gz", urlset(entry(1), entry(3), entry(4)), packed=True, headers=(("Content-Type", "x/y"),))
    site.add("/two.xml", urlset(entry(5)) + "<broken", headers=_XML)
    site.add("/gone.xml", "gone", status=404)
    news = "<news:news><news:title>T</news:title><news:publication_date>2026-11-06</news:publication_date></news:news>"
    site.add("/news.xml", urlset(entry(6, news)))
    site.add("/world/", listing(7, 8, older="<a href='/world/?page=2'>Older posts</a>"), headers=())
    site.add("/world/?page=2", listing(9, older="<a href='/world/?page=3'>Older posts</a>"), headers=())
    site.add("/world/?page=3", listing(9, 8, older="<a href='/world/?page=4'>Older posts</a>"), headers=())
    ways = {
        "feeds": ["/feed.xml"],
        "sitemaps": ["/sitemap.xml"],
        "news_sitemaps": ["/news.xml"],
        "listings": ["/world/"],
    }
    crawls.add_profile_text(profile(site, **ways), "harbour")
    crawls.crawl("harbour")

    documents = ["/feed.xml", "/sitemap.xml", "/one.xml.gz", "/two.xml", "/gone.xml", "/news.xml"]
    pages = ["/world/", "/world/?page=2", "/world/?page=3"]
    asked = Counter(each.partition("?utm")[0] for each in site.paths)
    assert asked == Counter(["/robots.txt", *documents, *pages, *map(path, range(1, 10))]), "each once, nothing else"
    assert titles(crawls, "harbour") == [str(number) for number in range(1, 10)]
    dated = {record["headline"][14]: record["published_at"] for record in crawls.records("harbour")}
    assert dated["6"].startswith("2026-11-06"), "the sitemap's date fills the gap"
    sources = {each["url"].removeprefix(site.url("")): each for each in crawls.manifest("harbour")["sources"]}
    assert sources["/feed.xml"]["candidates"] == 2
    assert sources["/world/"]["candidates"] >= 3


def test_since(site, crawls):
    """What is older is neither fetched nor followed."""
    old = "<lastmod>2019-01-01</lastmod>"
    index = f"<sitemap><loc>{{base}}/old.xml</loc>{old}</sitemap><sitemap><loc>{{base}}/new.xml</loc></sitemap>"
    site.add("/sitemap.xml", f"<sitemapindex {_NAMESPACES}>{index}</sitemapindex>")
    site.add("/new.xml", urlset(entry(1, old), entry(20, "<lastmod>2026-11-20</lastmod>")))
    older = "<a href='/world/?page={0}'>Older posts</a>"
    site.add("/world/", listing(28, 27, older=older.format(2)), headers=())
    site.add("/world/?page=2", listing(26, 14, older=older.format(3)), headers=())
    site.add("/world/?page=3", listing(13, 12, older=older.format(4)), headers=())
    crawls.add_profile_text(profile(site, sitemaps=["/sitemap.xml"], listings=["/world/"]), "harbour")
    crawls.crawl("harbour", "-a", "since=2026-11-15")
    expected = ["/sitemap.xml", "/new.xml", "/world/", "/world/?page=2", "/world/?page=3", *map(path, (20, 26, 27, 28))]
    assert Counter(site.paths) == Counter(["/robots.txt", *expected])


def test_no_profile(site, crawls):
    """Feeds of the front page, sitemaps of robots.txt, sections; usual places only for what nothing names."""
    site.add("/robots.txt", "User-agent: *\nDisallow: /secret/\nSitemap: {base}/maps/all.xml\n", headers=())
    site.add("/maps/all.xml", urlset(entry(1), "<url><loc>{base}/secret/2026/11/01/harbour-story.html</loc></url>"))
    head = "<head><link rel='alternate' type='application/rss+xml' href='/rss/all.xml'></head>"
    front = listing(3).replace("<body>", f"{head}<body><a href='/world/'>World</a>")
    site.add("/", front, headers=())
    site.add("/world/", listing(4), headers=())
    site.add("/rss/all.xml", f"<rss><channel><item><title>x</title><link>{path(2)}</link></item></channel></rss>")
    for place in ("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", "/googlenews.xml"):
        site.add(place, "no", status=404)
    crawls.crawl("news", "-a", f"url={site.url('/')}")
    name = next(crawls.output.iterdir()).name
    assert titles(crawls, name) == ["1", "2", "3", "4"]
    asked = Counter(site.paths)
    assert set(asked) == {
        *("/robots.txt", "/", "/maps/all.xml", "/rss/all.xml", "/world/", "/googlenews.xml"),
        *("/news-sitemap.xml", "/sitemap-news.xml", "/sitemap_news.xml", *map(path, range(1, 5))),
    }
    assert asked[path(1)] == asked["/rss/all.xml"] == asked["/maps/all.xml"] == 1
    assert [reject["reason"] for reject in crawls.rejects(name)] == ["robots"]
    sources = {each["url"].removeprefix(site.url("")): each["kind"] for each in crawls.manifest(name)["sources"]}
    assert sources["/rss/all.xml"] == "feed" and sources["/maps/all.xml"] == "sitemap"
    assert sources["/world/"] == "listing"


def test_address_of_a_story(site, crawls):
    crawls.crawl("news", "-a", f"url={site.url(path(5))}")
    name = next(crawls.output.iterdir()).name
    assert titles(crawls, name) == ["5"]
    assert set(site.paths) <= {"/robots.txt", path(5)}


def test_variants_are_one_story(site, crawls):
    variants = ["", "?utm_source=x", "/amp/", "#top", "?print=1", "/"]
    links = "".join(f'<h3><a href="{path(1)}{tail}">Harbour story 1: the port reopens</a></h3>' for tail in variants)
    site.add("/world/", f"<html><body>{links}</body></html>", headers=())
    crawls.add_profile_text(profile(site, listings=["/world/"]), "harbour")
    crawls.crawl("harbour")
    assert titles(crawls, "harbour") == ["1"]
    assert len(site.paths) == 3, "robots.txt, the listing, the story"


def test_dead_way_is_named(site, crawls):
    """A feed that gave stories and gives none any more, and one that is gone."""
    item = f"<item><title>x</title><link>{path(1)}</link></item>"
    site.add("/a.xml", f"<rss><channel>{item}</channel></rss>")
    site.add("/b.xml", f"<rss><channel>{item}</channel></rss>")
    crawls.add_profile_text(profile(site, feeds=["/a.xml", "/b.xml"]), "harbour")
    crawls.crawl("harbour")
    site.add("/a.xml", "<rss><channel></channel></rss>")
    site.add("/b.xml", "gone", status=410)
    crawls.run("crawl", "harbour", status=None)
    sources = {each["url"].removeprefix(site.url("")): each for each in crawls.manifest("harbour")["sources"]}
    assert sources["/a.xml"]["dead_since"] and sources["/b.xml"]["dead_since"]
    assert sources["/b.xml"]["error"] == "HTTP 410"
    assert sources["/a.xml"]["candidates"] == 0
