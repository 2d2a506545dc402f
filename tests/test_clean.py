"""`scrapy clean`: the record of one page on standard output, or one line that says what is wrong."""

from __future__ import annotations

import json
import socket
import subprocess
from pathlib import Path

import pytest
from crawling import ROOT, Crawls

from newscrawl.sample_site import SampleSite
from newscrawl.sample_site.truth import expected

SEED = ROOT.parent / "shared" / "seed"

PAGE = """<!doctype html><html lang="en"><head><title>Harbour seals return to the old quay - The Quay</title></head>
<body><article><h1>Harbour seals return to the old quay</h1><p class="share">Share on Facebook</p>
<p>LERWICK, Nov. 3 (Quay News) -- Eleven harbour seals came back to the old quay on Tuesday, a year after the last
of them had left it, and lay down on the slipway as if nothing had happened.</p>
<p>The harbour master said that the boats would have to wait. "They were here first," she told the fishermen, who had
come to paint their keels and stood about with brushes in their hands.</p>
<p>Wardens have counted seals in the sound since 1974. This year they found 340, a third more than five years ago, and
put it down to sand eels and to a winter without storms.</p></article></body></html>"""


def test_a_file(crawls: Crawls, tmp_path: Path) -> None:
    (tmp_path / "page.html").write_text(PAGE)
    record = json.loads(crawls.run("clean", str(tmp_path / "page.html"))[1])
    assert record["headline"] == "Harbour seals return to the old quay"
    assert record["dateline"]["raw"] == "LERWICK, Nov. 3 (Quay News) --"
    assert record["body"].startswith("Eleven harbour seals") and record["body"].endswith("without storms.")


def test_standard_input(crawls: Crawls) -> None:
    done = subprocess.run(crawls.command("clean", "-"), cwd=ROOT, input=PAGE.encode(), capture_output=True, check=True)
    assert json.loads(done.stdout)["headline"] == "Harbour seals return to the old quay"


def test_a_url(crawls: Crawls, sample_site: SampleSite) -> None:
    url, truth = next((u, e) for u, e in expected(sample_site.base_url).items() if "/wire/" in u and e.record)
    record = json.loads(crawls.run("clean", url)[1])
    assert record["headline"] == truth.record["headline"]
    assert record["url"] == url and record["http_status"] == 200


@pytest.mark.skipif(not SEED.exists(), reason="the seed example is not here")
def test_the_seed_dump_gives_its_record(crawls: Crawls) -> None:
    dump = next(SEED.glob("*.txt"))
    record = json.loads(crawls.run("clean", "--text", str(dump))[1])
    wanted = json.loads((SEED / "expected.json").read_text(encoding="utf-8"))
    dateline = wanted.pop("dateline")
    assert {key: record["dateline"][key] for key in dateline} == dateline
    assert {key: record[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "not_html"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "not_html"),
        (b"<html><body><nav>Home</nav></body></html>", ""),
    ],
)
def test_what_gives_no_record_is_told_in_one_line(crawls: Crawls, tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "page.html"
    path.write_bytes(content)
    _, out, err = crawls.run("clean", str(path), status=3)
    assert out == ""
    assert len(err.strip().splitlines()) == 1 and said in err


def test_a_file_that_is_not_there(crawls: Crawls, tmp_path: Path) -> None:
    _, _, err = crawls.run("clean", str(tmp_path / "none.html"), status=1)
    assert err.strip() == f"clean: {tmp_path}/none.html: cannot be read: No such file or directory"


def test_a_host_that_does_not_answer(crawls: Crawls) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        _, _, err = crawls.run("clean", f"http://127.0.0.1:{closed.getsockname()[1]}/", status=1, RETRY_TIMES=0)
    assert len(err.strip().splitlines()) == 1 and "Traceback" not in err


def test_a_page_that_is_gone(crawls: Crawls, sample_site: SampleSite) -> None:
    _, _, err = crawls.run("clean", f"{sample_site.base_url}/wire/nothing-here", status=3)
    assert "not_found" in err and len(err.strip().splitlines()) == 1
