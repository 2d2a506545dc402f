"""HTML as discovery needs it: a tree, text out of bits of markup, and the links a page's head names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html
from w3lib.encoding import resolve_encoding

from newscrawl.discovery.urls import absolute

#: How a web page begins, whatever its Content-Type says. Searched in the first bytes.
HTML_START = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)

#: Bytes of a page that are read: a page of links for people has less.
MAX_BYTES = 4_000_000

_KINDS = {
    "application/rss+xml": "feed",
    "application/atom+xml": "feed",
    "application/rdf+xml": "feed",
    "application/feed+json": "feed",
    "application/json": "feed",
    "text/xml": "feed",
    "application/xml": "feed",
}
#: What a link of type application/json or text/xml leads to is a feed only where its address or title says so.
_VAGUE = {"application/json", "text/xml", "application/xml"}
_FEEDISH = re.compile(r"feed|rss|atom", re.IGNORECASE)
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z]{2,4})?")
#: Byte order marks of encodings that are no supersets of ASCII.
WIDE = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_ENCODING = re.compile(rb"<\?xml[^>]{1,100}?encoding\s*=\s*[\"']([A-Za-z0-9._:-]{1,40})[\"']")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_INVISIBLE = re.compile(r"[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff]")
_DECLARED = re.compile(rb"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def read_html(body: bytes, url: str, encoding: str | None = None) -> html.HtmlElement:
    """The page as a tree; links in it stay as they are. encoding: what the HTTP header declares. Never raises."""
    body = body[:MAX_BYTES].replace(b"\x00", b"")
    for charset in (encoding, None):
        try:
            parser = html.HTMLParser(encoding=charset or _charset(body), no_network=True, huge_tree=False)
            tree = html.document_fromstring(body, parser=parser, base_url=url)
            return tree if isinstance(tree, html.HtmlElement) else html.Element("html")
        except (etree.LxmlError, LookupError, ValueError, AssertionError):
            continue
    return html.Element("html")


def _charset(body: bytes) -> str | None:
    """UTF-8 where the page does not say and the bytes are; None leaves it to the parser."""
    if _DECLARED.search(body[:4096]):
        return None
    try:
        body[:200_000].decode("utf-8")
    except UnicodeDecodeError as error:
        return "utf-8" if error.start > 199_990 else None
    return "utf-8"


def decode_xml(body: bytes, content_type: str | None) -> tuple[str, str | None]:
    """An XML document as text without its declaration, and the encoding that it is in; None where no encoding that is
    named fits, so that some characters are lost.

    UTF-8 comes before what is declared: bytes that are valid UTF-8 and not ASCII are hardly ever anything else.
    RFC 7303 would have it the other way round, but servers declare what they were installed with.
    """
    http = _CHARSET.search(content_type or "")
    declared = _ENCODING.search(body[:300])
    names = [http[1] if http else "", declared[1].decode("ascii") if declared else ""]
    mark = next((name for start, name in WIDE if body.startswith(start)), None)
    shifted = [name for name in names if "2022" in name and b"\x1b" in body]  # ISO-2022 is ASCII to any other decoder
    for name in (mark, *shifted, "utf-8-sig", *names):
        try:
            charset = resolve_encoding(name) if name in names else name
            if charset:
                return _DECLARATION.sub("", body.decode(charset), count=1), charset
        except (UnicodeDecodeError, LookupError):
            continue
    text = body.decode("utf-8", "replace")
    if text.count("\ufffd") > sum(c > "\x7f" for c in text) / 2:
        text = body.decode("windows-1252", "replace")
    return _DECLARATION.sub("", text, count=1), None


def base_of(tree: html.HtmlElement, url: str) -> str:
    """What relative links on the page are relative to."""
    for element in tree.iter("base"):
        href = element.get("href")
        return (absolute(href, url) if href else None) or url
    return url


def alternates(tree: html.HtmlElement) -> Iterator[tuple[str, str]]:
    """(title, link) of each feed that the page names with <link rel=alternate>; links as written."""
    for element in tree.iter("link"):
        kind = (element.get("type") or "").partition(";")[0].strip().lower()
        link = element.get("href") or ""
        rel = (element.get("rel") or "").lower().split()
        if "alternate" not in rel or kind not in _KINDS or not link:
            continue
        title = element.get("title") or ""
        if kind not in _VAGUE or _FEEDISH.search(f"{link} {title}"):
            yield title, link


def plain_text(markup: str, length: int) -> str | None:
    """The text of a piece of markup in one line of at most length characters; None where there is none."""
    text = markup[: length * 4]
    if "<" in text or "&" in text:
        try:
            text = "".join(str(piece) for piece in html.fromstring(f"<div>{text}</div>").itertext())
        except (etree.LxmlError, ValueError, AssertionError):
            text = re.sub(r"<[^>]*>", " ", text)
    return one_line(text, length) or None


def one_line(text: str, length: int) -> str:
    """The text in one line of at most length characters: control characters are blanks, and what only steers how text
    is shown (bidirectional overrides, zero-width blanks) is taken out; joiners stay, since Persian needs them."""
    return " ".join(_CONTROL.sub(" ", _INVISIBLE.sub("", text[: length * 8])).split())[:length].strip()


def language_tag(code: str | None) -> str | None:
    """A feed's or news sitemap's language code as BCP 47 ("zh-cn" -> "zh-CN"), or None where it is none."""
    code = (code or "").strip().replace("_", "-")
    if not _LANGUAGE.fullmatch(code):
        return None
    main, _, rest = code.partition("-")
    return f"{main.lower()}-{rest.title() if len(rest) == 4 else rest.upper()}" if rest else main.lower()
