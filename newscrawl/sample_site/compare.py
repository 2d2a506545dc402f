"""What a run wrote against the truth: every difference in a line of its own, for tests and for people."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from newscrawl.sample_site.truth import Expected, expected

#: What a spare version of a page (AMP, print) still has to give.
_CORE = ("id", "canonical_url", "headline", "dateline", "body", "language")


def differences(
    records: Iterable[Mapping[str, Any]],
    rejects: Iterable[Mapping[str, Any]],
    base_url: str,
    day: int = 1,
    skip: Iterable[str] = ("revision",),
) -> list[str]:
    """How a full crawl's records and reject lines, as parsed from its JSONL, differ from the truth; [] where they
    agree. skip: keys that are not looked at; without revision, days may have been left out."""
    truth, records = expected(base_url, day), list(records)
    return [*_accounts(truth, records, list(rejects)), *_records(truth, records, frozenset(skip))]


def _accounts(
    truth: Mapping[str, Expected], records: list[Mapping[str, Any]], rejects: list[Mapping[str, Any]]
) -> Iterator[str]:
    """Whether each URL came to its end, once, and each story to one record."""
    written = Counter(str(record["url"]) for record in records)
    rejects = [line for line in rejects if not _is_echo(line, truth, written)]
    reasons = {str(line["url"]): str(line["reason"]) for line in rejects}
    told = defaultdict(list)
    for url, count in (written + Counter(str(line["url"]) for line in rejects)).items():
        if url not in truth:
            yield f"{url}: is not on the site, or not to be found: {reasons.get(url, 'record')}"
        if count > 1:
            yield f"{url}: {count} lines, expected one"
    for url, answer in truth.items():
        told[answer.story].extend([url] * written[url])
        if answer.reason and reasons.get(url) != answer.reason:
            got = reasons.get(url, "a record" if written[url] else "nothing")
            yield f"{url}: expected reject {answer.reason!r}, got {got}"
        elif answer.story and reasons.get(url, "duplicate") != "duplicate":
            yield f"{url}: expected {answer.story!r}, got reject {reasons[url]!r}"
        elif answer.story and not answer.optional and not written[url] and url not in reasons:
            yield f"{url}: expected {answer.story!r}, and nothing was said of it"
    for story in {answer.story for answer in truth.values() if answer.story}:
        if len(told[story]) != 1:
            yield f"{story}: expected one record, got {len(told[story])}: {', '.join(told[story])}"


def _is_echo(line: Mapping[str, Any], truth: Mapping[str, Expected], written: Counter[str]) -> bool:
    """Whether a reject tells of another way to a page that has its record, under the address that a redirect led to."""
    url = str(line["url"])
    others = (a for other, a in truth.items() if a.optional and a.record and other != url)
    return bool(
        line["reason"] == "duplicate" and written[url] and any(a.record["url"] == url for a in others if a.record)
    )


def _records(truth: Mapping[str, Expected], records: list[Mapping[str, Any]], skip: frozenset[str]) -> Iterator[str]:
    for got in records:
        answer = truth.get(str(got["url"]))
        if answer and answer.record:
            for key in _CORE if answer.plain else [k for k in answer.record if k != "url"]:
                if key not in skip and not same(key, answer.record[key], got.get(key)):
                    yield f"{answer.story}: {key}: expected {answer.record[key]!r}, got {got.get(key)!r}"


def same(key: str, wanted: Any, got: Any) -> bool:
    """Whether a value of a record is what the truth wants. Times are equal that name the same moment with an offset;
    coordinates may differ by a tenth of a degree and cities by accents, as gazetteers do, and word counts by an eighth,
    since "ship's" is one word or two; a region that the truth does not state may be anything."""
    if key in {"published_at", "modified_at"} and "T" in str(wanted) and "T" in str(got):
        try:
            moment = datetime.fromisoformat(got)
        except (ValueError, TypeError):
            return False
        return moment.tzinfo is not None and moment == datetime.fromisoformat(wanted)
    if key == "word_count" and isinstance(got, int):
        return bool(abs(wanted - got) <= wanted / 8)
    if key == "dateline" and wanted and isinstance(got, Mapping):
        return all(_near(wanted[part], got.get(part), part) for part in wanted)
    if isinstance(wanted, list):
        return isinstance(got, (list, tuple)) and wanted == list(got)
    return bool(wanted == got)


def _near(wanted: Any, got: Any, part: str) -> bool:
    if part in {"latitude", "longitude"} and wanted is not None and got is not None:
        return bool(abs(wanted - got) < 0.1)
    if part == "city" and wanted and got:
        return _plain(wanted) == _plain(str(got))
    return bool(wanted == got or (part == "region" and wanted is None))


def _plain(name: str) -> str:
    """A city's name without accents and apostrophes."""
    return "".join(letter for letter in unicodedata.normalize("NFD", name) if letter.isalpha() or letter == " ")
