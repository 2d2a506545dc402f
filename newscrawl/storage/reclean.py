"""What re-extraction reads and writes: archives, the lines that were made from them, new batches, what differs.

    output/<site>/reclean/<UTC start>/<run>/articles-00001.jsonl    from output/<site>/runs/<run>/pages-00001.warc.gz
    output/reclean/<UTC start>/<archive's name>/articles-00001.jsonl     from an archive of somebody else's
    …/reclean/<UTC start>/diff.json, diff.html, diff/<page>.html

A batch has the number of its archive, so a run that is extracted by the same code again gives the same files.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from newscrawl.items import Article, Rejection
from newscrawl.storage import files
from newscrawl.storage.batches import ARTICLES, REJECTED, read_lines, to_line
from newscrawl.storage.errors import ArchiveError
from newscrawl.storage.warc import Damage

Line = Mapping[str, Any]

#: Examples that are kept of each kind of change.
EXAMPLES = 20

#: Of whom it is said rather than what: a line that differs in nothing else is the same.
_APART = frozenset({"extractor"})
_NUMBER = re.compile(r"pages-(\d+)\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Archive:
    """A WARC file to be extracted again: where it is, where its new batches go, which site's run it is of."""

    path: Path
    folder: Path
    site: str | None

    @property
    def number(self) -> int:
        """The number of its batch."""
        found = _NUMBER.fullmatch(self.path.name)
        return int(found[1]) if found else 1

    def lines(self) -> dict[str, Line]:
        """The old records and reject lines that were made from it, by the record id of their page."""
        if self.site is None:
            return {}
        names = (self.path.with_name(each.format(self.number)) for each in (ARTICLES, REJECTED))
        found = (line for name in names if name.exists() for _, line in read_lines(name))
        return {line["archive"]["record_id"]: line for line in found if line.get("archive")}


def find_archives(paths: Sequence[Path], output: Path, start: str) -> dict[Path, list[Archive]]:
    """The archives at and under paths, by the folder that their results go to. Raises ArchiveError when there is none.

    output: where results from archives of somebody else's go; start: the name of this re-extraction.
    """
    found: dict[Path, list[Archive]] = {}
    for path in sorted({each.resolve() for given in paths for each in _warcs(given)}):
        run = path.parent
        ours = run.parent.name == "runs"
        base = (run.parents[1] if ours else output) / "reclean" / start
        name = run.name if ours else re.sub(r"(\.warc)?(\.gz)?$", "", path.name)
        found.setdefault(base, []).append(Archive(path, base / name, run.parents[1].name if ours else None))
    return found


def _warcs(path: Path) -> list[Path]:
    if path.is_dir():
        inside = [each for kind in ("*.warc.gz", "*.warc") for each in path.rglob(kind)]
        if not inside:
            raise ArchiveError(f"{path}: holds no WARC files (*.warc.gz, *.warc)")
        return inside
    if not path.exists():
        raise ArchiveError(f"{path}: no such file or folder")
    return [path]


class Batches:
    """The new batches of one archive: written as .part, sealed by seal(). Raises OSError."""

    def __init__(self, archive: Archive) -> None:
        self._folder, self._number = archive.folder, archive.number
        self._open: dict[str, files.PartFile] = {}

    def write(self, item: Article | Rejection) -> None:
        """Adds a line."""
        name = (ARTICLES if isinstance(item, Article) else REJECTED).format(self._number)
        if name not in self._open:
            files.make_folder(self._folder)
            self._open[name] = files.PartFile(self._folder, name)
        self._open[name].append(to_line(item), 1)

    def seal(self) -> None:
        """Makes them whole."""
        for name, file in self._open.items():
            file.sync()
            file.close()
            files.publish(self._folder, name)
        self._open.clear()


@dataclass(slots=True)
class Difference:
    """What differs between old and new lines. Grows with the kinds of change, not with the lines.

    fields: how many records changed in each; changes: examples by field, turns: lines that became something else
    ("record -> rejected: listing"), passed: captures that gave no line, by reason; extractors: of the old records;
    most: examples that are kept of each kind.
    """

    most: int = EXAMPLES
    pages: int = 0
    compared: int = 0
    same: int = 0
    records: int = 0
    rejected: int = 0
    fields: Counter[str] = field(default_factory=Counter)
    changes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    turns: Counter[str] = field(default_factory=Counter)
    turned: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    passed: Counter[str] = field(default_factory=Counter)
    extractors: Counter[str] = field(default_factory=Counter)
    damaged: list[str] = field(default_factory=list)

    def add(self, old: Line | None, new: Line) -> list[dict[str, Any]]:
        """Takes in a page's new line, with the old one where there is one. Gives the examples that it was kept as;
        their "page", the address of the page that shows both, is for the caller to fill in."""
        self.records += "body" in new
        self.rejected += "body" not in new
        if old is None:
            return []
        self.compared += 1
        self.extractors.update(filter(None, [old.get("extractor")]))
        before, after = kind_of(old), kind_of(new)
        if before != after:
            turn = f"{before} -> {after}"
            self.turns[turn] += 1
            about = {
                "url": new.get("url"),
                "headline": old.get("headline") or new.get("headline"),
                "detail": new.get("detail") or old.get("detail"),
            }
            return list(self._keep(self.turned, turn, about))
        changed = [key for key in new if key not in _APART and old.get(key) != new[key]]
        self.same += not changed
        self.fields.update(changed)
        kept: list[dict[str, Any]] = []
        for key in changed:
            about = {"id": new.get("id"), "url": new.get("url"), "old": old.get(key), "new": new[key]}
            kept += self._keep(self.changes, key, about)
        return kept

    def _keep(self, examples: dict[str, list[dict[str, Any]]], kind: str, about: Line) -> Iterator[dict[str, Any]]:
        kept = examples.setdefault(kind, [])
        if len(kept) < self.most:
            kept.append({**about, "page": None})
            yield kept[-1]

    def damage(self, damage: Damage) -> None:
        """Notes a record that could not be read."""
        self.damaged.append(str(damage))

    def as_dict(self, extractor: str) -> dict[str, Any]:
        """The content of diff.json. extractor: today's."""
        return {
            "schema": 1,
            "extractor": {"old": dict(self.extractors), "new": extractor},
            "pages": self.pages,
            "records": self.records,
            "rejected": self.rejected,
            "compared": self.compared,
            "same": self.same,
            "fields": {
                key: {"changed": count, "examples": self.changes[key]} for key, count in self.fields.most_common()
            },
            "turns": {
                turn: {"count": count, "examples": self.turned[turn]} for turn, count in self.turns.most_common()
            },
            "passed_over": dict(self.passed),
            "damaged": self.damaged,
        }


def kind_of(line: Line) -> str:
    """What a page became, in words: a record, or rejected and why."""
    return "record" if "body" in line else f"rejected: {line.get('reason')}"
