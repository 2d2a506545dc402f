"""Whether an answer is whole, where HTTP does not say.

A body that ends with its connection, and a packed one whose stream breaks off, may be half a page: browsers show it,
but no record may be made of it. Many servers leave out the end of their streams, so that alone is no fault; the
document must also be one that opens its root element and never closes it.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import brotli

_ROOT = re.compile(rb"<(html|rss|feed|urlset|sitemapindex|rdf:RDF)[\s>]", re.IGNORECASE)
_HEAD, _TAIL = 8_192, 2_048  # bytes in which the root element opens, and usually closes
_PIECE = 1_000_000


def closes(body: bytes) -> bool:
    """Whether a document closes the root element that it opens; True for what is no page, feed or sitemap."""
    root = _ROOT.search(body[:_HEAD])
    if root is None:
        return True
    end = b"</" + root[1].lower()
    return end in body[-_TAIL:].lower() or end in body.lower()


def ends(body: bytes, encoding: str) -> bool:
    """Whether a packed stream comes to its end. encoding: of Content-Encoding, lower case; one that is not known is not
    doubted. For streams that were unpacked before, and so are known not to be bombs."""
    stream_of = _STREAMS.get(encoding)
    try:
        return stream_of is None or stream_of(body)
    except Exception:  # each library has an error of its own for a broken stream
        return False


def _gzip(body: bytes) -> bool:
    while body:
        stream = zlib.decompressobj(31)
        _drain(stream, body)
        if not stream.eof:
            return False
        body = stream.unused_data.lstrip(b"\0")
        if not body.startswith(b"\x1f\x8b"):
            break
    return True


def _deflate(body: bytes) -> bool:
    for wbits in (15, -15):  # some servers leave out its header
        stream = zlib.decompressobj(wbits)
        with suppress(zlib.error):
            _drain(stream, body)
            return stream.eof
    return False


def _drain(stream: Any, body: bytes) -> None:
    while body and not stream.eof:
        stream.decompress(body, _PIECE)
        body = stream.unconsumed_tail


def _brotli(body: bytes) -> bool:
    stream = brotli.Decompressor()
    stream.process(body)
    return bool(stream.is_finished())


_STREAMS: Mapping[str, Callable[[bytes], bool]] = {
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _deflate,
    "br": _brotli,
}
