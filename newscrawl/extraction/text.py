"""Clean-up of text that both the fields and the body need: what a reader sees, with nothing invisible in it.

What is taken out and what is left:
- soft hyphens, zero-width spaces, byte-order marks and directional controls say nothing and break comparisons: out;
- the zero-width joiner and non-joiner are letters' business in Persian, the Indic scripts and emoji: there they stay;
- every run of white space, no-break spaces among them, becomes one space;
- control characters become a space.
"""

from __future__ import annotations

import hashlib
import html
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from lxml import etree
from lxml.html import HtmlElement

#: Characters that no reader sees: soft hyphen, zero-width space, word joiner, BOM, directional marks and overrides.
_INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb]"
)
_JOINER = re.compile(
    "(?<![\u0600-\u08ff\u0900-\u0dff\u1780-\u17ff\u2600-\u27bf\ufe0f\ufb50-\ufdff\ufe70-\ufeff\U0001f000-\U0001ffff])[\u200c\u200d]+"
)
_CONTROL = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f]")
_SEEN_AS_PRINTABLE = "\u034f"  # the one of these that Python takes for printable
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,500}>")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_WORD = re.compile(r"[^\W_]+")
#: Letters and digits that English is not written with.
_FOREIGN = re.compile(r"[^\x00-\x7f\W]+")
#: For counting words as bytes: a letter or digit, or what stands between words.
_LETTERS = bytes(ord("x") if chr(byte).isalnum() and byte < 128 or byte == ord("_") else 32 for byte in range(256))
_CHARACTER = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_CHARACTER_OR_WORD = re.compile(rf"{_CHARACTER.pattern}|[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+")

#: Elements that break a line: their text never runs into their neighbours'.
_BREAKS = frozenset(
    (
        "address",
        "article",
        "aside",
        "blockquote",
        "br",
        "dd",
        "div",
        "dl",
        "dt",
        "figcaption",
        "figure",
        "footer",
        "form",
    )
    + ("h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table")
    + ("tbody", "td", "tfoot", "th", "thead", "tr", "ul")
)
_SIMPLE = frozenset(("a", "abbr", "b", "em", "font", "i", "mark", "small", "span", "strong", "sub", "sup", "time", "u"))
#: Elements whose content is no text of the page.
_UNSEEN = frozenset(
    ("script", "style", "noscript", "template", "svg", "math", "iframe", "object", "video", "audio")
    + ("select", "textarea", "button")
)


def clean(text: str) -> str:
    """The text as a reader sees it, on one line; see the rules above.

    >>> clean("  Sea\\u00adside\\n town\\u200b ")
    'Seaside town'
    """
    line = " ".join(text.split())
    if line.isprintable() and _SEEN_AS_PRINTABLE not in line:
        return line
    return " ".join(_JOINER.sub("", _INVISIBLE.sub("", _CONTROL.sub(" ", text))).split())


def clean_value(text: str, limit: int = 20_000) -> str:
    """Like clean, for values of attributes and JSON: entities that were escaped twice are resolved, tags taken out.

    >>> clean_value("Fish &amp;amp; chips: &lt;b&gt;why&lt;/b&gt;")
    'Fish & chips: why'
    """
    text = text[:limit]
    for _ in range(3):
        if not _ENTITY.search(text):
            break
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", text) if "<br" in text or "<p" in text else _TAG.sub("", text)
    return clean(text)


def fold(text: str) -> str:
    """Words only, lower case, one space between: for comparing what two places of a page say.

    >>> fold("“Why?” – asked  the Mayor")
    'why asked the mayor'
    """
    return _fold_short(text) if len(text) < 200 else _fold(text)


def _fold(text: str) -> str:
    return " ".join(_WORD.findall(normal(text)))


def normal(text: str) -> str:
    """Lower case, each character in its usual form."""
    return unicodedata.normalize("NFKC", text).casefold()


_fold_short = lru_cache(maxsize=4096)(_fold)  # the same few titles are compared again and again


def seen_text(element: HtmlElement, limit: int = 20_000) -> str:
    """The text of an element as a reader sees it, on one line: line-breaking elements part words, inline ones do not.

    Scripts, styles, form controls and embedded objects are no text. Stops after about limit characters.
    """
    return clean("".join(_pieces(element, limit)))


def _pieces(element: HtmlElement, limit: int) -> Iterator[str]:
    children = len(element)
    if children < 12 and all(not len(child) and child.tag in _SIMPLE for child in element):  # the common case
        yield (element.text or "")[:limit]
        for child in element:
            yield (child.text or "")[:limit]
            yield (child.tail or "")[:limit]
        return
    size, depth = 0, 0
    skip: int | None = None
    for event, node in etree.iterwalk(element, events=("start", "end", "comment", "pi")):
        if event in ("comment", "pi"):
            piece = node.tail if skip is None else None
        elif event == "start":
            depth += 1
            if skip is None and node.tag in _UNSEEN and node is not element:
                skip = depth
            piece = (" " if node.tag in _BREAKS else "") + (node.text or "") if skip is None else None
        else:
            if skip == depth:
                skip = None
            depth -= 1
            tail = (node.tail or "") if node is not element else ""
            piece = (" " if node.tag in _BREAKS else "") + tail if skip is None else None
        if piece:
            yield piece
            size += len(piece)
            if size > limit:
                return


def is_cjk(text: str) -> bool:
    """Whether Chinese or Japanese characters make up a good part of the text (no spaces between its words)."""
    if text.isascii():
        return False
    letters = len(text) - text.count(" ")
    return bool(letters) and len(_CJK.findall(text)) * 3 > letters


def count_words(text: str) -> int:
    """Words of a text; one CJK character counts as one."""
    if _FOREIGN.search(text):
        if _CHARACTER.search(text):
            return len(_CHARACTER_OR_WORD.findall(text))
        text = _FOREIGN.sub("x", text)  # bytes are counted faster, and a letter is a letter
    return (b" " + text.encode("ascii", "replace").translate(_LETTERS)).count(b" x")


def content_hash(headline: str | None, body: str) -> str:
    """SHA-256 of headline and body after white space is folded, in hex."""
    text = f"{headline or ''} {body}".replace("\n\n", " ").strip(" ")
    if "  " in text or not text.isprintable():  # no other white space is printable
        text = " ".join(text.split())
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def likeness(one: str, other: str) -> float:
    """How much two titles share, 0 to 1: words in common over the words of the longer and of the shorter."""
    if is_cjk(one) or is_cjk(other):
        a, b = set(fold(one).replace(" ", "")), set(fold(other).replace(" ", ""))
    else:
        a, b = set(fold(one).split()), set(fold(other).split())
    if not a or not b:
        return 0.0
    common = len(a & b)
    return common / max(len(a), len(b)) * 0.7 + common / min(len(a), len(b)) * 0.3


_NAME_WORD = re.compile(r"[^\W\d_][\w.'’·-]*")
_SMALL = frozenset(
    ("de", "del", "della", "di", "da", "do", "dos", "das", "du", "la", "le", "van", "von", "der", "den", "ten", "ter")
)


def is_names(text: str) -> bool:
    """Whether a line is nothing but names of people: capitalised words, two to five each, with commas or "and" between.

    >>> is_names("Anna Berg / Jean-Luc de Brun"), is_names("Harbour opens")
    (True, False)
    """
    if len(text) > 200 or any(mark in text for mark in ":;!?…"):
        return False
    for name in re.split(r"[,/|&]|\s(?:and|und|y|e|et|en|och|og|i|ve|dan|ja)\s", text):
        words = name.split()
        if not 2 <= len(words) <= 5:
            return False
        if not all(_NAME_WORD.fullmatch(w) and (w[0].isupper() or w.lower() in _SMALL) for w in words):
            return False
    return True
