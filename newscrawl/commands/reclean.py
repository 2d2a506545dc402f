"""scrapy reclean PATH…: archived pages through today's extraction, and what differs from the records of then."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrapy.commands import ScrapyCommand
from scrapy.exceptions import UsageError

from newscrawl.report.text import plain
from newscrawl.sites import Site, SiteError, known_sites, load_site
from newscrawl.storage.errors import StorageError, explained

if TYPE_CHECKING:
    from newscrawl.report.differences import Piece
    from newscrawl.storage.reclean import Archive, Difference

#: Characters of unchanged text that the report shows on either side of a change.
NEAR = 160
#: Examples of each change that it shows at once; the others fold out.
EXAMPLES_IN_SIGHT = 5


class Command(ScrapyCommand):
    """Exit status: 0 everything was extracted again, 1 an archive or profile cannot be read, or nothing be written."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "[--profile FILE] [--examples N] PATH…"

    def short_desc(self) -> str:
        return "Extract archived pages again and show what differs"

    def long_desc(self) -> str:
        return (
            "PATH: a WARC file, a run, a site or any folder with WARC files, also of other crawlers. New batches and "
            "a report of the differences go to reclean/ in the site's output folder; old batches stay as they are."
        )

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        from newscrawl.storage.reclean import EXAMPLES

        super().add_options(parser)
        parser.add_argument("--profile", metavar="FILE", help="a site's profile that is not in the catalogue")
        parser.add_argument(
            "--examples",
            type=_number,
            default=EXAMPLES,
            metavar="N",
            help="records shown of each kind of difference, old and new side by side (default: %(default)s)",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        from newscrawl.storage.reclean import find_archives
        from newscrawl.workers import preload

        if not args:
            raise UsageError("give at least one WARC file or folder")
        preload()
        assert self.settings is not None
        output = Path(self.settings["NEWSCRAWL_OUTPUT"]).absolute()
        start = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
        try:
            sites = self._sites(opts.profile)
            for base, archives in find_archives([Path(each) for each in args], output, start).items():
                with explained(base):
                    self._reclean(base, archives, sites, opts.examples)
        except (StorageError, SiteError) as error:
            print(f"reclean: {plain(error)}", file=sys.stderr)
            self.exitcode = 1

    def _sites(self, profile: str | None) -> dict[str, Site]:
        assert self.settings is not None
        sites = known_sites(self.settings.get("NEWSCRAWL_SITES"))
        if profile:
            site = load_site(Path(profile))
            sites[site.name] = site
        return sites

    def _reclean(self, base: Path, archives: list[Archive], sites: Mapping[str, Site], examples: int) -> None:
        from newscrawl.storage import files
        from newscrawl.storage.reclean import Difference

        files.make_folder(base.parent)
        base.mkdir()
        difference = Difference(most=examples)
        asyncio.run(self._extract(archives, sites, difference))
        report = write_report(base, difference)
        for line in summary(difference):
            print(line)
        print(f"New batches and the differences: {report}")

    async def _extract(self, archives: list[Archive], sites: Mapping[str, Site], difference: Difference) -> None:
        from rich.console import Console
        from rich.progress import Progress

        from newscrawl.commands.recleaning import Recleaner
        from newscrawl.workers import Workers

        assert self.settings is not None
        size = self.settings.getint("NEWSCRAWL_WORKERS") or len(os.sched_getaffinity(0))
        workers = Workers(size, self.settings.getfloat("NEWSCRAWL_PAGE_TIMEOUT"), None)
        console = Console(stderr=True)
        recleaner = Recleaner(workers, size, sites, lambda url: _site_of(url, sites.values()))
        sizes = [each.path.stat().st_size for each in archives]
        starts = {each.path: sum(sizes[:number]) for number, each in enumerate(archives)}
        try:
            with Progress(console=console, disable=not console.is_terminal) as progress:
                task = progress.add_task("pages", total=sum(sizes))
                for archive in archives:
                    start = starts[archive.path]
                    async for offset in recleaner.run(archive, difference):
                        progress.update(task, completed=start + offset)
                progress.update(task, completed=sum(sizes))
        finally:
            workers.close()


def _number(text: str) -> int:
    """A count from the command line. Raises ArgumentTypeError."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is no number of examples")
    return int(text)


def _site_of(url: str, sites: Iterable[Site]) -> Site | None:
    """The profile whose domains hold the address, if there is one."""
    from newscrawl.discovery.urls import in_domains

    return next((site for site in sites if in_domains(url, site.domains)), None)


def write_report(base: Path, difference: Difference) -> Path:
    """diff.json and diff.html; gives the path of the latter. Raises OSError."""
    from newscrawl.extraction.results import extractor
    from newscrawl.report.differences import as_text, pieces
    from newscrawl.report.html import render
    from newscrawl.storage.files import write_whole

    data = difference.as_dict(extractor())
    write_whole(base, "diff.json", json.dumps(data, ensure_ascii=False, indent=1).encode("utf-8", "replace") + b"\n")
    html = render(
        "reclean.html.j2",
        "base.css report.css inspect.css",
        "report.js",
        name=base.name,
        diff=data,
        near=EXAMPLES_IN_SIGHT,
        changes=lambda each: list(_near(pieces(as_text(each["old"]), as_text(each["new"])))),
    )
    write_whole(base, "diff.html", html.encode("utf-8", "replace"))
    return base / "diff.html"


def _near(way: Sequence[Piece]) -> Iterator[Piece]:
    """The changes with the words around them: what is the same for long is left out."""
    from newscrawl.report.differences import Piece

    for number, piece in enumerate(way):
        if piece.kind != "same" or len(piece.text) <= 2 * NEAR:
            yield piece
            continue
        before = piece.text[:NEAR] if number else ""
        after = piece.text[-NEAR:] if number < len(way) - 1 else ""
        yield Piece("same", f"{before} … {after}")


def summary(difference: Difference) -> list[str]:
    """What the re-extraction did, in a few lines for a terminal."""
    lines = [f"{difference.pages:,} pages: {difference.records:,} records, {difference.rejected:,} rejected"]
    passed = ", ".join(f"{count:,} {reason}" for reason, count in difference.passed.items())
    if passed:
        lines.append(f"Passed over: {passed}")
    if difference.damaged:
        lines.append(f"Damaged records: {len(difference.damaged):,}; the first: {plain(difference.damaged[0])}")
    if difference.compared:
        lines.append(f"Of {difference.compared:,} old lines {difference.same:,} came out the same")
    changed: Mapping[str, Any] = difference.fields
    if changed:
        lines.append("Changed: " + ", ".join(f"{key} in {count:,}" for key, count in difference.fields.most_common()))
    lines += [f"{count:,} × {turn}" for turn, count in difference.turns.most_common()]
    return lines
