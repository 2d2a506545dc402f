"""scrapy inspect FILE|URL|RECORD-ID: a page that shows what was kept of a page, what was dropped, and why."""

from __future__ import annotations

import argparse
import os
import re
import sys
import webbrowser
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.report.text import plain
from newscrawl.sites import Site, SiteError, known_sites

if TYPE_CHECKING:
    from newscrawl.report.inspector import Source

_RECORD = re.compile(r"[0-9a-f]{32}|<?urn:uuid:[0-9a-f-]{36}>?", re.I)


class Command(ScrapyCommand):
    """Exit status: 0 the page was written, 1 there is nothing to inspect."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[--url URL] [-o FILE] [--no-open] <FILE|URL|RECORD-ID>"

    def short_desc(self) -> str:
        return "Show what was kept of a page, what was dropped, and why"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--url", help="the address that a FILE was fetched from")
        parser.add_argument("-o", "--output", metavar="FILE", help="where to write the page (default: inspect.html)")
        parser.add_argument("--no-open", action="store_true", help="write the page and do not open it")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from newscrawl.report.inspector import render_inspection  # not at the top: every command would load extraction

        if len(args) != 1:
            raise UsageError("give one FILE, URL or record id")
        try:
            html = render_inspection(*self._source(args[0], opts.url))
            path = Path(opts.output or "inspect.html").absolute()
            path.write_text(html, encoding="utf-8", errors="replace")
        except (OSError, SiteError) as error:
            print(f"inspect: {plain(_words(error))}", file=sys.stderr)
            self.exitcode = 1
            return
        print(path)
        if not opts.no_open and has_display(os.environ):
            webbrowser.open(path.as_uri())

    def _source(self, wanted: str, url: str | None) -> tuple[Source, Mapping[str, Any] | None]:
        from newscrawl.report.inspector import Source

        now = datetime.now(UTC).replace(microsecond=0)
        if _RECORD.fullmatch(wanted):
            return self._archived(wanted)
        if re.match(r"https?://", wanted):
            return self._fetched(wanted), None
        return Source(Path(wanted).read_bytes(), url=url, site=self._site_of(url), fetched_at=now), None

    def _archived(self, wanted: str) -> tuple[Source, Mapping[str, Any]]:
        from newscrawl.report.archived import archive_of, captures, find_record, source_of

        assert self.settings is not None
        output = Path(self.settings["NEWSCRAWL_OUTPUT"])
        found = find_record(output, wanted)
        if found is None:
            raise OSError(f"{wanted}: no such record under {output}")
        run, record = found
        ref = archive_of(record)
        capture = next(captures(run, [ref]), None) if ref else None
        if capture is None:
            raise OSError(f"{wanted}: its page is not in the archive of {run.folder}")
        return source_of(capture, self._sites().get(run.site) or self._site_of(capture.url)), record

    def _fetched(self, url: str) -> Source:
        from newscrawl.fetch import fetch_one
        from newscrawl.outcomes import about, fetched_of
        from newscrawl.report.inspector import Source

        assert self.settings is not None
        page = fetched_of(fetch_one(url, self.settings))
        return Source(page.body, site=self._site_of(page.url), **about(page))

    def _sites(self) -> dict[str, Site]:
        assert self.settings is not None
        return known_sites(self.settings.get("NEWSCRAWL_SITES"))

    def _site_of(self, url: str | None) -> Site | None:
        """The profile whose domains hold the address, if there is one."""
        from newscrawl.discovery.urls import in_domains

        return next((site for site in self._sites().values() if in_domains(url, site.domains)), None) if url else None


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether a browser window can be opened from here."""
    return sys.platform in ("darwin", "win32") or bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY"))


def _words(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror and error.filename:
        return f"{error.filename}: cannot be read: {error.strerror}"
    return str(error)
