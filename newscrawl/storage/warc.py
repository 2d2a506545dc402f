"""Reading WARC files, ours and anybody's: responses with what our metadata records say of them, past damage.

A record is damaged when it cannot be unpacked or parsed, is shorter than it says, or its block digest is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email.message import Message
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.bufferedreaders import ChunkedDataReader
from warcio.recordloader import ArcWarcRecordLoader

from newscrawl.storage.archive import NOTE
from newscrawl.storage.codings import decode
from newscrawl.storage.errors import ArchiveError
from newscrawl.storage.warc_blocks import MAX_RECORD, NoArchive, blocks, kind_of

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
    record had it where the archive is ours, else the WARC-Date; note: our metadata record, empty in other archives;
    offset: byte of the file at which its record starts.
    """

    file: Path
    record_id: str
    url: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    fetched_at: str
    note: Mapping[str, Any] = field(default_factory=dict)
    offset: int = 0

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
    for offset, record, content in _records(path, on_damage, ("response", "metadata")):
        if record.rec_type == "response":
            if held:
                yield held
            held = _capture(path, offset, record, content)
        elif held and record.rec_headers.get_header("WARC-Refers-To") == held.record_id:
            note = _note(content)
            held = replace(held, note=note, fetched_at=note.get("fetched_at", held.fetched_at))
    if held:
        yield held


def read_notes(path: Path, on_damage: Callable[[Damage], None]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """What our metadata records say, without the pages: (record id of the page, note). Raises ArchiveError."""
    for _, record, content in _records(path, on_damage, ("metadata",)):
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


def _records(path: Path, on_damage: Callable[[Damage], None], kinds: Sequence[str]) -> Iterator[tuple[int, Any, bytes]]:
    """Whole records of these kinds with their offset, parsed, with their decoded content."""
    try:
        with path.open("rb") as file:
            for offset, block in blocks(file, lambda at, what: on_damage(Damage(path, at, what))):
                if kind_of(block) in kinds:
                    try:
                        yield offset, *_parsed(block)
                    except Exception as error:  # a parser of foreign bytes fails in ways of its own
                        on_damage(Damage(path, offset, f"cannot be read: {error or type(error).__name__}"))
    except NoArchive:
        raise ArchiveError(f"{path}: is no WARC file") from None
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror}") from error


def _parsed(block: bytes) -> tuple[Any, bytes]:
    """A record with its content decoded. Raises whatever the parser does, ValueError when a digest is wrong."""
    record = _LOADER.parse_record_stream(BytesIO(block), known_format="warc", check_digests=True)
    record.raw_stream.payload_digester = None  # the block's digest says it all
    raw, http = record.raw_stream.read(), record.http_headers
    wrong = [problem for problem in record.digest_checker.problems if problem.startswith("block")]
    if wrong:
        raise ValueError(wrong[0])
    if http and (http.get_header("Transfer-Encoding") or "").lower() == "chunked":
        raw = ChunkedDataReader(BytesIO(raw)).read()
    return record, decode(raw, http and http.get_header("Content-Encoding"), MAX_RECORD)


def _capture(path: Path, offset: int, record: Any, body: bytes) -> Capture | None:
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
        offset=offset,
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
