"""What a page says of itself outside its text: meta tags, links, title, JSON-LD scripts; gathered in one pass.

Meta tags are keyed by their lower-cased name, property, itemprop or http-equiv. They are taken wherever they stand,
since broken pages close their head early; only those inside a microdata item of another thing are passed over.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree
from lxml.html import HtmlElement

from newscrawl.extraction.text import clean, clean_value

_MAX_TAGS = 3_000
_MAX_VALUES = 100
_TAGS = etree.XPath(
    "//meta[@content] | //title | //script[contains(@type, 'ld+json') or contains(@type, 'LD+JSON')]"
    " | //link[@rel and @href and not(contains(@rel, 'style') or contains(@rel, 'pre') or contains(@rel, 'icon'))]"
)
_KEYS = ("property", "name", "itemprop", "http-equiv")


@dataclass(frozen=True, slots=True)
class Link:
    """A <link> element: rel split and lower-cased, href as written."""

    rel: frozenset[str]
    href: str
    media: str = ""
    hreflang: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """metas: key -> values in page order, cleaned; scripts: texts of the JSON-LD scripts, as they stand."""

    metas: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    title: str | None = None
    scripts: tuple[str, ...] = ()

    def first(self, *keys: str) -> str | None:
        """The first value of the first of these keys that has one."""
        for key in keys:
            if values := self.metas.get(key):
                return values[0]
        return None

    def every(self, keys: Iterable[str]) -> tuple[str, ...]:
        """Every value of these keys, in order of keys, each once."""
        return tuple(dict.fromkeys(v for key in keys for v in self.metas.get(key, ())))


def read_head(tree: HtmlElement) -> Head:
    """One query over the tree; never raises on strange attributes, and stops after a few thousand tags."""
    metas: dict[str, list[str]] = {}
    links: list[Link] = []
    scripts: list[str] = []
    title: str | None = None
    for node in _TAGS(tree)[:_MAX_TAGS]:
        if node.tag == "meta":
            _add_meta(metas, node)
        elif node.tag == "link":
            links.extend(_link(node))
        elif node.tag == "script":
            if node.text:
                scripts.append(node.text)
        elif title is None:  # later ones belong to drawings (<svg><title>)
            title = clean((node.text or "")[:2_000]) or None
    return Head({k: tuple(v) for k, v in metas.items()}, tuple(links), title, tuple(scripts))


def _add_meta(metas: dict[str, list[str]], node: HtmlElement) -> None:
    content = node.get("content")
    if not content or not content.strip():
        return
    for attribute in _KEYS:
        key = (node.get(attribute) or "").strip().lower()
        if not key or (attribute == "itemprop" and _in_other_item(node)):
            continue
        values = metas.setdefault(key, [])
        value = clean_value(content, 5_000)
        if value and len(values) < _MAX_VALUES:
            values.append(value)


def _in_other_item(node: HtmlElement) -> bool:
    """Whether an itemprop belongs to a picture, an organisation or the like inside the article's item."""
    for parent in node.iterancestors():
        if parent.get("itemscope") is not None:
            kind = parent.get("itemtype") or ""
            return not any(word in kind for word in ("Article", "Posting", "Page", "Report", "CreativeWork"))
    return False


def _link(node: HtmlElement) -> list[Link]:
    rel = frozenset((node.get("rel") or "").lower().split()[:20])
    href = (node.get("href") or "").strip()
    if not rel or not href or len(href) > 4_000:
        return []
    return [Link(rel, href, (node.get("media") or "").lower(), (node.get("hreflang") or "").lower())]
