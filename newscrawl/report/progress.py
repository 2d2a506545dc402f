"""Progress of a run: a live display where there is a terminal, a line every half minute where there is none.

Both are drawn from one Status, a plain value; who gathers it (an extension) and how it is shown do not know each other.
"""

from __future__ import annotations

import logging
import sys
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from rich.console import Console, RenderableType
from rich.live import Live
from rich.table import Table
from rich.text import Text

from newscrawl.report.html import span
from newscrawl.report.stats import Snapshot
from newscrawl.report.text import plain

#: Seconds between two refreshes of the display, and between two lines.
REFRESH, LINES = 0.5, 30.0
#: Seconds over which pages per second are counted.
_RATE = 30.0
MODES = ("auto", "plain", "off")


@dataclass(frozen=True, slots=True)
class Status:
    """One moment of a run. seconds: since its start; queue: requests waiting; delays: host -> seconds between two
    requests to it; limit: articles after which the run ends, where it was told."""

    site: str
    seconds: float
    counts: Snapshot
    queue: int = 0
    delays: Mapping[str, float] = field(default_factory=dict)
    limit: int | None = None


@dataclass(slots=True)
class Pace:
    """Pages per second over the last half minute, and what that says of the time left."""

    _seen: deque[tuple[float, int]] = field(default_factory=lambda: deque(maxlen=200))

    def add(self, status: Status) -> float:
        """Take in a moment; gives pages per second now."""
        self._seen.append((status.seconds, status.counts.fetched))
        while len(self._seen) > 2 and status.seconds - self._seen[0][0] > _RATE:
            self._seen.popleft()
        (then, before), (now, after) = self._seen[0], self._seen[-1]
        return (after - before) / (now - then) if now > then else 0.0


def left(status: Status, rate: float) -> float | None:
    """Seconds left, where they can be known: until the limit is reached or what waits is fetched. None elsewhere."""
    if rate <= 0:
        return None
    if status.limit is not None:
        done = status.counts.new + status.counts.revised
        return max(0, status.limit - done) / rate
    return status.queue / rate if status.queue else None


def line(status: Status, rate: float) -> str:
    """A moment in one line, for logs.

    >>> line(Status("demo", 61, Snapshot(9, 9, 8, 5, 1, 0, 2, 0), queue=4), 2.0)
    'demo: 8 pages fetched in 1 min 1 s (2.0/s), 5 new, 1 revised, 2 rejected, 4 waiting, about 2.0 s left'
    """
    counts = status.counts
    parts = [f"{status.site}: {counts.fetched:,} pages fetched in {span(status.seconds)} ({rate:.1f}/s)"]
    parts += [f"{number:,} {name}" for name, number in _numbers(counts) if number or name in ("new", "rejected")]
    parts += [f"{status.queue:,} waiting"] if status.queue else []
    seconds = left(status, rate)
    return plain(", ".join(parts + ([f"about {span(seconds)} left"] if seconds else [])))


def table(status: Status, rate: float) -> RenderableType:
    """A moment as the live display shows it. Text only: nothing from a page or profile is read as markup."""
    counts, seconds = status.counts, left(status, rate)
    grid = Table.grid(padding=(0, 2))
    head = Text.assemble(
        (plain(status.site), "bold"),
        f"  {counts.fetched:,} pages fetched, {rate:.1f}/s, {span(status.seconds)}",
        f", about {span(seconds)} left" if seconds else "",
    )
    grid.add_row(head)
    styles = {"new": "green", "revised": "cyan", "rejected": "yellow", "failed": "red"}
    numbers = [Text.assemble((f"{number:,}", styles.get(name, "")), f" {name}") for name, number in _numbers(counts)]
    grid.add_row(Text("  ").join([*numbers, Text(f"{status.queue:,} waiting")]))
    if status.delays:
        slowest = sorted(status.delays.items(), key=lambda item: -item[1])[:4]
        waits = "  ".join(f"{plain(host, 40)} every {delay:.1f} s" for host, delay in slowest)
        grid.add_row(Text(waits, style="dim"))
    return grid


def _numbers(counts: Snapshot) -> Iterable[tuple[str, int]]:
    return [(name, getattr(counts, name)) for name in ("new", "revised", "unchanged", "rejected", "failed")]


class Progress:
    """Shows moments of a run on a stream: update() as often as you like, close() at the end.

    mode: "auto" (a live display on a terminal, else lines), "plain" (lines) or "off"; formatter: of the lines, where
    they go among logs; lines: seconds between two of them. Raises ValueError for an unknown mode.
    """

    def __init__(
        self,
        mode: str = "auto",
        stream: TextIO | None = None,
        formatter: logging.Formatter | None = None,
        lines: float = LINES,
    ) -> None:
        if mode not in MODES:
            raise ValueError(f"NEWSCRAWL_PROGRESS: expected one of {', '.join(MODES)}, got {mode!r}")
        self._stream = stream or sys.stderr
        self._console = Console(file=self._stream, stderr=stream is None)
        self._mode = "live" if mode == "auto" and self._console.is_terminal else mode if mode == "off" else "plain"
        self._live: Live | None = None
        self._handlers: Sequence[logging.StreamHandler[TextIO]] = ()
        self._pace, self._formatter, self._lines = Pace(), formatter, lines

    @property
    def interval(self) -> float | None:
        """Seconds between two updates that are worth while; None where nothing is shown."""
        return {"live": REFRESH, "plain": self._lines, "off": None}[self._mode]

    def update(self, status: Status) -> None:
        """Show a moment."""
        if self._mode == "off":
            return
        rate = self._pace.add(status)
        if self._mode == "plain":
            print(self._formatted(line(status, rate)), file=self._stream, flush=True)
        elif self._live is None:
            self._open(table(status, rate))
        else:
            self._live.update(table(status, rate), refresh=True)

    def close(self) -> None:
        """Take the display down; what logs wrote above it stays."""
        if self._live:
            self._live.stop()
            self._live = None
        for handler in self._handlers:
            handler.setStream(self._stream)
        self._handlers = ()

    def _formatted(self, text: str) -> str:
        level = {"name": "newscrawl.progress", "levelname": "INFO", "levelno": logging.INFO, "msg": text}
        return self._formatter.format(logging.makeLogRecord(level)) if self._formatter else text

    def _open(self, first: RenderableType) -> None:
        live = Live(first, console=self._console, auto_refresh=False, transient=True, redirect_stdout=False)
        live.start(refresh=True)
        self._live = live
        # Log handlers hold the stream itself; given rich's stand-in for it, they write above the display.
        handlers = [
            h for h in logging.root.handlers if isinstance(h, logging.StreamHandler) and h.stream is self._stream
        ]
        for handler in handlers:
            handler.setStream(sys.stderr)
        self._handlers = handlers
