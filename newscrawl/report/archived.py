"""Pages out of the archive: those that a run's records and reject lines were made from, and a record by its id."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newscrawl.report.history import Run, runs_of, sites_in
from newscrawl.report.inspector import Source
from newscrawl.storage.errors import ArchiveError
from newscrawl.storage.ledger_rows import hints_from
from newscrawl.storage.warc import Capture, read_archive

if TYPE_CHECKING:
    from newscrawl.sites import Site

Record = Mapping[str, Any]


def archive_of(record: Record) -> tuple[str, str] | None:
    """(file, WARC record id) that a record or reject line names; None where it names none, or one outside its run."""
    ref = record.get("archive")
    if not isinstance(ref, Mapping):
        return None
    file, record_id = ref.get("file"), ref.get("record_id")
    if not isinstance(file, str) or not isinstance(record_id, str) or Path(file).name != file:
        return None
    return file, record_id


def page_name(key: str) -> str:
    """The file name of the page that shows what has this article id or WARC record id."""
    return "".join(c for c in key.removeprefix("<urn:uuid:") if c.isalnum() or c == "-")[:64] + ".html"


def captures(run: Run, wanted: Collection[tuple[str, str]]) -> Iterator[Capture]:
    """The wanted pages (file, WARC record id) of a run; each file is read once, damaged records are passed over."""
    for file in sorted({file for file, _ in wanted}):
        ids = {record_id for name, record_id in wanted if name == file}
        path = run.folder / file
        if not path.is_file():
            continue
        try:
            for capture in read_archive(path, lambda damage: None):
                if capture.record_id in ids:
                    yield capture
                    ids.discard(capture.record_id)
                if not ids:
                    break
        except ArchiveError:
            continue


def source_of(capture: Capture, site: Site | None) -> Source:
    """A page from the archive, with everything that extraction was told about it when it was fetched."""
    hints = capture.note.get("hints")
    return Source(
        capture.body,
        url=capture.url,
        encoding=capture.encoding,
        site=site,
        fetched_at=_moment(capture.fetched_at),
        hints=hints_from(hints) if isinstance(hints, dict) else None,
        http_status=capture.status,
    )


def find_record(output: Path, wanted: str) -> tuple[Run, Record] | None:
    """The newest record with this id, or the reject line whose page has this WARC record id, in any run of any site."""
    wanted = wanted.strip().lower()
    for site in sites_in(output):
        for run in reversed(runs_of(site)):
            lines = run.rejections() if wanted.startswith(("urn:", "<urn:")) else run.articles()
            for record in lines:
                page = (archive_of(record) or ("", ""))[1].lower().strip("<>")
                if record.get("id") == wanted or (page and page == wanted.strip("<>")):
                    return run, record
    return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
