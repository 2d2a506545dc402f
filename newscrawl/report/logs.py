"""Log lines that stay lines: nothing a page says can colour a terminal, forge a line or break a JSON log."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from newscrawl.report.text import visible

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

#: Marks the handler, so that a second call replaces the first.
_OURS = "_newscrawl"
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


class PlainFormatter(logging.Formatter):
    """Text lines. What goes on over several lines (tracebacks, pages' words) is indented, so it starts no new line."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as text."""
        return visible(super().format(record)).replace("\n", "\n    ")


class JsonFormatter(logging.Formatter):
    """One JSON object a line: time (UTC, ISO 8601), level, logger, message, exception, and what `extra` gave."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        entry |= {key: _plain(value) for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info:
            entry["exception"] = self.formatException(record.exc_info)
        return json.dumps(entry)  # ASCII only: no control character, no lone surrogate can leave


def _plain(value: object) -> object:
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def install(settings: BaseSettings) -> logging.Handler:
    """Install the root log handler in place of Scrapy's, by Scrapy's own LOG_ settings and NEWSCRAWL_LOG_JSON.

    To be called before the crawler process is made, whose own handler is switched off here
    (LOG_INSTALL_ROOT_HANDLER). Raises OSError where LOG_FILE cannot be opened.
    """
    handler: logging.Handler
    file: str | None = settings.get("LOG_FILE")
    if file:
        mode = "a" if settings.getbool("LOG_FILE_APPEND") else "w"
        handler = logging.FileHandler(file, mode=mode, encoding=settings.get("LOG_ENCODING"))
    elif settings.getbool("LOG_ENABLED"):
        handler = logging.StreamHandler()
    else:
        handler = logging.NullHandler()
    plain = PlainFormatter(settings.get("LOG_FORMAT"), settings.get("LOG_DATEFORMAT"))
    handler.setFormatter(JsonFormatter() if settings.getbool("NEWSCRAWL_LOG_JSON") else plain)
    handler.setLevel(settings.get("LOG_LEVEL"))
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
    logging.root.setLevel(logging.NOTSET)
    for old in [h for h in logging.root.handlers if hasattr(h, _OURS)]:
        logging.root.removeHandler(old)
    setattr(handler, _OURS, True)
    logging.root.addHandler(handler)
    return handler
