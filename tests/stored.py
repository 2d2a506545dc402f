"""What the storage tests share: invented articles and pages, a clock that is set, and the checks of a whole output."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from warcio.archiveiterator import ArchiveIterator

from newscrawl.items import Article, Candidate, Dateline, Hints, Image, Rejection
from newscrawl.storage.archive import Fetched
from newscrawl.storage.batches import read_lines
from newscrawl.storage.errors import StorageError
from newscrawl.storage.run import Run, RunSettings
from newscrawl.storage.schema import problems, rejection_problems

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOST = "https://wire.example"

#: Of crawl() below: seven are written, one is rejected.
STORIES = 8
SETTINGS = RunSettings(batch_records=4, commit_records=3, recheck=(3600,))


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


def key(number: int) -> str:
    return f"{HOST}/story/{number}"


def candidate(number: int, source: str = "feed", **hints: str) -> tuple[str, Candidate]:
    return key(number), Candidate(key(number), f"{HOST}/{source}.xml", Hints(source=source, **hints))


def article(number: int, text: str = "The ferry was late again.", **changes: object) -> Article:
    """Story number so and so; text changes its content hash."""
    body = f"{text}\n\nStory {number} goes on here."
    base = Article(
        id=hashlib.sha256(key(number).encode()).hexdigest()[:32],
        revision=1,
        url=key(number),
        canonical_url=key(number),
        site="wire",
        publisher="Wire",
        headline=f"Harbour notes, number {number}",
        deck=None,
        dateline=Dateline(raw="PORT NEVE, Nov. 24 (Wire) --", place="PORT NEVE", date="2026-11-24", agency="Wire"),
        authors=("Ada Quill",),
        published_at="2026-11-24T11:30:00+00:00",
        modified_at=None,
        language="en",
        section=None,
        keywords=("harbour",),
        body=body,
        images=(Image(f"{HOST}/{number}.jpg", "A ferry", None),),
        word_count=len(body.split()),
        completeness="full",
        confidence=0.9,
        provenance={"body": "profile", "headline": "meta"},
        content_hash=hashlib.sha256(body.encode()).hexdigest(),
        fetched_at="2026-11-24T12:00:00Z",
        http_status=200,
        archive=None,
        extractor="newscrawl 0.1.0; trafilatura 2.3.0",
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def rejection(number: int, reason: str = "listing", **changes: object) -> Rejection:
    line = Rejection(key(number), reason, "in words", 200, "2026-11-24T12:00:00Z")
    return replace(line, **changes)  # type: ignore[arg-type]


def page(number: int, text: str = "<p>The ferry was late again.", status: int = 200, **changes: object) -> Fetched:
    headers = (
        ("Content-Type", "text/html; charset=utf-8"),
        ("ETag", f'"{number}-{len(text)}"'),
        ("Content-Encoding", "gzip"),
        ("Transfer-Encoding", "chunked"),
        ("Content-Length", "77"),
        ("Set-Cookie", "session=s3cr3t"),
    )
    sent = (("User-Agent", "newscrawl/test"), ("Cookie", "session=s3cr3t"), ("Authorization", "Basic s3cr3t"))
    body = b"" if status == 304 else f"<html><body>{text} {number}</body></html>".encode()
    base = Fetched(key(number), status, headers, body, "2026-11-24T12:00:00Z", sent, encoding="utf-8")
    return replace(base, **changes)  # type: ignore[arg-type]


def sealed(output: Path, pattern: str = "articles") -> list[dict]:
    """Every line of the sealed articles (or rejected) files."""
    return [line for path in sorted(output.glob(f"*/runs/*/{pattern}-*.jsonl")) for _, line in read_lines(path)]


def check_output(output: Path) -> None:
    """What must hold for every output folder whose last run has ended."""
    assert not list(output.rglob("*.part"))
    assert not [each for line in sealed(output) for each in problems(line)]
    assert not [each for line in sealed(output, "rejected") for each in rejection_problems(line)]
    twice = Counter((line["id"], line["revision"]) for line in sealed(output))
    assert not [each for each, count in twice.items() if count > 1]
    for run in output.glob("*/runs/*/"):
        check_run(run)


def check_run(run: Path) -> None:
    """A run's manifest is true, its archive is sound, and every record's page is in it."""
    data = json.loads((run / "manifest.json").read_bytes())
    named = {each["name"]: each for each in data["files"]}
    assert set(named) == {path.name for path in run.iterdir()} - {"manifest.json"}
    for name, told in named.items():
        content = (run / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (told["bytes"], told["sha256"])
        if name.endswith(".jsonl"):
            assert content.count(b"\n") == told["records"] > 0
            assert content.endswith(b"\n")
    lines = [line for path in run.glob("*.jsonl") for _, line in read_lines(path)]
    held = {name: warc_ids(run / name, told["records"]) for name, told in named.items() if name.endswith(".gz")}
    for line in lines:
        if line["archive"]:
            assert line["archive"]["record_id"] in held[line["archive"]["file"]]
    counts = data["counts"]
    assert counts["new"] + counts["revised"] == sum("body" in line for line in lines)
    assert counts["rejected"] == sum("body" not in line for line in lines) == sum(data["rejects"].values())


def warc_ids(path: Path, pages: int) -> set[str]:
    """The record ids of an archive, every record of which is read and its digests compared."""
    ids, kinds = [], Counter()
    with path.open("rb") as file:
        for record in ArchiveIterator(file, check_digests="raise"):
            record.content_stream().read()
            ids.append(record.rec_headers.get_header("WARC-Record-ID"))
            kinds[record.rec_type] += 1
    assert len(ids) == len(set(ids))
    assert kinds["warcinfo"] == 1
    assert kinds["response"] + kinds["revisit"] == kinds["request"] == kinds["metadata"] == pages
    return set(ids)


def crawl(output: Path, settings: RunSettings = SETTINGS) -> None:
    """A whole run over STORIES pages, each fifth of which is no story. A disk that fails ends it, as in a crawl."""
    run = Run.open(output, "wire", settings=settings, clock=Clock())
    try:
        feed = "https://wire.example/feed.xml"
        run.discover((candidate(number) for number in range(STORIES)), read=feed)
        run.source("feed", feed, candidates=STORIES, etag='"f"')
        while entries := run.due(4):
            for entry in entries:
                number = int(entry.key.rpartition("/")[2])
                run.fetched(entry.key)
                if number % 5 == 4:
                    run.reject(entry.key, rejection(number), (page(number),))
                else:
                    run.write(entry.key, article(number), (page(number),))
                if run.wants_commit:
                    run.commit()
            run.commit()
    except StorageError:
        with suppress(StorageError):
            run.close(1, "disk")
        raise
    run.close(0, "finished")


def outcome(output: Path) -> tuple[list, list]:
    """What a whole crawl gives, without what differs from run to run (which archive file, which record id)."""
    written = sorted((line["id"], line["revision"], line["body"]) for line in sealed(output))
    return written, sorted((line["url"], line["reason"]) for line in sealed(output, "rejected"))


def half_done(output: Path) -> Path:
    """A run that was killed after a commit of four pages; its folder."""
    run = Run.open(output, "wire", settings=RunSettings(recheck=(3600,)), clock=Clock())
    run.discover(candidate(number) for number in range(STORIES))
    for number in range(4):
        run.write(candidate(number)[0], article(number), (page(number),))
    run.reject(candidate(4)[0], rejection(4), (page(4),))
    run.commit()
    run.abandon()
    return run.folder
