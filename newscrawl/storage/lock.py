"""One run of a site at a time: flock on a file that says who holds it.

The kernel drops a flock when its holder dies, so a lock left by a killed process is free without any clean-up. The
file itself stays: deleting it would let two processes hold locks on two files of one name.
"""

from __future__ import annotations

import fcntl
import json
import os
import weakref
from datetime import datetime
from pathlib import Path

from newscrawl.storage.errors import RunLocked

_held: weakref.WeakSet[SiteLock] = weakref.WeakSet()


class SiteLock:
    """Holds the lock of a site's folder until release(). Raises RunLocked when another run has it."""

    def __init__(self, path: Path, since: datetime) -> None:
        self._fd: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = _holder(self._fd)
            self._close()
            raise RunLocked(f"{path}: another run of {path.parent.name} is going: {holder}") from None
        _held.add(self)
        os.ftruncate(self._fd, 0)
        os.pwrite(self._fd, json.dumps({"pid": os.getpid(), "since": since.isoformat()}).encode(), 0)

    def release(self) -> None:
        """Gives the lock back; harmless when done twice."""
        if self._fd is not None:
            os.ftruncate(self._fd, 0)
            self._close()

    def _close(self) -> None:
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None


def _holder(fd: int) -> str:
    try:
        data = json.loads(os.pread(fd, 1000, 0))
        return f"process {int(data['pid'])} since {data['since']}"
    except (ValueError, KeyError, TypeError):
        return "its process has not said its name yet"


def _let_go() -> None:
    """A forked worker that outlives a killed run must not keep its lock."""
    for lock in list(_held):
        lock._close()


os.register_at_fork(after_in_child=_let_go)
