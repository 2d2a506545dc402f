"""The ledger: one SQLite file a site that knows every URL, what became of it, and when it is due.

Rules:
- A URL's outcome and the length of every file that holds it are stored in ONE transaction (commit). What a file has
  beyond its stored length never happened.
- due() gives a URL once: until its outcome is committed it counts as taken. That is kept in memory, so what a killed
  run had taken is due again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, fields, replace
from operator import attrgetter
from pathlib import Path

from newscrawl.items import Candidate
from newscrawl.storage import plan
from newscrawl.storage.ledger_file import LedgerFile
from newscrawl.storage.ledger_rows import Entry, FileState, Known, Row, RunState, Source, Unread

#: Looks at an unread document that may fail before it is given up.
TRIES = 5

_COLUMNS = tuple(f.name for f in fields(Row))
_NAMES = ", ".join(_COLUMNS)
_values = attrgetter(*_COLUMNS)
_INSERT = f"INSERT INTO urls ({_NAMES}) VALUES ({', '.join('?' * len(_COLUMNS))}) ON CONFLICT (key) DO "
_UPSERT = f"{_INSERT} UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _COLUMNS if name not in ("key", "url", "first_seen", "via", "hints")
)
_ARTICLE = (
    "INSERT OR REPLACE INTO articles (id, n, revision, content_hash, run) "
    "VALUES (?, (SELECT n FROM urls WHERE key = ?), ?, ?, ?)"
)
_SOURCE_NAMES = ", ".join(f.name for f in fields(Source))


class Ledger(LedgerFile):
    """One site's ledger; made when it is not there. Raises LedgerError when it is damaged or newer."""

    def __init__(self, path: Path) -> None:
        super().__init__(path)
        self._taken: set[int] = set()

    # URLs

    def discover(
        self,
        candidates: Iterable[tuple[str, Candidate]],
        now: int,
        recheck_until: int,
        read: str | None = None,
        further: Callable[[int], Iterable[Unread]] = lambda _: (),
    ) -> list[str]:
        """Takes in what a feed, sitemap or listing named, as (key, candidate); gives the keys that are new.

        A known article that was changed after its last look, as the document says, becomes due once more, unless it
        was first seen more than recheck_until seconds ago. read: the document's URL, which is unread no more; further:
        from the number of new keys to the documents to read next. On disk all at once when this returns.
        """
        new: list[str] = []
        with self._transaction() as db:
            for key, candidate in candidates:
                row = Row.discovered(key, candidate, now)
                try:
                    if db.execute(f"{_INSERT} NOTHING", _values(row)).rowcount:
                        new.append(key)
                    else:
                        _seen_again(db, row, now, recheck_until)
                except UnicodeEncodeError:  # half a surrogate pair, from a JSON feed: no address that can be asked for
                    continue
            db.execute("DELETE FROM unread WHERE url = ?", (read,))
            db.executemany(
                "INSERT INTO unread (url, kind, depth, root) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                [astuple(each) for each in further(len(new))],
            )
        return new

    def unread(self) -> list[Unread]:
        """Documents that were pointed to and not read, because a run ended in between."""
        return [Unread(*each) for each in self._read("SELECT url, kind, depth, root FROM unread ORDER BY depth, url")]

    def due(self, now: int, limit: int) -> list[Entry]:
        """Up to limit URLs to fetch, each given once until its outcome is committed.

        First what is new, then rechecks and retries, then what only a plain sitemap named; each oldest due first.
        """
        entries: list[Entry] = []
        for priority in (0, 1, 2):
            if (room := limit - len(entries)) > 0:
                entries += self._due(priority, now, room)
        return entries

    def _due(self, priority: int, now: int, limit: int) -> Iterator[Entry]:
        sql = "SELECT n FROM urls WHERE priority = ? AND due_at <= ? ORDER BY due_at, n LIMIT ?"
        with self._reading:
            found = self._read(sql, (priority, now, limit + len(self._taken)))
            fresh = [n for (n,) in found if n not in self._taken][:limit]
            self._taken.update(fresh)
            rows = [self._read(f"SELECT {_NAMES} FROM urls WHERE n = ?", (n,))[0] for n in fresh]
        return (Entry.of(Row(*each)) for each in rows)

    def make_all_due(self, now: int) -> int:
        """Everything is looked at again; gives how many URLs that is."""
        with self._transaction() as db:
            return db.execute("UPDATE urls SET due_at = ? WHERE due_at IS NULL OR due_at > ?", (now, now)).rowcount

    def row(self, key: str) -> Row | None:
        """A URL by its key."""
        found = self._read(f"SELECT {_NAMES} FROM urls WHERE key = ?", (key,))
        return Row(*found[0]) if found else None

    def entry(self, key: str) -> Entry | None:
        """A URL as due() would give it, due or not."""
        row = self.row(key)
        return Entry.of(row) if row else None

    def known(self, article: str) -> Known | None:
        """What is recorded under an article id."""
        sql = "SELECT key, revision, content_hash FROM articles JOIN urls USING (n) WHERE id = ?"
        found = self._read(sql, (article,))
        return Known(*found[0]) if found else None

    def states(self) -> dict[str, int]:
        """How many URLs are in each state."""
        return dict(self._read("SELECT state, count(*) FROM urls GROUP BY state"))

    def left(self, now: int) -> int:
        """How many URLs are due."""
        return int(self._read("SELECT count(*) FROM urls WHERE due_at <= ?", (now,))[0][0])

    def source(self, url: str) -> Source | None:
        """A feed, sitemap or listing as past runs saw it."""
        found = self._read(f"SELECT {_SOURCE_NAMES} FROM sources WHERE url = ?", (url,))
        return replace(Source(*found[0]), history=tuple(json.loads(found[0][4]))) if found else None

    # The group commit

    def commit(
        self,
        run: str,
        *,
        rows: Sequence[Row] = (),
        articles: Iterable[tuple[str, str, int, str]] = (),
        fetched: Iterable[str] = (),
        sources: Sequence[Source] = (),
        files: Iterable[FileState] = (),
        counts: Mapping[str, int] | None = None,
    ) -> None:
        """Stores a group's outcomes and how far each file counts, all or nothing; on disk when this returns.

        articles are (id, key of the URL that owns it, revision, content hash); fetched are keys of URLs whose outcome
        is still to come.
        """
        with self._transaction() as db:
            db.executemany("UPDATE urls SET state = 'fetched' WHERE key = ?", [(key,) for key in fetched])
            db.executemany(_UPSERT, [_values(row) for row in rows])
            db.executemany(_ARTICLE, [(*each, run) for each in articles])
            db.executemany(
                f"INSERT OR REPLACE INTO sources ({_SOURCE_NAMES}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [(*astuple(each)[:4], json.dumps(each.history), *astuple(each)[5:]) for each in sources],
            )
            for each in sources:
                db.execute("UPDATE unread SET failures = failures + 1 WHERE url = ?", (each.url,))
                db.execute("DELETE FROM unread WHERE url = ? AND failures > ?", (each.url, TRIES * bool(each.error)))
            db.executemany(
                "INSERT OR REPLACE INTO files (run, name, bytes, records, sha256) VALUES (?, ?, ?, ?, ?)",
                [(run, *astuple(file)) for file in files],
            )
            if counts is not None:
                db.execute("UPDATE runs SET counts = ? WHERE run = ?", (json.dumps(dict(counts)), run))
            done = [db.execute("SELECT n FROM urls WHERE key = ?", (row.key,)).fetchone()[0] for row in rows]
        with self._reading:
            self._taken.difference_update(done)

    def lose(self, run: str, present: set[str], now: int) -> int:
        """Records of a run that the disk lost after all: their URLs are due again as if that look had not been.

        present: ids that the run's batches still hold. Gives how many are lost. Doing it twice does no harm.
        """
        found = self._read("SELECT n, id FROM articles WHERE run = ?", (run,))
        lost = [(n, article) for n, article in found if article not in present]
        with self._transaction() as db:
            for n, article in lost:
                db.execute("DELETE FROM articles WHERE id = ? AND revision = 1", (article,))
                db.execute(
                    "UPDATE articles SET revision = revision - 1, content_hash = '', run = '' WHERE id = ?", (article,)
                )
                db.execute(
                    "UPDATE urls SET state = 'discovered', due_at = ?, priority = 0, etag = NULL, "
                    "last_modified = NULL, payload = NULL, archive_id = NULL WHERE n = ?",
                    (now, n),
                )
        return len(lost)

    # Runs and their files

    def start_run(self, run: str, now: int) -> None:
        """A run begins; from here on it is unfinished until finish_run."""
        with self._transaction() as db:
            db.execute("INSERT INTO runs (run, started_at) VALUES (?, ?)", (run, now))

    def finish_run(self, run: str, now: int, exit_status: int | None, finish_reason: str) -> None:
        """A run's manifest is on disk."""
        with self._transaction() as db:
            db.execute(
                "UPDATE runs SET finished_at = ?, exit_status = ?, finish_reason = ? WHERE run = ?",
                (now, exit_status, finish_reason, run),
            )

    def forget_run(self, run: str) -> None:
        """A run that never wrote anything."""
        with self._transaction() as db:
            db.execute("DELETE FROM runs WHERE run = ?", (run,))

    def unfinished(self) -> list[RunState]:
        """Runs without an end, oldest first."""
        found = self._read("SELECT run, started_at, counts FROM runs WHERE finished_at IS NULL ORDER BY run")
        return [RunState(run, started, json.loads(counts)) for run, started, counts in found]

    def has_run(self, run: str) -> bool:
        """Whether a run of this name was ever started."""
        return bool(self._read("SELECT 1 FROM runs WHERE run = ?", (run,)))

    def files(self, run: str) -> list[FileState]:
        """A run's files, by name."""
        sql = "SELECT name, bytes, records, sha256 FROM files WHERE run = ? ORDER BY name"
        return [FileState(*each) for each in self._read(sql, (run,))]


def _seen_again(db: sqlite3.Connection, row: Row, now: int, recheck_until: int) -> None:
    """A known URL was named again: perhaps with a later lastmod, or with an address that may work better."""
    sql = "SELECT state, url, lastmod, last_fetched, first_seen FROM urls WHERE key = ?"
    state, url, lastmod, fetched, seen = db.execute(sql, (row.key,)).fetchone()
    if state == "failed" and row.url != url:
        db.execute("UPDATE urls SET url = ? WHERE key = ?", (row.url, row.key))
    after = plan.seconds(row.lastmod)
    if after is None or after == plan.seconds(lastmod):
        return
    db.execute("UPDATE urls SET lastmod = ? WHERE key = ?", (row.lastmod, row.key))
    if fetched and plan.is_changed(lastmod, row.lastmod, fetched) and now - seen < recheck_until:
        db.execute("UPDATE urls SET due_at = min(ifnull(due_at, ?), ?) WHERE key = ?", (now, now, row.key))


__all__ = ["Entry", "Ledger", "Source"]
