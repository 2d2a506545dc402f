"""A site's folder under output/: its lock, its ledger, its runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newscrawl.storage import files, recovery
from newscrawl.storage.errors import explained
from newscrawl.storage.ledger import Ledger
from newscrawl.storage.lock import SiteLock
from newscrawl.storage.rebuild import Rebuilt, rebuild

LEDGER, LOCK, RUNS = "ledger.sqlite3", "lock", "runs"


def utc_now() -> datetime:
    """The clock of real runs."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class SiteFolder:
    """A site's folder while this process has it to itself."""

    path: Path
    lock: SiteLock
    ledger: Ledger
    recovered: tuple[recovery.Recovered, ...]
    rebuilt: Rebuilt | None

    @classmethod
    def open(
        cls, path: Path, now: datetime, recheck: Sequence[int], rebuild_with: Callable[[str], str] | None = None
    ) -> SiteFolder:
        """Takes the lock, opens or makes the ledger, brings killed runs to their end.

        rebuild_with: rebuild the ledger first, with this function from a record's URL to its key. Raises StorageError.
        """
        moment = int(now.timestamp())
        with explained(path):
            files.make_folder(path / RUNS)
            lock = SiteLock(path / LOCK, now)
            try:
                rebuilt = rebuild(path, path / LEDGER, moment, recheck, rebuild_with) if rebuild_with else None
                recovery.check(path, path / LEDGER)
                ledger = Ledger(path / LEDGER)
                try:
                    files.sync_folder(path)
                    return cls(path, lock, ledger, tuple(recovery.recover(ledger, path, moment)), rebuilt)
                except BaseException:
                    ledger.close()
                    raise
            except BaseException:
                lock.release()
                raise

    def new_run(self, now: datetime) -> Path:
        """A run's folder, named after its start (UTC); the next free second when that is taken. Raises StorageError."""
        moment, runs = int(now.timestamp()), self.path / RUNS
        with explained(self.path):
            while self.ledger.has_run(run_name(moment)) or (runs / run_name(moment)).exists():
                moment += 1
            self.ledger.start_run(run_name(moment), int(now.timestamp()))
            files.make_folder(runs / run_name(moment))
        return runs / run_name(moment)

    def close(self) -> None:
        """Lets go of ledger and lock."""
        try:
            self.ledger.close()
        finally:
            self.lock.release()


def run_name(moment: int) -> str:
    """A run's name: its start, 20261124T020000Z."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")
