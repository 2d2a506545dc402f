"""SampleSite: the sample site for tests and commands, in a thread of this process or as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.request import ProxyHandler, build_opener
from urllib.request import Request as HttpRequest

from newscrawl.sample_site.server import Request, serve_in_thread, start

_open = build_opener(ProxyHandler({})).open  # loopback never goes through a proxy


class SampleSite:
    """The running sample site; a context manager.

    port: 0 for any free one; day: 1 to 12, a day of the calendar; delay: seconds before each answer; redesign: None,
    "markup" or "script"; faults: see faults.parse_fault; process: serve from a process of its own, so that the
    server does not share this one's interpreter lock. Raises ValueError on a wrong argument, OSError where the port
    is taken.
    """

    def __init__(
        self,
        port: int = 0,
        *,
        day: int = 1,
        delay: float = 0.0,
        redesign: str | None = None,
        faults: Iterable[str | Mapping[str, Any]] = (),
        process: bool = False,
    ) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._server = None if process else start(port, day, delay, redesign, faults)
        if self._server:
            self.base_url = self._server.state.base
            serve_in_thread(self._server)
        else:
            self.base_url = self._spawn(port, day, delay)
            self.control(redesign=redesign, faults=list(faults))

    def _spawn(self, port: int, day: int, delay: float) -> str:
        options = ["--port", port, "--calendar", day, "--delay", delay, "--stop-with-stdin"]
        root = str(Path(__file__).parents[2])  # Scrapy finds a project from its subfolders, too; python -m does not
        self._process = subprocess.Popen(
            [sys.executable, "-m", "newscrawl.sample_site", *map(str, options)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))},
        )
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line.startswith("http://"):
            self.close()
            raise OSError(f"the sample site did not start: {line.strip() or 'see its message on stderr'}")
        return line.strip()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops serving and closes every connection."""
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server.close_all()
        if self._process:
            self._process.terminate()
            self._process.wait(timeout=10)
            for pipe in filter(None, (self._process.stdin, self._process.stdout)):
                pipe.close()

    def control(self, **order: Any) -> dict[str, Any]:
        """Changes what is served: day=, redesign=, delay=, faults=[…], no_faults=True, reset_faults=True,
        clear_log=True. Returns the state after that; raises ValueError on a wrong key or value."""
        if self._server:
            return self._server.state.control(order)
        body, headers = json.dumps(order).encode(), {"Content-Type": "application/json"}
        try:
            with _open(HttpRequest(f"{self.base_url}/__control", body, headers), timeout=30) as answer:
                state: dict[str, Any] = json.load(answer)
        except OSError as error:
            raise ValueError(error.read().decode() if hasattr(error, "read") else str(error)) from None
        return state

    @property
    def requests(self) -> list[Request]:
        """Every request so far, in the order of the answers; those to /__log and /__control are not in it."""
        if self._server:
            return list(self._server.state.log)
        with _open(f"{self.base_url}/__log", timeout=30) as answer:
            return [Request(**each) for each in json.load(answer)]
