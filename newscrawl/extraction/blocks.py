"""A page as a row of text blocks in reading order: paragraphs, subheadings, list items, quotes, cells, bare text.

One walk over the tree, which stays as it is. Every block knows the chain of block-level elements above it (Node), so
that later steps can ask where it stands. A block ends at every block-level tag, and at two <br> in a row; at a single
<br> only where both sides read as paragraphs of their own. Text of links is counted on the way.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from lxml.html import HtmlElement

from newscrawl.extraction.text import clean

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TEXT_TAGS = HEADINGS | frozenset(("p", "li", "blockquote", "pre", "dd", "dt"))
#: What the walk does with an element: leave it out, end a line, open a block, or go on with the text in it.
_UNSEEN, _BREAK, _BLOCK, _LINK, _BOLD, _INLINE = range(1, 7)
_TAGS = {
    **dict.fromkeys(
        ("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "embed", "video", "audio")
        + ("canvas", "select", "option", "optgroup", "textarea", "input", "head", "map", "area", "rt", "rp", "datalist")
        + ("meter", "progress"),
        _UNSEEN,
    ),
    **dict.fromkeys(
        ("address", "article", "aside", "blockquote", "body", "button", "caption", "center", "dd", "details", "dialog")
        + ("dir", "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5")
        + ("h6", "header", "hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search")
        + ("section", "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
        _BLOCK,
    ),
    **dict.fromkeys(("b", "strong", "em", "i"), _BOLD),
    "a": _LINK,
    "br": _BREAK,
}
#: Elements within each other that are walked into; what stands deeper is taken as one line.
_MAX_DEPTH = 200
_SENTENCE_END = re.compile(r"[.!?…。！？:][\"'”’»）)\]]*\s*$")
_DIGITS = re.compile(r"\d+")
#: Text, whether it stands in a link, and whether in bold or italics.
_Piece = tuple[str, bool, bool]
_NEWLINE: _Piece = ("\0", False, False)  # which no text of a tree has
_NEAR = 100  # pieces of a line that are looked at to tell what it is: lines may have a hundred thousand


@dataclass(slots=True, eq=False)
class Node:
    """A block-level element: label is its class, id and role, which chrome rules look at; rule names what takes it off,
    if any, and ruled what takes it or an element above it off.

    index is its place among the page's nodes, in page order, and last that of the last node inside it. shape is the
    same for elements that stand at the same place in the page's layout (tags and classes down from the root), place
    likewise for text in them, where a paragraph's own class says nothing; mass is the weight of story-like text under
    it (see container.py). Nodes know what is above them, not what is below: nothing holds a page in memory longer than
    it is looked at.
    """

    element: HtmlElement
    parent: Node | None
    tag: str
    label: str
    index: int
    shape: int = 0
    place: int = 0
    last: int = 0
    rule: str | None = None
    ruled: str | None = None
    mass: float = 0.0

    def chain(self) -> list[Node]:
        """This node and everything above it, innermost first."""
        nodes: list[Node] = []
        node: Node | None = self
        while node is not None:
            nodes.append(node)
            node = node.parent
        return nodes

    def within(self, other: Node) -> bool:
        """Whether this node is other or stands inside it."""
        return other.index <= self.index <= other.last


@dataclass(slots=True, eq=False)
class Block:
    """A piece of text that is kept or dropped as a whole. links and strong: characters in links, in bold or italics;
    weight: how much it looks like a story's paragraph (container.py), once that was asked for."""

    text: str
    node: Node
    order: int
    kind: str
    links: int = 0
    strong: int = 0
    rule: str | None = None
    kept: bool = False
    weight: float | None = None

    @property
    def link_share(self) -> float:
        """Share of the text that stands in links, 0 to 1."""
        return self.links / len(self.text) if self.text else 0.0


@dataclass(slots=True)
class Blocks:
    """Every block of a page, and the node of its root element."""

    blocks: list[Block]
    root: Node
    nodes: list[Node]


def read_blocks(tree: HtmlElement) -> Blocks:
    """Cut a page into blocks. Text in elements that show nothing (scripts, controls, embedded media) is left out."""
    walk = _Walk(tree)
    walk.run()
    return Blocks(walk.blocks, walk.root, walk.nodes)


class _Walk:
    """The state of one walk: text gathered since the last block ended, as (piece, in a link, in bold), and whether a
    line was broken in it."""

    def __init__(self, tree: HtmlElement) -> None:
        self.root = Node(tree, None, str(tree.tag), "", 0)
        self.blocks: list[Block] = []
        self.nodes = [self.root]
        self.pieces: list[_Piece] = []
        self.broken = False

    def run(self) -> None:
        """Walk the whole tree: one loop with a stack of its own, where calls would cost more than what they do."""
        node, linked, bold = self.root, False, False
        pieces = self.pieces  # white space that would begin a block is left out
        if (text := node.element.text) and not text.isspace():
            pieces.append((text, linked, bold))
        children = iter(node.element)
        stack: list[tuple[Iterator[HtmlElement], HtmlElement, Node, bool, bool]] = []
        while True:
            for child in children:
                tag = child.tag
                kind = _TAGS.get(tag) or (_BLOCK if "-" in tag else _INLINE)
                if kind == _BREAK:
                    self.end_line()
                elif kind != _UNSEEN:
                    if kind == _BLOCK and pieces:
                        self.flush(node)
                    if len(child) and len(stack) < _MAX_DEPTH:
                        stack.append((children, child, node, linked, bold))
                        if kind == _BLOCK:
                            node = self.below(child, tag, node)
                        linked, bold = linked or kind == _LINK, bold or kind == _BOLD
                        if (text := child.text) and (pieces or not text.isspace()):
                            pieces.append((text, linked, bold))
                        children = iter(child)
                        break
                    text = " ".join(child.itertext()) if len(child) else child.text
                    if text and (pieces or not text.isspace()):
                        pieces.append((text, linked or kind == _LINK, bold or kind == _BOLD))
                        if kind == _BLOCK:  # one without text leaves no node
                            self.flush(self.below(child, tag, node))
                if (text := child.tail) and (pieces or not text.isspace()):
                    pieces.append((text, linked, bold))
            else:  # the element is done: back to the one above it
                if pieces and (not stack or node is not stack[-1][2]):
                    self.flush(node)
                node.last = len(self.nodes) - 1
                if not stack:
                    break
                children, child, node, linked, bold = stack.pop()
                if (text := child.tail) and (pieces or not text.isspace()):
                    pieces.append((text, linked, bold))

    def end_line(self) -> None:
        if self.pieces:
            self.pieces.append(_NEWLINE)
            self.broken = True

    def below(self, element: HtmlElement, tag: str, above: Node) -> Node:
        get = element.get
        classes, name, role, part = get("class"), get("id"), get("role"), get("data-component")
        label = (f"{classes} {name}" if name else classes) if classes else name or ""
        if role:
            label = f"{label} {role}"
        if part:
            label = f"{label} {part}"
        shape = hash((above.shape, tag, _numberless(classes) if classes else ""))
        place = hash((above.shape, tag)) if tag in _TEXT_TAGS else shape
        index = len(self.nodes)
        node = Node(element, above, tag, label, index, shape, place, index)
        self.nodes.append(node)
        return node

    def flush(self, node: Node) -> None:
        """End a block: what was gathered becomes one, or several where breaks part it."""
        if self.broken:
            for line in _lines(self.pieces):
                self.emit(line, node)
            self.broken = False
        else:
            self.emit(self.pieces, node)
        self.pieces.clear()

    def emit(self, pieces: list[_Piece], node: Node) -> None:
        if len(pieces) == 1:
            text, linked, bold = pieces[0]
            text = clean(text)
            size = len(text)
            links, strong = size if linked else 0, size if bold else 0
        else:
            text = clean("".join([p[0] for p in pieces]))
            size = len(text)
            links = min(sum([len(p[0].strip()) for p in pieces if p[1]]), size)
            strong = min(sum([len(p[0].strip()) for p in pieces if p[2]]), size)
        if text:
            self.blocks.append(Block(text, node, len(self.blocks), _kind(node), links, strong))


@lru_cache(maxsize=100_000)  # what 500 sites use; one uses a few hundred
def _numberless(classes: str) -> str:
    return _DIGITS.sub("", classes)


def _lines(pieces: list[_Piece]) -> list[list[_Piece]]:
    """Pieces parted at double breaks, and at single ones between two paragraphs."""
    lines: list[list[_Piece]] = [[]]
    breaks: list[int] = [0]
    blank = True
    for piece in pieces:
        if piece != _NEWLINE:
            lines[-1].append(piece)
            blank = blank and not piece[0].strip()
        elif blank:
            breaks[-1] += 1
        else:
            lines.append([])
            breaks.append(1)
            blank = True
    joined: list[list[_Piece]] = []
    for line, count in zip(lines, breaks, strict=True):
        if joined and count == 1 and not _paragraphs(joined[-1], line):
            joined[-1] += [(" ", False, False), *line]
        else:
            joined.append(line)
    return joined


def _paragraphs(before: list[_Piece], after: list[_Piece]) -> bool:
    left, right = "".join(p[0] for p in before[-_NEAR:]).strip(), "".join(p[0] for p in after[:_NEAR]).strip()
    return len(left) > 60 and len(right) > 20 and bool(_SENTENCE_END.search(left[-8:]))


_KINDS = {
    **dict.fromkeys(HEADINGS, "heading"),
    "li": "item",
    "dd": "item",
    "dt": "item",
    "pre": "pre",
    "figcaption": "caption",
    "td": "cell",
    "th": "cell",
    "blockquote": "quote",
}


def _kind(node: Node) -> str:
    """What a block is, from the nearest elements that say so."""
    if kind := _KINDS.get(node.tag):
        return kind
    above = node.parent
    higher = above.parent if above else None
    return (above and _KINDS.get(above.tag)) or (higher and _KINDS.get(higher.tag)) or "text"
