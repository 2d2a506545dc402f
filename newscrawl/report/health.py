"""Is this run sound? Each run is held against the site's own past; a site without a past, against absolute floors only.

The rules of judging, all over pages that ended as a record (new or revised) or as a reject line:

- What counts is a share ("no story on 41 of 44 pages"), never a number of stories: a slow news day raises no alarm.
  Articles looked at again and found unchanged prove nothing new and are left out.
- Runs are pooled backwards for as long as they look broken, so that a site crawled every ten minutes for two stories
  a time is judged as well as one crawled at night; the first run of that row gives the date since when it is broken.
- The site's usual is pooled over its last 30 runs, without those marked broken in the same thing: an alarm that goes
  on for weeks does not turn into the new usual.
- A share must be over its limit, worse than in any sound run before, and not to be had by chance (binomial, 1 in 1000).

Manifests are the dictionaries of manifest.json; nothing here knows a file or the clock.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from itertools import chain
from statistics import median
from typing import Any

from newscrawl.items import REASONS
from newscrawl.report.shares import Share, Window, by_chance, pooled, streak
from newscrawl.report.stats import FIELDS

Manifest = Mapping[str, Any]

#: Floors and ceilings that a profile's [health] table may set, each with its default.
FLOORS: Mapping[str, float] = {
    "pages": 8,  # fewest pages that are judged
    "no_body": 0.5,  # highest share of pages on which no story was found
    "rejects": 0.5,  # highest share of pages rejected for one reason that a sound site does not show (walls, errors)
    "rise": 0.3,  # how far a share may rise above the site's usual
    "fill": 0.5,  # to what part of its usual a field's filling may fall
    "fill_headline": 0.5,  # lowest filling of the headline; fill_dateline = 0.6 and so on set others
    "low_confidence": 0.5,  # highest share of records that the extraction is unsure of
    "failed": 0.5,  # highest share of pages that could not be fetched
    "words_low": 0.4,  # to what part of its usual the median body length may fall
    "words_high": 3.0,  # to what multiple of its usual it may rise
    "candidates": 0.1,  # to what part of their usual the links on feeds, sitemaps and listings may fall
    "silent_days": 3,  # days without a new story on a site that has some every day; scarcer sites get more
}
#: Settable, without a default.
OPTIONAL = frozenset(f"fill_{name}" for name in FIELDS)
RUNS = 30

_NO_BODY = ("no_story", "empty")
_UNSOUND: tuple[str, ...] = (
    "consent_wall",
    "bot_wall",
    "login_wall",
    "soft_404",
    "http_error",
    "not_html",
    "unreachable",
    "timeout",
)
_UNSOUND += ("worker_lost", "broken", "too_large", "too_complex", "too_long", "redirect")
_ON_PURPOSE = ("robots", "opted_out", "private_address")
_LAYOUT = "layout seems to have changed"


@dataclass(frozen=True, slots=True)
class Problem:
    """What broke. field: the record's field, or "rejects.REASON", "failed", "low_confidence", "body_words",
    "discovered", "written"; message: one line for people; since: ISO 8601 date of the first broken run."""

    field: str
    message: str
    since: str


@dataclass(frozen=True, slots=True)
class Health:
    """The verdict on one run."""

    ok: bool
    problems: tuple[Problem, ...] = ()

    @property
    def line(self) -> str:
        """All of it in one line; "healthy" where nothing is wrong."""
        return " · ".join(problem.message for problem in self.problems) or "healthy"

    def to_manifest(self) -> dict[str, Any]:
        """The "health" key of manifest.json, by which later runs know what to leave out of the usual."""
        return {"ok": self.ok, "problems": [{k: getattr(p, k) for k in Problem.__slots__} for p in self.problems]}


def judge(run: Manifest, past: Sequence[Manifest], floors: Mapping[str, float] | None = None) -> Health:
    """Hold a run against the site's past runs (any order, this run not among them) and floors over the defaults.

    Raises ValueError on a floor that does not exist.
    """
    if unknown := list(unknown_floors(floors or {})):
        raise ValueError(unknown[0])
    limits = {**FLOORS, **(floors or {})}
    before = sorted((m for m in past if m.get("started_at")), key=lambda m: str(m["started_at"]), reverse=True)
    problems = tuple(
        chain(
            _discovery(run, before, limits),
            (p for share in _shares(run) if (p := _share_problem(share, run, before, limits))),
            _length(run, before, limits),
            _silence(run, before, limits),
        )
    )
    return Health(not problems, problems)


def unknown_floors(floors: Mapping[str, float]) -> Iterator[str]:
    """A message for each key of a [health] table that is none."""
    for key in floors:
        if key not in FLOORS and key not in OPTIONAL:
            known = ", ".join(sorted(FLOORS))
            yield f"health.{key}: no such floor; known are {known} and fill_FIELD for {', '.join(FIELDS)}"


def known_floors(floors: Mapping[str, float]) -> dict[str, float]:
    """Floors without the unknown ones: a profile is checked before a crawl, not at its end."""
    return {key: value for key, value in floors.items() if key in FLOORS or key in OPTIONAL}


def written(run: Manifest) -> int:
    """Records that a run wrote."""
    counts = run.get("counts", {})
    return int(counts.get("new", 0)) + int(counts.get("revised", 0))


def pages(run: Manifest) -> int:
    """Pages of a run that ended as a record or a reject line, without those found unchanged."""
    return written(run) + sum(map(int, run.get("rejects", {}).values()))


def day(run: Manifest) -> str:
    """The UTC date on which a run began."""
    return str(run.get("started_at", ""))[:10]


def _rejected(reasons: Sequence[str], run: Manifest) -> tuple[int, int]:
    return sum(int(run.get("rejects", {}).get(reason, 0)) for reason in reasons), pages(run)


def _shares(run: Manifest) -> Iterator[Share]:
    """Everything that is judged as a share of bad pages, records or requests."""
    yield Share("body", partial(_rejected, _NO_BODY), "body empty on {bad} of {all} pages", "no_body")
    for reason in run.get("rejects", {}):
        if reason in _NO_BODY or reason in _ON_PURPOSE:
            continue
        limit = "rejects" if reason in _UNSOUND else None
        words = REASONS.get(reason, reason).replace("{", "(").replace("}", ")")
        yield Share(f"rejects.{reason}", partial(_rejected, (reason,)), f"{words}: {{bad}} of {{all}} pages", limit)
    yield Share("failed", _failed, "{bad} of {all} pages could not be fetched", "failed")
    for name in FIELDS:
        if name != "body":
            words = f"{name} empty on {{bad}} of {{all}} articles"
            yield Share(name, partial(_unfilled, name), words, f"fill_{name}", filling=True)
    unsure = "{bad} of {all} articles are extracted with low confidence"
    yield Share("low_confidence", _unsure, unsure, "low_confidence")


def _failed(run: Manifest) -> tuple[int, int]:
    failed = int(run.get("counts", {}).get("failed", 0))
    return failed, failed + pages(run)


def _unsure(run: Manifest) -> tuple[int, int]:
    return int(run.get("low_confidence") or 0), written(run)


def _unfilled(name: str, run: Manifest) -> tuple[int, int]:
    fields = run.get("fields", {})
    return (max(0, written(run) - int(fields[name])), written(run)) if name in fields else (0, 0)


def _share_problem(
    share: Share, run: Manifest, past: Sequence[Manifest], limits: Mapping[str, float]
) -> Problem | None:
    sound = [m for m in past if not _marked(m, share.field)][:RUNS]
    ceiling = _ceiling(share, pooled(share, sound), limits)
    if ceiling is None or share.of(run) <= ceiling:
        return None
    window = streak(share, run, past, ceiling)
    sound = [m for m in sound if not any(m is broken for broken in window.runs)]
    usual = pooled(share, sound, fewest=limits["pages"])
    ceiling = _ceiling(share, usual, limits)  # once more, now that the broken runs are out of the usual
    if ceiling is None or window.all < limits["pages"] or window.bad <= ceiling * window.all:
        return None
    if usual is not None:
        worst = max((share.of(m) for m in sound if share.count(m)[1] >= limits["pages"]), default=0.0)
        if window.bad <= worst * window.all or by_chance(window.bad, window.all, usual) > 0.001:
            return None
    since = _since(window, share.field)
    message = share.words.format(bad=window.bad, all=window.all) + f" since {since}"
    return Problem(share.field, message + _after(share, usual), since)


def _after(share: Share, usual: float | None) -> str:
    """What the line says after the date: the cause where it can be guessed, and the usual where there is one."""
    cause = f"; {_LAYOUT}" if share.field == "body" or share.filling else ""
    if usual is None:
        return cause
    return f"{cause} (usually {f'filled on {1 - usual:.0%}' if share.filling else f'{usual:.0%}'})"


def _ceiling(share: Share, usual: float | None, limits: Mapping[str, float]) -> float | None:
    """The highest share of bad ones that passes; None where nothing can be said."""
    fixed = limits.get(share.limit) if share.limit else None
    if fixed is not None and share.filling:
        fixed = 1 - fixed
    relative = None
    if usual is not None and not share.filling:
        relative = usual + limits["rise"]
    elif usual is not None and usual <= 0.4:  # a field that is mostly empty anyway says nothing when it is empty
        relative = 1 - limits["fill"] * (1 - usual)
    return min((limit for limit in (fixed, relative) if limit is not None), default=None)


def _marked(run: Manifest, name: str) -> bool:
    return any(problem.get("field") == name for problem in (run.get("health") or {}).get("problems", ()))


def _since(window: Window, name: str) -> str:
    """The date of the oldest run in the window, or what that run itself said since when it was broken."""
    oldest = window.runs[-1]
    said = [p.get("since") for p in (oldest.get("health") or {}).get("problems", ()) if p.get("field") == name]
    return min([day(oldest), *(str(s) for s in said if s)])


def _length(run: Manifest, past: Sequence[Manifest], limits: Mapping[str, float]) -> Iterator[Problem]:
    """The median body length, against its usual."""
    sound = [w for m in past if not _marked(m, "body_words") and (w := _words(m))][:RUNS]
    if not sound or not _words(run):
        return
    usual = median(sound)
    low, high = limits["words_low"] * usual, limits["words_high"] * usual
    broken = [run]
    for m in past:
        words = _words(m)
        if words and low <= words <= high:
            break
        broken += [m] if words else []
    length = median(filter(None, map(_words, broken)))
    if sum(map(written, broken)) >= limits["pages"] and not low <= length <= high and not low <= _words(run) <= high:
        since = _since(Window(run, tuple(broken)), "body_words")
        text = f"body of {length:.0f} words in the median since {since}, where {usual:.0f} is usual"
        yield Problem("body_words", f"{text}; {_LAYOUT if length < low else 'page chrome may be in the text'}", since)


def _words(run: Manifest) -> float:
    return float((run.get("body_words") or {}).get("median") or 0) if written(run) else 0.0


def _discovery(run: Manifest, past: Sequence[Manifest], limits: Mapping[str, float]) -> Iterator[Problem]:
    """Whether feeds, sitemaps and listings still lead to stories, known ones included."""
    found = _candidates(run)
    usual = [n for m in past if not _marked(m, "discovered") and (n := _candidates(m)) is not None][:RUNS]
    if found is None or not usual or median(usual) < 10 or found >= limits["candidates"] * median(usual):
        return
    broken = [run]
    for m in past:
        links = _candidates(m)
        if links is not None and links >= limits["candidates"] * median(usual):
            break
        broken += [m] if links is not None else []
    since = _since(Window(run, tuple(broken)), "discovered")
    where = "feeds, sitemaps and listings"
    errors = sorted({s["error"] for s in run["sources"] if s.get("error")})
    cause = f"; {errors[0]}" if errors else ""
    yield Problem(
        "discovered",
        f"{found} links to stories on {where} since {since}, where {median(usual):.0f} are usual{cause}",
        since,
    )


def _candidates(run: Manifest) -> int | None:
    """Links to stories that all sources gave; None where a source had not changed, since that says nothing."""
    sources = run.get("sources") or []
    if not sources or any(source.get("not_modified") for source in sources):
        return None
    return sum(int(source.get("candidates") or 0) for source in sources)


def _silence(run: Manifest, past: Sequence[Manifest], limits: Mapping[str, float]) -> Iterator[Problem]:
    """A site that had stories every day and has none for days: a stale feed, most likely."""
    fresh = [m for m in past if int(m.get("counts", {}).get("new", 0))][:RUNS]
    if int(run.get("counts", {}).get("new", 0)) or len(fresh) < 5 or not day(run):
        return
    first, last = (date.fromisoformat(day(m)) for m in (fresh[-1], fresh[0]))
    quiet = (date.fromisoformat(day(run)) - last).days
    span = (last - first).days + 1
    a_day = sum(int(m["counts"]["new"]) for m in fresh) / span
    if span >= 7 and quiet >= max(limits["silent_days"], 10 / a_day):
        yield Problem("written", f"no new story since {last}, where {a_day:.0f} a day are usual", last.isoformat())
