"""Batches: lines that survive anything a page may hold, files that are whole, reading that says where it failed."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pandas
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stored import Clock, article, check_output, crawl, key, page, rejection

import newscrawl
from newscrawl.items import Article, Candidate, article_from_dict
from newscrawl.storage.batches import to_line
from newscrawl.storage.errors import BatchError
from newscrawl.storage.run import Run, RunSettings

ODD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=60)


@given(body=ODD, headline=st.none() | ODD)
def test_a_record_comes_back_from_its_line(body: str, headline: str | None) -> None:
    record = article(1, body=body, headline=headline)
    line = to_line(record)
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    assert article_from_dict(json.loads(line)) == record


@pytest.mark.parametrize("text", ["half \ud83d pair", "\udc80", "line\u2028separator\u2029and\x85next\x00null\r\n"])
def test_what_utf8_or_a_line_cannot_hold_does_not_tear_a_file(tmp_path: Path, text: str) -> None:
    run = Run.open(tmp_path, "wire")
    run.write(key(1), article(1, body=text))
    run.write(key(2), article(2))
    run.close(0, "finished")
    first, second = newscrawl.read_articles(tmp_path)
    assert first.body == text.encode("utf-8", "replace").decode()
    assert second == article(2)


def stored(tmp_path: Path) -> list[Article]:
    """Two sites; on one of them story 1 is revised in a second run."""
    clock = Clock()
    for text in ("first", "second"):
        run = Run.open(tmp_path, "wire", clock=clock, settings=RunSettings(batch_records=2))
        run.write(key(1), article(1, text))
        if text == "first":
            for number in (2, 3, 4):
                run.write(key(number), article(number))
                run.commit()
        run.close(0, "finished")
        clock.forward(hours=2)
    run = Run.open(tmp_path, "alpha", clock=clock)
    run.write("https://alpha.example/9", article(9, site="alpha"))
    run.close(0, "finished")
    return list(newscrawl.read_articles(tmp_path))


def test_reading_a_batch_a_run_a_site_and_everything(tmp_path: Path) -> None:
    everything = stored(tmp_path)
    told = [(each.headline[-1], each.revision) for each in everything if each.headline]
    assert told == [("9", 1), ("1", 1), ("2", 1), ("3", 1), ("4", 1), ("1", 2)]
    first, second = sorted(tmp_path.glob("wire/runs/*"))
    assert list(newscrawl.read_articles(str(tmp_path / "wire"))) == everything[1:]
    assert list(newscrawl.read_articles(first)) == everything[1:5]
    assert list(newscrawl.read_articles(second / "articles-00001.jsonl")) == everything[5:]
    assert [path.name for path in sorted(first.glob("a*"))] == ["articles-00001.jsonl", "articles-00002.jsonl"]


def test_a_run_with_nothing_new_reads_as_nothing(tmp_path: Path) -> None:
    run = Run.open(tmp_path, "wire")
    run.close(0, "finished")
    assert list(newscrawl.read_articles(tmp_path)) == list(newscrawl.read_articles(run.folder)) == []
    assert [path.name for path in run.folder.iterdir()] == ["manifest.json"]


def test_readers_never_see_half_a_batch(tmp_path: Path) -> None:
    run = Run.open(tmp_path, "wire", settings=RunSettings(batch_records=3))
    seen = []
    for number in range(8):
        run.write(key(number), article(number), (page(number),))
        run.commit()
        seen.append(len(list(newscrawl.read_articles(tmp_path))))
    run.close(0, "finished")
    assert [*seen, len(list(newscrawl.read_articles(tmp_path)))] == [0, 0, 3, 3, 3, 6, 6, 6, 8]


def test_a_batch_is_sealed_by_age(tmp_path: Path) -> None:
    clock = Clock()
    run = Run.open(tmp_path, "wire", settings=RunSettings(batch_seconds=600), clock=clock)
    run.write(key(1), article(1))
    run.commit()
    clock.forward(seconds=599)
    assert not run.wants_commit
    clock.forward(seconds=1)
    assert run.wants_commit
    run.commit()
    assert len(list(newscrawl.read_articles(tmp_path))) == 1
    run.close(0, "finished")


@pytest.mark.parametrize(
    ("settings", "wants"),
    [
        (RunSettings(commit_records=3), [False, False, True]),
        (RunSettings(commit_bytes=100), [False, True, True]),
        (RunSettings(commit_seconds=2), [False, False, True]),
    ],
)
def test_when_a_group_wants_to_be_committed(tmp_path: Path, settings: RunSettings, wants: list[bool]) -> None:
    clock = Clock()
    run = Run.open(tmp_path, "wire", settings=settings, clock=clock)
    said = []
    for number in range(3):
        run.write(key(number), article(number), (page(number),))
        said.append(run.wants_commit)
        clock.forward(seconds=0.9 + number)
    run.close(0, "finished")
    assert said == wants


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"id": "torn', "line 2: is no JSON"),
        (b"[1, 2]", "line 2: is no record but list"),
        (b'{"id": "x"}', "line 2: is no article: has no 'revision'"),
        (b"\xff\xfe", "line 2: is no JSON"),
        (b"[" * 100_000, "line 2: is no JSON"),
        (to_line(rejection(3)).strip(), "line 2: is no article: has no 'id'"),
        (to_line(article(3)).replace(b'"images": [{', b'"images": [{"odd": 1, ').strip(), "line 2: is no article: "),
        (to_line(article(3)).replace(b'"authors": ["Ada Quill"]', b'"authors": 7').strip(), "line 2: is no article: "),
    ],
)
def test_a_line_that_is_no_record_is_named(tmp_path: Path, line: bytes, says: str) -> None:
    path = tmp_path / "articles-00001.jsonl"
    path.write_bytes(to_line(article(1)) + line + b"\n")
    reading = newscrawl.read_articles(path)
    assert next(reading) == article(1)
    with pytest.raises(BatchError) as wrong:
        list(reading)
    assert str(wrong.value).startswith(f"{path}, {says}")


def test_paths_that_are_no_output_are_refused_at_once(tmp_path: Path) -> None:
    part = tmp_path / "articles-00001.jsonl.part"
    part.touch()
    with pytest.raises(BatchError, match="no such file or folder"):
        newscrawl.read_articles(tmp_path / "nowhere")
    with pytest.raises(BatchError, match="is still being written"):
        newscrawl.read_articles(part)


def test_pandas_and_duckdb_read_the_lines_as_they_are(tmp_path: Path) -> None:
    expected = [each.id for each in stored(tmp_path)]
    files = sorted(tmp_path.glob("*/runs/*/articles-*.jsonl"))
    frame = pandas.concat(pandas.read_json(path, lines=True) for path in files)
    assert list(frame["id"]) == expected
    rows = duckdb.sql(
        f"SELECT id, dateline.place FROM read_json('{tmp_path}/*/runs/*/articles-*.jsonl', filename=true) "
        "ORDER BY filename, revision"
    ).fetchall()
    assert [row[0] for row in rows] == expected
    assert {row[1] for row in rows} == {"PORT NEVE"}


def test_the_manifest_says_what_the_run_did(tmp_path: Path) -> None:
    clock = Clock()
    run = Run.open(tmp_path, "wire", clock=clock)
    run.discover([(key(number), Candidate(key(number), "feed")) for number in range(6)])
    run.source("feed", "https://wire.example/feed.xml", candidates=6, new=6)
    run.write(key(0), article(0, word_count=100))
    run.write(key(1), article(1, word_count=300, confidence=0.2, language=None))
    run.write(key(2), article(2, word_count=200, authors=()))
    run.reject(key(3), rejection(3, "listing"))
    run.reject(key(4), rejection(4, "listing"))
    run.fail(key(5), rejection(5, "unreachable"))
    clock.forward(seconds=12.3)
    run.close(3, "finished", {"counts": {"requests": 9}, "responses": {"200": 5}, "settings": {"ROBOTSTXT_OBEY": True}})
    check_output(tmp_path)
    told = json.loads((run.folder / "manifest.json").read_bytes())
    assert told["counts"] == {
        "discovered": 6, "requests": 9, "fetched": 3, "new": 3, "revised": 0, "unchanged": 0, "rejected": 2,
        "failed": 1, "left": 0,
    }  # fmt: skip
    assert told["rejects"] == {"listing": 2}
    assert told["body_words"] == {"median": 200, "p10": 100, "p90": 300}
    assert told["languages"] == {"en": 2, "und": 1}
    assert (told["low_confidence"], told["fields"]["authors"], told["fields"]["deck"]) == (1, 2, 0)
    assert (told["site"], told["run"], told["exit_status"], told["seconds"]) == ("wire", run.name, 3, 12.3)
    assert (told["started_at"], told["finished_at"]) == ("2026-11-24T12:00:00Z", "2026-11-24T12:00:12Z")
    assert told["sources"] == [
        {"kind": "feed", "url": "https://wire.example/feed.xml", "candidates": 6, "new": 6, "error": None,
         "dead_since": None}
    ]  # fmt: skip
    assert told["responses"] == {"200": 5}
    assert {"newscrawl", "scrapy", "trafilatura", "python"} <= set(told["versions"])


def test_a_crawl_leaves_what_the_layout_says(tmp_path: Path) -> None:
    crawl(tmp_path)
    check_output(tmp_path)
    (run,) = tmp_path.glob("wire/runs/*")
    assert {path.name for path in run.parents[1].iterdir()} == {"ledger.sqlite3", "lock", "runs"}
    assert {path.name for path in run.iterdir()} == {
        "articles-00001.jsonl", "articles-00002.jsonl", "pages-00001.warc.gz", "pages-00002.warc.gz",
        "rejected-00002.jsonl", "manifest.json",
    }  # fmt: skip
