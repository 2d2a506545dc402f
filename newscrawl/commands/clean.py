"""scrapy clean FILE|URL|-: one page or text dump, its record on standard output."""

from __future__ import annotations

import argparse
import json
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.items import Article, Rejection, to_dict
from newscrawl.report.text import plain
from newscrawl.sites import Site, known_sites


class Command(ScrapyCommand):
    """Exit status: 0 a record was printed, 1 the input cannot be read, 3 the page gives no record."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[--text] [--url URL] <FILE|URL|->"

    def short_desc(self) -> str:
        return "Print the record of one page or text dump"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--text", action="store_true", help="the input is a plain-text dump, not HTML")
        parser.add_argument("--url", help="the address that the page was fetched from")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if len(args) != 1:
            raise UsageError("give one FILE, URL or - for standard input")
        try:
            result = self._result(args[0], opts)
        except OSError as error:
            self._say(f"clean: {plain(error)}", 1)
            return
        if isinstance(result, Rejection):
            self._say(f"clean: {plain(args[0])}: {result.reason}: {plain(result.detail or '')}", 3)
        else:
            print(json.dumps(to_dict(result), ensure_ascii=False, indent=1))

    def _result(self, source: str, opts: argparse.Namespace) -> Article | Rejection:
        from newscrawl.extraction.article import extract_page, extract_text

        now = datetime.now(UTC).replace(microsecond=0)
        if re.match(r"https?://", source):
            return self._fetched(source)
        content = read_input(source)
        if opts.text:
            return extract_text(content.decode("utf-8", "replace"), url=opts.url, fetched_at=now)
        return extract_page(content, url=opts.url, site=self._site(opts.url), fetched_at=now).result

    def _fetched(self, url: str) -> Article | Rejection:
        from newscrawl.extraction.article import extract_page
        from newscrawl.fetch import fetch_one
        from newscrawl.outcomes import about, fetched_of, refusal

        assert self.settings is not None
        page = fetched_of(fetch_one(url, self.settings))
        return refusal(page) or extract_page(page.body, site=self._site(page.url), **about(page)).result

    def _site(self, url: str | None) -> Site | None:
        """The profile whose domains hold the address, if there is one."""
        from newscrawl.discovery.urls import in_domains

        assert self.settings is not None
        sites = known_sites(self.settings.get("NEWSCRAWL_SITES")).values() if url else ()
        return next((site for site in sites if url and in_domains(url, site.domains)), None)

    def _say(self, line: str, status: int) -> None:
        print(line, file=sys.stderr)
        self.exitcode = status


def read_input(source: str) -> bytes:
    """The bytes of a file, or of standard input for "-". Raises OSError with one line for people."""
    if source == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(source).read_bytes()
    except OSError as error:
        raise OSError(f"{source}: cannot be read: {error.strerror}") from None
