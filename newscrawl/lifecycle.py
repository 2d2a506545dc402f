"""A run from Scrapy's settings: how it is opened, and how it ends."""

from __future__ import annotations

import gc
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl.discovery.urls import canonical
from newscrawl.storage.errors import StorageError
from newscrawl.storage.outcomes import RunSettings
from newscrawl.storage.run import Run

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from newscrawl.extraction.page import Limits
    from newscrawl.sites import Site
    from newscrawl.spiders.news import NewsSpider
    from newscrawl.workers import Workers

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}

#: Settings that change what a run gives; the manifest keeps them.
_MATTER = (
    *("NEWSCRAWL_ARCHIVE", "NEWSCRAWL_PAGE_TIMEOUT", "NEWSCRAWL_RECHECK", "NEWSCRAWL_OBEY_AI_OPTOUT"),
    *("NEWSCRAWL_LISTING_PAGES", "NEWSCRAWL_HOST_BUDGET", "ROBOTSTXT_OBEY", "DOWNLOAD_MAXSIZE", "DOWNLOAD_DELAY"),
    *("CONCURRENT_REQUESTS_PER_DOMAIN", "AUTOTHROTTLE_ENABLED", "USER_AGENT"),
    *("NEWSCRAWL_MAX_TEXT", "NEWSCRAWL_MAX_ELEMENTS", "NEWSCRAWL_MAX_DEPTH", "NEWSCRAWL_WORKER_MEMORY"),
)


def open_run(site: Site, settings: BaseSettings, *, rebuild: bool = False) -> Run:
    """Start a run of a site. Raises StorageError (another run is going, a damaged ledger, a disk that cannot be used)
    or ValueError for a setting that cannot be read."""
    output = Path(settings["NEWSCRAWL_OUTPUT"]).absolute()
    return Run.open(output, site.name, settings=run_settings(settings), rebuild=rebuild, key_of=canonical)


def run_settings(settings: BaseSettings) -> RunSettings:
    """The storage room's share of the settings."""
    return RunSettings(
        batch_records=settings.getint("NEWSCRAWL_BATCH_RECORDS"),
        batch_seconds=int(settings.getfloat("NEWSCRAWL_BATCH_MINUTES") * 60),
        recheck=tuple(map(_seconds, _list(settings["NEWSCRAWL_RECHECK"]))),
        archive=settings.getbool("NEWSCRAWL_ARCHIVE"),
    )


def start_workers(site: Site | None, settings: BaseSettings) -> Workers:
    """Extraction processes, warming up while the first pages are fetched."""
    from newscrawl.workers import Workers

    gc.freeze()  # what this process has loaded by now stays, and need not be looked through again and again
    size = settings.getint("NEWSCRAWL_WORKERS") or len(os.sched_getaffinity(0))
    memory = settings.getint("NEWSCRAWL_WORKER_MEMORY") * 1024**2
    return Workers(size, settings.getfloat("NEWSCRAWL_PAGE_TIMEOUT"), site, memory=memory, limits=page_limits(settings))


def page_limits(settings: BaseSettings) -> Limits:
    """How large a page and its story may be; a DOWNLOAD_MAXSIZE of 0 is Scrapy's word for no limit."""
    from newscrawl.extraction.page import Limits

    return Limits(
        page=settings.getint("DOWNLOAD_MAXSIZE") or sys.maxsize,
        text=settings.getint("NEWSCRAWL_MAX_TEXT"),
        elements=settings.getint("NEWSCRAWL_MAX_ELEMENTS"),
        depth=settings.getint("NEWSCRAWL_MAX_DEPTH"),
    )


def settings_that_matter(settings: BaseSettings) -> dict[str, Any]:
    """For the manifest: what a run was told, without anything secret."""
    return {name: settings.get(name) for name in _MATTER}


def close_run(spider: NewsSpider, reason: str, settings: BaseSettings) -> None:
    """End a run: everything on disk, exit status decided, manifest written. Raises StorageError."""
    counts, stats = spider.counts.snapshot(), spider.counts.to_manifest()
    if not spider.exit_status and not counts.done and _nothing_came(stats):
        spider.exit_status, spider.message = 1, f"nothing could be fetched: {_first_error(stats)}"
    stats["settings"] = settings_that_matter(settings)
    spider.run.close(spider.exit_status, reason, stats)


def _nothing_came(stats: Mapping[str, Any]) -> bool:
    sources = stats["sources"]
    return bool(sources) and all(each["error"] and not each["read"] for each in sources)


def _first_error(stats: Mapping[str, Any]) -> str:
    return next(f"{each['url']}: {each['error']}" for each in stats["sources"])


def _list(value: str | Sequence[str]) -> Sequence[str]:
    return [each.strip() for each in value.split(",") if each.strip()] if isinstance(value, str) else value


def _seconds(text: str | float) -> int:
    """Seconds of "90", "30m", "6h" or "3d". Raises StorageError naming the setting."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smhd]?)", str(text).strip())
    if not found:
        raise StorageError(f"NEWSCRAWL_RECHECK: {text!r} is no age such as 30m, 6h or 3d")
    return int(float(found[1]) * _UNITS[found[2] or "s"])
