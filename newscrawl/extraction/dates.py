"""When a story was published and last changed, in ISO 8601.

Sources in order of trust: the profile's selector, JSON-LD, meta tags, microdata and <time> elements near the headline,
the printed line, the date in the page's title and address, and what a feed said. A source that gives only the day is
completed by a later one that gives the time of the same day. Only the zone around the headline is read, so that no
comment's and no related story's date is taken, and no time later than the fetch is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from itertools import islice
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from lxml.html import HtmlElement

from newscrawl.extraction.callings import calling
from newscrawl.extraction.context import Context, Found, from_profile, marks
from newscrawl.extraction.head import meta_keys
from newscrawl.extraction.jsonld import text_of
from newscrawl.extraction.printed import Reader, words
from newscrawl.extraction.text import seen_text
from newscrawl.extraction.times import Judge, any_time, iso_time, url_day
from newscrawl.extraction.zone import Zone

_LIKE_PUBLISHED = re.compile(r"publi(?:sh|c)\w*[-_.:]?(?:date|time|on|at)?$|(?:date|time)[-_.:]?publi|pubdate")
_DIGIT = re.compile(r"\d")
_LINE = 200  # characters
_DATE_LINE = 60
_LITTLE_ELSE = 50  # letters: a date with its weekday, a name, "o'clock"


@dataclass(frozen=True, slots=True)
class Dates:
    """published and modified as ISO 8601 strings, each with its source."""

    published: Found[str]
    modified: Found[str]


@dataclass(frozen=True, slots=True)
class _Dated:
    """A date in the page's text: what it says, whether of the last change, and where it stands."""

    value: str
    updated: bool
    element: HtmlElement


def told_dates(context: Context) -> Dates:
    """The dates that profile, JSON-LD, meta tags, address and feed give: enough to choose a layout by."""
    return find_dates(context, None)


def find_dates(context: Context, zone: Zone | None) -> Dates:
    """Both dates, from every source; the printed ones (zone) only where the others leave something open."""
    judge = Judge(context.fetched_at, site_zone(context))
    told = [*_enough(judge.checked(_told_published(context)))]
    changed = [*_enough(judge.checked(_told_modified(context)))]
    printed: list[_Dated] = []
    if zone is not None and not (told and _has_time(told[0].value or "")):
        printed = list(_on_page(zone, reader_for(context)))
    candidates = told + _found(judge, printed, updated=False)
    if not candidates and zone is not None:
        reader = reader_for(context)
        printed = printed or list(_anywhere(context.tree, reader)) or list(_lone(context.tree, reader))
        candidates = _found(judge, printed, updated=False) + _found(judge, printed, updated=True)
    published = _completed([*candidates, *judge.checked(_last_words(context))])
    modified = _completed(changed + _found(judge, printed, updated=True))
    if modified.value and published.value and modified.value[:10] < published.value[:10]:
        modified = Found()
    return Dates(published, modified)


def _found(judge: Judge, printed: Iterable[_Dated], *, updated: bool) -> list[Found[str]]:
    dated = (Found(d.value, "template", (d.element,)) for d in printed if d.updated is updated)
    return [*judge.checked(dated)]


def _completed(candidates: Iterable[Found[str]]) -> Found[str]:
    """The first date; where it is only a day (or midnight sharp), the first later one with a time of that day."""
    best: Found[str] = Found()
    for found in candidates:
        if best.value is None or found.value and found.value[:10] == best.value[:10] and _has_time(found.value):
            best = found
        if best.value and _has_time(best.value):
            break
    return best


def _enough(candidates: Iterable[Found[str]]) -> Iterator[Found[str]]:
    """The candidates up to the one that settles day and time."""
    day = None
    for found in candidates:
        yield found
        day = day or (found.value or "")[:10]
        if found.value and found.value[:10] == day and _has_time(found.value):
            return


def _has_time(value: str) -> bool:
    return len(value) > 10 and value[11:16] != "00:00"


# What the page says outside its text


def _told_published(context: Context) -> Iterator[Found[str]]:
    for element in from_profile(context, "published"):
        value = machine_time(element) or next(
            (d.value for d in reader_for(context).read(seen_text(element, _LINE))), None
        )
        yield Found(value, "profile", (element,))
    reader = reader_for(context)
    for key in ("datePublished", "dateCreated", "uploadDate"):
        yield Found(any_time(text_of(context.story.get(key), 100), reader), "json-ld")
    for key in meta_keys("published"):
        for value in context.head.metas.get(key, ()):
            yield Found(any_time(value, reader), "meta")
    for key, values in context.head.metas.items():
        if _LIKE_PUBLISHED.search(key):
            yield Found(any_time(values[0], reader), "meta")
    if context.jsonld.page:
        yield Found(any_time(text_of(context.jsonld.page.get("datePublished"), 100), reader), "json-ld")


def _told_modified(context: Context) -> Iterator[Found[str]]:
    reader = reader_for(context)
    yield Found(any_time(text_of(context.story.get("dateModified"), 100), reader), "json-ld")
    for key in meta_keys("modified"):
        for value in context.head.metas.get(key, ()):
            yield Found(any_time(value, reader), "meta")
    yield Found(any_time(context.hints.modified_at, reader), context.hints.source or "feed")


def _last_words(context: Context) -> Iterator[Found[str]]:
    """What is left where the page names no date: its address, the end of its title, the feed."""
    yield Found(url_day(context.url), "url")
    for printed in reader_for(context).read((context.head.title or "")[-40:]):
        yield Found(printed.value[:10], "title")
    yield Found(any_time(context.hints.published_at, reader_for(context)), context.hints.source or "feed")


def reader_for(context: Context) -> Reader:
    """How this page's printed dates are read: its language, its country's order of figures, its site's zone."""
    language = context.language_hint
    try:
        country = (urlsplit(context.url or "").hostname or "").rsplit(".", 1)[-1]
    except ValueError:
        country = ""
    american = country in words().month_first or (len(country) != 2 and context.region_hint in (None, "US"))
    return Reader(language, month_first=language in (None, "en") and american, zone=site_zone(context))


def site_zone(context: Context) -> tzinfo | None:
    """The profile's time zone."""
    try:
        return ZoneInfo(context.site.timezone) if context.site and context.site.timezone else None
    except (KeyError, ValueError, OSError):
        return None


# What the page prints


def _on_page(zone: Zone, reader: Reader) -> Iterator[_Dated]:
    """Dates around the headline: what machines are given first, then what is printed; near lines first."""
    near = [(element, False) for element in zone.below] + [(element, True) for element in zone.above]
    usable = [(element, above) for element, above in near if not calling("not_date").fits(zone.called(element))]
    for element, _ in usable:
        if (element.tag == "time" or _is_dated(element)) and (value := machine_time(element)):
            yield _Dated(value, _is_update(element), element)
    beside = list(islice(zone.heading.iterancestors(), 3)) if zone.heading is not None else []
    for element, above in usable:
        if len(element) > 8 or not _may_be_dated(element):
            continue
        called = f"{zone.called(element)} {zone.called(element.getparent())}"
        yield from _printed(
            element, reader, called, little=0 if above and not _is_beside(element, beside) else _LITTLE_ELSE
        )


def _is_beside(element: HtmlElement, ancestors: Sequence[HtmlElement]) -> bool:
    """Whether an element above the headline stands in the same box as it, not in the page's masthead."""
    return any(parent in ancestors for parent in islice(element.iterancestors(), 3))


def _printed(element: HtmlElement, reader: Reader, called: str, *, little: int) -> Iterator[_Dated]:
    """Dates in one short line that is called a date, says that it is one, or holds few letters else."""
    text = seen_text(element, _LINE + 100)
    if len(text) > _LINE:
        return
    marked = bool(calling("date").fits(called) or words().published.search(text) or words().updated.search(text))
    if not marked and _letters(text) > little:
        return
    for printed in reader.read(text):
        yield _Dated(printed.value, printed.updated or _is_update(element), element)


def _letters(text: str) -> int:
    """Letters of a line; the words of a sentence, which are written small, count double."""
    small = sum(len(word) for word in text.split() if word[0].islower())
    return sum(c.isalpha() for c in text) + small


def _may_be_dated(element: HtmlElement) -> bool:
    text = element.text
    if text and _DIGIT.search(text, 0, _LINE):
        return True
    return any(child.tail and _DIGIT.search(child.tail, 0, _LINE) for child in element)


def _is_dated(element: HtmlElement) -> bool:
    itemprop = element.get("itemprop")
    if itemprop and itemprop.lower() in ("datepublished", "datemodified", "datecreated"):
        return True
    return element.get("data-timestamp") is not None


def _is_update(element: HtmlElement) -> bool:
    """Whether an element, its parent, or the words before it say "updated"."""
    itemprop: str = (element.get("itemprop") or "").lower()
    if itemprop:
        return itemprop == "datemodified"
    parent = element.getparent()
    called = marks(element) + " " + (marks(parent) if parent is not None and len(parent) < 4 else "")
    if calling("updated").fits(called) and "publish" not in called:
        return True
    before = element.getprevious()
    label = ((parent.text if parent is not None else "") or "")[-40:]
    if before is not None:
        label = f"{seen_text(before, 60)[-40:] if len(before) < 3 else ''} {(before.tail or '')[-40:]}"
    return words().updated.search(label) is not None and words().published.search(label) is None


def machine_time(element: HtmlElement) -> str | None:
    """The time in an element's attributes: datetime, content, title, data-…."""
    for name in (
        "datetime",
        "content",
        "data-datetime",
        "data-published",
        "data-date",
        "data-time",
        "data-timestamp",
        "data-utc",
        "title",
    ):
        if (text := element.get(name)) and (value := iso_time(text)):
            return value
    return None


def _anywhere(tree: HtmlElement, reader: Reader) -> Iterator[_Dated]:
    """Dates that say they are the story's, wherever they stand: microdata, <time> of entries, lists of facts."""
    for element in islice(tree.iter("time", "span", "p", "div", "li", "strong", "b", "dt", "td"), 4_000):
        if element.tag == "time" or _is_dated(element):
            if not calling("not_date").fits(marks(element)) and not _is_aside(element):
                value = machine_time(element) or next((d.value for d in reader.read(seen_text(element, 100))), None)
                if value:
                    yield _Dated(value, _is_update(element), element)
        elif element.tag in ("strong", "b", "dt") and words().published.fullmatch((element.text or "").strip(" :\n")):
            following = element.getnext() if element.tag == "dt" else None
            text = (element.tail or "").strip() or (seen_text(following, 100) if following is not None else "")
            for printed in reader.read(text[:100]):
                yield _Dated(printed.value, updated=False, element=element)


def _lone(tree: HtmlElement, reader: Reader) -> Iterator[_Dated]:
    """The one day that lines which are nothing but a date agree on; several are those of other stories."""
    found: dict[str, _Dated] = {}
    for element in islice(tree.iter("span", "p", "div", "small", "em", "i", "a", "li", "td"), 6_000):
        text = element.text
        if not text or not 6 < len(text) < 3 * _DATE_LINE or not _DIGIT.search(text) or len(element) > 1:
            continue
        if len(text := text.strip()) >= _DATE_LINE or _letters(text) > _LITTLE_ELSE // 2:
            continue
        for printed in reader.read(text):
            if not printed.updated and not _is_aside(element):
                found.setdefault(printed.value[:10], _Dated(printed.value, updated=False, element=element))
        if len(found) > 1:
            return
    yield from found.values()


def _is_aside(element: HtmlElement) -> bool:
    for parent in islice(element.iterancestors(), 8):
        if parent.tag in ("aside", "nav", "footer", "li") or calling("not_date").fits(marks(parent)):
            return True
    return False
