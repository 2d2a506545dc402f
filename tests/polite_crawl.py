"""Fetches a list of addresses with the project's settings and middlewares, and prints what became of each.

    python polite_crawl.py < {"urls": […], "settings": {…}, "names": {name: [address, …]}, "public": [address, …]}

names: what the system's resolver answers, one address after the other; public: loopback addresses that stand for the
internet. One JSON line is printed for each address, then one with the Sitemap lines asked for in "sitemaps".
"""

from __future__ import annotations

import json
import socket
import sys
from ipaddress import ip_address
from itertools import chain, repeat

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.utils.project import get_project_settings

from newscrawl import middlewares, resolver
from newscrawl.politeness import addresses
from newscrawl.politeness.refused import Refused


class Fetch(scrapy.Spider):
    name = "fetch"

    async def start(self):
        for url in self.urls:
            yield scrapy.Request(
                url, self.parse, errback=self.failed, cb_kwargs={"asked": url}, meta={"asked": url, **self.meta}
            )

    async def parse(self, response, asked):
        flags = list(response.meta.get("robots_flags", ()))
        tell(asked, "answer", status=response.status, url=response.url, size=len(response.body), flags=flags)
        if asked in self.sitemaps:
            cache = self.crawler.get_downloader_middleware(middlewares.RobotsMiddleware).cache
            tell(asked, "sitemaps", sitemaps=list((await cache.of(asked)).sitemaps))

    def failed(self, failure):
        error, asked = failure.value, failure.request.meta["asked"]
        if isinstance(error, Refused):
            tell(asked, "refused", reason=error.reason, detail=error.detail, later=error.later)
        else:
            tell(asked, "failed", error=type(error).__name__)


def tell(asked, kind, **what):
    print(json.dumps({"asked": asked, "kind": kind, **what}), flush=True)


def play(task):
    """Lets the task's names resolve as it says, and its public addresses count as public."""
    answers = {name: chain(given, repeat(given[-1])) for name, given in task.get("names", {}).items()}
    look_up = socket.gethostbyname
    socket.gethostbyname = lambda name: next(answers[name]) if name in answers else look_up(name)
    public = set(task.get("public", ()))
    judge = addresses.is_private
    for module in (addresses, middlewares, resolver):
        module.is_private = lambda ip: judge(ip) and str(ip_address(str(ip).partition("%")[0])) not in public


def main():
    task = json.load(sys.stdin)
    play(task)
    settings = get_project_settings()
    settings.setmodule("newscrawl.settings")
    settings.setdict(
        {"SPIDER_LOADER_CLASS": "scrapy.spiderloader.SpiderLoader", "ITEM_PIPELINES": {}, "EXTENSIONS": {}}
    )
    settings.setdict(task.get("settings", {}), priority="cmdline")
    process = AsyncCrawlerProcess(settings)
    process.crawl(Fetch, urls=task["urls"], sitemaps=task.get("sitemaps", []), meta=task.get("meta", {}))
    process.start()


if __name__ == "__main__":
    main()
