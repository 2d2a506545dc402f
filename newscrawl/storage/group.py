"""A group of outcomes on its way to disk."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from newscrawl import __version__
from newscrawl.items import Article, Rejection
from newscrawl.storage import archive, batches
from newscrawl.storage.archive import Earlier, Fetched
from newscrawl.storage.files import PartFile
from newscrawl.storage.ledger import FileState, Ledger, Row, Source


@dataclass(slots=True)
class Outcome:
    """What became of a URL: its row as it will stand in the ledger, the line it writes, the pages to be kept.

    ids are the WARC-Record-IDs of the pages that are kept whole; note goes into their metadata records.
    """

    what: str
    row: Row
    line: Article | Rejection | None = None
    pages: Sequence[Fetched] = ()
    ids: Sequence[str] = ()
    note: Mapping[str, Any] = field(default_factory=dict)
    not_modified: bool = False


@dataclass(slots=True)
class Group:
    """Outcomes that are committed together, into one batch; last says that the batch is sealed after it."""

    outcomes: list[Outcome] = field(default_factory=list)
    fetched: dict[str, Row] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    bytes: int = 0
    since: datetime | None = None
    batch: int = 0
    last: bool = False
    counts: Mapping[str, int] = field(default_factory=dict)


class GroupWriter:
    """Appends groups to the files of their batch and commits them to the ledger. Raises OSError, StorageError."""

    def __init__(self, folder: Path, ledger: Ledger, site: str) -> None:
        self._folder, self._ledger, self._site = folder, ledger, site
        self._open: dict[str, PartFile] = {}

    @staticmethod
    def pages_name(batch: int) -> str:
        """The archive file of a batch."""
        return batches.PAGES.format(batch)

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
            rows=[*group.fetched.values(), *(each.row for each in group.outcomes)],
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

    def _pieces(self, group: Group) -> Any:
        """(file name, bytes, records) in the order they are written; pages one by one, so memory stays flat."""
        pages = self.pages_name(group.batch)
        for outcome in group.outcomes:
            if outcome.pages:
                if pages not in self._open:
                    yield pages, archive.warcinfo(pages, self._info()), 0
                for data in self._packed(outcome):
                    yield pages, data, 1
        for kind, name in ((Article, batches.ARTICLES), (Rejection, batches.REJECTED)):
            lines = [batches.to_line(each.line) for each in group.outcomes if isinstance(each.line, kind)]
            if lines:
                yield name.format(group.batch), b"".join(lines), len(lines)

    def _packed(self, outcome: Outcome) -> Any:
        """The WARC records of an outcome's pages; notes in its row what a later revisit will refer to."""
        row, ids = outcome.row, outcome.ids or tuple(archive.new_record_id() for _ in outcome.pages)
        earlier = Earlier(row.archive_id, row.url, row.archive_date or "") if row.archive_id else None
        for number, (page, record_id) in enumerate(zip(outcome.pages, ids, strict=True)):
            note = self._note(outcome, page, ids[0] if number else None)
            if outcome.not_modified:
                yield archive.revisit(page, record_id, None, earlier, note)
                continue
            digest = archive.payload_digest(page.body)
            if outcome.what == "unchanged" and earlier and digest == row.payload:
                yield archive.revisit(page, record_id, digest, earlier, note)
                continue
            yield archive.response(page, record_id, digest, note)
            if not number:
                row.payload, row.archive_id, row.archive_date = digest, record_id, archive.warc_date(page.fetched_at)

    def _note(self, outcome: Outcome, page: Fetched, part_of: str | None) -> dict[str, Any]:
        row = outcome.row
        note = {
            "site": self._site,
            "key": row.key,
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
