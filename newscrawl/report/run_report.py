"""The report of one run: a page that stands alone, made from the run's folder and the manifests before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from newscrawl.items import REASONS
from newscrawl.report import charts, worldmap
from newscrawl.report.figures import Figures, figures_of, histogram, most
from newscrawl.report.health import RUNS, judge, pages, written
from newscrawl.report.history import Run, sources_of, usual_fill, usual_rejects, usual_words
from newscrawl.report.html import render, span
from newscrawl.report.rows import rows_of
from newscrawl.report.stats import FIELDS

Manifest = Mapping[str, Any]

#: Examples of each reason for a rejection that a report names.
EXAMPLES = 5

_PARTS = (
    ("time", "Time"),
    ("sections", "Sections"),
    ("sources", "Found by"),
    ("rejects", "Rejected"),
    ("fields", "Fields"),
    ("lengths", "Lengths"),
    ("languages", "Languages"),
    ("datelines", "Datelines"),
    ("agencies", "Agencies"),
    ("responses", "Answers"),
    ("slowest", "Slowest"),
    ("chrome", "Taken off"),
    ("articles", "Articles"),
)


@dataclass(frozen=True, slots=True)
class Example:
    """A rejected page. page: relative address of its inspector page, where one was written."""

    url: str | None
    detail: str | None
    page: str | None


@dataclass(frozen=True, slots=True)
class Reject:
    """Pages rejected for one reason. share and usual are parts of all pages, 0 to 1."""

    reason: str
    words: str
    number: int
    share: float
    usual: float | None
    examples: Sequence[Example]


def render_run(
    run: Run,
    past: Sequence[Manifest],
    *,
    links: Mapping[str, str] | None = None,
    up: str | None = None,
    floors: Mapping[str, float] | None = None,
) -> str:
    """The HTML of a run's report.

    past: the site's manifests before it, newest first; links: the inspector pages there are, by article id or by the
    WARC record id of a rejected page; up: address of the site's page; floors: see health.judge.
    """
    manifest, links = run.manifest, links or {}
    figures = figures_of(run.articles())
    health = manifest.get("health") or judge(manifest, past, floors).to_manifest()
    rows, note = rows_of(run.articles(), links, figures.articles)
    inspected = set(links.values())
    more = f"scrapy report {run.site} {run.name} --pages all" if any(r.href not in inspected for r in rows) else None
    return render(
        "run.html.j2",
        "base.css report.css",
        "report.js",
        site=run.site,
        started=manifest.get("started_at") or run.name,
        up=up,
        sentence=sentence(manifest, figures),
        problems=health.get("problems", ()),
        verdict=_verdict(manifest, past),
        tiles=_tiles(manifest, figures),
        parts=_PARTS,
        rejects=list(_rejects(run, past, links)),
        rows=rows,
        table_note=note,
        more_pages=more if manifest.get("settings", {}).get("NEWSCRAWL_ARCHIVE", True) else None,
        files_note=_files_note(manifest),
        versions=", ".join(f"{name} {number}" for name, number in (manifest.get("versions") or {}).items()),
        **_charts(figures, manifest),
        **_against_the_past(manifest, past, health),
        **_map(figures),
    )


def sentence(manifest: Manifest, figures: Figures) -> str:
    """What the run did, in one sentence."""
    if not manifest:
        return f"This run has not ended, or was stopped: {_many(figures.articles, 'article')} are safe so far."
    counts = manifest.get("counts", {})
    new, revised, rejected, failed = (int(counts.get(k, 0)) for k in ("new", "revised", "rejected", "failed"))
    wrote = f"wrote {_many(new, 'new article')}" if new else "found no new article"
    wrote += f" and {_many(revised, 'revised one')}" if revised else ""
    unchanged = int(counts.get("unchanged", 0))
    wrote += f", found {_many(unchanged, 'article')} unchanged" if unchanged else ""
    ends = f"{_many(rejected, 'page')} {'was' if rejected == 1 else 'were'} rejected"
    ends += f" and {failed:,} could not be fetched" if failed else ""
    took = span(manifest.get("seconds"))
    reason = manifest.get("finish_reason")
    stopped = "" if reason in (None, "finished") else f" It stopped early: {reason}."
    return f"In {took} this run got {_many(int(counts.get('fetched', 0)), 'page')} and {wrote}; {ends}.{stopped}"


def _many(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _verdict(manifest: Manifest, past: Sequence[Manifest]) -> str:
    known = len([m for m in past if pages(m)][:RUNS])
    if not manifest:
        return "A run is judged when it ends."
    if not pages(manifest):
        return "Nothing new was there to be judged."
    return f"Held against the last {_many(known, 'run')}." if known else "The first run: held against the floors only."


def _tiles(manifest: Manifest, figures: Figures) -> list[tuple[str, int]]:
    counts = manifest.get("counts") or {"new": figures.articles}
    names = ("new", "revised", "unchanged", "rejected", "failed", "discovered", "fetched", "requests")
    return [(name.capitalize(), int(counts[name])) for name in names if name in counts]


def _rejects(run: Run, past: Sequence[Manifest], links: Mapping[str, str]) -> Iterator[Reject]:
    examples: dict[str, list[Example]] = {}
    numbers: dict[str, int] = {}
    for line in run.rejections():
        reason = str(line.get("reason"))
        numbers[reason] = numbers.get(reason, 0) + 1
        page = links.get(str((line.get("archive") or {}).get("record_id")))
        example = Example(line.get("url"), line.get("detail"), page)
        examples.setdefault(reason, []).append(example)
        if len(examples[reason]) > EXAMPLES:  # keep those whose page can be seen
            examples[reason].sort(key=lambda each: each.page is None)
            examples[reason].pop()
    total = sum(numbers.values()) + (written(run.manifest) or sum(1 for _ in run.articles()))
    for reason, number in sorted(numbers.items(), key=lambda item: (-item[1], item[0])):
        words, usual = REASONS.get(reason, "a reason of another version"), usual_rejects(past, reason)
        yield Reject(reason, words, number, number / total, usual, examples[reason])


def _charts(figures: Figures, manifest: Manifest) -> dict[str, Any]:
    timeline, lengths = figures.timeline(), histogram(figures.words)
    responses = sorted((manifest.get("responses") or {}).items())
    chrome = most(manifest.get("chrome") or {}, 20)
    sections, agencies, languages = most(figures.sections), most(figures.agencies), most(figures.languages)
    return {
        "timeline": timeline,
        "time_chart": charts.bars(timeline.bars, f"Articles by {timeline.unit} of publication"),
        "sections": sections,
        "section_chart": charts.ranking(sections, "Articles by section"),
        "lengths": lengths,
        "length_chart": charts.bars(lengths, "Articles by number of words"),
        "agencies": agencies,
        "agency_chart": charts.ranking(agencies, "Articles by agency"),
        "languages": languages,
        "language_chart": charts.ranking(languages, "Articles by language"),
        "responses": responses,
        "response_chart": charts.ranking(responses, "Answers by HTTP status"),
        "chrome": chrome,
        "chrome_chart": charts.ranking(chrome, "Lines taken off by rule"),
        "slowest": [{"url": None, "ms": None, **page} for page in manifest.get("slowest") or []],
        "sources": sorted(sources_of(manifest), key=lambda source: -source["new"]),
    }


def _against_the_past(manifest: Manifest, past: Sequence[Manifest], health: Mapping[str, Any]) -> dict[str, Any]:
    broken = {problem["field"] for problem in health.get("problems", ())}
    filled, total = manifest.get("fields") or {}, written(manifest)
    latencies = [m["latency_ms"]["median"] for m in past if (m.get("latency_ms") or {}).get("median")][:RUNS]
    fields = [
        {
            "name": name,
            "share": min(1.0, filled.get(name, 0) / total) if total else 0.0,
            "usual": usual_fill(past, name),
            "broken": name in broken,
        }
        for name in FIELDS
    ]
    return {
        "fields": fields,
        "written": total,
        "past_runs": len([m for m in past if written(m)][:RUNS]),
        "words": {"median": 0, **{k: v for k, v in (manifest.get("body_words") or {}).items() if v is not None}},
        "usual_words": usual_words(past),
        "latency": {"median": None, "p95": None, **(manifest.get("latency_ms") or {})},
        "usual_latency": median(latencies) if latencies else None,
    }


def _map(figures: Figures) -> dict[str, Any]:
    places = figures.found_places()
    return {
        "places": places,
        "placeless": figures.placeless,
        "marks": worldmap.marks(places),
        "land": worldmap.land(),
        "view": " ".join(map(str, worldmap.VIEW)),
    }


def _files_note(manifest: Manifest) -> str:
    files = manifest.get("files") or []
    if not files:
        return ""
    size = sum(int(each.get("bytes") or 0) for each in files) / 1e6
    return f"{_many(len(files), 'file')}, {size:,.1f} MB beside this page; manifest.json has their SHA-256."
