"""A group of outcomes on its way to disk."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from newscrawl import __version__
from newscrawl.items import Article, Rejection
from newscrawl.storage import archive, batches
from newscrawl.storage.archive import Earlier, Fetched
from newscrawl.storage.files import PartFile
from newscrawl.storage.ledger import Ledger
from newscrawl.storage.ledger_rows import FileState, Source
from newscrawl.storage.outcomes import Outcome, RunSettings


@dataclass(slots=True)
class Group:
    """Outcomes that are committed together, into one batch; last says that the batch is sealed after it.

    fetched: keys of URLs whose outcome is still to come; bytes: of the pages; since: when the first outcome came.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    fetched: set[str] = field(default_factory=set)
    sources: list[Source] = field(default_factory=list)
    bytes: int = 0
    since: datetime | None = None
    batch: int = 0
    last: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.outcomes or self.fetched or self.sources or self.last)


@dataclass(slots=True)
class Batch:
    """The batch that groups go to, and when it is full. since: when its first line came, in seconds."""

    settings: RunSettings
    number: int = 1
    lines: int = 0
    since: int | None = None

    def take(self, group: Group, now: int) -> None:
        """Gives a group its batch, and says whether it is the last one in it."""
        group.batch = self.number
        self.lines += sum(1 for each in group.outcomes if each.line)
        if self.since is None and any(each.line or each.pages for each in group.outcomes):
            self.since = now
        group.last = self.lines >= self.settings.batch_records or self.is_old(now)
        if group.last:
            self.number, self.lines, self.since = self.number + 1, 0, None

    def is_old(self, now: int) -> bool:
        """Whether it must be sealed for its age."""
        return self.since is not None and now - self.since >= self.settings.batch_seconds

    @property
    def pages_name(self) -> str:
        """Its archive file."""
        return batches.PAGES.format(self.number)


@dataclass(slots=True)
class State:
    """What changes while a run goes. broken: why it takes nothing more."""

    batch: Batch
    group: Group = field(default_factory=Group)
    counts: Counter[str] = field(default_factory=Counter)
    sources: list[dict[str, Any]] = field(default_factory=list)
    broken: Exception | None = None
    closed: bool = False


class GroupWriter:
    """Appends groups to the files of their batch and commits them to the ledger. Raises OSError, StorageError."""

    def __init__(self, folder: Path, ledger: Ledger, site: str) -> None:
        self._folder, self._ledger, self._site = folder, ledger, site
        self._open: dict[str, PartFile] = {}
        self._packer = archive.Packer()

    def store(self, group: Group) -> None:
        """Puts a group on disk: pages, then records and reject lines, then the ledger."""
        touched = {}
        for name, data, records in self._pieces(group):
            file = touched[name] = self._file(name)
            file.append(data, records)
        for file in touched.values():
            file.sync()
        self._ledger.commit(
            self._folder.name,
            rows=[each.row for each in group.outcomes],
            fetched=group.fetched,
            articles=[
                (each.line.id, each.row.key, each.line.revision, each.line.content_hash)
                for each in group.outcomes
                if isinstance(each.line, Article)
            ],
            sources=group.sources,
            files=[FileState(file.name, file.bytes, file.records) for file in touched.values()],
            counts=group.counts,
        )

    def close(self) -> None:
        """Lets go of the batch's files; they stay .part until they are sealed."""
        for file in self._open.values():
            file.close()
        self._open.clear()

    def _file(self, name: str) -> PartFile:
        if name not in self._open:
            self._open[name] = PartFile(self._folder, name)
        return self._open[name]

    def _pieces(self, group: Group) -> Iterator[tuple[str, bytes, int]]:
        """(file name, bytes, records) in the order they are written; pages one by one, so memory stays flat."""
        pages = batches.PAGES.format(group.batch)
        for outcome in group.outcomes:
            if outcome.pages:
                if pages not in self._open:
                    yield pages, self._packer.warcinfo(pages, self._info()), 0
                for data in self._packed(outcome):
                    yield pages, data, 1
        for kind, name in ((Article, batches.ARTICLES), (Rejection, batches.REJECTED)):
            lines = [batches.to_line(each.line) for each in group.outcomes if isinstance(each.line, kind)]
            if lines:
                yield name.format(group.batch), b"".join(lines), len(lines)

    def _packed(self, outcome: Outcome) -> Iterator[bytes]:
        """The WARC records of an outcome's pages; notes in its row what a later revisit will refer to."""
        row, ids = outcome.row, outcome.ids
        earlier = Earlier(row.archive_id, row.url, row.archive_date or "") if row.archive_id else None
        for number, (page, record_id) in enumerate(zip(outcome.pages, ids, strict=True)):
            note = self._note(outcome, page, ids[0] if number else None)
            if outcome.not_modified:
                yield self._packer.revisit(page, record_id, None, earlier, note)
                continue
            digest = archive.payload_digest(page.body)
            if outcome.what == "unchanged" and earlier and digest == row.payload:
                yield self._packer.revisit(page, record_id, digest, earlier, note)
                continue
            yield self._packer.response(page, record_id, digest, note)
            if not number:
                row.payload, row.archive_id, row.archive_date = digest, record_id, archive.warc_date(page.fetched_at)

    def _note(self, outcome: Outcome, page: Fetched, part_of: str | None) -> dict[str, Any]:
        row = outcome.row
        note = {
            "site": self._site,
            "key": row.key,
            "url": row.url,
            "via": row.via,
            "hints": json.loads(row.hints) if row.hints else None,
            "encoding": page.encoding,
            "fetched_at": page.fetched_at,
            "outcome": outcome.what,
            **outcome.note,
            "part_of": part_of,
        }
        return {key: value for key, value in note.items() if value is not None}

    def _info(self) -> dict[str, str]:
        return {
            "software": f"newscrawl/{__version__}",
            "isPartOf": f"{self._site}/{self._folder.name}",
            "description": "pages of news stories, each with the record that was made from it named in its metadata",
        }
