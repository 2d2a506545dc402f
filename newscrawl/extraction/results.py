"""What extraction gives for a page. Light to load: the process that fetches takes results in, and never extracts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from typing import NamedTuple

from newscrawl import __version__
from newscrawl.items import Article, Rejection


class Dropped(NamedTuple):
    """A piece of text that was taken off, and the rule that did it. A tuple, for workers send dozens with a page, and
    tuples are packed and unpacked several times as fast."""

    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class TracedBlock:
    """A block of the page and its fate. path is lxml's getpath in the tree of page.py."""

    path: str
    text: str
    kept: bool
    rule: str | None


@dataclass(frozen=True, slots=True)
class Extraction:
    """A page's record or rejection, and what the crawl and the inspector need besides.

    next_part: URL of the story's next part; dropped: what was taken off inside the story; trace and fields (field ->
    XPath of where it came from) are filled only when asked for.
    """

    result: Article | Rejection
    next_part: str | None = None
    dropped: tuple[Dropped, ...] = ()
    trace: tuple[TracedBlock, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


@cache
def extractor() -> str:
    """This package's and trafilatura's versions, as records carry them."""
    return f"newscrawl {__version__}, trafilatura {version('trafilatura')}"
