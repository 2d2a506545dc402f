"""What can go wrong with files and the ledger, each told in one line for people."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StorageError(Exception):
    """A file, folder or disk that cannot be used; str() is one line that names it and says what to do."""


class RunLocked(StorageError):
    """Another run of this site is going; the message names its process and since when."""


class LedgerError(StorageError):
    """The ledger is damaged or of a newer version; the message says how to rebuild it."""


class BatchError(StorageError):
    """A JSONL batch that cannot be read; the message names the file and the line."""


class ArchiveError(StorageError):
    """A WARC file that cannot be read at all; the message names it."""


_OS_WORDS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file would grow over this process's file-size limit",
    errno.EROFS: "the file system is read-only",
    errno.EACCES: "no permission",
    errno.EPERM: "not permitted",
    errno.EIO: "the disk reports an input/output error",
}

_SQLITE_WORDS = {
    sqlite3.SQLITE_FULL: "the disk is full",
    sqlite3.SQLITE_IOERR: "the ledger cannot be written (disk full, a file-size limit, or a disk error)",
    sqlite3.SQLITE_READONLY: "the ledger cannot be written: the file or file system is read-only",
    sqlite3.SQLITE_CANTOPEN: "the ledger cannot be opened",
    sqlite3.SQLITE_BUSY: "another process holds the ledger",
}

_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


def rebuild_hint(site: str) -> str:
    """How to get a ledger back, in words."""
    return f"rebuild it from the run folders with: scrapy crawl {site} -a rebuild=1"


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turns a block's OSError and sqlite3.Error into a StorageError that names the file (path, where it has none)."""
    try:
        yield
    except OSError as error:
        words = _OS_WORDS.get(error.errno or 0) or error.strerror or str(error)
        raise StorageError(f"{error.filename or path}: {words}") from error
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code in _DAMAGED:
            raise LedgerError(f"{path}: the ledger is damaged ({error}); {rebuild_hint(path.parent.name)}") from error
        raise StorageError(f"{path}: {_SQLITE_WORDS.get(code, error)}") from error
