"""The archive: WARC/1.1 that other tools accept, true to what was fetched, without secrets; and reading any WARC."""

from __future__ import annotations

import gzip
import subprocess
import sys
import zlib
from io import BytesIO
from pathlib import Path
from typing import Any

import brotli
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from stored import Clock, article, candidate, key, page, rejection
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newscrawl.storage import warc_blocks
from newscrawl.storage.archive import Packer, new_record_id, payload_digest, warc_date
from newscrawl.storage.errors import ArchiveError
from newscrawl.storage.run import Run, RunSettings
from newscrawl.storage.warc import Capture, Damage, read_archive, stories


def archive_of(run: Run) -> Path:
    (path,) = run.folder.glob("pages-*.warc.gz")
    return path


def records(path: Path) -> list[tuple[str, Any, Any, bytes]]:
    """(type, WARC header, HTTP header, block) of each record, as warcio reads them."""
    with path.open("rb") as file:
        return [
            (each.rec_type, each.rec_headers, each.http_headers, each.content_stream().read())
            for each in ArchiveIterator(file)
        ]


def sound(path: Path) -> list[Capture]:
    """The captures of an archive that has no damage."""
    damage: list[Damage] = []
    captures = list(read_archive(path, damage.append))
    assert not damage, damage
    return captures


@pytest.fixture
def looks(tmp_path: Path) -> list[Path]:
    """The archives of four runs: a story; the same page again; a 304; the page changed but not the story."""
    clock, paths = Clock(), []
    for look in ("first", "same", "304", "chrome"):
        run = Run.open(tmp_path, "wire", clock=clock)
        run.discover([candidate(1, title="Harbour notes")])
        if look == "304":
            run.unchanged(key(1), page(1, status=304))
        else:
            run.write(key(1), article(1), (page(1, "new share buttons" if look == "chrome" else "x"),))
        run.close(0, "finished")
        paths.append(archive_of(run))
        clock.forward(hours=7)
    return paths


def test_warcio_finds_nothing_wrong(looks: list[Path]) -> None:
    done = subprocess.run([sys.executable, "-m", "warcio.cli", "check", "-v", *looks], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("digest pass") == 4 * 3 + 2, "every record but the two revisits has a digest"


def test_a_page_is_kept_as_it_was_told_and_fetched(looks: list[Path]) -> None:
    info, response, request, metadata = records(looks[0])
    assert [each[0] for each in (info, response, request, metadata)] == ["warcinfo", "response", "request", "metadata"]
    assert info[1].get_header("WARC-Filename") == "pages-00001.warc.gz"
    assert b"software: newscrawl/" in info[3] and b"isPartOf: wire/20261124T120000Z" in info[3]
    header, http = response[1], response[2]
    assert header.protocol == "WARC/1.1"
    assert header.get_header("WARC-Target-URI") == key(1)
    assert header.get_header("WARC-Date") == "2026-11-24T12:00:00Z"
    assert header.get_header("WARC-Payload-Digest") == payload_digest(page(1, "x").body)
    assert (http.protocol, http.statusline) == ("HTTP/1.1", "200 OK")
    assert response[3] == page(1, "x").body
    for other in (request, metadata):
        assert other[1].get_header("WARC-Concurrent-To") == header.get_header("WARC-Record-ID")
    assert (request[2].protocol, request[2].statusline) == ("GET", "/story/1 HTTP/1.1")
    assert request[2].get_header("Host") == "wire.example"
    assert b"via: https://wire.example/feed.xml\r\n" in metadata[3]


def test_the_header_is_true_to_the_body_that_is_stored(looks: list[Path]) -> None:
    http = records(looks[0])[1][2]
    assert http.get_header("Content-Length") == str(len(page(1, "x").body))
    assert http.get_header("Content-Encoding") is http.get_header("Transfer-Encoding") is None
    assert http.get_header("X-Archive-Orig-Content-Encoding") == "gzip"
    assert http.get_header("X-Archive-Orig-Content-Length") == "77"


def test_secrets_are_not_kept(looks: list[Path]) -> None:
    for path in looks:
        kept = gzip.decompress(path.read_bytes())
        assert b"s3cr3t" not in kept
        assert b"User-Agent: newscrawl/test" in kept


def test_what_did_not_change_is_kept_as_a_revisit(looks: list[Path]) -> None:
    first = records(looks[0])[1][1]
    same, not_modified, chrome = (records(path)[1] for path in looks[1:])
    assert [each[0] for each in (same, not_modified, chrome)] == ["revisit", "revisit", "response"]
    profile = "http://netpreserve.org/warc/1.1/revisit/"
    assert same[1].get_header("WARC-Profile") == profile + "identical-payload-digest"
    assert same[1].get_header("WARC-Payload-Digest") == first.get_header("WARC-Payload-Digest")
    assert not_modified[1].get_header("WARC-Profile") == profile + "server-not-modified"
    assert not_modified[2].statusline == "304 Not Modified"
    for each in (same, not_modified):
        assert each[1].get_header("WARC-Refers-To") == first.get_header("WARC-Record-ID")
        assert each[1].get_header("WARC-Refers-To-Target-URI") == key(1)
        assert each[1].get_header("WARC-Refers-To-Date") == "2026-11-24T12:00:00Z"
        assert each[3] == b""


def test_what_was_kept_comes_back_with_what_the_page_alone_does_not_say(looks: list[Path]) -> None:
    (capture,) = sound(looks[0])
    assert (capture.url, capture.status, capture.body) == (key(1), 200, page(1, "x").body)
    assert (capture.fetched_at, capture.encoding, capture.media_type) == ("2026-11-24T12:00:00Z", "utf-8", "text/html")
    note = dict(capture.note)
    assert note.pop("hints") == {"title": "Harbour notes", "source": "feed"}
    assert note == {
        "site": "wire",
        "key": key(1),
        "url": key(1),
        "via": "https://wire.example/feed.xml",
        "encoding": "utf-8",
        "fetched_at": "2026-11-24T12:00:00Z",
        "outcome": "new",
        "revision": 1,
    }
    assert [len(sound(path)) for path in looks] == [1, 0, 0, 1]
    assert sound(looks[3])[0].note["outcome"] == "unchanged"


def test_a_story_in_parts_is_kept_together(tmp_path: Path) -> None:
    run = Run.open(tmp_path, "wire")
    parts = tuple(page(1, f"part {number}", url=f"{key(1)}_{number}") for number in (1, 2, 3))
    run.write(key(1), article(1), parts)
    run.write(key(2), article(2), (page(2),))
    run.reject(key(3), rejection(3, "consent_wall"), (page(3),))
    run.close(0, "finished")
    together = list(stories(sound(archive_of(run))))
    assert [[each.url for each in story] for story in together] == [
        [f"{key(1)}_1", f"{key(1)}_2", f"{key(1)}_3"],
        [key(2)],
        [key(3)],
    ]
    assert together[2][0].note["reason"] == "consent_wall"


def test_the_archive_can_be_switched_off(tmp_path: Path) -> None:
    run = Run.open(tmp_path, "wire", settings=RunSettings(archive=False))
    run.write(key(1), article(1), (page(1),))
    run.reject(key(2), rejection(2), (page(2),))
    run.close(0, "finished")
    assert {path.suffix for path in run.folder.iterdir()} == {".jsonl", ".json"}


@given(
    url=st.text(min_size=1, max_size=30).map(lambda tail: "https://wire.example/" + tail.strip().replace("\n", "")),
    headers=st.lists(st.tuples(st.from_regex(r"[A-Za-z-]{1,9}", fullmatch=True), st.text(max_size=20)), max_size=4),
    body=st.binary(max_size=200),
    status=st.sampled_from([200, 203, 404, 599, 999]),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_server_sends_can_be_kept(tmp_path: Path, url: str, headers: list, body: bytes, status: int) -> None:
    clean = tuple((name, "".join(c for c in value if c.isprintable())) for name, value in headers)
    told = page(1, url=url.encode("ascii", "ignore").decode().replace(" ", ""), headers=clean, body=body, status=status)
    path = tmp_path / "odd.warc.gz"
    path.write_bytes(Packer().response(told, new_record_id(), payload_digest(body), {"key": url}))
    (capture,) = sound(path)
    assert (capture.body, capture.status) == (body, status)


@pytest.mark.parametrize(
    ("told", "date"),
    [
        ("2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z"),
        ("2026-11-24T12:00:00+08:00", "2026-11-24T04:00:00Z"),
        ("2026-11-24T12:00:00.250000+00:00", "2026-11-24T12:00:00.250000Z"),
    ],
)
def test_dates_are_utc(told: str, date: str) -> None:
    assert warc_date(told) == date


# Anybody's WARC


def foreign(numbers: list[int], packed: bool = True, **more: Any) -> bytes:
    """A WARC/1.0 file as another crawler writes it: a warcinfo, then a page and a dns record for each number."""
    out = BytesIO()
    writer = WARCWriter(out, gzip=packed)
    writer.write_record(writer.create_warcinfo_record("other.warc.gz", {"software": "another crawler"}))
    for number in numbers:
        body = more.get("body", f"<html><body>Another page {number}</body></html>".encode() * 20)
        headers = [("Content-Type", "Text/HTML; Charset=ISO-8859-1"), *more.get("headers", [])]
        http = StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1")
        about = {"WARC-Date": "2022-01-21T10:00:00Z"}
        url = f"http://other.example/{number}"
        writer.write_record(
            writer.create_warc_record(
                url, "response", payload=BytesIO(body), http_headers=http, warc_headers_dict=about
            )
        )
        writer.write_record(writer.create_warc_record("dns:other.example", "response", payload=BytesIO(b"203.0.113.7")))
    return out.getvalue()


@pytest.mark.parametrize("packed", [True, False])
def test_other_archives_are_read(tmp_path: Path, packed: bool) -> None:
    path = tmp_path / "other.warc"
    path.write_bytes(foreign([1, 2], packed))
    first, second = sound(path)
    assert (first.url, second.url) == ("http://other.example/1", "http://other.example/2")
    assert (first.fetched_at, first.encoding, first.media_type) == ("2022-01-21T10:00:00Z", "iso-8859-1", "text/html")
    assert first.note == {}


def chunked(body: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(body[at : at + 9]), body[at : at + 9]) for at in range(0, len(body), 9)) + (
        b"0\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        ("gzip", gzip.compress),
        ("br", brotli.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),  # as some servers understand the word
        ("identity", bytes),
        ("gzip", bytes),  # stored decoded under a header that still says gzip
        ("br", bytes),
    ],
)
@pytest.mark.parametrize("in_chunks", [True, False])
def test_bodies_are_unpacked(tmp_path: Path, encoding: str, encode: Any, in_chunks: bool) -> None:
    body = "<p>Hafengebühr</p>".encode() * 50
    sent = encode(body)
    headers = [("Content-Encoding", encoding)] + [("Transfer-Encoding", "chunked")] * in_chunks
    path = tmp_path / "other.warc.gz"
    path.write_bytes(foreign([1], body=chunked(sent) if in_chunks else sent, headers=headers))
    (capture,) = sound(path)
    assert capture.body == body


def test_a_coding_that_is_not_known_is_named(tmp_path: Path) -> None:
    path = tmp_path / "other.warc.gz"
    path.write_bytes(foreign([1], headers=[("Content-Encoding", "snappy")]))
    damage: list[Damage] = []
    assert list(read_archive(path, damage.append)) == []
    assert damage[0].detail == "cannot be read: its Content-Encoding is 'snappy', which is not read"


def members(content: bytes) -> list[int]:
    """Where each gzip member starts."""
    starts, at = [], 0
    while at < len(content):
        starts.append(at)
        stream = zlib.decompressobj(31)
        stream.decompress(content[at:])
        at = len(content) - len(stream.unused_data)
    return starts


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]


@given(where=st.floats(0, 1), cut=st.booleans(), packed=st.booleans())
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damage_costs_one_record_and_is_named(tmp_path: Path, where: float, cut: bool, packed: bool) -> None:
    content = foreign([1, 2, 3, 4, 5], packed)
    at = int(where * (len(content) - 1))
    path = tmp_path / "damaged.warc"
    path.write_bytes(content[:at] if cut else flipped(content, at))
    damage: list[Damage] = []
    try:
        captures = list(read_archive(path, damage.append))
    except ArchiveError:
        assert at < 5, "only a file that does not begin like an archive is none"
        return
    odd = {each.url for each in captures} - {f"http://other.example/{number}" for number in range(1, 6)}
    assert len(odd) <= (not packed), "of a record's own header no digest tells, but gzip's checksum does"
    if cut:
        whole = sum(1 for each in captures)
        assert whole >= 5 * (at / len(content)) - 1.5
        assert len(damage) <= 1
    else:
        assert len(captures) >= 4
        assert all(str(path) in str(each) and ", byte " in str(each) for each in damage)


@pytest.mark.parametrize("packed", [True, False])
def test_a_damaged_page_is_passed_over_the_rest_is_read(tmp_path: Path, packed: bool) -> None:
    content = foreign([1, 2, 3], packed)
    at = members(content)[3] + 60 if packed else content.index(b"Another page 2") + 3
    path = tmp_path / "damaged.warc"
    path.write_bytes(flipped(content, at))
    damage: list[Damage] = []
    urls = [each.url for each in read_archive(path, damage.append)]
    assert urls == ["http://other.example/1", "http://other.example/3"]
    (wrong,) = damage
    assert wrong.offset <= at < wrong.offset + 2000


@pytest.mark.parametrize("packed", [True, False])
def test_a_record_that_is_too_large_is_passed_over(
    tmp_path: Path, packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warc_blocks, "MAX_RECORD", 100_000)
    path = tmp_path / "large.warc"
    path.write_bytes(foreign([1], packed) + foreign([2], packed, body=b"x" * 3_000_000) + foreign([3], packed))
    damage: list[Damage] = []
    assert [each.url[-1] for each in read_archive(path, damage.append)] == ["1", "3"]
    assert [each.detail for each in damage] == ["is over 100000 bytes"]


def test_an_empty_member_ends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "other.warc.gz"
    path.write_bytes(foreign([1]) + gzip.compress(b"") + foreign([2]))
    assert len(sound(path)) == 2


def test_archives_that_are_one_gzip_member_are_read_too(tmp_path: Path) -> None:
    path = tmp_path / "whole.warc.gz"
    path.write_bytes(gzip.compress(foreign([1, 2], packed=False)))
    assert len(sound(path)) == 2


@pytest.mark.parametrize("content", [b"", b"<html>", b"\x1f\x8b\x08 not gzip at all", b"PK\x03\x04"])
def test_what_is_no_archive_is_refused_or_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.warc.gz"
    path.write_bytes(content)
    damage: list[Damage] = []
    try:
        assert list(read_archive(path, damage.append)) == []
        assert damage
    except ArchiveError as error:
        assert str(error) == f"{path}: is no WARC file"


def test_a_missing_archive_is_named(tmp_path: Path) -> None:
    with pytest.raises(ArchiveError, match="nowhere.warc.gz: No such file"):
        list(read_archive(tmp_path / "nowhere.warc.gz", print))


def test_memory_stays_flat_over_a_bomb(tmp_path: Path) -> None:
    """A member that unpacks to a gigabyte is never held."""
    import tracemalloc

    path = tmp_path / "bomb.warc.gz"
    member = zlib.compressobj(9, zlib.DEFLATED, 31)
    with path.open("wb") as file:
        for _ in range(100):
            file.write(member.compress(b"\0" * 1_000_000))
        file.write(member.flush() + foreign([1]))
    tracemalloc.start()
    damage: list[Damage] = []
    assert len(list(read_archive(path, damage.append))) == 1
    assert tracemalloc.get_traced_memory()[1] < 80_000_000
    tracemalloc.stop()
    assert len(damage) == 1
