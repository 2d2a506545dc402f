"""Sitemaps -> candidates: indexes, plain and gzipped, news sitemaps, lists of addresses in plain text.

Read as a stream: a sitemap may have 50 MB and 50,000 addresses (sitemaps.org protocol), so no tree is built; the
parser calls `_Entries` for each tag, and what a chunk gave is handed on before the next is read.

Every "&" that does not begin one of XML's own references is escaped before the parser sees it. That mends the most
common fault of sitemaps (bare "&" in addresses), and it leaves no entity to expand, whatever a DTD declares.
"""

from __future__ import annotations

import html
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from lxml import etree

from newscrawl.discovery.dates import DateReader, is_older
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
_LEAVES = {"loc", "lastmod", "publication_date", "title", "language", "keywords", "name"}


def parse_sitemap(
    body: bytes | Iterable[bytes],
    url: str,
    *,
    domains: Sequence[str] = (),
    timezone: str | None = None,
    since: date | None = None,
    limit: int = MAX_URLS,
) -> Found:
    """A sitemap's stories, or an index's sitemaps (as next).

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
            return
        yield piece


def _inflate(pieces: Iterator[bytes], gather: Gather) -> Iterator[bytes]:
    inflater = zlib.decompressobj(31)
    try:
        for piece in pieces:
            while piece:
                plain = inflater.decompress(piece, _CHUNK)
                if plain:
                    yield plain
                piece = inflater.unconsumed_tail
                if inflater.eof:  # a further member may follow (RFC 1952, section 2.2)
                    piece, inflater = inflater.unused_data.lstrip(b"\x00"), zlib.decompressobj(31)
        if rest := inflater.flush():
            yield rest
            gather.warn("the gzip stream breaks off")
    except zlib.error as error:
        gather.warn(f"the gzip stream is broken: {error}")


def _web_page(body: bytes, gather: Gather, since: date | None) -> Found:
    """A web page where a sitemap was expected: read like a listing, since some sites serve one as their sitemap."""
    page = parse_listing(body, gather.url, domains=gather.domains, since=since)
    warnings = ("a web page where a sitemap was expected: its links were read", *page.warnings)
    return Found(page.candidates, (), warnings)


def _text_list(chunks: Iterator[bytes], gather: Gather) -> None:
    """One address a line, UTF-8 (the protocol's plain text form)."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            gather.candidate(line.decode("utf-8", "replace").strip(), Hints(source="sitemap"))
        rest = rest[-4096:]
    gather.candidate(rest.decode("utf-8", "replace").strip(), Hints(source="sitemap"))
    if not gather.candidates:
        gather.warn("this is no sitemap")


def _xml(chunks: Iterator[bytes], gather: Gather, dates: DateReader, since: date | None) -> None:
    entries = _Entries()
    parser = etree.XMLParser(
        target=entries, recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    whole = False
    try:
        for chunk in _mended(chunks):
            parser.feed(chunk)
            _hand_on(entries, gather, dates, since)
            if len(gather.candidates) >= gather.limit:
                return
        parser.close()
        whole = True
    except (etree.XMLSyntaxError, etree.ParserError, ValueError, AssertionError) as error:
        gather.warn(f"the sitemap is faulty: {error}")
    _hand_on(entries, gather, dates, since)
    if whole and len(parser.error_log):
        gather.warn(f"the sitemap is faulty: {parser.error_log[0].message} (line {parser.error_log[0].line})")
    if not entries.seen:
        gather.warn("this is no sitemap")


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


@dataclass(slots=True)
class _Entries:
    """Gathers <url> and <sitemap> entries as the parser meets their tags (lxml's parser target interface).

    A leaf counts when it is in the entry's own namespace or a news one: <image:loc> is no story's address.
    """

    done: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    seen: int = 0
    kind: str | None = None
    space: str = ""
    leaf: str | None = None
    text: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)

    def start(self, tag: str | bytes, attributes: object) -> None:
        space, _, name = str(tag).rpartition("}")
        if name in ("url", "sitemap"):
            if self.kind:  # the last entry was never closed
                self._close()
            self.kind, self.space, self.fields = name, space, {}
        elif self.kind and name in _LEAVES and (space in ("", self.space) or "news" in space):
            self.leaf, self.text = (name if name not in self.fields else None), []

    def data(self, data: str | bytes) -> None:
        if self.leaf and len(self.text) < 100:
            self.text.append(str(data[:4000]))

    def end(self, tag: str | bytes) -> None:
        name = str(tag).rpartition("}")[2]
        if self.leaf and name == self.leaf:
            self.fields[name] = "".join(self.text)[:4000]
            self.leaf = None
        elif name == self.kind:
            self._close()

    def comment(self, text: str | bytes) -> None:
        """Comments hold nothing."""

    def close(self) -> None:
        if self.kind:
            self._close()

    def _close(self) -> None:
        if self.kind and self.fields.get("loc"):
            self.done.append((self.kind, self.fields))
            self.seen += 1
        self.kind, self.leaf, self.fields = None, None, {}


def _hand_on(entries: _Entries, gather: Gather, dates: DateReader, since: date | None) -> None:
    for kind, fields in entries.done:
        modified = dates.read(fields.get("lastmod"))
        link = html.unescape(fields["loc"]).strip()
        published = dates.read(fields.get("publication_date"))
        if is_older(modified or published, since) and (published is None or is_older(published, since)):
            continue
        if kind == "sitemap":
            gather.further(link)
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
