"""Spiders from profiles: every TOML file in the catalogue is one spider, and `news` serves every other site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from newscrawl.sites import Site, known_sites

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.settings import BaseSettings

    from newscrawl.spiders.news import NewsSpider


def spider_for(site: Site) -> type[NewsSpider]:
    """The one spider class, bound to a site."""
    from newscrawl.spiders.news import NewsSpider

    return type("SiteSpider", (NewsSpider,), {"name": site.name, "site": site})


class SiteLoader:
    """Scrapy's spider loader, reading profiles where Scrapy's own reads Python modules."""

    def __init__(self, settings: BaseSettings) -> None:
        self.sites = known_sites(settings.get("NEWSCRAWL_SITES"))

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> SiteLoader:
        return cls(settings)

    def list(self) -> list[str]:
        return [*self.sites, "news"]

    def load(self, spider_name: str) -> type[NewsSpider]:
        if spider_name in self.sites:
            return spider_for(self.sites[spider_name])
        if spider_name == "news":
            from newscrawl.spiders.news import NewsSpider

            return NewsSpider
        raise KeyError(f"Spider not found: {spider_name}")

    def find_by_request(self, request: Request) -> __builtins__.list[str]:  # type: ignore[name-defined]
        return []
