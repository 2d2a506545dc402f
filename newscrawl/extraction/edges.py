"""The first and last lines of a story's text: the imprint above it and the end mark below, where the layout hides them.

Papers set "by Anna Berg" or "Xinhua, May 3, 2026" as the story's first paragraph, and "Enditem" into its last one: no
element tells them from the story.
"""

from __future__ import annotations

from newscrawl.extraction.blocks import Block
from newscrawl.extraction.body import Body
from newscrawl.extraction.endmarks import is_end_mark, without_end_mark
from newscrawl.extraction.imprint import read_imprint
from newscrawl.extraction.language import main_language
from newscrawl.extraction.metadata import Metadata
from newscrawl.extraction.names import opens_byline
from newscrawl.extraction.printed import Reader
from newscrawl.extraction.text import fold

#: Paragraphs in which an imprint is looked for, and the share of the text after which an end mark ends it.
_OPENING, _LATE = 3, 0.5


def trim_edges(body: Body, metadata: Metadata) -> None:
    """Take imprints off the story's first paragraphs, and its end mark with all that follows off its end."""
    _drop_imprints(body, metadata)
    _close(body)
    body.kept = [block for block in body.kept if block.kept]


def _drop_imprints(body: Body, metadata: Metadata) -> None:
    reader = Reader(main_language(metadata.language) if metadata.language else None)
    for block in body.kept[:_OPENING]:
        if block.kind == "text" and _is_imprint(block.text, reader, metadata):
            block.kept, block.rule = False, "imprint"


def _is_imprint(text: str, reader: Reader, metadata: Metadata) -> bool:
    """A byline, names of the page's authors, or a date or a source with nothing else to it."""
    imprint = read_imprint(text, reader)
    if imprint is None:
        return False
    if imprint.authors:
        known = {*map(fold, imprint.authors)} & {*map(fold, metadata.authors)}
        return bool(known or imprint.published_at) or opens_byline(text)
    return bool(imprint.published_at or imprint.modified_at or len(text) <= 40)


def _close(body: Body) -> None:
    size, total = 0, sum(len(block.text) for block in body.kept)
    closed = False
    first, last = (body.kept[0].order, body.kept[-1].order) if body.kept else (0, 0)
    between = (block for block in body.blocks if first < block.order < last and not block.kept)
    marks = {block.order for block in between if is_end_mark(block.text)}
    before = -1
    for block in body.kept:
        closed = closed or (size > _LATE * total and any(before < order < block.order for order in marks))
        if closed:
            block.kept, block.rule = False, "after-end"
            continue
        size, before = size + len(block.text), block.order
        closed = _cut(block) and size > _LATE * total


def _cut(block: Block) -> bool:
    """Take an end mark off a paragraph; whether there was one."""
    block.text, found = without_end_mark(block.text)
    if not block.text:
        block.kept, block.rule = False, "end-mark"
    return found
