"""Pictures of the story, with caption and credit as printed: the lead picture first, then in page order.

JSON-LD and og:image name the lead picture, often in another size than the page shows; figures give captions. The same
picture in several sizes is one picture: two addresses count as the same when their last path parts agree once sizes
are taken off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any
from urllib.parse import unquote, urlsplit

from lxml.html import HtmlElement

from newscrawl.extraction.callings import calling
from newscrawl.extraction.context import Context, marks
from newscrawl.extraction.jsonld import text_of
from newscrawl.extraction.links import absolute
from newscrawl.extraction.text import clean, fold, seen_text
from newscrawl.items import Image

_MAX_IMAGES = 50
_SEEN = 150  # pictures looked at
_CREDIT = re.compile(
    r"(?:^|[\s(\[|/—–-])(?P<whole>(?:photos?(?:graph|grapher)?s?|images?|pictures?|credits?|source|copyright|foto(?:graf|s|grafie|grafia)?|bild(?:er|quelle)?|quelle"
    r"|crédits?|photographie|imagen|fuente|fonte|crediti|bron|zdj\.?|fot\.|фото|写真|撮影|图|攝|사진)\s?(?:by\b|[:：=/]|par\b|von\b|av\b)\s*.{2,100}|(?:©|\(c\))\s?.{2,100})$",
    re.IGNORECASE,
)
#: A bracket at the end that holds a name and an agency, or says whose picture it is.
_BRACKETED = re.compile(
    r"\s*[(\[（【](?P<whole>[^()\[\]（）【】]{2,60}/[^()\[\]（）【】/]{2,40}|(?:photo|foto|image|bild)[^()\[\]]{3,80})[)\]）】]\.?$",
    re.IGNORECASE,
)
#: 沧海社记者 许安 摄, with or without the bracket.
_TAKEN_BY = re.compile(
    r"(?:(?<=[。！？.）)\s])|^)[(（]?(?P<whole>[^。！？（）()\n]{2,30}\s?(?:[摄攝]|供图|供圖|发|發))[)）]?$"
)
_LONG = 600  # characters of a caption
_BOXES = frozenset(("div", "p", "span", "td", "center", "section", "em", "small"))
_SIZE = re.compile(
    r"[-_@.]?(?:\d{2,4}x\d{2,4}|[wh]?\d{3,4}[wh]?|r1|s|scaled|large|small|medium|thumb(?:nail)?|master|original|crop|[23]x)(?=[-_.]|$)|\.[a-z]{3,4}$",
    re.IGNORECASE,
)
_OUTSIDE = frozenset(("aside", "nav", "footer", "form", "li", "button", "noscript"))
_SOURCES = ("src", "data-src", "data-lazy-src", "data-original", "data-srcset", "srcset")


def find_images(context: Context, heading: HtmlElement | None) -> tuple[Image, ...]:
    """Every picture once, at most fifty."""
    found: dict[str, Image] = {}
    for image in _told(context):
        _add(found, image)
    if heading is not None:
        for image in _shown(context, heading):
            _add(found, image)
    return tuple(found.values())[:_MAX_IMAGES]


def _add(found: dict[str, Image], image: Image) -> None:
    """Add a picture, or what a second mention of it says more."""
    key = picture_key(image.url)
    known = found.get(key)
    if known is None:
        found[key] = image
    elif (image.caption and not known.caption) or (image.credit and not known.credit):
        found[key] = Image(known.url, known.caption or image.caption, known.credit or image.credit)


@lru_cache(maxsize=1024)  # a page names its lead picture several times
def picture_key(url: str) -> str:
    """What two addresses of one picture share.

    >>> picture_key("https://img.example/2026/harbour-1200x630.jpg?w=9") == picture_key("https://cdn.example/harbour.webp")
    True
    """
    try:
        parts = urlsplit(url)
    except ValueError:
        return url
    name = unquote(parts.path).rstrip("/").rsplit("/", 1)[-1]
    name = re.sub(r"(?<=\d{6})_\d{1,4}(?=\.|$)", "", name)
    bare = name
    for _ in range(3):
        shorter = _SIZE.sub("", bare)
        if shorter == bare:
            break
        bare = shorter
    return bare.lower() if len(bare) > 5 else f"{parts.netloc}{parts.path}"


def _told(context: Context) -> Iterator[Image]:
    value = context.story.get("image")
    listed = value[:_MAX_IMAGES] if isinstance(value, list) else [value]
    if all(isinstance(each, str) for each in listed):  # one picture in the three shapes that search engines want
        listed = listed[:1]
    for each in listed:
        node: Any = context.jsonld.find(each)
        node = {"url": node} if isinstance(node, str) else node
        if not isinstance(node, Mapping):
            continue
        href = next((h for key in ("contentUrl", "url", "@id") if isinstance(h := node.get(key), str)), None)
        if url := absolute(href, context.url):
            credit = next(
                (
                    c
                    for key in ("creditText", "creator", "author", "copyrightHolder")
                    if (c := text_of(node.get(key), 200))
                ),
                None,
            )
            yield Image(url, text_of(node.get("caption") or node.get("description"), 1_000), credit)
    for href in context.head.every(("og:image:secure_url", "og:image", "twitter:image", "twitter:image:src")):
        if url := absolute(href, context.url):
            yield Image(url)


def _shown(context: Context, heading: HtmlElement) -> Iterator[Image]:
    """The pictures in the story's part of the page, in order."""
    root = story_root(heading)
    outside: dict[HtmlElement, bool] = {root: False}
    for picture in islice(root.iter("img"), _SEEN):
        href = _source(picture)
        if href is None or _is_small(picture, href) or _is_outside(picture, outside):
            continue
        if url := absolute(href, context.url):
            frame = _frame(picture)
            yield Image(url, *(_caption(frame) if frame is not None else (None, None)))


def story_root(heading: HtmlElement) -> HtmlElement:
    """The nearest element around the headline that holds some paragraphs too."""
    root = heading
    for parent in islice(heading.iterancestors(), 12):
        if parent.tag == "body":
            break
        root = parent
        if sum(1 for _ in islice(parent.iter("p"), 4)) > 3:
            break
    return root


def _source(picture: HtmlElement) -> str | None:
    stopgap = None
    for name in _SOURCES:
        value = (picture.get(name) or "").strip()
        if not value or value.startswith("data:"):
            continue
        value = value.split(",")[0].split()[0] if name.endswith("srcset") else value
        if not _is_drawing(value):
            return value
        stopgap = stopgap or value  # a blank until the picture is scrolled to, perhaps
    return stopgap


def _is_drawing(href: str) -> bool:
    return href.split("?", 1)[0].lower().endswith((".svg", ".gif"))


def _is_outside(element: HtmlElement, known: dict[HtmlElement, bool], depth: int = 8) -> bool:
    """Whether a picture belongs to something else than the story: a menu, a teaser, an author's box."""
    if element in known:
        return known[element]
    parent = element.getparent()
    known[element] = (
        element.tag in _OUTSIDE
        or calling("not_picture").fits(marks(element))
        or (depth > 0 and parent is not None and parent.tag != "body" and _is_outside(parent, known, depth - 1))
    )
    return known[element]


def _frame(picture: HtmlElement) -> HtmlElement | None:
    """The figure around a picture, or what a template uses for one; None where the picture stands alone."""
    parents = list(islice(picture.iterancestors(), 8))
    figure = next((parent for parent in parents if parent.tag == "figure"), None)
    if figure is not None:
        return figure
    return next((parent for parent in parents[:3] if _holds_caption(parent) or _is_framed(parent)), None)


def _holds_caption(element: HtmlElement) -> bool:
    return any(calling("caption").fits(marks(child)) for child in islice(element, 6) if isinstance(child.tag, str))


def _is_framed(element: HtmlElement) -> bool:
    """A box that is called a picture's and holds one, with a line or two of text beside it."""
    if element.tag not in _BOXES or len(element) > 4 or not calling("picture").fits(marks(element)):
        return False
    return sum(1 for _ in islice(element.iter("img"), 2)) == 1 and bool(_own_words(element))


def _own_words(frame: HtmlElement) -> list[HtmlElement]:
    """The blocks of a frame that hold its text: short, and no link."""
    blocks = [
        child for child in islice(frame, 4) if child.tag in _BOXES and not any(True for _ in child.iter("img", "a"))
    ]
    return [block for block in blocks if 5 < len(seen_text(block, _LONG)) < _LONG]


def _is_small(picture: HtmlElement, href: str) -> bool:
    """Icons and tracking pixels, by their declared size; drawings but for large ones."""
    sizes = [(picture.get(key) or "").removesuffix("px") for key in ("width", "height")]
    if any(size.isdecimal() and len(size) < 3 for size in sizes):
        return True
    return _is_drawing(href) and not (all(size.isdecimal() for size in sizes) and ".svg" in href.lower())


def _caption(frame: HtmlElement) -> tuple[str | None, str | None]:
    """Caption and credit of a figure, told apart by what they are called, else by how credits are written."""
    blocks = list(islice(frame.iter("figcaption"), 2)) or _called_caption(frame) or _own_words(frame)
    if not blocks:
        return None, None
    text = clean(" ".join(seen_text(block, 1_500) for block in blocks))
    for part in islice(blocks[0].iterdescendants(), 30):
        if isinstance(part.tag, str) and calling("credit").fits(marks(part)) and (credit := seen_text(part, 200)):
            return _stripped(text.replace(credit, " ", 1)), _stripped(credit)
    return split_credit(text)


def _called_caption(frame: HtmlElement) -> list[HtmlElement]:
    parts = (child for child in islice(frame.iterdescendants(), 30) if isinstance(child.tag, str))
    return [part for part in parts if calling("caption").fits(marks(part))][:1]


def split_credit(text: str) -> tuple[str | None, str | None]:
    """Caption and credit of one text.

    >>> split_credit("Ferries wait in the harbour. (Anna Berg/The Gull)")
    ('Ferries wait in the harbour.', 'Anna Berg/The Gull')
    """
    for pattern in (_BRACKETED, _CREDIT, _TAKEN_BY):
        if match := pattern.search(text):
            return _stripped(text[: match.start()]), _stripped(match["whole"])
    return _stripped(text), None


def _stripped(text: str) -> str | None:
    text = clean(text).strip(" |/–—-([")
    text = text.rstrip(")]") if "(" not in text and "[" not in text else text
    return text if fold(text) else None
