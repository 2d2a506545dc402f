"""The deck (standfirst): the sentence or two printed between headline and story."""

from __future__ import annotations

import re
from itertools import chain

from lxml.html import HtmlElement

from newscrawl.extraction.context import Context, Found, after, before, from_profile, marks
from newscrawl.extraction.jsonld import text_of
from newscrawl.extraction.text import fold, seen_text

MAX_DECK = 2_000
_NAMED = re.compile(
    r"standfirst|stand-first|\bdeck\b|dek\b|sub-?title|sub-?head(?!er)|sub-?line|teaser-?text|\blead\b|lede|\bintro|preamble"
    r"|chapo|vorspann|sottotitolo|sumario|entradilla|excerpt|ingress|manchet|summary|abstract"
)
_BLOCKS = frozenset(("p", "h2", "h3", "h4", "div", "section", "span", "strong", "ul"))


def find_deck(context: Context, headline: Found[str]) -> Found[str]:
    """The deck as printed; what only a description says is no deck."""
    if elements := from_profile(context, "deck"):
        if value := " ".join(filter(None, (seen_text(e, MAX_DECK) for e in elements)))[:MAX_DECK]:
            return Found(value, "profile", elements)
    if headline.element is None:
        return Found()
    given = {
        fold(text): text
        for text in (text_of(context.story.get("description")), *context.head.every(("og:description", "description")))
        if text
    }
    zone = [*after(headline.element, 120), *before(headline.element, 20)]
    for element in zone:
        if element.tag in _BLOCKS and (value := _deck_text(element)) and fold(value) in given:
            return Found(value, "template", (element,))
    for element in chain(zone):
        if element.tag in _BLOCKS and _NAMED.search(marks(element)) and (value := _deck_text(element)):
            if value != headline.value and len(value) > 25:
                return Found(value, "template", (element,))
    return Found()


def _deck_text(element: HtmlElement) -> str | None:
    text = seen_text(element, MAX_DECK)
    return text if 15 <= len(text) < MAX_DECK else None
