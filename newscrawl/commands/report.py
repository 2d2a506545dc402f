"""scrapy report [SITE] [RUN]: the report of a run, of a site over time, or of all sites; prints where it is."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.report.text import plain
from newscrawl.sites import SiteError, known_sites


class Command(ScrapyCommand):
    """Exit status: 0 the report was written, 1 there is nothing to report on or it cannot be written."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[SITE] [RUN]"

    def short_desc(self) -> str:
        return "Write the report of a run (RUN: its name or latest), of a site, or of all sites"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument(
            "--pages", metavar="N|all", help="articles of the run that get an inspector page, the least sure first"
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from newscrawl.report.history import ReportError  # not at the top: every command would load extraction

        if len(args) > 2:
            raise UsageError("give at most a site and a run")
        try:
            print(self._write(args, opts))
        except (ReportError, SiteError) as error:
            self._fail(str(error))
        except OSError as error:
            self._fail(f"{error.filename}: cannot be written: {error.strerror}")

    def _write(self, args: list[str], opts: argparse.Namespace) -> Path:
        from newscrawl.report import writing
        from newscrawl.report.history import ReportError

        assert self.settings is not None
        output = Path(self.settings["NEWSCRAWL_OUTPUT"]).absolute()
        if not args:
            return writing.write_sites(output)
        if args[0] != Path(args[0]).name:
            raise ReportError(f"{args[0]}: is no site's name")
        pages = writing.pages_of(opts.pages or self.settings.get("NEWSCRAWL_REPORT_PAGES", writing.PAGES))
        site = known_sites(self.settings.get("NEWSCRAWL_SITES")).get(args[0])
        if len(args) == 1:
            return writing.write_site(output, args[0], pages, site)
        return writing.write_run(writing.find_run(output, *args), site, pages)

    def _fail(self, line: str) -> None:
        print(f"report: {plain(line)}", file=sys.stderr)
        self.exitcode = 1
