"""Ten days of the sample site's calendar, a run a day: what is asked for, what is unchanged, what is new or revised.

The runs' clock is faked (libfaketime), so that articles come of age. The expected numbers are worked out here from the
calendar and from the rule: an article is looked at again when it is 1, 6, 24 and 72 hours old, counted from its
publication, and whenever a sitemap names a later change.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from crawling import ROOT, Crawls

from newscrawl.sample_site import SampleSite
from newscrawl.sample_site.truth import calendar, expected

pytestmark = pytest.mark.skipif(not shutil.which("faketime"), reason="faketime is not installed")

AGES = [timedelta(hours=hours) for hours in (1, 6, 24, 72)]
DAYS = range(1, 11)


def moment(day: int) -> datetime:
    """When a day's run starts: a little later each day, so that what was first seen a day ago is a day old."""
    return datetime.fromisoformat(calendar()[day].date).replace(tzinfo=UTC) + timedelta(hours=20, minutes=10 * day)


def crawl_on(crawls: Crawls, day: int) -> None:
    command = ["faketime", "-f", f"@{moment(day):%Y-%m-%d %H:%M:%S}", *crawls.command("crawl", "demo")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TZ": "UTC", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr


def born(published_at: str | None, first_written: datetime) -> datetime:
    """When an article's age starts: a plain date counts to its end, anywhere on Earth."""
    if not published_at:
        return first_written
    if len(published_at) == 10:
        return min(datetime.fromisoformat(published_at).replace(tzinfo=UTC) + timedelta(hours=36), first_written)
    return min(datetime.fromisoformat(published_at), first_written)


def comes_of_age(start: datetime, last: datetime, now: datetime) -> bool:
    """Whether an age passes between the last look and now."""
    return any(last < start + age <= now for age in AGES)


def test_ten_days(crawls: Crawls, sample_site: SampleSite) -> None:
    written: dict[str, tuple[datetime, datetime]] = {}  # URL -> start of its age, last look
    for day in DAYS:
        sample_site.control(day=day, clear_log=True)
        crawl_on(crawls, day)
        now, run = moment(day), crawls.manifest()
        asked = {sample_site.base_url + each.path: each.status for each in sample_site.requests}
        due = {url for url, (start, last) in written.items() if comes_of_age(start, last, now)}
        looked = {url for url in written if url in asked}
        assert due <= looked, f"day {day}: not looked at: {sorted(due - looked)}"
        # beside those of age, only what a sitemap says has changed
        changed = {each.path for each in _changed(sample_site, day)}
        extra = {url for url in looked - due if url.removeprefix(sample_site.base_url) not in changed}
        assert not extra, f"day {day}: looked at without a reason: {sorted(extra)}"
        records = [each for each in crawls.records() if each["fetched_at"][:10] == f"{now:%Y-%m-%d}"]
        new = {each["url"] for each in records if each["revision"] == 1}
        revised = {each["url"] for each in records if each["revision"] > 1}
        truth = expected(sample_site.base_url, day)
        assert {truth[url].story for url in new} == set(calendar()[day].new), f"day {day}"
        assert {truth[url].story for url in revised} <= set(calendar()[day].revised), f"day {day}"
        seen_change = {url for url in looked if truth[url].story in calendar()[day].revised}
        assert revised == seen_change, f"day {day}"
        unchanged = [url for url in looked if asked[url] == 304]
        assert run["responses"].get("304", 0) >= len(unchanged)
        assert run["counts"]["unchanged"] >= len(looked - revised), f"day {day}"
        assert (run["counts"]["new"], run["counts"]["revised"]) == (len(new), len(revised))
        for each in records:
            written[each["url"]] = (written.get(each["url"], (born(each["published_at"], now),))[0], now)
        for url in looked:
            written[url] = (written[url][0], now)


def _changed(site: SampleSite, day: int):  # type: ignore[no-untyped-def]
    from newscrawl.sample_site.site import stories

    # the sample site stamps what has ever changed anew when its day is set
    days = [calendar()[earlier] for earlier in range(1, day + 1)]
    touched = {key for each in days for key in (*each.revised, *each.touched)}
    return [story for story in stories(day) if story.key in touched]
