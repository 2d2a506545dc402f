"""Runs for the tests of the report room: invented ones, and real crawls of the sample site, made once."""

from __future__ import annotations

import atexit
import json
import random
import shutil
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from crawling import Crawls

from newscrawl.items import Article, Dateline, Rejection, to_dict
from newscrawl.report.stats import RunStats
from newscrawl.sample_site import SampleSite

START = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PLACES = [
    ("Geneva", "CH", 46.2, 6.15, 40),
    ("Nairobi", "KE", -1.29, 36.82, 25),
    ("Lima", "PE", -12.05, -77.04, 12),
    ("Beijing", "CN", 39.9, 116.4, 60),
    ("Wellington", "NZ", -41.29, 174.78, 6),
    ("Reykjavik", "IS", 64.15, -21.94, 4),
    ("Dakar", "SN", 14.69, -17.45, 9),
    ("Vancouver", "CA", 49.28, -123.12, 15),
    ("Mumbai", "IN", 19.08, 72.88, 22),
]
SECTIONS = ["World", "Business", "Science & Health", "Culture", "Sports", "Travel", "Opinion"]
AGENCIES = [("Xinhua", 8), ("Reuters", 3), ("AFP", 2)]
WHAT = ["harbour", "bridge", "glacier", "market", "tram", "orchard", "festival", "satellite", "library", "ferry"]
DOES = ["reopens after storm", "wins long-awaited grant", "to close for repairs", "draws record crowd"]
PLAIN = "The council said on Tuesday that work would begin before the spring, once the last permits are signed"
CHROME = ["share-line", "font-size", "comment-form", "print-email", "related-links", "newsletter", "app-link"]


def make_article(rng: random.Random, number: int, site: str, when: datetime, **changes: Any) -> Article:
    """One invented story; changes replace its fields."""
    place, country, latitude, longitude, _ = rng.choices(PLACES, [p[4] for p in PLACES])[0]
    agency = rng.choices([a for a, _ in AGENCIES], [w for _, w in AGENCIES])[0]
    published = when - timedelta(minutes=rng.randrange(60 * 40))
    raw = f"{place.upper()}, {published:%b. %d} ({agency}) --"
    words = max(20, int(rng.lognormvariate(5.9, 0.5)))
    url = f"https://{site}.example/{published:%Y/%m/%d}/story-{number:05d}.html"
    article = Article(
        id=sha256(url.encode()).hexdigest()[:32],
        revision=1,
        url=url,
        canonical_url=url,
        site=site,
        publisher="The Harbour Courier",
        headline=f"{place}'s {rng.choice(WHAT)} {rng.choice(DOES)}, {rng.choice(WHAT)} next in line",
        deck=None if rng.random() < 0.6 else "A short standfirst",
        dateline=Dateline(raw, place, place, None, country, latitude, longitude, f"{published:%Y-%m-%d}", agency)
        if rng.random() < 0.9
        else None,
        authors=("Mara Lindqvist",) if rng.random() < 0.7 else (),
        published_at=published.isoformat(timespec="seconds").replace("+00:00", "Z"),
        modified_at=None,
        language="en" if rng.random() < 0.95 else "zh",
        section=rng.choice(SECTIONS),
        keywords=("harbour",) if rng.random() < 0.5 else (),
        body=f"{PLAIN}, and that story {number} would be told in full.\n\n" + f"{PLAIN}. " * (words // 18),
        images=(),
        word_count=words,
        completeness="full",
        confidence=round(min(1.0, max(0.2, rng.gauss(0.88, 0.1))), 2),
        provenance={"body": "profile", "headline": "json-ld", "published_at": "meta"},
        content_hash=sha256(str(number).encode()).hexdigest(),
        fetched_at=when.isoformat().replace("+00:00", "Z"),
        http_status=200,
        archive=None,
        extractor="newscrawl 0.1.0 trafilatura 2.3.1",
    )
    return replace(article, **changes)


def make_run(
    output: Path,
    site: str = "courier",
    when: datetime = START,
    articles: int | Sequence[Article] = 60,
    rejections: Sequence[Rejection] | None = None,
    health: dict[str, Any] | None = None,
) -> Path:
    """A run folder with its batches and its manifest, counted by the collector itself. The seed is the start."""
    rng = random.Random(when.isoformat())
    made = [make_article(rng, n, site, when) for n in range(articles)] if isinstance(articles, int) else articles
    if rejections is None:
        rejections = [
            Rejection(f"https://{site}.example/{reason}/{n}", reason, "nothing to keep", 200, when.isoformat())
            for n, reason in enumerate(["listing"] * 4 + ["video"] * 2 + ["not_found"] + ["consent_wall"])
        ]
    folder = output / site / "runs" / f"{when:%Y%m%dT%H%M%SZ}"
    folder.mkdir(parents=True)
    write_lines(folder / "articles-00001.jsonl", map(to_dict, made))
    write_lines(folder / "rejected-00001.jsonl", map(to_dict, rejections))
    manifest = make_manifest(made, rejections, site, when, rng)
    if health is not None:
        manifest["health"] = health
    (folder / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False), encoding="utf-8")
    return folder


def make_manifest(
    articles: Iterable[Article],
    rejections: Iterable[Rejection] = (),
    site: str = "courier",
    when: datetime = START,
    rng: random.Random | None = None,
) -> dict[str, Any]:
    """The manifest of a run that ended with these records and reject lines."""
    rng, stats = rng or random.Random(1), RunStats()
    for number, article in enumerate(articles):
        kind = "revised" if number % 23 == 22 else "new"
        stats.article(article, kind, rng.choices(CHROME, [30, 20, 15, 10, 8, 4, 2], k=3))
        stats.request()
        stats.response(200, rng.lognormvariate(-1.2, 0.6), article.url or "")
    for rejection in rejections:
        stats.request()
        stats.response(rejection.http_status or 200, rng.lognormvariate(-1.2, 0.6), rejection.url or "")
        stats.reject(rejection.reason, rejection.url)
    stats.source("feed", f"https://{site}.example/rss.xml", 40, 12)
    stats.source("listing", f"https://{site}.example/world/", 85, 44)
    stats.source("news-sitemap", f"https://{site}.example/news.xml", 0, 0, "HTTP 404", dead_since="2026-11-20")
    stats.discovered(56)
    started = when.isoformat().replace("+00:00", "Z")
    finished = (when + timedelta(seconds=93)).isoformat().replace("+00:00", "Z")
    frame = {"schema": 1, "site": site, "run": f"{when:%Y%m%dT%H%M%SZ}", "started_at": started, "finished_at": finished}
    closing = {"seconds": 93.4, "exit_status": 0, "finish_reason": "finished", "files": [], "settings": {}}
    versions = {"newscrawl": "0.1.0", "scrapy": "2.19.0", "trafilatura": "2.3.1", "python": "3.11.2"}
    return {**frame, **closing, "versions": versions, **stats.to_manifest()}


def write_lines(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    """One JSON object a line."""
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


@dataclass(frozen=True)
class RealRuns:
    """Three crawls of the sample site: the first, one on a slow news day, and one after a redesign, with its exit
    status and what it said."""

    crawls: Crawls
    statuses: list[int]
    said: list[str]

    @property
    def runs(self) -> list[Path]:
        return self.crawls.runs()


@cache
def real_runs() -> RealRuns:
    """The crawls, by real processes; made once for all tests of this room."""
    folder = Path(tempfile.mkdtemp(prefix="newscrawl-report-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    real = RealRuns(Crawls(folder), [], [])
    with SampleSite(process=True) as site:
        real.crawls.add_profile(site)
        for day, redesign in ((1, None), (3, None), (12, "script")):
            site.control(day=day, redesign=redesign)
            more = {"NEWSCRAWL_PROGRESS": "plain", "NEWSCRAWL_METRICS": folder / "metrics"}
            status, _, said = real.crawls.run("crawl", "demo", status=None, **more)
            real.statuses.append(status)
            real.said.append(said)
    return real


#: A string for every way in which text could stop being text.
HOSTILE = (
    "<script>document.title='owned'</script><img src=x onerror=alert(1)>\"'><svg onload=alert(2)>&amp;{{7*7}}"
    "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\u2066\u2028]]></title></style></textarea><!--"
)


def hostile_article(number: int = 0) -> Article:
    """A story all of whose texts are hostile."""
    dateline = Dateline(HOSTILE, HOSTILE, HOSTILE, None, "CH", 46.2, 6.15, "2026-11-24", HOSTILE)
    return make_article(
        random.Random(number),
        number,
        "courier",
        START,
        url=f"javascript:alert({number})//{HOSTILE}",
        canonical_url=f"data:text/html,{HOSTILE}",
        headline=HOSTILE,
        deck=HOSTILE,
        body=f"{HOSTILE}\n\n{HOSTILE}",
        authors=(HOSTILE,),
        section=HOSTILE,
        keywords=(HOSTILE,),
        publisher=HOSTILE,
        language=HOSTILE,
        dateline=dateline,
        provenance={"headline": HOSTILE},
    )
