#!/usr/bin/env python3
"""The hostile server against a real crawl, in figures: what became of each case, memory, time, the event loop.

python benchmarks/hostile.py            some 80 cases on loopback, half a minute
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from hostile_cases import CASES, FAILED, RECORD  # noqa: E402
from hostile_server import HTML, page, serving  # noqa: E402
from hostile_stories import story  # noqa: E402
from hostile_world import hostile_crawls, profile, watched  # noqa: E402
from test_hostile_network import GOOD, World, all_cases, outcome  # noqa: E402


def main() -> int:
    secret = {"/secret.html": page(story(1).encode(), HTML)}
    with (
        tempfile.TemporaryDirectory() as folder,
        serving(all_cases(), "hostile.test") as server,
        serving(secret, "inner", "127.0.0.2") as inner,
    ):
        server.words["inner"] = str(inner.port)
        crawls = hostile_crawls(Path(folder), watch=str(Path(folder, "watch.json")))
        crawls.add_profile_text(profile(server.base), "hostile")
        done = watched(crawls, "crawl", "hostile")
        world = World(crawls, server, inner, done)
        got = {name: outcome(world, name)[0] for name, _, _ in CASES}
        good = sum("/good/" in record["url"] for record in crawls.records("hostile"))
        seen = json.loads(Path(folder, "watch.json").read_text())
    wrong = [f"{name}: {got[name]}, not {expected}" for name, expected, _ in CASES if got[name] != expected]
    named = {RECORD: "read as stories", FAILED: "no answer, tried again later"}
    print(f"exit status {done.status} after {done.seconds:.0f} s; {good} of {len(GOOD)} good stories written")
    slowest = 1000 * max(seen["slowest"])[0]
    print(f"at most {done.memory:.0f} MB in all processes; slowest callback {slowest:.0f} ms of CPU")
    print(f"{len(inner.seen)} requests reached the private host")
    print(f"{len(CASES)} hostile cases, {len(wrong)} with another end than they must have")
    for what, number in Counter(got.values()).most_common():
        print(f"{number:6}  {named.get(what, what)}")
    print(*wrong, sep="\n")
    return 1 if wrong or done.status or good != len(GOOD) else 0


if __name__ == "__main__":
    sys.exit(main())
