"""Who wrote a story."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.html import HtmlElement

from newscrawl.extraction.context import Context, Found, after, from_profile, marks
from newscrawl.extraction.jsonld import texts_of
from newscrawl.extraction.text import clean, fold, seen_text

_BY = re.compile(r"^(?:by|von|por|par|di|door|av|af|autor(?:in)?|text|words by|written by)\b[:\s]+", re.I)
_SPLIT = re.compile(r"\s*(?:[,;/|&•·、，]|\band\b|\bund\b|\by\b|\bet\b)\s*")
_MARKED = re.compile(r"author|byline|autor|writer")


def find_authors(context: Context, headline: HtmlElement | None) -> Found[tuple[str, ...]]:
    """Names, each once."""
    if elements := from_profile(context, "authors"):
        if value := names(seen_text(e, 500) for e in elements):
            return Found(value, "profile", elements)
    nodes = context.story.get("author") or context.story.get("creator")
    listed = nodes if isinstance(nodes, list) else [nodes]
    if value := names(text for node in listed[:30] for text in texts_of(context.jsonld.find(node))):
        return Found(value, "json-ld")
    for key in ("author", "article:author", "dc.creator", "byl", "parsely-author", "sailthru.author"):
        if value := names(iter(context.head.metas.get(key, ()))):
            return Found(value, "meta")
    if headline is not None:
        for element in after(headline, 150):
            if _MARKED.search(marks(element)) and (value := names([seen_text(element, 300)])):
                return Found(value, "template", (element,))
    if context.hints.authors:
        return Found(context.hints.authors, context.hints.source or "feed")
    return Found()


def names(texts: Iterator[str] | list[str]) -> tuple[str, ...]:
    """The names that stand in these texts."""
    found: dict[str, str] = {}
    for text in texts:
        for part in _SPLIT.split(_BY.sub("", clean(text))):
            name = _BY.sub("", part).strip(" .,-–")
            if 1 < len(name) <= 60 and "://" not in name and "@" not in name and fold(name):
                found.setdefault(fold(name), name)
    return tuple(found.values())[:20]
