"""Connections that end when a server's headers do not.

Twisted bounds the length of one header line and Scrapy the length of a body, but neither the number of headers: a
server that sends nothing else fills the memory until the download times out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
)
from twisted.python.failure import Failure
from twisted.web._newclient import HEADER, STATUS

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from twisted.internet.interfaces import IAddress

#: Bytes of status line and headers, interim answers (1xx) included. Large sites send some 10 KB.
MAX_HEAD = 256 * 1024


class HeadTooLong(Exception):
    """The headers of an answer are longer than MAX_HEAD."""


class _Protocol(_LenientHTTP11ClientProtocol):
    head = 0

    def request(self, request: Any) -> Any:
        self.head = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:
        if self._parser is not None and self._parser.state in (STATUS, HEADER):
            self.head += len(data)
            if self.head > MAX_HEAD:
                self._giveUp(Failure(HeadTooLong(f"more than {MAX_HEAD} bytes of headers")))  # type: ignore[no-untyped-call]
                return
        super().dataReceived(data)  # type: ignore[no-untyped-call]

    def _finishResponse_WAITING(self, rest: bytes) -> None:
        """What follows an answer that is longer than it said must not be read as the answer to the next request."""
        if rest and self._currentRequest is not None:
            self._currentRequest.persistent = False  # type: ignore[misc]
        super()._finishResponse_WAITING(rest)


class _Factory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, addr: IAddress | None) -> _Protocol:
        return _Protocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class LimitedHandler(HTTP11DownloadHandler):
    """Scrapy's HTTP handler (setting DOWNLOAD_HANDLERS), bounding an answer's headers."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._pool._factory = _Factory


def is_head_too_long(error: BaseException | None) -> bool:
    """Whether a download failed for its headers' length: Twisted and Scrapy wrap the error twice."""
    reasons = getattr(getattr(error, "__cause__", None), "reasons", ())
    return any(isinstance(getattr(reason, "value", None), HeadTooLong) for reason in reasons)
