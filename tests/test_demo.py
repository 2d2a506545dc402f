"""`scrapy demo` in a bare copy of the project: every story as its truth says, every page accounted for."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas
import pytest
from crawling import ROOT
from warcio.checker import Checker

import newscrawl
from newscrawl.sample_site.compare import differences
from newscrawl.storage.schema import problems


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    """A copy of the project in which the demo ran; its folder and what it printed."""
    copy = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT / "newscrawl", copy / "newscrawl", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "scrapy.cfg", copy)
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        [sys.executable, "-m", "scrapy", "demo"], cwd=copy, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    yield copy / "output" / "demo", done.stdout + done.stderr


def lines(folder: Path, kind: str) -> list[dict[str, Any]]:
    paths = sorted(folder.glob(f"runs/*/{kind}-*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def manifest(folder: Path) -> tuple[Path, dict[str, Any]]:
    path = next(folder.glob("runs/*/manifest.json"))
    return path.parent, json.loads(path.read_text(encoding="utf-8"))


def test_every_record_and_every_reject_is_what_the_truth_says(demo: tuple[Path, str]) -> None:
    records, rejects = lines(demo[0], "articles"), lines(demo[0], "rejected")
    base = "/".join(records[0]["url"].split("/")[:3])
    assert differences(records, rejects, base) == []


def test_it_says_how_many_and_why_and_where(demo: tuple[Path, str]) -> None:
    folder, said = demo
    records, rejects = lines(folder, "articles"), lines(folder, "rejected")
    assert f"{len(records)} articles written" in said
    assert f"{len(rejects)} pages rejected" in said
    assert all(line["reason"] in said for line in rejects)
    assert "articles-00001.jsonl" in said.replace("\n", "")


def test_every_record_is_valid(demo: tuple[Path, str]) -> None:
    for record in lines(demo[0], "articles"):
        assert list(problems(record)) == []


def test_the_manifest_adds_up(demo: tuple[Path, str]) -> None:
    run, said = manifest(demo[0])
    counts = said["counts"]
    assert counts["new"] == len(lines(demo[0], "articles"))
    assert counts["rejected"] == len(lines(demo[0], "rejected")) == sum(said["rejects"].values())
    assert counts["discovered"] == counts["new"] + counts["rejected"] + counts["failed"]
    for file in said["files"]:
        content = (run / file["name"]).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (file["bytes"], file["sha256"])


def test_the_archive_holds_every_page(demo: tuple[Path, str]) -> None:
    run, _ = manifest(demo[0])
    inputs = [str(path) for path in run.glob("*.warc.gz")]
    assert Checker(type("Command", (), {"inputs": inputs, "verbose": False})()).process_all() == 0


def test_pandas_and_duckdb_read_the_files_as_they_are(demo: tuple[Path, str]) -> None:
    run, said = manifest(demo[0])
    table = pandas.read_json(run / "articles-00001.jsonl", lines=True)
    assert len(table) == said["counts"]["new"]
    assert table["headline"].notna().all()
    found = duckdb.sql(f"select headline, dateline.city, len(body) from '{run}/articles-*.jsonl'").fetchall()
    assert len(found) == said["counts"]["new"]
    assert {row[1] for row in found} >= {"Geneva", "Nairobi"}


def test_our_own_reader_reads_them_too(demo: tuple[Path, str]) -> None:
    records = lines(demo[0], "articles")
    assert [article.headline for article in newscrawl.read_articles(demo[0])] == [each["headline"] for each in records]


def test_the_report_is_beside_the_manifest(demo: tuple[Path, str]) -> None:
    run, _ = manifest(demo[0])
    assert "<html" in (run / "report.html").read_text(encoding="utf-8")
