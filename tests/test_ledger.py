"""What the ledger knows of a URL, when it is due, and who may work on a site."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import NOON, Clock, article, candidate, key, page, rejection, sealed

from newscrawl.items import Candidate, Hints, Rejection
from newscrawl.storage import plan
from newscrawl.storage.errors import RunLocked, StorageError
from newscrawl.storage.ledger import Ledger
from newscrawl.storage.ledger_rows import Source, Unread
from newscrawl.storage.run import Run, RunSettings


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def run(tmp_path: Path, clock: Clock) -> Iterator[Run]:
    run = Run.open(tmp_path, "wire", clock=clock)
    yield run
    run.close(0, "finished")


def again(run: Run, clock: Clock, **later: float) -> Run:
    """The site's next run."""
    run.close(0, "finished")
    clock.forward(**later)
    return Run.open(run.folder.parents[2], "wire", clock=clock)


def due(run: Run) -> list[str]:
    return [entry.key for entry in run.due(1000)]


# When to look again


@pytest.mark.parametrize(
    ("age_hours", "next_hours"),
    [(0, 1), (0.9, 1), (1, 6), (5, 6), (6, 24), (30, 72), (71.9, 72), (72, None), (9999, None)],
)
def test_ages_at_which_an_article_is_looked_at_again(age_hours: float, next_hours: int | None) -> None:
    born = 1_800_000_000
    expected = None if next_hours is None else born + next_hours * 3600
    assert plan.next_look(born, int(born + age_hours * 3600), plan.RECHECK) == expected


@pytest.mark.parametrize(
    ("published_at", "born"),
    [
        (None, NOON),
        ("2026-11-24T10:00:00+00:00", datetime.fromisoformat("2026-11-24T10:00:00+00:00")),
        ("2026-11-24T10:00:00+08:00", datetime.fromisoformat("2026-11-24T02:00:00+00:00")),
        ("2026-11-25T10:00:00Z", NOON),  # announced for tomorrow
        ("2026-11-24", NOON),  # the day is not over everywhere
        ("2026-11-23", NOON),  # 12:00 UTC of the 24th, where the 23rd ends last
        ("2026-11-20", datetime.fromisoformat("2026-11-21T12:00:00+00:00")),
        ("yesterday", NOON),
    ],
)
def test_when_a_storys_age_starts(published_at: str | None, born: datetime) -> None:
    assert plan.born(published_at, int(NOON.timestamp())) == int(born.timestamp())


@given(st.one_of(st.text(max_size=30), st.datetimes().map(datetime.isoformat), st.dates().map(str)))
def test_no_date_is_too_odd(text: str) -> None:
    assert plan.seconds(text) is None or isinstance(plan.seconds(text), int)


def test_an_article_is_looked_at_at_growing_intervals_then_never(run: Run, clock: Clock) -> None:
    run.discover([candidate(1)])
    looks = []
    for hour in range(100):
        for name in due(run):
            looks.append(hour)
            run.write(name, article(1), (page(1),))
        run.commit()
        clock.forward(hours=1)
    assert looks == [0, 1, 6, 24, 72]


def test_failures_wait_longer_each_time_and_are_given_up_with_a_line(run: Run, clock: Clock, tmp_path: Path) -> None:
    run.discover([candidate(1)])
    tries, outcomes = [], []
    for tenminutes in range(6 * 24 * 6):
        for name in due(run):
            tries.append(tenminutes * 10)
            outcomes.append(run.fail(name, Rejection(key(1), "unreachable", "no answer")))
        run.commit()
        clock.forward(minutes=10)
    run.close(0, "finished")
    assert tries == [0, 10, 10 + 60, 70 + 360, 430 + 1440, 1870 + 4320]
    assert outcomes == ["failed"] * 5 + ["rejected"]
    assert [line["reason"] for line in sealed(tmp_path, "rejected")] == ["unreachable"]


def test_a_success_forgets_failures(run: Run, clock: Clock) -> None:
    run.discover([candidate(1)])
    for _ in range(3):
        run.fail(due(run)[0], rejection(1, "unreachable"))
        run = again(run, clock, days=4)
    run.write(due(run)[0], article(1), (page(1),))
    run = again(run, clock, hours=1)
    row = run.ledger.row(key(1))
    assert row and (row.state, row.attempts) == ("written", 0)
    run.close(0, "finished")


def test_a_recorded_article_is_never_given_up(run: Run, clock: Clock, tmp_path: Path) -> None:
    run.write(key(1), article(1), (page(1),))
    for _ in range(9):
        run = again(run, clock, hours=6)
        for name in due(run):
            assert run.fail(name, rejection(1, "unreachable")) == "failed"
    run.close(0, "finished")
    assert sealed(tmp_path, "rejected") == []


@pytest.mark.parametrize(("reason", "looks"), [("bot_wall", 4), ("no_story", 4), ("listing", 1), ("not_found", 1)])
def test_rejections_that_may_pass_are_looked_at_again(run: Run, clock: Clock, reason: str, looks: int) -> None:
    run.discover([candidate(1)])
    found = []
    for _ in range(80):
        found += [run.reject(name, rejection(1, reason), (page(1),)) for name in due(run)]
        run.commit()
        clock.forward(hours=1)
    assert found == ["rejected"] + ["unchanged"] * looks if looks > 1 else ["rejected"]


def test_a_wall_that_falls_gives_the_story(run: Run, clock: Clock, tmp_path: Path) -> None:
    run.discover([candidate(1)])
    assert run.reject(due(run)[0], rejection(1, "bot_wall"), (page(1),)) == "rejected"
    run = again(run, clock, hours=2)
    entry = run.due(1)[0]
    assert (entry.etag, entry.last_modified) == (None, None), "a wall must not be asked for conditionally"
    assert run.write(entry.key, article(1), (page(1),)) == "new"
    run.close(0, "finished")
    assert len(sealed(tmp_path)) == len(sealed(tmp_path, "rejected")) == 1


def test_a_later_lastmod_makes_an_article_due_once(run: Run, clock: Clock) -> None:
    first, later = "2026-11-24T11:00:00Z", "2026-11-30T09:00:00Z"
    run.discover([candidate(1, "sitemap", modified_at=first)])
    run.write(due(run)[0], article(1), (page(1),))
    run = again(run, clock, days=6)
    assert due(run) == [key(1)]
    run.write(key(1), article(1), (page(1),))
    run = again(run, clock, hours=1)
    for lastmod, expected in ((first, []), (later, []), ("2026-11-30T12:30:00Z", [key(1)])):
        run.discover([candidate(1, "sitemap", modified_at=lastmod)])
        run.commit()
        assert due(run) == expected, lastmod
    run.write(key(1), article(1), (page(1),))
    run = again(run, clock, days=60)
    run.discover([candidate(1, "sitemap", modified_at="2027-01-30T09:00:00Z")])
    assert due(run) == [], "old articles are not fetched anew because a sitemap stamps everything with today"
    run.close(0, "finished")


# What is due, and in which order


def test_news_first_then_rechecks_then_the_backlog(run: Run, clock: Clock) -> None:
    run.write(key(1), article(1), (page(1),))
    run = again(run, clock, hours=2)
    run.discover([candidate(2, "sitemap"), candidate(3, "sitemap")])
    run.discover([candidate(4), candidate(5, "news-sitemap")])
    assert due(run) == [key(4), key(5), key(1), key(2), key(3)]
    run.close(0, "finished")


def test_a_url_is_given_once_a_run_and_again_in_the_next(run: Run, clock: Clock) -> None:
    assert len(run.discover(candidate(number) for number in range(5))) == 5
    assert run.discover(candidate(number) for number in range(6)) == [key(5)]
    assert [entry.key for entry in run.due(2)] == [key(0), key(1)]
    run.fetched(key(0))
    run.write(key(1), article(1), (page(1),))
    run.commit()
    assert run.ledger.states() == {"fetched": 1, "discovered": 4, "written": 1}
    assert due(run) == [key(2), key(3), key(4), key(5)]
    assert due(run) == []
    run = again(run, clock)
    assert due(run) == [key(0), key(2), key(3), key(4), key(5)]
    run.close(0, "finished")


def test_full_looks_at_everything_again(run: Run, clock: Clock) -> None:
    run.write(key(1), article(1), (page(1),))
    run.reject(key(2), rejection(2), (page(2),))
    run = again(run, clock, days=300)
    assert due(run) == [key(1)], "its 72-hour look is long overdue"
    run.write(key(1), article(1), (page(1),))
    run = again(run, clock, days=300)
    assert due(run) == []
    assert run.recheck_everything() == 2
    assert sorted(due(run)) == [key(1), key(2)]
    run.close(0, "finished")


def test_hints_and_validators_come_back(run: Run, clock: Clock) -> None:
    hints = Hints(
        title="Fähre", authors=("Ada Quill",), keywords=("harbour",), published_at="2026-11-24", source="feed"
    )
    run.discover([(key(1), Candidate(key(1) + "?utm=1", "https://wire.example/feed.xml", hints))])
    (entry,) = run.due(9)
    assert (entry.key, entry.url, entry.hints) == (key(1), key(1) + "?utm=1", hints)
    assert (entry.via, entry.etag, entry.attempts) == ("https://wire.example/feed.xml", None, 0)
    headers = (("etag", 'W/"x"'), ("LAST-MODIFIED", "Tue, 24 Nov 2026 11:00:00 GMT"))
    run.write(key(1), article(1), (page(1, headers=headers),))
    run = again(run, clock, hours=2)
    (entry,) = run.due(9)
    assert (entry.etag, entry.last_modified) == ('W/"x"', "Tue, 24 Nov 2026 11:00:00 GMT")
    run.unchanged(entry.key, page(1, status=304, headers=()))
    run = again(run, clock, hours=6)
    assert run.due(9)[0].etag == 'W/"x"', "a 304 need not repeat the validators"
    run.close(0, "finished")


def test_an_address_that_failed_may_come_back_as_another(run: Run, clock: Clock) -> None:
    run.discover([(key(1), Candidate("http://wire.example/story/1", "feed"))])
    run.fail(due(run)[0], rejection(1, "unreachable"))
    run = again(run, clock, hours=1)
    run.discover([(key(1), Candidate("https://wire.example/story/1", "feed"))])
    assert [entry.url for entry in run.due(9)] == ["https://wire.example/story/1"]
    run.close(0, "finished")


def test_half_a_surrogate_pair_from_a_feed_stops_nothing(run: Run) -> None:
    odd = Candidate(f"{key(2)}\ud83d", "feed")
    assert run.discover([candidate(1, title="half a pair \ud83d"), (odd.url, odd), candidate(3)]) == [key(1), key(3)]
    assert run.due(9)[0].hints.title == "half a pair \ud83d"
    run.source("feed", "https://wire.example/feed.xml", candidates=None, error="\ud83d")
    run.write(key(1), article(1), (page(1),))
    run.commit()


# Outcomes


def test_only_a_change_of_content_gives_a_revision(run: Run, clock: Clock, tmp_path: Path) -> None:
    said = []
    for text in ("late", "late", "on time", "on time", "late"):
        said.append(run.write(key(1), article(1, text, deck=f"deck {len(said)}"), (page(1),)))
        run = again(run, clock, hours=1)
    run.close(0, "finished")
    assert said == ["new", "unchanged", "revised", "unchanged", "revised"]
    assert [line["revision"] for line in sealed(tmp_path)] == [1, 2, 3]


@pytest.mark.parametrize("committed", [True, False])
def test_the_same_story_under_another_url_is_a_duplicate(run: Run, tmp_path: Path, committed: bool) -> None:
    run.write(key(1), article(1), (page(1),))
    if committed:
        run.commit()
    other = "https://wire.example/print/1"
    assert run.write(other, article(1, "Printed."), (page(1),)) == "duplicate"
    run.commit()
    assert run.write(other, article(1, "Printed."), (page(1),)) == "unchanged"
    run.close(0, "finished")
    (line,) = sealed(tmp_path, "rejected")
    assert (line["reason"], line["detail"]) == ("duplicate", f"recorded under {key(1)}")
    assert line["archive"]["record_id"].startswith("<urn:uuid:")


def test_a_304_to_nobody_is_a_failure(run: Run) -> None:
    run.discover([candidate(1)])
    assert run.unchanged(due(run)[0], page(1, status=304)) == "failed"


def test_sources_remember_when_they_last_gave(run: Run, clock: Clock) -> None:
    feed = "https://wire.example/feed.xml"
    assert run.source("feed", feed, candidates=7, etag='"a"').dead_since is None
    run = again(run, clock, days=1)
    assert run.source("feed", feed, candidates=None).dead_since is None, "a 304 is a sign of life"
    run = again(run, clock, days=1)
    known = run.ledger.source(feed)
    assert known and (known.etag, known.history) == ('"a"', (7,))
    assert run.source("feed", feed, candidates=None, error="404").dead_since == "2026-11-24"
    run = again(run, clock, days=1)
    dead = run.source("feed", feed, candidates=0, etag='"b"')
    assert (dead.dead_since, dead.history, dead.etag) == ("2026-11-24", (7, 0), '"b"')
    run = again(run, clock, days=1)
    assert run.source("feed", feed, candidates=2).dead_since is None
    run.close(0, "finished")


@pytest.mark.parametrize(
    ("lastmod", "now", "expected"),
    [
        ("2026-11-24T10:59:59Z", None, True),
        ("2026-11-24T18:59:59+08:00", None, True),
        ("2026-11-24T11:30:00Z", None, False),  # too near: clocks differ, caches are old
        ("2026-11-24T18:59:59-08:00", None, False),
        ("2026-11-22", None, True),
        ("2026-11-23", None, False),  # in the west it is still that day
        ("2026-11-24", None, False),
        ("2027-11-24", None, False),
        ("", None, False),
        ("no date", None, False),
        ("2026-11-20", "2026-11-21", False),  # another word than when it was read
        ("2026-11-21", "2026-11-20", False),
    ],
)
def test_when_a_sitemap_is_as_it_was(lastmod: str, now: str | None, expected: bool) -> None:
    noon = int(NOON.timestamp())
    read = Source("https://wire.example/a.xml", "sitemap").seen(noon, 7, None, (None, None, lastmod))
    assert read.as_it_was(now or lastmod) is expected
    later = read.seen(noon + 60, None, "HTTP 500", (None, None, lastmod))
    assert not later.as_it_was(now or lastmod), "it failed"
    assert later.seen(noon + 90, None, None, (None, None, lastmod)).as_it_was(lastmod) is (expected or bool(now))
    assert not read.seen(noon, 0, None, (None, None, lastmod)).as_it_was(now or lastmod), "it gave, and gives none"
    assert not read.seen(noon, 7, None, (None, None, None)).as_it_was(now or lastmod), "it was not read whole"


def test_a_304_makes_no_reading_whole() -> None:
    faulty = Source("https://wire.example/a.xml", "sitemap").seen(2_000_000_000, 7, None, ('"a"', None, None))
    assert faulty.seen(2_000_000_060, None, None, (None, None, "2026-11-20")).lastmod is None


@pytest.mark.parametrize(
    ("before", "lastmod", "expected"),
    [
        (None, "2026-11-24T12:00:01Z", True),
        (None, "2026-11-24T12:00:00Z", False),
        (None, "2026-11-24T20:00:01+08:00", True),
        (None, "2026-11-24", False),  # most likely the day of the story
        (None, "2026-11-25", True),
        ("2026-11-20", "2026-11-24", True),
        ("2026-11-24", "2026-11-24", False),
        ("2026-11-24T13:00:00Z", "2026-11-24T12:30:00Z", False),
        ("2026-11-24T10:00:00Z", "2026-11-24T11:00:00Z", False),
        ("2026-11-24T10:00:00Z", "2026-11-24T12:30:00Z", True),
        ("2026-11-24T10:00:00Z", None, False),
    ],
)
def test_when_a_story_was_changed(before: str | None, lastmod: str | None, expected: bool) -> None:
    assert plan.is_changed(before, lastmod, int(NOON.timestamp())) is expected


def test_documents_that_were_not_read_are_remembered(run: Run, clock: Clock) -> None:
    front, older, oldest = (f"https://wire.example/list?page={number}" for number in (1, 2, 3))
    run.discover([candidate(1)], read=front, further=lambda new: [Unread(older, "listing", new, front)])
    run.abandon()
    run = Run.open(run.folder.parents[2], "wire", clock=clock)
    assert run.unread() == [Unread(older, "listing", 1, front)]
    run.discover([candidate(1)], read=front)
    run.discover([candidate(2)], read=older, further=lambda new: [Unread(oldest, "listing", 2, front)] * new)
    run = again(run, clock)
    assert run.unread() == [Unread(oldest, "listing", 2, front)]
    run.source("listing", oldest, candidates=None)
    run = again(run, clock)
    assert run.unread() == [], "a 304 is an answer"
    run.close(0, "finished")


def test_a_document_that_cannot_be_read_is_given_up_in_the_end(run: Run, clock: Clock) -> None:
    run.discover([], further=lambda _: [Unread("https://wire.example/old.xml", "sitemap", 1)])
    tries = 0
    while run.unread():
        tries += 1
        run.source("sitemap", "https://wire.example/old.xml", candidates=None, error="HTTP 500")
        run = again(run, clock)
    run.close(0, "finished")
    assert tries == 6


# One run at a time


def test_a_second_run_is_told_who_has_the_lock(run: Run, tmp_path: Path) -> None:
    with pytest.raises(RunLocked) as refused:
        Run.open(tmp_path, "wire")
    assert re.search(rf"wire is going: process {os.getpid()} since 2026-11-24T12:00:00", str(refused.value))
    Run.open(tmp_path, "other").close(0, "another site is free")


def test_the_lock_of_a_killed_process_is_free_even_if_its_workers_live_on(tmp_path: Path) -> None:
    code = (
        "import os, sys, time, pathlib; from newscrawl.storage.run import Run\n"
        f"run = Run.open(pathlib.Path({str(tmp_path)!r}), 'wire')\n"
        "worker = os.fork()\n"
        "if worker == 0: print(os.getpid(), flush=True); time.sleep(60); os._exit(0)\n"
        "time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout
        worker = int(holder.stdout.readline())
        with pytest.raises(RunLocked, match=f"process {holder.pid} since"):
            Run.open(tmp_path, "wire")
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        os.kill(worker, 0)
        run = Run.open(tmp_path, "wire")
        os.kill(worker, signal.SIGKILL)
    run.close(0, "finished")


def test_runs_of_one_second_have_names_of_their_own(tmp_path: Path, clock: Clock) -> None:
    names = []
    for _ in range(3):
        run = Run.open(tmp_path, "wire", clock=clock)
        names.append(run.name)
        run.close(0, "finished")
    assert names == ["20261124T120000Z", "20261124T120001Z", "20261124T120002Z"]


def test_a_closed_run_takes_nothing(run: Run) -> None:
    run.close(0, "finished")
    with pytest.raises(StorageError, match="is closed"):
        run.write(key(1), article(1))


# Threads and size


def test_outcomes_while_a_commit_is_on_its_way(tmp_path: Path) -> None:
    """Four threads write, one commits: each story is there once, and every group is whole."""
    run = Run.open(tmp_path, "wire", settings=RunSettings(batch_records=37))
    done = threading.Event()

    def commits() -> None:
        while not done.is_set():
            run.commit()

    def writes(start: int) -> None:
        for number in range(start, 200, 4):
            run.discover([candidate(number)])
            run.write(key(number), article(number), (page(number),))

    committing = threading.Thread(target=commits)
    writing = [threading.Thread(target=writes, args=(start,)) for start in range(4)]
    committing.start()
    for each in writing:
        each.start()
    for each in writing:
        each.join()
    done.set()
    committing.join()
    run.close(0, "finished")
    assert len({line["id"] for line in sealed(tmp_path)}) == len(sealed(tmp_path)) == 200


def test_what_is_due_is_found_by_an_index(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path / "ledger.sqlite3")
    sql = "EXPLAIN QUERY PLAN SELECT n FROM urls WHERE priority = 1 AND due_at <= 5 ORDER BY due_at, n LIMIT 9"
    steps = " ".join(step[3] for step in ledger._read(sql))
    assert "urls_due" in steps
    assert "TEMP B-TREE" not in steps
    ledger.close()
