"""A web server on loopback that keeps to no rule: each path is a function that writes to the connection."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Header = tuple[str, str]
HTML = ("Content-Type", "text/html; charset=utf-8")


@dataclass(frozen=True)
class Seen:
    """One request: its path, and its header's lines as they came."""

    path: str
    head: str


@dataclass
class Connection:
    """What a case may do with a connection."""

    path: str
    server: Hostile
    writer: asyncio.StreamWriter
    keep: bool = True

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def close(self) -> None:
        self.keep = False

    async def head(self, status: int = 200, headers: Sequence[Header] = (HTML,)) -> None:
        lines = [f"HTTP/1.1 {status} Whatever", *(f"{name}: {value}" for name, value in headers)]
        await self.send("\r\n".join([*lines, "", ""]).encode("latin-1"))

    async def answer(self, body: bytes, status: int = 200, headers: Sequence[Header] = (HTML,)) -> None:
        """A whole and honest answer."""
        await self.head(status, [*headers, ("Content-Length", str(len(body)))])
        await self.send(body)


Case = Callable[[Connection], Awaitable[None]]


def page(body: bytes, *headers: Header, status: int = 200) -> Case:
    """An honest answer with this body; its header is HTML's unless another is given."""

    async def case(connection: Connection) -> None:
        await connection.answer(body, status, headers or (HTML,))

    return case


def redirect(location: str, status: int = 302) -> Case:
    """A redirect; {name} in the location stands for that word of the server's."""

    async def case(connection: Connection) -> None:
        told = location
        for name, word in connection.server.words.items():
            told = told.replace(f"{{{name}}}", word)
        await connection.answer(b"", status, [("Location", told)])

    return case


def raw(data: bytes) -> Case:
    """These bytes, then the end of the connection."""

    async def case(connection: Connection) -> None:
        connection.close()
        await connection.send(data)

    return case


def until_later(first: Case, later: Case) -> Case:
    """One case until the server's later is set, another afterwards."""

    async def case(connection: Connection) -> None:
        await (later if connection.server.later else first)(connection)

    return case


@dataclass
class Hostile:
    """A server while it runs. cases: path -> case; other paths are not found. later: see until_later."""

    name: str
    cases: Mapping[str, Case]
    port: int = 0
    later: bool = False
    seen: list[Seen] = field(default_factory=list)
    words: dict[str, str] = field(default_factory=dict)
    scheme: str = "http"

    @property
    def base(self) -> str:
        return f"{self.scheme}://{self.name}:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [each.path for each in self.seen]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError, ssl.SSLError):
            while (head := await reader.readuntil(b"\r\n\r\n")) and await self._one(head.decode("latin-1"), writer):
                pass
        with suppress(ConnectionError, ssl.SSLError):
            writer.close()
            await writer.wait_closed()

    async def _one(self, head: str, writer: asyncio.StreamWriter) -> bool:
        path = head.split(" ", 2)[1]
        self.seen.append(Seen(path, head))
        connection = Connection(path, self, writer)
        await self.cases.get(path, page(b"not here", status=404))(connection)
        return connection.keep


@contextmanager
def serving(
    cases: Mapping[str, Case], name: str = "127.0.0.1", address: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[Hostile]:
    """A hostile server until the block ends. name: how its URLs call it; address: where it listens."""
    server = Hostile(name, cases, scheme="https" if tls else "http")
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    started = asyncio.run_coroutine_threadsafe(asyncio.start_server(server.serve, address, 0, ssl=tls), loop).result(10)
    server.port = started.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(_ended(started), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _ended(server: asyncio.Server) -> None:
    server.close()
    others = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
