"""Other ways to a story's text, for pages on which the layout shows too little: trafilatura on the page without its
chrome, and the text that a page hands to search engines (schema.org articleBody)."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable

import trafilatura
from lxml.html import HtmlElement

from newscrawl.extraction.blocks import Block, Blocks, Node
from newscrawl.extraction.chrome import line_rule
from newscrawl.extraction.text import clean, fold

_BLANK = re.compile(r"\s*\n\s*")


def by_trafilatura(tree: HtmlElement, page: Blocks, headline: str | None) -> list[Block]:
    """What trafilatura makes of the page after its chrome is taken off; the tree stays as it is."""
    pruned = copy.deepcopy(tree)
    ruled = {id(node.element) for node in page.nodes if node.rule}
    unwanted = [
        twin
        for element, twin in zip(tree.iter(), pruned.iter(), strict=True)
        if id(element) in ruled or element.tag == "script"  # trafilatura reads their data, which no reader sees
    ]
    for twin in unwanted:
        if twin.getparent() is not None:
            twin.tail = f"\n{twin.tail or ''}"  # or the texts on both sides become one word
            twin.drop_tree()
    document = trafilatura.bare_extraction(pruned, include_comments=False, with_metadata=False, fast=True)
    text = getattr(document, "text", None) or ""
    return _blocks(_BLANK.split(text), page.root, headline)


def by_article_body(text: str, page: Blocks, headline: str | None) -> list[Block]:
    """The text a page hands to search engines, paragraph by paragraph."""
    return _blocks(_BLANK.split(text), page.root, headline)


def _blocks(lines: Iterable[str], root: Node, headline: str | None) -> list[Block]:
    title = fold(headline) if headline else None
    blocks: list[Block] = []
    for line in lines:
        text = clean(line.removeprefix("- "))
        if text and fold(text) != title and not line_rule(text):
            blocks.append(Block(text, root, len(blocks), "text", kept=True))
    return blocks
