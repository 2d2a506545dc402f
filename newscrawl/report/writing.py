"""Reports on disk: the run's page with inspector pages beside it, the site's and the page over all sites."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from heapq import nsmallest
from math import inf
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

from newscrawl.report.archived import archive_of, captures, page_name, source_of
from newscrawl.report.health import known_floors
from newscrawl.report.history import ReportError, Run, past_of, read_run, runs_of, sites_in
from newscrawl.report.inspector import render_inspection
from newscrawl.report.metrics import write_metrics
from newscrawl.report.run_report import EXAMPLES, render_run
from newscrawl.report.site_report import render_site, render_sites
from newscrawl.storage.files import write_whole

if TYPE_CHECKING:
    from newscrawl.sites import Site

logger = logging.getLogger(__name__)

Record = Mapping[str, Any]

NAME = "report.html"
#: The folder of a run's inspector pages.
INSPECT = "inspect"
#: Articles that get an inspector page without being asked for: the least sure ones.
PAGES = 100
#: Seconds after which the end of a crawl begins no further inspector page; who asks for them by hand can wait.
TIME = 120.0


def write_run(run: Run, site: Site | None = None, pages: int | None = PAGES, most: float = inf) -> Path:
    """Write a run's report and its inspector pages; gives the report's path.

    site: the run's profile, which extraction needs; pages: how many articles get an inspector page, the least sure
    first, None for all; most: seconds after which no further one is begun. Raises OSError.
    """
    links = write_inspections(run, site, pages, most)
    home = run.folder.parent.parent
    up = f"../../{NAME}" if (home / NAME).exists() else None
    html = render_run(run, past_of(run), links=links, up=up, floors=known_floors(site.health) if site else None)
    write_whole(run.folder, NAME, html.encode("utf-8", "replace"))
    return run.folder / NAME


def write_site(output: Path, name: str, pages: int | None = PAGES, site: Site | None = None) -> Path:
    """Write a site's page over all its runs, and the report of its newest run where that is missing."""
    home = output / name
    runs = runs_of(home)
    if not runs:
        raise ReportError(f"{home}: no runs there")
    write_whole(home, NAME, b"")  # so that the run's report links to it
    if not (runs[-1].folder / NAME).exists():
        write_run(runs[-1], site, pages)
    html = render_site(name, runs, up=f"../{NAME}" if (output / NAME).exists() else None)
    write_whole(home, NAME, html.encode("utf-8", "replace"))
    return home / NAME


def write_sites(output: Path) -> Path:
    """Write the page over all sites, and each site's."""
    homes = sites_in(output)
    if not homes:
        raise ReportError(f"{output}: no runs there; the first `scrapy crawl SITE` writes one")
    html = render_sites([(home.name, runs_of(home)) for home in homes])
    write_whole(output, NAME, html.encode("utf-8", "replace"))
    for home in homes:
        if runs_of(home):
            write_site(output, home.name)
    return output / NAME


def after_run(folder: Path, site: Site, *, pages: str | int = PAGES, metrics: str | None = None) -> None:
    """What a crawl leaves for people and machines when its manifest is written: the report, and metrics where a path
    is set for them. pages: see pages_of. What goes wrong here is logged; the run itself is safe on disk."""
    try:
        run = read_run(folder)
        write_run(run, site, pages_of(pages), TIME)
        if metrics and run.manifest:
            write_metrics(Path(metrics), run.manifest)
    except (OSError, ReportError) as error:
        logger.error("the report of %s is not written: %s", folder, error)


def pages_of(value: str | int) -> int | None:
    """How many articles get an inspector page, from a setting or option: a number, or None for "all".

    Raises ReportError with one line.
    """
    if value == "all":
        return None
    if not str(value).isdecimal():
        raise ReportError(f"{value!r}: expected a number of inspector pages, or all")
    return int(value)


def find_run(output: Path, site: str, name: str) -> Run:
    """A run by its name, the start of its name, or "latest". Raises ReportError with one line."""
    runs = runs_of(output / site)
    if not runs:
        raise ReportError(f"{output / site}: no runs there")
    found = [runs[-1]] if name == "latest" else [run for run in runs if run.name.startswith(name)]
    if len(found) != 1:
        near = ", ".join(run.name for run in (found or runs)[-5:])
        raise ReportError(f"{site}: {'more than one run' if found else 'no run'} named {name}; there are {near}")
    return read_run(found[0].folder)


def write_inspections(run: Run, site: Site | None, pages: int | None = PAGES, most: float = inf) -> dict[str, str]:
    """Write inspector pages of a run: examples of each kind of rejection, and the least sure articles.

    Gives their addresses relative to the run's folder, by article id or WARC record id; those of pages that were
    written before as well.
    """
    wanted = _examples(run) | _least_sure(run, pages)
    folder, links, begun = run.folder / INSPECT, _written(run), monotonic()
    for capture in captures(run, wanted):
        if monotonic() - begun > most:
            command = f"scrapy report {run.site} {run.name} --pages all"
            logger.warning("%s: inspector pages took over %d s; `%s` writes the rest", run.folder, most, command)
            break
        record = wanted[Path(capture.file).name, capture.record_id]
        key = str(record.get("id") or capture.record_id)
        name = page_name(key)
        try:
            html = render_inspection(source_of(capture, site), record)
        except Exception:  # whatever is wrong with one page, the report is still written
            logger.exception("%s cannot be shown", key)
            continue
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(html, encoding="utf-8", errors="replace")
        links[key] = f"{INSPECT}/{name}"
    return links


def _written(run: Run) -> dict[str, str]:
    """The inspector pages that an earlier report of this run wrote."""
    folder = run.folder / INSPECT
    names = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    if not names:
        return {}
    keys = [str(each.get("id")) for each in run.articles()]
    keys += [ref[1] for each in run.rejections() if (ref := archive_of(each))]
    return {key: f"{INSPECT}/{name}" for key in keys if (name := page_name(key)) in names}


def _examples(run: Run) -> dict[tuple[str, str], Record]:
    """A few rejected pages of each reason that are in the archive."""
    found: dict[tuple[str, str], Record] = {}
    numbers: dict[str, int] = {}
    for line in run.rejections():
        ref, reason = archive_of(line), str(line.get("reason"))
        if ref and numbers.get(reason, 0) < EXAMPLES:
            numbers[reason] = numbers.get(reason, 0) + 1
            found[ref] = line
    return found


def _least_sure(run: Run, pages: int | None) -> dict[tuple[str, str], Record]:
    known = ((float(a.get("confidence") or 0), ref, a) for a in run.articles() if (ref := archive_of(a)))
    # Only as many records are held as get a page: a run may have a hundred thousand.
    chosen = known if pages is None else nsmallest(pages, known, key=lambda each: each[0])
    return {ref: article for _, ref, article in chosen}
