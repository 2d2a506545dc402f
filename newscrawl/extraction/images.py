"""Pictures of the story, with caption and credit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from newscrawl.extraction.context import Context
from newscrawl.extraction.jsonld import text_of
from newscrawl.extraction.links import absolute
from newscrawl.items import Image

_MAX_IMAGES = 50


def find_images(context: Context) -> tuple[Image, ...]:
    """Every picture once, the lead picture first."""
    found: dict[str, Image] = {}
    for image in _from_jsonld(context):
        found.setdefault(image.url, image)
    for href in context.head.every(("og:image:secure_url", "og:image", "twitter:image")):
        if url := absolute(href, context.url):
            found.setdefault(url, Image(url))
    return tuple(found.values())[:_MAX_IMAGES]


def _from_jsonld(context: Context) -> Iterator[Image]:
    value = context.story.get("image")
    for each in (value if isinstance(value, list) else [value])[:_MAX_IMAGES]:
        node: Any = context.jsonld.find(each)
        if isinstance(node, str):
            node = {"url": node}
        if isinstance(node, Mapping):
            href = node.get("contentUrl") or node.get("url")
            url = absolute(href if isinstance(href, str) else None, context.url)
            if url:
                yield Image(url, text_of(node.get("caption")), text_of(node.get("creditText") or node.get("creator")))
