"""Files that survive a kill: appended as .part, cut to what is known good, renamed when whole.

A name on disk is only safe once its folder is fsynced too, so every create and rename here syncs the folder.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

PART = ".part"


class PartFile:
    """A file being written under NAME.part. Append only; nothing is safe before sync().

    Raises OSError from the system as it is; callers explain it.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.records = 0
        self.bytes = 0
        self._folder = folder
        self._fd = os.open(folder / (name + PART), os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
        self._new = True

    def append(self, data: bytes, records: int) -> None:
        """Adds data, which holds so many whole records."""
        write_all(self._fd, data)
        self.bytes += len(data)
        self.records += records

    def sync(self) -> None:
        """Everything appended so far is on disk when this returns."""
        os.fsync(self._fd)
        if self._new:
            sync_folder(self._folder)
            self._new = False

    def close(self) -> None:
        """Lets go of the file; it stays a .part."""
        os.close(self._fd)


def write_all(fd: int, data: bytes) -> None:
    """os.write until everything is written: a disk that fills up takes the first bytes and refuses the rest."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def sync_folder(folder: Path) -> None:
    """Makes the names in a folder durable."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def make_folder(folder: Path) -> None:
    """mkdir -p, durable all the way up."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def cut(path: Path, length: int) -> int:
    """Cuts a file to length bytes, durably; gives how many bytes went (negative: so many were missing)."""
    fd = os.open(path, os.O_RDWR)
    try:
        over = os.fstat(fd).st_size - length
        if over > 0:
            os.ftruncate(fd, length)
        os.fsync(fd)
        return over
    finally:
        os.close(fd)


def publish(folder: Path, name: str) -> None:
    """NAME.part becomes NAME, durably: readers see it whole or not at all."""
    os.rename(folder / (name + PART), folder / name)  # noqa: PTH104  (Path.rename hides the call that tests watch)
    sync_folder(folder)


def write_whole(folder: Path, name: str, data: bytes) -> None:
    """A small file, written so that a reader sees all of it or nothing."""
    fd = os.open(folder / (name + PART), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    try:
        write_all(fd, data)
        os.fsync(fd)
    finally:
        os.close(fd)
    publish(folder, name)


def sha256_of(path: Path) -> str:
    """SHA-256 of a file in hex, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
