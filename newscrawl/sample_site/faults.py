"""Faults on purpose: which answers of the server are spoiled, how, and how many times."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

#: What can be made to go wrong, and what the value means.
KINDS: Mapping[str, str] = {
    "status": "answer with this status (default 503) and an error page",
    "cut": "close the connection after half of the body",
    "length": "announce this many bytes more than are sent (default 100), then close",
    "drip": "send the body in 20 pieces with this many seconds between them (default 0.05)",
    "slow": "wait this many seconds before the answer (default 1)",
    "hang": "send nothing for this many seconds (default 600), then close",
    "reset": "close the connection without an answer",
}
_DEFAULTS: Mapping[str, float] = {"status": 503, "length": 100, "drip": 0.05, "slow": 1, "hang": 600}
_SPEC = re.compile(r"(?P<path>/[^=]*)=(?P<kind>[a-z]+)(?::(?P<value>[\d.]+))?(?:x(?P<times>\d+))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """path: a path or a pattern such as /wire/*; times: how many answers are spoiled, None for all;
    retry_after: seconds, or a text to send as it is, for the header of that name."""

    path: str
    kind: str
    value: float = 0
    times: int | None = None
    retry_after: str | None = None


def parse_fault(spec: str | Mapping[str, Any] | Fault) -> Fault:
    """A fault from "/path=kind[:value][xTIMES]", such as "/wire/*=status:503x2", or from a mapping with the keys of
    Fault. Raises ValueError where it is neither."""
    if isinstance(spec, Fault):
        return spec
    if isinstance(spec, str):
        match = _SPEC.fullmatch(spec)
        if not match:
            raise ValueError(f"expected /path=kind[:value][xTIMES], got {spec!r}")
        spec = {k: v for k, v in match.groupdict().items() if v is not None}
    unknown = set(spec) - {"path", "kind", "value", "times", "retry_after"}
    if unknown or "path" not in spec or spec.get("kind") not in KINDS:
        raise ValueError(
            f"expected path and kind ({', '.join(KINDS)}), value, times or retry_after, got {dict(spec)!r}"
        )
    kind, times, after = spec["kind"], spec.get("times"), spec.get("retry_after")
    value = float(spec.get("value", _DEFAULTS.get(kind, 0)))
    return Fault(
        spec["path"], kind, value, None if times is None else int(times), None if after is None else str(after)
    )


class Faults:
    """The faults that are still to happen. Safe to use from many threads."""

    def __init__(self, always: tuple[Fault, ...] = ()) -> None:
        self._always = always
        self._lock = threading.Lock()
        self._open: list[Fault] = list(always)

    def add(self, *specs: str | Mapping[str, Any] | Fault) -> None:
        with self._lock:
            self._open = [*map(parse_fault, specs), *self._open]

    def clear(self) -> None:
        """Takes away every fault, also those that the site has by itself."""
        with self._lock:
            self._open = []

    def reset(self) -> None:
        """Back to the faults that the site has by itself, none of them used up."""
        with self._lock:
            self._open = list(self._always)

    def take(self, path: str) -> Fault | None:
        """The fault for an answer, which counts as one of its times."""
        with self._lock:
            for n, fault in enumerate(self._open):
                if fault.path == path or fnmatchcase(path, fault.path):
                    if fault.times is not None:
                        self._open[n : n + 1] = [replace(fault, times=fault.times - 1)] if fault.times > 1 else []
                    return fault
        return None
