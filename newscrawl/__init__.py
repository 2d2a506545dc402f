"""newscrawl: news sites to clean headline/dateline/body records.

The names below are the whole promised interface. They are loaded on first use, so that `import newscrawl` is cheap:
trafilatura and lxml alone take half a second to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from newscrawl.extraction.article import extract, extract_text
    from newscrawl.extraction.dateline import parse_dateline
    from newscrawl.items import Article, Dateline, Rejection
    from newscrawl.sites import load_sites
    from newscrawl.storage.batches import read_articles

__version__ = "0.1.0"
__all__ = [
    "Article",
    "Dateline",
    "Rejection",
    "extract",
    "extract_text",
    "load_sites",
    "parse_dateline",
    "read_articles",
]

_HOME = {
    "extract": "extraction.article",
    "extract_text": "extraction.article",
    "parse_dateline": "extraction.dateline",
    "load_sites": "sites",
    "read_articles": "storage.batches",
    "Article": "items",
    "Dateline": "items",
    "Rejection": "items",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'newscrawl' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(f"newscrawl.{_HOME[name]}"), name)
    return value


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
