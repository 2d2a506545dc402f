"""Reading WARC files, ours and anybody's: record by record, past damage.

A gzipped WARC is a row of gzip members, one record each (ISO 28500:2017, annex D), so a damaged record costs only
itself: reading goes on at the next member that opens with "WARC/". A plain WARC goes on at the next line that does.
A record is damaged when it cannot be unpacked or parsed, is shorter than it says, or its block digest is wrong.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

from warcio.recordloader import ArcWarcRecordLoader

from newscrawl.storage.archive import NOTE
from newscrawl.storage.errors import ArchiveError

#: A record over this many bytes, unpacked, is passed over: no news page is that large.
MAX_RECORD = 64 * 1024 * 1024

_CHUNK, _PIECE, _LINE = 64 * 1024, 1024 * 1024, 16 * 1024
_GZIP = b"\x1f\x8b\x08"
_PLAIN = b"WARC/"
_TYPE = re.compile(rb"^WARC-Type:[ \t]*(\w+)", re.IGNORECASE | re.MULTILINE)
_LENGTH = re.compile(rb"^Content-Length:[ \t]*(\d+)[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)
_LOADER = ArcWarcRecordLoader(verify_http=False, arc2warc=False)


@dataclass(frozen=True, slots=True)
class Damage:
    """A record that was passed over: where it starts in which file, and what is wrong with it."""

    file: Path
    offset: int
    detail: str

    def __str__(self) -> str:
        return f"{self.file}, byte {self.offset}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Capture:
    """An HTTP response from an archive.

    headers: (name, value); body: decoded of Transfer- and Content-Encoding; fetched_at: ISO 8601, exactly as the
    record had it where the archive is ours, else the WARC-Date; note: our metadata record, empty in other archives.
    """

    file: Path
    record_id: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: str
    note: Mapping[str, Any] = field(default_factory=dict)

    def header(self, name: str) -> str | None:
        """A header's first value, whatever the case of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)

    @property
    def media_type(self) -> str | None:
        """The Content-Type without parameters, lower case; None where there is none."""
        value = self.header("Content-Type")
        return _content_type(value).get_content_type() if value else None

    @property
    def encoding(self) -> str | None:
        """What extraction was told: our note says it, else the charset of the Content-Type."""
        if self.note:
            return self.note.get("encoding")
        value = self.header("Content-Type")
        return _content_type(value).get_content_charset() if value else None


def read_archive(path: Path, on_damage: Callable[[Damage], None]) -> Iterator[Capture]:
    """The responses of a WARC file, each with the metadata that follows it. Raises ArchiveError when it is none."""
    held: Capture | None = None
    for record, content in _records(path, on_damage, ("response", "metadata")):
        if record.rec_type == "response":
            if held:
                yield held
            held = _capture(path, record, content)
        elif held and record.rec_headers.get_header("WARC-Refers-To") == held.record_id:
            note = _note(content)
            held = replace(held, note=note, fetched_at=note.get("fetched_at", held.fetched_at))
    if held:
        yield held


def read_notes(path: Path, on_damage: Callable[[Damage], None]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What our metadata records say, without the pages: (record id of the page, note). Raises ArchiveError."""
    for record, content in _records(path, on_damage, ("metadata",)):
        if note := _note(content):
            yield record.rec_headers.get_header("WARC-Refers-To"), note


def stories(captures: Iterable[Capture]) -> Iterator[list[Capture]]:
    """Pages that made one record together: the first, then its further parts in order."""
    held: list[Capture] = []
    for each in captures:
        if held and each.note.get("part_of") == held[0].record_id:
            held.append(each)
            continue
        if held:
            yield held
        held = [each]
    if held:
        yield held


def whole_members(path: Path) -> tuple[int, int]:
    """How many bytes from the start of a gzipped file are whole members, and how many pages they hold."""
    length = pages = 0
    with path.open("rb") as file:
        while (member := _member(file)) and isinstance(member, bytes):
            length = file.tell()
            pages += _kind(member) in ("response", "revisit")
    return length, pages


def _records(path: Path, on_damage: Callable[[Damage], None], kinds: Sequence[str]) -> Iterator[tuple[Any, bytes]]:
    """Whole records of these kinds, parsed, with their decoded content."""
    try:
        with path.open("rb") as file:
            head = file.read(len(_PLAIN))
            if not head.startswith((_GZIP, _PLAIN)):
                raise ArchiveError(f"{path}: is no WARC file")
            file.seek(0)
            split = _members if head.startswith(_GZIP) else _plain
            for offset, block in split(file, lambda at, what: on_damage(Damage(path, at, what))):
                if _kind(block) in kinds:
                    try:
                        yield _parsed(block)
                    except Exception as error:  # a parser of foreign bytes fails in ways of its own
                        on_damage(Damage(path, offset, f"cannot be read: {error or type(error).__name__}"))
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error


def _members(file: BinaryIO, on_damage: Callable[[int, str], None]) -> Iterator[tuple[int, bytes]]:
    """Records of a gzipped file with the offset of their member."""
    while member := _member(file, start := file.tell()):
        if isinstance(member, bytes):
            yield from ((start, block) for _, block in _plain(BytesIO(member), partial(_at, on_damage, start)))
            continue
        on_damage(start, member)
        _find(file, start + 1, _GZIP, _opens_record)


def _at(on_damage: Callable[[int, str], None], start: int, _offset: int, what: str) -> None:
    on_damage(start, what)


def _member(file: BinaryIO, start: int | None = None) -> bytes | str:
    """The next gzip member, unpacked; b"" at the end of the file; what is wrong, in words. Leaves the file after it."""
    start = file.tell() if start is None else start
    stream, size = zlib.decompressobj(zlib.MAX_WBITS | 16), 0
    pieces: list[bytes] = []
    while not stream.eof:
        data = stream.unconsumed_tail or file.read(_CHUNK)
        try:
            piece = stream.decompress(data, _PIECE)
        except zlib.error as error:
            return f"cannot be unpacked: {error}"
        if not data and not piece:
            return "the file ends within the record" if file.tell() > start else b""
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
        return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(data, 64).startswith(_PLAIN)
    except zlib.error:
        return False


def _kind(block: bytes) -> str:
    found = _TYPE.search(block[:_LINE])
    return found[1].decode("ascii").lower() if found else ""


def _parsed(block: bytes) -> tuple[Any, bytes]:
    """A record with its content decoded. Raises whatever the parser does, ValueError when a digest is wrong."""
    record = _LOADER.parse_record_stream(BytesIO(block), known_format="warc", check_digests=True)
    content = record.content_stream().read(MAX_RECORD)
    while record.raw_stream.read(_CHUNK):
        pass
    wrong = [problem for problem in record.digest_checker.problems if problem.startswith("block")]
    if wrong:
        raise ValueError(wrong[0])
    return record, content


def _capture(path: Path, record: Any, body: bytes) -> Capture | None:
    """The response; None for what is no HTTP (dns: records)."""
    if record.http_headers is None:
        return None
    return Capture(
        file=path,
        record_id=record.rec_headers.get_header("WARC-Record-ID"),
        url=record.rec_headers.get_header("WARC-Target-URI"),
        status=int(record.http_headers.get_statuscode()),
        headers=tuple(record.http_headers.headers),
        body=body,
        fetched_at=record.rec_headers.get_header("WARC-Date"),
    )


def _note(block: bytes) -> Mapping[str, Any]:
    """Our field of a metadata record; empty when it is somebody else's."""
    for line in block.decode("utf-8", "replace").splitlines():
        name, _, value = line.partition(": ")
        if name == NOTE:
            try:
                found = json.loads(value)
            except ValueError:
                return {}
            return found if isinstance(found, dict) else {}
    return {}


def _content_type(value: str) -> Message:
    message = Message()
    message["Content-Type"] = value
    return message
