"""Worker processes: a page that hangs, dies or wants too much costs nothing but itself."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
import worker_tasks

from newscrawl.extraction.page import Limits
from newscrawl.items import Article, Rejection
from newscrawl.workers import GivenUp, Workers

T = TypeVar("T")
FETCHED = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PARAGRAPHS = [
    "The harbour council voted on Tuesday to move the last evening ferry from nine to eleven o'clock.",
    "Residents of the northern islands had asked for a later crossing for more than six years.",
    "The change will cost about two million crowns a year, most of it for crews and for fuel.",
    "Fares stay as they are until the spring, the council said, and will be looked at again then.",
]
PAGE = "<title>Later ferry</title><h1>Later ferry</h1>" + "".join(f"<p>{each}</p>" for each in PARAGRAPHS)


def with_workers(work: Callable[[Workers], Awaitable[T]], size: int = 1, timeout: float = 20, **more: Any) -> T:
    async def run() -> T:
        workers = Workers(size, timeout, None, **more)
        try:
            return await work(workers)
        finally:
            workers.close()

    return asyncio.run(run())


def about(url: str = "https://harbour.example/ferry.html") -> dict[str, Any]:
    return {"url": url, "fetched_at": FETCHED, "http_status": 200}


async def given_up(task: Awaitable[Any]) -> str:
    with pytest.raises(GivenUp) as error:
        await task
    return error.value.reason


def test_a_page_becomes_a_record() -> None:
    result = with_workers(lambda workers: workers.extract(PAGE.encode(), **about())).result
    assert isinstance(result, Article)
    assert result.headline == "Later ferry"
    assert result.body.split("\n\n") == PARAGRAPHS


@pytest.mark.parametrize("size", [1, 2])
@pytest.mark.parametrize(
    ("task", "arguments", "reason"),
    [
        (worker_tasks.hang_in_c, (), "timeout"),
        (worker_tasks.sleep, (60,), "timeout"),
        (worker_tasks.kill_yourself, (), "worker_lost"),
        (worker_tasks.crash, (), "worker_lost"),
        (worker_tasks.want, (8 * 1024**3,), "too_complex"),
    ],
)
def test_a_bad_task_is_given_up_and_its_neighbours_are_done(
    task: Callable[..., Any], arguments: tuple[Any, ...], reason: str, size: int
) -> None:
    async def work(workers: Workers) -> None:
        neighbours = [workers.extract(PAGE.encode(), **about()) for _ in range(6)]
        bad, *good = await asyncio.gather(given_up(workers.run(2, task, *arguments)), *neighbours)
        assert bad == reason
        assert all(isinstance(each.result, Article) for each in good)
        pids = await asyncio.gather(*(workers.run(20, worker_tasks.sleep, 1) for _ in range(size)))
        assert len(set(pids)) == size, "the worker was not replaced"

    with_workers(work, size)


def test_bad_tasks_in_a_row_do_not_count_for_what_waits_behind_them() -> None:
    """Three kill their worker twice each, with a page behind every one."""

    async def work(workers: Workers) -> None:
        tasks: list[Awaitable[Any]] = []
        for _ in range(3):
            tasks += [given_up(workers.run(20, worker_tasks.kill_yourself)), workers.extract(PAGE.encode(), **about())]
        done = await asyncio.gather(*tasks)
        assert done[::2] == ["worker_lost"] * 3
        assert all(isinstance(each.result, Article) for each in done[1::2])

    with_workers(work)


def test_workers_are_replaced_after_their_share_of_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newscrawl.workers.RECYCLE", 5)

    async def work(workers: Workers) -> None:
        pids = await asyncio.gather(*(workers.run(20, os.getpid) for _ in range(23)))
        assert sorted(Counter(pids).values()) == [3, 5, 5, 5, 5]

    with_workers(work)


def test_a_page_that_hangs_in_the_parser_is_a_reject_line() -> None:
    """Attributes are looked for among all that came before: the parser's time grows with the square of their number."""
    page = f"{PAGE}<p {' '.join(f'a{n}=1' for n in range(400_000))}>x</p>".encode()
    result = with_workers(lambda workers: workers.extract(page, **about()), timeout=1.5).result
    assert isinstance(result, Rejection)
    assert (result.reason, result.url, result.http_status) == ("timeout", about()["url"], 200)
    assert result.fetched_at == "2026-11-24T02:00:00+00:00"


def test_a_page_over_the_memory_limit_is_a_reject_line_and_the_next_page_a_record() -> None:
    async def work(workers: Workers) -> None:
        bomb = (await workers.extract(b"<p>" * 3_300_000, **about())).result
        assert isinstance(bomb, Rejection)
        assert bomb.reason in ("too_complex", "worker_lost")
        assert isinstance((await workers.extract(PAGE.encode(), **about())).result, Article)

    with_workers(work, timeout=60, memory=400 * 1024**2)


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(page=len(PAGE) - 1), "too_large"),
        (Limits(text=len("".join(PARAGRAPHS)) - 1), "too_long"),
        (Limits(elements=5), "too_complex"),
    ],
)
def test_limits_reach_the_worker(limits: Limits, reason: str) -> None:
    result = with_workers(lambda workers: workers.extract(PAGE.encode(), **about()), limits=limits).result
    assert isinstance(result, Rejection)
    assert result.reason == reason


def test_a_worker_that_is_killed_once_costs_nothing(tmp_path: Path) -> None:
    mark = str(tmp_path / "mark")
    assert with_workers(lambda workers: workers.run(20, worker_tasks.die_once, mark)) == "done"


def test_workers_that_are_killed_while_they_have_nothing_to_do_are_replaced() -> None:
    async def work(workers: Workers) -> None:
        for pid in set(await asyncio.gather(*(workers.run(20, worker_tasks.sleep, 0.5) for _ in range(2)))):
            os.kill(pid, signal.SIGKILL)
        await asyncio.sleep(1)
        for _ in range(3):
            assert isinstance((await workers.extract(PAGE.encode(), **about())).result, Article)

    with_workers(work, size=2)


def test_an_error_that_cannot_be_pickled_ends_no_worker() -> None:
    async def work(workers: Workers) -> None:
        before = await workers.run(20, os.getpid)
        with pytest.raises(RuntimeError, match="NotForPickle: 1 and 2"):
            await workers.run(20, worker_tasks.fail)
        assert await workers.run(20, os.getpid) == before

    with_workers(work)


def test_workers_end_with_the_process_that_started_them() -> None:
    code = """if True:
        import asyncio, os, signal, worker_tasks
        from newscrawl.workers import Workers
        async def main():
            workers = Workers(2, 20, None)
            for pid in await asyncio.gather(*(workers.run(20, worker_tasks.sleep, 0.5) for _ in range(2))):
                print(pid, flush=True)
            asyncio.ensure_future(workers.run(3, worker_tasks.hang_in_c))
            await asyncio.sleep(0.5)
            os.kill(os.getpid(), signal.SIGKILL)
        asyncio.run(main())"""
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=_environment())
    pids = [int(pid) for pid in done.stdout.split()]
    assert len(pids) == 2
    assert done.returncode == -signal.SIGKILL
    asyncio.run(_gone(pids))


async def _gone(pids: list[int]) -> None:
    """A worker in a regex cannot see that its parent is gone before its time is up."""
    for _ in range(200):
        if not any(_alive(pid) for pid in pids):
            return
        await asyncio.sleep(0.1)
    raise AssertionError("a worker outlives its parent")


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _environment() -> dict[str, str]:
    here = Path(__file__).parent
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(here), str(here.parent)))}
