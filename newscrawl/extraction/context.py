"""What every field's rules look at: the page, what its head says, its JSON-LD, its profile; and the value they give."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from newscrawl.extraction.head import Head, read_head
from newscrawl.extraction.jsonld import JsonLd, Node, Own, read_jsonld
from newscrawl.items import Hints

if TYPE_CHECKING:
    from newscrawl.sites import Layout, Site

T = TypeVar("T")


class Page(Protocol):
    """A decoded page; extraction.page.Page is one."""

    @property
    def tree(self) -> HtmlElement: ...

    @property
    def url(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """A field's value, the rule that gave it, and the page's elements it was read from."""

    value: T | None = None
    source: str | None = None
    elements: tuple[HtmlElement, ...] = ()

    @property
    def element(self) -> HtmlElement | None:
        """The first element it was read from."""
        return self.elements[0] if self.elements else None


@dataclass(frozen=True, slots=True)
class Context:
    """One page, read once. story is the JSON-LD node of the article (empty where there is none)."""

    tree: HtmlElement
    url: str | None
    head: Head
    jsonld: JsonLd
    site: Site | None = None
    fetched_at: datetime | None = None
    hints: Hints = field(default_factory=Hints)

    @property
    def story(self) -> Node:
        """The JSON-LD node of the page's own article."""
        return self.jsonld.story or {}

    @property
    def language_hint(self) -> str | None:
        """The language the page declares, its main part only ("pt"), before anything is detected."""
        return self._declared()[0]

    @property
    def region_hint(self) -> str | None:
        """The region of the declared language ("BR")."""
        return self._declared()[1]

    def _declared(self) -> tuple[str | None, str | None]:
        told = (
            self.tree.get("lang")
            or self.tree.get("xml:lang")
            or self.head.first("og:locale", "content-language", "language")
        )
        match = _TAG.match((told or (self.site.language if self.site else None) or "").strip())
        return (match[1].lower(), match[2].upper() if match[2] else None) if match else (None, None)


_TAG = re.compile(r"([a-zA-Z]{2,3})(?:[-_][A-Za-z]{4})?(?:[-_]([a-zA-Z]{2}))?(?![a-zA-Z])")


def read_context(page: Page, site: Site | None, fetched_at: datetime | None, hints: Hints) -> Context:
    """Everything that is read once a page."""
    head = read_head(page.tree)
    canonical = (link.href for link in head.links if "canonical" in link.rel)
    urls = [url for url in (page.url, *islice(canonical, 1), head.first("og:url")) if url]
    titles = [title for title in (head.first("og:title"), head.first("twitter:title"), head.title) if title]
    jsonld = read_jsonld(head.scripts, Own(tuple(urls), tuple(titles)))
    return Context(page.tree, page.url, head, jsonld, site, fetched_at, hints)


def from_profile(context: Context, key: str, published: str | None = None) -> tuple[HtmlElement, ...]:
    """The elements that a profile's selector for key finds: of the newest layout that was in use when the page was
    published and whose selector finds anything."""
    for layout in context.site.layouts if context.site else ():
        selector = getattr(layout, key)
        if selector and _in_use(layout, published):
            found = tuple(islice(cast(list[Any], _compiled(selector)(context.tree)), 20))
            if found:
                return found
    return ()


def _in_use(layout: Layout, published: str | None) -> bool:
    return layout.valid_until is None or published is None or published[:10] <= layout.valid_until.isoformat()


@lru_cache(maxsize=512)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def after(element: HtmlElement, limit: int, closed: Container[str] = ()) -> Iterator[HtmlElement]:
    """Elements that follow in document order, the element's own descendants not among them, nor what is inside those
    of the closed tags."""
    return islice(_following(element, closed), limit)


def _following(element: HtmlElement, closed: Container[str]) -> Iterator[HtmlElement]:
    node: HtmlElement | None = element
    while node is not None:
        for sibling in node.itersiblings():
            walk = etree.iterwalk(sibling, events=("start",))
            for _, each in walk:
                yield each
                if each.tag in closed:
                    walk.skip_subtree()
        node = node.getparent()


def before(element: HtmlElement, limit: int) -> Iterator[HtmlElement]:
    """Elements that stand before, nearest first, each after what is inside it; ancestors not among them."""
    return islice(_preceding(element), limit)


def _preceding(element: HtmlElement) -> Iterator[HtmlElement]:
    top: HtmlElement | None = element
    while top is not None:
        sibling = top.getprevious()
        while sibling is not None:
            yield from _backwards(sibling)
            sibling = sibling.getprevious()
        top = top.getparent()


def _backwards(root: HtmlElement) -> Iterator[HtmlElement]:
    """The elements of a subtree from its last leaf up to its root."""
    node = root
    while True:
        while len(node):
            node = node[-1]
        while True:
            if isinstance(node.tag, str):
                yield node
            if node is root:
                return
            sibling = node.getprevious()
            if sibling is not None:
                node = sibling
                break
            node = node.getparent()


_NAMING = frozenset(("class", "id", "itemprop", "rel", "property", "role"))


def marks(element: HtmlElement) -> str:
    """What an element is called: classes, id, itemprop and short data attributes, lower-cased, in one string."""
    items = element.items()
    if not items:
        return ""
    return " ".join([v for k, v in items if k in _NAMING or (len(v) < 40 and k.startswith("data-"))]).lower()
