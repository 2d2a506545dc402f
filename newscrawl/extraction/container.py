"""Where on a page the story stands: which elements are chrome, and which one holds the story's paragraphs.

No rule may take off what is plainly the bulk of the page's text: class names lie ("paywall" on every paragraph,
"gallery" on <body>), so an element rule holds only where the elements that share a label, and all elements that one
rule names, carry less than half of the text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from newscrawl.extraction.blocks import HEADINGS, Block, Blocks, Node
from newscrawl.extraction.chrome import element_rule
from newscrawl.extraction.text import is_cjk

#: HTML's own elements for what is no story, and whether they may hold much text.
_ASIDE = {
    "nav": ("navigation", True),
    "menu": ("navigation", True),
    "footer": ("footer", True),
    "header": ("header", False),
    "aside": ("aside", True),
    "form": ("form", False),
    "fieldset": ("form", False),
    "legend": ("form", False),
    "search": ("form", False),
    "button": ("control", False),
    "dialog": ("dialog", True),
    "figcaption": ("caption", False),
    "caption": ("caption", False),
    "address": ("byline", False),
}
#: Rules that hold for a paragraph or list item itself; what a heading is called says nothing.
_TEXT = frozenset(("p", "li", "blockquote"))
_TEXT_RULES = frozenset(
    ("share", "related", "newsletter", "comments", "advert", "caption", "byline", "embed", "hidden", "no-print")
)
_MOST = 0.3
#: What must be left of a page's text when all chrome is off: weight, and share.
LEAST = 250.0
_LEAST_SHARE = 0.08
_DESCEND = 0.75
_LONG_CELL = 100.0
#: What a story may stand in, but not alone.
_NO_CONTAINER = frozenset(("p", "ul", "ol", "dl", "li", "blockquote", "pre", "dd", "dt", *HEADINGS))
#: Weight of text that an element may hold and still be a share bar, a byline, an advert …
_SMALL = 600.0
#: Share of a page's text that a box of related stories may hold, and that its comments or a consent form may.
_LARGE, _HUGE = 0.4, 0.9
_HUGE_RULES = frozenset(("comments", "consent"))


def weight(block: Block) -> float:
    """How much a block looks like a story's paragraph: its characters, less for lists, nothing for links.

    Cells of tables count where they are longer than figures and names are: old pages are laid out in tables.
    """
    if block.weight is None:
        block.weight = _weight(block)
    return block.weight


def _weight(block: Block) -> float:
    if block.kind in ("heading", "caption") or block.link_share > 0.5:
        return 0.0
    size = len(block.text) * (2.5 if is_cjk(block.text[:60]) else 1.0)
    if block.kind == "cell" and size < _LONG_CELL:
        return 0.0
    if size < 40:
        return size * 0.1
    return size * (0.4 if block.kind == "item" else 1.0)


def total_weight(blocks: Iterable[Block]) -> float:
    """The weight of several blocks."""
    return sum(map(weight, blocks))


def mark_chrome(page: Blocks, drop: Iterable[object] = ()) -> None:
    """Give every element that a rule names its rule, unless it holds the bulk of the page's text.

    drop: elements that a site's profile takes off in any case.
    """
    _weigh(page, story_only=False)
    groups: defaultdict[tuple[str, str, bool], list[Node]] = defaultdict(list)
    for node in page.nodes:
        if found := _named(node, page.root.mass):
            node.rule = found[0]
            groups[node.tag, node.label, found[1]].append(node)
    _hand_down(page)
    loads = {key: sum(n.mass for n in nodes if not _is_inside(n)) for key, nodes in groups.items()}
    for key, load in loads.items():
        if not key[2] and load > _MOST * page.root.mass:
            _unmark(groups[key])
    for key, load in sorted(loads.items(), key=lambda item: -item[1]):
        if key[2] and load > 0:
            if _left(page) >= max(LEAST, _LEAST_SHARE * page.root.mass):
                break
            _unmark(groups[key])
    if dropped := {id(element) for element in drop}:
        for node in page.nodes:
            if id(node.element) in dropped:
                node.rule = "profile"
    _hand_down(page)


def _hand_down(page: Blocks) -> None:
    """What takes an element off takes off all that stands in it."""
    for node in page.nodes:  # parents stand before their children
        node.ruled = node.rule or (node.parent.ruled if node.parent else None)


def _is_inside(node: Node) -> bool:
    """Whether an element stands in another one with a rule."""
    return node.parent is not None and node.parent.ruled is not None


def _unmark(nodes: list[Node]) -> None:
    for node in nodes:
        node.rule = None


def _left(page: Blocks) -> float:
    """Weight of the text that no rule takes off."""
    _hand_down(page)
    return total_weight(block for block in page.blocks if not block.node.ruled)


def _named(node: Node, total: float) -> tuple[str, bool] | None:
    """The rule that names an element, if its text is not too much for it, and whether it may hold much text."""
    by_label = element_rule(node.label) if node.label else None
    by_tag = _ASIDE.get(node.tag)
    if (by_label is None and by_tag is None) or node.tag in HEADINGS:
        return None
    if by_tag and node.mass <= _most(*by_tag, total):
        return by_tag
    if by_label and (node.tag not in _TEXT or by_label.name in _TEXT_RULES):
        name, bulk = by_label.name, by_label.bulk
        return (name, bulk) if node.mass <= _most(name, bulk, total) else None
    return None


def _most(name: str, bulk: bool, total: float) -> float:
    """Weight that an element may hold to be taken off by a rule."""
    if not bulk:
        return _SMALL
    return total * (_HUGE if name in _HUGE_RULES else _LARGE)


def mark_other_stories(page: Blocks, headline: Iterable[object]) -> None:
    """Name the articles that an endless page appends: each has a main heading of its own, and not this story's."""
    if [n.tag for n in page.nodes].count("article") < 2:
        return
    ids = {id(element) for element in headline}
    titles = [n for n in page.nodes if n.tag == "h1" or id(n.element) in ids]
    mine = next((n for n in titles if id(n.element) in ids), titles[0] if titles else None)
    home = _article_of(mine)
    if home is None or home.mass < LEAST:
        return
    for title in titles:
        other = _article_of(title)
        if other is not None and other is not home and not other.within(home) and not home.within(other):
            other.rule = "other-story"
    _hand_down(page)


def _article_of(node: Node | None) -> Node | None:
    return next((n for n in node.chain() if n.tag == "article"), None) if node else None


def find_container(page: Blocks) -> Node:
    """The story's container; needs mark_chrome first."""
    _weigh(page, story_only=True)
    heaviest: dict[int, Node] = {}  # below a node
    for node in page.nodes:
        if node.mass > 0 and ((best := heaviest.get(id(node.parent))) is None or node.mass > best.mass):
            heaviest[id(node.parent)] = node
    node = page.root
    while (best := heaviest.get(id(node))) and best.tag not in _NO_CONTAINER and best.mass >= _DESCEND * node.mass:
        node = best
    return node


def _weigh(page: Blocks, story_only: bool) -> None:
    """What stands in each element; story_only: without what a rule takes off."""
    for node in page.nodes:
        node.mass = 0.0
    for block in page.blocks:
        if not (story_only and block.node.ruled):
            block.node.mass += weight(block)
    for node in reversed(page.nodes):  # children stand after their parents
        if node.mass and (above := node.parent) is not None:
            above.mass += node.mass
