"""Keep or drop: the decision on each block of a page, as a row of named rules."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from newscrawl.extraction.blocks import Block, Blocks, Node
from newscrawl.extraction.chrome import line_rule
from newscrawl.extraction.container import weight
from newscrawl.extraction.text import fold, is_cjk

_SENTENCE = re.compile(r"[.!?…。！？؟।][\"'”’»「」』）)\]]*(?:\s*\(.{1,30}\))?$")
#: A place in the layout that holds this share of the story's text is the story's own.
_OWN = 0.10


@dataclass(slots=True)
class Story:
    """What the rules look at besides a block: where the story is, and what its layout is like.

    shares: shape -> share of the story's text that stands at that place of the layout.
    """

    page: Blocks
    container: Node
    headline: str | None
    deck: str | None
    shares: dict[int, float]
    start: int
    end: int
    title_at: int
    parents: set[int] = field(default_factory=set)


def read_story(page: Blocks, container: Node, headline: str | None, deck: str | None) -> Story:
    """Measure the story in its container."""
    inside = [b for b in page.blocks if b.node.ruled is None and b.node.within(container)]
    masses: Counter[int] = Counter()
    for block in inside:
        masses[block.shape] += weight(block)  # type: ignore[assignment]
    total = sum(masses.values()) or 1.0
    shares = {shape: mass / total for shape, mass in masses.items()}
    own = [b for b in inside if shares[b.shape] >= _OWN]
    title = fold(headline) if headline else None
    start = own[0].order if own else 0
    title_at = max((b.order for b in page.blocks[: start + 1] if title and fold(b.text) == title), default=-1)
    return Story(
        page,
        container,
        title,
        fold(deck) if deck else None,
        shares,
        start,
        own[-1].order if own else -1,
        title_at,
        {id(b.node.parent) for b in own},
    )


def judge(block: Block, story: Story) -> str | None:
    """The name of the rule that drops a block, or None to keep it."""
    inside = block.node.within(story.container)
    share = story.shares.get(block.shape, 0.0)
    if not inside and not (_leads(block, story) or share >= _OWN):
        return "outside"
    if block.node.ruled:
        return block.node.ruled
    if block.kind == "caption":
        return "caption"
    if _repeats_head(block, story, share):
        return "headline"
    if block.link_share > 0.8 and len(block.text) > 30:
        return "links"
    if share < _OWN and (rule := _foreign(block)):
        return rule
    found = line_rule(block.text)
    return found.name if found else None


def _leads(block: Block, story: Story) -> bool:
    """A paragraph between the headline and the story's container."""
    return -1 < story.title_at < block.order < story.start and block.kind == "text" and _is_prose(block)


def _repeats_head(block: Block, story: Story, share: float) -> bool:
    text = fold(block.text)
    if story.headline and text == story.headline and block.order <= story.start:
        return True
    return bool(story.deck) and text == story.deck and share < 0.5 and block.order <= story.start + 1


def _foreign(block: Block) -> str | None:
    """A piece at a place of the layout where little of the story stands: kept if it reads like the story."""
    if block.kind in ("heading", "item", "quote", "pre", "cell"):
        return None
    return None if _is_prose(block) else "aside"


def _is_prose(block: Block) -> bool:
    size = len(block.text) * (2.5 if is_cjk(block.text[:60]) else 1)
    return size >= 100 and block.link_share < 0.5 and bool(_SENTENCE.search(block.text[-40:]))


def drop_dangling(blocks: Sequence[Block]) -> None:
    """Take off headings that no text follows: the title of a box whose content was dropped."""
    following: Block | None = None
    for block in reversed(blocks):
        if block.kind == "heading" and block.kept:
            if following is None or (following.kind == "heading" and _level(following) <= _level(block)):
                block.kept, block.rule = False, "dangling"
                continue
        if block.kept:
            following = block


def _level(block: Block) -> int:
    node: Node | None = block.node
    while node is not None and not (len(node.tag) == 2 and node.tag[0] == "h" and node.tag[1].isdigit()):
        node = node.parent
    return int(node.tag[1]) if node else 7
