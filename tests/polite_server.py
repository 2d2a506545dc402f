"""A web server on loopback that plays every case of politeness: each address of 127.0.0.0/8 is a host of its own."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PAGE = b"<html><head><title>A page</title></head><body><p>Text of a page.</p></body></html>"


@dataclass(frozen=True)
class Answer:
    """One answer. cut: bytes of the body after which the connection is closed; status 0 closes it at once."""

    status: int = 200
    body: bytes = PAGE
    headers: Sequence[tuple[str, str]] = ()
    cut: int | None = None


@dataclass(frozen=True)
class Seen:
    """One request as it came in; at is on the monotonic clock, seconds."""

    path: str
    at: float
    agent: str


@dataclass
class Host:
    """answers: path -> what is answered, one after the other, the last again and again; other paths give a page."""

    address: str
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    seen: list[Seen] = field(default_factory=list)
    slow: float = 0
    port: int = 0
    under_way: int = 0
    together: bool = False

    def url(self, path: str) -> str:
        return f"http://{self.address}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [seen.path for seen in self.seen]

    @property
    def gaps(self) -> list[float]:
        times = [seen.at for seen in self.seen]
        return [b - a for a, b in zip(times, times[1:], strict=False)]

    def after(self, path: str) -> float:
        """Seconds from the first request for path to the next request of any kind."""
        at = self.paths.index(path)
        return self.seen[at + 1].at - self.seen[at].at


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    host: Host
    counts: dict[str, int]

    def do_GET(self) -> None:
        host = self.host
        host.seen.append(Seen(self.path, time.monotonic(), self.headers.get("User-Agent", "")))
        host.under_way += 1
        host.together = host.together or host.under_way > 1
        time.sleep(host.slow)
        host.under_way -= 1  # before the answer: the next request may come as soon as it is out
        answers = self.host.answers.get(self.path) or [Answer(404 if self.path == "/robots.txt" else 200)]
        at = self.counts[self.path]
        self.counts[self.path] += 1
        answer = answers[min(at, len(answers) - 1)]
        if answer.status == 0:
            self.close_connection = True
            return
        names = {name.lower() for name, _ in answer.headers}
        self.send_response_only(answer.status)
        if "date" not in names:
            self.send_header("Date", self.date_time_string())
        for name, value in answer.headers:
            self.send_header(name, value)
        if "content-type" not in names:
            self.send_header("Content-Type", "text/html; charset=utf-8")
        if "content-length" not in names:
            self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self._send(answer)

    def _send(self, answer: Answer) -> None:
        self.close_connection = answer.cut is not None or self.close_connection
        try:
            self.wfile.write(answer.body[: answer.cut])
        except OSError:
            self.close_connection = True

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def serving(hosts: dict[str, Host]) -> Iterator[dict[str, Host]]:
    """The hosts, answering until the block ends."""
    servers = []
    for host in hosts.values():
        handler = type("Handler", (_Handler,), {"host": host, "counts": defaultdict(int)})
        server = ThreadingHTTPServer((host.address, 0), handler)
        server.daemon_threads = True
        host.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        servers.append(server)
    try:
        yield hosts
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
