"""Who wrote a story: persons as printed; agencies and desks only where no person is named.

JSON-LD and meta tags name authors reliably on many pages, but give the publisher, a section or a user name on as many
others; so every source is read, names are told apart from names of organisations, and the printed byline decides
where the sources disagree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from lxml.html import HtmlElement

from newscrawl.extraction.callings import calling
from newscrawl.extraction.context import Context, Found, from_profile, marks
from newscrawl.extraction.head import meta_keys
from newscrawl.extraction.jsonld import text_of, types
from newscrawl.extraction.names import (
    agency_line,
    is_agency,
    is_full,
    is_name,
    is_person,
    names_in,
    opens_byline,
    says_by,
    starts_like_by,
    words,
)
from newscrawl.extraction.reporters import reporters
from newscrawl.extraction.signatures import links_to_author, says_author, signatures
from newscrawl.extraction.text import clean, fold, is_names, seen_text
from newscrawl.extraction.titles import site_names
from newscrawl.extraction.zone import Zone, outside

_NO_BYLINE = frozenset(("aside", "blockquote"))
_LINES = frozenset(("p", "div", "span", "li", "section", "strong", "em", "h4", "h5", "h6", "dd", "td"))
_LINE = 250  # characters: bylines are no longer
_PLAIN_LINE = 120
_MANY = 20  # authors of one story


@dataclass(frozen=True, slots=True)
class _Byline:
    names: tuple[str, ...]
    element: HtmlElement
    called: str
    sure: bool


def find_authors(context: Context, zone: Zone, published: Found[str]) -> Found[tuple[str, ...]]:
    """Names, each once, and where they came from: "profile", "json-ld", "meta", "template" (a printed byline) …"""
    elements = from_profile(context, "authors", published.value)
    value = _unique(name for element in elements for name in _element_names(element))
    if value:
        return Found(value, "profile", elements)
    names = site_names(context)
    told = {"json-ld": _unique(_from_jsonld(context)), "meta": _unique(_from_metas(context))}
    bylines = _printed(zone, names)
    elements = tuple(byline.element for byline in bylines)
    persons = [n for byline in bylines for n in byline.names if is_person(n, names)]
    printed = _unique(n for n in persons if is_full(n)) or _unique(persons)
    for source, found in told.items():
        mine = tuple(n for n in found if is_person(n, names))
        if mine:
            return _weighed(Found(mine, source, elements), printed, any(byline.sure for byline in bylines))
    if printed:
        return Found(printed, "template", elements)
    if opening := reporters(zone):
        return Found(opening, "text")
    if signed := tuple(n for n in signatures(context.tree) if is_person(n, names)):
        return Found(signed, "text")
    return _organisations(context, told, bylines, names)


def _organisations(
    context: Context, told: Mapping[str, tuple[str, ...]], bylines: Sequence[_Byline], site: frozenset[str]
) -> Found[tuple[str, ...]]:
    """Agencies and desks, where no person is named; the site's own name comes last."""
    others = [(tuple(n for n in value if fold(n) not in site), source) for source, value in told.items()]
    printed = _unique(n for byline in bylines for n in byline.names if byline.sure or is_agency(n))
    for value, source in (*others, (printed, "template"), *((value, source) for source, value in told.items())):
        if value:
            return Found(value[:3], source, tuple(byline.element for byline in bylines))
    if context.hints.authors:
        return Found(_unique(context.hints.authors), context.hints.source or "feed")
    return Found()


def _weighed(told: Found[tuple[str, ...]], printed: tuple[str, ...], sure: bool) -> Found[tuple[str, ...]]:
    """The names told in the head of the page, unless the printed byline names more people or altogether other ones."""
    if not printed or told.value is None:
        return told
    mine, theirs = {fold(n) for n in told.value}, {fold(n) for n in printed}
    full = any(map(is_full, printed))
    fuller = full and not any(map(is_full, told.value))
    other = not any(_same(a, b) for a in mine for b in theirs)
    if (sure and (mine < theirs or (other and full))) or (fuller and other):
        return Found(printed, "template", told.elements)
    return told


def _same(one: str, other: str) -> bool:
    a, b = set(one.split()), set(other.split())
    return a <= b or b <= a or len(a & b) >= 2


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for name in names:
        found.setdefault(fold(name), name)
    return tuple(found.values())[:30]


def _from_jsonld(context: Context) -> Iterator[str]:
    for key in ("author", "creator", "contributor"):
        value = context.story.get(key)
        for each in (value if isinstance(value, list) else [value])[:30]:
            node = context.jsonld.find(each)
            text = text_of(node, 500)
            if text:
                yield from _told_names(text, node)
        if value:
            return


def _told_names(text: str, node: Any) -> Iterator[str]:
    """Names in a field made for them: an organisation's may hold an "and" or a comma."""
    organisation = isinstance(node, Mapping) and "Organization" in " ".join(types(node))
    if organisation or is_agency(text) or any(w in words().desks for w in fold(text).split()):
        if is_name(text):
            yield text
        return
    yield from names_in(text)


def _from_metas(context: Context) -> Iterator[str]:
    for key in meta_keys("authors"):
        found = [n for text in context.head.metas.get(key, ()) for n in _told_names(text, None) if "//" not in text]
        if found:
            yield from _unique(found)
            return
    for label, value in (("twitter:label1", "twitter:data1"), ("twitter:label2", "twitter:data2")):
        if says_by(context.head.first(label) or ""):
            yield from _told_names(context.head.first(value) or "", None)


def _printed(zone: Zone, site: frozenset[str]) -> list[_Byline]:
    """The byline nearest to the headline, between it and the story, else in the lines right above it; and those like
    it (each author in a box of their own)."""
    found: list[_Byline] = []
    below = [(element, True) for element in outside(zone.below, _NO_BYLINE)]
    for element, may_be_plain in (*below, *((element, False) for element in zone.above)):
        byline = _byline(element, zone.called(element), may_be_plain)
        if byline is None or any(other.element in element.iterancestors() for other in found):
            continue
        if not found or _better(byline, found[0], site):
            found = [byline]
        elif len(found) < _MANY and byline.called == found[0].called and _beside(byline.element, found[-1].element):
            found.append(byline)
    return found


def _beside(one: HtmlElement, other: HtmlElement) -> bool:
    """Whether two elements stand side by side, or in boxes that do."""
    for _ in range(3):
        if one.getparent() is other.getparent():
            return True
        one, other = one.getparent(), other.getparent()
        if one is None or other is None:
            return False
    return False


def _better(byline: _Byline, best: _Byline, site: frozenset[str]) -> bool:
    """Whether a later byline is to be preferred: it names persons, or their full names, and the first does not."""
    mine, theirs = ([n for n in each.names if is_person(n, site)] for each in (byline, best))
    fuller = any(map(is_full, mine)) and not any(map(is_full, theirs))
    return bool(mine) and (not theirs or fuller or (byline.sure and not best.sure))


def _byline(element: HtmlElement, called: str, may_be_plain: bool = True) -> _Byline | None:
    """The byline that an element is; one that is called nothing only where it may be plain."""
    tag = element.tag
    marked = calling("byline").fits(called) or tag == "address" or (tag == "a" and links_to_author(element))
    if not marked:
        if not may_be_plain or tag not in _LINES:
            return None
        own = _own_texts(element)
        if not own and not _is_bold_line(element):
            return None
        if agency := next(filter(None, map(agency_line, own)), None):
            return _Byline((agency,), element, called, sure=False)
        if own and not (starts_like_by(own[0]) and (opens_byline(own[0]) or says_by(own[0]))):
            return None
    text = seen_text(element, _LINE * 3)
    if not text or len(text) > (_LINE if marked else _PLAIN_LINE) or calling("not_byline").fits(called):
        return None
    names = tuple(
        n for n in _element_names(element) if is_names(n) or (" " not in n and (marked or n.isupper())) or is_agency(n)
    )
    if not names or (not marked and any(" " not in n and not n.isupper() for n in names)):
        return None
    links = [element, *islice(element.iter("a"), 20)]
    return _Byline(
        names, element, called, opens_byline(text) or any(says_author(a) or links_to_author(a) for a in links)
    )


def _own_texts(element: HtmlElement) -> list[str]:
    """The first texts that stand in an element itself, not in its parts."""
    texts = [element.text, *[child.tail for child in element[:6]]]
    return [text[: 2 * _LINE].strip()[:_LINE] for text in texts if text and not text.isspace()]


def _is_bold_line(element: HtmlElement) -> bool:
    """A paragraph that is nothing but names in bold."""
    bold = element[0] if len(element) == 1 and element.tag == "p" else None
    return bold is not None and bold.tag in ("b", "strong") and is_names(seen_text(element, _LINE))


def _is_capitalised(name: str) -> bool:
    return name[0].isupper() or not name[0].isascii()


def _element_names(element: HtmlElement) -> tuple[str, ...]:
    """The names in an element: those of its parts that are called names, or of its links, else those of its text."""
    links = [a for a in islice(element.iter("a"), 30) if a is not element and (links_to_author(a) or says_author(a))]
    for parts in (_named_parts(element), links):
        found = [
            n for part in parts if (text := seen_text(part, 200)) for n in names_in(text) if len(text.split()) <= 8
        ]
        if found and all(_is_capitalised(n) for n in found):
            return _unique(found)
    return _unique(_line_names(element))


def _line_names(element: HtmlElement) -> Iterator[str]:
    found: list[str] = []
    for line in _lines(element):
        if opens_byline(line) or says_by(line):
            found = []  # what stood before the "By" is no name
        elif words().stop.match(line):
            break
        found.extend(names_in(line))
        last = line.rpartition(" ")[2]
        if last and words().stop.fullmatch(last):  # "By Anna Berg, in" and links to sections
            break
    yield from found


def _named_parts(element: HtmlElement) -> list[HtmlElement]:
    parts = [
        p for p in islice(element.iterdescendants(), 60) if isinstance(p.tag, str) and calling("name").fits(marks(p))
    ]
    return [p for p in parts if not any(other in p.iterancestors() for other in parts)]


def _lines(element: HtmlElement) -> Iterator[str]:
    """The text of an element, a text node a line; as a whole where every node is but one word."""
    if element.tag == "a":
        yield seen_text(element, 300)
        return
    nodes = [node for node in (clean(text) for text in islice(element.itertext(), 60)) if fold(node)]
    told = [node for node in nodes if not says_by(node)]
    if len(told) > 1 and all(" " not in node for node in told):
        yield " ".join(nodes)
    else:
        yield from nodes
