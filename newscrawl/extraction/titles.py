"""Titles compared, and freed of the names of site and section."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from newscrawl.extraction.context import Context
from newscrawl.extraction.jsonld import text_of, texts_of, types
from newscrawl.extraction.links import site_of
from newscrawl.extraction.text import fold, is_cjk

#: What stands between a headline and a site's name. Bars are never part of a headline's last words; dashes may be.
_SEPARATOR = re.compile(
    r"(\s+[\-–—·•»«:*/~]{1,2}\s+|\s*[|｜ㅣ¦│]+\s*|(?<=\S)：(?=\S)|_(?=[^_]*$)|\s*-(?=[^-\s]{1,20}$))"
)
_BAR = re.compile(r"[|｜ㅣ¦│]")
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")


def site_names(context: Context) -> frozenset[str]:
    """What the site is called, folded: its declared names and the labels of its host name."""
    host = (urlsplit(context.url).hostname or "") if context.url else ""
    named = [
        *context.head.every(("og:site_name", "application-name", "apple-mobile-web-app-title", "publisher")),
        text_of(context.jsonld.find(context.story.get("publisher")), 100),
        context.site.publisher if context.site else None,
        host.removeprefix("www."),
        *(label for label in host.split(".") if len(label) > 3),
        site_of(host).split(".")[0],
    ]
    bare = [re.sub(r"\(.*?\)", "", name) for name in named if name]
    return frozenset(fold(name) for name in (*bare, *filter(None, named))) - {""}


def section_names(context: Context) -> frozenset[str]:
    """What the page's sections are called, folded: as declared, and as its trail of links has them."""
    named = [
        *texts_of(context.story.get("articleSection"), 10),
        *context.head.every(("article:section",)),
        *_trail(context),
    ]
    return frozenset(fold(name) for name in named if len(name) < 40) - {""}


def _trail(context: Context) -> Iterator[str]:
    for node in context.jsonld.nodes[:50]:
        if "ListItem" in types(node):
            item = node.get("item")
            yield text_of(node.get("name") or (item.get("name") if isinstance(item, Mapping) else None), 60) or ""


def without_site(title: str, names: frozenset[str], sections: frozenset[str] = frozenset()) -> str:
    """The title without the names of site and section before or after a separator.

    >>> without_site("Harbour opens - Local | The Gull", frozenset({"the gull"}), frozenset({"local"}))
    'Harbour opens'
    """
    for _ in range(5):
        parts = _SEPARATOR.split(title)  # text, separator, text, …
        if len(parts) > 2 and _droppable(parts, names, sections):
            title = "".join(parts[:-2])
        elif len(parts) > 2 and _is_name(parts[0], names):
            title = "".join(parts[2:])
        else:
            break
    return title.strip()


def first_part(title: str) -> str:
    """What stands before the first separator."""
    return _SEPARATOR.split(title, maxsplit=1)[0]


def _droppable(parts: list[str], names: frozenset[str], sections: frozenset[str]) -> bool:
    last, rest = fold(parts[-1]), fold("".join(parts[:-2]))
    if _is_name(parts[-1], names) or last in sections or _DATE.fullmatch(parts[-1].strip()):
        return True
    if is_cjk(rest):  # no spaces between words
        return bool(_BAR.search(parts[-2])) and len(last) <= 12 and len(rest) >= 2 * len(last)
    short = len(last.split()) <= 5 and len(rest) > len(last)
    return bool(_BAR.search(parts[-2])) and short and len(rest.split()) >= 3


def _is_name(part: str, names: frozenset[str]) -> bool:
    folded = fold(part)
    squeezed = folded.replace(" ", "")
    return not folded or any(folded == n or squeezed == n.replace(" ", "") for n in names)
