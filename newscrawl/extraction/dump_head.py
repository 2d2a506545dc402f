"""The head of a text dump: headline, deck and the lines about the story's origin, among buttons and counters."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from newscrawl.extraction.chrome import LineRule, line_rule
from newscrawl.extraction.dateline import parse_dateline
from newscrawl.extraction.endmarks import is_end_mark
from newscrawl.extraction.imprint import Imprint, chrome_words, read_imprint
from newscrawl.extraction.printed import Reader
from newscrawl.extraction.text import fold, is_cjk
from newscrawl.extraction.titles import without_site

_SENTENCE = re.compile(r"[.!?…。！？؟।:：][\"'”’»“」』）)\]]*(?:\s*[(（].{1,30}[)）])?$")
_TRAIL_MARK = re.compile(r"\s+[>»›]\s+")
_MOST_HEADLINE, MOST_DECK = 300, 400
#: Paragraphs that may stand between the headline and the last line about the story's origin, and lines looked at.
BEFORE_IMPRINT, _HEAD_LINES = 2, 20


@dataclass(slots=True)
class Head:
    """What stands above the story; start is the first paragraph after it."""

    headline: str | None
    imprints: list[Imprint]
    deck: str | None
    section: str | None
    start: int

    def first(self, key: str) -> str | None:
        """The first value that a line of the head gives for a field."""
        return next((value for each in self.imprints if (value := getattr(each, key))), None)

    @property
    def authors(self) -> tuple[str, ...]:
        """Every author that a line names, once."""
        return tuple(dict.fromkeys(name for each in self.imprints for name in each.authors))


def is_prose(paragraph: str) -> bool:
    """Whether a paragraph reads as part of a story, not as a title, a label or a row of links."""
    if is_cjk(paragraph[:60]):
        return len(paragraph) >= 12 and bool(_SENTENCE.search(paragraph[-40:]) or len(paragraph) > 60)
    words = paragraph.split()
    if _SENTENCE.search(paragraph[-40:]):
        return len(words) >= 4 and len(paragraph) >= 20 or len(paragraph) >= 80
    small = sum(not word[0].isupper() for word in words)
    return len(paragraph) >= 100 and small >= 0.5 * len(words)


def chrome_of(paragraph: str) -> LineRule | None:
    rule = line_rule(paragraph)
    return rule if rule and (not rule.linked or len(paragraph) < 30) else None


def read_head(paragraphs: Sequence[str], reader: Reader) -> Head:
    """The head ends with the last line about the story's origin, if not too much stands before it."""
    head = Head(None, [], None, None, 0)
    between: list[str] = []
    prose = 0
    for index, paragraph in enumerate(paragraphs[:_HEAD_LINES]):
        imprint = None if parse_dateline(paragraph, language=reader.language) else read_imprint(paragraph, reader)
        if imprint:
            head.imprints.append(imprint)
            head.start, head.deck = index + 1, _longest(between)
        elif chrome_words().trail.match(paragraph) or len(_TRAIL_MARK.findall(paragraph[:200])) > 1:
            head.section = head.section or _last_step(paragraph, head.headline)
        elif head.headline and _is_again(paragraph, head.headline):
            head.headline, head.start = paragraph, index + 1
        elif chrome_of(paragraph):
            continue
        elif head.headline is None and not prose and _is_headline(paragraph, reader):
            head.headline, head.start = paragraph, index + 1
        elif prose >= BEFORE_IMPRINT or (prose and len(paragraph) > MOST_DECK):
            break
        else:
            between.append(paragraph)
            prose += is_prose(paragraph) or len(paragraph) > MOST_DECK
    if head.headline:
        names = {fold(name) for name in (head.first("publisher"),) if name}
        head.headline = without_site(head.headline, frozenset(names)) or head.headline
    if not head.deck:
        head.deck = _short_deck(paragraphs[head.start :], reader)
    return head


def _is_headline(paragraph: str, reader: Reader) -> bool:
    if not fold(paragraph) or len(paragraph) > _MOST_HEADLINE or is_end_mark(paragraph):
        return False
    return len(re.findall(r"[.!?。！？]\s", paragraph)) < 3 and not parse_dateline(paragraph, language=reader.language)


def _is_again(paragraph: str, headline: str) -> bool:
    """Whether a line is the headline once more, perhaps without the site's name: first the window's title, then it."""
    again, whole = fold(paragraph), fold(headline)
    return again == whole or (len(again) > 0.4 * len(whole) and whole.startswith(f"{again} "))


def _last_step(trail: str, headline: str | None) -> str | None:
    """The section that a trail of links ends with, the headline left out."""
    steps = [step.strip() for step in re.split(r"\s*[>»›/|\\]\s*", trail) if step.strip()]
    steps = [step for step in steps[1:] if len(step) <= 40 and fold(step) != fold(headline or "")]
    return steps[-1] if steps else None


def _longest(between: Sequence[str]) -> str | None:
    usable = [p for p in between if len(p) <= MOST_DECK and (len(p.split()) >= 4 or (is_cjk(p) and len(p) >= 10))]
    return max(usable, key=len, default=None)


def _short_deck(paragraphs: Sequence[str], reader: Reader) -> str | None:
    """A line between head and story that is no prose."""
    before: list[str] = []
    for paragraph in paragraphs[:4]:
        if is_prose(paragraph) or parse_dateline(paragraph, language=reader.language):
            return _longest(before)
        if not chrome_of(paragraph):
            before.append(paragraph)
    return None
