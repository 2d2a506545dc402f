"""What the ledger takes and gives. Times are whole seconds since 1970, UTC."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from newscrawl.items import Candidate, Hints
from newscrawl.storage import plan

_LISTS = ("authors", "keywords")

#: How many past runs a source's history holds.
HISTORY = 10
#: Seconds that a lastmod must lie before a reading, so that the reading is sure to hold the change: clocks differ, and
#: what a cache serves is older than it seems.
SETTLED = 3600


@dataclass(slots=True)
class Row:
    """A URL as the ledger has it; field names are columns. key is the canonical URL, state one of discovered,
    fetched, written, rejected, failed; due_at None means never again; priority 0 goes first."""

    key: str
    url: str
    state: str = "discovered"
    reason: str | None = None
    via: str | None = None
    hints: str | None = None
    lastmod: str | None = None
    priority: int = 0
    due_at: int | None = None
    attempts: int = 0
    first_seen: int = 0
    first_written: int | None = None
    published_at: str | None = None
    last_fetched: int | None = None
    article: str | None = None
    run: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    payload: str | None = None
    archive_id: str | None = None
    archive_date: str | None = None

    @classmethod
    def discovered(cls, key: str, candidate: Candidate, now: int) -> Row:
        """A URL that a feed, sitemap or listing named. What a plain sitemap names waits behind the news."""
        hints = {f.name: getattr(candidate.hints, f.name) for f in fields(Hints) if getattr(candidate.hints, f.name)}
        return cls(
            key=key,
            url=candidate.url,
            via=candidate.via,
            hints=to_json(hints) if hints else None,
            lastmod=candidate.hints.modified_at,
            priority=2 if candidate.hints.source == "sitemap" else 0,
            due_at=now,
            first_seen=now,
        )


@dataclass(frozen=True, slots=True)
class Entry:
    """A URL that is due: what the spider needs to fetch it, conditionally where a record of it was written.

    url is the address to fetch, key the ledger's name for it; hints are those of its first discovery.
    """

    key: str
    url: str
    state: str
    via: str | None
    hints: Hints
    attempts: int
    article: str | None
    etag: str | None
    last_modified: str | None

    @classmethod
    def of(cls, row: Row) -> Entry:
        """The entry of a row."""
        validators = (row.etag, row.last_modified) if row.article else (None, None)
        hints = hints_from(json.loads(row.hints) if row.hints else {})
        return cls(row.key, row.url, row.state, row.via, hints, row.attempts, row.article, *validators)


@dataclass(frozen=True, slots=True)
class Known:
    """What is recorded under an article id. key is the URL that owns it."""

    key: str
    revision: int
    content_hash: str


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, sitemap or listing as past runs saw it.

    last_gave: when it last named a candidate; history: how many it named in its last runs, newest last; dead_since:
    the day (UTC) it last gave, when it gave before and now gives none. A 304 is no sign of death. lastmod: what an
    index said of it when it was last read whole, "" where none said anything; None when it was not read whole.
    """

    url: str
    kind: str
    last_read: int | None = None
    last_gave: int | None = None
    history: tuple[int, ...] = ()
    error: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    lastmod: str | None = None

    def seen(
        self, now: int, candidates: int | None, error: str | None, validators: tuple[str | None, str | None, str | None]
    ) -> Source:
        """As it is after another look; candidates None when it could not be read or had not changed."""
        etag, last_modified, lastmod = validators
        if candidates is None:
            etag, last_modified = self.etag, self.last_modified
            lastmod = self.lastmod if error or self.lastmod is None else lastmod
        return Source(
            url=self.url,
            kind=self.kind,
            last_read=self.last_read if error else now,
            last_gave=now if candidates else self.last_gave,
            history=(*self.history, candidates)[-HISTORY:] if candidates is not None else self.history,
            error=error and error.encode("utf-8", "replace").decode(),
            etag=etag,
            last_modified=last_modified,
            lastmod=lastmod,
        )

    def as_it_was(self, lastmod: str) -> bool:
        """Whether it need not be read, an index giving this lastmod: it was read whole under the same one, some time
        after. A plain date is over when it is over everywhere on Earth. What failed or died is read again."""
        changed = plan.seconds(lastmod)
        if changed is None or self.last_read is None or self.error or self.dead_since:
            return False
        return lastmod == self.lastmod and changed + SETTLED <= self.last_read

    @property
    def dead_since(self) -> str | None:
        """See the class."""
        silent = self.error is not None or (bool(self.history) and self.history[-1] == 0)
        return datetime.fromtimestamp(self.last_gave, UTC).date().isoformat() if silent and self.last_gave else None

    def told(self, candidates: int | None, new: int) -> dict[str, Any]:
        """What a manifest says of it."""
        found = {"kind": self.kind, "url": self.url, "candidates": candidates or 0, "new": new}
        return {**found, "error": self.error, "dead_since": self.dead_since}


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that another one pointed to (an older page of a listing, a sitemap of an index) and that is still to
    be read. depth: steps from root, the document that the profile names."""

    url: str
    kind: str
    depth: int = 0
    root: str | None = None


@dataclass(frozen=True, slots=True)
class FileState:
    """How much of a run's file counts. sha256 (hex) is None until it is sealed."""

    name: str
    bytes: int
    records: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class RunState:
    """A run in the ledger; counts as of its last commit."""

    run: str
    started_at: int
    counts: dict[str, int]


def to_json(data: object) -> str:
    """JSON that SQLite takes: half a surrogate pair, which UTF-8 cannot hold, stays an escape."""
    text = json.dumps(data, ensure_ascii=False)
    return text if text.isprintable() else json.dumps(data)


def hints_from(data: dict[str, object]) -> Hints:
    """Hints from their JSON object, as rows and archive metadata hold them; unknown keys are passed over."""
    known = {f.name: data[f.name] for f in fields(Hints) if f.name in data}
    for name in _LISTS:
        known[name] = tuple(known.get(name) or ())  # type: ignore[arg-type]
    return Hints(**known)  # type: ignore[arg-type]
