"""Names of authors that stand apart from headline and story: in lists of facts, beside a label, in a box at the end.

They are looked for only where neither the head of the page nor a byline names anybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, pairwise

from lxml.html import HtmlElement

from newscrawl.extraction.callings import calling
from newscrawl.extraction.context import marks
from newscrawl.extraction.names import is_full, names_in, says_by, words
from newscrawl.extraction.text import fold, is_names, seen_text

_LABELS = 4_000  # elements looked at
_LABEL = 30  # characters


def signatures(tree: HtmlElement) -> tuple[str, ...]:
    """Full names, from the first of these places that has any."""
    return next(filter(None, (_unique(names) for names in (_facts(tree), _beside_labels(tree)))), ()) or _signed(tree)


def says_author(element: HtmlElement) -> bool:
    """rel="author" (HTML), itemprop="author" (microdata)."""
    return "author" in (element.get("rel") or "") or "author" in (element.get("itemprop") or "")


def links_to_author(element: HtmlElement) -> bool:
    """Whether a link leads to the page of an author, by what its address has in its path."""
    href = element.get("href") if element.tag == "a" else None
    if not href or len(href) > 500:
        return False
    paths, parts = words().paths, href.lower().replace(".", "/").split("/")
    return any(part in paths and name for part, name in pairwise(parts))


def _unique(names: Iterable[str]) -> tuple[str, ...]:
    return tuple({fold(name): name for name in names}.values())[:30]


def _facts(tree: HtmlElement) -> Iterator[str]:
    """Names in a list of facts about the story: "<strong>Author</strong> Anna Berg"."""
    for label in islice(tree.iter("strong", "b", "dt", "th"), 300):
        text = (label.text or "").strip(" :\n\t")
        if 3 < len(text) < _LABEL and all(says_by(part) for part in text.split("/")):
            following = label.getnext() if label.tag in ("dt", "th") else None
            value = (label.tail or "").strip() or (seen_text(following, 200) if following is not None else "")
            yield from (name for name in names_in(value[:200]) if is_full(name))


def _beside_labels(tree: HtmlElement) -> Iterator[str]:
    """A name in the element after one that says "Written by" and nothing else."""
    for label in islice(tree.iter("p", "div", "span", "h3", "h4", "h5", "h6", "small"), _LABELS):
        text = (label.text or "").strip()
        if 1 < len(text) < _LABEL and not len(label) and says_by(text):
            following = label.getnext()
            name = seen_text(following, 80) if following is not None and not (label.tail or "").strip() else ""
            if len(name) < 80 and is_names(name) and not _is_apart(label):
                yield from names_in(name)
                return


def _signed(tree: HtmlElement) -> tuple[str, ...]:
    """The one name that the page's author links and boxes have in common; several are those of other stories."""
    found: dict[str, str] = {}
    for element in islice(tree.iter("a", "address"), _LABELS):
        if not (links_to_author(element) or says_author(element) or element.tag == "address"):
            continue
        text = seen_text(element, 120)
        if len(text) < 100 and not _is_apart(element):
            found.update((fold(name), name) for name in names_in(text) if is_full(name) and is_names(name))
        if len(found) > 1:
            return ()
    return tuple(found.values())


def _is_apart(element: HtmlElement) -> bool:
    """Whether an element stands in a comment, a teaser or the like."""
    boxes = [element, *islice(element.iterancestors(), 8)]
    return any(box.tag in ("nav", "footer") or calling("not_byline").fits(marks(box)) for box in boxes)
