"""scrapy reclean: archived pages through today's extraction, byte for byte the same while the code is the same."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from stored import Clock, candidate, check_output, key, page
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl.extraction.article import extract_page
from newscrawl.items import Article, Hints, Rejection
from newscrawl.outcomes import refusal
from newscrawl.sites import Site
from newscrawl.storage.archive import Fetched
from newscrawl.storage.batches import read_articles, read_lines
from newscrawl.storage.run import Run, RunSettings
from newscrawl.storage.schema import problems

PROJECT = Path(__file__).parents[1]
SITE = Site(name="wire")
MOMENT = "2026-11-24T12:00:00+00:00"


def reclean(output: Path, *args: str | Path, project: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    """The command, as a user runs it."""
    return subprocess.run(
        [sys.executable, "-m", "scrapy", "reclean", *args, "-s", f"NEWSCRAWL_OUTPUT={output}"],
        cwd=project,
        env=os.environ | {"PYTHONPATH": str(project)},
        capture_output=True,
        text=True,
        timeout=120,
    )


def html(number: int, more: str = "", dated: bool = True) -> str:
    """An invented story, as a page."""
    when = '<meta property="article:published_time" content="2026-11-24T09:00:00+00:00">' if dated else ""
    paragraphs = "".join(
        f"<p>The night ferry to Skerry {number} left pier {step} late on Monday because the harbour master could not "
        f"find the key to gate {step + number}, and the crew of the tug had gone ashore for soup and bread.</p>"
        for step in range(1, 6)
    )
    return (
        f"<html lang=en><head><title>Ferry {number} waits for a key</title>{when}</head><body>"
        f"<article><h1>Ferry {number} waits for a key</h1>{paragraphs}{more}</article></body></html>"
    )


def fetched(number: int, text: str, **more: Any) -> Fetched:
    return page(number, fetched_at=MOMENT, body=text.encode(), **more)


def extracted(told: Fetched, hints: Hints | None = None) -> Article | Rejection:
    return extract_page(
        told.body,
        url=told.url,
        encoding=told.encoding,
        site=SITE,
        fetched_at=datetime.fromisoformat(told.fetched_at),
        hints=hints or Hints(),
        http_status=told.status,
    ).result


def put(run: Run, number: int, told: Fetched, hints: Hints | None = None) -> str:
    """What the crawl does with a page."""
    result = refusal(told) or extracted(told, hints)
    if isinstance(result, Article):
        return run.write(key(number), result, (told,))
    return run.reject(key(number), result, (told,))


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An output folder with two runs: stories, a story that only its feed dates, rejections of every sort, a second
    look that found nothing new and one that found a change."""
    output, clock = tmp_path_factory.mktemp("crawled"), Clock()
    run = Run.open(output, "wire", settings=RunSettings(batch_records=8), clock=clock)
    for number in range(12):
        put(run, number, fetched(number, html(number)))
        run.commit()
    run.discover([candidate(20, published_at="2026-11-23T08:00:00+00:00", title="Ferry 20 waits for a key")])
    assert put(run, 20, fetched(20, html(20, dated=False)), run.due(99)[-1].hints) == "new"
    assert put(run, 21, fetched(21, "<html><body>Gone</body></html>", status=404)) == "rejected"
    assert put(run, 22, fetched(22, "%PDF-1.7 x", headers=(("Content-Type", "application/pdf"),))) == "rejected"
    assert put(run, 23, fetched(23, "<html><body></body></html>")) == "rejected"
    assert run.write(key(24), replace_id(extracted(fetched(1, html(1)))), (fetched(24, html(1)),)) == "duplicate"
    run.close(0, "finished")
    clock.forward(hours=2)
    run = Run.open(output, "wire", clock=clock)
    assert put(run, 0, fetched(0, html(0) + "<!-- built 14:00 -->")) == "unchanged"
    assert put(run, 1, fetched(1, html(1, "<p>The key was found in the soup, they said.</p>"))) == "revised"
    run.close(0, "finished")
    check_output(output)
    return output


def replace_id(result: Article | Rejection) -> Article:
    assert isinstance(result, Article)
    return replace(result, url=key(24))


def runs(output: Path) -> list[Path]:
    return sorted(output.glob("wire/runs/*"))


def fingerprint(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def copy(crawled: Path, tmp_path: Path) -> Path:
    """The output folder, to be written to."""
    shutil.copytree(crawled, tmp_path / "output")
    return tmp_path / "output"


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def test_the_same_code_gives_the_same_files(copy: Path) -> None:
    before = fingerprint(copy / "wire" / "runs")
    done = reclean(copy, copy / "wire")
    assert done.returncode == 0, done.stderr
    assert fingerprint(copy / "wire" / "runs") == before, "old batches stay as they are"
    base = only(copy, "wire/reclean/*")
    lines = 0
    for run in runs(copy):
        for old in run.glob("*.jsonl"):
            assert (base / run.name / old.name).read_bytes() == old.read_bytes()
            lines += len(old.read_bytes().splitlines())
        assert {each.name for each in (base / run.name).iterdir()} == {each.name for each in run.glob("*.jsonl")}
    told = json.loads((base / "diff.json").read_bytes())
    assert (told["compared"], told["same"], told["fields"], told["turns"]) == (lines, lines, {}, {})
    assert told["passed_over"] == {"looked at again, the story had not changed": 1}
    assert f"Of {lines} old lines {lines} came out the same" in done.stdout
    assert str(base / "diff.html") in done.stdout
    records = list(read_articles(base))
    assert records == list(read_articles(copy / "wire"))
    assert len(records) == 14
    assert "2026-11-23T08:00:00+00:00" in {each.published_at for each in records}, "what a feed said is kept"


def test_a_changed_rule_shows_up_in_the_diff(copy: Path, tmp_path: Path) -> None:
    project = tmp_path / "project"
    shutil.copytree(PROJECT / "newscrawl", project / "newscrawl", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(PROJECT / "scrapy.cfg", project)
    with (project / "newscrawl/extraction/chrome/lines.toml").open("a") as rules:
        rules.write("\n[[line]]\nname = \"soup\"\nlongest = 200\nmatch = ['The key was found in the soup.*$']\n")
    done = reclean(copy, runs(copy)[1], project=project)
    assert done.returncode == 0, done.stderr
    assert "Changed: body in 1" in done.stdout
    base = only(copy, "wire/reclean/*")
    told = json.loads((base / "diff.json").read_bytes())
    assert set(told["fields"]) <= {"body", "word_count", "content_hash", "confidence", "provenance"}
    (example,) = told["fields"]["body"]["examples"]
    assert example["url"] == key(1)
    assert "found in the soup" in example["old"] and "found in the soup" not in example["new"]
    shown = (base / "diff.html").read_text("utf-8")
    assert "The key was found in the soup" in shown.partition("<del>")[2].partition("</del>")[0]
    (record,) = read_articles(base)
    assert record.revision == 2


def other_body(line: bytes, number: int) -> bytes:
    """A record as another version would have written it."""
    record = json.loads(line)
    record["body"] = (
        record["body"].replace("soup", "cake") + f"\n\nShare this story {number} times<img src=x onerror=y>"
    )
    return json.dumps(record, ensure_ascii=False).encode() + b"\n"


def told_by_another_version(copy: Path) -> Path:
    """The first run, whose records have other bodies, and one of which the old version rejected."""
    run = runs(copy)[0]
    batch = run / "articles-00001.jsonl"
    lines = batch.read_bytes().splitlines()
    first = json.loads(lines[0])
    old = {"url": first["url"], "reason": "listing", "detail": None, "http_status": 200, "fetched_at": MOMENT}
    (run / "rejected-00001.jsonl").write_bytes(json.dumps({**old, "archive": first["archive"]}).encode() + b"\n")
    batch.write_bytes(b"".join(other_body(line, number) for number, line in enumerate(lines[1:])))
    return run


def test_every_example_has_a_page_that_shows_both(copy: Path) -> None:
    run = told_by_another_version(copy)
    done = reclean(copy, "--examples", "3", run / "pages-00001.warc.gz")
    assert done.returncode == 0, done.stderr
    base = only(copy, "wire/reclean/*")
    told = json.loads((base / "diff.json").read_bytes())
    assert told["fields"]["body"]["changed"] == 7
    examples = told["fields"]["body"]["examples"]
    assert len(examples) == 3
    (turned,) = told["turns"]["rejected: listing -> record"]["examples"]
    pages = {each["page"] for each in (*examples, turned)}
    assert {f"diff/{path.name}" for path in (base / "diff").iterdir()} == pages
    assert len(pages) == 4, "a page for each record, whatever changed in it"
    report = (base / "diff.html").read_text("utf-8")
    assert all(f'href="{page}"' in report for page in pages)
    shown = (base / examples[0]["page"]).read_text("utf-8")
    assert "<del>cake</del>" in shown and "<ins>soup</ins>" in shown
    assert "Share this story 0 times&lt;img src=x onerror=y&gt;" in shown and "<img" not in shown
    assert 'href="../diff.html"' in shown and "srcdoc=" in shown
    assert "rejected: listing → record" in (base / turned["page"]).read_text("utf-8")


def test_no_examples(copy: Path) -> None:
    done = reclean(copy, "--examples", "0", told_by_another_version(copy))
    assert done.returncode == 0, done.stderr
    base = only(copy, "wire/reclean/*")
    assert not (base / "diff").exists()
    assert json.loads((base / "diff.json").read_bytes())["fields"]["body"] == {"changed": 7, "examples": []}
    assert reclean(copy, "--examples", "few", copy).returncode == 2


def test_damaged_records_are_passed_over_counted_and_named(copy: Path) -> None:
    archive = runs(copy)[0] / "pages-00001.warc.gz"
    content = bytearray(archive.read_bytes())
    at = content.index(b"\x1f\x8b\x08", len(content) // 2) + 30
    content[at : at + 20] = bytes(20)
    archive.write_bytes(content)
    done = reclean(copy, archive)
    assert done.returncode == 0, done.stderr
    assert "Damaged records: 1; the first: " + str(archive) in done.stdout
    told = json.loads(only(copy, "wire/reclean/*/diff.json").read_bytes())
    assert told["same"] == told["compared"] >= 6
    assert len(told["damaged"]) == 1


def other_archive(path: Path) -> None:
    """A file as Common Crawl's news crawl writes it: pages of many sites, and what is no page."""
    pages: list[tuple[str, str, str, str]] = [
        ("https://paper.example/a", "200 OK", "text/html", html(1)),
        ("https://paper.example/a", "200 OK", "text/html", html(1)),
        ("https://paper.example/a", "200 OK", "text/html; charset=utf-8", html(1, "<p>Soup was served to all.</p>")),
        ("https://english.news.cn/20261124/293485b2527a41408c106a9c5eb21920/c.html", "200 OK", "text/html", html(2)),
        ("https://paper.example/feed", "200 OK", "application/rss+xml", "<rss/>"),
        ("https://paper.example/gone", "404 Not Found", "text/html", html(3)),
        ("https://paper.example/short", "200 OK", "text/html", "<html><body></body></html>"),
    ]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for url, status, media, text in pages:
            http = StatusAndHeaders(status, [("Content-Type", media)], protocol="HTTP/1.1")
            about = {"WARC-Date": "2022-01-21T10:00:00Z"}
            told = {"http_headers": http, "warc_headers_dict": about, "payload": BytesIO(text.encode())}
            writer.write_record(writer.create_warc_record(url, "response", **told))


def test_other_crawlers_archives(tmp_path: Path) -> None:
    other_archive(tmp_path / "CC-NEWS-20220121-00017.warc.gz")
    output = tmp_path / "output"
    done = reclean(output, tmp_path / "CC-NEWS-20220121-00017.warc.gz")
    assert done.returncode == 0, done.stderr
    base = only(output, "reclean/*")
    records = list(read_articles(base))
    assert [(each.url, each.revision, each.site) for each in records] == [
        ("https://paper.example/a", 1, None),
        ("https://paper.example/a", 2, None),
        ("https://english.news.cn/20261124/293485b2527a41408c106a9c5eb21920/c.html", 1, "xinhua"),
    ]
    assert {each.fetched_at for each in records} == {"2022-01-21T10:00:00+00:00"}
    assert records[0].archive and records[0].archive.file == "CC-NEWS-20220121-00017.warc.gz"
    folder = base / "CC-NEWS-20220121-00017"
    assert not [each for _, line in read_lines(folder / "articles-00001.jsonl") for each in problems(line)]
    ((_, rejected),) = read_lines(folder / "rejected-00001.jsonl")
    assert rejected["url"] == "https://paper.example/short"
    told = json.loads((base / "diff.json").read_bytes())
    assert told["compared"] == 0
    assert sum(told["passed_over"].values()) == 3
    assert "no old records to compare with" in (base / "diff.html").read_text("utf-8")


def test_a_profile_of_ones_own(copy: Path, tmp_path: Path) -> None:
    profile = tmp_path / "wire.toml"
    profile.write_text('name = "wire"\npublisher = "The Wire"\ndomains = ["wire.example"]\n')
    done = reclean(copy, "--profile", profile, runs(copy)[1])
    assert done.returncode == 0, done.stderr
    assert "publisher in 1" in done.stdout


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("nowhere.warc.gz", "no such file or folder"),
        ("empty", "holds no WARC files"),
        ("text.warc.gz", "is no WARC file"),
    ],
)
def test_what_cannot_be_read_is_named_in_a_line(tmp_path: Path, name: str, says: str) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.warc.gz").write_text("plain text")
    done = reclean(tmp_path / "output", tmp_path / name)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"reclean: {tmp_path / name}: {says}")


def test_a_story_in_parts_is_joined_as_it_was(tmp_path: Path) -> None:
    parts = pytest.importorskip("newscrawl.extraction.parts")
    told = [fetched(1, html(number), url=f"{key(1)}_{number}") for number in (1, 2)]
    first, second = (extracted(each) for each in told)
    assert isinstance(first, Article) and isinstance(second, Article)
    run = Run.open(tmp_path, "wire", clock=Clock())
    run.write(key(1), parts.join_parts(first, [second]), told)
    run.close(0, "finished")
    assert reclean(tmp_path, run.folder).returncode == 0
    base = only(tmp_path, "wire/reclean/*")
    assert (base / run.name / "articles-00001.jsonl").read_bytes() == (run.folder / "articles-00001.jsonl").read_bytes()
