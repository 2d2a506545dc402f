"""Section, keywords and publisher: labels that a page gives of itself, in JSON-LD, meta tags and its trail of links."""

from __future__ import annotations

import re

from newscrawl.extraction.context import Context
from newscrawl.extraction.head import meta_keys
from newscrawl.extraction.jsonld import text_of, texts_of
from newscrawl.extraction.text import clean, fold

_MAX_KEYWORDS = 50
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")
_NO_SECTION = frozenset(("uncategorized", "uncategorised", "article", "articles", "home", "default", "sin categoría"))
_URL = re.compile(r"^(https?:)?//|^@|^www\.", re.I)


def find_section(context: Context) -> str | None:
    """The section as the page names it: the first of JSON-LD's, else the meta tags'."""
    named = [*texts_of(context.story.get("articleSection"), 10), *context.head.every(meta_keys("section"))]
    for name in named:
        if len(name) <= 80 and not _URL.match(name) and fold(name) not in _NO_SECTION:
            return name
    return None


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


def find_publisher(context: Context) -> str | None:
    """The name the page prints of its publisher: profile, og:site_name, JSON-LD publisher, other tags, the feed's; a
    name of words before a host name."""
    if context.site and context.site.publisher:
        return context.site.publisher
    named = (text_of(context.jsonld.find(context.story.get(key)), 200) for key in ("publisher", "sourceOrganization"))
    told = [
        context.head.first("og:site_name"),
        *named,
        *context.head.every(meta_keys("publisher")),
        context.hints.publisher,
    ]
    usable = [name for name in told if name and len(name) <= 100 and not _URL.match(name) and fold(name)]
    return next((name for name in usable if not _HOST.fullmatch(name)), usable[0] if usable else None)
