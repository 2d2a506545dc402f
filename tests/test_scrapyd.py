"""The project in an egg, on a real scrapyd: deployed, scheduled and run through its HTTP API."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import ROOT, SETTINGS, Crawls

from newscrawl.sample_site import SampleSite

pytest.importorskip("scrapyd")


@pytest.fixture
def egg(tmp_path: Path) -> Path:
    """The egg, built by the lines of docs/scheduling.md."""
    build = "import setuptools; setuptools.setup()"
    folders = ["-d", str(tmp_path / "dist"), "-b", str(tmp_path / "build")]
    command = [sys.executable, "-c", build, "-q", "bdist_egg", *folders]
    base = ["egg_info", "-e", str(tmp_path), "build", "-b", str(tmp_path / "lib")]
    done = subprocess.run([*command[:4], *base, *command[4:]], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return next((tmp_path / "dist").glob("newscrawl-*.egg"))


@pytest.fixture
def scrapyd(tmp_path: Path) -> Iterator[str]:
    """A scrapyd on loopback, in a folder of its own that knows nothing of this checkout; gives its address."""
    home = tmp_path / "scrapyd"
    home.mkdir()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    given = (ROOT / "deploy" / "scrapyd.conf").read_text(encoding="utf-8")
    (home / "scrapyd.conf").write_text(given.replace("http_port = 6800", f"http_port = {port}"))
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with (home / "scrapyd.log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "scrapyd"], cwd=home, env=environment, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/daemonstatus.json"), (home / "scrapyd.log"))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return bool(json.load(answer)["status"] == "ok")
    except OSError:
        return False


def wait_for(condition, log: Path, seconds: float = 90) -> None:  # type: ignore[no-untyped-def]
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, log.read_text()[-3000:]
        time.sleep(0.2)


def post(url: str, fields: list[tuple[str, str]]) -> dict[str, object]:
    with urllib.request.urlopen(url, urllib.parse.urlencode(fields).encode(), timeout=60) as answer:
        return dict(json.load(answer))


def upload(url: str, egg: Path) -> dict[str, object]:
    """addversion.json takes a form with a file."""
    mark = "----------------------------newscrawl"
    body = b""
    for name, value in (("project", "newscrawl"), ("version", "1")):
        body += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    body += f'--{mark}\r\nContent-Disposition: form-data; name="egg"; filename="newscrawl.egg"\r\n\r\n'.encode()
    body += egg.read_bytes() + f"\r\n--{mark}--\r\n".encode()
    request = urllib.request.Request(url, body, {"Content-Type": f"multipart/form-data; boundary={mark}"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return dict(json.load(answer))


def test_xinhua_is_deployed_scheduled_and_run(crawls: Crawls, egg: Path, scrapyd: str, tmp_path: Path) -> None:
    added = upload(f"{scrapyd}/addversion.json", egg)
    assert added["status"] == "ok", added
    with urllib.request.urlopen(f"{scrapyd}/listspiders.json?project=newscrawl", timeout=60) as answer:
        assert {"xinhua", "xinhua_zh", "chinaorg", "news"} <= set(json.load(answer)["spiders"])
    with SampleSite(process=True) as site:
        crawls.add_profile(site, "xinhua")
        settings = {**SETTINGS, "NEWSCRAWL_OUTPUT": crawls.output, "NEWSCRAWL_SITES": crawls.folder / "sites"}
        fields = [("project", "newscrawl"), ("spider", "xinhua"), ("limit", "12")]
        scheduled = post(f"{scrapyd}/schedule.json", [*fields, *(("setting", f"{k}={v}") for k, v in settings.items())])
        assert scheduled["status"] == "ok", scheduled
        log = tmp_path / "scrapyd" / "scrapyd.log"
        wait_for(lambda: list(crawls.output.glob("xinhua/runs/*/manifest.json")), log)
    manifest = crawls.manifest("xinhua")
    assert manifest["exit_status"] == 0
    assert len(crawls.records("xinhua")) + len(crawls.rejects("xinhua")) == 12
    assert {each["name"] for each in manifest["files"]} >= {"articles-00001.jsonl", "pages-00001.warc.gz"}
