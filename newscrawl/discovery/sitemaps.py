"""Sitemaps -> candidates: indexes, plain and gzipped, news sitemaps, lists of addresses in plain text.

Read as a stream: a sitemap may have 50 MB and 50,000 addresses (sitemaps.org protocol), so no tree is built; the
parser calls `Entries` for each tag, and what a chunk gave is handed on before the next is read.

Every "&" that does not begin one of XML's own references is escaped before the parser sees it. That mends the most
common fault of sitemaps (bare "&" in addresses), and it leaves no entity to expand, whatever a DTD declares.
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from lxml import etree

from newscrawl.discovery.dates import DateReader
from newscrawl.discovery.entries import Entries, cut_behind_entries, parser_for
from newscrawl.discovery.feeds import parse_feed
from newscrawl.discovery.found import Found, Gather
from newscrawl.discovery.listings import parse_listing
from newscrawl.discovery.markup import HTML_START, WIDE, language_tag, plain_text
from newscrawl.items import Hints

#: Bytes of one sitemap that are read, after gunzip; the protocol allows 50 MiB.
MAX_BYTES = 100_000_000
#: Addresses of one sitemap that are kept; the protocol allows 50,000.
MAX_URLS = 100_000

_CHUNK = 1 << 16
_BARE = re.compile(rb"&(?!(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|amp|lt|gt|quot|apos);)")
_DECLARATION = re.compile(rb"^\s*<\?xml[^>]*\?>")
_FEED = re.compile(rb"<(?:rss|feed|rdf:RDF)[\s>]")
_MAX_FAULTS = 1000


def parse_sitemap(
    body: bytes | Iterable[bytes],
    url: str,
    *,
    domains: Sequence[str] = (),
    timezone: str | None = None,
    since: date | None = None,
    limit: int = MAX_URLS,
) -> Found:
    """A sitemap's stories, or an index's sitemaps (as next, with their lastmods).

    body: as fetched, gzipped or not, whole or in chunks; url: where from; domains: the site's hosts (default: the
    sitemap's own site); timezone: IANA name for times without a zone; since: what was changed last before it is left
    out, stories and whole sitemaps. Never raises: faults are warnings, and what can be read is given.
    """
    gather = Gather(url, domains, limit)
    chunks = _gunzip(iter([body] if isinstance(body, bytes) else body), gather)
    head = _head(chunks)
    start = head[:2000].lstrip(b"\xef\xbb\xbf \t\r\n\x00")
    rest = _joined(head, chunks)
    if not start:
        gather.warn("the sitemap is empty")
    elif HTML_START.search(start) and b"<urlset" not in start and b"<sitemapindex" not in start:
        return _web_page(b"".join(rest), gather, since)
    elif _FEED.search(start):
        return parse_feed(b"".join(rest), url, domains=domains, timezone=timezone, since=since)
    elif b"<" not in start and not head.startswith(tuple(mark for mark, _ in WIDE)):
        _text_list(rest, gather)
    else:
        _xml(rest, gather, DateReader(timezone), since)
    return gather.found()


def _head(chunks: Iterator[bytes]) -> bytes:
    head = b""
    for chunk in chunks:
        head += chunk
        if len(head.strip()) >= 2000 or len(head) > 1_000_000:
            break
    return head


def _joined(head: bytes, chunks: Iterator[bytes]) -> Iterator[bytes]:
    yield from (head[at : at + _CHUNK] for at in range(0, len(head), _CHUNK))
    yield from chunks


def _gunzip(chunks: Iterator[bytes], gather: Gather) -> Iterator[bytes]:
    """The document in pieces of at most 64 KiB, at most MAX_BYTES of them: also out of gzip within gzip."""
    pieces: Iterator[bytes] = (chunk[at : at + _CHUNK] for chunk in chunks for at in range(0, len(chunk), _CHUNK))
    for _ in range(2):
        first = next(pieces, b"")
        pieces = _joined(first, pieces)
        if not first.startswith(b"\x1f\x8b"):
            break
        pieces = _inflate(pieces, gather)
    read = 0
    for piece in pieces:
        read += len(piece)
        if read > MAX_BYTES:
            gather.warn(f"the sitemap has more than {MAX_BYTES} bytes: the rest was left out")
            yield piece[: MAX_BYTES - read]
            return
        yield piece


def _inflate(pieces: Iterator[bytes], gather: Gather) -> Iterator[bytes]:
    inflater = None
    try:
        for piece in pieces:
            while piece:
                inflater = inflater or zlib.decompressobj(31)
                plain = inflater.decompress(piece, _CHUNK)
                if plain:
                    yield plain
                piece = inflater.unconsumed_tail
                if inflater.eof:  # a further member may follow (RFC 1952, section 2.2)
                    piece, inflater = inflater.unused_data.lstrip(b"\x00"), None
        if inflater is not None:
            gather.warn("the gzip stream breaks off")
            yield inflater.flush()
    except zlib.error as error:
        gather.warn(f"the gzip stream is broken: {error}")


def _web_page(body: bytes, gather: Gather, since: date | None) -> Found:
    """A web page where a sitemap was expected: read like a listing, since some sites serve one as their sitemap."""
    page = parse_listing(body, gather.url, domains=gather.domains, since=since)
    warnings = ("a web page where a sitemap was expected: its links were read", *page.warnings)
    return Found(page.candidates, (), warnings, whole=False, older=page.older)


def _text_list(chunks: Iterator[bytes], gather: Gather) -> None:
    """One address a line, UTF-8 (the protocol's plain text form)."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        _text_lines(lines, gather)
        rest = rest[-4096:]
    _text_lines([rest], gather)
    if not gather.candidates:
        gather.warn("this is no sitemap")


def _text_lines(lines: Iterable[bytes], gather: Gather) -> None:
    for line in lines:
        link = line.decode("utf-8-sig", "replace").strip()
        if link.startswith(("http://", "https://")):
            gather.candidate(link, Hints(source="sitemap"))


def _xml(chunks: Iterator[bytes], gather: Gather, dates: DateReader, since: date | None) -> None:
    entries = Entries()
    parser, faults, last = parser_for(entries), 0, b""
    for piece in cut_behind_entries(_mended(chunks)):
        if entries.ended and (b"<url" in piece or b"<sitemap" in piece) and faults < _MAX_FAULTS:
            # A stray end tag has closed the root, and the parser would take nothing more.
            parser, entries.ended, faults = parser_for(entries), False, faults + 1
            _feed(parser, b"<urlset>", gather)
        _feed(parser, piece, gather)
        _hand_on(entries, gather, dates, since)
        last = piece.rstrip() or last
        if len(gather.candidates) >= gather.limit:
            return
    entries.cut, open_end = not last.endswith(b">"), not entries.ended
    _feed(parser, None, gather)
    _hand_on(entries, gather, dates, since)
    if entries.cut or open_end or faults or len(parser.error_log):
        first = f": {parser.error_log[0].message}" if len(parser.error_log) else ""
        gather.warn("the sitemap breaks off" if entries.cut or open_end else f"the sitemap is faulty{first}")
    if not entries.seen:
        gather.warn("this is no sitemap")


def _feed(parser: etree.XMLParser, piece: bytes | None, gather: Gather) -> None:
    """Hand a piece to the parser; None ends the document."""
    try:
        if piece is None:
            parser.close()
        else:
            parser.feed(piece)
    except (etree.XMLSyntaxError, etree.ParserError, ValueError, AssertionError) as error:
        gather.warn(f"the sitemap is faulty: {error}")


def _mended(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The document in UTF-8-like bytes, with bare "&" escaped; a "&" near a chunk's end waits for the next chunk."""
    first = next(chunks, b"")
    wide = next((name for mark, name in WIDE if first.startswith(mark)), None)
    if wide:
        whole = (first + b"".join(chunks)).decode(wide, "replace").encode("utf-8")
        first, chunks = _DECLARATION.sub(b"", whole), iter(())
    rest = first[max(first.find(b"<"), 0) :]  # an XML declaration must be the very first thing
    for chunk in chunks:
        rest += chunk
        cut = rest.rfind(b"&", max(len(rest) - 10, 0))
        cut = len(rest) if cut < 0 else cut
        yield _BARE.sub(b"&amp;", rest[:cut])
        rest = rest[cut:]
    yield _BARE.sub(b"&amp;", rest)


def _hand_on(entries: Entries, gather: Gather, dates: DateReader, since: date | None) -> None:
    for kind, fields in entries.done:
        modified = dates.read(fields.get("lastmod"))
        link = fields["loc"].replace("&amp;", "&").strip()
        published = dates.read(fields.get("publication_date"))
        if gather.leaves_out(since, modified, published):
            continue
        if kind == "sitemap":
            gather.further(link, lastmod=modified)
        else:
            gather.candidate(link, _hints(fields, published, modified))
    entries.done.clear()


def _hints(fields: dict[str, str], published: str | None, modified: str | None) -> Hints:
    if "publication_date" not in fields and "title" not in fields:
        return Hints(modified_at=modified, source="sitemap")
    keywords = dict.fromkeys(filter(None, (plain_text(w, 200) for w in fields.get("keywords", "").split(","))))
    return Hints(
        title=plain_text(html.unescape(fields.get("title", "")), 1000),
        published_at=published,
        modified_at=modified,
        language=language_tag(fields.get("language")),
        keywords=tuple(keywords)[:50],
        publisher=plain_text(html.unescape(fields.get("name", "")), 200),
        source="news-sitemap",
    )
