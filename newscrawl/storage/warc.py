"""Reading WARC files, ours and anybody's: gzip member by gzip member, past damage."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_CHUNK = 256 * 1024


def whole_members(path: Path) -> tuple[int, int]:
    """How many bytes from the start of a gzipped file are whole members, and how many pages they hold."""
    length = pages = 0
    with path.open("rb") as file:
        for start, end, head in _members(file):
            if end is None:
                break
            length = end
            pages += b"WARC-Type: response" in head or b"WARC-Type: revisit" in head
            file.seek(end)
            del start
    return length, pages


def _members(file: BinaryIO) -> Iterator[tuple[int, int | None, bytes]]:
    """(start, end, first kilobyte) of each member; end is None where it is torn."""
    while True:
        start = file.tell()
        stream, head = zlib.decompressobj(zlib.MAX_WBITS | 16), b""
        while not stream.eof:
            data = file.read(_CHUNK)
            if not data:
                if file.tell() > start:
                    yield start, None, head
                return
            try:
                out = stream.decompress(data)
            except zlib.error:
                yield start, None, head
                return
            head = head or out[:1024]
        yield start, file.tell() - len(stream.unused_data), head
