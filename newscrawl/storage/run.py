"""A run of one site: takes outcomes of URLs, commits them in groups, seals batches, ends with a manifest.

An outcome (write, reject, unchanged, fail) only joins the waiting group: it costs no disk and may be called from the
event loop. commit() does the disk's work and is meant for a thread: archive, batches and rejects are appended and
fsynced first, then one transaction of the ledger stores the outcomes and how far each file counts. A kill before that
transaction leaves tails that the next start cuts; a kill after it leaves a group that is wholly there.

A group belongs to one batch number, fixed before its first outcome, so a record always names the archive file that
its page is in.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from newscrawl.items import Article, Candidate, Rejection
from newscrawl.storage import manifest, plan, recovery
from newscrawl.storage.archive import Fetched
from newscrawl.storage.errors import StorageError, explained
from newscrawl.storage.group import Batch, Group, GroupWriter, State
from newscrawl.storage.ledger_rows import Entry, Source, Unread
from newscrawl.storage.outcomes import Judge, Outcome, RunSettings
from newscrawl.storage.site_folder import SiteFolder, utc_now


class Run:
    """A run that is going. Every method may be called from any thread. Use Run.open.

    folder: the run's; ledger: the site's; recovered: earlier runs that this start brought to their end.
    """

    def __init__(
        self, home: SiteFolder, folder: Path, settings: RunSettings, started: datetime, clock: Callable[[], datetime]
    ) -> None:
        self.site, self.name, self.folder, self.ledger = home.path.name, folder.name, folder, home.ledger
        self.settings, self.recovered, self.rebuilt = settings, home.recovered, home.rebuilt
        self.tally = manifest.Tally()
        self._home, self._clock, self._started, self._state = home, clock, started, State(Batch(settings))
        self._mutex, self._committing = threading.RLock(), threading.RLock()
        self._judge = Judge(home.ledger, folder.name, settings)
        self._writer = GroupWriter(folder, home.ledger, self.site)

    @classmethod
    def open(
        cls,
        output: Path | str,
        site: str,
        *,
        settings: RunSettings | None = None,
        clock: Callable[[], datetime] = utc_now,
        rebuild: bool = False,
        key_of: Callable[[str], str] = str,
    ) -> Run:
        """Takes the site's lock, brings earlier runs that were killed to their end, starts a run.

        rebuild makes the ledger anew from the run folders first; key_of then turns a record's URL into its key.
        Raises RunLocked, LedgerError, StorageError.
        """
        settings, now = settings or RunSettings(), clock()
        home = SiteFolder.open(Path(output) / site, now, settings.recheck, key_of if rebuild else None)
        try:
            return cls(home, home.new_run(now), settings, now, clock)
        except BaseException:
            home.close()
            raise

    # What the spider asks

    def discover(
        self,
        candidates: Iterable[tuple[str, Candidate]],
        *,
        read: str | None = None,
        further: Callable[[int], Iterable[Unread]] = lambda _: (),
    ) -> list[str]:
        """Takes in candidates as (key, candidate), key being the canonical URL; gives the keys that are new.

        read: URL of the document that named them; further: from the number of new keys to the documents to read next.
        All of it is on disk when this returns (one fsync), so a kill loses no older page of a listing: what was not
        read is in unread(). Better called from a thread, and with many candidates at once.
        """
        until = max(self.settings.recheck, default=0) * plan.HEED_LASTMOD
        new = self.ledger.discover(list(candidates), self._now(), until, read, further)
        with self._mutex:
            self._state.counts["discovered"] += len(new)
        return new

    def unread(self) -> list[Unread]:
        """Documents that an earlier run was pointed to and did not come to read. For the start of a run."""
        return self.ledger.unread()

    def due(self, limit: int) -> list[Entry]:
        """Up to limit URLs to fetch now; each is given once in a run. New ones first, then rechecks and retries."""
        return self.ledger.due(self._now(), limit)

    def recheck_everything(self) -> int:
        """Makes every URL due, also those that are never looked at again; gives how many that is. For a thread."""
        return self.ledger.make_all_due(self._now())

    def source(
        self,
        kind: str,
        url: str,
        *,
        candidates: int | None,
        new: int = 0,
        error: str | None = None,
        etag: str | None = None,
        last_modified: str | None = None,
        lastmod: str | None = None,
    ) -> Source:
        """Notes what a feed, sitemap or listing gave; candidates None when it was not read (304, error).

        Call it after discover() of all that it named: its validators must not be on disk before the URLs.
        """
        with self._mutex:
            old = self.ledger.source(url) or Source(url, kind)
            validators = (etag, last_modified, lastmod)
            source = old.seen(self._now(), candidates, error, validators)
            self._state.group.sources.append(source)
            self._state.sources.append(source.told(candidates, new))
            return source

    # Outcomes of URLs

    def fetched(self, key: str) -> None:
        """A response is there, its outcome is not yet known."""
        with self._mutex:
            self._state.group.fetched.add(key)

    def write(self, key: str, article: Article, pages: Sequence[Fetched] = ()) -> str:
        """A story. pages are what it was made from, in order (a story in parts has several).

        revision and archive are filled in here. Gives what it is: "new", "revised", "unchanged" (no record is
        written) or "duplicate" (its id is recorded under another URL: a reject line is written, the first time).
        """
        with self._open():
            outcome = self._judge.story(key, article, pages, self._state.batch.pages_name, self._now())
            what = self._add(outcome)
            return "duplicate" if isinstance(outcome.line, Rejection) else what

    def reject(self, key: str, rejection: Rejection, pages: Sequence[Fetched] = ()) -> str:
        """A page that gives no record. Gives "rejected", or "unchanged" when that line was written before."""
        with self._open():
            return self._add(self._judge.rejection(key, rejection, pages, self._state.batch.pages_name, self._now()))

    def unchanged(self, key: str, page: Fetched) -> str:
        """The server says that the page is as it was (304). Gives "unchanged"."""
        with self._open():
            return self._add(self._judge.not_modified(key, page, self._now()))

    def fail(self, key: str, rejection: Rejection) -> str:
        """No usable answer. Gives "failed" (tried again in a later run) or "rejected" (given up, with that line)."""
        with self._open():
            return self._add(self._judge.failure(key, rejection, self._now()))

    # Disk

    @property
    def wants_commit(self) -> bool:
        """Whether enough waits for a commit, or has waited long enough."""
        with self._mutex:
            group, settings = self._state.group, self.settings
            if len(group.outcomes) >= settings.commit_records or group.bytes >= settings.commit_bytes:
                return True
            waited = (self._clock() - group.since).total_seconds() if group.since else 0
            return waited >= settings.commit_seconds or self._state.batch.is_old(self._now())

    @property
    def waiting(self) -> tuple[int, int]:
        """Outcomes that wait for a commit, and the bytes of pages they hold."""
        with self._mutex:
            return len(self._state.group.outcomes), self._state.group.bytes

    def commit(self) -> None:
        """Puts what waits on disk, and seals the batch when it is full. For a thread.

        Raises StorageError; the run then takes nothing more, and close() saves what was committed before.
        """
        with self._committing:
            group = self._take()
            if not group:
                return
            try:
                with explained(self.folder):
                    self._writer.store(group)
                    if group.last:
                        self._seal()
            except Exception as error:  # whatever it is, the files now hold half a group that must not be built on
                self._state.broken = error
                raise
            self._settle(group)

    def close(self, exit_status: int, finish_reason: str, stats: Mapping[str, Any] | None = None) -> None:
        """Commits, seals, writes the manifest, lets go of the lock. stats: see manifest.build. For a thread.

        Raises StorageError when the disk does not allow it; the next start then does the rest.
        """
        with self._committing:
            if self._state.closed:
                return
            try:
                failure = self._commit_last()
                self._finish(1 if failure else exit_status, finish_reason, stats or {})
            finally:
                self.abandon()
            if failure:
                raise failure

    def _commit_last(self) -> StorageError | None:
        try:
            if not self._state.broken:
                self.commit()
        except StorageError as error:
            return error
        return None

    def abandon(self) -> None:
        """Lets go of everything as a kill would; the next start brings the run to its end."""
        with self._committing:
            if not self._state.closed:
                self._state.closed = True
                self._writer.close()
                self._home.close()

    def _finish(self, exit_status: int, finish_reason: str, stats: Mapping[str, Any]) -> None:
        with explained(self.folder):
            self._seal()
            took = round((self._clock() - self._started).total_seconds(), 1)
            end = recovery.End(
                now=self._now(),
                exit_status=exit_status,
                finish_reason=finish_reason,
                tally=None if self._state.broken else self.tally,
                stats={"seconds": took, "sources": self._state.sources, **stats},
            )
            recovery.finish(self.ledger, self.folder, end)

    def _seal(self) -> None:
        self._writer.close()
        recovery.seal(self.ledger, self.folder, self._now())

    def _take(self) -> Group:
        """The waiting group; what comes now joins the next one."""
        with self._mutex:
            self._check()
            state = self._state
            group, state.group = state.group, Group()
            state.batch.take(group, self._now())
            state.counts.update(each.what for each in group.outcomes)
            state.counts["fetched"] += sum(each.answered for each in group.outcomes)
            group.counts = dict(state.counts)
            return group

    def _settle(self, group: Group) -> None:
        """A group is on disk: it counts, and the ledger can answer for its articles."""
        with self._mutex:
            for each in group.outcomes:
                if isinstance(each.line, Article):
                    self.tally.article(manifest.flat(each.line))
                    if self._judge.recent[each.line.id].revision == each.line.revision:
                        del self._judge.recent[each.line.id]
                elif each.line:
                    self.tally.reject({"reason": each.line.reason})

    def _add(self, outcome: Outcome) -> str:
        group = self._state.group
        group.since = group.since or self._clock()
        group.fetched.discard(outcome.row.key)
        group.outcomes.append(outcome)
        group.bytes += sum(len(page.body) for page in outcome.pages)
        return outcome.what

    @contextmanager
    def _open(self) -> Iterator[None]:
        with self._mutex:
            self._check()
            yield

    def _check(self) -> None:
        if self._state.broken or self._state.closed:
            raise self._state.broken or StorageError(f"{self.folder}: the run is closed")

    def _now(self) -> int:
        return int(self._clock().timestamp())


__all__ = ["Fetched", "Run", "RunSettings"]
