"""A run of one site: takes outcomes of URLs, commits them in groups, seals batches, ends with a manifest.

An outcome (write, reject, unchanged, fail) only joins the waiting group: it costs no disk and may be called from the
event loop. commit() does the disk's work and is meant for a thread: archive, batches and rejects are appended and
fsynced first, then one transaction of the ledger stores the outcomes and how far each file counts. A kill before that
transaction leaves tails that the next start cuts; a kill after it leaves a group that is wholly there.

A group belongs to one batch number, fixed when the group is taken, so a record always names the archive file that its
page is in.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from newscrawl.items import ArchiveRef, Article, Candidate, Hints, Rejection
from newscrawl.storage import files, manifest, plan, recovery
from newscrawl.storage.archive import Fetched, new_record_id
from newscrawl.storage.errors import StorageError, explained
from newscrawl.storage.group import Group, GroupWriter, Outcome
from newscrawl.storage.ledger import Entry, Known, Ledger, Row, Source
from newscrawl.storage.lock import SiteLock

LEDGER, LOCK = "ledger.sqlite3", "lock"


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run is told; times in seconds, sizes in bytes.

    batch_records, batch_seconds: when a batch is sealed; recheck: ages at which an article is looked at again;
    retry: waits after the first, second … failure, given up after the last; archive: whether pages are kept;
    commit_*: what makes wants_commit true.
    """

    batch_records: int = 5000
    batch_seconds: int = 1800
    recheck: Sequence[int] = plan.RECHECK
    retry: Sequence[int] = plan.RETRY
    archive: bool = True
    commit_records: int = 100
    commit_bytes: int = 16 * 1024 * 1024
    commit_seconds: float = 2.0


@dataclass(slots=True)
class _State:
    """What changes while a run goes."""

    group: Group = field(default_factory=Group)
    batch: int = 1
    batch_records: int = 0
    batch_since: int | None = None
    counts: Counter[str] = field(default_factory=Counter)
    recent: dict[str, Known] = field(default_factory=dict)
    sources: list[dict[str, Any]] = field(default_factory=list)
    broken: StorageError | None = None
    closed: bool = False


def utc_now() -> datetime:
    """The clock of real runs."""
    return datetime.now(UTC)


class Run:
    """A run that is going. Every method may be called from any thread. Use Run.open."""

    def __init__(
        self,
        folder: Path,
        ledger: Ledger,
        lock: SiteLock,
        settings: RunSettings,
        clock: Callable[[], datetime],
        recovered: Sequence[recovery.Recovered],
        started: datetime,
    ) -> None:
        self.folder, self.ledger, self.settings, self.recovered = folder, ledger, settings, tuple(recovered)
        self.site, self.name = folder.parent.parent.name, folder.name
        self.tally = manifest.Tally()
        self._lock, self._clock, self._started, self._opened = lock, clock, _seconds(started), started
        self._state, self._mutex, self._committing = _State(), threading.RLock(), threading.RLock()
        self._writer = GroupWriter(folder, ledger, self.site)

    @classmethod
    def open(
        cls, output: Path, site: str, *, settings: RunSettings | None = None, clock: Callable[[], datetime] = utc_now
    ) -> Run:
        """Takes the site's lock, brings earlier runs that were killed to their end, starts a run.

        Raises RunLocked, LedgerError, StorageError.
        """
        site_folder = Path(output) / site
        now = clock()
        with explained(site_folder):
            files.make_folder(site_folder / "runs")
            lock = SiteLock(site_folder / LOCK, now)
            try:
                recovery.check(site_folder, site_folder / LEDGER)
                ledger = Ledger(site_folder / LEDGER)
                try:
                    files.sync_folder(site_folder)
                    recovered = recovery.recover(ledger, site_folder, _seconds(now))
                    folder = _new_folder(ledger, site_folder / "runs", _seconds(now))
                except BaseException:
                    ledger.close()
                    raise
            except BaseException:
                lock.release()
                raise
        return cls(folder, ledger, lock, settings or RunSettings(), clock, recovered, now)

    # What the spider asks

    def discover(self, candidates: Iterable[tuple[str, Candidate]]) -> list[str]:
        """Takes in candidates as (key, candidate), key being the canonical URL; gives the keys that are new.

        On disk when it returns (one fsync), so better called from a thread and with many at once.
        """
        until = max(self.settings.recheck, default=0) * plan.HEED_LASTMOD
        new = self.ledger.discover(candidates, self._now(), until)
        with self._mutex:
            self._state.counts["discovered"] += len(new)
        return new

    def due(self, limit: int) -> list[Entry]:
        """Up to limit URLs to fetch now; each is given once in a run. New ones first, then rechecks and retries."""
        return self.ledger.due(self._now(), limit)

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

        Call it after discover() of what it named: the validators must not be on disk before the URLs.
        """
        with self._mutex:
            old = self.ledger.source(url) or Source(url, kind)
            now = self._now()
            fresh = candidates is not None
            source = Source(
                url,
                kind,
                now if not error else old.last_read,
                now if candidates else old.last_gave,
                (*old.history, candidates)[-10:] if candidates is not None else old.history,
                error,
                etag if fresh else old.etag,
                last_modified if fresh else old.last_modified,
                lastmod if fresh else old.lastmod,
            )
            self._state.group.sources.append(source)
            dead = candidates == 0 or (error is not None)
            since = manifest.iso(old.last_gave)[:10] if dead and old.last_gave else None
            self._state.sources.append(
                {
                    "kind": kind,
                    "url": url,
                    "candidates": candidates or 0,
                    "new": new,
                    "error": error,
                    "dead_since": since,
                }
            )
            return source

    # Outcomes of URLs

    def fetched(self, key: str) -> None:
        """A response is there, its outcome is not yet known."""
        with self._mutex:
            row = self._row(key)
            self._state.group.fetched[key] = replace(row, state="fetched", run=self.name)

    def write(self, key: str, article: Article, pages: Sequence[Fetched] = ()) -> str:
        """A story. pages are what it was made from, in order (a story in parts has several).

        revision and archive are filled in here. Gives what it is: "new", "revised", "unchanged" (no record is
        written) or "duplicate" (its id is recorded under another URL; a reject line is written instead).
        """
        with self._mutex:
            now, row = self._now(), self._row(key)
            known = self._state.recent.get(article.id) or self.ledger.known(article.id)
            if known and known.key != key:
                detail = f"recorded under {known.key}"
                self.reject(
                    key, Rejection(article.url, "duplicate", detail, article.http_status, article.fetched_at), pages
                )
                return "duplicate"
            row = _success(row, pages[:1], now, self.name)
            row.first_written = row.first_written if known and row.first_written else now
            row.published_at, row.article = article.published_at, article.id
            row.state, row.reason, row.due_at = "written", None, self._next_look(row, now)
            if known and known.content_hash == article.content_hash:
                self._add(Outcome("unchanged", row, pages=self._kept(pages), note={"revision": known.revision}))
                return "unchanged"
            revision = known.revision + 1 if known else 1
            what = "revised" if known else "new"
            ids = tuple(new_record_id() for _ in self._kept(pages))
            record = replace(article, revision=revision, archive=self._ref(ids))
            self._state.recent[article.id] = Known(key, revision, article.content_hash)
            self._add(Outcome(what, row, record, self._kept(pages), ids, {"revision": revision}))
            return what

    def reject(self, key: str, rejection: Rejection, pages: Sequence[Fetched] = ()) -> str:
        """A page that gives no record. Gives "rejected", or "unchanged" when the ledger has that already: no line."""
        with self._mutex:
            now, old = self._now(), self._row(key)
            row = _success(old, pages[:1], now, self.name)
            row.state, row.reason = "rejected", rejection.reason
            row.due_at = None
            if rejection.reason in plan.MAY_PASS:
                row.due_at = plan.next_look(row.first_seen, now, self.settings.recheck)
            if old.state == "rejected" and old.reason == rejection.reason:
                self._add(Outcome("unchanged", row))
                return "unchanged"
            ids = tuple(new_record_id() for _ in self._kept(pages))
            note = {"reason": rejection.reason, "detail": rejection.detail}
            line = replace(rejection, archive=self._ref(ids))
            self._add(Outcome("rejected", row, line, self._kept(pages), ids, note))
            return "rejected"

    def unchanged(self, key: str, page: Fetched) -> str:
        """The server says that the page is as it was (304)."""
        with self._mutex:
            now = self._now()
            row = _success(self._row(key), (page,), now, self.name)
            if row.state != "rejected":
                row.state = "written"
            row.due_at = self._next_look(row, now)
            self._add(Outcome("unchanged", row, pages=self._kept((page,)), not_modified=True))
            return "unchanged"

    def fail(self, key: str, rejection: Rejection) -> str:
        """No usable answer. Gives "failed" (tried again later, in a later run) or "rejected" (given up, with a line).

        An article that is recorded already is never given up: its record stands, its next look is planned.
        """
        with self._mutex:
            now, row = self._now(), self._row(key)
            row = replace(row, attempts=row.attempts + 1, run=self.name, priority=1)
            row.due_at = plan.next_try(row.attempts, now, self.settings.retry)
            if row.due_at is None and not row.article:
                return self.reject(key, rejection)
            if row.due_at is None:
                row.attempts, row.due_at = 0, self._next_look(row, now)
            row.state, row.reason = ("written" if row.article else "failed"), rejection.reason
            self._add(Outcome("failed", row))
            return "failed"

    # Disk

    @property
    def wants_commit(self) -> bool:
        """Whether enough waits for a commit, or has waited long enough."""
        with self._mutex:
            group, settings = self._state.group, self.settings
            if len(group.outcomes) >= settings.commit_records or group.bytes >= settings.commit_bytes:
                return True
            waited = (self._clock() - group.since).total_seconds() if group.since else 0
            return waited >= settings.commit_seconds or self._batch_is_old()

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
            if not (group.outcomes or group.fetched or group.sources or group.last):
                return
            try:
                with explained(self.folder):
                    self._writer.store(group)
                    if group.last:
                        self._seal()
            except StorageError as error:
                self._state.broken = error
                raise
            self._settle(group)

    def close(self, exit_status: int, finish_reason: str, stats: Mapping[str, Any] | None = None) -> None:
        """Commits, seals, writes the manifest, lets go of the lock. stats: see manifest.build.

        Raises StorageError when the disk does not allow it; the next start then does the rest.
        """
        with self._committing:
            if self._state.closed:
                return
            try:
                if not self._state.broken:
                    self.commit()
                self._finish(exit_status, finish_reason, stats or {})
            finally:
                self.abandon()

    def abandon(self) -> None:
        """Lets go of everything as a kill would; the next start brings the run to its end."""
        with self._committing:
            if not self._state.closed:
                self._state.closed = True
                self._writer.close()
                try:
                    self.ledger.close()
                finally:
                    self._lock.release()

    def _finish(self, exit_status: int, finish_reason: str, stats: Mapping[str, Any]) -> None:
        with explained(self.folder):
            now = self._now()
            self._seal()
            tally = self.tally
            counts: Mapping[str, int] = self._state.counts
            if self._state.broken:
                tally, counts = recovery.recount(self.folder), dict(self._stored_counts())
            took = (self._clock() - self._opened).total_seconds()
            stats = {"seconds": round(took, 1), "sources": self._state.sources, **stats}
            counts = {**counts, "left": self.ledger.left(now)}
            recovery.finish(
                self.ledger,
                self.folder,
                self._started,
                counts,
                tally,
                now=now,
                exit_status=exit_status,
                finish_reason=finish_reason,
                stats=stats,
            )

    def _stored_counts(self) -> dict[str, int]:
        return next(counts for run, _, counts in self.ledger.unfinished() if run == self.name)

    def _seal(self) -> None:
        self._writer.close()
        recovery.seal(self.ledger, self.folder, self._now())

    def _take(self) -> Group:
        with self._mutex:
            state = self._state
            if state.broken or state.closed:
                raise state.broken or StorageError(f"{self.folder}: the run is closed")
            group, state.group = state.group, Group()
            group.batch = state.batch
            state.batch_records += sum(1 for each in group.outcomes if each.line)
            if state.batch_since is None and any(each.line or each.pages for each in group.outcomes):
                state.batch_since = self._now()
            group.last = state.batch_records >= self.settings.batch_records or self._batch_is_old()
            if group.last:
                state.batch, state.batch_records, state.batch_since = state.batch + 1, 0, None
            for each in group.outcomes:
                state.counts[each.what] += 1
                state.counts["fetched"] += bool(each.pages) or each.what in ("new", "revised")
            group.counts = dict(state.counts)
            return group

    def _settle(self, group: Group) -> None:
        with self._mutex:
            for each in group.outcomes:
                if isinstance(each.line, Article):
                    if self._state.recent[each.line.id].revision == each.line.revision:
                        del self._state.recent[each.line.id]
                    self.tally.article(manifest.flat(each.line))
                elif each.line:
                    self.tally.reject({"reason": each.line.reason})

    def _add(self, outcome: Outcome) -> None:
        if self._state.broken or self._state.closed:
            raise self._state.broken or StorageError(f"{self.folder}: the run is closed")
        group = self._state.group
        group.since = group.since or self._clock()
        group.fetched.pop(outcome.row.key, None)
        group.outcomes.append(outcome)
        group.bytes += sum(len(page.body) for page in outcome.pages)

    def _batch_is_old(self) -> bool:
        since = self._state.batch_since
        return since is not None and self._now() - since >= self.settings.batch_seconds

    def _kept(self, pages: Sequence[Fetched]) -> tuple[Fetched, ...]:
        return tuple(pages) if self.settings.archive else ()

    def _ref(self, ids: Sequence[str]) -> ArchiveRef | None:
        return ArchiveRef(self._writer.pages_name(self._state.batch), ids[0]) if ids else None

    def _next_look(self, row: Row, now: int) -> int | None:
        first = row.first_written or row.first_seen
        return plan.next_look(plan.born(row.published_at, first), now, self.settings.recheck)

    def _row(self, key: str) -> Row:
        return self.ledger.row(key) or Row(key=key, url=key, first_seen=self._now())

    def _now(self) -> int:
        return _seconds(self._clock())


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


def _success(row: Row, pages: Sequence[Fetched], now: int, run: str) -> Row:
    """A URL that got an answer: failures are forgotten, validators are the answer's."""
    row = replace(row, attempts=0, priority=1, last_fetched=now, run=run)
    for page in pages:
        row.etag = page.header("ETag") or (row.etag if page.status == 304 else None)
        row.last_modified = page.header("Last-Modified") or (row.last_modified if page.status == 304 else None)
    return row


def _new_folder(ledger: Ledger, runs: Path, now: int) -> Path:
    """A run's folder, named after its start; the next free second when that is taken."""
    while ledger.has_run(_name(now)) or (runs / _name(now)).exists():
        now += 1
    ledger.start_run(_name(now), now)
    files.make_folder(runs / _name(now))
    return runs / _name(now)


def _name(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y%m%dT%H%M%SZ")


__all__ = ["Hints", "Run", "RunSettings"]
