"""The story's text: find its container, cut it into blocks, keep or drop each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newscrawl.extraction.blocks import Block, read_blocks
from newscrawl.extraction.container import find_container, mark_chrome, mark_other_stories
from newscrawl.extraction.judge import judge_all, read_story

if TYPE_CHECKING:
    from newscrawl.extraction.metadata import Metadata
    from newscrawl.extraction.page import Page
    from newscrawl.sites import Site


@dataclass(frozen=True, slots=True)
class Dropped:
    """A piece of text that was taken off, and the rule that did it."""

    rule: str
    text: str


@dataclass(slots=True)
class Body:
    """The story's blocks in reading order; every block of the page with its fate; how sure this is (0 to 1)."""

    kept: list[Block]
    blocks: list[Block]
    confidence: float
    provenance: str

    @property
    def text(self) -> str:
        """Kept blocks joined by a blank line."""
        return "\n\n".join(b.text for b in self.kept)


def find_body(page: Page, metadata: Metadata | None = None, site: Site | None = None) -> Body:
    """The story on a page."""
    cut = read_blocks(page.tree)
    mark_chrome(cut)
    mark_other_stories(cut, getattr(metadata, "elements", {}).get("headline", ()))
    container = find_container(cut)
    judge_all(
        read_story(
            cut,
            container,
            getattr(metadata, "headline", None),
            getattr(metadata, "deck", None),
            getattr(metadata, "authors", ()),
            getattr(metadata, "elements", {}).get("headline", ()),
        )
    )
    kept = [b for b in cut.blocks if b.kept]
    return Body(kept, cut.blocks, 0.8, "template")
