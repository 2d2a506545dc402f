"""Where on a page the story stands: the smallest element that holds the bulk of its paragraphs."""

from __future__ import annotations

from newscrawl.extraction.blocks import Block, Blocks, Node
from newscrawl.extraction.chrome import element_rule
from newscrawl.extraction.text import is_cjk

_ASIDE = frozenset(("nav", "footer", "aside", "form", "figcaption", "header", "menu"))
_MOST = 0.5
_DESCEND = 0.75


def weight(block: Block) -> float:
    """How much a block looks like a story's paragraph: its characters, less for lists, nothing for links."""
    if block.kind in ("heading", "caption", "cell") or block.link_share > 0.5:
        return 0.0
    size = len(block.text) * (2.5 if is_cjk(block.text[:60]) else 1.0)
    if size < 40:
        return size * 0.1
    return size * (0.4 if block.kind == "item" else 1.0)


def mark_chrome(page: Blocks) -> None:
    """Give every element that a chrome rule names its rule, unless it holds the bulk of the page's text."""
    _weigh(page, {})
    total = page.root.mass or 1.0
    for node in page.nodes:
        if node.mass > _MOST * total:
            continue
        node.rule = (node.tag if node.tag in _ASIDE else None) or element_rule(node.label)


def find_container(page: Blocks) -> Node:
    """The story's container; needs mark_chrome first."""
    ruled = {id(node): _rule_above(node) is not None for node in page.nodes}
    _weigh(page, ruled)
    node = page.root
    while node.children:
        best = max(node.children, key=lambda n: n.mass)
        if best.mass < _DESCEND * node.mass or best.mass <= 0:
            break
        node = best
    return node


def _rule_above(node: Node) -> str | None:
    return next((n.rule for n in node.chain() if n.rule), None)


def _weigh(page: Blocks, ruled: dict[int, bool]) -> None:
    for node in page.nodes:
        node.mass, node.text = 0.0, 0
    for block in page.blocks:
        if not ruled.get(id(block.node)):
            block.node.mass += weight(block)
            block.node.text += len(block.text)
    for node in reversed(page.nodes):  # children stand after their parents
        if node.parent is not None:
            node.parent.mass += node.mass
            node.parent.text += node.text
