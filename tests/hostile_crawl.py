"""A real `scrapy` command, in a world that a test lays out: names, addresses, a slow disk, a watched event loop.

    python hostile_crawl.py '{"names": {name: [address, …]}, "public": [address, …], "watch": FILE}' crawl …

names, public: see polite_crawl.play; fsync: seconds that each takes; watch: where to write, at the end, the slowest
steps of the event loop (seconds of CPU in one callback, and what it was), files synced from the event loop's thread,
and the most bytes of pages that waited for the disk.
"""

from __future__ import annotations

import asyncio
import atexit
import faulthandler
import heapq
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from polite_crawl import play

crawling = threading.Event()  # from the first request to the run's end


def slow_down(seconds: float, synced: list[str]) -> None:
    """Every fsync takes so long; those on the main thread, where the event loop runs, are noted."""
    fsync = os.fsync

    def slow(fd: int) -> None:
        if crawling.is_set() and threading.current_thread() is threading.main_thread():
            synced.append(str(Path(f"/proc/self/fd/{fd}").readlink()))
        time.sleep(seconds)
        fsync(fd)

    os.fsync = slow


def watch(slowest: list[tuple[float, str]], waiting: list[int]) -> None:
    """Note the CPU seconds of the main thread in every callback from the first request to the run's end (waiting for a
    turn on a busy machine does not count), and how many bytes of pages waited for the disk."""
    from newscrawl.extensions import RunKeeper
    from newscrawl.storage.run import Run

    asyncio.Task = asyncio.tasks.Task = asyncio.tasks._PyTask  # type: ignore[misc,attr-defined]  # says what it runs
    run, sent, closed, write = asyncio.events.Handle._run, RunKeeper.sent, RunKeeper.closed, Run.write

    def watched(handle: asyncio.Handle) -> None:
        before = time.thread_time()
        run(handle)
        took = time.thread_time() - before
        if crawling.is_set() and (len(slowest) < 20 or took > slowest[0][0]):
            put = heapq.heappush if len(slowest) < 20 else heapq.heapreplace
            put(slowest, (took, _name(handle)[:600]))

    def begins(self: RunKeeper, request: Any, spider: Any) -> None:
        crawling.set()
        sent(self, request, spider)

    async def ends(self: RunKeeper, spider: Any, reason: str) -> None:
        crawling.clear()
        await closed(self, spider, reason)

    def written(self: Run, *args: Any) -> str:
        what = write(self, *args)
        waiting[0] = max(waiting[0], self.waiting[1])
        return what

    asyncio.events.Handle._run = watched  # type: ignore[method-assign]
    RunKeeper.sent, RunKeeper.closed, Run.write = begins, ends, written  # type: ignore[method-assign,assignment]


def _name(handle: asyncio.Handle) -> str:
    task = getattr(handle._callback, "__self__", None)
    return repr(task if isinstance(task, asyncio.tasks._PyTask) else handle)  # type: ignore[attr-defined]


def main() -> None:
    task: dict[str, Any] = json.loads(sys.argv[1])
    play(task)
    slowest: list[tuple[float, str]] = []
    synced: list[str] = []
    if task.get("fsync"):
        slow_down(task["fsync"], synced)
    if task.get("watch"):
        waiting = [0]
        watch(slowest, waiting)
        report = {"slowest": slowest, "synced": synced, "waiting": waiting}
        atexit.register(lambda: Path(task["watch"]).write_text(json.dumps(report)))
    faulthandler.register(signal.SIGUSR1, all_threads=True)  # for whoever looks at one that does not end
    signal.signal(signal.SIGUSR2, lambda *_: [print(repr(t)[:700], file=sys.stderr) for t in asyncio.all_tasks()])
    from scrapy.cmdline import execute

    execute(["scrapy", *sys.argv[2:]])


if __name__ == "__main__":
    main()
