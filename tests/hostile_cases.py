"""Every case of the hostile server: what it sends, and what a crawl must make of it."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import Callable, Iterator
from functools import cache

import brotli
from hostile_server import HTML, Case, Connection, page, raw, redirect, until_later
from hostile_stories import story

MB = 1_000_000
#: What becomes of a case's URL besides items.REASONS: a record; or no answer in this run, to be tried again in a later.
RECORD, FAILED = "record", "failed"


def html(text: str, *headers: tuple[str, str]) -> Case:
    return page(text.encode("utf-8", "surrogatepass"), HTML, *headers)


def lazily(make: Callable[[], Case]) -> Case:
    """A case that is made when it is asked for: some take a second."""
    made = cache(make)

    async def case(connection: Connection) -> None:
        await (await asyncio.to_thread(made))(connection)

    return case


# Pages


def _pages() -> Iterator[tuple[str, str, Case]]:
    """(name, what must become of it, case)."""
    yield "deep", "too_complex", html(story(101, body="<div>" * 100_000))
    yield "deep-inline", RECORD, html(story(102, body="<b><i>" * 300 + "more" + "</i></b>" * 300))
    yield "two-hundred-megabytes", "too_large", _length(200 * MB)
    yield "chunks-without-end", "too_large", _chunks(b"<p>more and more</p>" * 4000, 0)
    yield "body-without-end", "too_large", _endless(b"<p>more and more</p>" * 4000, 0)
    yield "slow-drip", FAILED, _endless(b"<", 0.3)
    yield "headers-by-drops", FAILED, _header_drip
    yield "many-elements", "too_complex", html(story(103, body="<a href=/n>x</a>" * 300_000))
    yield "million-links", "too_large", html(story(104, body="<a href=/n>x</a>" * 1_000_000))
    yield "long-attribute", RECORD, html(story(105, body=f'<p data-x="{"a" * 9 * MB}">x</p>'))
    yield "many-attributes", "timeout", html(story(106, body=f"<p {' '.join(f'a{n}=1' for n in range(500_000))}>x</p>"))
    yield "long-text", "too_long", html(story(107, body="".join(f"<p>{n} {'word ' * 500}</p>" for n in range(900))))
    yield "fifty-megabytes-of-json", "too_large", _length(50 * MB, b'<script type="application/ld+json">["')
    yield "nine-megabytes-of-json", RECORD, html(story(108, head=_jsonld(f'{{"headline": "{"x" * 9 * MB}"}}')))
    yield "deep-json", RECORD, html(story(109, head=_jsonld('{"a":' * 500_000)))
    yield "no-json", RECORD, html(story(110, head=_jsonld("<!-- window.ld = {'headline': undefined} -->")))
    dates = '"datePublished": "0000-00-00", "dateModified": "9999999-13-45T99:99:99+99:99"'
    yield "absurd-dates", RECORD, html(story(111, head=_jsonld(f'{{"@type": "NewsArticle", {dates}}}')))
    yield "long-headline", RECORD, html(story(112, title="Long " * 200_000))
    yield (
        "turned-around",
        RECORD,
        html(story(113, title="Council \u202egnitov\u2066 on \u202dthe pier", body="\u202e" * 1000)),
    )
    yield (
        "escape-codes",
        RECORD,
        html(story(114, title="Red \x1b[31malert\x1b[2J\x9b5m\r\nERROR forged line", body="\x07\x1b]0;x\x07")),
    )
    yield "nul", RECORD, page(story(115).replace("ou", "o\0u").encode(), HTML)
    yield "surrogates", RECORD, html(story(116, body="<p>\ud800 and \udfff alone</p>"))
    yield (
        "invalid-utf-8",
        RECORD,
        page(story(117, body="<p>\xff\xfe\xc3\x28 \xf0\x9f</p>").encode("latin-1", "replace"), HTML),
    )
    for number, (name, mark) in enumerate((("utf-16", b""), ("utf-16-le", b"\xff\xfe"), ("utf-32", b"")), 118):
        yield f"{name}-marked", RECORD, page(mark + story(number).encode(name), ("Content-Type", "text/html"))
    yield (
        "utf-16-unmarked",
        RECORD,
        page(story(121).encode("utf-16-le"), ("Content-Type", "text/html; charset=utf-16le")),
    )
    yield "charset-lie", RECORD, page(story(122).encode(), ("Content-Type", "text/html; charset=utf-16"))
    yield "charset-unknown", RECORD, page(story(123).encode(), ("Content-Type", "text/html; charset=x-none-such"))
    mixed = (
        "<p>é ж 中 ü</p>".encode()
        + "é".encode("latin-1")
        + "ж".encode("koi8-r")
        + "中".encode("gb18030")
        + "あ".encode("sjis")
    )
    yield "charsets-mixed", RECORD, page(story(124, body="@@").encode().replace(b"@@", mixed), HTML)
    yield "error-page", "soft_404", html(_ERROR)
    yield "nothing", "empty", html("")


_ERROR = (
    '<html lang="en"><head><title>404 Not Found</title></head><body><h1>Page not found</h1><p>The page you are looking '
    "for does not exist or has been moved. Please check the address or go back to our front page.</p></body></html>"
)


def _jsonld(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def _length(size: int, start: bytes = b"") -> Case:
    """A page that says how long it is, and is."""

    async def case(connection: Connection) -> None:
        await connection.head(headers=[HTML, ("Content-Length", str(size))])
        await connection.send(b"<html><body>" + start)
        for _ in range(size // MB):
            await connection.send(b"<p>a</p>" * (MB // 8))

    return case


def _chunks(piece: bytes, pause: float) -> Case:
    async def case(connection: Connection) -> None:
        await connection.head(headers=[HTML, ("Transfer-Encoding", "chunked")])
        for _ in range(20_000):
            await connection.send(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            await asyncio.sleep(pause)

    return case


def _endless(piece: bytes, pause: float) -> Case:
    async def case(connection: Connection) -> None:
        connection.close()
        await connection.head()
        for _ in range(20_000):
            await connection.send(piece)
            await asyncio.sleep(pause)

    return case


async def _header_drip(connection: Connection) -> None:
    connection.close()
    for letter in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"y" * 1000:
        await connection.send(bytes([letter]))
        await asyncio.sleep(0.3)


# Packed pages


def _packed() -> Iterator[tuple[str, str, Case]]:
    for name, coding in (("gzip", "gzip, gzip"), ("brotli", "br"), ("zstd", "zstd"), ("deflate", "deflate")):
        yield f"{name}-bomb", "too_large", lazily(lambda name=name, coding=coding: _coded(bomb(name), coding))  # type: ignore[misc]
    yield "packed", RECORD, _coded(gzip.compress(story(131).encode()), "gzip")
    yield "packed-twice", RECORD, _coded(gzip.compress(brotli.compress(story(132).encode())), "br, gzip")
    yield "packed-lie", FAILED, _coded(story(133).encode(), "gzip")
    yield "coding-unknown", RECORD, _coded(story(134).encode(), "x-none-such")
    whole = gzip.compress(story(135).encode())
    yield "packed-cut", FAILED, until_later(_coded(whole[: len(whole) // 2], "gzip"), _coded(whole, "gzip"))
    yield "packed-without-its-end", RECORD, _coded(gzip.compress(story(136).encode())[:-8], "gzip")


def _coded(body: bytes, coding: str) -> Case:
    return page(body, HTML, ("Content-Encoding", coding))


def bomb(coding: str) -> bytes:
    """Ten gigabytes of nothing, packed: a block that unpacks to 16 MB is said again and again."""
    block, times = bytes(16 * 1024**2), 640
    if coding == "zstd":
        from backports import zstd

        return zstd.compress(block) * times
    if coding == "brotli":
        packer = brotli.Compressor(quality=5, lgwin=24)
        first, again = (packer.process(block) + packer.flush() for _ in range(2))
        return first + again * times + b"\x03"
    deflater = zlib.compressobj(9, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    first, again = (deflater.compress(block) + deflater.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return gzip.compress(first + again * times) if coding == "gzip" else (first + again * times)[: 10 * MB]


# The network


def _network() -> Iterator[tuple[str, str, Case]]:
    yield "redirect-loop", "redirect", redirect("/case/redirect-loop.html")
    yield "redirect-loop-of-two", "redirect", redirect("/redirect-back")
    yield "redirect-grows", "redirect", redirect("/case/redirect-grows.htmlx")
    yield "redirect-ftp", "redirect", redirect("ftp://hostile.test/story.html")
    yield "redirect-script", "redirect", redirect("javascript:alert(1)")
    yield "redirect-data", "redirect", redirect("data:text/html,<p>story</p>")
    yield "redirect-file", "redirect", redirect("file:///etc/passwd")
    yield "redirect-long", FAILED, redirect("/" + "a" * 100_000)
    yield (
        "redirect-lines",
        "not_found",
        raw(b"HTTP/1.1 302 F\r\nLocation: /\x1b[31m\x0bERROR forged\r\nContent-Length: 0\r\n\r\n"),
    )
    yield "redirect-nowhere", "redirect", redirect("http://[::1")
    yield "redirect-away", "offsite", redirect("http://elsewhere.test/story.html")
    yield "redirect-private", "private_address", redirect("http://127.0.0.2:{inner}/secret.html")
    yield "redirect-private-number", "private_address", redirect("http://2130706434:{inner}/secret.html")
    yield "redirect-private-name", "private_address", redirect("http://inner.hostile.test:{inner}/secret.html")
    yield "redirect-home", RECORD, redirect("/moved/redirect-home.html", 301)
    yield "refresh", RECORD, html(story(140, head='<meta http-equiv="refresh" content="0;url=file:///etc/passwd">'))
    for number, (name, case) in enumerate(_cut(), 141):
        yield name, FAILED, until_later(case, html(story(number)))
    yield "length-too-short", RECORD, _short_length
    yield "length-twice", FAILED, raw(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 500\r\n\r\nhello")
    yield "length-no-number", FAILED, raw(b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n<p>hello</p>")
    yield "no-http", FAILED, raw(b"SSH-2.0-Hostile\r\n\r\n")
    yield "no-answer", FAILED, raw(b"")
    yield "interim-flood", "too_large", _interim_flood
    yield "header-flood", "too_large", _header_flood
    yield "header-line", FAILED, raw(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 2 * MB + b"\r\n\r\n<p>x</p>")
    cookies = [("Set-Cookie", f"c{n}={'x' * 4000}; Path=/; Domain=hostile.test") for n in range(40)]
    yield "cookies", RECORD, html(story(150), *cookies)
    yield "status-999", FAILED, page(b"denied", HTML, status=999)
    yield "status-418", "http_error", page(b"teapot", HTML, status=418)
    yield "gone", "not_found", page(story(151).encode(), HTML, status=410)
    yield "partial", RECORD, page(story(152).encode(), HTML, status=206)
    yield "type-image", "not_html", page(story(153).encode(), ("Content-Type", "image/png"))
    yield "type-lie", "not_html", page(b"\x89PNG\r\n\x1a\n" + bytes(5000), HTML)
    yield "type-none", RECORD, page(story(154).encode(), ("X-None", "1"))
    yield "type-plain", RECORD, page(story(155).encode(), ("Content-Type", "text/plain"))
    yield "type-nonsense", RECORD, page(story(156).encode(), ("Content-Type", "\x1b[31m;;;=\xff, text"))


def _cut() -> Iterator[tuple[str, Case]]:
    """Answers whose connection ends in the middle."""
    whole = story(149).encode()
    half = whole[: len(whole) // 2]
    start = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
    yield "cut-length", raw(start + f"Content-Length: {len(whole)}\r\n\r\n".encode() + half)
    yield "cut-chunks", raw(start + f"Transfer-Encoding: chunked\r\n\r\n{len(half):x}\r\n".encode() + half + b"\r\n")
    yield "cut-chunk", raw(start + f"Transfer-Encoding: chunked\r\n\r\n{len(whole):x}\r\n".encode() + half)
    yield "cut-close", raw(start + b"\r\n" + half)
    yield "cut-headers", raw(start + b"Content-Le")


async def _short_length(connection: Connection) -> None:
    """The answer is longer than it says, and the rest reads like the answer to the next request."""
    whole = story(157).encode()
    forged = story(666, title="Forged").encode()
    await connection.head(headers=[HTML, ("Content-Length", str(len(whole)))])
    await connection.send(whole + f"HTTP/1.1 200 OK\r\nContent-Length: {len(forged)}\r\n\r\n".encode())
    await asyncio.sleep(0.2)
    await connection.send(forged)


async def _interim_flood(connection: Connection) -> None:
    connection.close()
    for _ in range(200_000):
        await connection.send(b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n" * 100)


async def _header_flood(connection: Connection) -> None:
    connection.close()
    await connection.send(b"HTTP/1.1 200 OK\r\n")
    for number in range(200_000):
        await connection.send(b"".join(b"X-Flood-%d-%d: %s\r\n" % (number, n, b"y" * 900) for n in range(50)))


CASES: tuple[tuple[str, str, Case], ...] = (*_pages(), *_packed(), *_network())
