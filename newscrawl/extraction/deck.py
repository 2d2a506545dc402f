"""The deck (standfirst): the sentence or two printed between headline and story.

Only what is printed there is a deck; a description written for search engines is not, but where it repeats a printed
block it says that this block is more than a paragraph. Each block between the headline and the first run of plain
paragraphs is weighed by what it is called, where it stands and how it is set.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from newscrawl.extraction.callings import calling
from newscrawl.extraction.context import Context, Found, from_profile
from newscrawl.extraction.jsonld import text_of
from newscrawl.extraction.text import fold, is_cjk, is_names, seen_text
from newscrawl.extraction.zone import Zone, outside

MAX_DECK = 1_500  # characters
_MIN_DECK = 20
_ENOUGH = 3.5
_LONG = 80  # characters: a block this long may be a paragraph of the story
_MAX_BLOCKS = 5  # a run of more is the story

_CLOSED = frozenset(("figure", "figcaption", "nav", "aside", "form", "button", "footer", "script", "style", "noscript"))
_PARTS = frozenset(("figure", "button", "address", "time", "picture", "video", "iframe", "hr", "img"))
_HEADINGS = frozenset(("h2", "h3", "h4"))
_BLOCKS = frozenset(("p", "div", "h2", "h3", "h4", "section", "li", "dd", "span", "blockquote", "summary"))
_INLINE = frozenset(
    (
        "a",
        "abbr",
        "b",
        "bdi",
        "br",
        "cite",
        "em",
        "font",
        "i",
        "mark",
        "q",
        "s",
        "small",
        "span",
        "strong",
        "sub",
        "sup",
    )
    + ("u", "wbr", "img", "svg", "meta", "link", "time", "data", "ins", "del", "code")
)
_BYLINE = re.compile(r"\s*(?:by|von|por|par|di|door|av|af|text|texte|foto|photo|source|quelle)\b[\s:]", re.IGNORECASE)
_DATED = re.compile(r"\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2}")


@dataclass(slots=True)
class _Run:
    """Blocks that stand side by side, called and set the same: a deck of several lines, or paragraphs of the story."""

    blocks: list[HtmlElement]
    texts: list[str]
    called: str  # what the blocks are called, and their parent where it holds little else
    bold: bool
    told: bool  # a description says the same
    first: bool  # the first text after the headline
    parted: bool = False  # byline, picture or the like stand between it and what follows
    distinct: bool = False  # called or set differently from what follows

    @property
    def text(self) -> str:
        return " ".join(self.texts)

    @property
    def is_long(self) -> bool:
        """Longer than a subheading of the story or a line of a menu."""
        return len(self.text) > (20 if is_cjk(self.text) else 50)

    @property
    def is_heading(self) -> bool:
        """A heading that says more than a subheading of the story would."""
        return self.blocks[0].tag in _HEADINGS and (self.is_long or self.told)

    @property
    def is_story(self) -> bool:
        plain = self.blocks[0].tag in ("p", "div") and not calling("deck").fits(self.called) and not self.bold
        return plain and max(map(len, self.texts)) > _LONG

    @property
    def weight(self) -> float:
        named = calling("deck").fits(self.called)
        if len(self.blocks) > _MAX_BLOCKS or len(self.text) > MAX_DECK:
            return 0.0
        if not (named or self.told or self.bold or self.is_heading) and (len(self.blocks) > 1 or not self.is_long):
            return 0.0
        return (
            4.0 * named
            + 2.0 * self.is_heading
            + 1.5 * (self.told + self.bold)
            + self.distinct * (1.0 + self.first + 1.5 * self.parted)
        )


def find_deck(context: Context, headline: Found[str], zone: Zone, published: Found[str]) -> Found[str]:
    """The deck as printed: "profile" or "template"; nothing where none is printed."""
    if elements := from_profile(context, "deck", published.value):
        value = " ".join(filter(None, (seen_text(e, MAX_DECK) for e in elements)))[:MAX_DECK]
        return Found(value or None, "profile", elements)
    heads = {fold(text) for text in (headline.value, context.head.title) if text}
    runs = [run for run in _runs(zone, _described(context)) if fold(run.text) not in heads]
    best = max(runs, key=lambda run: run.weight, default=None)
    if best is None or best.weight < _ENOUGH:
        return Found()
    return Found(best.text[:MAX_DECK], "template", tuple(best.blocks))


def _described(context: Context) -> frozenset[str]:
    texts = (text_of(context.story.get("description")), *context.head.every(("og:description", "description")))
    return frozenset(fold(text) for text in texts if text)


def _runs(zone: Zone, described: frozenset[str]) -> list[_Run]:
    """The text between the headline and the second of the story's paragraphs."""
    runs: list[_Run] = []
    parted = False
    for element in outside(zone.below, _CLOSED):
        parted = parted or element.tag in _PARTS
        if element.tag not in _BLOCKS or not _is_leaf(element, zone.called(element)):
            continue
        text, called = seen_text(element, MAX_DECK + 500), _called(element, zone)
        if _is_furniture(element, text, called):
            parted = parted or bool(text)
            continue
        block = _Run(
            [element],
            [text],
            called,
            _is_bold(element, text, zone.called(element)),
            _is_told(text, described),
            not runs,
        )
        if runs and not parted and _alike(runs[-1], block):
            runs[-1].blocks.append(element)
            runs[-1].texts.append(text)
        else:
            if runs:
                runs[-1].parted = parted
            runs.append(block)
        parted = False
        if runs[-1].is_story and (len(runs[-1].blocks) > 1 or (len(runs) > 1 and runs[-2].is_story)):
            break
        if len(runs[-1].blocks) > _MAX_BLOCKS:
            break
    return _compared(runs)


def _compared(runs: list[_Run]) -> list[_Run]:
    """The runs, each compared with the next text that could be the story."""
    following: _Run | None = None
    for run in reversed(runs):
        if following is not None:
            run.distinct = run.is_heading or (run.called, run.bold) != (following.called, following.bold)
        if run.blocks[0].tag in ("p", "div") and len(run.text) > _LONG:
            following = run
    return runs


def _alike(run: _Run, block: _Run) -> bool:
    beside = run.blocks[-1].getparent() is block.blocks[0].getparent()
    beside = beside and (run.blocks[-1].tag in _HEADINGS) == (block.blocks[0].tag in _HEADINGS)
    return beside and (run.called, run.bold, run.told) == (block.called, block.bold, block.told)


def _is_told(text: str, described: frozenset[str]) -> bool:
    folded = fold(text)
    return any(folded == d or (len(folded) > 25 and len(d) > 25 and (folded in d or d in folded)) for d in described)


def _is_leaf(element: HtmlElement, called: str) -> bool:
    """A block whose children are all inline; a span only where its name says what it is."""
    if element.tag == "span" and not calling("deck").fits(called):
        return False
    return all(child.tag in _INLINE or not isinstance(child.tag, str) for child in islice(element, 60))


def _called(element: HtmlElement, zone: Zone) -> str:
    """What a block is called, and its parent where that holds little else (not the whole story)."""
    parent = element.getparent()
    return (
        f"{zone.called(element)} ^ {zone.called(parent) if parent is not None and len(parent) <= _MAX_BLOCKS else ''}"
    )


def _is_furniture(element: HtmlElement, text: str, called: str) -> bool:
    """Bylines, dates, share buttons, captions, links: short, or called so."""
    if len(text) < _MIN_DECK and not (is_cjk(text) and len(text) >= 12):
        return True
    if (len(text) < 70 and _DATED.search(text)) or is_names(text) or _is_link(element, text):
        return True
    if calling("deck").fits(called):
        return False
    return calling("deck_furniture").fits(called) or (len(text) < 120 and bool(_BYLINE.match(text)))


def _is_link(element: HtmlElement, text: str) -> bool:
    inside = "".join(seen_text(link) for link in element.iter("a"))
    return len(inside) > 0.8 * len(text) or any(parent.tag == "a" for parent in islice(element.iterancestors(), 3))


def _is_bold(element: HtmlElement, text: str, called: str) -> bool:
    """Whether a block is printed in bold or italics as a whole."""
    if calling("bold").fits(called):
        return True
    bold = "".join(seen_text(child) for child in element if child.tag in ("b", "strong", "em", "i"))
    return len(bold) > 0.95 * len(text)
