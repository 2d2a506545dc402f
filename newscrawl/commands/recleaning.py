"""Archived pages through today's extraction, on all cores, in the order in which they were archived."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice, takewhile
from typing import Any, TypeVar, cast

from newscrawl.items import ArchiveRef, Article, Hints, Rejection, to_dict
from newscrawl.report.archived import page_name, source_of
from newscrawl.report.inspector import render_diff
from newscrawl.sites import Site
from newscrawl.storage.ledger_rows import hints_from
from newscrawl.storage.reclean import Archive, Batches, Difference
from newscrawl.storage.warc import Capture, read_archive, stories
from newscrawl.workers import GivenUp, Workers

#: Stories under way for each worker: enough that none waits for the reader, few enough to hold in memory.
_AHEAD = 4
#: Stories that are read in one go.
_AT_ONCE = 4

#: The folder of the pages that show a page beside its old and new record, and seconds that making one may take.
BESIDE, SHOWING = "diff", 60.0

#: Rejections that say nothing about what the page holds: they stay what they were.
_STAY = frozenset({"duplicate", "robots", "opted_out", "offsite", "private_address", "unreachable", "redirect"})
_HTML = frozenset({None, "text/html", "application/xhtml+xml"})

Result = Article | Rejection
T = TypeVar("T")

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Recleaner:
    """Extracts archives again. size: how many workers; sites: profiles by name; site_of: the profile that an address
    belongs to, if any; seen: revision and content hash by article id, in archives that know no revisions."""

    workers: Workers
    size: int
    sites: Mapping[str, Site]
    site_of: Callable[[str], Site | None]
    seen: dict[str, tuple[int, str]] = field(default_factory=dict)

    async def run(self, archive: Archive, difference: Difference) -> AsyncIterator[int]:
        """One archive; gives how many of its bytes are done. Its new batches are sealed at the end.

        Raises ArchiveError, OSError.
        """
        old, batches = archive.lines(), Batches(archive)
        under_way: deque[tuple[Capture, asyncio.Task[Result]]] = deque()

        async def finish() -> int:
            capture, task = under_way.popleft()
            result = self._numbered(capture, await task)
            if result is None:
                difference.passed["the same story as before"] += 1
            else:
                batches.write(result)
                line = to_dict(result)
                before = old.get(capture.record_id)
                if (kept := difference.add(before, line)) and before:
                    page = await self._beside(archive, capture, before, line)
                    for each in kept:
                        each["page"] = page
            return capture.offset

        async for story in _in_thread(stories(read_archive(archive.path, difference.damage))):
            difference.pages += len(story)
            if reason := _passed_over(story[0]):
                difference.passed[reason] += 1
                continue
            under_way.append((story[0], asyncio.create_task(self._result(archive, story))))
            if len(under_way) > self.size * _AHEAD:
                yield await finish()
        while under_way:
            yield await finish()
        batches.seal()

    async def _result(self, archive: Archive, story: Sequence[Capture]) -> Result:
        """What today's code makes of a story's pages."""
        first = story[0]
        refused = _stays(first)
        if refused:
            return refused
        site = self._site(archive, first)
        hints = hints_from(dict(first.note.get("hints") or {}))
        found = [
            await self.workers.extract(each.body, **_about(each, site, hints if each is first else Hints()))
            for each in story
        ]
        articles = cast(
            "list[Article]", list(takewhile(lambda each: isinstance(each, Article), (each.result for each in found)))
        )
        if len(articles) > 1:
            from newscrawl.extraction.parts import join_parts

            return join_parts(articles[0], articles[1:])
        return found[0].result

    async def _beside(
        self, archive: Archive, capture: Capture, old: Mapping[str, Any], new: Mapping[str, Any]
    ) -> str | None:
        """Write the page that shows a capture beside its two lines, in a worker: it is extracted once more for that.

        Gives its address relative to the report; None where the page cannot be shown.
        """
        folder, name = archive.folder.parent / BESIDE, page_name(capture.record_id)
        source = source_of(capture, self._site(archive, capture))
        try:
            html = await self.workers.run(SHOWING, render_diff, source, old, new, "../diff.html")
        except (GivenUp, RuntimeError) as error:
            logger.warning("%s cannot be shown beside its records: %s", capture.url, error)
            return None
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(html, encoding="utf-8", errors="replace")
        return f"{BESIDE}/{name}"

    def _numbered(self, capture: Capture, result: Result) -> Result | None:
        """With revision and archive filled in; None for an article that an earlier capture gave already.

        Our archives know revisions; in others each change of content is one.
        """
        ref = ArchiveRef(capture.file.name, capture.record_id)
        if not isinstance(result, Article):
            return replace(result, archive=ref)
        revision = capture.note.get("revision")
        if revision is None:
            known = self.seen.get(result.id)
            if known and known[1] == result.content_hash:
                return None
            revision = known[0] + 1 if known else 1
            self.seen[result.id] = (revision, result.content_hash)
        return replace(result, revision=revision, archive=ref)

    def _site(self, archive: Archive, capture: Capture) -> Site | None:
        name = capture.note.get("site") or archive.site
        if name:
            return self.sites.get(name) or Site(name=name)
        return self.site_of(capture.url)


async def _in_thread(reading: Iterator[T]) -> AsyncIterator[T]:
    """What an iterator gives, a few at a time in a thread: unpacking must not keep the workers waiting."""
    while found := await asyncio.to_thread(lambda: list(islice(reading, _AT_ONCE))):
        for each in found:
            yield each


def _passed_over(capture: Capture) -> str | None:
    """Why a capture gives no line, where it gives none."""
    if capture.note:
        return "looked at again, the story had not changed" if capture.note.get("outcome") == "unchanged" else None
    if capture.status != 200:
        return "an answer with another status than 200"
    return None if capture.media_type in _HTML else "no page but an image, a feed, a script …"


def _stays(capture: Capture) -> Rejection | None:
    """A rejection that extraction has no say in."""
    from newscrawl.outcomes import refusal

    reason = capture.note.get("reason")
    if reason in _STAY:
        return Rejection(capture.url, reason, capture.note.get("detail"), capture.status, capture.fetched_at)
    return refusal(capture) if capture.note else None  # type: ignore[arg-type]


def _about(capture: Capture, site: Site | None, hints: Hints) -> dict[str, Any]:
    """What extraction is told, as the crawl told it."""
    return {
        "url": capture.url,
        "encoding": capture.encoding,
        "site": site,
        "fetched_at": _moment(capture.fetched_at),
        "http_status": capture.status,
        "hints": hints,
    }


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
