"""Progress and logs: what a terminal shows, what a log keeps, and that neither can be forged."""

from __future__ import annotations

import io
import json
import logging
import os
import pty
import re
import select
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from crawling import ROOT, Crawls
from report_runs import HOSTILE, real_runs
from rich.console import Console
from scrapy.settings import Settings

from newscrawl.report.logs import JsonFormatter, PlainFormatter, install
from newscrawl.report.monitors import ACTIONS, load_action, part_of
from newscrawl.report.progress import Pace, Progress, Status, left, line, table
from newscrawl.report.stats import Snapshot
from newscrawl.sample_site import SampleSite, profile_text

STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u202a-\u202e\u2066-\u2069]")


def status(seconds: float = 60, fetched: int = 30, **more: object) -> Status:
    counts = Snapshot(discovered=50, requests=40, fetched=fetched, new=20, revised=2, unchanged=3, rejected=4, failed=0)
    return Status(**{"site": "courier", "seconds": seconds, "counts": counts, **more})  # type: ignore[arg-type]


def shown(moment: Status, rate: float = 2.0) -> str:
    console = Console(file=io.StringIO(), width=100)
    console.print(table(moment, rate))
    return console.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_pages_per_second_are_those_of_the_last_half_minute() -> None:
    pace = Pace()
    assert pace.add(status(0, 0)) == 0
    assert pace.add(status(10, 20)) == 2
    for second in range(11, 60):
        rate = pace.add(status(second, 20))
    assert rate == 0, "what went on a minute ago is forgotten"


@pytest.mark.parametrize(
    ("moment", "rate", "seconds"),
    [
        (status(queue=100), 2.0, 50),
        (status(queue=100, limit=32), 2.0, 5),
        (status(queue=100, limit=10), 2.0, 0),
        (status(queue=0), 2.0, None),
        (status(queue=100), 0.0, None),
    ],
)
def test_the_time_left_is_told_where_it_is_known(moment: Status, rate: float, seconds: float | None) -> None:
    assert left(moment, rate) == seconds


def test_the_display_tells_everything() -> None:
    text = shown(status(queue=12, delays={"courier.example": 1.5, "b.example": 0.5}))
    assert "courier  30 pages fetched, 2.0/s, 1 min 0 s, about 6.0 s left" in text
    assert "20 new  2 revised  3 unchanged  4 rejected  0 failed  12 waiting" in text
    assert "courier.example every 1.5 s  b.example every 0.5 s" in text


def test_hosts_and_names_are_no_markup() -> None:
    moment = status(site=f"[red]{HOSTILE}", delays={"\x1b[2Jevil[bold].example": 2.0})
    assert "[red]<script>" in shown(moment)
    assert "evil[bold].example" in shown(moment)
    assert not STEERING.search(shown(moment).replace("\n", ""))
    assert not STEERING.search(line(moment, 1.0))
    assert "\n" not in line(moment, 1.0)


@pytest.mark.parametrize(
    ("mode", "interval", "text"),
    [("auto", 30.0, "courier: 30 pages fetched"), ("plain", 30.0, "courier: 30 pages fetched"), ("off", None, "")],
)
def test_without_a_terminal_there_are_lines(mode: str, interval: float | None, text: str) -> None:
    stream = io.StringIO()
    progress = Progress(mode, stream)
    assert progress.interval == interval
    progress.update(status())
    progress.close()
    assert stream.getvalue().startswith(text)
    assert stream.getvalue().count("\n") == bool(text)


def test_lines_among_json_logs_are_json() -> None:
    stream = io.StringIO()
    Progress("plain", stream, JsonFormatter()).update(status())
    assert json.loads(stream.getvalue())["message"].startswith("courier: 30 pages fetched")


def test_an_unknown_mode_is_an_error() -> None:
    with pytest.raises(ValueError, match="NEWSCRAWL_PROGRESS: expected one of auto, plain, off, got 'loud'"):
        Progress("loud")


def on_a_terminal(command: list[str]) -> str:
    """What a command prints on a terminal of its own."""
    master, slave = pty.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "COLUMNS": "100"}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=slave, stderr=slave, stdin=slave) as process:
        os.close(slave)
        heard = bytearray()
        while select.select([master], [], [], 60)[0]:
            try:
                data = os.read(master, 65536)
            except OSError:  # the other side is closed
                break
            if not data:
                break
            heard += data
        process.wait(timeout=30)
    os.close(master)
    return heard.decode("utf-8", "replace")


def test_logs_stand_above_the_live_display() -> None:
    code = """
import logging, time
from newscrawl.report.progress import Progress, Status
from newscrawl.report.stats import Snapshot
logging.basicConfig(format="%(message)s")
progress = Progress()
for n in range(3):
    progress.update(Status("courier", n, Snapshot(1, 1, n, n, 0, 0, 0, 0)))
    logging.warning("log line %d", n)
progress.close()
logging.warning("after")
"""
    text = on_a_terminal([sys.executable, "-c", code])
    assert "\x1b[" in text, "a live display"
    for n in range(3):
        assert re.search(rf"log line {n}\s*\r\n", text), "whole lines, not drawn over"
    assert text.rstrip().endswith("after")


def test_a_crawl_shows_its_progress_on_a_terminal(crawls: Crawls, sample_site: SampleSite) -> None:
    sample_site.control(delay=0.05)
    text = on_a_terminal(crawls.command("crawl", "demo", "-a", "limit=20"))
    assert re.search(r"demo\S*\s+(\x1b\S*)*\s*\d+ pages fetched", text), text[-2000:]
    assert "waiting" in text
    assert "127.0.0.1" in text


def test_a_crawl_in_the_background_prints_no_escape_codes() -> None:
    for said in real_runs().said:
        assert "\x1b" not in said


# Logs


def record(message: str, **more: object) -> logging.LogRecord:
    given = {"name": "newscrawl", "levelname": "WARNING", "levelno": 30, "msg": message, "args": (), **more}
    return logging.makeLogRecord(given)


def test_a_message_cannot_forge_a_line() -> None:
    text = PlainFormatter("%(levelname)s %(message)s").format(record(f"got\nERROR forged\r{HOSTILE}"))
    assert [each for each in text.split("\n") if each.startswith("ERROR")] == []
    assert not STEERING.search(text.replace("\n", ""))


def test_json_logs_are_one_object_a_line() -> None:
    try:
        raise ValueError(HOSTILE)
    except ValueError:
        text = JsonFormatter().format(
            record(HOSTILE, exc_info=sys.exc_info(), spider=object(), url="https://a.example/")
        )
    entry = json.loads(text)
    assert "\n" not in text
    assert text.isascii()
    assert (entry["message"], entry["level"], entry["url"]) == (HOSTILE, "WARNING", "https://a.example/")
    assert "ValueError" in entry["exception"]


@pytest.fixture
def root_handlers() -> Iterator[None]:
    handlers, level = logging.root.handlers[:], logging.root.level
    yield
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.mark.usefixtures("root_handlers")
def test_installing_twice_leaves_one_handler(tmp_path: Path) -> None:
    before = len(logging.root.handlers)
    settings = Settings({"LOG_FILE": str(tmp_path / "log"), "NEWSCRAWL_LOG_JSON": True, "LOG_LEVEL": "WARNING"})
    install(settings)
    install(settings)
    assert len(logging.root.handlers) == before + 1
    assert settings.getbool("LOG_INSTALL_ROOT_HANDLER") is False
    logging.getLogger("newscrawl.test").warning("a %s", "line")
    logging.getLogger("newscrawl.test").info("not at this level")
    assert [json.loads(each)["message"] for each in (tmp_path / "log").read_text().splitlines()] == ["a line"]


# Notifications


class Mailbox(socketserver.ThreadingTCPServer):
    """An SMTP server that takes what it is sent (RFC 5321, as much of it as a sender of one message needs)."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), MailSession)
        self.messages: list[str] = []


class MailSession(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        self.wfile.write(b"220 box\r\n")
        while command := self.rfile.readline():
            verb = command[:4].upper()
            if verb == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                message = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.messages.append(message.decode())  # type: ignore[attr-defined]
            elif verb == b"EHLO":
                self.wfile.write(b"250-box\r\n250 AUTH LOGIN\r\n")
                continue
            elif verb == b"AUTH":
                for challenge in (b"VXNlcm5hbWU6", b"UGFzc3dvcmQ6"):
                    self.wfile.write(b"334 " + challenge + b"\r\n")
                    self.rfile.readline()
            self.wfile.write({b"QUIT": b"221 bye\r\n", b"AUTH": b"235 yes\r\n"}.get(verb, b"250 ok\r\n"))
            if verb == b"QUIT":
                return


def test_an_alarm_is_mailed(tmp_path: Path) -> None:
    """A redesign, the user's settings for e-mail, a real crawl, a real SMTP conversation."""
    pytest.importorskip("premailer", reason="Spidermon's e-mail action needs premailer")
    crawls = Crawls(tmp_path)
    with SampleSite(process=True, redesign="script") as site, Mailbox() as box:
        threading.Thread(target=box.serve_forever, daemon=True).start()
        floor = "\n[health]\nno_body = 0.2\n"  # a third of the stories are in the look that was redesigned
        crawls.add_profile_text(profile_text(site.base_url, "demo") + floor, "demo")
        crawls.run(
            "crawl",
            "demo",
            status=3,
            NEWSCRAWL_NOTIFY="email",
            SPIDERMON_EMAIL_SENDER="crawl@courier.example",
            SPIDERMON_EMAIL_TO="desk@courier.example",
            SPIDERMON_SMTP_HOST="127.0.0.1",
            SPIDERMON_SMTP_PORT=box.server_address[1],
            SPIDERMON_SMTP_USER="crawl",
            SPIDERMON_SMTP_PASSWORD="secret",
            NEWSCRAWL_REPORT=False,
        )
        deadline = time.monotonic() + 10
        while not box.messages and time.monotonic() < deadline:
            time.sleep(0.05)
        box.shutdown()
    assert len(box.messages) == 1
    line = crawls.manifest()["health"]["problems"][0]["message"]
    assert line.split(" since ")[0] in box.messages[0].replace("=\r\n", "")


def test_actions_by_short_name_or_path() -> None:
    assert load_action("spidermon.core.actions.DummyAction").__name__ == "DummyAction"
    with pytest.raises(ValueError, match="NEWSCRAWL_NOTIFY: pigeon cannot be loaded"):
        load_action("pigeon")
    with pytest.raises(ValueError, match="NEWSCRAWL_NOTIFY: newscrawl.report.monitors.part_of is no action class"):
        load_action("newscrawl.report.monitors.part_of")
    for name, path in ACTIONS.items():
        try:
            assert load_action(name).__name__ == path.rpartition(".")[2]
        except ValueError as error:
            assert "pip install" in str(error)


@pytest.mark.parametrize(
    ("field", "part"),
    [
        ("rejects.consent_wall", "rejects"),
        ("body", "bodies"),
        ("body_words", "bodies"),
        ("discovered", "discovery"),
        ("written", "discovery"),
        ("failed", "fetching"),
        ("dateline", "fields"),
    ],
)
def test_every_problem_has_its_monitor(field: str, part: str) -> None:
    assert part_of(field) == part
