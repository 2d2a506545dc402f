"""A ledger made anew from the run folders, for when it was lost or damaged.

Records and reject lines say what was written, and the archive's metadata records say under which key; what was only
discovered, and validators, are lost: the next run finds and fetches that again. Batches that were not sealed are cut
to whole lines and taken over: without the ledger nobody knows better.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newscrawl.storage import files, manifest, plan, recovery
from newscrawl.storage.batches import read_lines
from newscrawl.storage.errors import ArchiveError, BatchError, explained
from newscrawl.storage.ledger import Ledger
from newscrawl.storage.ledger_rows import FileState, Row, to_json
from newscrawl.storage.warc import read_notes
from newscrawl.storage.warc_blocks import whole_members

_TEMPORARY = ".rebuilding"
_GROUP = 1000
_FILES = ("articles-*.jsonl", "rejected-*.jsonl", "pages-*.warc.gz")


@dataclass(slots=True)
class Rebuilt:
    """What a rebuild found. kept: where the old ledger is now, None when there was none; notes: what was taken over
    or passed over, in words."""

    runs: int = 0
    records: int = 0
    rejects: int = 0
    kept: Path | None = None
    notes: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        words = f"ledger rebuilt from {self.runs} runs: {self.records} records, {self.rejects} reject lines"
        return words + (f"; the old one is {self.kept}" if self.kept else "")


def rebuild(
    site_folder: Path, ledger_path: Path, now: int, recheck: Sequence[int], key_of: Callable[[str], str]
) -> Rebuilt:
    """Puts a new ledger in the place of the old one, which is kept beside it. Raises StorageError.

    key_of: from a record's URL to its key, where the archive does not say it. A kill on the way leaves the old ledger
    or none; then this is done again.
    """
    found, fresh = Rebuilt(), ledger_path.with_name(ledger_path.name + _TEMPORARY)
    with explained(ledger_path):
        _remove(fresh)
        ledger = Ledger(fresh)
        try:
            for folder in recovery.run_folders(site_folder):
                _take_over(folder, found)
                _Reader(ledger, folder, now, recheck, key_of, found).read()
        finally:
            ledger.close()
        if ledger_path.exists():
            found.kept = ledger_path.with_name(f"{ledger_path.name}.damaged-{now}")
            ledger_path.rename(found.kept)
        _remove(ledger_path)
        fresh.rename(ledger_path)
        files.sync_folder(site_folder)
    return found


def _remove(path: Path) -> None:
    """A ledger with its -wal and -shm: SQLite would play an old -wal into a new ledger of the same name."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _take_over(folder: Path, found: Rebuilt) -> None:
    """Cuts a run's .part files to whole records and seals them."""
    for part in sorted(folder.glob("*" + files.PART)):
        name = part.name.removesuffix(files.PART)
        if name == manifest.NAME or not (length := _whole(part, name)):
            part.unlink()
            continue
        files.cut(part, length)
        files.publish(folder, name)
        found.notes.append(f"{folder / name}: was not sealed; its {length} whole bytes are taken over")


def _whole(part: Path, name: str) -> int:
    """Bytes up to the first line, or gzip member, that is not whole."""
    if name.endswith(".warc.gz"):
        return whole_members(part)[0]
    length = 0
    with part.open("rb") as file:
        for line in file:
            try:
                json.loads(line)
            except ValueError:
                break
            if line.endswith(b"\n"):
                length += len(line)
    return length


@dataclass(slots=True)
class _Reader:
    """Reads one run's folder into the ledger."""

    ledger: Ledger
    folder: Path
    now: int
    recheck: Sequence[int]
    key_of: Callable[[str], str]
    found: Rebuilt

    def read(self) -> None:
        """The run, its records and reject lines, its files."""
        run = self.folder.name
        self.ledger.start_run(run, _started(run, self.now))
        notes = self._notes()
        counts: Counter[str] = Counter()
        for lines in _groups(self._lines()):
            rows, articles = [], []
            for line in lines:
                note = notes.get((line.get("archive") or {}).get("record_id") or "", {})
                row = self._row(line, note)
                rows.append(row)
                if row.article:
                    articles.append((row.article, row.key, int(line["revision"]), str(line["content_hash"])))
            self.ledger.commit(run, rows=rows, articles=articles)
            counts["new"] += sum(1 for each in articles if each[2] == 1)
            counts["revised"] += sum(1 for each in articles if each[2] > 1)
            counts["rejected"] += len(rows) - len(articles)
        named = (path for kind in _FILES for path in self.folder.glob(kind))
        states = [self._state(path) for path in sorted(named)]
        self.ledger.commit(run, files=states, counts={**counts, "fetched": counts.total()})
        recovery.finish(self.ledger, self.folder, recovery.End(self.now, None, "killed"))
        self.found.runs += 1
        self.found.records += counts["new"] + counts["revised"]
        self.found.rejects += counts["rejected"]

    def _lines(self) -> Iterator[dict[str, Any]]:
        """Reject lines first: a record is the better word on a URL that has both."""
        for path in sorted(self.folder.glob("rejected-*.jsonl")) + sorted(self.folder.glob("articles-*.jsonl")):
            try:
                for number, line in read_lines(path):
                    needed = ("id", "revision", "content_hash") if path.name.startswith("articles") else ("reason",)
                    if all(line.get(key) for key in ("url", *needed)):
                        yield line
                    else:
                        self.found.notes.append(f"{path}, line {number}: is no record; passed over")
            except BatchError as error:
                self.found.notes.append(f"{error}; the rest of the file is passed over")

    def _notes(self) -> Mapping[str, Mapping[str, Any]]:
        """The archive's notes by record id."""
        notes: dict[str, Mapping[str, Any]] = {}
        for path in sorted(self.folder.glob("pages-*.warc.gz")):
            try:
                notes.update(read_notes(path, lambda damage: self.found.notes.append(str(damage))))
            except ArchiveError as error:
                self.found.notes.append(str(error))
        return notes

    def _row(self, line: Mapping[str, Any], note: Mapping[str, Any]) -> Row:
        """What the ledger would have known of the URL after this line."""
        key = note.get("key") or self.key_of(line["url"])
        fetched = plan.seconds(line.get("fetched_at")) or self.now
        old = self.ledger.row(key)
        row = Row(
            key=key,
            url=note.get("url") or line["url"],
            via=note.get("via"),
            hints=to_json(note["hints"]) if note.get("hints") else None,
            priority=1,
            first_seen=old.first_seen if old else fetched,
            last_fetched=fetched,
            run=self.folder.name,
        )
        if "reason" in line:
            row.state, row.reason = "rejected", line["reason"]
            if row.reason in plan.MAY_PASS:
                row.due_at = plan.next_look(row.first_seen, self.now, self.recheck)
            return row
        row.state, row.article, row.published_at = "written", line["id"], line.get("published_at")
        row.first_written = (old and old.first_written) or fetched
        row.due_at = plan.next_look(plan.born(row.published_at, row.first_written), self.now, self.recheck)
        return row

    def _state(self, path: Path) -> FileState:
        if path.suffix == ".gz":
            records = whole_members(path)[1]
        else:
            with path.open("rb") as file:
                records = sum(1 for _ in file)
        return FileState(path.name, path.stat().st_size, records, files.sha256_of(path))


def _groups(lines: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    for line in lines:
        group.append(line)
        if len(group) == _GROUP:
            yield group
            group = []
    yield group


def _started(run: str, now: int) -> int:
    try:
        return int(datetime.strptime(run, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp())
    except ValueError:
        return now
