"""A story that a site has cut into several pages, put together again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from newscrawl.extraction.text import content_hash, count_words, fold
from newscrawl.items import Article, Dateline, Image

#: Paragraphs at the head of a further part in which headline, deck and dateline are looked for.
_OPENING = 4
#: Characters from which on a paragraph that comes again is a repetition; "No." may be said twice.
_LONG = 20


def join_parts(first: Article, rest: Sequence[Article]) -> Article:
    """One record of all parts, in the order given: the first part's fields, and the text and pictures of all.

    No paragraph comes twice, and headline, deck and dateline are not repeated. completeness is the least that a part
    has (a locked part makes a teaser), modified_at the latest, confidence the lowest.
    """
    if not rest:
        return first
    parts = (first, *rest)
    body = "\n\n".join(_paragraphs(first, rest))
    return replace(
        first,
        deck=first.deck or next((part.deck for part in rest if part.deck), None),
        authors=first.authors or next((part.authors for part in rest if part.authors), ()),
        dateline=first.dateline,
        modified_at=_latest(part.modified_at for part in parts),
        keywords=tuple(dict.fromkeys(word for part in parts for word in part.keywords)),
        images=tuple(_images(parts)),
        body=body,
        word_count=count_words(body),
        completeness=_completeness({part.completeness for part in parts}),
        confidence=min(part.confidence for part in parts),
        content_hash=content_hash(first.headline, body),
    )


def _paragraphs(first: Article, rest: Sequence[Article]) -> Iterator[str]:
    seen: set[str] = set()
    head = {fold(text) for text in (first.headline, first.deck) if text}
    for number, part in enumerate((first, *rest)):
        own = head | {fold(text) for text in (part.headline, part.deck) if text}
        for place, paragraph in enumerate(part.body.split("\n\n")):
            if number and place < _OPENING:
                paragraph = _without_dateline(paragraph, first.dateline)
            folded = fold(paragraph)
            again = folded in seen and len(paragraph) >= _LONG
            if not folded or again or (number and place < _OPENING and folded in own):
                continue
            seen.add(folded)
            yield paragraph


def _without_dateline(paragraph: str, dateline: Dateline | None) -> str:
    return paragraph.removeprefix(dateline.raw).lstrip() if dateline else paragraph


def _images(parts: Iterable[Article]) -> Iterator[Image]:
    """Every picture once, the fullest record of it; in the order of the parts."""
    found: dict[str, Image] = {}
    for image in (image for part in parts for image in part.images):
        known = found.get(image.url, image)
        found[image.url] = Image(image.url, known.caption or image.caption, known.credit or image.credit)
    yield from found.values()


def _latest(times: Iterable[str | None]) -> str | None:
    """The latest of ISO 8601 times; those of one site have one form, so they can be compared as text."""
    return max(filter(None, times), default=None)


def _completeness(kinds: set[str]) -> str:
    return next((kind for kind in ("liveblog", "teaser") if kind in kinds), "full")
