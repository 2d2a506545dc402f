"""The story's text: where the site's profile says it stands, else where the layout shows it, else by other ways.

A page's layout is doubted where it shows hardly any text, or less than half of what the page hands to search engines
(schema.org articleBody); then trafilatura, the data of scripts and that text itself are looked at, and the one that
shows most is taken. A text that the page calls locked is taken from no place where no reader sees it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

from newscrawl.extraction.blocks import Block, Blocks, Node, read_blocks
from newscrawl.extraction.confidence import confidence
from newscrawl.extraction.container import find_container, mark_chrome, mark_other_stories, total_weight
from newscrawl.extraction.embedded import embedded_page
from newscrawl.extraction.fallback import by_article_body, by_trafilatura
from newscrawl.extraction.judge import Story, judge_all, read_story
from newscrawl.extraction.metadata import Metadata

if TYPE_CHECKING:
    from newscrawl.extraction.page import Page
    from newscrawl.sites import Site

#: Weight of text (see container.py) under which the layout is doubted.
_THIN = 300.0
#: How much more text another way must show to be believed.
_MORE = 1.5


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
        return "\n\n".join(b.text for b in self.kept if b.text)


def find_body(page: Page, metadata: Metadata, site: Site | None = None) -> Body:
    """The story on a page; metadata is the page's own."""
    cut = read_blocks(page.tree)
    placed, drop = _by_profile(page.tree, cut, site)
    mark_chrome(cut, drop)
    story = _judged(cut, metadata, page.url, placed)
    kept = [b for b in cut.blocks if b.kept]
    if placed is not None and kept:
        return Body(kept, cut.blocks, 0.95, "profile")
    body = Body(kept, cut.blocks, confidence(story, kept), "template")
    return _another_way(page, metadata, cut, body) if _doubtful(body, metadata) else body


def _judged(cut: Blocks, metadata: Metadata, url: str | None, container: Node | None = None) -> Story:
    title = metadata.elements.get("headline", ())
    mark_other_stories(cut, title)
    container = container or find_container(cut)
    story = read_story(cut, container, metadata.headline, metadata.deck, metadata.authors, title, url)
    judge_all(story)
    return story


def _by_profile(tree: HtmlElement, cut: Blocks, site: Site | None) -> tuple[Node | None, list[HtmlElement]]:
    """The element a profile names as the story's, and the elements it drops: of the first layout that fits the page."""
    for layout in site.layouts if site else ():
        found = _selected(tree, [layout.body]) if layout.body else []
        if found or not layout.body:
            nodes = {id(node.element): node for node in cut.nodes}
            return next((nodes[id(e)] for e in found if id(e) in nodes), None), _selected(tree, layout.drop)
    return None, []


def _selected(tree: HtmlElement, selectors: Iterable[str]) -> list[HtmlElement]:
    found: list[HtmlElement] = []
    for selector in selectors:
        elements: Any = _compiled(selector)(tree)
        found += elements
    return found


@lru_cache(maxsize=1_000)
def _compiled(selector: str) -> CSSSelector:
    return CSSSelector(selector, translator="html")


def _doubtful(body: Body, metadata: Metadata) -> bool:
    announced = metadata.article_body_length or 0
    return total_weight(body.kept) < _THIN or len(body.text) < 0.5 * min(announced, 20_000)


def _another_way(page: Page, metadata: Metadata, cut: Blocks, body: Body) -> Body:
    ways = [(by_trafilatura(page.tree, cut, metadata.headline), "trafilatura")]
    if metadata.is_free is not False:
        inner = embedded_page(page)
        if inner is not None:
            ways.append((_on_its_own(inner, metadata, cut.root), "script"))
        if metadata.article_body:
            ways.append((by_article_body(metadata.article_body, cut, metadata.headline), "json-ld"))
    least = max(_MORE * total_weight(body.kept), 0.5 * _THIN)
    blocks, source = max(ways, key=lambda way: total_weight(way[0]))
    if total_weight(blocks) < least:
        body.confidence = min(body.confidence, 0.5)
        return body
    for block in cut.blocks:
        if block.kept:
            block.kept, block.rule = False, "doubted"
    return Body(blocks, [*cut.blocks, *blocks], 0.4, source)


def _on_its_own(page: Page, metadata: Metadata, root: Node) -> list[Block]:
    cut = read_blocks(page.tree)
    mark_chrome(cut)
    _judged(cut, metadata, page.url)
    return [replace(block, node=root) for block in cut.blocks if block.kept]
