"""The language of a page: what it declares, weighed against what its letters say."""

from __future__ import annotations

import re

from newscrawl.extraction.context import Context
from newscrawl.extraction.jsonld import text_of

_TAG = re.compile(r"([a-zA-Z]{2,3})(?:[-_]([a-zA-Z]{4}))?(?:[-_]([a-zA-Z]{2}|\d{3}))?(?![a-zA-Z])")


def find_language(context: Context) -> str | None:
    """BCP 47, as declared."""
    declared = [
        context.tree.get("lang"),
        text_of(context.story.get("inLanguage")),
        *context.head.every(("content-language", "og:locale", "language", "dc.language")),
    ]
    for value in declared:
        if tag := language_tag(value):
            return tag
    return (context.site.language if context.site else None) or language_tag(context.hints.language)


def language_tag(value: str | None) -> str | None:
    """A BCP 47 tag in its usual case, or None.

    >>> language_tag("pt_br")
    'pt-BR'
    """
    match = _TAG.match((value or "").strip())
    if not match or match[1].lower() in ("und", "zxx", "mul"):
        return None
    parts = [match[1].lower(), match[2] and match[2].title(), match[3] and match[3].upper()]
    return "-".join(p for p in parts if p)
