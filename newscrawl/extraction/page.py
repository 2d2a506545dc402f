"""Bytes to a decoded page and its tree: the one place where pages are parsed, and where limits on them are checked.

The parser is libxml2's; it gives up at 2,048 nested elements and loses what follows, so a page that deep is refused.
The tree is shared by everything that reads the page and is never changed by the rules, only (as the very last step)
by trafilatura's fallback.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from newscrawl.extraction.charset import decode, is_garbled, repaired
from newscrawl.items import Rejection

_PARSER = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True, collect_ids=False)
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what no tree may be given as text
_CONTROL_BYTES = bytes((*range(9), 11, 12, *range(14, 32)))
#: One class for every element, found without a call into Python for each; lxml's own lookup tells forms apart.
_PARSER.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
_SURROGATES = re.compile("[\ud800-\udfff]")
_END = re.compile(rb"</(?:[bB][oO][dD][yY]|[hH][tT][mM][lL])\s*>")
_LONG_TAIL = 500  # bytes
_DEEPER: Any = etree.XPath("/*" * 100)
_DEEPER_STILL: Any = etree.XPath("." + "/*" * 100)
_COUNT: Any = etree.XPath("count(//*)")

#: What a file that is no page starts with, and what to call it.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a ZIP archive or office document"),
    (b"\x1f\x8b", "gzip data"),
    (b"\x28\xb5\x2f\xfd", "zstd data"),
    (b"\x7fELF", "a program"),
    (b"Rar!", "a RAR archive"),
    (b"OggS", "Ogg media"),
    (b"ID3", "MP3 audio"),
    (b"{\\rtf", "an RTF document"),
    (b"\xd0\xcf\x11\xe0", "an office document"),
    (b"wOFF", "a font"),
    (b"SQLite format 3\x00", "a database"),
)
_RIFF_OR_MP4 = re.compile(rb"RIFF....(?:WEBP|WAVE|AVI )|....ftyp", re.DOTALL)
_XML_ROOT = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)?<(rss|feed|urlset|sitemapindex|rdf:RDF|svg)\b", re.DOTALL | re.IGNORECASE
)
_JSON = re.compile(r'\s*[{\[]\s*(?:"|\{|\[|\d|\]|\})')
_TAG = re.compile(
    r"<\s*(?:!doctype|html|head|body|p|div|h\d|br|article|span|a|table|title|meta|section|main|ul|b|i|td)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How large a page may be. page: bytes; text: characters of the story; depth: nested elements."""

    page: int = 10_000_000
    text: int = 2_000_000
    elements: int = 100_000
    depth: int = 1_000


DEFAULT_LIMITS = Limits()


@dataclass(slots=True)
class Page:
    """A decoded page. text is the whole source, tree its <html> element, encoding what it was decoded from."""

    text: str
    tree: HtmlElement
    url: str | None
    encoding: str
    limits: Limits = DEFAULT_LIMITS


def read_page(
    html: bytes | str, url: str | None = None, encoding: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> Page | Rejection:
    """Decode and parse a page. encoding is what the HTTP header declares; it is believed only if the bytes agree.

    Gives a Rejection (not_html, empty, too_large, too_complex, broken) for what is no page or is over a limit.
    """
    if len(html) > limits.page:
        return Rejection(url, "too_large", f"{len(html):,} {'bytes' if isinstance(html, bytes) else 'characters'}")
    if isinstance(html, bytes):
        kind = _foreign(html)
        if kind:
            return Rejection(url, "not_html", kind)
        text, encoding = decode(html, encoding)
    else:
        text, encoding = html, "str"
    text, data = _printable(text, _as_given(html, text, encoding))
    if is_garbled(data):
        text, data = _printable(repaired(text))
    kind = _other_format(text)
    if kind:
        return Rejection(url, "not_html", kind)
    return _parsed(text, data, url, encoding, limits)


def _as_given(html: bytes | str, text: str, encoding: str) -> bytes | None:
    """A page's own bytes, where they are the text's UTF-8: most pages need not be encoded again."""
    if isinstance(html, bytes) and encoding == "utf-8" and "\ufffd" not in text:
        return html.removeprefix(codecs.BOM_UTF8)
    return None


def _printable(text: str, data: bytes | None = None) -> tuple[str, bytes]:
    """The text without what no tree may hold, and its UTF-8. Most pages have nothing of that, which bytes tell fast."""
    try:
        data = data or text.encode("utf-8")
    except UnicodeEncodeError:
        text = _SURROGATES.sub("\ufffd", text)
        data = text.encode("utf-8")
    if len(data.translate(None, _CONTROL_BYTES)) == len(data) and "\ufffe" not in text and "\uffff" not in text:
        return text, data
    text = _CONTROL.sub(" ", text.replace("\x00", ""))
    return text, text.encode("utf-8")


def _parsed(text: str, data: bytes, url: str | None, encoding: str, limits: Limits) -> Page | Rejection:
    if not text or text.isspace():
        return Rejection(url, "empty", "no text at all")
    try:
        tree = document_fromstring(_open_ended(data), parser=_PARSER)
    except (etree.LxmlError, ValueError) as error:
        if "empty" in str(error):
            return Rejection(url, "empty", "no elements and no text")
        if getattr(error, "code", None) == etree.ErrorTypes.ERR_NO_MEMORY:
            return Rejection(url, "too_complex", "its tree needs more memory than there is")
        return Rejection(url, "broken", f"{type(error).__name__}: {str(error)[:200]}")
    if tree.tag != "html":
        html = HtmlElement()
        html.tag = "html"
        html.append(tree)
        tree = html
    # A tag makes two elements at most (<tr> in a table implies <tbody>): counting "<" is enough for most pages.
    elements = int(_COUNT(tree)) if 2 * data.count(b"<") + 3 > limits.elements else 0
    if elements > limits.elements:
        return Rejection(url, "too_complex", f"{elements:,} elements")
    if _too_deep(tree, limits.depth):
        return Rejection(url, "too_complex", f"elements nested over {limits.depth:,} deep")
    return Page(text, tree, url, encoding, limits)


def _open_ended(data: bytes) -> bytes:
    """The page without </body> and </html>, where much follows them: the parser would stop there, browsers go on."""
    first = _END.search(data)
    return _END.sub(b"", data) if first and len(data) - first.end() > _LONG_TAIL else data


def _too_deep(tree: HtmlElement, depth: int) -> bool:
    level: Any = _DEEPER(tree)
    for _ in range(depth // 100 - 1):
        if not level:
            return False
        level = _DEEPER_STILL(level[0]) if len(level) == 1 else [x for each in level for x in _DEEPER_STILL(each)]
    return bool(level)


def _foreign(data: bytes) -> str | None:
    head = data[:64].lstrip(b"\r\n\t ")
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    return "an image, sound or film" if _RIFF_OR_MP4.match(head) else None


def _other_format(text: str) -> str | None:
    head = text[:2000].lstrip("\ufeff")
    found = _XML_ROOT.match(head)
    if found:
        return f"XML of another kind (<{found[1]}>)"
    if _JSON.match(head) and not _TAG.search(head):
        return "JSON"
    return None
