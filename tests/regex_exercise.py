"""Runs every parser of the package once over what the sample site serves, so that rules in data are compiled too."""

from __future__ import annotations

from datetime import UTC, date, datetime

from newscrawl.discovery.feeds import parse_feed
from newscrawl.discovery.front import find_ways
from newscrawl.discovery.listings import parse_listing
from newscrawl.discovery.sitemaps import parse_sitemap
from newscrawl.extraction.article import extract, extract_text
from newscrawl.extraction.dateline import parse_dateline
from newscrawl.items import Article
from newscrawl.sample_site.site import build
from newscrawl.sites import load_sites

BASE = "https://sample.example"
NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def run() -> None:
    sites = load_sites()
    pages = build(BASE)
    for number, (path, page) in enumerate(pages.items()):
        url, body = BASE + path, page.body
        if "xml" in page.content_type or path.endswith((".gz", ".json")):
            parse_feed(body, url)
            parse_sitemap(body, url)
        elif "html" in page.content_type and number % 3 == 0:
            result = extract(body, url=url, fetched_at=NOW, site=next(iter(sites.values())))
            parse_listing(body, url)
            find_ways(body, url)
            if isinstance(result, Article):
                paragraphs = result.body.split("\n\n")
                extract_text("\n".join([result.headline or "", *paragraphs]), url=url, fetched_at=NOW)
                parse_dateline(paragraphs[0], published=date(2026, 11, 24), language=result.language)
    for line in (
        "BEIJING, Nov. 24 (Xinhua) -- The",
        "新华社北京11月24日电 （记者张三）",
        "MOSCOW. Nov 24 (Interfax) -",
    ):
        parse_dateline(line, published=date(2026, 11, 24))
