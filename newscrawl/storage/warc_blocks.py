"""A WARC file cut into its records, as bytes; what is damaged is named and passed over.

A gzipped WARC is a row of gzip members, one record each (ISO 28500:2017, annex D), so a damaged record costs only
itself: reading goes on at the next member that opens with "WARC/". A plain WARC goes on at the next line that does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from isal import isal_zlib

#: A record over this many bytes, unpacked, is passed over: no news page is that large.
MAX_RECORD = 64 * 1024 * 1024

_CHUNK, _PIECE, _LINE = 64 * 1024, 1024 * 1024, 16 * 1024
_GZIP = b"\x1f\x8b\x08"
_PLAIN = b"WARC/"
_TYPE = re.compile(rb"^WARC-Type:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)


class NoArchive(ValueError):
    """The file does not begin like a WARC file."""


def blocks(file: BinaryIO, on_damage: Callable[[int, str], None]) -> Iterator[tuple[int, bytes]]:
    """Each record's bytes with its offset in the file; damage is told as (offset, what is wrong). Raises NoArchive."""
    head = file.read(len(_PLAIN))
    if not head.startswith((_GZIP, _PLAIN)):
        raise NoArchive
    file.seek(0)
    return (_members if head.startswith(_GZIP) else _plain)(file, on_damage)


def whole_members(path: Path) -> tuple[int, int]:
    """How many bytes from the start of a gzipped file are whole members, and how many pages they hold."""
    length = pages = 0
    with path.open("rb") as file:
        while isinstance(member := _member(file), bytes):
            length = file.tell()
            pages += kind_of(member) in ("response", "revisit")
    return length, pages


def _members(file: BinaryIO, on_damage: Callable[[int, str], None]) -> Iterator[tuple[int, bytes]]:
    """Records of a gzipped file with the offset of their member."""
    while (member := _member(file, start := file.tell())) is not None:
        if isinstance(member, bytes):
            yield from ((start, block) for _, block in _plain(BytesIO(member), partial(_at, on_damage, start)))
            continue
        on_damage(start, member)
        _find(file, start + 1, _GZIP, _opens_record)


def _at(on_damage: Callable[[int, str], None], start: int, _offset: int, what: str) -> None:
    on_damage(start, what)


def _member(file: BinaryIO, start: int | None = None) -> bytes | str | None:
    """The next gzip member, unpacked; None at the file's end; what is wrong, in words. Leaves the file after it."""
    start = file.tell() if start is None else start
    stream, size = isal_zlib.decompressobj(isal_zlib.MAX_WBITS | 16), 0
    pieces: list[bytes] = []
    while not stream.eof:
        data = stream.unconsumed_tail or file.read(_CHUNK)
        try:
            piece = stream.decompress(data, _PIECE)
        except isal_zlib.error as error:  # type: ignore[misc]  # its stubs call it a value
            return f"cannot be unpacked: {error}"
        if not data and not piece:
            return "the file ends within the record" if file.tell() > start else None
        size += len(piece)
        pieces.append(piece)
        if size > MAX_RECORD:
            pieces.clear()
    file.seek(-len(stream.unused_data), 1)
    return b"".join(pieces) if size <= MAX_RECORD else f"is over {MAX_RECORD} bytes"


def _plain(file: BinaryIO, on_damage: Callable[[int, str], None]) -> Iterator[tuple[int, bytes]]:
    """Records of a file that is not packed, with their offsets."""
    while True:
        while (line := file.readline(_LINE)) and not line.strip():
            pass
        start = file.tell() - len(line)
        if not line:
            return
        block = _block(file, line)
        if isinstance(block, bytes):
            yield start, block
            continue
        on_damage(start, block)
        _find(file, start + 1, b"\n" + _PLAIN, lambda _: True)


def _block(file: BinaryIO, first: bytes) -> bytes | str:
    """A record from its first line on, or what is wrong with it."""
    if not first.startswith(_PLAIN):
        return f"is no WARC record: {first[:40]!r}"
    head = first
    while (line := file.readline(_LINE)).strip() and len(head) < _LINE:
        head += line
    told = _LENGTH.search(head)
    if not told:
        return "has no Content-Length"
    length = int(told[1])
    if length > MAX_RECORD:
        file.seek(length, 1)
        return f"is over {MAX_RECORD} bytes"
    content = file.read(length)
    if len(content) < length:
        return "the file ends within the record"
    if (after := file.readline(_LINE)).strip():
        return f"is longer than its Content-Length: {after[:40]!r}"
    return head + b"\r\n" + content


def _find(file: BinaryIO, offset: int, sign: bytes, accept: Callable[[bytes], bool]) -> None:
    """Puts the file at the next place from offset on that shows sign and is accepted, or at its end."""
    file.seek(offset)
    tail = b""
    while data := file.read(_CHUNK):
        window, base = tail + data, file.tell() - len(data) - len(tail)
        at = window.find(sign)
        while at >= 0:
            file.seek(base + at)
            if accept(file.read(_CHUNK)):
                file.seek(base + at)
                return
            at = window.find(sign, at + 1)
        file.seek(base + len(window))
        tail = window[-len(sign) + 1 :]


def _opens_record(data: bytes) -> bool:
    try:
        return isal_zlib.decompressobj(isal_zlib.MAX_WBITS | 16).decompress(data, 64).startswith(_PLAIN)
    except isal_zlib.error:  # type: ignore[misc]
        return False


def kind_of(block: bytes) -> str:
    """A record's WARC-Type, lower case; empty where it has none."""
    found = _TYPE.search(block[:_LINE])
    return found[1].decode("ascii").lower() if found else ""
