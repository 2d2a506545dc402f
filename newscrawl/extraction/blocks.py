"""A page as a row of text blocks in reading order: paragraphs, subheadings, list items, quotes, cells, bare text.

One walk over the tree, which stays as it is. Every block knows the chain of block-level elements above it (Node), so
that later steps can ask where it stands. A block ends at every block-level tag, and at two <br> in a row; at a single
<br> only where both sides read as paragraphs of their own. Text of links is counted on the way.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml.html import HtmlElement

from newscrawl.extraction.text import clean

HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_TEXT_TAGS = HEADINGS | frozenset(("p", "li", "blockquote", "pre", "dd", "dt"))
_UNSEEN = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "math",
        "iframe",
        "object",
        "embed",
        "video",
        "audio",
        "canvas",
        "select",
        "option",
        "optgroup",
        "textarea",
        "input",
        "head",
        "map",
        "area",
        "rt",
        "rp",
        "datalist",
        "meter",
        "progress",
    ]
)
_BLOCK = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "button",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "html",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "p",
        "pre",
        "search",
        "section",
        "summary",
        "table",
        "tbody",
        "td",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
#: Elements within each other that are walked into: a level takes three calls, and Python allows a thousand.
_MAX_DEPTH = 200
_SENTENCE_END = re.compile(r"[.!?…。！？:][\"'”’»）)\]]*\s*$")
_DIGITS = re.compile(r"\d+")
_BREAK = "\n"
_NEAR = 100  # pieces of a line that are looked at to tell what it is: lines may have a hundred thousand
_BREAKS = re.compile(r"[ \t\r\f\u00a0]*\n(?:\s*\n)+\s*")


@dataclass(slots=True, eq=False)
class Node:
    """A block-level element: label is its class, id and role in lower case; rule names what takes it off, if any, and
    ruled what takes it or an element above it off.

    shape is the same for elements that stand at the same place in the page's layout (tags and classes down from the
    root); mass is the weight of story-like text under it (see container.py), text the number of characters.
    """

    element: HtmlElement
    parent: Node | None
    tag: str
    label: str
    depth: int
    shape: int = 0
    rule: str | None = None
    ruled: str | None = None
    mass: float = 0.0
    text: int = 0
    children: list[Node] = field(default_factory=list)

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
        node: Node | None = self
        while node is not None and node.depth >= other.depth:
            if node is other:
                return True
            node = node.parent
        return False


@dataclass(slots=True, eq=False)
class Block:
    """A piece of text that is kept or dropped as a whole. links and strong: characters in links, in bold or italics."""

    text: str
    node: Node
    order: int
    kind: str
    links: int = 0
    strong: int = 0
    rule: str | None = None
    kept: bool = False

    @property
    def shape(self) -> int:
        """The same for blocks that stand at the same place in the page's layout, whatever their own class."""
        node = self.node
        return hash((node.parent.shape, node.tag)) if node.parent and node.tag in _TEXT_TAGS else node.shape

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
    walk = _Walk()
    root = Node(tree, None, str(tree.tag), "", 0)
    walk.nodes.append(root)
    walk.block(tree, root)
    walk.flush(root)
    return Blocks(walk.blocks, root, walk.nodes)


def label_of(element: HtmlElement) -> str:
    """Class, id and role of an element as one string; what chrome rules look at."""
    get = element.get
    return " ".join(filter(None, (get("class"), get("id"), get("role"), get("data-component"))))


class _Walk:
    """The state of one walk: text gathered since the last block ended, as (piece, in a link, in bold)."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.nodes: list[Node] = []
        self.pieces: list[tuple[str, bool, bool]] = []
        self.links = 0
        self.bold = 0
        self.depth = 0

    def add(self, text: str | None) -> None:
        if text:
            self.pieces.append((text, self.links > 0, self.bold > 0))

    def block(self, element: HtmlElement, node: Node) -> None:
        self.add(element.text)
        for child in element:
            self.child(child, node)
            self.add(child.tail)

    def child(self, child: HtmlElement, node: Node) -> None:
        tag = child.tag
        if tag in _UNSEEN:
            return
        if tag == "br":
            self.pieces.append((_BREAK, False, False))
        elif tag in _BLOCK or "-" in tag:
            self.flush(node)
            below = Node(child, node, tag, label_of(child), node.depth + 1)
            below.shape = hash((node.shape, tag, _DIGITS.sub("", child.get("class") or "")))
            node.children.append(below)
            self.nodes.append(below)
            self.deeper(child, below)
            self.flush(below)
        elif tag == "a":
            self.links += 1
            self.deeper(child, node)
            self.links -= 1
        elif tag in ("b", "strong", "em", "i"):
            self.bold += 1
            self.deeper(child, node)
            self.bold -= 1
        else:
            self.deeper(child, node)

    def deeper(self, element: HtmlElement, node: Node) -> None:
        if len(element) == 0:
            self.add(element.text)
        elif self.depth < _MAX_DEPTH:
            self.depth += 1
            self.block(element, node)
            self.depth -= 1
        else:
            self.add(" ".join(element.itertext()))

    def flush(self, node: Node) -> None:
        """End a block: what was gathered becomes one, or several where breaks part it."""
        if not self.pieces:
            return
        pieces, self.pieces = self.pieces, []
        if not any(p[0] == _BREAK for p in pieces):
            self.emit(pieces, node)
            return
        for line in _lines(pieces):
            self.emit(line, node)

    def emit(self, pieces: list[tuple[str, bool, bool]], node: Node) -> None:
        text = clean("".join(p[0] for p in pieces))
        if not text:
            return
        links = sum(len(p[0].strip()) for p in pieces if p[1])
        strong = sum(len(p[0].strip()) for p in pieces if p[2])
        self.blocks.append(
            Block(text, node, len(self.blocks), _kind(node), min(links, len(text)), min(strong, len(text)))
        )


def _lines(pieces: list[tuple[str, bool, bool]]) -> list[list[tuple[str, bool, bool]]]:
    """Pieces parted at double breaks, and at single ones between two paragraphs."""
    lines: list[list[tuple[str, bool, bool]]] = [[]]
    breaks: list[int] = [0]
    blank = True
    for piece in pieces:
        if piece[0] != _BREAK:
            lines[-1].append(piece)
            blank = blank and not piece[0].strip()
        elif blank:
            breaks[-1] += 1
        else:
            lines.append([])
            breaks.append(1)
            blank = True
    joined: list[list[tuple[str, bool, bool]]] = []
    for line, count in zip(lines, breaks, strict=True):
        if joined and count == 1 and not _paragraphs(joined[-1], line):
            joined[-1] += [(" ", False, False), *line]
        else:
            joined.append(line)
    return joined


def _paragraphs(before: list[tuple[str, bool, bool]], after: list[tuple[str, bool, bool]]) -> bool:
    left, right = "".join(p[0] for p in before[-_NEAR:]).strip(), "".join(p[0] for p in after[:_NEAR]).strip()
    return len(left) > 60 and len(right) > 20 and bool(_SENTENCE_END.search(left[-8:]))


_KINDS = {"li": "item", "dd": "item", "dt": "item", "pre": "pre", "figcaption": "caption", "td": "cell", "th": "cell"}


def _kind(node: Node) -> str:
    """What a block is, from the nearest elements that say so."""
    for n in (node, node.parent, node.parent.parent if node.parent else None):
        if n is None:
            break
        if n.tag in HEADINGS:
            return "heading"
        if n.tag in _KINDS:
            return _KINDS[n.tag]
        if n.tag == "blockquote":
            return "quote"
    return "text"
