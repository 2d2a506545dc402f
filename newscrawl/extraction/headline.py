"""The headline: JSON-LD, og:title, h1 and <title> weighed against each other, without the site's name or section."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newscrawl.extraction.context import Context, Found, from_profile
from newscrawl.extraction.jsonld import text_of
from newscrawl.extraction.text import clean_value, fold, seen_text

MAX_HEADLINE = 500  # characters; longer is no headline
_SEPARATOR = re.compile(r"\s+[|\-–—·•»«:*/~]{1,2}\s+|\s*[|｜ㅣ¦]\s*|(?<=\S)：(?=\S)|_(?=[^_]*$)")


def find_headline(context: Context, published: Found[str]) -> Found[str]:
    """The headline and where it came from."""
    if elements := from_profile(context, "headline", published.value):
        if value := seen_text(elements[0], MAX_HEADLINE * 2)[:MAX_HEADLINE]:
            return Found(value, "profile", elements[:1])
    names = site_names(context)
    given = {source: without_site(text, names) for source, text in _given(context)}
    printed = _printed(context, given, names)
    if printed:
        return Found(printed[0], "template", (printed[1],))
    for source in ("json-ld", "meta", "title"):
        if value := given.get(source):
            return Found(value, source)
    if context.hints.title:
        return Found(clean_value(context.hints.title, MAX_HEADLINE), context.hints.source or "feed")
    return Found()


def _given(context: Context) -> Iterator[tuple[str, str]]:
    """Headlines outside the text, by source."""
    if text := text_of(context.story.get("headline") or context.story.get("name"), MAX_HEADLINE):
        yield "json-ld", text
    if text := context.head.first("og:title", "twitter:title", "dc.title", "title"):
        yield "meta", text[:MAX_HEADLINE]
    if context.head.title:
        yield "title", context.head.title[:MAX_HEADLINE]


def _printed(context: Context, given: dict[str, str], names: frozenset[str]) -> tuple[str, HtmlElement] | None:
    """The h1 that says what the other sources say; else the only h1, where it is no site's name."""
    best: tuple[float, str, HtmlElement] | None = None
    seen: list[tuple[str, HtmlElement]] = []
    for element in islice(context.tree.iter("h1"), 20):
        text = seen_text(element, MAX_HEADLINE * 2)
        if not text or len(text) > MAX_HEADLINE or fold(text) in names:
            continue
        seen.append((text, element))
        score = max((likeness(text, other) for other in given.values()), default=0.0)
        if score > 0.4 and (best is None or score > best[0]):
            best = (score, text, element)
    if best:
        return best[1:]
    return seen[0] if len(seen) == 1 and (len(fold(seen[0][0]).split()) > 3 or not given) else None


def likeness(one: str, other: str) -> float:
    """How much two headlines share: words in common over the words of the shorter, less for a much longer one."""
    a, b = set(fold(one).split()), set(fold(other).split())
    if not a or not b:
        return 0.0
    if len(a) == 1 or len(b) == 1:  # scripts without spaces
        return 1.0 if fold(one) in fold(other) or fold(other) in fold(one) else 0.0
    common = len(a & b)
    return common / max(len(a), len(b)) * 0.5 + common / min(len(a), len(b)) * 0.5


def site_names(context: Context) -> frozenset[str]:
    """What the site is called, folded: its declared names and the labels of its host name."""
    host = (urlsplit(context.url).hostname or "") if context.url else ""
    named = [
        *context.head.every(("og:site_name", "application-name", "apple-mobile-web-app-title", "publisher")),
        text_of(context.story.get("publisher"), 100),
        context.site.publisher if context.site else None,
        host.removeprefix("www."),
        *(label for label in host.split(".") if len(label) > 3),
    ]
    return frozenset(fold(name) for name in named if name) - {""}


def without_site(title: str, names: frozenset[str]) -> str:
    """The title without a site's name before or after a separator."""
    parts = _SEPARATOR.split(title)
    marks = _SEPARATOR.findall(title)
    while len(parts) > 1 and _is_name(parts[-1], names):
        parts.pop()
        marks.pop()
    while len(parts) > 1 and _is_name(parts[0], names):
        parts.pop(0)
        marks.pop(0)
    return "".join(p + m for p, m in zip(parts, [*marks, ""], strict=True)).strip()


def _is_name(part: str, names: frozenset[str]) -> bool:
    folded = fold(part)
    squeezed = folded.replace(" ", "")
    return not folded or any(folded == n or squeezed == n.replace(" ", "") for n in names)
