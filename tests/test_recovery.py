"""Kills at any instant, and what they and bad disks leave behind: each story is there once, every file is whole."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored import SETTINGS, Clock, article, candidate, check_output, crawl, half_done, outcome, sealed

from newscrawl.storage.run import Run, RunSettings
from newscrawl.storage.warc import Damage, read_archive


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A folder in memory where there is one: what is tested is the order of calls, not the disk."""
    memory = Path("/dev/shm")
    if not os.access(memory, os.W_OK):
        yield tmp_path
        return
    with tempfile.TemporaryDirectory(dir=memory) as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> tuple[list, list]:
    output = tmp_path_factory.mktemp("undisturbed")
    crawl(output)
    check_output(output)
    assert len(outcome(output)[0]) == 7
    return outcome(output)


class Killer:
    """Kills its own process at the n-th call that touches the disk; torn: half of a write is done first."""

    def __init__(self, at: int, torn: bool) -> None:
        self.at, self.torn, self.calls = at, torn, 0

    def arm(self) -> None:
        for name in ("write", "fsync", "rename", "ftruncate", "mkdir", "unlink"):
            setattr(os, name, self.watch(getattr(os, name), name))
        killer = self

        class Watched(sqlite3.Connection):
            def execute(self, sql, *args):  # type: ignore[no-untyped-def]
                if not sql.startswith(("SELECT", "PRAGMA")):
                    killer.count()
                return super().execute(sql, *args)

            def executemany(self, *args):  # type: ignore[no-untyped-def]
                killer.count()
                return super().executemany(*args)

        connect = sqlite3.connect
        sqlite3.connect = lambda *args, **more: connect(*args, factory=Watched, **more)  # type: ignore[assignment]

    def watch(self, call: Callable, name: str) -> Callable:
        def watched(*args, **more):  # type: ignore[no-untyped-def]
            if self.calls + 1 == self.at and self.torn and name == "write":
                call(args[0], bytes(args[1])[: len(args[1]) // 2])
            self.count()
            return call(*args, **more)

        return watched

    def count(self) -> None:
        self.calls += 1
        if self.calls == self.at:
            os.kill(os.getpid(), signal.SIGKILL)


def killed(work: Callable[[], None], at: int, torn: bool = False) -> bool:
    """Runs work in a process that kills itself at its at-th call; whether it came that far. Raises if work raised."""
    child = os.fork()
    if child == 0:
        try:
            Killer(at, torn).arm()
            work()
        except BaseException as error:
            os.write(2, f"{error!r}\n".encode())
            os._exit(1)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def test_a_kill_at_any_call_loses_nothing_and_doubles_nothing(disk: Path, expected: tuple[list, list]) -> None:
    at = 0
    while True:
        at += 1
        output = disk / str(at)
        if not killed(lambda: crawl(output), at, torn=bool(at % 2)):  # noqa: B023
            break
        crawl(output)
        check_output(output)
        assert outcome(output) == expected, f"killed at call {at}"
        shutil.rmtree(output)
    assert at > 60


@pytest.mark.parametrize("first", [40, 61, 74])
def test_a_kill_during_recovery_is_recovered_too(disk: Path, expected: tuple[list, list], first: int) -> None:
    assert killed(lambda: crawl(disk / "first"), first, torn=True)
    at = 0
    while True:
        at += 1
        output = disk / str(at)
        shutil.copytree(disk / "first", output)
        if not killed(lambda: Run.open(output, "wire", settings=SETTINGS, clock=Clock()).close(0, "x"), at):  # noqa: B023
            break
        crawl(output)
        check_output(output)
        assert outcome(output) == expected, f"killed at call {first}, then at call {at}"
        shutil.rmtree(output)
    assert at > 20


def test_kills_at_random_moments(disk: Path, expected: tuple[list, list]) -> None:
    """Killed from outside wherever it happens to be, also inside SQLite; many kills over one crawl."""
    seed = int(os.environ.get("NEWSCRAWL_SEED", time.time_ns() % 10**6))
    print(f"seed {seed}")
    chance, kills = random.Random(seed), 0
    while kills < 40:
        child = os.fork()
        if child == 0:
            try:
                crawl(disk, RunSettings(batch_records=3, commit_records=1, recheck=(3600,)))
                os._exit(0)
            finally:
                os._exit(1)
        time.sleep(chance.uniform(0, 0.06))
        os.kill(child, signal.SIGKILL)
        status = os.waitpid(child, 0)[1]
        assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
        kills += os.WIFSIGNALED(status)
        if not os.WIFSIGNALED(status):
            check_output(disk)
            assert outcome(disk) == expected
            shutil.rmtree(disk / "wire")
    crawl(disk)
    check_output(disk)
    assert outcome(disk) == expected


def test_a_kill_during_a_rebuild_leaves_it_to_be_done_again(disk: Path, expected: tuple[list, list]) -> None:
    half_done(disk / "first")
    (disk / "first" / "wire" / "ledger.sqlite3").write_bytes(b"no database" * 500)
    at = 0
    while True:
        at += 3
        output = disk / str(at)
        shutil.copytree(disk / "first", output)
        again = partial(Run.open, output, "wire", settings=SETTINGS, clock=Clock(), rebuild=True)
        if not killed(lambda: again().close(0, "x"), at):  # noqa: B023
            break
        again().close(0, "finished")
        crawl(output)
        check_output(output)
        assert outcome(output) == expected, f"killed at call {at}"
        shutil.rmtree(output)
    assert at > 30


# What a disk may leave behind


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_hangs_on_a_part_is_cut(disk: Path, expected: tuple[list, list], data: st.DataObject) -> None:
    """Torn lines, whole lines that were never committed, half of an archive record: all of it goes."""
    with tempfile.TemporaryDirectory(dir=disk) as folder:
        output = Path(folder)
        for part in half_done(output).glob("*.part"):
            whole = part.read_bytes()
            tail = data.draw(st.binary(max_size=40)) + whole[: data.draw(st.integers(0, 300))]
            part.write_bytes(whole + tail)
        crawl(output)
        check_output(output)
        assert outcome(output) == expected


@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_disk_lost_is_fetched_again(disk: Path, expected: tuple[list, list], data: st.DataObject) -> None:
    """A disk that said "safe" and lost the end of a batch all the same, or the whole file."""
    with tempfile.TemporaryDirectory(dir=disk) as folder:
        output = Path(folder)
        part = half_done(output) / "articles-00001.jsonl.part"
        length = data.draw(st.integers(-1, part.stat().st_size - 1))
        if length < 0:
            part.unlink()
        else:
            os.truncate(part, length)
        run = Run.open(output, "wire", settings=SETTINGS, clock=Clock())
        run.close(0, "only recovery")
        assert 0 < run.recovered[0].lost <= 4
        check_output(output)
        crawl(output)
        assert outcome(output) == expected
        assert not list(output.rglob("*.part"))


def test_a_kill_while_a_loss_is_mended_does_not_hide_it(disk: Path, expected: tuple[list, list]) -> None:
    part = half_done(disk / "first") / "articles-00001.jsonl.part"
    os.truncate(part, part.stat().st_size // 2)
    at = 0
    while True:
        at += 1
        output = disk / str(at)
        shutil.copytree(disk / "first", output)
        if not killed(lambda: Run.open(output, "wire", settings=SETTINGS, clock=Clock()).close(0, "x"), at):  # noqa: B023
            break
        crawl(output)
        check_output(output)
        assert outcome(output) == expected, f"killed at call {at}"
        shutil.rmtree(output)
    assert at > 20


def test_a_lost_revision_is_written_again(tmp_path: Path) -> None:
    clock = Clock()
    for text in ("first", "second"):
        run = Run.open(tmp_path, "wire", clock=clock)
        run.write(candidate(1)[0], article(1, text))
        run.commit()
        if text == "first":
            run.close(0, "finished")
            clock.forward(hours=2)
    run.abandon()
    (run.folder / "articles-00001.jsonl.part").unlink()
    run = Run.open(tmp_path, "wire", clock=clock)
    assert [each.key for each in run.due(9)] == [candidate(1)[0]]
    assert run.write(candidate(1)[0], article(1, "second")) == "revised"
    run.close(0, "finished")
    assert [line["revision"] for line in sealed(tmp_path)] == [1, 2]


def test_an_archive_that_the_disk_cut_short_stays_readable(tmp_path: Path) -> None:
    part = half_done(tmp_path) / "pages-00001.warc.gz.part"
    os.truncate(part, part.stat().st_size // 2)
    Run.open(tmp_path, "wire", clock=Clock()).close(0, "only recovery")
    damage: list[Damage] = []
    captures = list(read_archive(part.with_suffix(""), damage.append))
    assert 0 < len(captures) < 5
    assert not damage


def test_recovery_says_what_it_did(tmp_path: Path) -> None:
    folder = half_done(tmp_path)
    with (folder / "articles-00001.jsonl.part").open("ab") as file:
        file.write(b'{"torn')
    run = Run.open(tmp_path, "wire", clock=Clock())
    run.close(0, "finished")
    words = [str(each) for each in run.recovered]
    assert words == [f"run {folder.name} was killed: sealed its 5 records and reject lines, cut 6 unfinished bytes"]
    told = json.loads((folder / "manifest.json").read_bytes())
    assert (told["finish_reason"], told["exit_status"], told["counts"]["new"]) == ("killed", None, 4)
