"""Crawls of the hostile server: a world in which it is a public host, and a watch on memory and time."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from crawling import Crawls

from benchmarks.measuring import tree_memory

HERE = Path(__file__).parent
#: What all processes of a crawl may have at once, MB.
MEMORY = 1000
#: Small enough to be waited for.
SETTINGS = {
    "NEWSCRAWL_ALLOW_PRIVATE_ADDRESSES": False,
    "NEWSCRAWL_PAGE_TIMEOUT": 10,
    "NEWSCRAWL_WORKERS": 2,
    "DOWNLOAD_TIMEOUT": 5,
    "RETRY_TIMES": 1,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 8,
}
DOMAINS = '["hostile.test", "127.0.0.2", "2130706434"]'


def hostile_crawls(folder: Path, **world: Any) -> Crawls:
    """Crawls in which hostile.test is a public host; 127.0.0.2 stands for the user's own network."""
    names = {"hostile.test": ["127.0.0.1"], "inner.hostile.test": ["127.0.0.2"], "elsewhere.test": ["127.0.0.1"]}
    task = {"names": names, "public": ["127.0.0.1"], **world}
    return Crawls(folder, (sys.executable, str(HERE / "hostile_crawl.py"), json.dumps(task)))


@dataclass
class Done:
    """A crawl that has ended. errors: its standard error; memory: the most that its processes had at once, MB."""

    status: int
    output: str
    errors: str
    memory: float
    seconds: float


def watched(crawls: Crawls, *words: str, timeout: float = 240, **settings: Any) -> Done:
    """A crawl to its end, which it must find by itself."""
    started, most = time.monotonic(), [0.0]
    process = crawls.start(*words, **{**SETTINGS, **settings})

    def look() -> None:
        while process.poll() is None:
            most[0] = max(most[0], tree_memory(process.pid))
            time.sleep(0.2)

    threading.Thread(target=look, daemon=True).start()
    try:
        output, errors = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        process.kill()
        raise AssertionError(f"the crawl does not end: {process.communicate()}") from None
    return Done(process.returncode, output, errors, most[0], time.monotonic() - started)


def profile(base: str, name: str = "hostile", ways: str = "", domains: str = DOMAINS) -> str:
    ways = ways or f'feeds = ["{base}/feed.xml"]'
    return f'name = "{name}"\nlanguage = "en"\ndomains = {domains}\n[discover]\n{ways}\n'
