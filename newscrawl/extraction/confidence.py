"""How sure an extraction is of a story's text, by what the layout looked like: the share of it that is expected to be
right.

The weights are those of a least-squares fit, rounded, on 915 pages whose text is known; benchmarks/confidence.py holds
them against such pages again. They tell, not perfectly, the pages on which the rules had to choose: texts in many
places of the layout, much that was taken off inside the story, no headline above it.
"""

from __future__ import annotations

from collections.abc import Sequence

from newscrawl.extraction.blocks import Block
from newscrawl.extraction.container import total_weight
from newscrawl.extraction.judge import Story

#: With nothing against it.
_MOST = 0.99
#: What is taken off for …
_DROPPED = 0.22  # the share of the container's text that was dropped
_CHOSEN = 0.15  # the share that was dropped for its place or its links, beside what was kept
_SCATTERED = 0.12  # the share of the story that stands elsewhere than at its main place
_FOREIGN = 0.12  # the share of what was kept that stands at no place of the story's own
_LINKED = 0.14  # the share of what was kept that stands in links
_SHORT = 0.08  # the share of short blocks among those kept
_UNTITLED = 0.04  # no headline on the page
_SHORT_BLOCK = 40  # characters
_BY_PLACE = frozenset(("aside", "after", "before", "links", "related", "box-title"))


def confidence(story: Story, kept: Sequence[Block]) -> float:
    """0 to 1, for a story's kept blocks."""
    inside = [block for block in story.page.blocks if block.node.within(story.container)]
    dropped = [block for block in inside if not block.kept]
    mass, chosen = total_weight(kept), total_weight([block for block in dropped if block.rule in _BY_PLACE])
    against = (
        _DROPPED * _share(total_weight(dropped), total_weight(inside)),
        _CHOSEN * _share(chosen, chosen + mass),
        _SCATTERED * (1 - story.threshold),
        _FOREIGN * _share(total_weight([block for block in kept if not story.own(block)]), mass),
        _LINKED * _share(sum(block.links for block in kept), sum(len(block.text) for block in kept)),
        _SHORT * _share(sum(len(block.text) < _SHORT_BLOCK for block in kept), len(kept)),
        _UNTITLED * (story.title_at < 0),
    )
    return max(_MOST - sum(against), 0.0)


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0
