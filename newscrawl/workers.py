"""Extraction in worker processes, so that the reactor never stands still while a page is parsed.

Each worker is a process pool of one: a page that hangs or kills its process takes nothing else with it. The time limit
is kept by the kernel (an interval timer whose signal ends the worker), so it also ends a regex or a parser that never
comes back to Python; the memory limit is the kernel's too. Orphans cannot stay: a worker ends with the process that
started it.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import multiprocessing
import os
import signal
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing import forkserver
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from newscrawl.extraction.results import Extraction
from newscrawl.items import Rejection

if TYPE_CHECKING:
    from newscrawl.extraction.page import Limits
    from newscrawl.sites import Site

P = ParamSpec("P")
T = TypeVar("T")

#: Tasks after which a worker is replaced by a fresh one: what C libraries leak stays bounded. They are counted here: an
#: executor that counts them itself may strand what waits (max_tasks_per_child, python/cpython#115634).
RECYCLE = 5000
#: Tasks that a worker is given at a time: the second waits in its pipe, so that it never waits for the next page.
GIVEN = 2
#: Address space of one worker, bytes. A page that wants more is a bomb: the largest honest ones take a third of it.
MEMORY = 1500 * 1024**2

#: Share of its time after which a task that ended its worker is taken to have hung: the worker's clock starts when it
#: takes up the task, ours when the result before that has come in, which may be later.
_NEARLY = 0.9

_WARM = "newscrawl.extraction.warm"
_site: Site | None = None
_limits: Limits | None = None


def preload() -> None:
    """Start the process that workers are forked from. It loads for a second, so whoever will need workers says so as
    early as that is known; a second call does nothing."""
    forkserver.set_forkserver_preload([_WARM])
    forkserver.ensure_running()


class GivenUp(Exception):
    """A task that gave no result. reason is one of items.REASONS: timeout, worker_lost, or too_complex (memory)."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail

    def __str__(self) -> str:
        return self.detail


class _Worker:
    """One process, and what it was given and has not done: the first of tasks is at work, since that time.

    left: tasks until it is replaced; ended: whether its process is gone.
    """

    __slots__ = ("ended", "left", "pool", "since", "tasks")

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self.pool, self.left, self.ended = pool, RECYCLE, False
        self.tasks: deque[Future[Any]] = deque()
        self.since = 0.0

    def submit(self, task: Callable[..., T], *args: Any, **more: Any) -> Future[T]:
        """Raises BrokenProcessPool."""
        result = self.pool.submit(task, *args, **more)
        self.left -= 1
        self.tasks.append(result)
        if len(self.tasks) == 1:
            self.since = time.monotonic()
        return result

    def is_at(self, result: Future[Any]) -> bool:
        """Whether this task is at work, and does not wait behind another: results come in order."""
        return self.tasks[0] is result

    def done(self, result: Future[Any]) -> None:
        self.tasks.remove(result)
        self.since = time.monotonic()


class Workers:
    """A fixed set of processes that extract pages and read what announces them.

    timeout: seconds one page may take; memory: bytes of address space a worker may have; limits: how large a page and
    its story may be (default: extraction's own).
    """

    def __init__(
        self, size: int, timeout: float, site: Site | None, *, memory: int = MEMORY, limits: Limits | None = None
    ) -> None:
        preload()
        self._context = multiprocessing.get_context("forkserver")
        self._timeout, self._initial = timeout, (site, memory, limits)
        #: Each worker's places that are free, those where nothing is before them first.
        self._places: asyncio.PriorityQueue[tuple[int, int, _Worker]] = asyncio.PriorityQueue()
        self._turns = itertools.count()
        self._closed = False
        self._loop = asyncio.get_running_loop()
        self._starting = threading.Thread(target=self._start_all, args=(size,), daemon=True)
        self._starting.start()

    async def extract(self, html: bytes, **about: Any) -> Extraction:
        """extract_page in a worker. A page that hangs, or twice kills its worker, comes back as a rejection.

        about are its arguments; a site among them stands in for the workers' own.
        """
        try:
            return await self._run(self._timeout, _extract, html, about)
        except GivenUp as error:
            return _rejected(about, error)

    async def run(self, timeout: float, task: Callable[P, T], *args: P.args, **more: P.kwargs) -> T:
        """task(*args, **more) in a worker; all of these must be picklable. timeout: seconds.

        Raises GivenUp where the task hangs, wants too much memory or twice kills its worker, RuntimeError for what it
        raises itself.
        """
        return await self._run(timeout, task, *args, **more)

    async def _run(self, timeout: float, task: Callable[..., T], *args: Any, **more: Any) -> T:
        killed = 0
        while True:
            worker, result = await self._submitted(timeout, task, *args, **more)
            try:
                return await asyncio.wrap_future(result)
            except BrokenProcessPool:
                worker.ended = True
                if not worker.is_at(result):
                    continue  # it only waited behind the one that ended the worker
                if time.monotonic() - worker.since >= _NEARLY * timeout:
                    raise GivenUp("timeout", f"no result after {timeout:g} s") from None
                killed += 1
                if killed == 2:
                    raise GivenUp("worker_lost", "the extraction process was killed, twice") from None
            finally:
                await self._after(worker, result)

    async def _submitted(
        self, timeout: float, task: Callable[..., T], *args: Any, **more: Any
    ) -> tuple[_Worker, Future[T]]:
        """A worker with a free place, and the task in it; workers that ended idly are replaced on the way."""
        while True:
            _, _, worker = await self._places.get()
            if worker.ended or not worker.left:
                continue
            try:
                return worker, worker.submit(_limited, timeout, task, *args, **more)
            except BrokenProcessPool:
                if not worker.tasks:  # else those who wait for these see to it
                    worker.ended = True
                    await self._replace(worker)

    async def _after(self, worker: _Worker, result: Future[Any]) -> None:
        """Free the place of a task; a worker that ended with it, or has done its share, is replaced."""
        if worker.ended:
            if worker.is_at(result):
                await self._replace(worker)
            return
        worker.done(result)
        if worker.left:
            self._free(worker, len(worker.tasks))
        elif not worker.tasks:
            await self._replace(worker)

    def close(self) -> None:
        """End every worker that has nothing to do; those at work end with their page."""
        self._closed = True
        self._starting.join()  # a process that starts while its parent ends finds nothing to talk to
        while not self._places.empty():
            _, _, worker = self._places.get_nowait()
            worker.pool.shutdown(wait=False, cancel_futures=True)

    def _start_all(self, size: int) -> None:
        """The first workers, in a thread: the process they are forked from loads for a second, and requests need not
        wait for it."""
        workers = [self._new() for _ in range(size)]
        with suppress(RuntimeError):  # the loop has ended before its workers began
            self._loop.call_soon_threadsafe(self._ready, *workers)

    def _ready(self, *workers: _Worker) -> None:
        for each in workers:
            if self._closed:
                each.pool.shutdown(wait=False)
            else:
                for before in range(GIVEN):
                    self._free(each, before)

    def _free(self, worker: _Worker, before: int) -> None:
        """Offer a place of a worker. before: how many tasks stand before it."""
        self._places.put_nowait((before, next(self._turns), worker))

    async def _replace(self, worker: _Worker) -> None:
        """A new worker in this one's place: starting it takes longer than the reactor should stand still."""
        worker.pool.shutdown(wait=False)
        self._ready(await asyncio.to_thread(self._new))

    def _new(self) -> _Worker:
        pool = ProcessPoolExecutor(1, mp_context=self._context, initializer=_start, initargs=self._initial)
        pool.submit(os.getpid)
        return _Worker(pool)


def _rejected(about: Mapping[str, Any], error: GivenUp) -> Extraction:
    fetched_at = about["fetched_at"]
    moment = fetched_at.isoformat() if fetched_at else None
    return Extraction(Rejection(about["url"], error.reason, error.detail, about.get("http_status"), moment))


# In the worker


def _start(site: Site | None, memory: int, limits: Limits | None) -> None:
    global _site, _limits
    _site, _limits = site, limits
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    _limit_memory(memory)
    gc.freeze()  # what was loaded before stays, and is not looked through again and again
    gc.set_threshold(50_000, 20, 20)  # a page leaves no cycles worth looking for after every few lines of it
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _limit_memory(memory: int) -> None:
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (memory if hard == resource.RLIM_INFINITY else min(memory, hard), hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a bomb must not fill the disk with its core


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(0)


def _limited(timeout: float, task: Callable[..., T], *args: Any, **more: Any) -> T:
    """The task under the clock. What it raises is made plain: an exception that cannot be unpickled ends the pool."""
    signal.setitimer(signal.ITIMER_REAL, timeout)
    try:
        return task(*args, **more)
    except MemoryError:
        raise GivenUp("too_complex", "needs more memory than a worker may have") from None
    except Exception as error:
        raise RuntimeError(f"{type(error).__name__}: {error}"[:1000]) from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _extract(html: bytes, about: Mapping[str, Any]) -> Extraction:
    from newscrawl.extraction.article import extract_page

    limits = {"limits": _limits} if _limits else {}
    return extract_page(html, **{"site": _site, **limits, **about})
