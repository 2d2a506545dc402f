"""Content-Encoding, undone for pages from other crawlers' archives.

warcio's own decoder cannot work with today's brotli module. What cannot be decoded is taken as it stands: many
archives store a decoded body under a header that still says gzip.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

import brotli  # type: ignore[import-untyped]

_NONE = frozenset({"", "identity", "none", "utf-8"})


def decode(body: bytes, codings: str | None, limit: int) -> bytes:
    """The body with a Content-Encoding header's codings undone, last one first; at most limit bytes of it.

    Raises ValueError for a coding that is not known.
    """
    for coding in reversed((codings or "").lower().split(",")):
        name = coding.strip().removeprefix("x-")
        if name not in _NONE:
            if name not in _DECODERS:
                raise ValueError(f"its Content-Encoding is {name!r}, which is not read")
            body = _DECODERS[name](body, limit)
    return body[:limit]


def _zlib(body: bytes, limit: int, *windows: int) -> bytes:
    for window in windows:
        try:
            return zlib.decompressobj(window).decompress(body, limit)
        except zlib.error:
            continue
    return body


def _brotli(body: bytes, limit: int) -> bytes:
    try:
        return bytes(brotli.Decompressor().process(body, output_buffer_limit=limit))
    except brotli.error:
        return body


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": lambda body, limit: _zlib(body, limit, zlib.MAX_WBITS | 16),
    "deflate": lambda body, limit: _zlib(body, limit, zlib.MAX_WBITS, -zlib.MAX_WBITS),
    "br": _brotli,
}
