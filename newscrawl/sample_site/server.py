"""The sample site's server: HTTP/1.1 on 127.0.0.1, pages made at start-up, a request log, and faults on purpose."""

from __future__ import annotations

import json
import socket
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from newscrawl.sample_site.faults import Fault, Faults
from newscrawl.sample_site.odd import own_faults
from newscrawl.sample_site.pages import Page
from newscrawl.sample_site.site import build, date_of

REDESIGNS = (None, "markup", "script")
_MISSING = Page("", b"<!DOCTYPE html><title>404</title><h1>404 Not Found</h1><p>There is no such page.</p>", status=404)
_ZIPPED = ("text/", "application/xml", "application/rss+xml", "image/svg+xml")


@dataclass(frozen=True, slots=True)
class Request:
    """A line of the request log. time: seconds since the epoch; path: with its query; headers: names in lower case;
    status: 0 where a fault let the server close without an answer."""

    method: str
    path: str
    status: int
    time: float
    headers: Mapping[str, str]


class State:
    """What the server serves, and what happened: shared by its threads, changed through control()."""

    def __init__(self, base: str, day: int, delay: float, redesign: str | None, faults: Iterable[Any]) -> None:
        self.base, self.delay, self.faults = base, delay, Faults(own_faults())
        self.day, self.redesign = day, redesign
        self.log: list[Request] = []
        self._moved: dict[str, datetime] = {}
        self.pages = build(base, day, redesign)
        self.faults.add(*faults)

    def control(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Does what an order says and returns the state after it. Raises ValueError on a wrong key or value.

        day: 1 to 12; redesign: null, "markup" or "script"; delay: seconds before each answer; faults: a list as for
        parse_fault, on top of the present ones; no_faults, reset_faults, clear_log: true.
        """
        known = {"day", "redesign", "delay", "faults", "no_faults", "reset_faults", "clear_log"}
        if set(order) - known:
            raise ValueError(f"expected keys among {', '.join(sorted(known))}, got {', '.join(map(repr, order))}")
        if order.get("no_faults"):
            self.faults.clear()
        if order.get("reset_faults"):
            self.faults.reset()
        self.faults.add(*order.get("faults", ()))
        self.delay = float(order.get("delay", self.delay))
        if order.get("clear_log"):
            self.log.clear()
        if "day" in order or "redesign" in order:
            self._turn(int(order.get("day", self.day)), order.get("redesign", self.redesign))
        return {"base_url": self.base, "day": self.day, "redesign": self.redesign, "delay": self.delay}

    def _turn(self, day: int, redesign: str | None) -> None:
        """Serves another day. What differs from before has changed just now, and the sitemaps say so."""
        date_of(day)
        if redesign not in REDESIGNS:
            raise ValueError(f"redesign: expected null, markup or script, got {redesign!r}")
        now, before = datetime.now(UTC).replace(microsecond=0), self.pages
        fresh = build(self.base, day, redesign)
        differ = {p for p, page in fresh.items() if page.story and (p not in before or before[p].body != page.body)}
        self._moved |= dict.fromkeys(differ, now)
        self.pages = build(self.base, day, redesign, self._moved)
        self.day, self.redesign = day, redesign


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128
    state: State

    def __init__(self, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.open: set[socket.socket] = set()

    def server_bind(self) -> None:
        """Like HTTPServer's, without the look-up of the host's name, which can take seconds."""
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; anything else is."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)

    def close_all(self) -> None:
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "SampleSite", ""
    server: _Server
    disable_nagle_algorithm = True
    wbufsize = -1  # headers and body leave in one packet; without this each answer waits for the client's ACK
    timeout = 60

    def setup(self) -> None:
        super().setup()
        self.server.open.add(self.connection)

    def finish(self) -> None:
        self.server.open.discard(self.connection)
        super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """The log is kept in memory instead of on stderr."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        state, path = self.server.state, urlsplit(self.path).path
        if path == "/__log":
            return self._json([asdict(each) for each in state.log])
        if state.delay:
            time.sleep(state.delay)
        fault = state.faults.take(path)
        if fault is None:
            return self._page(state.pages.get(path, _MISSING))
        return self._spoil(fault, state.pages.get(path, _MISSING))

    def do_POST(self) -> None:
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), 1_000_000))
        if self.path != "/__control":
            return self._page(_MISSING)
        try:
            # A page in a browser can post to loopback, but not with this content type.
            if self.headers.get_content_type() != "application/json":
                raise ValueError("expected Content-Type: application/json")
            return self._json(self.server.state.control(json.loads(body)))
        except (ValueError, TypeError, AttributeError) as error:
            return self._json({"error": str(error)}, 400)

    def _json(self, data: Any, status: int = 200) -> None:
        body = json.dumps(data).encode()
        self._head(status, {"Content-Type": "application/json", "Content-Length": str(len(body))})
        self.wfile.write(body)

    def _page(self, page: Page, fault: Fault | None = None) -> None:
        headers = {"Content-Type": page.content_type, **page.headers}
        body = page.body
        if page.status == 200 and page.last_modified:
            headers |= {"ETag": page.etag, "Last-Modified": page.last_modified, "Vary": "Accept-Encoding"}
            if self._has(page):
                del headers["Content-Type"]
                return self._answer(304, headers, b"", fault)
        if "gzip" in self.headers.get("Accept-Encoding", "") and page.content_type.startswith(_ZIPPED):
            body, headers["Content-Encoding"] = page.zipped, "gzip"
        headers["Content-Length"] = str(len(body))
        return self._answer(page.status, headers, body, fault)

    def _has(self, page: Page) -> bool:
        """Whether the client has the page as it is (RFC 9110, section 13.2.2: the ETag goes before the date)."""
        tags = self.headers.get("If-None-Match")
        if tags is not None:
            return tags.strip() == "*" or page.etag in {tag.strip().removeprefix("W/") for tag in tags.split(",")}
        since = self.headers.get("If-Modified-Since")
        if since is None or page.modified is None:
            return False
        try:
            return page.modified <= parsedate_to_datetime(since)
        except (ValueError, TypeError):
            return False

    def _answer(self, status: int, headers: dict[str, str], body: bytes, fault: Fault | None) -> None:
        kind = fault.kind if fault else None
        if fault and kind == "length":
            headers["Content-Length"] = str(len(body) + int(fault.value))
        self._note(status)
        self._head(status, headers)
        if self.command == "HEAD":
            return
        if fault and kind == "drip":
            step = max(1, len(body) // 20)
            for start in range(0, len(body), step):
                self.wfile.write(body[start : start + step])
                self.wfile.flush()
                time.sleep(fault.value)
            return
        self.wfile.write(body[: len(body) // 2] if kind == "cut" else body)
        self.close_connection = self.close_connection or kind in {"cut", "length"}

    def _spoil(self, fault: Fault, page: Page) -> None:
        if fault.kind == "slow":
            time.sleep(fault.value)
            return self._page(page)
        if fault.kind in {"hang", "reset"}:
            self._note(0)
            time.sleep(fault.value)
            self.close_connection = True
            return None
        if fault.kind == "status":
            status = int(fault.value)
            text = f"<!DOCTYPE html><title>{status}</title><h1>{status}</h1><p>The server is out of order.</p>"
            headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
            return self._page(Page(page.path, text.encode(), status=status, headers=headers))
        return self._page(page, fault)

    def _head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response_only(status, HTTPStatus(status).phrase if status in set(HTTPStatus) else "")
        self.send_header("Server", self.server_version)
        self.send_header("Date", self.date_time_string())
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _note(self, status: int) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.state.log.append(Request(self.command, self.path, status, time.time(), headers))


def start(port: int, day: int, delay: float, redesign: str | None, faults: Iterable[Any]) -> _Server:
    """A server that is bound and has its pages, but does not serve yet. Raises ValueError on a wrong argument and
    OSError where the port is taken."""
    date_of(day)
    server = _Server(port)
    try:
        server.state = State(f"http://127.0.0.1:{server.server_port}", day, delay, redesign, faults)
    except BaseException:
        server.server_close()
        raise
    return server


def serve_in_thread(server: _Server) -> threading.Thread:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    return thread
