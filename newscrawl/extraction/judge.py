"""Keep or drop: the decision on each block of a page, as a row of named rules.

First every block is judged for itself (judge), then in its row (judge_row): what a dropped title takes along, lists as
a whole, titles that nothing follows, paragraphs that come twice.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from newscrawl.extraction.blocks import HEADINGS, Block, Blocks, Node
from newscrawl.extraction.chrome import LineRule, line_rule
from newscrawl.extraction.container import LEAST, total_weight, weight
from newscrawl.extraction.links import site_of
from newscrawl.extraction.teasers import target, teasers
from newscrawl.extraction.text import fold, is_cjk, normal

_SENTENCE = re.compile(r"[.!?…。！？؟।][\"'”’»“「」』）)\]]*(?:\s*[(（].{1,30}[)）])?$")
_NAMES = re.compile(
    r"\b(?:by|von|und|and|par|et|por|y|e|di|da|de|door|en|av|og|och|af|oleh|dan|przez|i|автор|и|та|text|foto|photo|story|words)\b"
)
_BIO = re.compile(
    r" (?:is (?:an?|the|one)|was (?:an?|the)|covers|writes|reports|joined|has (?:been|written|worked)"
    r"|ist (?:ein|der|die|redak|auto|freie|seit)"
    r"|schreibt|arbeitet|studierte|est (?:un|le|la|journaliste)|es (?:un|el|la|periodista)"
    r"|è (?:un|il|la|giornalista)|é (?:um|o|a|jornalista))"
)
#: A place in the layout that holds this share of the story's text is the story's own.
_OWN = 0.10
#: The same away from the element that holds the blocks of the main place, inside its <article> and out of it.
_NEAR, _FAR = 0.05, 0.2
_LEAST_SOURCE = 15  # characters of a source's name: buttons that share a story say less
#: Lists whose text stands in links to this share are lists of links.
_LINKS = 0.8


@dataclass(slots=True)
class Story:
    """What the rules look at besides a block: where the story is, and what its layout is like.

    shares: shape -> share of the story's text at that place of the layout; start, end: order of the first and last
    block at the story's own places; title_at: order of the last headline above the
    story, lead_from: of the first one, -1 where there is none;
    parents: elements that hold blocks of the story's own; names: the longest word of each author's name.
    """

    page: Blocks
    container: Node
    core: Node
    home: Node | None
    headline: str | None
    deck: str | None
    authors: tuple[str, ...]
    names: tuple[str, ...]
    shares: dict[int, float]
    threshold: float
    start: int
    end: int
    title_at: int
    lead_from: int
    parents: set[int]
    url: str | None = None

    def own(self, block: Block) -> bool:
        """Whether a block stands where the story stands."""
        return self.shares.get(block.node.place, 0.0) >= _least(block, self.core, self.home) * self.threshold


def read_story(
    page: Blocks,
    container: Node,
    headline: str | None,
    deck: str | None,
    authors: Sequence[str] = (),
    title: Sequence[object] = (),
    url: str | None = None,
) -> Story:
    """Measure the story in its container. title: the page's elements that the headline was read from."""
    inside = [b for b in page.blocks if b.node.ruled is None and b.node.within(container)]
    masses: defaultdict[int, float] = defaultdict(float)
    for block in inside:
        masses[block.node.place] += weight(block)
    total = sum(masses.values()) or 1.0
    shares = {shape: mass / total for shape, mass in masses.items()}
    threshold = max(shares.values(), default=1.0)
    top = max(shares, key=lambda s: shares[s], default=0)
    core = _common([b.node for b in inside if b.node.place == top], container)
    home = next((n for n in core.chain() if n.tag in ("article", "main")), None)
    own = [b for b in inside if shares[b.node.place] >= _least(b, core, home) * threshold]
    folded = fold(headline) if headline else None
    start = own[0].order if own else 0
    titles = _titles(page, folded, {id(element) for element in title}, own)
    title_at = _title_at(titles, start)
    own = [b for b in own if b.order > title_at] or own
    start = own[0].order if own else 0
    return Story(
        page=page,
        container=container,
        core=core,
        home=home,
        headline=folded,
        deck=fold(deck) if deck else None,
        authors=tuple(fold(a) for a in authors),
        names=tuple(max(fold(a).split(), key=len, default="") for a in authors),
        shares=shares,
        threshold=threshold,
        start=start,
        end=own[-1].order if own else -1,
        title_at=title_at,
        lead_from=min(titles, default=title_at),
        parents={id(b.node.parent) for b in own},
        url=url,
    )


def _least(block: Block, core: Node, home: Node | None) -> float:
    if block.node.within(core):
        return _OWN
    return _NEAR if home is not None and block.node.within(home) else _FAR


def _common(nodes: Sequence[Node], default: Node) -> Node:
    """The innermost element that holds all of these."""
    if not nodes:
        return default
    chain = nodes[0].chain()[1:] or [nodes[0]]
    return next((n for n in chain if all(each.within(n) for each in nodes)), chain[-1])


def _titles(page: Blocks, headline: str | None, elements: set[int], own: Sequence[Block]) -> list[int]:
    """Where the headline stands: above the story and in its first quarter."""
    latest = own[len(own) // 4].order if own else 0
    return [
        block.order
        for block in page.blocks[: latest + 1]
        if id(block.node.element) in elements or (headline and _says(block.text, headline))
    ]


def _says(text: str, folded: str) -> bool:
    """Whether a text says the same as a folded one; most lines are much longer or shorter."""
    return len(folded) < 2 * len(text) + 20 and len(text) < 2 * len(folded) + 20 and fold(text) == folded


def _title_at(titles: Sequence[int], start: int) -> int:
    above = [place for place in titles if place <= start]
    return max(above) if above else min(titles, default=-1)


def judge_all(story: Story) -> None:
    """Decide on every block of the page: its rule, and whether it is kept."""
    taking: dict[int, LineRule] = {}
    for block in story.page.blocks:
        block.rule = _place(block, story) or _look(block, story)
        if block.rule is None and (found := line_rule(block.text)) and _believed(found, block):
            block.rule = found.name
            if found.takes:
                taking[block.order] = found
        block.kept = block.rule is None
    _take_along(story, taking)
    _drop_teasers(story)
    _drop_link_lists(story.page.blocks, story.url)
    _drop_twice(story.page.blocks)
    _drop_dangling(story.page.blocks)


def _place(block: Block, story: Story) -> str | None:
    """Rules on where a block stands."""
    inside = block.node.within(story.container)
    own = story.own(block)
    if not inside and not own and not _leads(block, story):
        return "outside"
    if block.node.ruled:
        return block.node.ruled
    if block.order < story.title_at and not _leads(block, story):
        return "above"
    if block.kind == "caption":
        return "caption"
    if own:
        return None
    if not story.start <= block.order <= story.end and not _beside(block, story):
        return "after" if block.order > story.end else "before"
    if block.kind == "text" and not _is_prose(block):
        return "aside"
    return None


def _look(block: Block, story: Story) -> str | None:
    """Rules on what a block says, given the page's fields."""
    if _repeats_head(block, story):
        return "headline"
    if block.kind == "text" and block.link_share > _LINKS and (len(block.text) > 30 or not story.own(block)):
        return "links"
    if story.authors and len(block.text) < 400 and _is_byline(block, story):
        return "byline"
    return None


def _leads(block: Block, story: Story) -> bool:
    """A paragraph between the headline and the story's container."""
    return -1 < story.lead_from < block.order < story.start and block.kind == "text" and _is_prose(block)


def _beside(block: Block, story: Story) -> bool:
    """Before the story's first own block prose, after its last one nothing but what stands right beside its text."""
    if block.order < story.start and (block.kind == "text" or block.kind == "heading"):
        return True
    return block.kind != "text" and any(id(n.parent) in story.parents for n in block.node.chain()[:4])


def _repeats_head(block: Block, story: Story) -> bool:
    if block.order > story.start + 1:
        return False
    text = fold(block.text)
    if story.headline and (text == story.headline or (block.kind == "heading" and _same(text, story.headline))):
        return True
    return bool(story.deck) and text == story.deck and not story.own(block)


def _same(text: str, headline: str) -> bool:
    """Whether a title is part of the headline, or the headline with a kicker."""
    if len(text) > 8 and (text in headline or headline in text):
        return True
    words, wanted = set(text.split()), set(headline.split())
    return len(words & wanted) >= 0.75 * max(len(words), len(wanted))


def _is_byline(block: Block, story: Story) -> bool:
    """Nothing but names of the authors and the words around them, or who an author is."""
    lowered = normal(block.text)
    if not any(name in lowered for name in story.names):
        return False
    text = rest = fold(block.text)
    for author in story.authors:
        rest = rest.replace(author, " ")
        if text.startswith(author) and block.order > story.start and _BIO.match(text[len(author) :]):
            return True
    return rest != text and len(_NAMES.sub(" ", rest).split()) <= 2


def _is_prose(block: Block) -> bool:
    size = len(block.text) * (2.5 if is_cjk(block.text[:60]) else 1)
    return size >= 100 and block.link_share < 0.5 and bool(_SENTENCE.search(block.text[-40:]))


def _believed(rule: LineRule, block: Block) -> bool:
    """Some rules hold for lines that are mostly links, unless the line is a label of its own."""
    return not rule.linked or block.link_share >= 0.4 or len(block.text) < 30


def _take_along(story: Story, taking: dict[int, LineRule]) -> None:
    """What follows a dropped title goes with it: links, or near the end everything up to the next heading."""
    late = story.start + 0.6 * (story.end - story.start)
    active: LineRule | None = None
    for block in story.page.blocks:
        if block.order in taking:
            active = taking[block.order]
            everything = active.takes == "rest" and block.order > late
        elif active is not None and block.kept:
            if block.kind == "heading":
                active = None
            elif everything or block.link_share > 0.5 or (block.kind == "item" and block.link_share > 0.3):
                block.kept, block.rule = False, active.name
            else:
                active = None


def _drop_teasers(story: Story) -> None:
    """Lists of other stories between the story's paragraphs or after them; not where they are most of the page."""
    kept = [block for block in story.page.blocks if block.kept]
    left = total_weight(kept)
    between = story.page.blocks[kept[0].order : kept[-1].order + 1] if kept else []
    for found in teasers(between, story.url):
        mine = [block for block in found if block.kept]
        load = total_weight(mine)
        if left - load < LEAST or any(story.shares.get(b.node.place, 0.0) >= story.threshold for b in mine):
            continue
        left -= load
        for block in mine:
            block.kept, block.rule = False, "teaser"


def _drop_link_lists(blocks: Sequence[Block], url: str | None) -> None:
    """Lists that are nothing but links, unless most of them lead to other sites: those are sources."""
    lists: defaultdict[int, list[Block]] = defaultdict(list)
    for block in blocks:
        if block.kept and block.kind == "item":
            lists[id(_list_of(block.node))].append(block)
    for items in lists.values():
        size = sum(len(b.text) for b in items)
        if sum(b.links for b in items) > _LINKS * size and not _are_sources(items, size, url):
            for block in items:
                block.kept, block.rule = False, "links"


def _are_sources(items: Sequence[Block], size: int, url: str | None) -> bool:
    if not url or size < _LEAST_SOURCE * len(items):
        return False
    targets = [target(block, url) for block in items]
    mine = site_of(urlsplit(url).hostname or "")
    away = [each for each in targets if each and site_of(urlsplit(each).hostname or "") not in ("", mine)]
    return len(away) > 0.6 * len(items)


def _list_of(node: Node) -> Node:
    for each in node.chain():
        if each.tag in ("ul", "ol", "dl", "menu"):
            return each
    return node


def _drop_twice(blocks: Sequence[Block]) -> None:
    seen: Counter[str] = Counter()
    for block in blocks:
        if block.kept and len(block.text) > (20 if is_cjk(block.text[:60]) else 50):
            seen[block.text] += 1
            if seen[block.text] > 1:
                block.kept, block.rule = False, "twice"


def _drop_dangling(blocks: Sequence[Block]) -> None:
    """Headings that no text follows: the title of a box whose content was dropped."""
    following: Block | None = None
    for block in reversed(blocks):
        if not block.kept:
            continue
        if (
            block.kind == "heading"
            and not _in_list(block)
            and (following is None or (following.kind == "heading" and _level(following) < _level(block)))
        ):
            block.kept, block.rule = False, "dangling"
            continue
        following = block


def _in_list(block: Block) -> bool:
    return any(n.tag == "li" for n in block.node.chain()[:3])


def _level(block: Block) -> int:
    return next((int(n.tag[1]) for n in block.node.chain() if n.tag in HEADINGS), 7)
