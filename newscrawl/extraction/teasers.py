"""Teasers of other stories: boxes of one kind side by side, each with a linked title and at most a short text below it.

Their class names say nothing on many sites ("col-12", "css-1x2y3z"), so they are told by what they are: where three
or more such boxes stand beside each other, each with a title that leads to another page of the site, a reader sees a
list of stories. Lists in which a story goes through shops or films one by one look alike; their titles lead elsewhere,
or there is more than a short text to each.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from urllib.parse import urljoin, urlsplit

from newscrawl.extraction.blocks import HEADINGS, Block, Node
from newscrawl.extraction.text import is_cjk

_TITLE = 20  # characters
_LINKED = 0.85
_EXCERPT = 400
_LEAST = 2
_NO_BOX = frozenset(("p", *HEADINGS))
_NUMBERED = re.compile(r"#?\d{1,3}\s?[.):–-]")  # what a story counts is its own
_UP = 6  # levels from a title to the box that holds it


def teasers(blocks: Sequence[Block], url: str | None) -> Iterator[list[Block]]:
    """The blocks of each list of teasers, in page order."""
    titles = {id(b.node): b for b in blocks if _is_title(b)}
    if len(titles) < _LEAST:
        return
    boxes: defaultdict[tuple[int, int], dict[int, Node]] = defaultdict(dict)
    for title in titles.values():
        for node in islice(title.node.chain(), _UP):
            if node.parent is not None and node.tag not in _NO_BOX:
                boxes[id(node.parent), node.shape][id(node)] = node
    lists = [box for box in boxes.values() if len(box) >= _LEAST]
    inside: defaultdict[int, list[Block]] = defaultdict(list)
    wanted = {each for box in lists for each in box}
    for block in blocks if wanted else ():
        for node in block.node.chain():
            if id(node) in wanted:
                inside[id(node)].append(block)
    for box in lists:
        found = [inside[each] for each in box]
        if all(_is_teaser(each) for each in found) and _leads_elsewhere(found, url):
            yield [block for each in found for block in each]


def _is_title(block: Block) -> bool:
    if block.link_share < _LINKED or block.kind not in ("heading", "text") or _NUMBERED.match(block.text):
        return False
    return len(block.text) >= _TITLE or (is_cjk(block.text) and len(block.text) >= 8)


def _is_teaser(blocks: Sequence[Block]) -> bool:
    plain = [b for b in blocks if b.link_share < 0.5]
    return sum(map(_is_title, blocks)) <= 2 and sum(len(b.text) for b in plain) <= _EXCERPT


def _leads_elsewhere(boxes: Iterable[Sequence[Block]], url: str | None) -> bool:
    """Whether every title leads to a page of its own, on the same site."""
    targets = [target(next(b for b in blocks if _is_title(b)), url) for blocks in boxes]
    mine = urlsplit(url or "")
    hosts = {urlsplit(target or "").hostname for target in targets}
    pages = {urlsplit(target or "").path for target in targets}
    return None not in targets and hosts == {mine.hostname} and mine.path not in pages and len(pages) == len(targets)


def target(block: Block, url: str | None) -> str | None:
    """Where a block's first link leads, as an absolute URL; None without one."""
    element = block.node.element
    links = [*islice(element.iter("a"), 3), *islice(element.iterancestors("a"), 1)]
    href = next((link.get("href") for link in links if link.get("href")), None)
    try:
        return urljoin(url or "", href) if href else None
    except ValueError:
        return None
