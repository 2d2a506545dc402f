"""The alarm: what it must raise, what it must leave alone, and what its one line says."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_runs import START, make_article, make_manifest

from newscrawl.items import Rejection
from newscrawl.report.health import FLOORS, Health, judge, unknown_floors
from newscrawl.report.shares import by_chance


def run(days_ago: float, good: int = 40, bad: int = 0, reason: str = "no_story", **changes: Any) -> dict[str, Any]:
    """A manifest: good articles (changes replace fields of all of them) and bad pages rejected for reason."""
    rng, when = random.Random(days_ago), START - timedelta(days=days_ago)
    articles = [make_article(rng, n, "courier", when, **changes) for n in range(good)]
    return make_manifest(articles, [Rejection("https://courier.example/x", reason)] * bad, when=when)


PAST = [run(days) for days in range(1, 31)]
OLDER = [run(days) for days in range(5, 35)]


def fields(health: Health) -> list[str]:
    return [problem.field for problem in health.problems]


@pytest.mark.parametrize(
    ("today", "broken"),
    [
        pytest.param(run(0), [], id="an ordinary day"),
        pytest.param(run(0, good=2), [], id="a slow news day"),
        pytest.param(run(0, good=0), [], id="no news at all"),
        pytest.param(run(0, good=2, bad=2), [], id="a slow news day with two odd pages"),
        pytest.param(run(0, good=300), [], id="a busy day"),
        pytest.param(run(0, good=3, bad=41), ["body"], id="body lost"),
        pytest.param(run(0, good=3, bad=41, reason="consent_wall"), ["rejects.consent_wall"], id="consent wall"),
        pytest.param(run(0, good=20, bad=40, reason="listing"), ["rejects.listing"], id="listings taken for stories"),
        pytest.param(run(0, good=40, bad=40, reason="robots"), [], id="robots.txt is no breakage"),
        pytest.param(run(0, headline=None), ["headline"], id="headline lost"),
        pytest.param(run(0, dateline=None), ["dateline"], id="dateline lost"),
        pytest.param(run(0, published_at=None, authors=()), ["authors", "published_at"], id="two fields lost"),
        pytest.param(run(0, deck=None, keywords=()), [], id="fields that are mostly empty anyway"),
        pytest.param(run(0, confidence=0.3), ["low_confidence"], id="unsure of everything"),
        pytest.param(run(0, word_count=45), ["body_words"], id="only the teaser is taken"),
        pytest.param(run(0, word_count=4000), ["body_words"], id="the whole page is taken"),
    ],
)
def test_a_run_against_its_past(today: dict[str, Any], broken: list[str]) -> None:
    health = judge(today, PAST)
    assert (fields(health), health.ok) == (broken, not broken)


def test_the_line_counts_all_broken_runs_and_names_the_first_day() -> None:
    past = [*OLDER, run(4, good=1, bad=20), run(3, good=0), run(2, good=2, bad=11)]
    health = judge(run(0, good=0, bad=10), past)
    assert health.line == ("body empty on 41 of 44 pages since 2026-11-20; layout seems to have changed (usually 0%)")
    assert health.problems[0].since == "2026-11-20"


def test_small_runs_add_up_to_an_alarm() -> None:
    past = list(PAST)
    raised = []
    for hour in range(12, 0, -1):
        today = run(hour / 24, good=0, bad=2)
        health = judge(today, past)
        raised.append(health.ok)
        past.append({**today, "health": health.to_manifest()})
    assert raised == [True] * 3 + [False] * 9  # eight pages are enough to judge


def test_a_long_breakage_does_not_become_the_usual() -> None:
    past = list(OLDER)
    for day in range(200, 0, -1):
        today = run(day / 50, good=2, bad=40)
        past.append({**today, "health": judge(today, past).to_manifest()})
    health = judge(run(0, good=2, bad=40), past[-40:])
    assert fields(health) == ["body"]
    assert health.problems[0].since == "2026-11-20", "carried over from runs that are out of sight"


def test_after_the_repair_all_is_well() -> None:
    assert judge(run(0), [*OLDER, run(2, good=2, bad=40), run(1, good=2, bad=40)]).ok


@pytest.mark.parametrize(
    ("today", "broken"),
    [
        (run(0), []),
        (run(0, good=10, bad=9), []),
        (run(0, good=30, bad=60, reason="listing"), []),
        (run(0, good=9, bad=30), ["body"]),
        (run(0, good=9, bad=30, reason="bot_wall"), ["rejects.bot_wall"]),
        (run(0, headline=None), ["headline"]),
        (run(0, dateline=None, authors=()), []),
        (run(0, confidence=0.1), ["low_confidence"]),
    ],
)
def test_a_new_site_has_absolute_floors_only(today: dict[str, Any], broken: list[str]) -> None:
    assert fields(judge(today, [])) == broken


def test_a_site_redesigned_between_its_first_two_runs() -> None:
    health = judge(run(0, good=40, dateline=None), [run(1)])
    assert fields(health) == ["dateline"]
    assert health.problems[0].since == "2026-11-24"


def test_floors_of_a_site() -> None:
    poor = run(0, good=20, bad=12)
    assert not judge(poor, [], {"no_body": 0.3}).ok
    assert judge(poor, [], {"no_body": 0.3, "pages": 50}).ok
    assert fields(judge(run(0, dateline=None), [], {"fill_dateline": 0.6})) == ["dateline"]
    with pytest.raises(ValueError, match=r"health\.fill_mood: no such floor; known are .*silent_days"):
        judge(poor, [], {"fill_mood": 0.6})
    assert not list(unknown_floors(FLOORS))


def source(run: dict[str, Any], candidates: int, **changes: Any) -> dict[str, Any]:
    listing = {"kind": "listing", "url": "https://courier.example/", "candidates": candidates, "new": 0, **changes}
    return {**run, "sources": [listing]}


@pytest.mark.parametrize(
    ("today", "broken"),
    [
        (source(run(0, good=0), 80), []),
        (source(run(0, good=0), 0), ["discovered"]),
        (source(run(0, good=0), 0, error="HTTP 503"), ["discovered"]),
        (source(run(0, good=0), 0, not_modified=True), []),
    ],
)
def test_listings_without_links(today: dict[str, Any], broken: list[str]) -> None:
    health = judge(today, [source(m, 80) for m in PAST])
    assert fields(health) == broken
    assert all("0 links to stories" in p.message and "80 are usual" in p.message for p in health.problems)


@pytest.mark.parametrize(("days", "ok"), [(1, True), (2, True), (9, False)])
def test_silence(days: int, ok: bool) -> None:
    past = [run(n + days, good=12) for n in range(30)]
    health = judge(run(0, good=0), [*past, *(run(n, good=0) for n in range(1, days))])
    assert health.ok is ok
    assert ok or health.line == "no new story since 2026-11-15, where 12 a day are usual"


def test_failed_fetches() -> None:
    down = {**run(0, good=9)}
    down["counts"] = {**down["counts"], "failed": 31}
    health = judge(down, PAST)
    assert health.line == "31 of 40 pages could not be fetched since 2026-11-24 (usually 0%)"


@pytest.mark.parametrize("manifest", [{}, {"counts": {}}, {"started_at": "2026-11-24T02:00:00Z", "rejects": {}}])
def test_manifests_that_say_little(manifest: dict[str, Any]) -> None:
    assert judge(manifest, [manifest, {}]).ok


def test_chance() -> None:
    assert by_chance(0, 10, 0.5) == pytest.approx(1)
    assert by_chance(9, 10, 0.5) == pytest.approx(11 / 1024)
    assert by_chance(1, 1, 0.0) == pytest.approx(0.001), "once is no proof, however sound the past"
    assert by_chance(8, 8, 0.0) < 1e-20


@settings(derandomize=True, deadline=None)
@given(st.integers(1, 60), st.integers(0, 10_000))
def test_a_sample_of_the_usual_is_healthy(number: int, seed: int) -> None:
    """Any handful of a site's ordinary stories passes: the alarm is for breakage, not for variety."""
    rng = random.Random(seed)
    articles = [make_article(rng, n, "courier", START) for n in range(number)]
    health = judge(make_manifest(articles, when=START), PAST)
    assert health.ok, health.line


def test_replacing_every_body_by_a_wall_is_the_only_alarm() -> None:
    health = judge(run(0, good=0, bad=44, reason="login_wall"), PAST)
    assert fields(health) == ["rejects.login_wall"]
    assert replace(health, problems=()).line == "healthy"
