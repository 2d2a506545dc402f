"""What a page says of itself outside its text: meta tags, links, title, JSON-LD scripts; gathered in one pass.

Meta tags are keyed by their lower-cased name, property, itemprop or http-equiv. They are taken wherever they stand,
since broken pages close their head early; only those inside a microdata item of another thing are passed over.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from itertools import islice

from lxml.html import HtmlElement

from newscrawl.extraction.text import clean, clean_value

_MAX_TAGS = 3_000
_MAX_VALUES = 100
_TAGS = ("meta", "title", "script", "link")
_NO_LINK = ("style", "pre", "icon")  # style sheets, preloads and pictures, by far the most
_KEYS = ("property", "name", "itemprop", "http-equiv")


@cache
def meta_keys(meaning: str) -> tuple[str, ...]:
    """The keys of meta tags with that meaning (metas.toml). Raises KeyError for a meaning that is not there."""
    text = resources.files("newscrawl.extraction").joinpath("metas.toml").read_text(encoding="utf-8")
    return tuple(tomllib.loads(text)[meaning])


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
    """One pass over the tree; never raises on strange attributes, and stops after a few thousand tags."""
    metas: dict[str, list[str]] = {}
    links: list[Link] = []
    scripts: list[str] = []
    title: str | None = None
    for node in islice(tree.iter(*_TAGS), _MAX_TAGS):
        if node.tag == "meta":
            _add_meta(metas, node)
        elif node.tag == "link":
            links.extend(_link(node))
        elif node.tag == "script":
            if node.text and "ld+json" in (node.get("type") or "").lower():
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
    told, href = (node.get("rel") or "")[:200].lower(), (node.get("href") or "").strip()
    if not told.strip() or not href or len(href) > 4_000 or any(word in told for word in _NO_LINK):
        return []
    return [
        Link(frozenset(told.split()), href, (node.get("media") or "").lower(), (node.get("hreflang") or "").lower())
    ]
