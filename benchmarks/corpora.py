"""Pages with known answers, in the layouts in which they are handed out; which one a folder has, its files tell.

pages      a folder html/ with <id>.html.gz and a folder ground-truth/ with <id>.json: {"url", "ground_truth": {"title",
           "main_content", "publish_date", "authors" or "author", "deck"}}. One half (dev, test) of
           Murrough-Foley/web-content-extraction-benchmark; pages of another type than article, which it has too
           ("_internal": {"page_type": {"primary"}}), are left out unless asked for.
one file   ground-truth.json: {id: {"articleBody", "url"}} beside html/<id>.html.gz:
           scrapinghub/article-extraction-benchmark. The second has been laid out so as well, with "title", "author"
           and "publish_date" in each entry.
fundus     ground_truth.json: {id: {"url", "body": [paragraphs], "crawl_date"}} beside html/, here or in dataset/;
           an id may carry its file's ending. Paragraphs in square brackets may stand in the text and need not.
           dobbersc/fundus-evaluation.

A folder with several such folders in it is several sets.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.scoring import Answer

_ENDING = ".html.gz"


@dataclass(frozen=True, slots=True)
class Known:
    """A page with its answer; its HTML is read when asked for. url: None where it is not told."""

    id: str
    url: str | None
    file: Path
    answer: Answer

    def html(self) -> bytes:
        """The page as it was fetched."""
        return gzip.decompress(self.file.read_bytes())


@dataclass(frozen=True, slots=True)
class Corpus:
    """A set of pages, in the order of their ids. lost: answers whose page is not there."""

    name: str
    pages: tuple[Known, ...]
    lost: int = 0


def find_corpora(folder: Path, every_type: bool = False) -> list[Corpus]:
    """The sets in a folder. every_type: also pages that a set says are no articles.

    Raises ValueError, with what was looked for, where there is none.
    """
    here = _corpus(folder, every_type)
    found = [here] if here else [each for sub in _folders(folder) if (each := _corpus(sub, every_type))]
    if not found:
        raise ValueError(
            f"{folder}: no ground-truth/*.json, ground-truth.json or ground_truth.json with html/ beside it, "
            "here or one folder down"
        )
    return found


def _folders(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.is_dir()) if folder.is_dir() else []


def _corpus(folder: Path, every_type: bool) -> Corpus | None:
    if (folder / "ground-truth").is_dir():
        return _read(folder, _page_files(folder / "ground-truth"), _page_answer, every_type)
    for name, answer in (("ground-truth.json", _entry_answer), ("ground_truth.json", _fundus_answer)):
        if (folder / name).is_file():
            entries = json.loads((folder / name).read_text(encoding="utf-8"))
            return _read(folder, iter(sorted(entries.items())), answer, every_type)
    return None


def _page_files(folder: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in sorted(folder.glob("*.json")):
        yield path.stem, json.loads(path.read_text(encoding="utf-8"))


def _read(
    folder: Path,
    entries: Iterator[tuple[str, dict[str, Any]]],
    answer: Callable[[dict[str, Any]], Answer],
    every_type: bool,
) -> Corpus:
    pages: list[Known] = []
    lost = 0
    for name, entry in entries:
        file = folder / "html" / f"{name.removesuffix(_ENDING)}{_ENDING}"
        if not (every_type or _page_type(entry) == "article"):
            continue
        if file.is_file():
            pages.append(Known(name.removesuffix(_ENDING), entry.get("url") or None, file, answer(entry)))
        else:
            lost += 1
    return Corpus(_name(folder), tuple(pages), lost)


def _name(folder: Path) -> str:
    """A set's name: its folder's, with the folder's above where it is but a part of it."""
    folder = folder.resolve()
    return f"{folder.parent.name}/{folder.name}" if folder.name in ("dev", "test", "dataset") else folder.name


def _page_type(entry: dict[str, Any]) -> str:
    said = (entry.get("_internal") or {}).get("page_type") or "article"
    return str(said.get("primary") or "article") if isinstance(said, dict) else str(said)


def _page_answer(entry: dict[str, Any]) -> Answer:
    return _answer(entry["ground_truth"], "main_content")


def _entry_answer(entry: dict[str, Any]) -> Answer:
    return _answer(entry, "articleBody")


def _answer(said: dict[str, Any], text: str) -> Answer:
    return Answer(
        text=said.get(text) or "",
        headline=said.get("title") or None,
        deck=_several(said.get("deck")),
        published=said.get("publish_date") or None,
        authors=_several(said.get("authors") or said.get("author")),
    )


def _fundus_answer(entry: dict[str, Any]) -> Answer:
    paragraphs = [each.strip() for each in entry["body"]]
    optional = [each for each in paragraphs if each.startswith("[") and each.endswith("]")]
    text = "\n\n".join(each for each in paragraphs if each and each not in optional)
    return Answer(text, optional=tuple(each[1:-1] for each in optional))


def _several(said: str | list[str] | None) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) and said else tuple(each for each in said or () if each)
