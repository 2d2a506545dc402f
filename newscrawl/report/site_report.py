"""A site over time, and all sites at a glance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from newscrawl.report import charts
from newscrawl.report.health import day, judge, pages, written
from newscrawl.report.history import Run, sources_of
from newscrawl.report.html import render
from newscrawl.report.stats import FIELDS

#: Runs that the charts and the table of a site's page go back.
SHOWN = 120
#: The fields whose filling is drawn; the colours of the page are as many.
_DRAWN = ("headline", "dateline", "authors", "published_at")


@dataclass(frozen=True, slots=True)
class RunLine:
    """One run in the table."""

    name: str
    href: str | None
    started: str
    new: int
    revised: int
    rejected: int
    failed: int
    words: int | None
    problems: Sequence[str]
    ended: bool


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One site in the table of all sites, by its newest ended run."""

    name: str
    href: str
    runs: int
    articles: int
    newest: RunLine | None
    since: str | None


def render_site(name: str, runs: Sequence[Run], up: str | None = None) -> str:
    """The HTML of a site's page. runs: oldest first; up: address of the page over all sites."""
    ended = [run for run in runs if run.manifest]
    recent = ended[-SHOWN:]
    lines = [_line(run, ended) for run in reversed(runs[-SHOWN:])]
    newest = next((line for line in lines if line.ended), None)
    return render(
        "site.html.j2",
        "base.css report.css",
        "report.js",
        site=name,
        up=up,
        runs=lines,
        all_runs=len(runs),
        articles=sum(int(run.manifest["counts"].get("new", 0)) for run in ended if run.manifest.get("counts")),
        first=day(ended[0].manifest) if ended else None,
        newest=newest,
        sources=_sources(recent),
        **_charts(recent),
    )


def render_sites(sites: Sequence[tuple[str, Sequence[Run]]]) -> str:
    """The HTML of the page over all sites."""
    lines = [_site(name, runs) for name, runs in sites]
    lines.sort(key=lambda site: (not (site.newest and site.newest.problems), site.name))
    broken = sum(bool(site.newest and site.newest.problems) for site in lines)
    return render("sites.html.j2", "base.css report.css", "report.js", sites=lines, broken=broken)


def _line(run: Run, ended: Sequence[Run]) -> RunLine:
    manifest = run.manifest
    counts = manifest.get("counts") or {}
    new, revised, rejected, failed = (int(counts.get(key, 0)) for key in ("new", "revised", "rejected", "failed"))
    return RunLine(
        run.name,
        f"runs/{run.name}/report.html" if (run.folder / "report.html").exists() else None,
        str(manifest.get("started_at") or run.name),
        *(new, revised, rejected, failed),
        (manifest.get("body_words") or {}).get("median"),
        _problems(run, ended),
        bool(manifest),
    )


def _problems(run: Run, ended: Sequence[Run]) -> list[str]:
    """What was wrong with a run, from its manifest; judged now where its manifest does not say."""
    health = run.manifest.get("health")
    if health is None:
        health = judge(run.manifest, [other.manifest for other in ended if other.name < run.name]).to_manifest()
    return [str(problem.get("message")) for problem in health.get("problems", ())]


def _site(name: str, runs: Sequence[Run]) -> SiteLine:
    ended = [run for run in runs if run.manifest]
    newest = _line(ended[-1], ended) if ended else None
    articles = sum(int((run.manifest.get("counts") or {}).get("new", 0)) for run in ended)
    return SiteLine(name, f"{name}/report.html", len(runs), articles, newest, day(ended[0].manifest) if ended else None)


def _charts(runs: Sequence[Run]) -> dict[str, Any]:
    names = [f"{r.name[6:8]}.{r.name[4:6]}. {r.name[9:11]}:{r.name[11:13]}" for r in runs]
    manifests = [run.manifest for run in runs]
    wrote: dict[str, Sequence[float | None]] = {
        "new": [float(m.get("counts", {}).get("new", 0)) for m in manifests],
        "revised": [float(m.get("counts", {}).get("revised", 0)) for m in manifests],
        "rejected": [float(m.get("counts", {}).get("rejected", 0)) for m in manifests],
    }
    filled: dict[str, Sequence[float | None]] = {
        field: [100 * m.get("fields", {}).get(field, 0) / n if (n := written(m)) else None for m in manifests]
        for field in _DRAWN
        if field in FIELDS
    }
    words: Sequence[float | None] = [(m.get("body_words") or {}).get("median") for m in manifests]
    trouble: dict[str, Sequence[float | None]] = {
        "rejected": [100 * sum(m.get("rejects", {}).values()) / n if (n := pages(m)) else None for m in manifests],
        "low confidence": [100 * (m.get("low_confidence") or 0) / n if (n := written(m)) else None for m in manifests],
    }
    return {
        "wrote_chart": charts.lines(names, wrote, "Articles and rejected pages by run"),
        "filled_chart": charts.lines(names, filled, "Share of articles that have a field, by run", "%"),
        "words_chart": charts.lines(names, {"words": words}, "Median body length in words, by run"),
        "trouble_chart": charts.lines(names, trouble, "Share of rejected pages and unsure articles, by run", "%"),
    }


def _sources(runs: Sequence[Run]) -> list[dict[str, Any]]:
    """Feeds, sitemaps and listings: what the newest run said of each, and what they gave in all these runs."""
    sources: dict[str, dict[str, Any]] = {}
    for run in runs:
        for source in sources_of(run.manifest):
            total = sources.get(source["url"], {"total": 0})["total"] + source["new"]
            sources[source["url"]] = source | {"total": total}
    return sorted(sources.values(), key=lambda source: -source["total"])
