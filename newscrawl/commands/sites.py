"""scrapy sites [--check]: the catalogue as a table, or what is wrong in it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.report.health import unknown_floors, written
from newscrawl.report.history import ReportError, read_run
from newscrawl.report.text import plain
from newscrawl.sites import FOLDER, Site, SiteError, known_sites, load_site, profile_files
from newscrawl.sites.check import check_catalogue

_WAYS = {"feeds": "feed", "news_sitemaps": "news sitemap", "sitemaps": "sitemap", "listings": "listing"}
_COLUMNS = ("name", "publisher", "country", "language", "ways of discovery", "last run", "articles", "health")


class Command(ScrapyCommand):
    """Exit status: 0 all is well, 1 a profile is wrong; every fault is one line on standard error."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[--check]"

    def short_desc(self) -> str:
        return "Show the catalogue of sites, or check every profile in it"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.add_argument("--check", action="store_true", help="check every profile: keys, regexes, selectors, URLs")

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        if args:
            raise UsageError("takes no arguments")
        assert self.settings is not None
        own = self.settings.get("NEWSCRAWL_SITES")
        if opts.check:
            self._check([FOLDER, *([Path(own)] if own else [])])
            return
        try:
            sites = known_sites(own)
        except SiteError as error:
            self._fault(f"{error}\nscrapy sites --check names every fault")
        else:
            _show(sites.values(), Path(self.settings["NEWSCRAWL_OUTPUT"]))

    def _check(self, folders: list[Traversable]) -> None:
        faults = [fault for folder in folders for fault in (*check_catalogue(folder), *_health_faults(folder))]
        for fault in faults:
            self._fault(fault)
        if not faults:
            count = sum(len(profile_files(folder)) for folder in folders)
            print(f"{count} profiles, no fault")

    def _fault(self, lines: str) -> None:
        for line in lines.splitlines():
            print(plain(line), file=sys.stderr)
        self.exitcode = 1


def _health_faults(folder: Traversable) -> Iterator[str]:
    """Floors in profiles that the health report does not know."""
    for path in profile_files(folder):
        try:
            site = load_site(path)
        except SiteError:
            continue
        yield from (f"{path}: {message}" for message in unknown_floors(site.health))


def _show(sites: Any, output: Path) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*_COLUMNS, box=None, pad_edge=False, header_style="bold")
    for row in sorted(_row(site, output) for site in sites):
        table.add_row(*(Text(plain(cell, 80)) for cell in row))
    console = Console()
    console.width = console.width if console.is_terminal else 200
    console.print(table)


def _row(site: Site, output: Path) -> tuple[str, ...]:
    ways = [_counted(len(getattr(site.discover, key)), word) for key, word in _WAYS.items()]
    about = (site.name, site.publisher or "", site.country or "", site.language or "", ", ".join(filter(None, ways)))
    manifest = _last_manifest(output / site.name / "runs")
    if manifest is None:
        return (*about, "", "", "")
    return (*about, str(manifest.get("started_at", "")), str(written(manifest)), _health(manifest))


def _counted(number: int, word: str) -> str:
    return "" if not number else f"{number} {word}{'s' if number > 1 else ''}"


def _last_manifest(runs: Path) -> Mapping[str, Any] | None:
    """What the newest finished run says of itself."""
    for folder in sorted(runs.glob("*"), reverse=True):
        try:
            manifest = read_run(folder).manifest
        except ReportError:
            continue
        if manifest:
            return manifest
    return None


def _health(manifest: Mapping[str, Any]) -> str:
    health = manifest.get("health")
    problems = health.get("problems") if isinstance(health, dict) else None
    if isinstance(problems, list) and problems:
        first = problems[0].get("message", "") if isinstance(problems[0], dict) else ""
        return f"{first}{f' (and {len(problems) - 1} more)' if len(problems) > 1 else ''}"
    return {0: "healthy", 1: "failed"}.get(manifest.get("exit_status", 0), "unhealthy")
