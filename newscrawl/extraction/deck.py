"""The deck (standfirst): the sentence or two printed between headline and story.

Only what is printed there is a deck; a description written for search engines is not, but where it repeats a printed
block it says that this block is more than a paragraph. Each block between the headline and the first run of plain
paragraphs is weighed by what it is called, where it stands and how it is set.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from lxml.html import HtmlElement

from newscrawl.extraction.context import Context, Found, after, from_profile, marks
from newscrawl.extraction.jsonld import text_of
from newscrawl.extraction.text import fold, is_cjk, seen_text

MAX_DECK = 1_500  # characters
_MIN_DECK = 20
_ENOUGH = 3.5
_ZONE = 500  # elements after the headline
_LONG = 80  # characters: a block this long may be a paragraph of the story

_NAMED = re.compile(
    r"stand-?first|\bdeck\b|dek\b|sub-?title|sub-?tit\b|sub-?head(?!er-)|sub-?line|teaser-?text|article-?teaser|__teaser"
    r"|\blead(?!er|-content|-media|-image|-element)|_lead|-lead|lead-?text|lede|\bintro|_intro|-intro|einleitung|preface"
    r"|preamble|ingress|chapo|vorspann|sottotitolo|abstract|excerpt|summary|description|entradilla|bajada|copete|sumario"
    r"|manchet|resumen|zajawka|tagline|synopsis|underrubrik|bellezza|resume\b|sapeau|unterzeile|subtitulo|catenaccio"
)
_SET_APART = re.compile(r"\bbold|-bold|semibold|font-medium|strong|\bfett")
_FURNITURE = re.compile(
    r"by-?line|author|autor|share|sharing|social|\bdate|publish|time-?stamp|\bmeta|caption|credit|crumb|comment|stand\b"
    r"|newsletter|subscri|advert|\bad-|promo|related|reading-?time|read-?time|audio|player|\btags?\b|button|tool-?bar|paywall"
)
_CLOSED = frozenset(("figure", "figcaption", "nav", "aside", "form", "button", "footer", "script", "style", "noscript"))
_PARTS = frozenset(("figure", "button", "address", "time", "picture", "video", "iframe", "hr", "img"))
_BLOCKS = frozenset(("p", "div", "h2", "h3", "h4", "section", "li", "dd", "span", "blockquote", "summary"))
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "br", "cite", "em", "font", "i", "mark", "q", "s", "small", "span", "strong", "sub", "sup")
    + ("u", "wbr", "img", "svg", "meta", "link", "time", "data", "ins", "del", "code")
)
_BYLINE = re.compile(r"\s*(?:by|von|por|par|di|door|av|af|text|texte|foto|photo|source|quelle)\b[\s:]", re.IGNORECASE)
_DATED = re.compile(r"\d{1,2}[:.]\d{2}\b|\b(?:19|20)\d{2}\b|\d{1,2}[./-]\d{1,2}[./-]\d{2}")


@dataclass(slots=True)
class _Block:
    element: HtmlElement
    text: str
    called: str  # what it and its parent are called
    first: bool  # the first block after the headline
    told: bool  # a description says the same
    parted: bool = False  # byline, picture or the like stand between it and the story
    distinct: bool = False  # set differently from the block after it

    @property
    def weight(self) -> float:
        return (
            4.0 * bool(_NAMED.search(self.called))
            + 1.5 * self.told
            + 2.0 * (self.element.tag in ("h2", "h3", "h4"))
            + 1.5 * _is_set_apart(self.element, self.text)
            + 1.0 * self.first
            + 1.5 * (self.parted and self.distinct)
            + 1.0 * self.distinct
        )


def find_deck(context: Context, headline: Found[str], published: Found[str]) -> Found[str]:
    """The deck as printed: "profile" or "template"; nothing where none is printed."""
    if elements := from_profile(context, "deck", published.value):
        value = " ".join(filter(None, (seen_text(e, MAX_DECK) for e in elements)))[:MAX_DECK]
        return Found(value or None, "profile", elements)
    if headline.element is None:
        return Found()
    heads = {fold(text) for text in (headline.value, context.head.title) if text}
    blocks = [block for block in _blocks(headline.element, _described(context)) if fold(block.text) not in heads]
    best = max(blocks, key=lambda block: block.weight, default=None)
    if best is None or best.weight < _ENOUGH:
        return Found()
    run = _run(best, blocks)
    return Found(" ".join(block.text for block in run)[:MAX_DECK], "template", tuple(block.element for block in run))


def _described(context: Context) -> frozenset[str]:
    texts = (text_of(context.story.get("description")), *context.head.every(("og:description", "description")))
    return frozenset(fold(text) for text in texts if text)


def _blocks(heading: HtmlElement, described: frozenset[str]) -> list[_Block]:
    """Text blocks between the headline and the second of the story's paragraphs."""
    found: list[_Block] = []
    parted = False
    for element in _open(after(heading, _ZONE)):
        parted = parted or element.tag in _PARTS
        if element.tag not in _BLOCKS or not _is_leaf(element):
            continue
        text, called = seen_text(element, MAX_DECK + 500), _called(element)
        if _is_furniture(text, called):
            parted = parted or bool(text)
            continue
        if len(text) > MAX_DECK:
            break
        if found:
            found[-1].parted, found[-1].distinct = parted, found[-1].called != called
        found.append(_Block(element, text, called, not found, _is_told(text, described)))
        parted = False
        if len(found) > 1 and _is_story(found[-2]) and _is_story(found[-1]):
            break
    return found


def _open(elements: Iterator[HtmlElement]) -> Iterator[HtmlElement]:
    """The elements without what is inside figures, menus and the like; of these, only themselves."""
    closed: HtmlElement | None = None
    for element in elements:
        if closed is None or closed not in element.iterancestors():
            closed = element if element.tag in _CLOSED else None
            yield element


def _is_told(text: str, described: frozenset[str]) -> bool:
    folded = fold(text)
    return any(folded == d or (len(folded) > 25 and len(d) > 25 and (folded in d or d in folded)) for d in described)


def _is_story(block: _Block) -> bool:
    """Whether a block looks like a paragraph of the story: long, and neither called nor set as anything else."""
    plain = block.element.tag in ("p", "div") and not _NAMED.search(block.called)
    return plain and len(block.text) > _LONG and not _is_set_apart(block.element, block.text)


def _is_leaf(element: HtmlElement) -> bool:
    """A block whose children are all inline; a span only where its name says what it is."""
    if element.tag == "span" and not _NAMED.search(marks(element)):
        return False
    return all(child.tag in _INLINE for child in islice(element, 60))


def _called(element: HtmlElement) -> str:
    parent = element.getparent()
    return f"{element.tag} {marks(element)} ^ {marks(parent) if parent is not None else ''}"


def _is_furniture(text: str, called: str) -> bool:
    """Bylines, dates, share buttons, captions: short, or called so."""
    if len(text) < _MIN_DECK and not (is_cjk(text) and len(text) >= 12):
        return True
    if len(text) < 70 and _DATED.search(text):
        return True
    if _NAMED.search(called):
        return False
    return bool(_FURNITURE.search(called)) or (len(text) < 120 and bool(_BYLINE.match(text)))


def _is_set_apart(element: HtmlElement, text: str) -> bool:
    """Whether a block is printed in bold as a whole."""
    if _SET_APART.search(marks(element)):
        return True
    bold = "".join(seen_text(child) for child in element if child.tag in ("b", "strong"))
    return len(bold) > 0.95 * len(text)


def _run(best: _Block, blocks: list[_Block]) -> list[_Block]:
    """The blocks around the best one that are called the same and stand beside it: a deck of several lines."""
    if not _NAMED.search(best.called) and best.element.tag == "p" and not _is_set_apart(best.element, best.text):
        return [best]
    at = blocks.index(best)
    start = end = at
    while start > 0 and _alike(blocks[start - 1], best):
        start -= 1
    while end + 1 < len(blocks) and _alike(blocks[end + 1], best):
        end += 1
    return blocks[start : end + 1] if end - start < 6 else [best]


def _alike(other: _Block, best: _Block) -> bool:
    beside = other.element.getparent() is best.element.getparent()
    set_alike = _is_set_apart(other.element, other.text) == _is_set_apart(best.element, best.text)
    return beside and other.called == best.called and set_alike and other.told == best.told
