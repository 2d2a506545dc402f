"""The zone around the headline, where deck, byline and date are printed: read once, shared by their rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml.html import HtmlElement

from newscrawl.extraction.callings import calling
from newscrawl.extraction.context import after, before, marks
from newscrawl.extraction.text import is_cjk, seen_text

_AFTER = 400  # elements
_BEFORE = 60
_CLOSED = frozenset(
    ("script", "style", "noscript", "nav", "form", "footer", "template", "select", "svg", "iframe", "button")
)


@dataclass(frozen=True, slots=True)
class Zone:
    """below: elements after the headline, down to the second paragraph of the story; above: the few elements right
    before it, nearest first. What is inside menus, forms, footers and buttons is left out, they themselves are not."""

    heading: HtmlElement | None = None
    below: tuple[HtmlElement, ...] = ()
    above: tuple[HtmlElement, ...] = ()
    _names: dict[HtmlElement, str] = field(default_factory=dict, repr=False, compare=False)

    def called(self, element: HtmlElement | None) -> str:
        """What an element is called (see marks), looked up once."""
        if element is None:
            return ""
        name = self._names.get(element)
        if name is None:
            name = self._names[element] = marks(element)
        return name


def read_zone(heading: HtmlElement | None) -> Zone:
    """The zone around a heading; empty without one."""
    if heading is None:
        return Zone()
    above = tuple(each for each in before(heading, _BEFORE) if each.tag not in _CLOSED)
    names: dict[HtmlElement, str] = {}
    return Zone(heading, tuple(_below(heading, names)), above, names)


def _below(heading: HtmlElement, names: dict[HtmlElement, str]) -> Iterator[HtmlElement]:
    paragraphs = 0
    apart: HtmlElement | None = None
    for element in after(heading, _AFTER, _CLOSED):
        if apart is not None and apart in element.iterancestors():
            continue
        name = names[element] = marks(element)
        if calling("apart").fits(name):
            apart = element
            continue
        yield element
        if element.tag == "p" and is_paragraph(element):
            paragraphs += 1
            if paragraphs == 2:
                return


def outside(elements: Iterable[HtmlElement], closed: frozenset[str], limit: int = _AFTER) -> Iterator[HtmlElement]:
    """The elements without what is inside those of the closed tags; of these, only themselves. Document order."""
    inside: HtmlElement | None = None
    count = 0
    for element in elements:
        if inside is None or inside not in element.iterancestors():
            inside = element if element.tag in closed else None
            yield element
            count += 1
            if count >= limit:
                return


def is_paragraph(element: HtmlElement) -> bool:
    """Whether a block is long enough to be the story's, and no caption."""
    text = seen_text(element, 300)
    if len(text) < (60 if is_cjk(text) else 140):
        return False
    return not any(parent.tag in ("figure", "figcaption", "aside") for parent in islice(element.iterancestors(), 4))
