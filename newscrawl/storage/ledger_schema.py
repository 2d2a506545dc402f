"""The ledger's tables. A change of them raises VERSION (SQLite's user_version)."""

VERSION = 1

SCHEMA = """
CREATE TABLE urls (
    n INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('discovered', 'fetched', 'written', 'rejected', 'failed')),
    reason TEXT,
    via TEXT,
    hints TEXT,
    lastmod TEXT,
    priority INTEGER NOT NULL,
    due_at INTEGER,
    attempts INTEGER NOT NULL,
    first_seen INTEGER NOT NULL,
    first_written INTEGER,
    published_at TEXT,
    last_fetched INTEGER,
    article TEXT,
    run TEXT,
    etag TEXT,
    last_modified TEXT,
    payload TEXT,
    archive_id TEXT,
    archive_date TEXT
);
CREATE INDEX urls_due ON urls (priority, due_at, n) WHERE due_at IS NOT NULL;
CREATE TABLE articles (
    id TEXT PRIMARY KEY,
    n INTEGER NOT NULL REFERENCES urls (n),
    revision INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    run TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE sources (
    url TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    last_read INTEGER,
    last_gave INTEGER,
    history TEXT NOT NULL,
    error TEXT,
    etag TEXT,
    last_modified TEXT,
    lastmod TEXT
) WITHOUT ROWID;
CREATE TABLE unread (
    url TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    depth INTEGER NOT NULL,
    root TEXT,
    failures INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE runs (
    run TEXT PRIMARY KEY,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    exit_status INTEGER,
    finish_reason TEXT,
    counts TEXT NOT NULL DEFAULT '{}'
) WITHOUT ROWID;
CREATE TABLE files (
    run TEXT NOT NULL,
    name TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    records INTEGER NOT NULL,
    sha256 TEXT,
    PRIMARY KEY (run, name)
) WITHOUT ROWID;
"""
