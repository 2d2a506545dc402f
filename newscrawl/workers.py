"""Extraction in worker processes, so that the reactor never stands still while a page is parsed.

Each worker is a process pool of one: a page that hangs or kills its process takes nothing else with it. The time limit
is kept by the kernel (an interval timer whose signal ends the worker), so it also ends a regex or a parser that never
comes back to Python. Orphans cannot stay: a worker ends with the process that started it.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING, Any

from newscrawl.items import Rejection

if TYPE_CHECKING:
    from newscrawl.extraction.article import Extraction
    from newscrawl.sites import Site

#: Pages after which a worker is replaced by a fresh one: what C libraries leak stays bounded.
RECYCLE = 5000
#: Address space of one worker, bytes. A page that wants more is a bomb.
MEMORY = 3 * 1024**3

_site: Site | None = None


class Workers:
    """A fixed set of extraction processes. timeout: seconds one page may take."""

    def __init__(self, size: int, timeout: float, site: Site | None) -> None:
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["newscrawl.extraction.warm"])
        self._timeout, self._site = timeout, site
        self._free: asyncio.Queue[ProcessPoolExecutor] = asyncio.Queue()
        self._warming = []
        for _ in range(size):
            executor = self._new()
            self._warming.append(executor.submit(os.getpid))
            self._free.put_nowait(executor)

    async def extract(self, html: bytes, **about: Any) -> Extraction:
        """extract_page in a worker. A page that hangs, or twice kills its worker, comes back as a rejection.

        about are its arguments; a site among them stands in for the workers' own.
        """
        for last in (False, True):
            executor = await self._free.get()
            started = time.monotonic()
            try:
                return await asyncio.get_running_loop().run_in_executor(executor, _extract, html, about, self._timeout)
            except BrokenProcessPool:
                executor.shutdown(wait=False)
                executor = self._new()
                if time.monotonic() - started >= self._timeout:
                    return _given_up(about, "timeout", f"no result after {self._timeout:g} s")
                if last:
                    return _given_up(about, "worker_lost", "the extraction process was killed")
            finally:
                self._free.put_nowait(executor)
        raise AssertionError("unreachable")

    def close(self) -> None:
        """End every worker that has nothing to do; those at work end with their page."""
        while not self._free.empty():
            self._free.get_nowait().shutdown(wait=False, cancel_futures=True)

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(
            1, mp_context=self._context, initializer=_start, initargs=(self._site,), max_tasks_per_child=RECYCLE
        )


def _given_up(about: Mapping[str, Any], reason: str, detail: str) -> Extraction:
    from newscrawl.extraction.article import Extraction

    fetched_at = about["fetched_at"].strftime("%Y-%m-%dT%H:%M:%SZ")
    return Extraction(Rejection(about["url"], reason, detail, about.get("http_status"), fetched_at))


def _start(site: Site | None) -> None:
    global _site
    _site = site
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _limit_memory()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _limit_memory() -> None:
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    limit = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _extract(html: bytes, about: Mapping[str, Any], timeout: float) -> Extraction:
    from newscrawl.extraction.article import extract_page

    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        return extract_page(html, **{"site": _site, **about})
    except MemoryError:
        return _given_up(about, "too_complex", f"needs more than {MEMORY // 1024**2} MB of memory")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
