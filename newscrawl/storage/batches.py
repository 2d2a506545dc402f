"""Batches: records as JSON lines. A file without .part at its end is whole and never changes.

Lines end in \\n and only there: JSON escapes every other control character, and U+2028 and kin are no line ends here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from newscrawl.items import Article, Rejection, article_from_dict, to_dict
from newscrawl.storage.errors import BatchError
from newscrawl.storage.files import PART

ARTICLES, REJECTED, PAGES = "articles-{:05d}.jsonl", "rejected-{:05d}.jsonl", "pages-{:05d}.warc.gz"


def to_line(item: Article | Rejection) -> bytes:
    """A record as one line. A half surrogate pair, which UTF-8 cannot hold, becomes "?"."""
    return json.dumps(to_dict(item), ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def read_articles(path: Path | str) -> Iterator[Article]:
    """The records of a batch, a run, a re-extraction, a site or the whole output folder; only sealed files are read.

    Order: sites by name, their runs by start, batches by number, so a later revision follows its earlier ones.
    Raises BatchError: at once when there is no such path, while reading when a line is no record (names file, line).
    """
    return (read for file in article_files(Path(path)) for read in _articles(file))


def article_files(path: Path) -> list[Path]:
    """The sealed article batches at or under path, in reading order. Raises BatchError when there is no such path."""
    if path.is_file():
        if path.name.endswith(PART):
            raise BatchError(f"{path}: is still being written; it can be read when its run has sealed it")
        return [path]
    if not path.is_dir():
        raise BatchError(f"{path}: no such file or folder")
    found = (path.glob(f"{above}articles-*.jsonl") for above in ("", "*/", "runs/*/", "*/runs/*/"))
    return next((sorted(files) for files in map(list, found) if files), [])


def read_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a JSONL file with their line numbers, from 1. Raises BatchError that names file and line."""
    try:
        with path.open("rb") as file:
            for number, line in enumerate(file, 1):
                yield number, _parsed(line, path, number)
    except OSError as error:
        raise BatchError(f"{path}: {error.strerror}") from error


def _parsed(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BatchError(f"{path}, line {number}: is no JSON: {error}") from None
    if not isinstance(data, dict):
        raise BatchError(f"{path}, line {number}: is no record but {type(data).__name__}")
    return data


def _articles(path: Path) -> Iterator[Article]:
    for number, data in read_lines(path):
        try:
            yield article_from_dict(data)
        except KeyError as error:
            raise BatchError(f"{path}, line {number}: is no article: has no {error.args[0]!r}") from None
        except (TypeError, AttributeError) as error:
            raise BatchError(f"{path}, line {number}: is no article: {error}") from None
