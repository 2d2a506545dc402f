"""Page tests as folders: tests/cases/<site>/<case>/ holds page.html or page.txt, meta.json (url, fetched_at) and
expected.json: the record, or the rejection, key by key. The pages are invented.

A new case: write page and meta.json, run `python tests/test_cases.py tests/cases/<site>/<case>`, and read what it
writes to expected.json with care before it is kept.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from newscrawl.extraction.article import extract, extract_text
from newscrawl.items import Rejection, to_dict
from newscrawl.storage.schema import problems

CASES = Path(__file__).parent / "cases"
#: What is derived from the rest, or says how a field was found and not what it is.
LEFT_OUT = ("id", "revision", "content_hash", "confidence", "provenance", "archive", "extractor", "http_status", "site")


def result(folder: Path) -> dict[str, Any]:
    """What extraction makes of a case today."""
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8"))
    about = {"url": meta["url"], "fetched_at": datetime.fromisoformat(meta["fetched_at"])}
    if (folder / "page.txt").exists():
        found = extract_text((folder / "page.txt").read_text(encoding="utf-8"), **about)
    else:
        found = extract((folder / "page.html").read_bytes(), **about)
    if not isinstance(found, Rejection):
        assert list(problems(to_dict(found))) == []
    return {key: value for key, value in to_dict(found).items() if key not in LEFT_OUT}


def folders() -> list[Path]:
    return sorted(path.parent for path in CASES.glob("*/*/meta.json"))


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: f"{folder.parent.name}/{folder.name}")
def test_case(folder: Path) -> None:
    assert result(folder) == json.loads((folder / "expected.json").read_text(encoding="utf-8"))


def test_there_are_cases_of_pages_and_of_dumps() -> None:
    pages = [path for folder in folders() for path in folder.glob("page.*")]
    assert {path.suffix for path in pages} == {".html", ".txt"}
    assert len(pages) == len(folders()) >= 12


if __name__ == "__main__":
    for name in sys.argv[1:]:
        text = json.dumps(result(Path(name)), ensure_ascii=False, indent=1)
        (Path(name) / "expected.json").write_text(f"{text}\n", encoding="utf-8")
