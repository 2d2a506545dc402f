"""scrapy crawl SITE: the scheduled job. Scrapy's own command, with exit statuses and a last line for people."""

from __future__ import annotations

import argparse
import difflib
import sys
import time
from typing import TYPE_CHECKING

from scrapy.commands import crawl
from scrapy.exceptions import UsageError

from newscrawl.arguments import ArgumentError, parse_arguments
from newscrawl.choice import choose_site
from newscrawl.report import logs
from newscrawl.report.text import plain
from newscrawl.sites import SiteError
from newscrawl.workers import preload

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from newscrawl.spiders.news import NewsSpider


class Command(crawl.Command):
    """Exit status: 0 the run did its job, 1 it failed or could not start, 3 it finished below its health floor."""

    def short_desc(self) -> str:
        return "Crawl a site: scrapy crawl SITE [-a since=DATE] [-a limit=N] [-a full=1]"

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None
        logs.install(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("give one site; `scrapy list` names them", print_help=False)
        started = time.monotonic()
        preload()
        crawler = self._checked(args[0], opts)
        if crawler is None:
            return
        assert self.crawler_process is not None
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        spider: NewsSpider | None = crawler.spider  # type: ignore[assignment]
        if self.crawler_process.bootstrap_failed or spider is None:
            self._say(f"{args[0]}: could not start; the log says why", 1)
        else:
            self._say(last_line(spider, time.monotonic() - started), spider.exit_status)

    def _checked(self, name: str, opts: argparse.Namespace) -> Crawler | None:
        """The crawler, with everything that can be wrong in name, arguments and profile found before it starts."""
        assert self.crawler_process is not None
        try:
            crawler = self._create_crawler(name)
            choose_site(getattr(crawler.spidercls, "site", None), parse_arguments(opts.spargs))
        except KeyError:
            self._say(unknown_site(name, self.crawler_process.spider_loader.list()), 1)
        except (ArgumentError, SiteError) as error:
            self._say(f"{name}: {error}", 1)
        else:
            return crawler
        return None

    def _say(self, line: str, status: int) -> None:
        print(line, file=sys.stderr, flush=True)
        self.exitcode = status


def unknown_site(name: str, known: list[str]) -> str:
    """One line for a name that is no site, with the nearest that are."""
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    hint = f"did you mean {' or '.join(near)}?" if near else "`scrapy list` names them all"
    return f"{plain(name, 80)}: no such site; {hint}"


def last_line(spider: NewsSpider, seconds: float) -> str:
    """What the run did, in one line."""
    if not hasattr(spider, "run"):
        return f"{spider.name}: {spider.message}"
    done = spider.counts.snapshot()
    line = (
        f"{spider.name}: {done.new} new, {done.revised} revised, {done.unchanged} unchanged, "
        f"{done.rejected} rejected, {done.failed} failed in {seconds:.0f} s; {spider.run.folder}"
    )
    return f"{line}\n{spider.name}: {plain(spider.message)}" if spider.message else line
