"""A crawl that is killed again and again ends with the records of one that was never disturbed.

benchmarks/kills.py does the same 500 times.
"""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Mapping
from typing import Any

from crawling import Crawls
from warcio.checker import Checker

from newscrawl.sample_site import SampleSite

#: Keys of a record that say when and where it was made, not what it says.
OF_THE_FETCH = ("fetched_at", "archive")


def content(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key not in OF_THE_FETCH}


def kill_in_midst(crawls: Crawls, site: SampleSite, dice: random.Random) -> bool:
    """Start a crawl and kill it at a random moment after its first requests; False when it was done before that."""
    seen = len(site.requests)
    process = crawls.start("crawl", "demo")
    while process.poll() is None and len(site.requests) <= seen:
        time.sleep(0.02)
    moment = time.monotonic() + dice.uniform(0, 2.6)
    while process.poll() is None and time.monotonic() < moment:
        time.sleep(0.01)
    done = process.poll() is not None
    process.send_signal(signal.SIGKILL)
    process.communicate()
    return not done


def check_files(crawls: Crawls) -> None:
    """Every sealed file is whole: lines end, WARC records have their digests."""
    for run in crawls.runs():
        assert (run / "manifest.json").exists(), f"{run} has no manifest"
        assert not list(run.glob("*.part")), f"{run} holds parts"
    archives = [str(path) for run in crawls.runs() for path in run.glob("*.warc.gz")]
    assert archives
    assert Checker(type("Command", (), {"inputs": archives, "verbose": False})()).process_all() == 0


def compare(crawls: Crawls, undisturbed: Crawls) -> None:
    """Every record once, and as it would have been. Which of a story's several addresses comes first is chance: then
    its headline, dateline and body are compared."""
    expected = {(each["id"], each["revision"]): content(each) for each in undisturbed.records()}
    got = [((each["id"], each["revision"]), content(each)) for each in crawls.records()]
    assert len(got) == len({key for key, _ in got}), "a record is there twice"
    assert {key for key, _ in got} == expected.keys()
    for key, record in got:
        other = expected[key]
        keys = record if record["url"] == other["url"] else ("headline", "dateline", "body")
        assert [(k, record[k], other[k]) for k in keys if record[k] != other[k]] == []
    assert reasons(crawls) == reasons(undisturbed)


def reasons(crawls: Crawls) -> list[tuple[str, str]]:
    """Reject lines; of duplicates only how many there are, see compare."""
    return sorted((each["reason"], "" if each["reason"] == "duplicate" else each["url"]) for each in crawls.rejects())


def test_a_crawl_killed_25_times_loses_nothing_and_doubles_nothing(crawls: Crawls, sample_site: SampleSite) -> None:
    seed = random.randrange(10**6)
    print(f"seed {seed}")
    undisturbed = Crawls(crawls.folder / "undisturbed")
    undisturbed.folder.mkdir()
    undisturbed.add_profile(sample_site)
    undisturbed.crawl()
    sample_site.control(delay=0.3, reset_faults=True)
    dice, kills, tries = random.Random(seed), 0, 0
    while kills < 25:
        kills, tries = kills + kill_in_midst(crawls, sample_site, dice), tries + 1
        assert tries < 60, f"only {kills} kills in {tries} crawls: slow the site down"
    sample_site.control(delay=0)
    crawls.crawl()
    compare(crawls, undisturbed)
    check_files(crawls)
