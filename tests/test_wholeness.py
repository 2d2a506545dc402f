"""Whether an answer is whole is told from its stream and its document."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable

import brotli
import pytest

from newscrawl.wholeness import closes, ends

PAGE = b"<!doctype html><HTML><body>" + b"<p>About the ferry</p>" * 5000 + b"</body></html>\n"


def bare_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS: list[tuple[str, Callable[[bytes], bytes]]] = [
    ("gzip", gzip.compress),
    ("x-gzip", lambda data: gzip.compress(data) + gzip.compress(data)),
    ("deflate", zlib.compress),
    ("deflate", bare_deflate),
    ("br", brotli.compress),
]


@pytest.mark.parametrize(("coding", "pack"), PACKERS)
def test_a_stream_ends_where_it_says(coding: str, pack: Callable[[bytes], bytes]) -> None:
    packed = pack(PAGE)
    assert ends(packed, coding)
    assert not any(ends(packed[:-cut], coding) for cut in (1, 9, len(packed) // 3))
    assert not ends(b"no stream at all", coding)


def test_a_coding_that_is_not_known_is_not_doubted() -> None:
    assert ends(b"whatever", "x-none-such")
    assert ends(b"whatever", "gzip, br")


@pytest.mark.parametrize(
    ("document", "whole"),
    [
        (PAGE, True),
        (PAGE[:-20], False),
        (PAGE + b"<!-- " + b"late words " * 1000 + b"-->", True),
        (b"<p>a piece of a page", True),
        (b'{"json": true}', True),
        (b"<?xml version='1.0'?><rss><channel><item>", False),
        (b"<?xml version='1.0'?><rss><channel></channel></rss>", True),
        (b"<urlset><url><loc>", False),
        (b"", True),
    ],
)
def test_a_document_closes_what_it_opens(document: bytes, whole: bool) -> None:
    assert closes(document) is whole
