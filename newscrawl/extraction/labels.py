"""Section, keywords and publisher: labels that a page gives of itself in JSON-LD and meta tags, else as it prints them.

A section is printed as the last link of the trail to it ("Home > World > Asia"), or as a link above the headline that
leads to a folder the page itself lies in. A publisher is printed as the source beside the date ("Source: Xinhua").
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import resources
from itertools import islice
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newscrawl.extraction.callings import calling
from newscrawl.extraction.context import Context
from newscrawl.extraction.head import meta_keys
from newscrawl.extraction.jsonld import same_page, text_of, texts_of, types
from newscrawl.extraction.links import absolute
from newscrawl.extraction.names import agency_line, labelled_source
from newscrawl.extraction.text import clean, fold, is_cjk, likeness, seen_text
from newscrawl.extraction.zone import Zone, is_paragraph, outside

_MAX_KEYWORDS = 50
_LINE = 140  # characters
_LABEL = 60
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_URL = re.compile(r"^(https?:)?//|^@|^www\.", re.I)
_NOT_TOLD = frozenset(("figure", "figcaption", "aside", "blockquote", "table"))


@cache
def _words(kind: str) -> frozenset[str]:
    text = resources.files("newscrawl.extraction").joinpath("labels.toml").read_text(encoding="utf-8")
    return frozenset(fold(word) for word in tomllib.loads(text)[kind])


# Section


def find_section(context: Context, headline: str | None, zone: Zone) -> str | None:
    """The section as the page names it: the first of JSON-LD's, else the meta tags', else the one it prints."""
    named = [*texts_of(context.story.get("articleSection"), 10), *context.head.every(meta_keys("section"))]
    return next((name for name in named if _is_section(name)), None) or next(
        (name for name in _shown(context, headline or "", zone) if _is_section(name)), None
    )


def _is_section(name: str) -> bool:
    folded = fold(name)
    return (
        len(name) <= 80
        and len(folded) > (not is_cjk(name))
        and not _URL.match(name)
        and folded not in _words("no_section") | _words("home")
    )


def _shown(context: Context, headline: str, zone: Zone) -> Iterator[str]:
    """Sections that the page prints; each trail's last link is the nearest."""
    for trail in (_told_trail(context), *map(_links, _trails(zone))):
        yield from reversed([*_steps(context, trail, headline)])
    yield from _folders(context, zone)


def _told_trail(context: Context) -> Iterator[tuple[str, str]]:
    for node in context.jsonld.nodes[:50]:
        if "BreadcrumbList" not in types(node):
            continue
        listed = node.get("itemListElement")
        for each in (listed if isinstance(listed, list) else [listed])[:20]:
            item = each.get("item") if isinstance(each, Mapping) else None
            href = item.get("@id") or item.get("url") if isinstance(item, Mapping) else item
            yield text_of(each, 3 * _LABEL) or text_of(item, 3 * _LABEL) or "", href if isinstance(href, str) else ""
        return


def _trails(zone: Zone) -> Iterator[HtmlElement]:
    """The trails of links beside the headline or around it, the nearest first."""
    around = islice(zone.heading.iterancestors(), 6) if zone.heading is not None else ()
    menus = dict.fromkeys(
        each for link in zone.above if link.tag == "a" for each in islice(link.iterancestors("nav"), 1)
    )
    for element in (*zone.above, *menus, *around, *zone.below[:20]):
        if calling("trail").fits(zone.called(element)) or "breadcrumb" in (element.get("aria-label") or "").lower():
            yield element


def _links(trail: HtmlElement) -> Iterator[tuple[str, str]]:
    for link in islice(trail.iter("a"), 20):
        yield seen_text(link, 3 * _LABEL), link.get("href") or ""


def _steps(context: Context, trail: Iterable[tuple[str, str]], headline: str) -> Iterator[str]:
    """The steps of a trail between the front page and the story."""
    titles = [title for title in (headline, context.head.first("og:title"), context.head.title) if title]
    for text, href in trail:
        url = absolute(href, context.url)
        if not fold(text) or len(text) > _LABEL or text[0] in "<«←‹":
            continue
        if any(likeness(text, title) > 0.8 for title in titles):
            continue
        front = url and urlsplit(url).path in ("", "/") and not urlsplit(url).query
        if not (front or (url and context.url and same_page(context.url, url) and urlsplit(url).path.strip("/"))):
            yield text


def _folders(context: Context, zone: Zone) -> Iterator[str]:
    """Links beside the headline to a folder that the page's own address lies in."""
    try:
        mine = urlsplit(context.url or "").path.rstrip("/")
        parts = frozenset(mine.split("/"))
    except ValueError:
        return
    for element in (*zone.above, *_before_story(zone)):
        href = element.get("href") if element.tag == "a" else None
        if href and href.rstrip("/").rpartition("/")[2] in parts and (url := absolute(href, context.url)):
            path, text = urlsplit(url).path.rstrip("/"), seen_text(element, _LABEL)
            if path and mine.startswith(path + "/") and len(text) <= _LABEL // 2:
                yield text


def _before_story(zone: Zone) -> Iterator[HtmlElement]:
    for element in zone.below:
        if element.tag == "p" and is_paragraph(element):
            return
        yield element


# Keywords


def find_keywords(context: Context) -> tuple[str, ...]:
    """Keywords as the page gives them, the first source that has any: JSON-LD, article tags, keyword meta tags."""
    sources = [
        texts_of(context.story.get("keywords")),
        *([*context.head.metas.get(key, ())] for key in meta_keys("keywords")),
    ]
    for texts in sources:
        words = [clean(w) for text in texts for w in re.split(r"[,;、，|]", text)]
        kept: dict[str, str] = {}
        for word in words:
            if fold(word) and len(word) <= 100 and not _URL.match(word) and ":" not in word[:12]:
                kept.setdefault(fold(word), word)
        if kept:
            return tuple(kept.values())[:_MAX_KEYWORDS]
    return context.hints.keywords[:_MAX_KEYWORDS]


# Publisher


def find_publisher(context: Context, zone: Zone) -> str | None:
    """The name the page prints of its publisher: profile, og:site_name, JSON-LD publisher, the source printed beside
    the date, other tags, the feed's; a name of words before a host name."""
    if context.site and context.site.publisher:
        return context.site.publisher
    named = (text_of(context.jsonld.find(context.story.get(key)), 200) for key in ("publisher", "sourceOrganization"))
    told = [name for name in (context.head.first("og:site_name"), *named) if name and _is_publisher(name)]
    if told and not _HOST.fullmatch(told[0]):
        return told[0]
    more = (next(_sources(zone), None), *context.head.every(meta_keys("publisher")), context.hints.publisher)
    usable = [*told, *(name for name in more if name and _is_publisher(name))]
    return next((name for name in usable if not _HOST.fullmatch(name)), usable[0] if usable else None)


def _is_publisher(name: str) -> bool:
    return len(name) <= 100 and not _URL.match(name) and bool(fold(name))


def _sources(zone: Zone) -> Iterator[str]:
    """Sources printed between headline and story: labelled, called so, or an agency beside the date."""
    for element in outside(_before_story(zone), _NOT_TOLD):
        if element.tag in _NOT_TOLD or len(element) > 12:
            continue
        line = clean(" ".join(islice(element.itertext(), 12))[: _LINE + 20])  # parts are set apart by style alone
        if len(line) <= _LINE and (name := labelled_source(line)):
            yield name
        own = (element.text, *(child.tail for child in islice(element, 12)))
        yield from filter(None, (agency_line(clean(text[:_LINE])) for text in own if text and not text.isspace()))
        called = 1 < len(line) <= _LABEL // 2 and calling("source").fits(zone.called(element))
        if called and not any(c.isdigit() or c in ":：" for c in line):
            yield line.strip(" ,|")
