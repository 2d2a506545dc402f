"""The end of a run, however it came: files cut to what the ledger knows, sealed, and a manifest.

A clean stop, a full disk and the next start after a kill all go through here, so the path that must work after a kill
is walked by every run. Each step may be cut short and done again: what is sealed stays, what is cut is cut.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from newscrawl.storage import files, manifest
from newscrawl.storage.batches import read_lines
from newscrawl.storage.errors import LedgerError, explained, rebuild_hint
from newscrawl.storage.ledger import Ledger
from newscrawl.storage.ledger_rows import FileState
from newscrawl.storage.warc_blocks import whole_members

#: Keys of a manifest that the crawler counts as outcomes come in. Where a group was lost, the disk knows better.
_COUNTED = frozenset({"fields", "body_words", "low_confidence", "languages", "chrome"})


@dataclass(frozen=True, slots=True)
class Recovered:
    """An earlier run that was brought to its end.

    cut: bytes that the ledger did not know; lost: records that the disk lost although it had said they were safe
    (their URLs are due again).
    """

    run: str
    records: int
    cut: int
    lost: int

    def __str__(self) -> str:
        words = f"run {self.run} was killed: sealed its {self.records} records and reject lines"
        words += f", cut {self.cut} unfinished bytes" if self.cut else ""
        return words + (f"; {self.lost} records were lost by the disk and are fetched again" if self.lost else "")


def check(site_folder: Path, ledger_path: Path) -> None:
    """Raises LedgerError when there are runs but no ledger: a new one would fetch and write everything again."""
    if ledger_path.exists() and ledger_path.stat().st_size:
        return
    runs = [each.name for each in run_folders(site_folder) if any(each.glob("articles-*")) or any(each.glob("rej*"))]
    if runs:
        state = "is empty" if ledger_path.exists() else "is missing"
        raise LedgerError(
            f"{ledger_path}: the ledger {state}, but there are {len(runs)} runs ({runs[0]} to {runs[-1]}); "
            f"{rebuild_hint(site_folder.name)}"
        )


def run_folders(site_folder: Path) -> list[Path]:
    """A site's run folders, oldest first."""
    return sorted(each for each in site_folder.glob("runs/*/") if each.is_dir())


@dataclass(frozen=True, slots=True)
class End:
    """How a run ends. tally None: counted from its sealed batches; stats: see manifest.build."""

    now: int
    exit_status: int | None
    finish_reason: str
    tally: manifest.Tally | None = None
    stats: Mapping[str, Any] = field(default_factory=dict)


def recover(ledger: Ledger, site_folder: Path, now: int) -> list[Recovered]:
    """Brings every unfinished run to its end. Raises StorageError."""
    found = []
    for run in ledger.unfinished():
        folder = site_folder / "runs" / run.run
        if not folder.is_dir() and not ledger.files(run.run):
            ledger.forget_run(run.run)
            continue
        with explained(folder):
            files.make_folder(folder)
            cut, lost = seal(ledger, folder, now)
            finish(ledger, folder, End(now, None, "killed"))
        records = sum(each.records for each in ledger.files(run.run) if each.name.endswith(".jsonl"))
        found.append(Recovered(run.run, records, cut, lost))
    return found


def seal(ledger: Ledger, folder: Path, now: int) -> tuple[int, int]:
    """Seals a run's .part files at the length that the ledger knows; gives bytes cut and records lost.

    A file that is shorter than the ledger says counts as far as it is whole, and what it lost is made due before the
    ledger hears of the new length: else a kill in between would hide the loss.
    """
    run, cut, lost = folder.name, 0, 0
    told = [each for each in ledger.files(run) if each.sha256 is None]
    found = [_cut_to_known(folder, each) for each in told]
    if any(has.bytes < said.bytes for said, (has, _) in zip(told, found, strict=True)):
        lost = ledger.lose(run, _ids(folder), now)
    for state, over in found:
        cut += over
        if state.bytes and (folder / (state.name + files.PART)).exists():
            files.publish(folder, state.name)
        sha256 = files.sha256_of(folder / state.name) if state.bytes else ""
        ledger.commit(run, files=[replace(state, sha256=sha256)])
    for stray in folder.glob("*" + files.PART):
        cut += stray.stat().st_size
        stray.unlink()
    return cut, lost


def finish(ledger: Ledger, folder: Path, end: End) -> None:
    """Writes the manifest of a sealed run, unless it is there, and closes the run in the ledger. Raises OSError."""
    run = next(each for each in ledger.unfinished() if each.run == folder.name)
    if not (folder / manifest.NAME).exists():
        data = manifest.build(
            site=folder.parent.parent.name,
            run=run,
            finished_at=end.now,
            exit_status=end.exit_status,
            finish_reason=end.finish_reason,
            left=ledger.left(end.now),
            tally=end.tally or recount(folder),
            files=[each for each in ledger.files(run.run) if each.sha256],
            stats=end.stats if end.tally else {key: end.stats[key] for key in end.stats if key not in _COUNTED},
        )
        manifest.write_manifest(folder, data)
    ledger.finish_run(run.run, end.now, end.exit_status, end.finish_reason)


def recount(folder: Path) -> manifest.Tally:
    """The tally of a run, from its sealed batches."""
    tally = manifest.Tally()
    for path in sorted(folder.glob("articles-*.jsonl")):
        for _, record in read_lines(path):
            tally.article(record)
    for path in sorted(folder.glob("rejected-*.jsonl")):
        for _, record in read_lines(path):
            tally.reject(record)
    return tally


def _cut_to_known(folder: Path, state: FileState) -> tuple[FileState, int]:
    """How much of a file there is that the ledger knows, what is beyond it cut; and how many bytes that were."""
    part = folder / (state.name + files.PART)
    path = part if part.exists() else folder / state.name
    if not path.exists():
        return FileState(state.name, 0, 0), 0
    over = files.cut(path, state.bytes)
    if over >= 0:
        return state, over
    if state.name.endswith(".warc.gz"):
        length, records = whole_members(path)
    else:
        data = path.read_bytes()
        length = data.rfind(b"\n") + 1
        records = data.count(b"\n", 0, length)
    files.cut(path, length)
    return FileState(state.name, length, records), 0


def _ids(folder: Path) -> set[str]:
    """The articles that a run's batches hold, sealed or not."""
    return {record["id"] for path in folder.glob("articles-*") for _, record in read_lines(path)}
