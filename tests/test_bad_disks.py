"""Full disks, read-only disks, ledgers that are gone: the run says so in a line, and the next one loses nothing."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from stored import (
    SETTINGS,
    Clock,
    article,
    candidate,
    check_output,
    check_run,
    crawl,
    half_done,
    outcome,
    page,
    rejection,
    sealed,
)

from newscrawl.storage.errors import LedgerError, StorageError
from newscrawl.storage.run import Run

# Disks that say no


def in_a_process(work: str, *before: str) -> subprocess.CompletedProcess[str]:
    """Runs a line of Python that knows this module as t."""
    paths = [str(Path(__file__).parent), str(Path(__file__).parents[1])]
    code = f"import sys; sys.path[:0] = {paths!r}; import test_bad_disks as t; {work}"
    return subprocess.run([*before, sys.executable, "-c", code], capture_output=True, text=True, timeout=120)


def fails(output: Path) -> str:
    """What a crawl that must fail says."""
    try:
        crawl(output)
    except StorageError as error:
        return str(error)
    raise AssertionError("the crawl did not notice")


def comes_back(output: Path) -> None:
    """The next crawl finishes what is missing, and only that."""
    before = len(sealed(output))
    for told in output.glob("*/runs/*/manifest.json"):
        check_run(told.parent)
    crawl(output)
    check_output(output)
    assert len(outcome(output)[0]) == 7 >= before
    assert len(outcome(output)[1]) == 1


def on_file_limit(output: str, limit: int) -> None:
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    print(fails(Path(output)))
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    comes_back(Path(output))


@pytest.mark.parametrize("limit", [100, 5000, 90_000, 120_000])
def test_a_file_size_limit_stops_the_run_and_loses_nothing(tmp_path: Path, limit: int) -> None:
    done = in_a_process(f"t.on_file_limit({str(tmp_path)!r}, {limit})")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("\n") == 1
    assert "file-size limit" in done.stdout
    assert str(tmp_path) in done.stdout


def on_small_disk(output: str, size: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", output], check=True)
    print(fails(Path(output)))
    subprocess.run(["mount", "-o", "remount,size=50m", output], check=True)
    comes_back(Path(output))


def on_read_only_disk(output: str) -> None:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=50m", "none", output], check=True)
    run = Run.open(Path(output), "wire", settings=SETTINGS, clock=Clock())
    run.discover([candidate(0), candidate(1)])
    run.write(candidate(0)[0], article(0), (page(0),))
    run.commit()
    run.write(candidate(1)[0], article(1), (page(1),))
    run.abandon()  # a disk with files open for writing cannot be remounted
    subprocess.run(["mount", "-o", "remount,ro", output], check=True)
    print(fails(Path(output)))
    subprocess.run(["mount", "-o", "remount,rw", output], check=True)
    comes_back(Path(output))


needs_mount = pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode != 0,
    reason="this machine allows no mount namespaces to unprivileged processes",
)


@needs_mount
@pytest.mark.parametrize("size", ["8k", "120k", "160k", "200k"])
def test_a_full_disk_stops_the_run_and_loses_nothing(tmp_path: Path, size: str) -> None:
    done = in_a_process(f"t.on_small_disk({str(tmp_path)!r}, {size!r})", "unshare", "-Urm")
    assert done.returncode == 0, done.stderr
    assert "disk is full" in done.stdout or "cannot be written (disk full" in done.stdout
    assert done.stdout.count("\n") == 1


@needs_mount
def test_a_read_only_disk_stops_the_run_and_loses_nothing(tmp_path: Path) -> None:
    done = in_a_process(f"t.on_read_only_disk({str(tmp_path)!r})", "unshare", "-Urm")
    assert done.returncode == 0, done.stderr
    assert "read-only" in done.stdout
    assert done.stdout.count("\n") == 1


def test_after_any_error_in_a_commit_nothing_is_built_on_half_a_group(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Run.open(tmp_path, "wire", settings=SETTINGS, clock=Clock())
    for number in range(3):
        run.write(candidate(number)[0], article(number), (page(number),))
    run.commit()
    run.write(candidate(3)[0], article(3), (page(3),))
    monkeypatch.setattr(run.ledger, "commit", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run.commit()
    monkeypatch.undo()
    with pytest.raises(ZeroDivisionError):
        run.write(candidate(4)[0], article(4), (page(4),))
    run.close(1, "failed")
    check_output(tmp_path)
    assert len(sealed(tmp_path)) == 3


# Ledgers that are gone


def spoil_garbage(ledger: Path) -> None:
    ledger.write_bytes(b"not a database at all, but long enough to be looked at" * 50)


def spoil_truncated(ledger: Path) -> None:
    os.truncate(ledger, ledger.stat().st_size // 2)


def spoil_middle(ledger: Path) -> None:
    content = bytearray(ledger.read_bytes())
    for at in range(4096, len(content), 4096):
        content[at : at + 60] = b"\xff" * 60
    ledger.write_bytes(content)


def spoil_empty(ledger: Path) -> None:
    os.truncate(ledger, 0)


def spoil_missing(ledger: Path) -> None:
    ledger.unlink()


def spoil_newer(ledger: Path) -> None:
    with sqlite3.connect(ledger) as db:
        db.execute("PRAGMA user_version = 7")
    db.close()


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (spoil_garbage, "not a database"),
        (spoil_truncated, "malformed"),
        (spoil_middle, "damaged"),
        (spoil_empty, "is empty, but there are 2 runs"),
        (spoil_missing, "is missing, but there are 2 runs"),
        (spoil_newer, "schema 7, written by a newer newscrawl"),
    ],
)
def test_a_damaged_ledger_is_refused_and_can_be_rebuilt(
    tmp_path: Path, spoil: Callable[[Path], None], says: str
) -> None:
    half_done(tmp_path)
    crawl(tmp_path)
    expected = outcome(tmp_path)
    spoil(tmp_path / "wire" / "ledger.sqlite3")
    with pytest.raises(LedgerError) as refused:
        Run.open(tmp_path, "wire", clock=Clock())
    assert says in str(refused.value)
    assert "scrapy crawl wire -a rebuild=1" in str(refused.value)
    assert "\n" not in str(refused.value)

    run = Run.open(tmp_path, "wire", settings=SETTINGS, clock=Clock(), rebuild=True)
    assert "2 runs: 7 records, 1 reject lines" in str(run.rebuilt)
    run.close(0, "finished")
    crawl(tmp_path)
    check_output(tmp_path)
    assert outcome(tmp_path) == expected


def test_a_rebuild_takes_over_what_was_not_sealed(tmp_path: Path) -> None:
    folder = half_done(tmp_path)
    with (folder / "articles-00001.jsonl.part").open("ab") as file:
        file.write(b'{"id": "torn')
    spoil_garbage(tmp_path / "wire" / "ledger.sqlite3")
    run = Run.open(tmp_path, "wire", settings=SETTINGS, clock=Clock(), rebuild=True)
    assert run.rebuilt and run.rebuilt.records == 4 and run.rebuilt.kept and run.rebuilt.kept.exists()
    run.close(0, "finished")
    crawl(tmp_path)
    check_output(tmp_path)
    assert (len(outcome(tmp_path)[0]), len(outcome(tmp_path)[1])) == (7, 1)


def test_a_rebuilt_ledger_knows_revisions_keys_and_looks(tmp_path: Path) -> None:
    clock = Clock()
    run = Run.open(tmp_path, "wire", clock=clock)
    moved = "https://wire.example/moved-from"
    run.write(moved, article(1), (page(1),))
    run.close(0, "finished")
    clock.forward(hours=2)
    run = Run.open(tmp_path, "wire", clock=clock)
    run.write(moved, article(1, "It was on time."), (page(1, "on time"),))
    run.reject("https://wire.example/wall", rejection(9, "bot_wall"), (page(9),))
    run.close(0, "finished")

    run = Run.open(tmp_path, "wire", clock=clock, rebuild=True)
    known = run.ledger.known(article(1).id)
    assert known and (known.key, known.revision) == (moved, 2)
    assert run.ledger.row("https://wire.example/wall")
    assert run.due(10) == []
    clock.forward(hours=4)
    assert {each.key for each in run.due(10)} == {moved, "https://wire.example/wall"}
    assert run.write(moved, article(1, "It was on time."), (page(1),)) == "unchanged"
    run.close(0, "finished")
