"""The ledger as a file: how SQLite is opened, checked and used.

Rules:
- synchronous=FULL: a sealed batch may have been read by somebody, so a power cut must not take the ledger back behind
  it. WAL mode with NORMAL would save one fsync a group and allow just that.
- Two connections: readers never wait for the writer's fsync. Both may be used from any thread; each has its own lock.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from newscrawl.storage.errors import LedgerError, explained, rebuild_hint
from newscrawl.storage.ledger_schema import SCHEMA, VERSION

#: Bytes up to which a ledger's pages are all checked at the start; SQLite finds damage in larger ones as it meets it.
_CHECK_BELOW = 64 * 1024 * 1024

#: Kilobytes of pages that each connection keeps, and pages of WAL after which they go into the ledger: keys of a large
#: site come in any order, and with SQLite's 2 MB and 1000 pages the disk is sought a few times for each.
_WRITER_CACHE, _READER_CACHE, _CHECKPOINT = 48_000, 4_000, 8_000


class LedgerFile:
    """An open ledger; made when it is not there. Raises LedgerError when it is damaged or newer."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._reading, self._writing = threading.RLock(), threading.RLock()
        with explained(path):
            self._writer = _connect(path, _WRITER_CACHE)
            try:
                _prepare(self._writer, path)
                self._reader = _connect(path, _READER_CACHE)
                self._reader.execute("PRAGMA query_only = 1")
            except BaseException:
                self._writer.close()
                raise

    def close(self) -> None:
        """Lets go of the file."""
        with self._writing, self._reading, explained(self.path):
            self._reader.close()
            self._writer.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._writing, explained(self.path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    def _read(self, sql: str, values: Sequence[Any] = ()) -> list[Any]:
        with self._reading, explained(self.path):
            return self._reader.execute(sql, values).fetchall()


def _connect(path: Path, cache: int) -> sqlite3.Connection:
    db = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
    db.execute("PRAGMA synchronous = FULL")
    db.execute(f"PRAGMA cache_size = -{cache}")
    db.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT}")
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Checks what is there, makes what is not."""
    version = db.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise LedgerError(
            f"{path}: the ledger has schema {version}, written by a newer newscrawl (this one knows {VERSION}): "
            f"update newscrawl, or {rebuild_hint(path.parent.name)}"
        )
    db.execute("PRAGMA journal_mode = WAL")
    if path.stat().st_size < _CHECK_BELOW:
        found = db.execute("PRAGMA quick_check(1)").fetchone()[0]
        if found != "ok":
            what = " ".join(found.split())
            raise LedgerError(f"{path}: the ledger is damaged ({what}); {rebuild_hint(path.parent.name)}")
    if version == 0:
        db.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")
