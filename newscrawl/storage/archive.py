"""The archive: every page that a record or a reject line was made from, as WARC/1.1 (ISO 28500:2017), gzip per record.

A page gives three records: response (or revisit), the request that led to it, and a metadata record that names what
the page alone does not say: the key in the ledger, what the feed said, the revision, the further parts of a story.

Truthfulness: Scrapy hands over bodies already decoded. A WARC response block must hold what its HTTP header says, so
Content-Encoding, Content-Length and Transfer-Encoding go under X-Archive-Orig-* and Content-Length is the stored
body's. Cookies and credentials are never written. Digests are SHA-1 in base32, as WARC tools expect.
"""

from __future__ import annotations

import base64
import hashlib
import http
import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from isal import isal_zlib
from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

#: isal's level: on news pages it takes a fifth of the time that zlib's level 1 takes, for files that are smaller.
LEVEL = isal_zlib.ISAL_DEFAULT_COMPRESSION

#: The field of a metadata record (application/warc-fields) under which ours stands, as JSON.
NOTE = "newscrawl"

_SECRET = frozenset({"cookie", "set-cookie", "set-cookie2", "authorization", "proxy-authorization"})
_REWRITTEN = frozenset({"content-encoding", "content-length", "transfer-encoding"})
_STANDARD = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"
_PROFILE = "http://netpreserve.org/warc/1.1/revisit/"


@dataclass(frozen=True, slots=True)
class Fetched:
    """A response as it is handed to the archive.

    url: after redirects; headers and request_headers: (name, value) as on the wire; body: decoded of any
    Content-Encoding; fetched_at: ISO 8601 with offset, exactly as the record has it; encoding: what extraction was
    told (the HTTP header's charset); ip: the server's address.
    """

    url: str
    status: int
    headers: tuple[tuple[str, str], ...] = field(repr=False)  # they may hold secrets, which no log line may show
    body: bytes = field(repr=False)
    fetched_at: str
    request_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    method: str = "GET"
    encoding: str | None = None
    ip: str | None = None

    def header(self, name: str) -> str | None:
        """A response header's first value, whatever the case of its name."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


@dataclass(frozen=True, slots=True)
class Earlier:
    """The capture that a revisit record refers to."""

    record_id: str
    url: str
    date: str


def new_record_id() -> str:
    """A WARC-Record-ID."""
    return f"<urn:uuid:{uuid.uuid4()}>"


def payload_digest(body: bytes) -> str:
    """The WARC-Payload-Digest of a body."""
    return "sha1:" + base64.b32encode(hashlib.sha1(body, usedforsecurity=False).digest()).decode()


def warc_date(fetched_at: str) -> str:
    """An ISO 8601 time as a WARC-Date: UTC with Z."""
    moment = datetime.fromisoformat(fetched_at).astimezone(UTC)
    return moment.isoformat().replace("+00:00", "Z")


class Packer:
    """Makes the WARC records of one file, as bytes of whole gzip members. Not for two threads at once."""

    def __init__(self) -> None:
        self._plain = BytesIO()
        self._writer = WARCWriter(self._plain, gzip=False, warc_version="1.1")

    def warcinfo(self, name: str, info: Mapping[str, str]) -> bytes:
        """The record that opens a file of that name; info are warc-fields (software, isPartOf, …)."""
        fields = {"format": "WARC File Format 1.1", "conformsTo": _STANDARD, **info}
        return self._packed([_BUILDER.create_warcinfo_record(name, fields)])

    def response(self, page: Fetched, record_id: str, digest: str, note: Mapping[str, Any]) -> bytes:
        """A page kept whole: response, request, metadata."""
        headers = {"WARC-Record-ID": record_id, "WARC-Payload-Digest": digest}
        record = _record(page, "response", headers, BytesIO(page.body), len(page.body))
        return self._packed([record, *_companions(page, record_id, note)])

    def revisit(
        self, page: Fetched, record_id: str, digest: str | None, earlier: Earlier | None, note: Mapping[str, Any]
    ) -> bytes:
        """A page that is as before: only its HTTP header is kept. digest None means that the server said so (304)."""
        headers = {"WARC-Record-ID": record_id}
        headers["WARC-Profile"] = _PROFILE + ("identical-payload-digest" if digest else "server-not-modified")
        if digest:
            headers["WARC-Payload-Digest"] = digest
        if earlier:
            headers["WARC-Refers-To"] = earlier.record_id
            headers["WARC-Refers-To-Target-URI"] = earlier.url
            headers["WARC-Refers-To-Date"] = earlier.date
        return self._packed([_record(page, "revisit", headers, None, 0), *_companions(page, record_id, note)])

    def _packed(self, records: Iterable[Any]) -> bytes:
        packed = bytearray()
        for record in records:
            self._plain.seek(0)
            self._plain.truncate()
            self._writer.write_record(record)
            member = isal_zlib.compressobj(LEVEL, isal_zlib.DEFLATED, isal_zlib.MAX_WBITS | 16)
            with self._plain.getbuffer() as plain:
                packed += member.compress(plain)
            packed += member.flush()
        return bytes(packed)


_BUILDER = RecordBuilder(warc_version="1.1")


def _record(page: Fetched, kind: str, headers: dict[str, str], payload: BytesIO | None, length: int) -> Any:
    headers["WARC-Date"] = warc_date(page.fetched_at)
    if page.ip:
        headers["WARC-IP-Address"] = page.ip
    http_headers = StatusAndHeaders(_status_line(page.status), _told(page.headers, length), protocol="HTTP/1.1")
    return _BUILDER.create_warc_record(
        page.url, kind, payload=payload, length=length, warc_headers_dict=headers, http_headers=http_headers
    )


def _companions(page: Fetched, record_id: str, note: Mapping[str, Any]) -> Iterable[Any]:
    where = urlsplit(page.url)
    target = (where.path or "/") + (f"?{where.query}" if where.query else "")
    headers = {"WARC-Date": warc_date(page.fetched_at), "WARC-Concurrent-To": record_id}
    names = {name.lower() for name, _ in page.request_headers}
    sent = [] if "host" in names else [("Host", where.netloc.rpartition("@")[2])]
    sent += [(name, value) for name, value in page.request_headers if name.lower() not in _SECRET]
    request = StatusAndHeaders(f"{page.method} {target} HTTP/1.1", sent, is_http_request=True)
    yield _BUILDER.create_warc_record(page.url, "request", warc_headers_dict=dict(headers), http_headers=request)
    yield _metadata(page.url, {**headers, "WARC-Refers-To": record_id}, note)


def _metadata(url: str, headers: dict[str, str], note: Mapping[str, Any]) -> Any:
    via = f"via: {note['via']}\r\n" if note.get("via") else ""
    block = f"{via}{NOTE}: {json.dumps(note)}\r\n".encode("utf-8", "replace")
    return _BUILDER.create_warc_record(
        url, "metadata", payload=BytesIO(block), length=len(block), warc_headers_dict=headers
    )


def _status_line(status: int) -> str:
    try:
        return f"{status} {http.HTTPStatus(status).phrase}"
    except ValueError:
        return f"{status} Unknown"


def _told(headers: Iterable[tuple[str, str]], length: int) -> list[tuple[str, str]]:
    """A response's header, true to the body that is stored with it, without secrets."""
    kept = []
    for name, value in headers:
        low = name.lower()
        if low not in _SECRET:
            kept.append((f"X-Archive-Orig-{name}" if low in _REWRITTEN else name, value))
    return [*kept, ("Content-Length", str(length))]
