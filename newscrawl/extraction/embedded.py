"""Stories that a page does not show without its scripts: their HTML stands as a string in the data of one of them.

Sites that build their pages in the browser (Next.js, Nuxt, React Query …) send the story as JSON. Only asked where the
page itself holds no story; nothing is run.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace

from newscrawl.extraction.page import Page, read_page
from newscrawl.items import Rejection

_STRING = re.compile(r'"((?:[^"\\]|\\.){300,})"', re.DOTALL)
_PARAGRAPH = re.compile(r"<p[\s>]|<br\s*/?>\s*<br", re.IGNORECASE)
_ESCAPED = re.compile(r"\\u003[cC](?:p|br|div)\b|<\\?/p>|\\\"")
_TAG = re.compile(r"<[^<>]{1,500}>")
#: Paragraphs that a story's string has at least, characters of a page's scripts that are looked at, strings in strings.
_FEWEST, _MOST, _DEEPEST = 3, 8_000_000, 2


def embedded_page(page: Page) -> Page | None:
    """The page that the longest text in the scripts' strings makes, or None where no string holds paragraphs."""
    room = _MOST
    best, size = "", 0
    for script in page.tree.iter("script"):
        text = script.text or ""
        if room < len(text) or script.get("type") == "application/ld+json":
            continue
        room -= len(text)
        for html in _strings(text, _DEEPEST):
            length = len(_TAG.sub("", html))
            if length > size:
                best, size = html, length
    found = (
        read_page(f"<html><body><article>{best}</article></body></html>", page.url, None, page.limits) if best else None
    )
    return None if found is None or isinstance(found, Rejection) else replace(found, encoding=page.encoding)


def _strings(text: str, depth: int) -> Iterator[str]:
    for match in _STRING.finditer(text):
        if not (_PARAGRAPH.search(match[1]) or _ESCAPED.search(match[1])):
            continue
        try:
            value = json.loads(f'"{match[1]}"', strict=False)
        except ValueError:
            continue
        if len(_PARAGRAPH.findall(value)) >= _FEWEST and not value.lstrip().startswith(("{", "[")):
            yield value
        elif depth > 1:
            yield from _strings(value, depth - 1)
