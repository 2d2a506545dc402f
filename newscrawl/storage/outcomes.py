"""What became of a URL: from what the ledger knows and what was fetched to the URL's next row and the line it writes.

Rules:
- A record is written when an article is new or its content hash changed; then its revision is one more.
- An article id belongs to the URL that wrote it first; under another URL it is a duplicate, which is a reject line.
- The same rejection twice in a row writes one line.
- A recorded article is never given up: when later looks fail, its record stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from newscrawl.items import ArchiveRef, Article, Rejection
from newscrawl.storage import plan
from newscrawl.storage.archive import Fetched, new_record_id
from newscrawl.storage.ledger import Ledger
from newscrawl.storage.ledger_rows import Known, Row


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What a run is told; times in seconds, sizes in bytes.

    batch_records, batch_seconds: when a batch is sealed; recheck: ages at which an article is looked at again;
    retry: waits after the first, second … failure, given up after the last; archive: whether pages are kept;
    commit_*: what makes Run.wants_commit true.
    """

    batch_records: int = 1000
    batch_seconds: int = 600
    recheck: Sequence[int] = plan.RECHECK
    retry: Sequence[int] = plan.RETRY
    archive: bool = True
    commit_records: int = 100
    commit_bytes: int = 16 * 1024 * 1024
    commit_seconds: float = 2.0


@dataclass(slots=True)
class Outcome:
    """What became of a URL: its row as it will stand in the ledger, the line it writes, the pages to be kept.

    what is one of new, revised, unchanged, rejected, failed; ids are the WARC-Record-IDs of the pages; note goes into
    their metadata records; answered says whether a response was there.
    """

    what: str
    row: Row
    line: Article | Rejection | None = None
    pages: Sequence[Fetched] = ()
    ids: Sequence[str] = ()
    note: Mapping[str, Any] = field(default_factory=dict)
    not_modified: bool = False
    answered: bool = True


@dataclass(slots=True)
class Judge:
    """Decides outcomes for one run. pages_name is the archive file that a group's pages go to, now in seconds."""

    ledger: Ledger
    run: str
    settings: RunSettings
    recent: dict[str, Known] = field(default_factory=dict)

    def story(self, key: str, article: Article, pages: Sequence[Fetched], pages_name: str, now: int) -> Outcome:
        """An article. Fills in revision and archive."""
        known = self.recent.get(article.id) or self.ledger.known(article.id)
        if known and known.key != key:
            detail = f"recorded under {known.key}"
            double = Rejection(article.url, "duplicate", detail, article.http_status, article.fetched_at)
            return self.rejection(key, double, pages, pages_name, now)
        row = self._answered(self.row(key, now), pages, now)
        row.first_written = (known and row.first_written) or now
        row.published_at, row.article = article.published_at, article.id
        row.state, row.reason, row.due_at = "written", None, self._next_look(row, now)
        pages, ids = self._kept(pages)
        if known and known.content_hash == article.content_hash:
            return Outcome("unchanged", row, pages=pages, ids=ids, note={"revision": known.revision})
        revision = known.revision + 1 if known else 1
        record = replace(article, revision=revision, archive=_ref(pages_name, ids))
        self.recent[article.id] = Known(key, revision, article.content_hash)
        return Outcome("revised" if known else "new", row, record, pages, ids, {"revision": revision})

    def rejection(self, key: str, rejection: Rejection, pages: Sequence[Fetched], pages_name: str, now: int) -> Outcome:
        """A page that gives no record. Fills in archive."""
        old = self.row(key, now)
        row = self._answered(old, pages, now)
        row.state, row.reason, row.due_at = "rejected", rejection.reason, None
        if rejection.reason in plan.MAY_PASS:
            row.due_at = plan.next_look(row.first_seen, now, self.settings.recheck)
        if old.state == "rejected" and old.reason == rejection.reason:
            return Outcome("unchanged", row, answered=bool(pages))
        answered = bool(pages)
        pages, ids = self._kept(pages)
        note = {"reason": rejection.reason, "detail": rejection.detail}
        line = replace(rejection, archive=_ref(pages_name, ids))
        return Outcome("rejected", row, line, pages, ids, note, answered=answered)

    def not_modified(self, key: str, page: Fetched, now: int) -> Outcome:
        """A 304: the page is as it was when it was last written or rejected."""
        row = self._answered(self.row(key, now), (page,), now)
        if not row.article and row.state != "rejected":
            return self.failure(key, Rejection(row.url, "http_error", "304 to an unconditional request", 304), now)
        if row.state != "rejected":
            row.state = "written"
        row.due_at = self._next_look(row, now)
        pages, ids = self._kept((page,))
        return Outcome("unchanged", row, pages=pages, ids=ids, not_modified=True)

    def failure(self, key: str, rejection: Rejection, now: int) -> Outcome:
        """No usable answer: tried again in a later run, or given up with the rejection as its line."""
        row = self.row(key, now)
        row.attempts, row.run, row.priority = row.attempts + 1, self.run, 1
        row.due_at = plan.next_try(row.attempts, now, self.settings.retry)
        if row.due_at is None and not row.article:
            return self.rejection(key, rejection, (), "", now)
        if row.due_at is None:
            row.attempts, row.due_at = 0, self._next_look(row, now)
        row.state, row.reason = ("written" if row.article else "failed"), rejection.reason
        return Outcome("failed", row, answered=False)

    def row(self, key: str, now: int) -> Row:
        """A URL's row, or the row of a URL that nobody discovered."""
        return self.ledger.row(key) or Row(key=key, url=key, first_seen=now)

    def _answered(self, row: Row, pages: Sequence[Fetched], now: int) -> Row:
        """A URL that got an answer: failures are forgotten, validators are those of the first page."""
        row = replace(row, attempts=0, priority=1, last_fetched=now, run=self.run)
        if pages:
            page = pages[0]
            keep = page.status == 304
            row.etag = page.header("ETag") or (row.etag if keep else None)
            row.last_modified = page.header("Last-Modified") or (row.last_modified if keep else None)
        return row

    def _next_look(self, row: Row, now: int) -> int | None:
        first = row.first_written or row.first_seen
        return plan.next_look(plan.born(row.published_at, first), now, self.settings.recheck)

    def _kept(self, pages: Sequence[Fetched]) -> tuple[tuple[Fetched, ...], tuple[str, ...]]:
        kept = tuple(pages) if self.settings.archive else ()
        return kept, tuple(new_record_id() for _ in kept)


def _ref(pages_name: str, ids: Sequence[str]) -> ArchiveRef | None:
    return ArchiveRef(pages_name, ids[0]) if ids else None
