"""Feeds: a folder of invented ones with every fault, what each must give, and whatever else a server may send."""

from __future__ import annotations

import gzip
import json
import socket
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newscrawl.discovery import feeds
from newscrawl.discovery.dates import DateReader, is_older
from newscrawl.discovery.feeds import parse_feed
from newscrawl.items import Hints

FOLDER = Path(__file__).parent / "feeds"
EXPECTED = json.loads((FOLDER / "expected.json").read_text(encoding="utf-8"))
URL = "https://www.example.com/feed.xml"


def _hints(known):
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
    return Hints(source="feed", **values)


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a parser went to the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("name", EXPECTED)
@pytest.mark.usefixtures("no_network")
def test_feed(name):
    case = EXPECTED[name]
    more = {key: case[key] for key in ("domains", "content_type", "timezone") if key in case}
    if "since" in case:
        more["since"] = date.fromisoformat(case["since"])
    found = parse_feed((FOLDER / name).read_bytes(), case["url"], **more)
    assert [(c.url, c.hints) for c in found.candidates] == [(url, _hints(known)) for url, known in case["found"]]
    assert list(found.next) == case["next"]
    assert len(found.warnings) == case["warnings"], found.warnings
    assert {c.via for c in found.candidates} <= {case["url"]}


def test_every_file_has_its_expectation():
    files = {path.name for path in FOLDER.iterdir()} - {"expected.json"}
    assert files == set(EXPECTED)
    assert len(files) >= 60


def test_ten_formats_of_dates():
    found = EXPECTED["dates-in-many-formats.xml"]["found"]
    assert len(found) >= 10
    assert all(known["published_at"].startswith("2026-04-29") for _, known in found)


def test_bytes_are_never_taken_for_a_file_or_an_address(tmp_path, no_network):
    path = tmp_path / "feed.xml"
    path.write_bytes((FOLDER / "rss-2.0.xml").read_bytes())
    for body in (str(path).encode(), b"http://127.0.0.1:9/feed", b"file:///etc/passwd"):
        assert parse_feed(body, URL).candidates == ()


def test_limits(monkeypatch):
    monkeypatch.setattr(feeds, "MAX_BYTES", 2_000)
    monkeypatch.setattr(feeds, "MAX_TAGS", 500)
    entry = "<item><title>Story {0}</title><link>/a/{0}</link></item>"
    text = '<rss version="2.0"><channel>' + "".join(entry.format(n) for n in range(1000))
    found = parse_feed(text.encode(), URL)
    assert 10 < len(found.candidates) < 100
    assert any("2000" in warning for warning in found.warnings)
    monkeypatch.setattr(feeds, "MAX_BYTES", 1_000_000)
    assert 50 < len(parse_feed(text.encode(), URL).candidates) < 150
    bomb = gzip.compress(text.encode() + b" " * 50_000_000)
    assert len(parse_feed(bomb, URL).candidates) > 50


def test_since_keeps_what_has_no_date():
    text = """<rss version="2.0"><channel>
    <item><link>/a/old</link><pubDate>Wed, 29 Apr 2020 08:30:00 GMT</pubDate></item>
    <item><link>/a/undated</link></item>
    <item><link>/a/new</link><pubDate>Wed, 29 Apr 2026 08:30:00 GMT</pubDate></item></channel></rss>"""
    found = parse_feed(text.encode(), URL, since=datetime(2026, 4, 29, 8, 0, tzinfo=UTC))
    assert [c.url.rpartition("/")[2] for c in found.candidates] == ["undated", "new"]
    assert len(parse_feed(text.encode(), URL, since=datetime(2026, 4, 29, 9, 0, tzinfo=UTC)).candidates) == 1


@pytest.mark.parametrize(
    ("value", "since", "older"),
    [
        ("2026-04-29", date(2026, 4, 29), False),
        ("2026-04-29", date(2026, 4, 30), True),
        ("2026-04-29T23:00:00-05:00", date(2026, 4, 30), False),
        ("2026-04-30T01:00:00+05:00", date(2026, 4, 30), True),
        ("2026-04-29", datetime(2026, 4, 29, 23, 0, tzinfo=UTC), False),
        ("2026-04-29T10:00:00+02:00", datetime(2026, 4, 29, 9, 0, tzinfo=UTC), True),
        ("2026-04-29T12:00:00+02:00", datetime(2026, 4, 29, 9, 0), False),
        (None, date(2026, 4, 29), False),
        ("2026-04-29", None, False),
    ],
)
def test_is_older(value, since, older):
    assert is_older(value, since) is older


def test_dates_in_words_are_not_tried_for_ever():
    reader = DateReader()
    assert [reader.read(f"{n} nonsense 2026") for n in range(200)] == [None] * 200
    assert reader.misses == 50
    assert reader.read("Wed, 29 Apr 2026 08:30:00 GMT") == "2026-04-29T08:30:00+00:00"


# --- Whatever a server may send ---------------------------------------------------------------------------------------

_SEEDS = [path.read_bytes() for path in sorted(FOLDER.iterdir()) if path.stat().st_size < 5_000]
_PIECES = st.sampled_from(
    [
        b"<",
        b">",
        b"&",
        b"<item>",
        b"</item>",
        b"<link>",
        b"]]>",
        b"<![CDATA[",
        b"<!--",
        b"\x00",
        b"\xff\xfe",
        b'"',
        b"&#0;",
    ]
    + [b"&#xD800;", b"<!DOCTYPE x [", b"<?xml ", b"{", b"[", b"https://[", b"http://a:99999/", b"\xed\xa0\x80", b"%zz"]
)


@st.composite
def _mutated(draw):
    body = bytearray(draw(st.sampled_from(_SEEDS)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, len(body)))
        body[at : at + draw(st.integers(0, 30))] = draw(_PIECES)
    return bytes(body[: draw(st.integers(0, len(body)))]) if draw(st.booleans()) else bytes(body)


@settings(max_examples=200, deadline=None)
@given(st.one_of(_mutated(), st.binary(max_size=300)))
def test_nothing_raises(body):
    found = parse_feed(body, URL, timezone="Asia/Shanghai", since=date(2000, 1, 1))
    for candidate in found.candidates:
        assert candidate.url.startswith(("http://", "https://"))
        for field in fields(Hints):
            value = getattr(candidate.hints, field.name)
            assert value is None or isinstance(value, tuple) or (value and value.isprintable())
    assert all(warning.isprintable() and len(warning) <= 200 for warning in found.warnings)
