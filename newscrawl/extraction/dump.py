"""A plain-text dump of a page to a record: what copying a page, or an old scraper, leaves of a story.

A dump has no elements to tell chrome by, only lines and their order: the headline comes first, then lines about the
story's origin mixed with buttons, the story, often an end mark, and what pages put below stories. So the head is read
up to the last line that says who, where from or when, and the story is the prose that follows, without the lines that
are chrome on pages too (chrome/lines.toml), up to an end mark or to the last line that is prose.

What comes out can be put in again: headline, dateline and body give the same body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime

from newscrawl.discovery.urls import article_id
from newscrawl.extraction.article import extract
from newscrawl.extraction.chrome import LineRule
from newscrawl.extraction.dateline import MOST_PARAGRAPHS, find_dateline, parse_dateline
from newscrawl.extraction.dump_head import BEFORE_IMPRINT, MOST_DECK, Head, chrome_of, is_prose, read_head
from newscrawl.extraction.dump_lines import read_paragraphs, unfold
from newscrawl.extraction.endmarks import is_end_mark, is_parting, without_end_mark
from newscrawl.extraction.imprint import chrome_words, read_imprint
from newscrawl.extraction.language import detect
from newscrawl.extraction.localtime import with_offset
from newscrawl.extraction.page import DEFAULT_LIMITS
from newscrawl.extraction.printed import Reader
from newscrawl.extraction.results import extractor
from newscrawl.extraction.text import content_hash, count_words, fold
from newscrawl.extraction.verdict import judge_text
from newscrawl.items import Article, Dateline, Rejection

_BULLET = re.compile(r"[-–*•·▪◦‣]\s|\d{1,2}[.)]\s")
_MARKUP = re.compile(r"\s*(?:<!doctype\s+html|<html[\s>]|<\?xml[^>]{0,100}>\s*<(?:!doctype\s+)?html)", re.IGNORECASE)
_NOT_TEXT = re.compile("[\x00-\x08\x0e-\x1f\ufffd]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def read_dump(text: str, *, url: str | None = None, fetched_at: datetime | None = None) -> Article | Rejection:
    """The record of a text dump, or why there is none: too_large over 2,000,000 characters, empty, not_html where it
    is no text, no_story, or a kind of page that holds none. A dump that is HTML is read as a page. Never raises."""
    found = _refusal(text, url) or _read(_SURROGATES.sub("\ufffd", text), url, fetched_at)
    if isinstance(found, Rejection):
        return replace(found, fetched_at=fetched_at.isoformat() if fetched_at else None)
    return found


def _refusal(text: str, url: str | None) -> Rejection | None:
    if len(text) > DEFAULT_LIMITS.text:
        return Rejection(url, "too_large", f"{len(text):,} characters")
    if not text.strip("\x00\ufeff \t\r\n"):
        return Rejection(url, "empty", "no text at all")
    head = text[:4_000].replace("\x00", "")
    if head.startswith("%PDF-") or len(_NOT_TEXT.findall(head)) > 0.1 * len(head):
        return Rejection(url, "not_html", "a file that is no text")
    return None


def _read(text: str, url: str | None, fetched_at: datetime | None) -> Article | Rejection:
    if _MARKUP.match(text.lstrip("\ufeff")[:400]):
        return extract(text, url=url, fetched_at=fetched_at)
    paragraphs = list(unfold(read_paragraphs(text)))
    language = detect(" ".join(p for p in paragraphs if is_prose(p))[:2_000]) or detect(" ".join(paragraphs)[:2_000])
    reader = Reader(language)
    head = read_head(paragraphs, reader)
    story, ended = _read_story(paragraphs[head.start :], reader, head.headline)
    published, modified = (_believed(head.first(key), url, fetched_at) for key in ("published_at", "modified_at"))
    story, dateline, note = _take_dateline(story, published or modified, language, head.first("publisher"))
    story = _settled(story, reader, head.headline)
    body = "\n\n".join(story)
    verdict = judge_text(head.headline, body, paragraphs)
    if verdict.reason:
        return Rejection(url, verdict.reason, verdict.detail)
    known = {"headline": head.headline, "body": body, "published_at": published, "authors": head.authors}
    return Article(
        id=article_id(url or f"{head.headline}\n{body}"),
        revision=1,
        url=url,
        canonical_url=None,
        site=None,
        publisher=head.first("publisher"),
        headline=head.headline,
        deck=head.deck or note,
        dateline=dateline,
        authors=head.authors,
        published_at=published,
        modified_at=modified,
        language=language,
        section=head.section,
        keywords=(),
        body=body,
        images=(),
        word_count=count_words(body),
        completeness=verdict.completeness,
        confidence=_confidence(head, story, ended or dateline is not None),
        provenance={key: "text" for key, value in known.items() if value},
        content_hash=content_hash(head.headline, body),
        fetched_at=fetched_at.isoformat() if fetched_at else None,
        http_status=None,
        archive=None,
        extractor=extractor(),
    )


def _read_story(paragraphs: Sequence[str], reader: Reader, headline: str | None) -> tuple[list[str], bool]:
    """The story's paragraphs, and whether an end mark closed it."""
    kept, ended = _until_the_end(paragraphs)
    first = next((i for i, p in enumerate(kept) if is_prose(p) or parse_dateline(p, language=reader.language)), None)
    if first is None:
        return [], ended
    return _settled(kept[first:], reader, headline), ended


def _settled(story: Sequence[str], reader: Reader, headline: str | None) -> list[str]:
    """Each paragraph once, no imprint among the first, no titles after the last."""
    kept = _without_tail(list(unfold(list(story))))
    while (at := _stray(kept, reader, headline)) is not None:
        del kept[at]
    return kept


def _until_the_end(paragraphs: Sequence[str]) -> tuple[list[str], bool]:
    """Paragraphs up to an end mark or to what closes a page's story, chrome left out."""
    kept: list[str] = []
    late = 0.6 * sum(map(len, paragraphs))
    size, taking, begun = 0, False, False
    for paragraph in paragraphs:
        size += len(paragraph)
        text, ended = without_end_mark(paragraph)
        prose, rule = is_prose(text), chrome_of(paragraph)
        if begun and (is_end_mark(paragraph) or _closes(paragraph, rule, size > late)):
            return kept, is_end_mark(paragraph)
        if rule or is_end_mark(paragraph) or is_parting(paragraph):
            taking = bool(rule and rule.takes)
        elif not (taking and not prose):
            taking = False
            if text:
                kept.append(text)
            begun = begun or prose
            if ended and prose:
                return kept, True
    return kept, False


def _closes(paragraph: str, rule: LineRule | None, late: bool) -> bool:
    if len(paragraph) <= 100 and chrome_words().closing.match(paragraph):
        return True
    return late and rule is not None and rule.takes == "rest"


def _without_tail(kept: list[str]) -> list[str]:
    """The story up to its last paragraph or list item: what follows are titles and labels."""
    while kept and not (is_prose(kept[-1]) or _BULLET.match(kept[-1])):
        kept = kept[:-1]
    return kept


def _stray(story: Sequence[str], reader: Reader, headline: str | None) -> int | None:
    """A line about the story's origin, or the headline again, where the head of a dump may still reach."""
    prose = 0
    for index, paragraph in enumerate(story):
        again = headline and fold(paragraph) == fold(headline)
        if again or (not parse_dateline(paragraph, language=reader.language) and read_imprint(paragraph, reader)):
            return index
        if prose >= BEFORE_IMPRINT:
            return None
        prose += is_prose(paragraph)
    return None


def _believed(value: str | None, url: str | None, fetched_at: datetime | None) -> str | None:
    """A date, unless it lies after the fetch: its day and the next, as it may be in some time zone."""
    told = with_offset(value, url)
    if told and fetched_at and told[:10] > date.fromordinal(fetched_at.date().toordinal() + 1).isoformat():
        return None
    return told


def _take_dateline(
    story: list[str], published: str | None, language: str | None, publisher: str | None
) -> tuple[list[str], Dateline | None, str | None]:
    """The story without its dateline, the dateline, and a deck that stood before it."""
    day = date.fromisoformat(published[:10]) if published else None
    found = find_dateline(story[:MOST_PARAGRAPHS], published=day, language=language, publisher=publisher)
    if found is None:
        return story, None, None
    index, dateline = found
    rest = story[index].removeprefix(dateline.raw).lstrip()
    deck = story[0] if index == 1 and len(story[0]) <= MOST_DECK else None
    return [*story[1 if deck else 0 : index], *([rest] if rest else []), *story[index + 1 :]], dateline, deck


def _confidence(head: Head, story: Iterable[str], marked: bool) -> float:
    """How sure the body is, 0 to 1: a head, a dateline or an end mark, and more than one paragraph speak for it."""
    several = sum(map(is_prose, story)) > 1
    return round(0.4 + 0.15 * bool(head.headline) + 0.15 * bool(head.imprints) + 0.15 * marked + 0.1 * several, 3)
